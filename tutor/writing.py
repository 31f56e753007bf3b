"""Evidence put into words: by the language model where its sentences hold, by quotation elsewhere.

The opening is quoted at once, so that a learner reads while the model does; each sentence of the
draft is checked as soon as it is complete. What the check refuses may be written once more from the
passages that come nearest; what is still not said then is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor import prompts
from tutor.check import Verdict
from tutor.drafting import Drafter
from tutor.engines.protocol import LazyEngine
from tutor.evidence import Evidence
from tutor.gather import Part
from tutor.records import Event, Stage
from tutor.run import Run
from tutor.settings import Settings

# With fewer sentences of evidence there is nothing to join.
_WORTH_WRITING = 3


class Writer:
    """Says what has been gathered.

    Args:
        engine: None quotes everything.
    """

    def __init__(self, engine: LazyEngine | None, settings: Settings) -> None:
        self._engine, self._settings = engine, settings

    def say(self, run: Run, part: Part) -> Iterator[Event]:
        """Checked sentences: a correction first, a table, then the rest in order."""
        run.itemised = part.kind in ("path", "lookup")
        if part.correction:
            yield run.say(part.correction.text, [part.correction], lead=prompts.NOT_SO)
        if part.table:
            yield from run.tabulate(part.table)
        if not part.evidence:
            return
        # The opening is quoted at once: a learner reads it while the model reads the rest.
        opening, *waiting = part.evidence
        yield run.say(opening.text, [opening])
        if self._writes(part):
            yield Stage("writing")
            yield from self._written(run, part, waiting)
        for left in waiting:
            yield run.say(left.text, [left])

    def _writes(self, part: Part) -> bool:
        """Whether the model has a say: the map and the references are quoted as data."""
        return (
            self._engine is not None
            and self._settings.written_sentences > 0
            and part.kind not in ("path", "lookup")
            and part.table is None
            and len(part.evidence) >= _WORTH_WRITING
        )

    def _written(self, run: Run, part: Part, waiting: list[Evidence]) -> Iterator[Event]:
        """The model's sentences that hold; what they say is taken out of ``waiting``."""
        assert self._engine is not None
        # An engine that cannot be loaded is told, not passed over.
        drafter = Drafter(self._engine(), self._settings)
        refused: list[tuple[str, Verdict]] = []
        for sentence in drafter.sentences(run, part):
            verdict = run.checked(sentence, part.evidence)
            if _holds(verdict):
                yield from _said(run, part, waiting, sentence, verdict)
            else:
                refused.append((sentence, verdict))
        # After the draft: an engine writes one thing at a time.
        for sentence, verdict in refused if drafter.free and self._settings.repairs else ():
            yield from self._repaired(run, part, waiting, drafter, sentence, verdict)

    def _repaired(
        self,
        run: Run,
        part: Part,
        waiting: list[Evidence],
        drafter: Drafter,
        sentence: str,
        verdict: Verdict,
    ) -> Iterator[Event]:
        """A refused sentence, if it can be mended before its passages are quoted."""
        nearest = [part.evidence[i] for i in verdict.passages]
        for _ in range(self._settings.repairs):
            if not any(e in waiting for e in nearest):
                return
            texts = [e.text for e in nearest]
            reason = verdict.reason or "it is not certain that they do"
            sentence = " ".join(drafter.again(run, sentence, reason, texts))
            verdict = run.checked(sentence, part.evidence)
            if _holds(verdict):
                yield from _said(run, part, waiting, sentence, verdict)
                return


def _holds(verdict: Verdict) -> bool:
    return verdict.support == "supported" and verdict.certain


def _said(
    run: Run, part: Part, waiting: list[Evidence], sentence: str, verdict: Verdict
) -> Iterator[Event]:
    """A sentence that holds, unless it says nothing new."""
    evidence: Sequence[Evidence] = part.evidence
    used = [evidence[i] for i in verdict.passages]
    if not any(e in waiting for e in used):
        return
    # What stands before it in the reading order is quoted first.
    first = min(evidence.index(e) for e in used)
    for earlier in [e for e in waiting if evidence.index(e) < first]:
        waiting.remove(earlier)
        yield run.say(earlier.text, [earlier])
    waiting[:] = [e for e in waiting if e not in used]
    yield run.say(sentence, used)
