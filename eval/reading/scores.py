"""Figures of the reading-quality table: a reader's output against the gold.

Words are compared, not characters: spacing, bullets, table bars and quotation marks are the
composer's matter.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from corpus.reading.blocks import Reading, UnreadableError
from eval.reading.protocol import Candidate, Entry, Gold


@dataclass(frozen=True, slots=True)
class Row:
    """One reader over all pages of one kind; figures as in the module's table, None if unknown."""

    kind: str
    reader: str
    documents: int = 0
    kept: float | None = None
    added: float | None = None
    headings: float | None = None
    sentences: float | None = None
    boilerplate: int = 0
    pages_per_second: float | None = None
    failed: int = 0
    remark: str = ""


@dataclass(slots=True)
class Run:
    """What one reader made of the pages of a kind."""

    readings: dict[str, Reading] = field(default_factory=dict)  # by address
    seconds: float = 0.0
    pages: int = 0
    refused: set[str] = field(default_factory=set)


_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def words(text: str) -> Counter[str]:
    """Words with their counts; a Chinese or Japanese character is a word."""
    return Counter(_WORD.findall(text.casefold()))


def weight(bag: Counter[str]) -> int:
    """Characters of all words in a bag."""
    return sum(len(word) * count for word, count in bag.items())


def text_of(reading: Reading) -> str:
    """All blocks, one after another."""
    return "\n".join(block.text for block in reading.blocks)


def lines_of(text: str) -> Counter[str]:
    """Lines as their words, so that spacing, bullets and table bars do not count."""
    return Counter(key for line in text.split("\n") if (key := _line(line)))


def _line(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def overlap(gold: Counter[str], bag: Counter[str]) -> float:
    """Share of the gold's characters that the bag has, 0 to 1; 1 for an empty gold."""
    total = weight(gold)
    return weight(gold & bag) / total if total else 1.0


def read_all(candidate: Candidate, entries: Sequence[Entry]) -> Run:
    """Let one reader read all pages; what it refuses is noted.

    Raises:
        ImportError: the reader's library is not installed.
    """
    run = Run()
    for entry in entries:
        raw = entry.raw
        started = time.perf_counter()
        try:
            reading = candidate(raw)
        except ImportError:
            raise
        except UnreadableError:
            run.refused.add(entry.url)
        except Exception as error:  # noqa: BLE001 - a foreign reader may fail in any way
            print(f"{entry.url}: {type(error).__name__}: {error}")
            run.refused.add(entry.url)
        else:
            run.readings[entry.url] = reading
            run.pages += max((block.page or 1 for block in reading.blocks), default=1)
        run.seconds += time.perf_counter() - started
    return run


def repeated_lines(run: Run, times: int = 3) -> dict[str, set[str]]:
    """By site, the lines that stand on that many pages or more."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for url, reading in run.readings.items():
        counts[urlsplit(url).netloc].update(lines_of(text_of(reading)).keys())
    return {
        site: {line for line, count in lines.items() if count >= times}
        for site, lines in counts.items()
    }


def boilerplate_lines(reading: Reading, gold: Gold, repeated: set[str]) -> int:
    """Lines that belong to the site's frame, beyond those that the gold text has too."""
    ours, content = lines_of(text_of(reading)), lines_of(gold.text)
    frame = set().union(*(lines_of(line) for line in gold.boilerplate)) | repeated
    return sum(max(0, count - content[line]) for line, count in ours.items() if line in frame)


def headings_kept(reading: Reading, gold: Gold) -> int:
    """How many gold headings the reading has as headings."""
    found = Counter(_line(block.text) for block in reading.blocks if block.kind == "heading")
    return sum((found & Counter(_line(heading) for heading in gold.headings)).values())


def sentences_kept(reading: Reading, gold: Gold) -> int:
    """How many gold sentences stand unbroken on a line of the reading."""
    lines = [_line(line) for line in text_of(reading).split("\n")]
    return sum(any(_line(sentence) in line for line in lines) for sentence in gold.sentences)


def score(kind: str, reader: str, run: Run, golds: Mapping[str, Gold | None]) -> Row:
    """The figures of one reader.

    Args:
        golds: by address; a Gold without text means that "added" is not known.
    """
    kept, added, total, length = 0, 0, 0, 0
    headings, sentences, boilerplate = 0, 0, 0
    repeated = repeated_lines(run)
    wanted = {url: gold for url, gold in golds.items() if gold is not None}
    for url, gold in wanted.items():
        bag = words(gold.text)
        total += weight(bag)
        if (reading := run.readings.get(url)) is None:
            continue
        mine = words(text_of(reading))
        kept, length = kept + weight(bag & mine), length + weight(mine)
        added += weight(mine - bag)
        headings += headings_kept(reading, gold)
        sentences += sentences_kept(reading, gold)
        boilerplate += boilerplate_lines(reading, gold, repeated.get(urlsplit(url).netloc, set()))
    return Row(
        kind,
        reader,
        documents=len(golds),
        kept=_share(kept, total),
        added=_share(added, length),
        headings=_share(headings, sum(len(g.headings) for g in wanted.values())),
        sentences=_share(sentences, sum(len(g.sentences) for g in wanted.values())),
        boilerplate=boilerplate,
        pages_per_second=run.pages / run.seconds if run.seconds else None,
        failed=sum(url in run.refused for url in wanted),
        remark=_unrefused(run, golds),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _unrefused(run: Run, golds: Mapping[str, Gold | None]) -> str:
    empty = sum(gold is None and url in run.readings for url, gold in golds.items())
    return f"{empty} empty pages not refused" if empty else ""
