"""The things that a comparison compares, and where a text names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus import Topic
from index.lexical import STOPWORDS, content_words, stem
from index.search import Catalogue
from tutor.mentions import Gazetteer, Mention

Stems = tuple[str, ...]
# Where a comparison's phrase is cut into its sides.
_JOINT = re.compile(
    r"\b(?:vs|versus|compared? (?:to|with)|as opposed to|instead of|rather than|in contrast to|"
    r"better than|worse than|same as|or|and|from|than|over|against|nor)\b\.?|[,;&?:]|"
    r"\s[-–—/]\s|(?<=\w)/(?=\w)",
    re.I,
)
# Where it is cut if that leaves one: "RLHF with PPO" is one thing, "compare RAG with agents" two.
_WEAK_JOINT = re.compile(r"\b(?:with|to|as)\b|[,?]", re.I)
# Words with which one compares: they name neither side.
_COMPARING = re.compile(
    r"\b(?:i\.e|e\.g|differen\w*|differs?|compar\w*|contrast\w*|distin\w*|similar\w*|same|better|worse|best|"
    r"use[ds]?|using|choose|prefer\w*|pick|pros|cons|advantages?|benefits?|drawbacks?|trade-?offs?|"
    r"mix|always|main|key|relate[ds]?|relations?|relationship|differently|changes?|sides?|good|table|points?|"
    r"please|list|show|tell|instead|rather|would|need|first|alike|sound|vs|versus|as opposed)\b",
    re.I,
)
_WORD = re.compile(r"[a-z0-9]+\+*")
_MOST = 3
# A side that no name of the curriculum names has so many words at most: more are a clause.
_LONGEST = 4
# Letters that a word keeps when it is cut short.
_CUT_SHORT = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared.

    Attributes:
        name: as the question has it.
        keys: stemmed word sequences by which a sentence names it.
        topics: keys of the topics that go by its name, or speak of it.
    """

    name: str
    keys: frozenset[Stems] = field(default_factory=frozenset)
    topics: tuple[str, ...] = ()


def find_sides(question: str, names: Gazetteer, catalogue: Catalogue) -> tuple[Side, ...]:
    """The two or three things that a question compares.

    Args:
        question: spelling mended.

    Returns:
        In the order of the question; empty if it does not name two or three.
    """
    topics = {t.key: t for s in (*catalogue.stations, *catalogue.companions) for t in s.topics}
    parts = _parts(question, _JOINT)
    if len(parts) == 1:
        parts = _parts(question, _WEAK_JOINT)
    known = [_mentions(part, names) for part in parts]
    if len(parts) == 1:  # bare keywords: "difference lora qlora"
        sides = [_named(m.words, m.topics, topics) for m in known[0]]
    else:
        sides = [
            _side(part, mentions, parts[-1], topics, names)
            for part, mentions in zip(parts, known, strict=True)
            # Beside two names of the curriculum other words are no side: "for facts, RAG or …".
            if mentions or (sum(map(bool, known)) < 2 and len(part.split()) <= _LONGEST)
        ]
    different: dict[frozenset[Stems], Side] = {}
    for side in sides:
        different.setdefault(side.keys, side)
    return tuple(different.values()) if 2 <= len(different) <= _MOST else ()


def _parts(question: str, joint: re.Pattern[str]) -> list[str]:
    return [part for part in map(_bare, joint.split(question)) if content_words(part)]


def _bare(part: str) -> str:
    """A part of the question without the words that ask and compare."""
    words = _COMPARING.sub(" ", part).split()
    said = [w.strip("'\".!()").lower() not in STOPWORDS and len(w) > 1 for w in words]
    if not any(said):
        return ""
    first, last = said.index(True), len(said) - said[::-1].index(True)
    return " ".join(words[first:last]).strip("'\".!() ")


def _mentions(part: str, names: Gazetteer) -> list[Mention]:
    """Names in a part that end where words end: "zero-shot" does not name ZeRO."""
    found = []
    for mention in names.find(part):
        around = part[max(0, mention.start - 1) : mention.start] + part[mention.end :][:1]
        if mention.topics and "-" not in around:
            found.append(mention)
    return found


def _side(
    part: str,
    mentions: Sequence[Mention],
    last: str,
    topics: Mapping[str, Topic],
    names: Gazetteer,
) -> Side:
    """What a part names: the first thing of the curriculum in it, or else its words."""
    if mentions:
        side = _named(mentions[0].words, mentions[0].topics, topics)
        before = _stems(part[: mentions[0].end])  # "relational database"
        return replace(side, keys=side.keys | {before})
    head = f"{part} {last.rsplit(maxsplit=1)[-1]}"  # "data and model parallelism"
    whole = next((m for m in _mentions(head, names) if m.words == head), None)
    if part != last and whole:
        return _named(whole.words, whole.topics, topics)
    return Side(part, frozenset({_stems(part)}))


def _named(words: str, keys: Sequence[str], topics: Mapping[str, Topic]) -> Side:
    """A side that goes by a name, and by what is short, long or written together for it."""
    known = {_stems(words): words}
    for key in keys:
        for name in (*re.split(r"\s*[()]\s*", topics[key].title), *topics[key].names):
            if any(_same(name, other) for other in tuple(known.values())):
                known.setdefault(_stems(name), name)
    return Side(words, frozenset(key for key in known if key), tuple(keys))


def _same(one: str, other: str) -> bool:
    """Whether two names differ in spelling, or one is made of the initials of the other."""
    short, long = sorted((_squashed(one), _squashed(other)), key=len)
    initials = {"".join(w[0] for w in _WORD.findall(n.lower())) for n in (one, other)}
    return short == long or (len(short) > 1 and short.rstrip("s") in initials)


def _squashed(name: str) -> str:
    return "".join(_WORD.findall(name.lower()))


def _stems(text: str) -> Stems:
    return tuple(_stem(word) for word in _WORD.findall(text.lower()))


def _stem(word: str) -> str:
    """The stem; abbreviations lose their plural too: "RNNs", "LLMs"."""
    found = stem(word)
    return found[:-1] if re.fullmatch(r"[^aeiouy]{2,}s", found) else found


def names_in(text: str, sides: Sequence[Side]) -> list[tuple[int, int, int]]:
    """Where a text names sides: (position in ``sides``, start, end), in order.

    Longer names go first: "attention-aware quantization" does not name quantization.
    """
    words = [(m.start(), m.end(), _stem(m.group())) for m in _WORD.finditer(text.lower())]
    keys = sorted(_keys(sides), key=lambda pair: -len(pair[0]))
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(words):
        size = 1
        for key, position in keys:
            if _begin_with([word for _, _, word in words[at : at + len(key)]], key):
                size = len(key)
                found.append((position, words[at][0], words[at + size - 1][1]))
                break
        at += size
    return found


def _begin_with(words: Sequence[str], key: Stems) -> bool:
    """Whether words are a key's, the last one perhaps cut short: "layer norm" (normalization)."""
    whole = len(key) == 1 or len(key[-1]) < _CUT_SHORT
    last = (words[-1:] == [key[-1]]) if whole else words[-1].startswith(key[-1])
    return len(words) == len(key) and tuple(words[:-1]) == key[:-1] and last


def _keys(sides: Sequence[Side]) -> Iterable[tuple[Stems, int]]:
    return ((key, position) for position, side in enumerate(sides) for key in side.keys if key)


def without_names(text: str, sides: Sequence[Side]) -> str:
    """The text with "…" in place of the sides' names: "How … works"."""
    kept, last = [], 0
    for _, start, end in names_in(text, sides):
        kept += [text[last:start], "…"]
        last = end
    return "".join([*kept, text[last:]])
