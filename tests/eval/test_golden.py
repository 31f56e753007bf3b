"""The golden questions keep their own rules."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from corpus import Curriculum
from corpus.fetching import canonical
from eval.golden import FOLDER, SETS, Fact, Question, answerable, load, load_file
from eval.lines import GoldenError

SPLITS = ("dev", "test")
EVERY = pytest.mark.parametrize("which", SETS)
README = (FOLDER / "README.md").read_text(encoding="utf-8")
MIRROR = Path(__file__).parents[3] / "shared" / "references" / "manifest.json"


@pytest.mark.parametrize(("which", "declined"), [("curriculum", 30), ("references", 20)])
@pytest.mark.parametrize("split", SPLITS)
def test_split_is_large_enough(which, declined, split):
    questions = load(split, which)
    assert len(answerable(questions)) >= 60
    assert len([q for q in questions if q.expect == "decline"]) >= declined


@EVERY
def test_no_question_stands_in_both_splits(which):
    asked = [{q.question.lower() for q in load(split, which) if not q.history} for split in SPLITS]
    assert not asked[0] & asked[1]


@pytest.mark.parametrize("split", SPLITS)
def test_questions_over_references_name_pages_of_the_mirror(split):
    if not MIRROR.exists():
        pytest.skip("the mirror of the references is not here (../shared/references)")
    pages = json.loads(MIRROR.read_text(encoding="utf-8"))["pages"]
    there = {canonical(page["url"]) for page in pages}
    questions = answerable(load(split, "references"))
    assert all(question.urls for question in questions)
    assert {canonical(url) for q in questions for url in q.urls} <= there


@pytest.mark.parametrize("split", SPLITS)
def test_questions_over_references_are_of_several_kinds(split):
    kinds = {question.kind for question in answerable(load(split, "references"))}
    assert {"keywords", "option", "paraphrase", "how", "definition"} <= kinds


@pytest.mark.parametrize("split", SPLITS)
def test_every_section_exists_in_the_curriculum(split, curriculum: Curriculum):
    known = {t.key for s in (*curriculum.stations, *curriculum.companions) for t in s.topics}
    missing = {s for q in load(split) for s in q.sections} - known
    assert not missing


@pytest.mark.parametrize("split", SPLITS)
def test_every_address_is_a_reference(split, curriculum: Curriculum):
    known = {r.url for r in curriculum.references}
    assert {u for q in load(split) for u in q.urls} <= known


@EVERY
@pytest.mark.parametrize("split", SPLITS)
def test_reference_answer_holds_its_own_facts_and_nothing_wrong(which, split):
    for question in load(split, which):
        assert question.fact_recall(question.reference) == 1.0, question.id
        assert not question.wrong(question.reference), question.id


@EVERY
@pytest.mark.parametrize("split", SPLITS)
def test_kinds_are_those_of_the_readme(which, split):
    assert {question.kind for question in load(split, which)} <= _kinds_in_the_readme()


@EVERY
@pytest.mark.parametrize("split", SPLITS)
def test_every_line_of_the_package_names_every_field(which, split):
    """What has a default may be left out in a file of one's own, not here."""
    for question in load(split, which):
        assert question.model_fields_set >= set(Question.model_fields) - {"plant"}, question.id


def test_fact_recall_is_the_share_of_facts_present():
    facts = [Fact(fact="a", any=["fr[eo]+z"]), Fact(fact="b", any=["low[- ]rank", "small"])]
    question = _question(facts=facts)
    assert question.fact_recall("LoRA FREEZES the weights.") == 0.5
    assert question.fact_recall("It froze them and trains low-rank matrices.") == 1.0
    assert question.fact_recall("") == 0.0


def test_wrong_statement_is_found_in_any_case():
    question = _question(must_not=["updates all"])
    assert question.wrong("LoRA Updates all weights.")
    assert not question.wrong("LoRA updates few weights.")


SHORT = {"id": "a", "split": "dev", "kind": "mine", "question": "What?", "expect": "answer"}
NO_PATTERN = "'(' is no regular expression (missing ), unterminated subpattern at position 0)"
TOO_OFTEN = "'a{9999999999}' is no regular expression (the repetition number is too large)"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "line: Input should be"),
        ({"id": "x", "facts": "none"}, "missing: split, kind, question, expect; "),
        ({**SHORT, "colour": "red"}, "colour: Extra inputs are not permitted"),
        ({**SHORT, "question": " \t"}, "question: it is empty"),
        ({**SHORT, "must_not": ["("]}, f"must_not.0: {NO_PATTERN}"),
        ({**SHORT, "must_not": ["a", "a{9999999999}"]}, f"must_not.1: {TOO_OFTEN}"),
        ({**SHORT, "facts": [{"fact": "f", "any": ["a", "("]}]}, f"facts.0.any.1: {NO_PATTERN}"),
    ],
)
def test_broken_line_is_named_with_file_line_field_and_reason(tmp_path: Path, line, reason):
    text = line if isinstance(line, str) else json.dumps(line)
    (tmp_path / "dev.broken.jsonl").write_text(f"\n{text}\n", encoding="utf-8")
    with pytest.raises(GoldenError, match=rf"^dev\.broken\.jsonl:2: {re.escape(reason)}"):
        load("dev", folder=tmp_path)


def test_question_filed_under_another_split_is_refused(tmp_path: Path):
    (tmp_path / "test.wrong.jsonl").write_text(json.dumps(SHORT), encoding="utf-8")
    with pytest.raises(GoldenError, match="of another split: dev instead of test"):
        load("test", folder=tmp_path)


def test_id_that_stands_twice_is_named(tmp_path: Path):
    (tmp_path / "dev.twice.jsonl").write_text(f"{json.dumps(SHORT)}\n" * 2, encoding="utf-8")
    with pytest.raises(GoldenError, match=r"^dev\.twice\.jsonl:2: id twice: a$"):
        load("dev", folder=tmp_path)


def test_file_of_ones_own_needs_five_fields(tmp_path: Path):
    (tmp_path / "own.jsonl").write_text(json.dumps(SHORT), encoding="utf-8")
    (question,) = load_file(tmp_path / "own.jsonl")
    assert question == Question(
        **SHORT, history=[], station=None, sections=[], urls=[], facts=[], must_not=[], reference=""
    )


def test_byte_order_mark_is_skipped(tmp_path: Path):
    (tmp_path / "own.jsonl").write_text(json.dumps(SHORT), encoding="utf-8-sig")
    assert [question.id for question in load_file(tmp_path / "own.jsonl")] == ["a"]


def test_example_in_the_readme_can_be_asked(tmp_path: Path):
    example = [line.strip() for line in README.splitlines() if line.startswith("    {")]
    (tmp_path / "own.jsonl").write_text("\n".join(example), encoding="utf-8")
    questions = load_file(tmp_path / "own.jsonl")
    assert len(questions) == 3
    for question in questions:
        assert question.fact_recall(question.reference) == 1.0


def _kinds_in_the_readme() -> set[str]:
    table = README.split("| `kind` | in |\n|---|---|\n")[1].split("\n\n")[0]
    cells = (re.sub(r"\(.*?\)", "", row.split("|")[1]) for row in table.splitlines())
    return {kind.strip() for cell in cells for kind in cell.split(",")}


def _question(**changes) -> Question:
    fields = {
        "id": "dev-x",
        "split": "dev",
        "kind": "definition",
        "question": "What is LoRA?",
        "history": [],
        "station": 7,
        "sections": [],
        "urls": [],
        "facts": [],
        "must_not": [],
        "reference": "",
        "expect": "answer",
    }
    return Question(**{**fields, **changes})
