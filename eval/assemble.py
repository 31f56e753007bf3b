"""From runs on disk to what a report shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

import numpy as np

from eval.agreement import agreement
from eval.baseline import load_baseline, set_of
from eval.figures import figure_name, station_of
from eval.measures import calibration, risk_coverage
from eval.measures.ranking import SHOWN, answered
from eval.measures.speed import STAGES
from eval.pairs import load_pairs
from eval.records import Record
from eval.report.model import (
    Baseline,
    Bin,
    Cited,
    Confusion,
    Evidence,
    Failure,
    Fault,
    ReportData,
    RiskPoint,
    RunData,
    Score,
)
from eval.runs import RunFolder, RunInfo
from eval.scoring import Scores
from eval.suite import figures, scores_of
from tutor.check import check_sentence

HEADLINE = ["recall@5", "fact recall", "wrong", "declined", "falsely declined"]
# What makes a question one that a person should look at.
_WATCHED = {"right": 1.0, "resisted": 1.0}


def report_data(runs: Sequence[RunFolder], title: str = "") -> ReportData:
    """What a report on some runs shows; the first is held against the baseline of its split.

    Raises:
        RunError: a run has not been scored.
    """
    infos = [run.info() for run in runs]
    baseline = load_baseline(infos[0].split)
    of_one = infos[0].system == "tutor" and not (infos[0].quick or infos[0].each or infos[0].file)
    asked = infos[0].sets if of_one else ()
    figures_then = baseline.figures if baseline else {}
    held: dict[str, Baseline | None] = {n: b for n, b in figures_then.items() if set_of(n) in asked}
    judges = {str(info.judge) for info in infos if info.judge}
    return ReportData(
        title=title or f"Evaluation of the tutor on {infos[0].split}",
        date=infos[0].finished[:10] or infos[0].started[:10],
        machine=dict(infos[0].machine),
        runs=[run_data(run) for run in runs],
        baseline=held,
        labelled="bundled" in judges,
        headline=_headline(infos[0]),
    )


def _headline(info: RunInfo) -> list[str]:
    if "curriculum" in info.sets:
        return HEADLINE
    return [figure_name(name, which) for which in info.sets for name in (*HEADLINE, "resisted")]


def run_data(run: RunFolder) -> RunData:
    """One run with its curves and its failed questions.

    For the tutor over golden sets also the agreement of its checker with their labelled pairs.
    """
    info, records, scores = run.info(), run.records(), scores_of(run)
    places = {name: which for which, ids in info.sets.items() for name in ids}
    asked = [r for r in records if places.get(r.question.id) == "curriculum"] or records
    return RunData(
        system=info.system,
        name=info.name,
        description={**info.configuration, **info.overrides},
        questions={which: len(ids) for which, ids in info.sets.items()},
        figures=figures(run),
        risk_coverage=_curve(asked),
        operating=_operating(asked),
        reliability=_reliability(asked),
        latency=_latency(asked),
        failures=[f for r in records if (f := _failure(r, places[r.question.id], scores))],
        faults=[Fault(f.id, f.measure, f.reason) for one in scores.values() for f in one.failures],
        confusion=_confusion(info.split) if _has_bundled_check(info) else None,
    )


def _curve(records: Sequence[Record]) -> list[RiskPoint]:
    rows = [row for record in records if (row := risk_coverage.row(record))]
    return [RiskPoint(*point) for point in risk_coverage.points(np.array(rows))] if rows else []


def _operating(records: Sequence[Record]) -> RiskPoint | None:
    if not any(risk_coverage.row(record) for record in records):
        return None
    return RiskPoint(*risk_coverage.operating_point(records))


def _reliability(records: Sequence[Record]) -> list[Bin]:
    rows = [row for record in records if (row := calibration.row(record))]
    return [Bin(*one) for one in calibration.reliability(np.array(rows))] if rows else []


def _latency(records: Sequence[Record]) -> dict[str, list[float]]:
    timings = [record.reply.timings_ms for record in records if record.reply]
    stages = {name: [t[name] for t in timings if t.get(name)] for name in STAGES}
    return {name: taken for name, taken in stages.items() if taken}


def _failure(record: Record, which: str, scores: Mapping[str, Scores]) -> Failure | None:
    """What a person should see of a question that was not answered rightly; None if it was."""
    question, reply = record.question, record.reply
    rows = scores[which].rows
    verdicts = {m: v[question.id][0] for m, v in rows.items() if len(v.get(question.id, ())) == 1}
    faults = [f for f in scores[which].failures if f.id == question.id]
    watched = [verdicts[m] < least for m, least in _WATCHED.items() if m in verdicts]
    if reply is not None and not any(watched) and not faults:
        return None
    told = reply.told if reply else ""
    return Failure(
        id=question.id,
        set=which,
        kind=question.kind,
        station=station_of(question),
        question=question.question,
        history=question.history,
        expect=question.expect,
        status=reply.status if reply else "error",
        answer=reply.answer if reply else "",
        read_as=reply.read_as if reply else "",
        confidence=reply.confidence if reply else None,
        missing=[fact.fact for fact in question.facts if not fact.holds(told)],
        wrong=question.wrong_patterns(reply.answer if reply else ""),
        reference=question.reference,
        evidence=[
            Evidence(p.title, p.section, p.text, bool(answered(question, p)))
            for p in (reply.retrieved[:SHOWN] if reply else ())
        ],
        citations=[Cited(c.n, c.quote, c.url) for c in (reply.citations if reply else ())],
        verdicts={**verdicts, **{f.measure: nan for f in faults}},
        faults=[f"{f.measure}: {f.reason}" for f in faults] + ([record.fault] * bool(record.fault)),
    )


def _has_bundled_check(info: RunInfo) -> bool:
    """Whether the table of the check belongs in the report: an entailment model takes minutes."""
    bundled = info.configuration.get("check", "bundled") == "bundled"
    return info.system == "tutor" and not info.file and bundled


def _confusion(split: str) -> Confusion | None:
    pairs = load_pairs("dev" if split == "dev" else "test")
    if not pairs:
        return None
    found = agreement(pairs, check_sentence)
    two = found.two_way
    counts = {str(label): {str(v): n for v, n in row.items()} for label, row in found.table.items()}
    return Confusion(counts=counts, balanced_accuracy=Score(two.value, two.low, two.high))
