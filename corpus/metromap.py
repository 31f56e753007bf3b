"""The map as a graph: what comes before a station, and a text of it that can be quoted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpus.records import LINES, Document, Line, Section, Station


def find_cycle(stations: Iterable[Station]) -> list[str]:
    """Ids along one cycle of prerequisites, the first repeated at its end; empty if none."""
    needs = {station.id: station.prerequisites for station in stations}
    done: set[str] = set()

    def walk(station: str, trail: list[str]) -> list[str]:
        if station in trail:
            return [*trail[trail.index(station) :], station]
        if station in done:
            return []
        for needed in needs.get(station, ()):
            cycle = walk(needed, [*trail, station])
            if cycle:
                return cycle
        done.add(station)
        return []

    return next((cycle for start in needs if (cycle := walk(start, []))), [])


def path_to(station: Station, stations: Iterable[Station]) -> list[Station]:
    """All stations that ``station`` builds on, directly or not, in the order to learn them."""
    by_id = {s.id: s for s in stations}
    order: dict[str, Station] = {}

    def visit(one: Station) -> None:
        for needed in one.prerequisites:
            visit(by_id[needed])
        order.setdefault(one.id, one)

    visit(station)
    return [s for s in order.values() if s.id != station.id]


def follow_ups(station: Station, stations: Iterable[Station]) -> list[Station]:
    """Stations that name ``station`` as a direct prerequisite."""
    return [s for s in stations if station.id in s.prerequisites]


def label(station: Station) -> str:
    """ "7 (Supervised Fine-Tuning)": how the map's text names a station."""
    return f"{station.number} ({station.title})"


def document(stations: Sequence[Station], titles: Mapping[Line, str]) -> Document:
    """The map in sentences, computed from the front matter and quoted like any document.

    One section per station and per line; its text changes when the map does, and never else.
    """
    text, sections = "", []
    parts = [*(_line_part(line, stations, titles) for line in LINES if _on(line, stations))]
    parts += [_station_part(station, stations, titles) for station in stations]
    for heading, body in parts:
        text += f"## {heading}\n\n"
        sections.append(Section(("Metro map", heading), len(text), len(text) + len(body)))
        text += f"{body}\n\n"
    return Document("map", "GenAI Learning Metromap", text, "map", tuple(sections))


def _on(line: Line, stations: Iterable[Station]) -> list[Station]:
    return [s for s in stations if s.line == line]


def _line_part(
    line: Line, stations: Sequence[Station], titles: Mapping[Line, str]
) -> tuple[str, str]:
    members = _on(line, stations)
    listed = enumerate_in_words([label(s) for s in members])
    noun = "stations" if len(members) != 1 else "station"
    return titles[line], f"The {titles[line]} has {len(members)} {noun}: {listed}."


def _station_part(
    station: Station, stations: Sequence[Station], titles: Mapping[Line, str]
) -> tuple[str, str]:
    name = f"Station {label(station)}"
    before, after = path_to(station, stations), follow_ups(station, stations)
    topics = enumerate_in_words([topic.title for topic in station.topics])
    sentences = [f"{name} is on the {titles[station.line]}."]
    if before:
        by_id = {s.id: s for s in stations}
        direct = enumerate_in_words([label(by_id[p]) for p in station.prerequisites])
        sentences.append(f"{name} builds directly on station {direct}.")
        path = enumerate_in_words([label(s) for s in before])
        these = "station" if len(before) == 1 else "these stations in order:"
        sentences.append(f"Before station {label(station)}, learn {these} {path}.")
    else:
        sentences.append(f"{name} has no prerequisites, so learners start there.")
    if after:
        follow = enumerate_in_words([label(s) for s in after])
        sentences.append(f"After station {label(station)}, the map goes on to station {follow}.")
    else:
        sentences.append(f"{name} is the last station of the {titles[station.line]}.")
    sentences.append(f"The topics of station {label(station)} are {topics}.")
    return name, " ".join(sentences)


def enumerate_in_words(items: Sequence[str]) -> str:
    """ "a, b, and c"; the last comma stays, because a title may hold an "and" itself."""
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"
