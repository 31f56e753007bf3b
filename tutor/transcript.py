"""A conversation to take away: Markdown with its sources, or JSON."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from tutor.inert import inert, plain, visible
from tutor.logged import LoggedTurn

_RULE = "\n---\n\n"
_NOT_IN_A_LINK = re.compile(r"[\s<>]")


def as_markdown(title: str, turns: Sequence[LoggedTurn]) -> str:
    """The conversation as a page of Markdown: each question, its answer, under it its sources."""
    return f"# {plain(_line(title))}\n\n" + _RULE.join(_turn(turn) for turn in turns)


def as_json(title: str, turns: Sequence[LoggedTurn]) -> str:
    """The conversation as one JSON object: {title, turns: [{number, asked, question, …}]}."""
    told = {"title": title, "turns": [asdict(turn) for turn in turns]}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: LoggedTurn) -> str:
    asked = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(turn.asked))
    blocks = [
        _quoted(plain(turn.question)),
        f"*{asked}*",
        inert(turn.answer.get("answer", "")),
        *([_sources(turn.answer["citations"])] if turn.answer.get("citations") else ()),
    ]
    return "\n\n".join(blocks) + "\n"


def _sources(citations: Sequence[dict[str, Any]]) -> str:
    return "**Sources**\n\n" + "\n\n".join(
        f"- \\[{citation['n']}\\] {', '.join(_place(citation))}\n\n"
        + _quoted(inert(citation.get("quote", "")), "  > ")
        for citation in citations
    )


def _place(citation: dict[str, Any]) -> Iterator[str]:
    """Title, section, station, page and link, as far as there are such."""
    yield f"**{plain(_line(citation.get('title', '')))}**"
    if section := citation.get("section"):
        yield plain(_line(section))
    if station := citation.get("station"):
        yield f"station {station}"
    if page := citation.get("page"):
        yield f"page {page}"
    if link := citation.get("link") or citation.get("url"):
        yield _link(visible(link))


def _link(address: str) -> str:
    if not address.lower().startswith(("http://", "https://")):
        return plain(_line(address))
    return f"<{_NOT_IN_A_LINK.sub(lambda found: quote(found[0]), address)}>"


def _quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def _line(text: str) -> str:
    return " ".join(text.split())
