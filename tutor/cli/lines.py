"""JSON Lines in, JSON Lines out: one bad line spoils no other."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from corpus.errors import TutorError

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def answer_lines(handle: Handler) -> None:
    """Answer standard input line by line, in order, flushing each; blank lines are skipped.

    Args:
        handle: turns a parsed object into an answer object; may raise TutorError or ValueError.
    """
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            sys.stdout.write(json.dumps(_answered(line, handle), ensure_ascii=False) + "\n")
            sys.stdout.flush()


def _answered(line: str, handle: Handler) -> dict[str, Any]:
    asked: Any = None
    try:
        asked = json.loads(line, parse_constant=_no_constant)
        if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
            raise ValueError('expected an object with a text "question"')
        return handle(asked)
    except (ValueError, RecursionError, TutorError) as fault:
        return error_object(asked, " ".join(str(fault).split()))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def error_object(asked: Any, why: str) -> dict[str, Any]:
    """The answer to a line that cannot be answered."""
    known = asked if isinstance(asked, dict) else {}
    question = known.get("question")
    text = question if isinstance(question, str) else ""
    return {
        "id": known.get("id"),
        "question": text,
        "standalone_question": text,
        "status": "error",
        "answer": why,
        "sentences": [],
        "citations": [],
        "nearest": [],
        "model": "",
        "index": "",
        "timings_ms": {},
    }
