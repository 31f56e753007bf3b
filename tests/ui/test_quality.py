"""The pane "Quality": with a real run of the suite, and with damaged, old and missing files."""

import json
import shutil
from pathlib import Path

import pytest
from lxml import html as lxml_html

from eval.baseline import load_baseline
from eval.golden import SETS, Question
from eval.kept import figures
from eval.report import text
from eval.runs import RunFolder
from eval.suite import Wanted, ask_all, evaluate, start
from index.encoder import Encoder
from tutor.settings import Settings, load_settings
from ui.panes import figures as released
from ui.panes.pane_strings import ENGLISH_PANES
from ui.panes.quality import meaning, number, pane

QUESTIONS = {
    "one": ("What is LoRA?", "definition", "answer"),
    "two": ("What is a KV cache?", "definition", "answer"),
    "three": ("How do I bake sourdough bread?", "out-of-domain", "decline"),
}


@pytest.fixture(scope="module")
def evaluated(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run of three questions, answered by quotation alone."""
    folder = tmp_path_factory.mktemp("evaluated")
    for part in ("models", "index"):
        (folder / part).symlink_to(home / part)
    file = folder / "three.jsonl"
    file.write_text("".join(f"{_question(id).model_dump_json()}\n" for id in QUESTIONS), "utf-8")
    settings = load_settings(home=folder)
    run = start(settings, Wanted("tutor", "dev", (), file, overrides={"written_sentences": 0}))
    ask_all(settings, run)
    evaluate(run, encoder, costly=False)
    return folder


def _question(id: str) -> Question:
    asked, kind, expect = QUESTIONS[id]
    usual = {"id": id, "split": "dev", "kind": kind, "question": asked, "expect": expect}
    if expect == "decline":
        return Question(**usual)
    facts = [{"fact": "it adapts, or it keeps", "any": ["low-rank", "keys"]}]
    return Question(**usual, station=7, facts=facts, must_not=["full rank"], reference="It adapts.")


def run_of(home: Path) -> RunFolder:
    (folder,) = (home / "eval" / "runs").iterdir()
    return RunFolder(folder)


@pytest.fixture
def copied(evaluated: Path, tmp_path: Path) -> Path:
    """The same, to damage."""
    shutil.copytree(evaluated / "eval", tmp_path / "eval")
    return tmp_path


def shown(home: Path) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(pane(home))


def rows(home: Path) -> dict[str, list[str]]:
    """By name of the figure its meaning, then its other cells."""
    found = {}
    for head, *cells in shown(home).iterfind(".//tbody/tr"):
        meant = head.find("span").text_content()
        found[head.text.strip()] = [meant, *(cell.text_content() for cell in cells)]
    return found


# A real run


def test_every_figure_of_the_run_has_a_row_as_the_report_writes_it(evaluated):
    found = rows(evaluated)
    for figure in figures(run_of(evaluated)):
        meant, value, interval, asked = found.pop(figure.name)
        assert value == text.value(figure)
        assert asked == str(figure.n)
        assert interval.replace(" to ", "–") == (text.interval_of(figure) or "–")
        assert meant
    assert found == {}


def test_date_model_questions_and_what_was_changed_are_told(evaluated):
    said = shown(evaluated).text_content()
    assert run_of(evaluated).info().finished[:10] in said
    assert "with the model bundled, on 3 questions (dev)" in said
    assert "questions of a file of one's own, written_sentences = 0" in said
    assert "tutor eval run" in said


def test_no_link_leads_anywhere(evaluated):
    assert shown(evaluated).findall(".//a") == []


def test_tables_have_captions_and_heads(evaluated):
    tables = shown(evaluated).findall(".//table")
    assert len(tables) == 2
    for table in tables:
        assert table.find("caption").text_content()
        assert [h.get("scope") for h in table.findall("thead//th")] == ["col"] * 4
        assert all(h.get("scope") == "row" for h in table.findall("tbody//th"))


def test_every_figure_of_the_suite_is_explained_in_our_words(evaluated):
    measured = [figure.name.removesuffix(" (three.jsonl)") for figure in figures(run_of(evaluated))]
    baseline = load_baseline("test")
    assert baseline is not None
    released_ = [_without_set(name) for name in baseline.figures]
    assert {*measured, *released_} <= set(ENGLISH_PANES.meanings)


def _without_set(name: str) -> str:
    return next((name.removesuffix(f" ({s})") for s in SETS if name.endswith(f" ({s})")), name)


# Another run, another form


def test_a_run_that_was_not_finished_is_passed_over(copied):
    run = run_of(copied)
    run.write_info(run.info().model_copy(update={"finished": ""}))
    assert ENGLISH_PANES.of_release[:30] in shown(copied).text_content()


def test_another_system_s_run_is_not_the_tutor_s(copied):
    run = run_of(copied)
    run.write_info(run.info().model_copy(update={"system": "starter"}))
    assert ENGLISH_PANES.of_release[:30] in shown(copied).text_content()


def test_the_last_of_several_is_shown(copied):
    first = run_of(copied)
    info = first.info()
    shutil.copytree(first.folder, first.folder.with_name("later"))
    later = RunFolder(first.folder.with_name("later"))
    later.write_info(
        info.model_copy(update={"name": "later", "started": "2999-01-01", "split": "x"})
    )
    assert "on 3 questions (x)" in shown(copied).text_content()


DAMAGE = {
    "run.json": ["{", "", "[]", '{"name": 1}', "\x00\xff", "[" * 100_000],
    "figures.json": ["{", "", "{}", '[{"name": "x"}]', '[{"name": "x", "value": "much"}]', "null"],
}


@pytest.mark.parametrize(("file", "content"), [(f, c) for f in DAMAGE for c in DAMAGE[f]])
def test_a_damaged_run_is_one_line_above_the_figures_of_the_release(copied, file, content):
    run = run_of(copied)
    (run.folder / file).write_bytes(content.encode("latin-1"))
    found = shown(copied)
    (notice,) = found.xpath("//p[@class='notice']")
    assert run.name in notice.text_content()
    assert ENGLISH_PANES.of_release[:30] in found.text_content()


def test_a_run_without_its_figures_is_told_likewise(copied):
    (run_of(copied).folder / "figures.json").unlink()
    assert len(shown(copied).xpath("//p[@class='notice']")) == 1


def test_a_run_of_an_older_suite_shows_what_it_has(copied):
    run = run_of(copied)
    file = run.folder / "run.json"
    old = json.loads(file.read_text("utf-8"))
    for newer in ("quick", "each", "file", "overrides", "described", "judge", "machine"):
        del old[newer]
    file.write_text(json.dumps(old | {"unheard_of": 1}), "utf-8")
    (run.folder / "figures.json").write_text('[{"name": "recall@5", "value": 0.5}]', "utf-8")
    assert rows(copied) == {
        "recall@5": [ENGLISH_PANES.meanings["recall@5"], "0.50", "–", "–"],
    }  # fmt: skip


def test_what_a_file_says_is_text(copied):
    run = run_of(copied)
    hostile = "<img src=x onerror=alert(1)>\u202e"
    info = run.info().model_copy(update={"split": hostile, "configuration": {"model": hostile}})
    run.write_info(info.model_copy(update={"overrides": {hostile: hostile}}))
    row = {"name": hostile, "value": 0.5, "definition": hostile, "n": 1}
    (run.folder / "figures.json").write_text(json.dumps([row]), "utf-8")
    html = pane(copied)
    assert "<img" not in html
    assert "\u202e" not in html


# The release's figures


def test_without_a_run_the_release_s_figures_are_shown_and_said_to_be(tmp_path):
    baseline = load_baseline("test")
    assert baseline is not None
    assert ENGLISH_PANES.of_release[:30] in shown(tmp_path).text_content()
    assert baseline.date in shown(tmp_path).text_content()
    found = rows(tmp_path)
    assert set(found) == set(baseline.figures)
    for name, (meant, value, interval) in found.items():
        kept = baseline.figures[name]
        assert value == text.number(kept.value)
        assert interval == f"{text.number(kept.low)} to {text.number(kept.high)}"
        assert meant


@pytest.mark.parametrize("content", [None, "", "{", '{"figures": {}}', "[]"])
def test_without_these_a_line_says_so(tmp_path, monkeypatch, content):
    if content is not None:
        (tmp_path / "test.json").write_text(content, "utf-8")
    monkeypatch.setattr(released.released, "__defaults__", (tmp_path,))
    (notice,) = shown(tmp_path / "home").xpath("//p[@class='notice']")
    assert notice.text_content() == ENGLISH_PANES.no_figures


def test_an_unknown_figure_is_explained_by_the_suite_s_definition():
    row = released.FigureRow(name="x", value=1, better="lower", definition="Share of x.", failed=2)
    assert meaning(row) == (
        "Share of x. Lower is better. It could not be computed for 2 of them."
    )  # fmt: skip


def test_a_figure_of_another_set_says_of_which():
    row = released.FigureRow(name="fact recall (references)", value=1)
    assert meaning(row).endswith("Of the question set “references”.")


@pytest.mark.parametrize("value", [0.894, 12.34, 406.4, 1234.5, float("nan")])
def test_numbers_are_the_report_s(value):
    assert number(value) == text.number(value)


def test_this_room_reads_files_and_imports_nothing_of_the_suite(start, settings: Settings):
    script = (
        "import sys; from pathlib import Path; from ui.panes.quality import pane;"
        "pane(Path(sys.argv[1])); print([m for m in sys.modules if m.split('.')[0] == 'eval'])"
    )
    out, err = start(script, settings.home).communicate()
    assert (out.strip(), err) == ("[]", "")
