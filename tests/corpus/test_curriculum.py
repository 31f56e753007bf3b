"""The bundled curriculum: complete, exactly cut, and written to be quoted."""

import re
from collections import Counter
from itertools import pairwise

import ftfy
import pytest

from corpus.loader import BUNDLED


@pytest.fixture(scope="module")
def files(curriculum):
    """(station or companion, its document), as they stand in the folder."""
    by_title = {d.title: d for d in curriculum.documents if d.kind == "curriculum"}
    return [(stop, by_title[stop.title]) for stop in (*curriculum.stations, *curriculum.companions)]


@pytest.fixture(scope="module")
def prose(curriculum):
    """(document id, line) of everything that can be quoted; code and formulas left out."""
    lines = []
    for document in curriculum.documents:
        if document.kind == "curriculum":
            text = document.text.split("\n---\n", 1)[1]
            text = re.sub(r"^(```|\$\$).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
            lines += [(document.id, line.strip()) for line in text.split("\n") if line.strip()]
    return lines


@pytest.fixture(scope="module")
def sentences(prose):
    """(document id, sentence), cut by a rule of thumb apart from the tutor's own."""
    return [
        (document, sentence)
        for document, line in prose
        if not line.startswith("#")
        for sentence in re.split(r"(?<=[a-z0-9)][.?!]) (?=[A-Z])", line.removeprefix("- "))
    ]


def offenders(pairs, pattern, flags=0):
    return [pair for pair in pairs if re.search(pattern, pair[1], flags)]


# The map


def test_eighteen_stations_on_three_lines(curriculum):
    assert [(s.number, s.line) for s in curriculum.stations] == [
        *((n, "foundational") for n in range(1, 4)),
        *((n, "scientist") for n in range(4, 12)),
        *((n, "engineer") for n in range(12, 19)),
    ]


def test_titles_are_those_of_the_source_map(curriculum, seeds):
    source = (seeds / "000_c234b0a343133a39.txt").read_text(encoding="utf-8")
    titles = re.findall(r"^### (\d+)\. (.+?)\s*$", source, re.MULTILINE)
    assert [(str(s.number), s.title) for s in curriculum.stations] == titles


def test_file_is_named_after_number_and_id(files):
    for stop, document in files:
        name = f"{stop.number:02}-{stop.id}" if stop.number else stop.id
        assert document.id.endswith(f"/{name}.md")


def test_every_file_of_the_folder_is_read(files):
    assert len(files) == len([*BUNDLED.glob("stations/*"), *BUNDLED.glob("companions/*")])


# Topics


def test_every_topic_has_names_and_everyday_wordings(files):
    for stop, _ in files:
        for topic in stop.topics:
            assert topic.names, topic.key
            assert topic.asked_as, topic.key


def test_topics_have_one_section_each_in_the_order_of_the_front_matter(files):
    for stop, document in files:
        text = re.sub(r"^```.*?^```$", "", document.text, flags=re.MULTILINE | re.DOTALL)
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == [topic.title for topic in stop.topics], document.id


def test_first_sentence_of_a_topic_names_it(files):
    for stop, document in files:
        for topic in stop.topics:
            section = next(s for s in document.sections if s.topic == topic.id)
            first = document.text[section.start : section.end].split(". ")[0].lower()
            # The name itself, or the first word of the title in the singular: "optimizer".
            known = [*(n.lower() for n in topic.names), topic.title.lower().split()[0].rstrip("s")]
            assert any(name in first for name in known), (topic.key, first)


# Sections and offsets


def test_sections_are_in_order_and_never_overlap(curriculum):
    for document in curriculum.documents:
        for before, after in pairwise(document.sections):
            assert before.end <= after.start, (document.id, after.path)


def test_sections_hold_text_without_white_space_at_the_ends(curriculum):
    for document in curriculum.documents:
        for section in document.sections:
            body = document.text[section.start : section.end]
            assert body, (document.id, section.path)
            assert body == body.strip(), (document.id, section.path)


def test_section_follows_its_heading(curriculum):
    for document in curriculum.documents:
        if document.kind != "card":
            for section in document.sections:
                heading = document.text[: section.start].rstrip().split("\n")[-1]
                assert heading.lstrip("# ") == section.path[-1], document.id


def test_nothing_but_headings_lies_outside_the_sections(curriculum):
    for document in curriculum.documents:
        inside = {i for s in document.sections for i in range(s.start, s.end)}
        rest = "".join(c for i, c in enumerate(document.text) if i not in inside)
        if document.kind == "curriculum":
            rest = rest.split("\n---\n", 1)[1]
        assert all(line.startswith("#") for line in rest.split("\n") if line), document.id


def test_front_matter_is_never_inside_a_section(curriculum):
    for document in curriculum.documents:
        if document.kind == "curriculum":
            head = document.text.index("\n---\n", 4)
            assert all(section.start > head for section in document.sections)


# How it is written (corpus/curriculum/README.md)


def test_no_sentence_begins_with_a_word_that_needs_the_one_before(sentences):
    needy = "It|They|This|These|Such|Here|However|Therefore|Also|For example|Another"
    assert offenders(sentences, rf"^({needy})\b") == []


def test_no_sentence_points_elsewhere_in_the_text(sentences):
    assert offenders(sentences, r"\b(the former|the latter|above|below|as mentioned)\b", re.I) == []


def test_no_link_table_image_or_bold(prose):
    assert offenders(prose, r"\]\(|!\[|https?://|\*\*|^\|") == []


def test_every_line_of_text_ends_as_a_sentence(prose):
    text = [pair for pair in prose if not pair[1].startswith("#")]
    assert offenders(text, r'(?<![.?!:])(?<![.?!]")$') == []


def test_every_sentence_begins_with_a_capital_a_figure_or_code(sentences):
    assert offenders(sentences, r"^[^A-Z0-9`$“\"À-Þ]") == []


def test_misconception_is_corrected_in_its_own_sentence(sentences):
    stated = offenders(sentences, r"common misconception is that")
    assert len(stated) > 100
    assert [pair for pair in stated if "; " not in pair[1]] == []


def test_nine_sentences_in_ten_have_8_to_28_words(sentences):
    lengths = [len(sentence.split()) for _, sentence in sentences]
    assert sum(8 <= length <= 28 for length in lengths) / len(lengths) >= 0.9


def test_a_list_stands_after_a_sentence(prose):
    """Headings may stand between; lists of misconceptions need none, they enumerate nothing."""
    bare, text, heading = [], "", ""
    for document, line in prose:
        if line.startswith("#"):
            heading = line
            continue
        new_list = line.startswith("- ") and heading
        if new_list and text.startswith("- ") and "Misconceptions" not in heading:
            bare.append((document, line))
        text, heading = line, ""
    assert bare == []


def test_no_sentence_is_copied_from_a_source(sentences, seeds):
    def plain(text):
        return " ".join(re.findall(r"\w+", text.lower()))

    sources = [ftfy.fix_text(f.read_text(encoding="utf-8")) for f in seeds.glob("*.txt")]
    source = plain("\n".join(sources))
    assert "navigating the field of genai can often feel daunting" in source
    long = [s for s in sentences if len(s[1].split()) >= 8]
    assert [s for s in long if plain(s[1]) in source] == []


# References


@pytest.fixture(scope="module")
def links(seeds):
    """Every address in the five documents, with the numbers of the documents that hold it."""
    found = {}
    for file in sorted(seeds.glob("*.txt")):
        text = ftfy.fix_text(file.read_text(encoding="utf-8"))
        bare = r"(?<![\w./-])(?:youtu\.be|lnkd\.in)/"
        for match in re.finditer(rf"(?:https?://|{bare})[^\s<>\"`\]]+", text):
            address = outside_of_brackets(match[0]).rstrip(".,;:*'")
            address = address if "://" in address else f"https://{address}"
            found.setdefault(address, set()).add(file.name[:3])
    return found


def outside_of_brackets(address):
    """Up to the bracket that closes one opened before the address."""
    depth = 0
    for position, character in enumerate(address):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return address[:position]
    return address


def test_there_are_five_sources(seeds):
    assert [f.name[:3] for f in sorted(seeds.glob("*.txt"))] == ["000", "001", "002", "003", "004"]


def test_every_link_of_the_sources_is_a_reference_and_no_other_is(curriculum, links):
    urls = {reference.url for reference in curriculum.references}
    assert links.keys() - urls == set()
    assert urls - links.keys() == set()
    assert len(curriculum.references) == len(links) == 285


def test_links_without_a_scheme_are_counted_too(links, seeds):
    text = "\n".join(f.read_text(encoding="utf-8") for f in seeds.glob("*.txt"))
    bare = set(re.findall(r"(?<!/)youtu\.be/[\w-]+", text))
    assert len(bare) == 8  # lines 99-103, 105, 107 and 109 of the third source
    assert {f"https://{link}" for link in bare} <= links.keys()
    short = set(re.findall(r"lnkd\.in/[\w-]+", text))
    assert {f"https://{link}" for link in short} <= links.keys()


def test_reference_names_the_sources_that_hold_its_link(curriculum, links):
    for reference in curriculum.references:
        assert set(reference.cited_in) == links[reference.url], reference.url


def test_every_reference_serves_a_topic_and_says_what_for(curriculum):
    for reference in curriculum.references:
        assert reference.topics, reference.url
        assert reference.good_for.endswith("."), reference.url


def test_every_reference_is_a_document_that_can_be_quoted(curriculum):
    cards = {d.url: d for d in curriculum.documents if d.kind == "card"}
    for reference in curriculum.references:
        text = cards[reference.url].text
        assert reference.url in text
        assert reference.title in text
        assert all(author in text for author in reference.authors)


def test_documents_are_28_files_the_map_and_285_cards(curriculum):
    kinds = Counter(document.kind for document in curriculum.documents)
    assert kinds == {"curriculum": 18 + 10, "map": 1, "card": 285}


def test_ids_of_documents_and_keys_of_topics_are_unique(curriculum):
    ids = [document.id for document in curriculum.documents]
    stops = (*curriculum.stations, *curriculum.companions)
    keys = [topic.key for stop in stops for topic in stop.topics]
    assert len(ids) == len(set(ids))
    assert len(keys) == len(set(keys))
