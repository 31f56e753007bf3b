"""Every text of the map and of a station's card; another language is another instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus import Line
from corpus.loader import LINE_TITLES

_LETTERS: dict[Line, str] = {"foundational": "F", "scientist": "S", "engineer": "E"}
_KINDS = {
    "book": "book",
    "video": "video",
    "paper": "paper",
    "course": "course",
    "repository": "repository",
    "docs": "documentation",
    "post": "article",
    "tool": "tool",
}


@dataclass(frozen=True, slots=True)
class MapStrings:
    """Texts of the map; braces name what is put in.

    Attributes:
        lines: titles of the lines; letters: one each, shown wherever a colour tells a line.
        kinds: of references, as people call them.
    """

    lines: Mapping[Line, str] = field(default_factory=lambda: dict(LINE_TITLES))
    letters: Mapping[Line, str] = field(default_factory=lambda: dict(_LETTERS))
    kinds: Mapping[str, str] = field(default_factory=lambda: dict(_KINDS))
    map: str = "Metro map of {stations} stations on {lines} lines and {companions} companion stops"
    station: str = "Station {number}: {title}, {line}"
    companion: str = "Companion stop: {title}, near station {near}, {line}"
    cited: str = "cited in this answer"
    visited: str = "visited"
    chosen: str = "chosen"
    legend: str = "Legend"
    legend_station: str = "station"
    legend_interchange: str = "station where lines meet"
    legend_companion: str = "companion stop, letter of its line"
    legend_order: str = "from a prerequisite onwards"
    legend_further: str = "further prerequisite"
    legend_cited: str = "cited in this answer"
    legend_visited: str = "visited"
    legend_chosen: str = "chosen, and the way to it"
    near: str = "near station {number}"
    ask_station: str = "What does this station teach?"
    station_question: str = "What are the topics of station {number}?"
    singular_question: str = "What is {topic}?"
    plural_question: str = "What are {topic}?"
    its_station: str = "Its station"
    before: str = "Learn first"
    nothing_before: str = "Nothing: the map starts here."
    after: str = "Goes on to"
    topics: str = "Topics"
    companions: str = "Companion stops"
    references: str = "References"
    more: str = "{count} more"


ENGLISH = MapStrings()
