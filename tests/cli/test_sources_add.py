"""``tutor sources add``, ``show``, ``list`` and ``remove``: a learner's own files."""

import json
import os
import shutil

import pytest

LECTURE = """# Quokka Networks

A quokka network has no hidden layer at all.

## Training

It is trained by smiling at it for an hour.
"""
PAGE = (
    "<html><head><title>Wombats</title></head><body><article><h1>Wombats</h1>"
    "<p>{}</p></article></body></html>"
)
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Numbats\n", "They eat ants."]},
            {
                "cell_type": "code", "metadata": {}, "execution_count": 1,
                "source": ["print('ant')"],
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["SECRET"]}],
            },
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    }
)  # fmt: skip
READABLE = {
    "lecture one.md": LECTURE.encode(),
    "Übung – 机器.txt": "Künstliche Beuteltiere lernen schnell.".encode(),
    "page.html": PAGE.format("Wombats dig burrows, and they sleep in them.").encode(),
    "latin.txt": "Ein Känguru hüpft.".encode("latin-1"),
    "numbats.ipynb": NOTEBOOK.encode(),
    "a/readme.md": b"# Bilby\n\nThe bilby is in folder a.\n",
    "b/readme.md": b"# Potoroo\n\nThe potoroo is in folder b.\n",
    "b/[draft] 100%.md": b"# Draft\n\nBrackets are no glob if the file is there.\n",
}
FAULTY = {
    "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(range(64)), "unsupported"),
    "program": (b"\x7fELF" + bytes(200), "unsupported"),
    "empty.md": (b"", "unreadable"),
    "blank.txt": (b"\n \n", "unreadable"),
    "broken.pdf": (b"%PDF-1.7\nnothing of a PDF follows", "unreadable"),
}
PASSED_BY = [".hidden.md", ".git/config", "node_modules/package.md", "a/.ipynb_checkpoints/x.md"]


def write(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def mine(shell, *options):
    """Own documents by the end of their path."""
    listed = shell("sources", "list", "--json", *options).json["mine"]
    return {m["address"].removeprefix(f"{shell.folder.resolve()}/"): m for m in listed}


@pytest.fixture(scope="module")
def zoo(new_home, new_shell):
    """A shell whose folder holds files of all kinds, and what adding them as a folder has said."""
    shell = new_shell(new_home())
    write(shell.folder / "zoo", READABLE | {name: data for name, (data, _) in FAULTY.items()})
    write(shell.folder / "zoo", dict.fromkeys(PASSED_BY, b"# Not for the tutor\n\nText.\n"))
    return shell, shell("sources", "add", "zoo", "--no-index", "--json")


@pytest.fixture(scope="module")
def listed(zoo):
    return mine(zoo[0])


@pytest.fixture
def own(inside):
    """With a home of its own and a lecture in its folder."""
    write(inside.folder, {"lecture.md": LECTURE.encode()})
    return inside


def add(shell, *arguments):
    result = shell("sources", "add", *arguments, "--no-index", "--json")
    assert (result.status, result.err) == (0, "")
    return result.json


# Files of all kinds


def test_a_folder_is_added_with_all_that_is_in_it(zoo, listed):
    result = zoo[1]
    assert (result.status, result.err) == (0, "")
    assert set(listed) == {f"zoo/{name}" for name in (*READABLE, *FAULTY)}
    assert result.json["states"] == {"added": len(READABLE), "unsupported": 2, "unreadable": 3}
    assert {s["address"] for s in result.json["sources"]} == {m["address"] for m in listed.values()}


@pytest.mark.parametrize("name", READABLE)
def test_a_file_with_text_is_read(listed, name):
    found = listed[f"zoo/{name}"]
    assert (found["state"], found["reason"]) == ("added", "")
    assert found["characters"] > 10
    assert found["bytes"] == len(READABLE[name])


@pytest.mark.parametrize("name", FAULTY)
def test_a_file_without_text_says_why(listed, name):
    found = listed[f"zoo/{name}"]
    assert found["state"] == FAULTY[name][1]
    assert found["reason"]
    assert "\n" not in found["reason"]
    assert (found["characters"], found["indexed"]) == (0, False)


def test_titles_are_the_documents_own_or_the_files_name(listed):
    titles = {name.removeprefix("zoo/"): found["title"] for name, found in listed.items()}
    assert titles["lecture one.md"] == "Quokka Networks"
    assert titles["page.html"] == "Wombats"
    assert titles["Übung – 机器.txt"] == "Übung – 机器.txt"
    assert titles["picture.png"] == "picture.png"


def test_two_files_of_one_name_are_two_documents(zoo, listed):
    shell, _ = zoo
    texts = [
        shell("sources", "show", f"zoo/{folder}/readme.md", "--text").out for folder in ("a", "b")
    ]
    assert "bilby is in folder a" in texts[0]
    assert "potoroo is in folder b" in texts[1]
    assert listed["zoo/a/readme.md"]["sha256"] != listed["zoo/b/readme.md"]["sha256"]


def test_outputs_of_a_notebook_are_not_its_text(zoo):
    shown = zoo[0]("sources", "show", "numbats", "--json").json
    assert "They eat ants." in shown["text"]
    assert "print('ant')" in shown["text"]
    assert "SECRET" not in shown["text"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("latin.txt", "Ein Känguru hüpft."), ("Übung – 机器.txt", "Künstliche Beuteltiere")],
)
def test_umlauts_stay(zoo, name, text):
    assert text in zoo[0]("sources", "show", f"zoo/{name}", "--text").out


def test_nothing_is_indexed_before_the_build(listed):
    assert not any(found["indexed"] for found in listed.values())


# Show and list


def test_show_tells_how_a_file_stands(zoo):
    shown = zoo[0]("sources", "show", "zoo/lecture one.md").out
    assert "state         added" in shown
    assert "title         Quokka Networks" in shown
    assert "type          markdown" in shown
    assert shown.endswith("  Quokka Networks\n    Training\n")
    assert "smiling" not in shown


def test_show_with_the_text_ends_with_it(zoo):
    shown = zoo[0]("sources", "show", "quokka", "--text").out
    assert shown.endswith("## Training\n\nIt is trained by smiling at it for an hour.\n")


def test_show_as_json(zoo):
    shown = zoo[0]("sources", "show", "lecture", "--json").json
    assert shown["address"].endswith("zoo/lecture one.md")
    assert [h["path"] for h in shown["headings"]] == [
        ["Quokka Networks"],
        ["Quokka Networks", "Training"],
    ]
    assert shown["text"] == LECTURE.strip()
    assert (shown["state"], shown["indexed"], shown["stations"]) == ("added", False, [])


def test_show_of_what_cannot_be_read_gives_the_reason(zoo):
    shown = zoo[0]("sources", "show", "picture.png", "--text")
    assert shown.status == 0
    assert "state         unsupported" in shown.out


@pytest.mark.parametrize("command", ["show", "remove"])
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nowhere.md", "there is no source 'nowhere.md'; all of them: tutor sources list"),
        ("readme", "'readme' fits 2 sources"),
    ],
)
def test_no_such_source_or_several(zoo, command, name, error):
    result = zoo[0]("sources", command, name)
    assert (result.status, result.out) == (2, "")
    assert error in result.error


def test_list_keeps_a_state(zoo):
    kept = zoo[0]("sources", "list", "--state", "unsupported", "--json").json
    assert (kept["documents"], kept["references"]) == ([], [])
    assert {m["title"] for m in kept["mine"]} == {"picture.png", "program"}


def test_list_of_a_kind_of_reference_leaves_files_out(zoo):
    kept = zoo[0]("sources", "list", "--kind", "book", "--json").json
    assert kept["references"]
    assert kept["mine"] == []


def test_list_for_people(zoo):
    shown = zoo[0]("sources", "list").out.splitlines()
    assert shown[-1].endswith(f", {len(READABLE) + len(FAULTY)} of your own")
    (line,) = [line for line in shown if "zoo/lecture one.md" in line]
    assert line.startswith("mine       [-] Quokka Networks  ")
    assert line.endswith("  added")
    (line,) = [line for line in shown if "zoo/empty.md" in line]
    assert "  unreadable (" in line


# Names


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("lecture.md", {"lecture.md"}),
        ("*.md", {"lecture.md", "more.md"}),
        ("**/*.md", {"lecture.md", "more.md", "deep/er/x.md"}),
        ("deep", {"deep/er/x.md"}),
    ],
)
def test_a_file_a_glob_and_a_folder(own, name, files):
    write(own.folder, {"more.md": b"# More\n\nText.\n", "deep/er/x.md": b"# X\n\nOther.\n"})
    add(own, name)
    assert set(mine(own)) == files


def test_a_file_named_twice_is_added_once(own):
    added = add(own, "lecture.md", "./lecture.md", str(own.folder / "lecture.md"), "*.md")
    assert set(mine(own)) == {"lecture.md"}
    assert added["states"]["added"] >= 1


@pytest.mark.parametrize("name", ["nowhere.md", "no*where", "empty folder", ""])
def test_a_name_of_nothing_is_told_and_nothing_is_added(own, name):
    (own.folder / "empty folder").mkdir()
    if not name:
        (own.folder / "lecture.md").unlink()
    result = own("sources", "add", *(["lecture.md"] if name else []), name, "--no-index")
    assert (result.status, result.out) == (2, "")
    assert f"there is no file at {name}" in result.error
    assert mine(own) == {}


def unreadable(file):
    """A file that even an administrator cannot read (``/proc/self/mem`` begins with a hole)."""
    file.symlink_to("/proc/self/mem")
    return file


def test_a_file_that_cannot_be_read_is_one_line(own):
    unreadable(own.folder / "locked.md")
    result = own("sources", "add", "locked.md", "--no-index")
    assert (result.status, result.out) == (1, "")
    assert result.error.startswith("cannot read locked.md (")


def test_a_file_that_cannot_be_read_does_not_stop_the_others(own):
    write(own.folder, {"notes/a.md": b"# A\n\nText.\n", "notes/z.md": b"# Z\n\nOther.\n"})
    unreadable(own.folder / "notes" / "m.md")
    own("sources", "add", "notes", "--no-index")
    found = mine(own)
    assert {"notes/a.md", "notes/z.md"} <= set(found)
    assert found["notes/a.md"]["characters"] > 0


@pytest.mark.parametrize("arguments", [[], ["lecture.md", "--station", "99"]])
def test_wrong_usage(own, arguments):
    result = own("sources", "add", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.error
    assert mine(own) == {}


# Added again


def test_a_changed_file_is_read_again_and_its_old_copy_goes(own):
    before = add(own, "lecture.md")["sources"][0]
    write(own.folder, {"lecture.md": LECTURE.replace("smiling", "frowning").encode()})
    after = add(own, "lecture.md")["sources"][0]
    assert "frowning" in own("sources", "show", "lecture", "--text").out
    assert before["sha256"] != after["sha256"]
    raw = own.home / "references" / "raw"
    assert [file.name for file in raw.glob("*/*")] == [after["sha256"]]
    assert len(list((own.home / "references" / "read").glob("*/*"))) == 1


def test_an_unchanged_file_is_not_read_again(own):
    add(own, "lecture.md")
    (reading,) = (own.home / "references" / "read").glob("*/*")
    os.utime(reading, (0, 0))
    add(own, "lecture.md")
    assert reading.stat().st_mtime == 0


def test_a_damaged_reading_is_made_again(own):
    add(own, "lecture.md")
    (reading,) = (own.home / "references" / "read").glob("*/*")
    before = reading.read_bytes()
    reading.write_bytes(b"no reading")
    add(own, "lecture.md")
    assert reading.read_bytes() == before


def test_a_file_that_can_be_read_at_last(own):
    write(own.folder, {"lecture.md": b""})
    assert add(own, "lecture.md")["states"] == {"unreadable": 1}
    write(own.folder, {"lecture.md": LECTURE.encode()})
    assert add(own, "lecture.md")["states"] == {"added": 1}


def test_filing_under_a_station(own):
    add(own, "lecture.md", "--station", "7")
    assert mine(own)["lecture.md"]["stations"] == [7]
    add(own, "lecture.md")  # keeps it
    assert set(mine(own, "--station", "7")) == {"lecture.md"}
    add(own, "lecture.md", "--station", "8")
    assert mine(own, "--station", "7") == {}
    assert mine(own)["lecture.md"]["stations"] == [8]


def test_a_changed_file_stays_at_its_station(own):
    add(own, "lecture.md", "--station", "7")
    write(own.folder, {"lecture.md": LECTURE.replace("smiling", "frowning").encode()})
    add(own, "lecture.md")
    assert mine(own)["lecture.md"]["stations"] == [7]


# Removed


@pytest.fixture
def filled(own):
    """Three own documents, two of them in a folder."""
    write(own.folder, {"notes/a.md": b"# Bilby\n\nIn a.\n", "notes/b.md": b"# Potoroo\n\nIn b.\n"})
    add(own, "lecture.md", "notes")
    return own


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("notes/a.md", {"lecture.md", "notes/b.md"}),
        ("notes", {"lecture.md"}),
        ("./notes/", {"lecture.md"}),
        ("quokka", {"notes/a.md", "notes/b.md"}),
        ("otoro", {"lecture.md", "notes/a.md"}),
    ],
)
def test_remove_by_path_folder_and_part_of_the_title(filled, name, left):
    removed = filled("sources", "remove", name, "--no-index")
    assert (removed.status, removed.err) == (0, "")
    assert len(removed.out.splitlines()) == 3 - len(left)
    found = mine(filled)
    assert set(found) == left
    raw = filled.home / "references" / "raw"
    assert {f.name for f in raw.glob("*/*")} == {m["sha256"] for m in found.values()}
    assert (filled.folder / "notes" / "a.md").exists()  # the file itself is not ours


def test_a_file_that_is_gone_can_still_be_removed(filled):
    shutil.rmtree(filled.folder / "notes")
    assert filled("sources", "remove", "notes/a.md", "--no-index").status == 0
    assert set(mine(filled)) == {"lecture.md", "notes/b.md"}


def test_nothing_is_removed_if_one_name_is_wrong(filled):
    result = filled("sources", "remove", "lecture.md", "nowhere.md", "--no-index")
    assert result.status == 2
    assert "nowhere.md" in result.error
    assert len(mine(filled)) == 3


def test_what_two_files_share_stays_until_both_are_removed(own):
    shutil.copy(own.folder / "lecture.md", own.folder / "copy.md")
    add(own, "lecture.md", "copy.md")
    raw = own.home / "references" / "raw"
    assert "smiling" in own("sources", "show", "copy.md", "--text").out
    assert own("sources", "remove", "lecture.md", "--no-index").status == 0
    assert len(list(raw.glob("*/*"))) == 1
    assert "smiling" in own("sources", "show", "copy.md", "--text").out
    assert own("sources", "remove", "copy.md", "--no-index").status == 0
    assert list(raw.glob("*/*")) == []


def test_a_relative_name_means_the_file_here(own, tmp_path_factory):
    write(own.folder, {"readme.md": b"# Bilby\n\nHere.\n"})
    add(own, "readme.md")
    elsewhere = own.at(tmp_path_factory.mktemp("elsewhere"))
    write(elsewhere.folder, {"readme.md": b"# Potoroo\n\nElsewhere.\n"})
    add(elsewhere, "readme.md")
    assert elsewhere("sources", "remove", "readme.md", "--no-index").status == 0
    assert set(mine(own)) == {"readme.md"}


def test_an_empty_name_removes_nothing(filled):
    assert filled("sources", "remove", "", "--no-index").status == 2
    assert len(mine(filled)) == 3
