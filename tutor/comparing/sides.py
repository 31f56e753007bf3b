"""The two or three things that a question compares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpus import Topic
from index.lexical import STOPWORDS, content_words, terms
from index.search import Catalogue
from tutor.comparing.naming import Side, Stems, stems
from tutor.mentions import Gazetteer, Mention

# Where a comparison's phrase is cut into its sides.
_JOINT = re.compile(
    r"\b(?:vs|versus|compared? (?:to|with)|as opposed to|instead of|rather than|in contrast to|"
    r"better than|worse than|same as|or|and|from|than|over|against|nor)\b\.?|[,;&?:]|"
    r"\s[-–—/]\s|(?<=\w)/(?=\w)",
    re.I,
)
# Where it is cut if that leaves one: "RLHF with PPO" is one thing, "compare RAG with agents" two.
_WEAK_JOINT = re.compile(r"\b(?:with|to|as)\b|[,?]", re.I)
# Words with which one compares: they name neither side. Parts of a name are left: "cosine
# similarity", "contrastive", "differential", "key-value".
_COMPARING = re.compile(
    r"(?<!-)\b(?:i\.e|e\.g|differ(?:s|ed|ent|ently|ences?)?|compar\w*|contrast(?:s|ed|ing)?|"
    r"distin\w*|similar(?:ly|ities)?|similarity(?= (?:of|between|to)\b)|same|better|worse|best|"
    r"use[ds]?|using|choose|prefer\w*|pick|pros|cons|advantages?|benefits?|drawbacks?|trade-?offs?|"
    r"mix|always|main|key|relate[ds]?|relations?|relationship|changes?|sides?|good|"
    r"(?:in an? )?(?:small )?table|points?|please|^\W*(?:list|show|name|tell)|instead|rather|would|"
    r"need|first|alike|sound|vs|versus|as opposed)\b(?!-)",
    re.I,
)
# What a side is wanted for is no part of its name: "polars for data frames".
_PURPOSE = re.compile(r"(?<=\S)\s+(?:for|when|if|while|because|given|on|in)\b.*$", re.I)
_FOR = re.compile(r"^\W*(?:for|in|on|at|with)\b(?!-)", re.I)
_OF = re.compile(r"^(?P<head>.+?) (?:of|in|for)\b")
# Said between each and the next, all parts are sides.
_VERSUS = re.compile(r"\b(?:vs|versus)\b", re.I)
_MOST = 3
# A side that no name of the curriculum names has so many words at most: more are a clause.
_LONGEST = 4
# Words at the end of a side that may belong to another: "direct or indirect prompt injection".
_TAIL = 2


def find_sides(question: str, names: Gazetteer, catalogue: Catalogue) -> tuple[Side, ...]:
    """The two or three things that a question compares.

    Args:
        question: spelling mended.

    Returns:
        In the order of the question; empty if it does not name two or three.
    """
    topics = {t.key: t for s in (*catalogue.stations, *catalogue.companions) for t in s.topics}
    parts = _parts(question, _JOINT, names)
    if len(parts) == 1:
        parts = _parts(question, _WEAK_JOINT, names)
    known = [_mentions(part, names) for part in parts]
    if len(parts) == 1:  # bare keywords: "difference lora qlora"
        sides = [_named(m.words, m.topics, topics) for m in known[0]]
    else:
        parts, known = _headed(parts, known)
        sides = [
            _side(part, mentions, [p for p in parts if p != part], topics, names)
            for part, mentions in zip(parts, known, strict=True)
            # Beside two names of the curriculum other words are no side: "for facts, RAG or …".
            if mentions
            or (
                (sum(map(bool, known)) < 2 or len(_VERSUS.findall(question)) == len(parts) - 1)
                and len(part.split()) <= _LONGEST
            )
        ]
    different: dict[frozenset[Stems], Side] = {}
    for side in sides:
        different.setdefault(side.keys, side)
    if not 2 <= len(different) <= _MOST:
        return ()
    return tuple(replace(side, others=_others(side, topics)) for side in different.values())


def _parts(question: str, joint: re.Pattern[str], names: Gazetteer) -> list[str]:
    """What stands between the joints, bare of the words that ask and of what it is all for."""
    found = []
    for piece in joint.split(question):
        part = _bare(_COMPARING.sub(" ", piece))
        if not _mentions(part, names):
            part = _bare(_PURPOSE.sub("", part))
            if _FOR.match(_COMPARING.sub(" ", piece)):
                continue
        if content_words(part):
            found.append(part)
    return found


def _bare(part: str) -> str:
    """A part of the question without everyday words at its ends; a letter may close a name."""
    words = part.split()
    plain = [w.strip("'\".!()").lower() for w in words]
    said = [w not in STOPWORDS and len(w) > 1 for w in plain]
    if not any(said):
        return ""
    first, last = said.index(True), len(said) - said[::-1].index(True)
    if last < len(plain) and len(plain[last]) == 1 and plain[last] not in STOPWORDS:  # "top p"
        last += 1
    return " ".join(words[first:last]).strip("'\".!() ")


def _mentions(part: str, names: Gazetteer) -> list[Mention]:
    """Names in a part that end where words end: "zero-shot" does not name ZeRO."""
    found = []
    for mention in names.find(part):
        around = part[max(0, mention.start - 1) : mention.start] + part[mention.end :][:1]
        if mention.topics and "-" not in around:
            found.append(mention)
    return found


def _headed(
    parts: Sequence[str], known: Sequence[list[Mention]]
) -> tuple[list[str], list[list[Mention]]]:
    """The last part cut to its head where the others are no names: "recall of classification"."""
    cut = _OF.match(parts[-1]) if parts else None
    if cut is None or any(known[:-1]) or not known[-1] or known[-1][0].start < cut.end():
        return list(parts), list(known)
    return [*parts[:-1], cut["head"]], [*known[:-1], []]


def _side(
    part: str,
    mentions: Sequence[Mention],
    rest: Sequence[str],
    topics: Mapping[str, Topic],
    names: Gazetteer,
) -> Side:
    """What a part names: the first thing of the curriculum in it, or else its words."""
    if mentions:
        side = _named(mentions[0].words, mentions[0].topics, topics)
        before = stems(part[: mentions[0].end])  # "relational database"
        return replace(side, keys=side.keys | {before})
    alone = frozenset({stems(part)})
    heads = [f"{part} {tail}" for tail in _tails(rest)]  # "data and model parallelism"
    for head in heads:
        whole = next((m for m in _mentions(head, names) if m.words == head), None)
        if whole:
            side = _named(whole.words, whole.topics, topics)
            return replace(side, keys=side.keys | alone)
    if len(part.split()) > 1:
        return Side(part, alone)
    return Side(part, alone | {stems(head) for head in heads})


def _tails(parts: Iterable[str]) -> Iterable[str]:
    """The last words of parts of several words, more of them first."""
    for part in parts:
        words = part.split()
        for count in range(min(_TAIL, len(words) - 1), 0, -1):
            yield " ".join(words[-count:])


def _named(words: str, keys: Sequence[str], topics: Mapping[str, Topic]) -> Side:
    """A side that goes by a name, and by what is short, long or written together for it."""
    known = {stems(words): words}
    for key in keys:
        for name in _names(topics[key]):
            if any(_same(name, other) for other in tuple(known.values())):
                known.setdefault(stems(name), name)
    return Side(words, frozenset(key for key in known if key), tuple(keys))


def _names(topic: Topic) -> Iterable[str]:
    return (*re.split(r"\s*[()]\s*", topic.title), *topic.names)


def _others(side: Side, topics: Mapping[str, Topic]) -> frozenset[Stems]:
    """Names of other topics that hold a name of this side among their words."""
    heads = {key[0] for key in side.keys if key}
    found = set()
    for key, topic in topics.items():
        for name in _names(topic) if key not in side.topics else ():
            if any(head in name.lower() for head in heads):
                longer = stems(name)
                if any(_holds(longer, own) for own in side.keys):
                    found.add(longer)
    return frozenset(found)


def _holds(longer: Stems, own: Stems) -> bool:
    spans = range(len(longer) - len(own) + 1)
    return len(longer) > len(own) > 0 and any(longer[n : n + len(own)] == own for n in spans)


def _same(one: str, other: str) -> bool:
    """Whether two names differ in spelling or small words, or one has the other's initials."""
    short, long = sorted((_squashed(one), _squashed(other)), key=len)
    initials = {"".join(w[0] for w in _WORDS.findall(n.lower())) for n in (one, other)}
    alike = short == long or _content(one) == _content(other)
    return alike or (len(short) > 1 and short.rstrip("s") in initials)


def _content(name: str) -> list[str]:
    return terms(name.replace("-", " "))


def _squashed(name: str) -> str:
    return "".join(_WORDS.findall(name.lower()))


_WORDS = re.compile(r"[a-z0-9]+\+*")
