"""The bundled curriculum: read, checked, and handed on as typed records."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from corpus import markdown, metromap
from corpus.errors import CurriculumError
from corpus.records import (
    Curriculum,
    Document,
    Line,
    Reference,
    ReferenceKind,
    Section,
    Station,
    Topic,
)
from corpus.yaml_lines import YamlText

# Raise it whenever the same files would give other documents.
VERSION = 2
BUNDLED = Path(__file__).parent / "curriculum"
LINE_TITLES: dict[Line, str] = {
    "foundational": "Foundational line",
    "scientist": "GenAI Scientist line",
    "engineer": "GenAI Engineer line",
}
_NOUNS = {"docs": "documentation"}
_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _TopicEntry(_Strict):
    id: _Id
    title: _Text
    names: list[_Text] = []
    asked_as: list[_Text] = []


class _FrontMatter(_Strict):
    id: _Id
    title: _Text
    line: Line
    topics: Annotated[list[_TopicEntry], Field(min_length=1)]
    number: int | None = None
    prerequisites: list[_Id] = []
    near: int | None = None


class _ReferenceEntry(_Strict):
    url: Annotated[str, Field(pattern=r"^https?://")]
    title: _Text
    kind: ReferenceKind
    authors: list[_Text] = []
    stations: list[int] = []
    topics: Annotated[list[_Text], Field(min_length=1)]
    cited_in: list[_Text]
    good_for: _Text


class _ReferenceList(RootModel[list[_ReferenceEntry]]):
    pass


@dataclass(frozen=True, slots=True)
class _File:
    """One parsed curriculum file with what is needed to name a fault in it."""

    path: Path
    yaml: YamlText
    station: Station
    document: Document


def load_curriculum(folder: Path = BUNDLED) -> Curriculum:
    """Read and validate the curriculum.

    Args:
        folder: holds ``stations/*.md``, ``companions/*.md`` and ``references.yaml``.

    Returns:
        Stations in order of their numbers, companions by id, references in file order.

    Raises:
        CurriculumError: broken front matter, duplicate id or number, unknown or cyclic
            prerequisite, topic without section, section without topic, reference to nowhere.
    """
    stations = [_read(path, folder) for path in sorted((folder / "stations").glob("*.md"))]
    companions = [_read(path, folder) for path in sorted((folder / "companions").glob("*.md"))]
    if not stations:
        raise CurriculumError(folder, 1, "no station files; reinstall the tutor")
    _check_ids([*stations, *companions])
    _check_numbers(stations, companions)
    _check_prerequisites(stations, companions)
    references = _references(folder / "references.yaml", [*stations, *companions])
    ordered = tuple(sorted((f.station for f in stations), key=lambda s: s.number or 0))
    return Curriculum(
        stations=ordered,
        companions=tuple(f.station for f in companions),
        references=references,
        documents=(
            *(f.document for f in [*stations, *companions]),
            metromap.document(ordered, LINE_TITLES),
            *(_card(reference) for reference in references),
        ),
    )


def curriculum_digest(folder: Path = BUNDLED) -> str:
    """Sixteen hexadecimal digits that change with any file of the curriculum; takes milliseconds.

    Asking compares it with what was indexed, without reading the curriculum anew.
    """
    digest = hashlib.sha256(f"loader {VERSION}".encode())
    for path in sorted([*folder.glob("*/*.md"), folder / "references.yaml"]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def _read(path: Path, folder: Path) -> _File:
    text = _text(path)
    head, body_offset = _split_front_matter(path, text)
    matter = head.validated(_FrontMatter)
    topics = tuple(
        Topic(f"{matter.id}/{t.id}", t.id, t.title, tuple(t.names), tuple(t.asked_as))
        for t in matter.topics
    )
    station = Station(
        matter.id, matter.number, matter.title, matter.line,
        tuple(matter.prerequisites), topics, matter.near,
    )  # fmt: skip
    document = Document(
        id=f"curriculum/{path.relative_to(folder).as_posix()}",
        title=matter.title,
        text=text,
        kind="curriculum",
        sections=_sections(path, text, body_offset, station, head),
        station=matter.number,
        line=matter.line,
        hidden={t.id: (*t.names, *t.asked_as) for t in topics},
    )
    return _File(path, head, station, document)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise CurriculumError(path, line, f"not UTF-8 at byte {fault.start}") from fault


def _split_front_matter(path: Path, text: str) -> tuple[YamlText, int]:
    if not text.startswith("---\n"):
        raise CurriculumError(path, 1, "no front matter; the first line must be '---'")
    end = text.find("\n---\n", 3)
    if end < 0:
        raise CurriculumError(path, 1, "front matter without its closing '---'")
    return YamlText(text[4 : end + 1], path, first_line=2), end + len("\n---\n")


def _sections(
    path: Path, text: str, offset: int, station: Station, head: YamlText
) -> tuple[Section, ...]:
    titles = {topic.title: topic.id for topic in station.topics}
    sections: list[Section] = []
    with_text: set[str] = set()
    opened: set[str] = set()
    for block in markdown.blocks(text, offset):
        topic = titles.get(block.path[1]) if len(block.path) > 1 else None
        if block.level >= 2 and topic is None:
            raise CurriculumError(path, block.line, f"section {block.path[1]!r} is no topic")
        if block.level == 2 and block.path[1] in opened:
            raise CurriculumError(path, block.line, f"section {block.path[1]!r} stands twice")
        opened |= {block.path[1]} if block.level == 2 else set()
        if block.end > block.start:
            trail = (LINE_TITLES[station.line], *block.path)
            sections.append(Section(trail, block.start, block.end, topic))
            with_text.add(topic or "")
    for position, entry in enumerate(station.topics):
        if entry.id not in with_text:
            line = head.line_of("topics", position)
            raise CurriculumError(path, line, f"topic {entry.title!r} has no section with text")
    return tuple(sections)


def _check_ids(files: list[_File]) -> None:
    seen: dict[str, Path] = {}
    for file in files:
        other = seen.setdefault(file.station.id, file.path)
        if other is not file.path:
            line = file.yaml.line_of("id")
            raise CurriculumError(file.path, line, f"id {file.station.id!r} is also {other.name}'s")
        if file.path.stem.lstrip("0123456789-") != file.station.id:
            line = file.yaml.line_of("id")
            raise CurriculumError(file.path, line, f"id {file.station.id!r} is not the file's name")
        twice = _first_twice(topic.id for topic in file.station.topics)
        if twice:
            line = file.yaml.line_of("topics")
            raise CurriculumError(file.path, line, f"topic id {twice!r} stands twice")


def _check_numbers(stations: list[_File], companions: list[_File]) -> None:
    for file in stations:
        if file.station.number is None:
            raise CurriculumError(file.path, file.yaml.line_of("id"), "a station needs a number")
    twice = _first_twice(file.station.number for file in stations)
    if twice is not None:
        file = [f for f in stations if f.station.number == twice][-1]
        raise CurriculumError(file.path, file.yaml.line_of("number"), f"number {twice} is taken")
    numbers = {file.station.number for file in stations}
    for file in companions:
        if file.station.number is not None or file.station.near not in numbers:
            line = file.yaml.line_of("near")
            problem = "a companion has no number and is near an existing station"
            raise CurriculumError(file.path, line, problem)


def _check_prerequisites(stations: list[_File], companions: list[_File]) -> None:
    known = {file.station.id for file in stations}
    for file in [*stations, *companions]:
        for position, needed in enumerate(file.station.prerequisites):
            if needed not in known:
                line = file.yaml.line_of("prerequisites", position)
                raise CurriculumError(file.path, line, f"unknown prerequisite {needed!r}")
    cycle = metromap.find_cycle([file.station for file in stations])
    if cycle:
        file = next(f for f in stations if f.station.id == cycle[0])
        line = file.yaml.line_of("prerequisites")
        raise CurriculumError(file.path, line, f"cyclic prerequisites: {' > '.join(cycle)}")


def _references(path: Path, files: list[_File]) -> tuple[Reference, ...]:
    if not path.exists():
        raise CurriculumError(path, 1, "the list of references is missing; reinstall the tutor")
    source = YamlText(_text(path), path)
    entries = source.validated(_ReferenceList).root
    topics = {topic.key for file in files for topic in file.station.topics}
    numbers = {file.station.number for file in files}
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        line = source.line_of(position)
        unknown = set(entry.topics) - topics
        if unknown:
            raise CurriculumError(path, line, f"cited by unknown topic {sorted(unknown)[0]!r}")
        if not set(entry.stations) <= numbers:
            raise CurriculumError(path, line, f"cited by unknown station in {entry.stations}")
        if entry.url in seen:
            raise CurriculumError(path, line, f"{entry.url} is listed twice")
        seen.add(entry.url)
    return tuple(
        Reference(
            e.url, e.title, e.kind, tuple(e.authors), tuple(e.stations), tuple(e.topics),
            tuple(e.cited_in), e.good_for,
        )
        for e in entries
    )  # fmt: skip


def _card(reference: Reference) -> Document:
    """A reference as a sentence of its own, so that it is found and quoted like any other text."""
    noun = _NOUNS.get(reference.kind, f"a {reference.kind}")
    by = f" by {metromap.enumerate_in_words(reference.authors)}" if reference.authors else ""
    text = f"“{reference.title}” is {noun}{by} ({reference.url}): {reference.good_for}"
    return Document(
        id=f"card/{reference.url}",
        title=reference.title,
        text=text,
        kind="card",
        sections=(Section(("References", reference.title), 0, len(text)),),
        station=reference.stations[0] if reference.stations else None,
        url=reference.url,
        urls=(reference.url,),
        stations=reference.stations,
    )


def _first_twice(values: Iterable[object]) -> object | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)
