"""The pane "Sources": what it counts, whom it lets do what, and what of it can be markup."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from corpus.library.ledger import Entry, Ledger
from corpus.reading import FORMATS
from index.search import Index
from tutor.settings import Settings
from ui.panes.pane_strings import ENGLISH_PANES
from ui.panes.sources_pane import pane, size, sources
from ui.serving.rights import Rights, rights_of
from ui.sources.sources_state import Cited, Count, Limits, Own, SourcesState, source_key

HOSTILE = "<img src=x onerror=alert(1)>\"\u202egnp.exe'javascript:alert(1)"
OWN = Own("k" * 20, "notes.md", "markdown", 1500, "indexed", "", 3, "2026-01-31T08:00:00Z")
REFERENCE = Cited(
    "r" * 20, "LoRA", "paper", "https://example.org/lora", (7, 9), "not fetched", "", 0
)
STATE = SourcesState(
    counts={"curriculum": Count(29, 1160), "mine": Count(1, 3)},
    topics=170,
    stations={7: "Fine-Tuning", 9: "RAG"},
    references=(REFERENCE,),
    mine=(OWN,),
    limits=Limits(20, 25_000_000, 4_000_000, 120.0),
)


def tree(state: SourcesState = STATE, rights: Rights | None = None) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(pane(state, rights=rights))


def acts(shown: lxml_html.HtmlElement) -> list[tuple[str, str]]:
    return [(b.get("data-do"), b.get("data-value")) for b in shown.iter("button")]


# The state of a real home


def test_the_curriculum_and_its_references_are_counted(
    index: Index, settings: Settings, curriculum
):
    state = sources(index, settings)
    documents = index.texts.documents()
    assert state.counts["card"].texts == len(curriculum.references)
    assert sum(c.passages for c in state.counts.values()) == index.manifest.chunks
    assert sum(c.texts for c in state.counts.values()) == len(documents)
    assert {one.state for one in state.references} == {"not fetched"}
    assert state.mine == ()
    assert len(state.stations) == 18


def test_looking_leaves_the_home_as_it_was(index: Index, ui_settings: Callable[..., Settings]):
    settings = ui_settings()
    before = sorted(settings.home.iterdir())
    sources(index, settings)
    assert sorted(settings.home.iterdir()) == before


@pytest.fixture
def kept(ui_settings: Callable[..., Settings]) -> Callable[..., Settings]:
    """Makes a home whose ledger holds entries."""

    def make(*entries: Entry) -> Settings:
        settings = ui_settings()
        ledger = Ledger(settings.references)
        for entry in entries:
            ledger.put(entry)
        ledger.close()
        return settings

    return make


TIME = "2026-01-31T08:00:00Z"
READ = Entry(
    "/home/ada/private/a.pdf", "mine", "added", sha256="ab", size=10, fetched=TIME, checked=TIME,
    format="pdf", reader=1, text="cd", note="truncated",
)  # fmt: skip


UNREAD = replace(READ, reader=0, text="", note="", format="")
FAILED = replace(UNREAD, reader=1, state="unreadable", reason="It is encrypted.")


@pytest.mark.parametrize(
    ("entry", "state", "reason"),
    [
        (READ, "waiting", "truncated"),
        (UNREAD, "waiting", ""),
        (FAILED, "failed", "It is encrypted."),
    ],
)
def test_an_own_document_stands_as_the_ledger_has_it(index, kept, entry, state, reason):
    (own,) = sources(index, kept(entry)).mine
    assert (own.state, own.reason, own.kind) == (state, reason, "pdf")
    assert own.name == "a.pdf"


def test_the_folder_of_a_document_is_nowhere_on_the_page(index, kept):
    assert "private" not in pane(sources(index, kept(READ)))


def test_what_another_program_has_added_can_be_indexed(index, kept):
    state = sources(index, kept(READ))
    assert state.behind
    assert ("source-index", "") in acts(tree(state))


def test_a_dead_reference_has_failed_and_says_why(index, kept, curriculum):
    url = curriculum.references[0].url
    entry = Entry(url, state="dead", reason="404 Not Found", checked=TIME)
    cited = {one.key: one for one in sources(index, kept(entry)).references}
    assert (cited[source_key(url)].state, cited[source_key(url)].reason) == (
        "failed",
        "404 Not Found",
    )


# The pane


def test_a_document_has_its_button_with_a_name_and_a_question_before():
    (button,) = tree().xpath("//button[@data-do='source-remove']")
    assert button.get("data-value") == OWN.key
    assert button.get("aria-label") == "Delete: notes.md"
    assert "everybody" in button.get("data-confirm")


def test_a_reference_that_is_not_here_can_be_fetched():
    assert ("source-fetch", REFERENCE.key) in acts(tree())
    here = replace(STATE, references=(replace(REFERENCE, state="indexed"),))
    assert ("source-fetch", REFERENCE.key) not in acts(tree(here))


def test_two_that_are_not_here_can_be_fetched_together():
    both = replace(STATE, references=(REFERENCE, replace(REFERENCE, key="s" * 20)))
    assert ("source-fetch", "station 7") in acts(tree(both))


def test_the_limits_and_formats_are_said_before():
    said = " ".join(tree().text_content().split())
    for format_ in FORMATS:
        assert ENGLISH_PANES.formats[format_] in said
    assert "20 files at a time, each of at most 25 MB" in said
    assert "first 4 MB" in said


@pytest.mark.parametrize(
    "rights", [rights_of(None, open_to_network=True), rights_of("bob", ("ada", "bob"))]
)
def test_who_may_change_nothing_sees_no_button_and_why(rights):
    shown = tree(replace(STATE, behind=True), rights)
    assert acts(shown) == []
    assert rights.why_not_change in shown.text_content()


def test_everybody_is_told_that_documents_are_everybodys():
    assert ENGLISH_PANES.shared in tree().text_content()


def test_without_network_nothing_can_be_fetched_and_documents_can_be_deleted():
    shown = tree(rights=rights_of(None, network=False))
    assert [do for do, _ in acts(shown)] == ["source-remove"]
    assert ENGLISH_PANES.no_network in shown.text_content()


def test_states_are_words_and_no_mere_colours():
    failed = replace(STATE, mine=(replace(OWN, state="failed", reason="It is encrypted."),))
    assert "failed: It is encrypted." in tree(failed).text_content()


def test_tables_have_captions_and_heads():
    for table in tree().iter("table"):
        assert table.find("caption") is not None
        assert all(head.get("scope") for head in table.iter("th"))


ALLOWED = {
    "a": {"href", "title", "rel", "target"}, "bdi": set(), "span": {"class"}, "strong": set(),
    "button": {"type", "data-do", "data-value", "data-confirm", "aria-label"},
    "caption": set(), "details": {"class"}, "div": {"class", "tabindex", "role", "aria-label"},
    "h3": set(), "li": set(), "p": set(), "section": {"class"}, "summary": set(),
    "table": {"class"}, "tbody": set(), "td": set(), "th": {"scope"}, "thead": set(), "tr": set(),
    "ul": {"class"},
}  # fmt: skip


def test_names_titles_reasons_and_addresses_are_text():
    hostile = replace(
        STATE,
        stations={7: HOSTILE},
        mine=(replace(OWN, name=HOSTILE, kind=HOSTILE, reason=HOSTILE, state="failed"),),
        references=(
            replace(REFERENCE, title=HOSTILE, reason=HOSTILE, state="failed"),
            replace(REFERENCE, url="javascript:alert(1)", title="plain"),
        ),
    )
    for element in tree(hostile).iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= ALLOWED[element.tag], element.tag
        assert element.get("href", "https://").startswith("https://")
    assert "\u202e" not in pane(hostile)


@pytest.mark.parametrize(
    ("bytes_", "shown"),
    [(640, "640 B"), (12_000, "12 kB"), (4_000_000, "4 MB"), (1_540_000, "1.5 MB")],
)
def test_sizes_are_for_people(bytes_, shown):
    assert size(bytes_) == shown.replace(" ", "\N{NO-BREAK SPACE}")


def test_every_form_of_a_file_name_is_one_in_the_style_sheet():
    css = (Path(__file__).parents[2] / "ui" / "assets" / "panes.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css
