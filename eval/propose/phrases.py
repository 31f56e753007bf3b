"""Key phrases of a sentence, as facts with loose patterns."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.golden import Fact
from index.lexical import STOPWORDS, stem, terms, words

_BREAK = re.compile(r"[^\w\s’'/+#-]+|\s[–—-]\s")
_MATH = re.compile(r"\$[^$]*\$|`[^`]*`|\([^)]*\)")
# Longer runs are cut to their last words: the head of an English noun phrase stands at its end.
_LONGEST = 3
# Verbs and vague nouns of definitions; no reader would insist on them.
_EMPTY = frozenset(
    [
        "method", "methods", "way", "ways", "kind", "kinds", "part", "parts", "set", "form",
        "use", "used", "uses", "using", "technique", "techniques", "approach", "one", "two",
        "three", "several", "many", "example", "instance", "based", "make", "makes", "made",
        "called", "known", "common", "usually", "often", "main", "such", "like", "well", "first",
        "second", "new", "work", "works", "time", "needs",
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Rarity:
    """Inverse document frequency of word stems over topics (Spärck Jones 1972)."""

    count: int
    topics_with: dict[str, int]

    @classmethod
    def over(cls, texts: Iterable[str]) -> Rarity:
        known: dict[str, int] = {}
        count = 0
        for count, text in enumerate(texts, 1):  # noqa: B007  # the last one is the number of texts
            for term in set(terms(text)):
                known[term] = known.get(term, 0) + 1
        return cls(count, known)

    def of(self, phrase: str) -> float:
        """Mean over the words of a phrase, ln(N / df)."""
        found = [math.log(self.count / self.topics_with.get(t, 1)) for t in terms(phrase)]
        return sum(found) / len(found) if found else 0.0


def key_facts(
    sentence: str, rarity: Rarity, most: int, avoid: Sequence[str] = ()
) -> tuple[Fact, ...]:
    """The rarest phrases of a sentence as facts, in its order.

    Phrases are the runs between function words and punctuation, as in RAKE (Rose et al. 2010).

    Args:
        avoid: texts whose words say nothing new, such as the question.
    """
    stale = {stem(word) for text in avoid for word in words(text)}
    phrases = [p for p in candidates(sentence) if not stale & {stem(word) for word in words(p)}]
    rarest = sorted(dict.fromkeys(phrases), key=rarity.of, reverse=True)[:most]
    return tuple(fact_of(phrase) for phrase in sorted(rarest, key=sentence.find))


def candidates(sentence: str) -> list[str]:
    """Phrases of one to three words that say something."""
    runs: list[list[str]] = []
    for stretch in _BREAK.split(_MATH.sub(" . ", sentence)):
        runs.append([])
        for word in stretch.split():
            if word.lower() in STOPWORDS or word.lower() in _EMPTY:
                runs.append([])
            else:
                runs[-1].append(word)
    phrases = (" ".join(run[-_LONGEST:]) for run in runs if run)
    return [phrase for phrase in phrases if len(phrase) > 3 and re.search("[a-zA-Z]{3}", phrase)]


def fact_of(phrase: str) -> Fact:
    """A phrase as a fact: any inflection, British or American, up to two words put in between."""
    return Fact(fact=phrase, any=[pattern(phrase)])


def list_fact(item: str) -> Fact:
    """An item of a list: its first phrase is enough, as long as it has one."""
    found = candidates(item)
    return Fact(fact=item, any=[pattern(found[0] if found else item)])


def pattern(phrase: str) -> str:
    """A loose regular expression for a phrase; case-insensitive, as ``Fact`` reads it."""
    return r"\W+(?:\w+\W+){0,2}".join(_compound(word) for word in phrase.split())


def _compound(word: str) -> str:
    parts = [part for part in re.split(r"[-–/]", word) if part]
    return r"\b" + r"[\s/-]*".join(_inflected(part) for part in parts)


def _inflected(word: str) -> str:
    # What all its forms begin with; the stem itself may be spelt otherwise (memory, memori).
    kept = stem(word.lower())
    while not word.lower().startswith(kept):
        kept = kept[:-1]
    if len(kept) < 3 or not word.isalpha() or word.isupper():
        return re.escape(word)
    return re.sub("i[sz](?=e?$|at)", "i[sz]", re.escape(kept)) + r"\w*"
