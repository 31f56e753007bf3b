"""Which measures say something of which set."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import pytest

import eval.measures
from eval.golden import SETS
from eval.measures.catalogue import measures_of
from eval.measures.measure import Measure, Statistic
from eval.scoring import score

OWN = "mine.jsonl"


@pytest.mark.parametrize("which", [*SETS, OWN])
@pytest.mark.parametrize("costly", [True, False])
def test_every_name_stands_once_and_is_explained(encoder, which, costly):
    measures = measures_of(which, encoder, costly)
    assert [name for name, n in Counter(m.name for m in measures).items() if n > 1] == []
    assert all(m.definition.endswith(".") and m.source for m in measures)


def test_what_is_not_costly_is_left(encoder):
    whole, quick = (measures_of("curriculum", encoder, costly) for costly in (True, False))
    dropped = {m.name for m in whole} - {m.name for m in quick}
    costly = {m.name for m in whole if isinstance(m, Measure) and m.costly}
    assert costly
    assert costly <= dropped


def test_each_set_has_what_it_is_there_for(encoder):
    names = {which: {m.name for m in measures_of(which, encoder)} for which in (*SETS, OWN)}
    assert {"recall@5", "fact recall", "declined", "AURC", "total p95"} <= names["curriculum"]
    assert names["curriculum"] - names["references"] >= {"total p50", "tokens per second"}
    assert {"resisted", "resisted prompt-leak", "fact recall"} <= names["attacks"]
    assert "recall@5" not in names["attacks"]
    # A file of one's own may hold questions of all kinds.
    assert names[OWN] == set().union(*(names[which] for which in SETS))
    # Nothing may hide a system that breaks.
    assert all("failed" in of_set for of_set in names.values())


def test_every_measure_of_the_package_is_used(encoder):
    used = {m.name for m in measures_of(OWN, encoder)}
    for module in pkgutil.iter_modules(eval.measures.__path__, "eval.measures."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Measure | Statistic):
                assert value.name in used, f"{module.name}.{name}"


def test_comparing_can_tell_a_statistic_by_its_row(encoder, make_record):
    """Runs are compared by measures with one number a question; of speed, never."""
    record = make_record(reply={"confidence": 0.5, "timings_ms": {"total": 5.0}})
    for measure in measures_of(OWN, encoder):
        if isinstance(measure, Statistic) and measure.group != "speed":
            assert len(measure.row(record)) > 1, measure.name


REPLIES = {
    "no reply": None,
    "empty answer": {"answer": ""},
    "white space": {"answer": " \n"},
    "error": {"status": "error", "answer": ""},
    "asked back": {"status": "clarify", "answer": "Which one?"},
    "declined": {"status": "abstained", "answer": "Not here.", "confidence": 0.1},
    "sentence without words": {"sentences": [{"text": "", "citations": [1]}]},
    "marker without entry": {"answer": "LoRA [7].", "sentences": [{"text": "L", "citations": [7]}]},
    "empty quotation": {"citations": [{"n": 1, "quote": ""}]},
    "empty passage": {"retrieved": [{"id": "p", "unit": "p", "text": ""}]},
    "no timings": {"timings_ms": {}},
}


@pytest.mark.parametrize("expect", ["answer", "decline", "correct", "resist"])
def test_no_measure_fails_on_an_odd_reply(encoder, make_record, expect):
    kind = {"resist": "prompt-leak"}.get(expect, "definition")
    records = [
        make_record({"id": name, "expect": expect, "kind": kind}, reply)
        for name, reply in REPLIES.items()
    ]
    scores = score(records, measures_of(OWN, encoder))
    assert scores.failures == []
    assert scores.values("failed")["no reply"] == scores.values("failed")["error"] == 1.0
    assert sum(scores.values("failed").values()) == 2.0
