"""False premises: what a question takes for granted, and a sentence of the curriculum denies.

Six rules, of which each needs proof in the text; where none has it, nothing is corrected, for a
true premise corrected is worse than a false one passed over:

- the premise is what the curriculum calls a misconception;
- the curriculum says the opposite of the same subject ("updates" against "freezes");
- it counts, dates or credits the same thing otherwise;
- it says "no" to it, gives another figure, or says it of what the subject is contrasted with;
- it counts the subject among a class that excludes the one named ("encoder-only" is no
  "decoder-only");
- a station does not build on the one that the question puts before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from index import Chunk, Span
from index.lexical import stem, terms
from index.search import Index
from tutor.evidence import Evidence
from tutor.mentions import Gazetteer, Mention
from tutor.premises.claims import Claim, opposed, opposites, read_claim
from tutor.premises.contrast import exchanged
from tutor.premises.denial import denied
from tutor.premises.figures import COUNT, counted
from tutor.premises.order import not_before
from tutor.premises.origins import credited, dated
from tutor.premises.traits import lacking, opposite, unchanged

# Questions that take something for granted; "Does LoRA …?" and "What is LoRA?" do not.
_PRESUPPOSES = re.compile(
    r"^\W*(?:(?:and|but|so|ok|then|now)\W+)*"
    r"(?:why|how|since|because|given|if|as|when|where|which|who|in what|what (?:makes|team|"
    r"year))\b",
    re.I,
)
_DOUBTS = re.compile(
    r"\b(?:true that|misconceptions?|myth|is it (?:right|correct)|whether)\b", re.I
)
# "How can I …", "How should …": asks for advice.
_ADVICE = re.compile(r"^\W*how (?:can|could|do|should|would) (?:i|we|you|one)\b", re.I)
_WRONG = re.compile(r"\bmisconception is that (?P<claim>.+?); (?=(?P<right>.+))", re.S)
_HEDGE = re.compile(
    r"\b(?:some|sometimes|often|may|might|usually|partly|few|reduc\w+|help\w*|still|can)\b", re.I
)
# With these, 388 questions whose premise holds (262 of dev, 126 of our own) are left alone, all of
# them, and 69 of 114 false premises corrected (9 of 12 of dev). The last 55 of our own, written
# when all was set: 0 of 30 and 13 of 25 (docs/log.md, "False premises").
_SHARE, _SHARE_BACK, _COSINE = 0.8, 0.5, 0.65
# The topics of so many sentences found are read beside those that the question names.
_NEAR = 3


# What people wrongly believe, its words, and the sentence's end that puts it right.
_Wrong = tuple[str, Claim, Evidence]


class Premises:
    """Corrects questions from one index.

    Args:
        names: of the curriculum of that index.
    """

    def __init__(self, index: Index, names: Gazetteer) -> None:
        self._index, self._names = index, names
        self._read: dict[int, list[_Wrong]] = {}

    def correction(self, question: str, evidence: Sequence[Evidence] = ()) -> Evidence | None:
        """The sentence that corrects what a question wrongly takes for granted.

        Args:
            question: as it stands alone, its spelling mended.
            evidence: sentences found for the question; those of the topics that it names are read
                in any case.

        Returns:
            A verbatim sentence, or the end of one ("in fact LoRA freezes the base weights …"), to
            be quoted behind "That is not so:"; None if nothing denies the premise.
        """
        if not _PRESUPPOSES.match(question) or _DOUBTS.search(question) or _ADVICE.match(question):
            return None
        return (
            not_before(question, self._index, self._names)
            or self._misconception(_taken_for_granted(question))
            or next(self._otherwise(question, evidence), None)
        )

    def _misconceptions(self, premise: str) -> Iterator[_Wrong]:
        """What people wrongly believe, in words of the premise, with what puts it right."""
        holding = self._index.bm25.holding
        rows = {int(row) for term in terms(premise) for row in holding(term)}
        rows &= {int(row) for row in holding(stem("misconception"))}
        self._read.update(self._reading(rows - self._read.keys()))
        for row in sorted(rows):
            yield from self._read[row]

    def _reading(self, rows: Collection[int]) -> Iterator[tuple[int, list[_Wrong]]]:
        for row, chunk in self._index.texts.chunks(rows).items():
            spans = chunk.sentences if chunk.kind == "curriculum" else ()
            found = ((span, _WRONG.search(chunk.sentence(span))) for span in spans)
            yield row, [_wrong(match, span, chunk) for span, match in found if match]

    def _misconception(self, premise: str) -> Evidence | None:
        """The right half of a misconception whose wrong half is the premise."""
        asked = read_claim(premise)
        whole = [list(read_claim(m.words).words) for m in self._names.find(premise)]
        whole = [name for name in whole if name]
        likely = [
            (share, text, evidence)
            for text, claim, evidence in self._misconceptions(premise)
            if asked.words and _may_match(text, claim, asked, premise, whole)
            if (share := claim.share_of(asked, self._weights(claim))) >= _SHARE
            if asked.share_of(claim, self._weights(asked)) >= _SHARE_BACK
        ]
        if not likely:
            return None
        vectors = self._index.encoder.encode([premise, *(text for _, text, _ in likely)])
        cosines = [float(vectors[0].vector @ encoded.vector) for encoded in vectors[1:]]
        best = max(range(len(likely)), key=lambda i: cosines[i] + likely[i][0])
        return likely[best][2] if cosines[best] >= _COSINE else None

    def _weights(self, claim: Claim) -> Mapping[str, float]:
        bm25 = self._index.bm25
        return {word: bm25.idf(word) or bm25.rarest() for word in claim.words}

    def _otherwise(self, question: str, evidence: Sequence[Evidence]) -> Iterator[Evidence]:
        """Sentences about what the question names that say it otherwise, best rule first."""
        mentions = [m for m in self._names.find(question) if m.topics]
        found = [e for e in evidence if not _WRONG.search(e.text)]  # those are weighed above
        sentences = [*_of_topics(_topics(question, mentions), self._index), *found]
        yield from counted(question, mentions, sentences)
        if mentions:
            for rule in (dated, credited, lacking, unchanged, exchanged, opposite):
                yield from rule(question, mentions, sentences)
        yield from denied(
            question, mentions, [*self._nearby(question, mentions, found), *sentences]
        )

    def _nearby(
        self, question: str, mentions: Sequence[Mention], found: Sequence[Evidence]
    ) -> list[Evidence]:
        """Sentences of topics close to those named: found for it, or of opposite name."""
        against = [name for m in mentions for name in opposites(m.words.split()[0])]
        keys = [key for name in against for m in self._names.find(name) for key in m.topics[:1]]
        keys += [e.chunk.topic for e in found[:_NEAR] if e.chunk.topic]
        named = _topics(question, mentions)
        more = [key for key in dict.fromkeys(keys) if key not in named]
        right = list(_put_right(named, self._index))
        return [*right, *_of_topics(more, self._index)]


def _taken_for_granted(question: str) -> str:
    """The clause that is no question: "Since FlashAttention approximates, how …?"."""
    clause = _CLAUSE.match(question)
    return clause["premise"] if clause else question


_CLAUSE = re.compile(
    r"^\W*(?:since|because|given that|if|as|when) (?P<premise>[^,]+), "
    r"(?:how|what|which|why|who|where|when|should|can|do|does|is|are)\b",
    re.I,
)


# "KTO needs preference pairs as DPO does", "…, because 11 comes before 12".
_TAIL = re.compile(r" (?:as \w+ (?:does|do)|like \w+|because .*|when asked .*)$", re.S)


def _wrong(found: re.Match[str], span: Span, chunk: Chunk) -> _Wrong:
    claim = _TAIL.sub("", found["claim"])
    right = (span[0] + found.start("right"), span[1])
    return claim, read_claim(claim), Evidence(found["right"], chunk, right, 1.0, 1.0)


def _may_match(
    text: str, claim: Claim, asked: Claim, premise: str, whole: Sequence[list[str]]
) -> bool:
    """Whether a question can take a claim for granted, before their words are weighed."""
    if claim.denied != asked.denied or opposed(claim.words, asked.words):
        return False
    if claim.universal and not asked.universal and _HEDGE.search(premise):
        return False
    if any(set(name[:-1]) & set(claim.words) and name[-1] not in claim.words for name in whole):
        return False  # a "reward model" is no "reward"
    verb = next((w for w in text.split()[1:] if w.endswith("s") and not w.endswith("ss")), None)
    done = read_claim(verb or "").words
    return all(word in asked.words for word in done)


def _topics(question: str, mentions: Sequence[Mention]) -> list[str]:
    """Keys of the topics to read for a question."""
    named = list(dict.fromkeys(key for mention in mentions for key in mention.topics[:2]))
    counted = COUNT.search(question)
    of_the_map = counted and counted["what"].lower() in ("stations", "lines")
    return named or ([_METROMAP] if of_the_map else [])


_METROMAP = "about-the-map/metromap"


def _of_topics(topics: Sequence[str], index: Index) -> list[Evidence]:
    chunks = (chunk for key in topics for chunk in index.texts.topic(key).values())
    return [
        Evidence(text, chunk, span, 1.0)
        for chunk in chunks
        for span in chunk.sentences
        if not _WRONG.search(text := chunk.sentence(span))
    ]


def _put_right(topics: Sequence[str], index: Index) -> Iterator[Evidence]:
    """What the topics say in place of misconceptions."""
    chunks = (chunk for key in topics for chunk in index.texts.topic(key).values())
    for chunk in chunks:
        for span in chunk.sentences:
            if found := _WRONG.search(chunk.sentence(span)):
                right = (span[0] + found.start("right"), span[1])
                yield Evidence(found["right"], chunk, right, 1.0)
