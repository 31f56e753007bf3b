"""A sentence with its key words left out, for a learner to find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.lexical import STOPWORDS, stem

Weigh = Callable[[str], float]
GAP = "____"
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
# Left as they are: formulas, code, and what explains a name in brackets.
_WHOLE = re.compile(r"\$[^$]+\$|`[^`]+`|\([^()]*\)")
_PAIR = 2
# A noun stands after one of these, a verb does not.
_BEFORE_NOUN = re.compile(
    r"\b(?:a|an|the|of|for|with|in|by|per|no|each|every|both|from|between|into|as|at|on|its|their|"
    r"less|more|than|such|or|and) $",
    re.I,
)
_ADVERBS = frozenset(("sometimes", "even", "often", "always", "never", "still", "also", "well"))
# The head of an enumeration, its items and the full stop.
_LIST = re.compile(
    r"^(?P<head>.{8,}?(?:: | are (?!an? |the )| includes? | comprises? ))"
    r"(?P<items>[^:]+?)(?P<end>\.?)$"
)
_COUNTED = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten)\b", re.I)
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LONGEST_ITEM = 14


@dataclass(frozen=True, slots=True)
class Gapped:
    """A sentence with gaps.

    Attributes:
        text: with "____" for each gap.
        hidden: what stood in the gaps.
    """

    text: str
    hidden: tuple[str, ...]


def with_gaps(
    text: str, shown: Iterable[str], weigh: Weigh, count: int = 2, start: int = 0
) -> Gapped | None:
    """Leave out the most informative words.

    Args:
        shown: stems that stay, because the learner sees them anyway.
        weigh: how informative a stem is (``Bm25.idf``).
        count: of gaps, at most; a word that stands twice leaves two.
        start: gaps are chosen from here on.

    Returns:
        None if no word that tells can be left out. What is left out stands nowhere else.
    """
    whole = [m.span() for m in _WHOLE.finditer(text)]
    kept = set(shown).union(*(stems(text[a:b]) for a, b in whole))
    words = [m for m in _WORD.finditer(text) if not any(a <= m.start() < b for a, b in whole)]
    free = [m for m in words if m.start() >= start and _is_free(m.group(), kept)]
    phrases = sorted(_phrases(free, text), key=lambda p: -_told(p, text, weigh))[:count]
    out = {s for phrase in phrases for m in phrase for s in stems(m.group())}
    gone = [m.span() for m in words if stems(m.group()) & out]
    return _cut(text, gone) if gone else None


def _is_free(word: str, kept: set[str]) -> bool:
    """Whether a word may be left out: it tells something, is no adverb, and is not shown."""
    short = len(word) < 3 and word.islower()
    found = stems(word)
    adverb = word.endswith("ly") or word in _ADVERBS
    return bool(found) and not short and not adverb and not found & kept


def _phrases(free: Sequence[re.Match[str]], text: str) -> list[list[re.Match[str]]]:
    """The last two words of every run of words that nothing divides: a noun with what tells it."""
    runs: list[list[re.Match[str]]] = []
    for word in free:
        if runs and text[runs[-1][-1].end() : word.start()] == " ":
            runs[-1].append(word)
        else:
            runs.append([word])
    return [run[-_PAIR:] for run in runs]


def _told(phrase: Sequence[re.Match[str]], text: str, weigh: Weigh) -> float:
    """How informative a phrase is; half if it is no noun by what stands before it."""
    weight = max(weigh(stem(m.group().lower())) for m in phrase)
    return weight if _BEFORE_NOUN.search(text[: phrase[0].start()]) else weight / 2


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> Gapped:
    """The text with gaps; neighbouring ones become one."""
    merged: list[tuple[int, int]] = []
    for a, b in spans:
        if merged and text[merged[-1][1] : a] == " ":
            merged[-1] = (merged[-1][0], b)
        else:
            merged.append((a, b))
    pieces, last = [], 0
    for a, b in merged:
        pieces += [text[last:a], GAP]
        last = b
    return Gapped("".join([*pieces, text[last:]]), tuple(text[a:b] for a, b in merged))


def with_items_left_out(text: str) -> Gapped | None:
    """An enumeration with its first item alone, "… are GPTQ, ____ and ____."; None for others."""
    found = _LIST.match(text)
    if not found or "$" in text or "`" in text:
        return None
    if re.search(r" (?:is|are) ", found["head"][:-5]):  # a relative clause, no enumeration
        return None
    counted = _COUNTED.findall(found["head"])
    items = _items(found["items"], _COUNTS.index(counted[-1].lower()) + 2 if counted else 0)
    if len(items) < 3 or any(len(item.split()) > _LONGEST_ITEM for item in items):
        return None
    seen = stems(found["head"] + items[0])
    if not all(stems(item) - seen for item in items[1:]):
        return None
    gaps = ", ".join([items[0], *[GAP] * (len(items) - 2)])
    return Gapped(f"{found['head']}{gaps} and {GAP}{found['end']}", tuple(items[1:]))


def _items(text: str, count: int) -> list[str]:
    """The items between commas and the last "and"; empty if they are not as many as is said."""
    *items, last = re.split(r", (?![^()]*\))", text)
    if last.startswith(("and ", "or ")):  # the comma before it leaves no other "and" to cut at
        ways = [[*items, last.split(" ", 1)[1]]]
    else:
        ways = [[*items, last[: m.start()], last[m.end() :]] for m in re.finditer(" and ", last)]
    return next((way for way in ways if not count or len(way) == count), [])


def stems(text: str) -> set[str]:
    """Stems of all words, those within a compound too, function words left out."""
    words = [w for m in _WORD.findall(text) for w in (m, *re.findall(r"[^\W_]+", m))]
    return {stem(w.lower()) for w in words if w.lower() not in STOPWORDS}
