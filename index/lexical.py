"""Words: how text becomes terms, BM25 over them, and spelling mended against the corpus."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:[.+#'’][^\W_]+)*\+*#?")
_LETTERS = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"(?<![\w.])[^\W_]+(?:-[^\W_]+)+(?!\.?\w)")
_WORDS = "words.txt"
IsCommon = Callable[[str], bool]
# Words of a question that say nothing about its subject. Function words of English, and the words
# with which one asks.
STOPWORDS = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "aren't",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "can't",
        "cannot",
        "could",
        "couldn't",
        "did",
        "didn't",
        "do",
        "does",
        "doesn't",
        "doing",
        "don't",
        "down",
        "during",
        "each",
        "few",
        "for",
        "from",
        "further",
        "had",
        "has",
        "hasn't",
        "have",
        "haven't",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "him",
        "his",
        "how",
        "however",
        "i",
        "i'm",
        "if",
        "in",
        "into",
        "is",
        "isn't",
        "it",
        "it's",
        "its",
        "itself",
        "just",
        "let",
        "let's",
        "me",
        "more",
        "most",
        "much",
        "my",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "please",
        "same",
        "shall",
        "she",
        "should",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "that's",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "very",
        "was",
        "we",
        "were",
        "what",
        "what's",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "explain",
        "describe",
        "define",
        "definition",
        "mean",
        "means",
        "meaning",
        "give",
        "want",
        "know",
        "understand",
        "really",
        "exactly",
        "actually",
        "simply",
        "basically",
        "example",
        "examples",
        "thing",
        "things",
        "stuff",
        "kind",
        "way",
        "does",
        "doing",
        "get",
        "got",
        "one",
        "two",
    ]
)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def words(text: str) -> list[str]:
    """Lower-case words in order; "fine-tuning" gives fine, tuning and finetuning."""
    lowered = text.lower().replace("’", "'")
    found = _WORD.findall(lowered)
    return found + [match.replace("-", "") for match in _JOINED.findall(lowered)]


def content_words(text: str) -> list[str]:
    """Words that say something about the subject, in order, each once."""
    return list(dict.fromkeys(word for word in words(text) if word not in STOPWORDS))


def terms(text: str) -> list[str]:
    """Stems of the content words, as BM25 indexes them (repetitions kept)."""
    return list(_stemmer().stemWords([word for word in words(text) if word not in STOPWORDS]))


def stem(word: str) -> str:
    """The stem of one word."""
    return str(_stemmer().stemWord(word))


class Bm25:
    """BM25 over the chunks (Lucene's variant, k1 1.5, b 0.75; Robertson and Zaragoza 2009).

    The engine is bm25s; row i of it is row i of the index.
    """

    def __init__(self, folder: Path) -> None:
        """Open what ``build`` saved."""
        import bm25s

        self._engine: Any = bm25s.BM25.load(str(folder), show_progress=False)
        self._rows = int(self._engine.scores["num_docs"])
        words_ = (folder / _WORDS).read_text(encoding="utf-8")
        # All words of the chunks, unstemmed.
        self.vocabulary = frozenset(words_.split("\n"))

    @staticmethod
    def build(texts: Iterable[str], folder: Path) -> None:
        """Index texts in the order of their rows and save under ``folder``."""
        texts = list(texts)
        vocabulary = {word for text in texts for word in words(text)}
        Bm25.build_terms([terms(text) for text in texts], vocabulary, folder)

    @staticmethod
    def build_terms(rows: Sequence[list[str]], vocabulary: Iterable[str], folder: Path) -> None:
        """Index the terms of each row and save under ``folder``."""
        import bm25s

        engine = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        engine.index(list(rows), show_progress=False)
        engine.save(str(folder), show_progress=False)
        (folder / _WORDS).write_text("\n".join(sorted(vocabulary)), encoding="utf-8")

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every row, shape (rows,)."""
        known = [term for term in terms(query) if self.idf(term) > 0]
        if not known:
            return np.zeros(self._rows, dtype=np.float32)
        return np.asarray(self._engine.get_scores(known), dtype=np.float32)

    def idf(self, term: str) -> float:
        """How informative a stem is: ln(1 + rows / rows holding it); 0 if none does."""
        column = self._engine.vocab_dict.get(term)
        if column is None or not term:
            return 0.0
        indptr = self._engine.scores["indptr"]
        holding = int(indptr[column + 1] - indptr[column])
        return math.log(1 + self._rows / holding) if holding else 0.0

    def holding(self, term: str) -> NDArray[np.int64]:
        """Rows that hold a stem."""
        column = self._engine.vocab_dict.get(term)
        if column is None or not term:
            return np.zeros(0, dtype=np.int64)
        indptr = self._engine.scores["indptr"]
        rows = self._engine.scores["indices"][indptr[column] : indptr[column + 1]]
        return np.asarray(rows, dtype=np.int64)

    def rarest(self) -> float:
        """The idf of a stem that a single row holds: the weight of a word that none does."""
        return math.log(1 + self._rows)


def mend_spelling(
    query: str,
    vocabulary: frozenset[str],
    is_common: IsCommon,
    rows_holding: Callable[[str], int] = lambda word: 0,
) -> str:
    """Replace misspelt words by their nearest word of the corpus, or the nearest function word.

    A word is taken for misspelt if the corpus does not hold it and it is no common English word,
    and only a near miss is replaced (Damerau–Levenshtein distance 1, or 2 from eight letters on):
    an unknown name (written with capitals) stays, because it is what shows that a question leaves
    the corpus.

    Args:
        rows_holding: in how many chunks a word stands; of words as near the frequent one is meant.
    """

    def mended(match: re.Match[str]) -> str:
        word = match.group().lower()
        named = not match.group()[1:].islower() or (match.start() and match.group()[0].isupper())
        if len(word) < 4 or named or not word.isascii():
            return match.group()
        if word in vocabulary or word in STOPWORDS or is_common(word):
            return match.group()
        if word.endswith("s") and is_common(word[:-1]):
            return match.group()
        return _nearest_word(word, vocabulary, rows_holding) or match.group()

    return _LETTERS.sub(mended, query)


def _nearest_word(
    word: str, vocabulary: frozenset[str], rows_holding: Callable[[str], int]
) -> str | None:
    """The word at the least distance; of equals one with the same initial, then of the same letters
    (two are swapped), then the one that the corpus has most often.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    near = process.extract(
        word,
        _long_words(vocabulary),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=1 if len(word) < _LONG else 2,
        limit=None,
    )
    ranked = (
        (distance, found[0] != word[0], sorted(found) != sorted(word), -rows_holding(found), found)
        for found, distance, _ in near
    )
    return min(ranked, default=(0, False, False, 0, None))[-1]


@lru_cache(maxsize=2)
def _long_words(vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The words that a misspelt one may stand for: four letters and more."""
    return tuple(word for word in vocabulary | STOPWORDS if len(word) > 3)


# Letters from which on a word may have two mistakes.
_LONG = 8
