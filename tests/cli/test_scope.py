"""``--only`` and ``--station`` of ``tutor ask`` and ``search``, and whether sources are indexed."""

import json

import pytest

from corpus.library.ledger import Entry, now
from corpus.library.shelves import sha256
from index.search import Index
from index.version import current_version
from tutor.answer import Tutor
from tutor.app import build
from tutor.asking import scope_of
from tutor.settings import load_settings
from tutor.sources import add_files, open_library

# Long enough that each section is a chunk of its own.
HANDBOOK = """# The Zorblax Handbook

This handbook is for the new staff of the Zorblax laboratory, who read it once, from the first page
to the last, in their first week, and then keep it in the drawer of their desk, where it is found
whenever a question comes up that nobody in the room can answer from memory.

## Warm-up

The Zorblax coefficient is the ratio of useful tokens to all tokens in a prompt. It lies between
zero and one. A Zorblax coefficient above one half is called warm, and one below it is called cold.
Cold prompts are thrown away, warm ones are kept for a second look by another member of the staff.

## Storage

Zorblax samples are kept in blue jars at four degrees. The jars are opened only on Tuesdays, by two
people at least, who both sign the list on the door. An open jar is closed again within an hour, or
else the sample in it is lost, and with it the work of the week that went into making it.
"""
REFERENCE = b"""# Quandle Scheduling

Quandle scheduling lowers the learning rate by a third after every epoch. It was made for very small
models, which forget quickly what they saw in the epoch before the last.
"""
PAGE = "https://example.org/quandle"
QUESTION, ABOUT_PAGE = "What is the Zorblax coefficient?", "What is Quandle scheduling?"
DEFINITION = "The Zorblax coefficient is the ratio of useful tokens to all tokens in a prompt."
NOTICE = "sources have changed since they were indexed; run: tutor index build\n"
ASK = ("ask", "--no-log", "--json")


def pdf(*pages):
    """A document with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, text in enumerate(pages):
        drawn = f"BT /F1 9 Tf 40 700 Td ({text}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * n} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        b"%sxref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (body, size, table, size, len(body))
    )


SLIDES = pdf(
    "Welcome to the course on Flumph arithmetic.", "A Flumph number is a prime with two hats."
)


@pytest.fixture(scope="module")
def taught(settings, new_shell, tmp_path_factory):
    """A shell whose home holds own files of stations 7 and 9 and a reference, all indexed."""
    folder = tmp_path_factory.mktemp("taught")
    (folder / "models").symlink_to(settings.models)
    version = current_version(settings.index)
    (folder / "index" / version.name).mkdir(parents=True)
    (folder / "index" / "current").write_text(version.name)
    for file in version.iterdir():  # a build reads it and writes beside it
        (folder / "index" / version.name / file.name).symlink_to(file)
    own = load_settings(home=folder)
    library = open_library(own)
    library.raw.keep(REFERENCE)
    library.ledger.put(
        Entry(
            PAGE, state="fetched", content_type="text/markdown", sha256=sha256(REFERENCE),
            fetched=now(), checked=now(), station=9,
        )
    )  # fmt: skip
    library.close()
    shell = new_shell(folder)
    (shell.folder / "handbook.md").write_text(HANDBOOK)
    (shell.folder / "slides.pdf").write_bytes(SLIDES)
    (shell.folder / "copy of slides.pdf").write_bytes(SLIDES)
    add_files(own, [str(shell.folder / "handbook.md")], station=7, index=False)
    add_files(own, [str(shell.folder / "*slides.pdf")], index=False)
    before = shell("search", "Zorblax", "--only", "mine")
    build(own)
    return shell, before


@pytest.fixture(scope="module")
def ask(taught, encoder):
    """Asks as ``tutor ask`` does, by quotation alone and without starting it each time."""
    settings = load_settings(home=taught[0].home)
    index = Index(settings.index, encoder)

    def answered(question, only=None, station=None, **changed):
        tutor = Tutor(index, settings.model_copy(update=changed), None)
        return tutor.ask(question, scope=scope_of(only, station)).as_json()

    return answered


def said(answer):
    return [sentence["text"] for sentence in answer["sentences"]]


# Whether they are indexed


def test_before_the_build_a_line_says_that_it_is_due(taught):
    before = taught[1]
    assert (before.status, before.out, before.err) == (0, "", NOTICE)


@pytest.fixture(scope="module")
def everywhere(taught):
    return taught[0](*ASK, QUESTION, written_sentences=0)


def test_after_the_build_the_answer_comes_from_the_file_and_no_line(everywhere):
    assert (everywhere.status, everywhere.err) == (0, "")
    assert DEFINITION in said(everywhere.json)


def test_a_change_after_the_build_is_told_again(new_shell, new_home):
    shell = new_shell(new_home())
    (shell.folder / "notes.md").write_text("# Notes\n\nText.\n")
    added = shell("sources", "add", "notes.md", "--no-index")
    assert (added.status, added.err) == (0, "")
    asked = shell(*ASK, "What is LoRA?", written_sentences=0)
    assert (asked.status, asked.err) == (0, NOTICE)
    assert shell("sources", "remove", "notes.md", "--no-index").status == 0
    assert shell("search", "LoRA").err == ""


def test_what_is_indexed_is_listed_so(taught):
    listed = taught[0]("sources", "list", "--json").json
    assert {m["title"]: m["indexed"] for m in listed["mine"]}["The Zorblax Handbook"]
    assert [r["indexed"] for r in listed["references"] if r["url"] == PAGE] == [True]
    lines = taught[0]("sources", "list", "--station", "7").out.splitlines()
    assert any(line.endswith("handbook.md  added, indexed") for line in lines)


def test_both_files_of_one_text_are_indexed(taught):
    listed = taught[0]("sources", "list", "--json").json["mine"]
    assert [m["indexed"] for m in listed if "slides" in m["url"]] == [True, True]


# Citations


def cited(answer, sentence):
    """The citation behind a sentence."""
    (number,) = next(s["citations"] for s in answer["sentences"] if s["text"] == sentence)
    return answer["citations"][number - 1]


def test_a_citation_names_title_and_section_of_a_file(everywhere):
    citation = cited(everywhere.json, DEFINITION)
    assert citation["title"] == "The Zorblax Handbook"
    assert citation["section"] == "My documents > The Zorblax Handbook > Warm-up"
    assert citation["document_id"].startswith("mine/")
    assert citation["document_id"].endswith("/handbook.md")
    assert citation["quote"] == DEFINITION
    assert (citation["station"], citation["url"], citation["link"]) == (7, None, None)


def test_a_citation_names_the_page(ask):
    answer = ask("What is a Flumph number?", "mine")
    citation = cited(answer, "A Flumph number is a prime with two hats.")
    assert (citation["page"], citation["url"]) == (2, None)


def test_a_citation_links_to_the_words_in_the_page(ask):
    answer = ask(ABOUT_PAGE, "references")
    citation = answer["citations"][0]
    assert (citation["site"], citation["url"]) == ("example.org", PAGE)
    assert citation["link"].startswith(f"{PAGE}#")
    assert ":~:text=Quandle%20scheduling" in citation["link"]


# Only


@pytest.mark.parametrize(
    ("only", "question", "kind"),
    [
        ("mine", QUESTION, "mine"),
        ("references", ABOUT_PAGE, "reference"),
        ("curriculum", "What is LoRA?", "curriculum"),
    ],
)
def test_only_one_kind_answers(ask, only, question, kind):
    answer = ask(question, only)
    assert answer["status"] == "answered"
    assert {c["document_id"].partition("/")[0] for c in answer["citations"]} == {kind}


@pytest.mark.parametrize(
    ("only", "question"),
    [
        ("curriculum", QUESTION),
        ("references", QUESTION),
        ("mine", "What is LoRA?"),
        ("mine", "What should I learn before RAG?"),  # which the map knows
        ("mine", "Which paper introduced FlashAttention?"),  # which the cards know
    ],
)
def test_what_the_kind_does_not_hold_is_declined(ask, only, question):
    assert ask(question, only)["status"] == "abstained"


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        ("curriculum", {"curriculum", "map"}),
        ("references", {"reference"}),
        ("mine", {"mine"}),
    ],
)
def test_search_keeps_to_it(taught, only, kinds):
    hits = taught[0]("search", "Zorblax learning rate", "--only", only, "--json").json["hits"]
    assert hits
    assert {hit["document_id"].partition("/")[0] for hit in hits} <= kinds


# Station


def test_a_station_answers_with_what_is_filed_there(ask):
    lora = ask("What is LoRA?", station=7)
    assert lora["status"] == "answered"
    assert {c["station"] for c in lora["citations"]} == {7}
    assert DEFINITION in said(ask(QUESTION, station=7))


def test_another_station_does_not(ask):
    assert ask(QUESTION, station=8)["status"] == "abstained"


def test_search_at_a_station(taught):
    hits = taught[0]("search", "learning rate", "--station", "9", "--json").json["hits"]
    assert {hit["station"] for hit in hits} == {9}
    assert PAGE in {hit["url"] for hit in hits}


def test_a_station_on_the_command_line(taught):
    asked = taught[0](*ASK, "What is LoRA?", "--station", "7", written_sentences=0)
    assert asked.status == 0
    assert {c["station"] for c in asked.json["citations"]} == {7}


def test_json_lines_keep_to_the_scope(taught):
    lines = f'{{"id": 1, "question": "{QUESTION}"}}\n{{"id": 2, "question": "What is LoRA?"}}\n'
    result = taught[0]("ask", "--jsonl", "--only", "mine", stdin=lines, written_sentences=0)
    assert result.status == 0
    assert [json.loads(line)["status"] for line in result.out.splitlines()] == [
        "answered", "abstained",
    ]  # fmt: skip
    assert '"mine/' in result.out
    assert '"curriculum/' not in result.out


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--only", "books"], "there is no 'books' to look in; there are: curriculum, references"),
        (["--station", "0"], "there is no station 0; all of them: tutor stations"),
        (["--station", "19"], "there is no station 19"),
        (["--station", "x"], "--station"),
    ],
)
def test_wrong_usage_is_one_line(shell, command, options, error):
    result = shell(command, "LoRA", *options)
    assert (result.status, result.out) == (2, "")
    assert error in result.error
