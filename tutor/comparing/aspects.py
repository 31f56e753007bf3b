"""What two statements are both about, in their own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence, Set

from index.lexical import STOPWORDS, stem, terms
from tutor.comparing.naming import Side, names_in

Weigh = Callable[[str], float]
_TERM = re.compile(
    r"(?!(?:et|al|fewer|less|many|zero|one|two|three|four|five)\b)[^\W_]+(?:[-'][^\W_]+)*"
)
_LONGEST = 4
# A word of the corpus' everyday is no aspect. By idf: "model" 1.1, "layer" 2.2, "memory" 2.5.
_EVERYDAY = 1.9
# A stem in so many of every side's statements, and so great a part of them, is no aspect either.
_TIMES, _COMMON = 3, 0.2


def aspect(
    texts: Sequence[str],
    sides: Sequence[Side],
    weigh: Weigh,
    context: Sequence[str],
    common: Set[str] = frozenset(),
) -> str:
    """The most informative words that all statements share, besides the names.

    Args:
        texts: one statement a side.
        weigh: how informative a stem is (``Bm25.idf``).
        context: passages that show which words are nouns.
        common: stems that tell nothing, since they are true of all sides.

    Returns:
        As the first statement has them: "frozen base weights"; "" if they share none that tells.
    """
    runs = [_runs(text, sides) for text in texts]
    shared = set.intersection(*(set(found) for found in runs)) if runs else set()
    nouns = [run for run in sorted(shared) if _is_noun(runs[0][run].split()[-1], context)]

    def told(run: tuple[str, ...]) -> float:
        return sum(max(0.0, weigh(s) - _EVERYDAY) for s in run if s not in common)

    best = max(nouns, key=lambda run: (told(run), len(run)), default=())
    return runs[0][best] if told(best) else ""


def common_stems(said: Sequence[Sequence[str]]) -> frozenset[str]:
    """Stems that many statements of every side hold: what the sides are alike in.

    Args:
        said: the statements of each side.
    """
    shares: list[dict[str, float]] = []
    for texts in said:
        counts = Counter(s for text in texts for s in set(terms(text)))
        shares.append({s: n / len(texts) for s, n in counts.items() if n >= _TIMES})
    often = set.intersection(*map(set, shares)) if shares else set()
    return frozenset(s for s in often if min(share[s] for share in shares) >= _COMMON)


def _is_noun(word: str, context: Sequence[str]) -> bool:
    """Whether a word ends a noun phrase somewhere: "of the base weights, …"."""
    if _PARTICIPLE.search(word):
        return False
    phrase = re.compile(
        rf"\b(?:{_BEFORE}) (?:[\w-]+ ){{0,2}}{re.escape(word)}(?=[.,;:)]|$| (?:{_AFTER})\b)", re.I
    )
    return any(phrase.search(text) for text in context)


_PARTICIPLE = re.compile(r"ed$|^(?:found|given|made|built|held|kept|known|seen|taken)$", re.I)
_BEFORE = "a|an|the|of|for|with|in|by|per|no|each|every|its|their|one|less|more"
_AFTER = "of|for|in|by|with|and|or|is|are|on|to|from|that|than|at|because|so|but"


def _runs(text: str, sides: Sequence[Side]) -> dict[tuple[str, ...], str]:
    """Up to four content words in a row, by their stems, as the text has them."""
    named = names_in(text, sides)
    words = [
        m
        for m in _TERM.finditer(text)
        if not _in_formula(text, m.start())
        and not m.group().isdigit()
        and not any(start < m.end() and m.start() < end for _, start, end in named)
    ]
    found: dict[tuple[str, ...], str] = {}
    for first in range(len(words)):
        run: list[re.Match[str]] = []
        for word in words[first : first + _LONGEST]:
            apart = run and text[run[-1].end() : word.start()] != " "
            if apart or word.group().lower() in STOPWORDS:
                break
            run.append(word)
            key = tuple(stem(m.group().lower()) for m in run)
            found.setdefault(key, text[run[0].start() : word.end()])
    return found


def _in_formula(text: str, at: int) -> bool:
    return text.count("$", 0, at) % 2 == 1 or text.count("`", 0, at) % 2 == 1
