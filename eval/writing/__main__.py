"""Every variant on the same dev questions: ``python -m eval.writing [--every N] [--only NAME]``.

Prints a Markdown table for docs/log.md. The question is whether what the model writes may be
shown, and what an answer gains by it over quoting the same sentences.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.golden import Question, load
from eval.writing.variants import VARIANTS, Task, Variant
from index.search import EVERYWHERE
from tutor.app import open_index, private
from tutor.check import check_sentence
from tutor.checks import BundledCheck
from tutor.evidence import is_block
from tutor.gather import Gatherer, Part
from tutor.llama import LlamaEngine, model_file
from tutor.mentions import Gazetteer
from tutor.settings import load_settings

KINDS = ("definition", "why", "how", "list")


@dataclass
class Tally:
    """What one variant came to.

    Attributes:
        said: of each fate the number of drafted sentences.
        drafts: what was drafted, to be read.
    """

    said: Counter[str] = field(default_factory=Counter)
    facts: list[float] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    wrong: int = 0
    seconds: float = 0.0
    drafts: list[dict[str, str]] = field(default_factory=list)


def main() -> None:
    """Run the variants, print the table, write the drafts."""
    private()
    parser = argparse.ArgumentParser(description="What makes a small model's words useful.")
    parser.add_argument("--every", type=int, default=3, help="one in so many dev questions")
    parser.add_argument("--only", action="append", choices=[*VARIANTS], help="these variants")
    parser.add_argument("--drafts", type=Path, help="file for all drafted sentences, JSON lines")
    asked = parser.parse_args()
    settings = load_settings(written_sentences=0)
    index = open_index(settings)
    gatherer = Gatherer(index, settings, Gazetteer(index.catalogue))
    engine = LlamaEngine(model_file("bundled", settings.models), 2048, settings.threads)
    gathered = list(_gathered(gatherer, settings.evidence_sentences, asked.every))
    print(_HEAD.format(count=len(gathered)))
    print(_row("quotation", _judged(engine, gathered, lambda engine, check, task: ())), flush=True)
    for name in asked.only or VARIANTS:
        tally = _judged(engine, gathered, VARIANTS[name])
        print(_row(name, tally), flush=True)
        if asked.drafts:
            with asked.drafts.open("a", encoding="utf-8") as out:
                out.writelines(
                    json.dumps({"variant": name, **d}, ensure_ascii=False) + "\n"
                    for d in tally.drafts
                )


def _gathered(gatherer: Gatherer, count: int, every: int) -> Iterator[tuple[Question, Part]]:
    """Dev questions that a model would have a say in, with what answers them."""
    questions = [
        q for q in load("dev") if q.expect == "answer" and q.kind in KINDS and not q.history
    ]
    for question in questions[::every]:
        part = gatherer.gather(question.question, EVERYWHERE, "practitioner", count)
        if not part.table and len(part.evidence) > 2 and part.kind not in ("path", "lookup"):
            yield question, part


def _judged(
    engine: LlamaEngine, gathered: Sequence[tuple[Question, Part]], variant: Variant
) -> Tally:
    check, tally = BundledCheck(), Tally()
    for question, part in gathered:
        prose = [e.text for e in part.evidence[1:] if not is_block(e.text)]
        started = time.perf_counter()
        draft = list(variant(engine, check, Task(part.question, prose)))
        tally.seconds += time.perf_counter() - started
        answer = " ".join(_answer(tally, check, part, draft, prose))
        tally.facts.append(question.fact_recall(answer))
        tally.words.append(len(answer.split()))
        tally.wrong += question.wrong(answer)
    return tally


def _answer(
    tally: Tally, check: BundledCheck, part: Part, draft: Sequence[str], prose: Sequence[str]
) -> list[str]:
    """The opening, what of the draft may be shown, and the evidence that it does not say."""
    opening, *waiting = (e.text for e in part.evidence)
    said = [opening]
    for sentence in draft:
        fate, used = _fate(check, sentence, prose)
        tally.said[fate] += 1
        told = {"question": part.question, "sentence": sentence, "fate": fate}
        tally.drafts.append({**told, "from": " ".join(used)})
        if fate in _SHOWN and any(text in waiting for text in used):
            waiting = [text for text in waiting if text not in used]
            said.append(sentence)
    return [*said, *waiting]


_SHOWN = ("quoted", "shortened", "own")


def _fate(check: BundledCheck, sentence: str, evidence: Sequence[str]) -> tuple[str, list[str]]:
    if sentence in evidence:
        return "quoted", [sentence]
    by_rule = check_sentence(sentence, evidence)
    if by_rule.support == "supported":
        return "shortened", [evidence[i] for i in by_rule.passages]
    verdict = check(sentence, evidence)
    used = [evidence[i] for i in verdict.passages]
    if verdict.support != "supported":
        return "refused", used
    return ("own" if verdict.certain else "doubtful"), used


_COLUMNS = (
    "variant", "drafted", "quoted", "shortened or joined", "own words", "doubtful", "refused",
    "facts", "words", "wrong", "seconds",
)  # fmt: skip
_HEAD = "\n".join(
    [
        "{count} questions of dev, bundled models; what is not written is quoted after it\n",
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
    ]
)


def _row(name: str, tally: Tally) -> str:
    n = len(tally.facts)
    fates = [tally.said[fate] for fate in (*_SHOWN, "doubtful", "refused")]
    means = [f"{sum(tally.facts) / n:.3f}", f"{sum(tally.words) / n:.0f}", tally.wrong]
    cells = [name, sum(fates), *fates, *means, f"{tally.seconds / n:.1f}"]
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
