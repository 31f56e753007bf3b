"""The golden questions keep their own rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import Curriculum
from corpus.fetching import canonical
from eval.golden import SETS, Fact, Question, answerable, load
from eval.lines import GoldenError

SPLITS = ("dev", "test")
EVERY = pytest.mark.parametrize("which", SETS)
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


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        (json.dumps({"id": "x"}), "fields missing"),
        (json.dumps({**json.loads("{}"), "facts": [{"fact": "f", "any": ["("]}]}), "no regex"),
    ],
)
def test_broken_line_is_named_with_file_and_line(tmp_path: Path, line, reason):
    (tmp_path / "dev.broken.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldenError, match=r"^dev\.broken\.jsonl:2: "):
        load("dev", folder=tmp_path)


def test_question_filed_under_another_split_is_refused(tmp_path: Path):
    row = _question().model_dump()
    (tmp_path / "test.wrong.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(GoldenError, match="another split"):
        load("test", folder=tmp_path)


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
