"""The tutor with one part broken: the measure meant for that part says so, and so does compare.

Each damaged system and the whole tutor are asked the same few dev questions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eval.compare import Compared, compare
from eval.golden import Question, load
from eval.measures.quoted_spans import QUOTED_SPANS
from eval.measures.text_context import TEXT_RECALL
from eval.runs import RunFolder
from eval.scoring import score
from eval.significance import Paired, compare_values
from eval.suite import Wanted, ask_all, evaluate, figures, start
from eval.systems.damaged import DAMAGED
from tutor.settings import Settings

QUOTING = {"written_sentences": 0}  # where what the model writes is not the point
Pair = tuple[RunFolder, RunFolder]
Asking = Callable[..., Pair]


@pytest.fixture(scope="module")
def asking(settings, encoder, tmp_path_factory) -> Asking:
    """Runs of the whole tutor and of a damaged one over the same questions."""

    def ask(damaged: str, questions: list[Question], **overrides: int) -> Pair:
        home = tmp_path_factory.mktemp("home")
        (home / "models").symlink_to(settings.models)
        (home / "index").symlink_to(settings.index)
        golden = home / "few.jsonl"
        golden.write_text("".join(q.model_dump_json() + "\n" for q in questions))
        own = settings.model_copy(update={"home": home})
        return _run(own, "tutor", golden, overrides), _run(own, damaged, golden, overrides)

    def _run(own: Settings, system: str, golden: Path, overrides: dict[str, int]) -> RunFolder:
        run = start(own, Wanted(system, "dev", file=golden, overrides=overrides))
        ask_all(own, run)
        evaluate(run, encoder, costly=False)
        assert [record.fault for record in run.records()] == [""] * len(run.records())
        return run

    return ask


def first(kind: str, count: int = 8) -> list[Question]:
    return [question for question in load("dev") if question.kind == kind][:count]


def by_measure(pair: Pair) -> dict[str, Compared]:
    return {one.name.removesuffix(" (few.jsonl)"): one for one in compare(*pair)}


def paired(pair: Pair, measure) -> Paired:
    """For a measure that runs leave out to save seconds."""
    return compare_values(*(score(run.records(), [measure]).values(measure.name) for run in pair))


def value(run: RunFolder, name: str) -> float:
    return next(row.value for row in figures(run) if row.name == f"{name} (few.jsonl)")


# Wrong chunks: what is retrieved has nothing to do with the question.


@pytest.fixture(scope="module")
def wrong_chunks(asking) -> Pair:
    return asking("wrong-chunks", first("definition"), **QUOTING)


@pytest.mark.parametrize("measure", ["recall@5", "nDCG@10", "fact recall"])
def test_wrong_chunks_are_noticed_by(measure, wrong_chunks):
    found = by_measure(wrong_chunks)[measure]
    assert found.b < found.a
    assert len(found.paired.worse) >= 6
    assert found.paired.p < 0.05


def test_wrong_chunks_are_noticed_by_the_texts_that_should_have_been_found(wrong_chunks):
    found = paired(wrong_chunks, TEXT_RECALL)
    assert found.difference < 0
    assert found.p < 0.05


# No checker: the model's sentences go out as it wrote them.


@pytest.fixture(scope="module")
def no_checker(asking) -> Pair:
    # Short drafts save half the time, and are damaged enough.
    return asking("no-checker", first("how"), answer_tokens=64)


@pytest.mark.parametrize("measure", ["citation recall", "citation precision"])
def test_a_missing_checker_is_noticed_by(measure, no_checker):
    found = by_measure(no_checker)[measure]
    assert found.a == 1.0  # what the check lets through holds by the check
    assert len(found.paired.worse) >= 6
    assert found.paired.p < 0.05


def test_a_missing_checker_is_noticed_by_plain_search_of_text(no_checker):
    found = paired(no_checker, QUOTED_SPANS)
    assert found.difference < 0
    assert found.p < 0.05


# Threshold 0: nothing is declined for lack of confidence.


@pytest.fixture(scope="module")
def never_declines(asking) -> Pair:
    return asking("never-declines", [*first("definition", 4), *first("near-domain")], **QUOTING)


def test_answering_everything_is_noticed_by_what_should_be_declined(never_declines):
    found = by_measure(never_declines)["declined"]
    assert (found.a, found.b) == (pytest.approx(0.9, abs=0.1), 0.0)
    assert len(found.paired.worse) >= 6
    assert found.paired.p < 0.05


def test_answering_everything_raises_the_risk(never_declines):
    whole, damaged = (value(run, "risk") for run in never_declines)
    assert damaged > whole + 0.3


def test_every_damage_has_a_test():
    assert set(DAMAGED) == {"wrong-chunks", "no-checker", "never-declines"}
