"""The health of the parts, for /healthz, and the question that warms them all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from corpus.errors import SearchIndexError
from index.version import current_version, read_manifest
from tutor import __version__
from tutor.records import Answer, Finished
from tutor.settings import Settings
from ui.asking.desk import Desk

# A definition with more evidence than is quoted at once: the language model is loaded, reads the
# head of its prompt and writes; encoder, index and check are opened on the way.
_QUESTION = "What is LoRA?"


def warm(desk: Desk) -> Answer:
    """Load everything that answering needs, by answering.

    Later prompts find the beginning of this one read (tutor.llama).

    Raises:
        TutorError: a part cannot be used.
    """
    *_, last = desk.ask("", lambda tutor: tutor.stream(_QUESTION))
    assert isinstance(last, Finished)
    return last.answer


class Health:
    """What there is, what it does, and what is broken.

    Args:
        warmed: the answer of ``warm``; None before that.
    """

    def __init__(self, desk: Desk, settings: Settings, warmed: Answer | None) -> None:
        self._desk, self._settings, self._warmed = desk, settings, warmed

    def report(self) -> dict[str, Any]:
        """The JSON of /healthz; "broken" names the parts that are, with what to do."""
        manifest, state = self._desk.tutor.index.manifest, self._desk.state()
        broken = {
            part: why
            for part, why in (
                ("desk", "" if state.alive else "the worker has ended; start tutor chat again"),
                ("index", self._index_fault()),
                ("model", self._model_fault()),
            )
            if why
        }
        return {
            "status": "broken" if broken else "ok",
            "broken": broken,
            "version": __version__,
            "index": {
                "fingerprint": manifest.fingerprint,
                "documents": len(manifest.documents),
                "chunks": manifest.chunks,
            },
            "model": {"name": self._model(), "loaded": self._loaded()},
            "desk": asdict(state),
        }

    def _index_fault(self) -> str:
        """What is wrong with the index in the home: the open one may have been removed."""
        try:
            read_manifest(current_version(self._settings.index))
        except SearchIndexError as fault:
            return str(fault)
        return ""

    def _model(self) -> str:
        return self._warmed.model if self._warmed else self._settings.model

    def _loaded(self) -> bool:
        return bool(self._warmed and self._warmed.tokens)

    def _model_fault(self) -> str:
        return "; ".join(self._warmed.notes) if self._warmed else ""
