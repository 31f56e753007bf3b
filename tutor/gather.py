"""What a question is answered with: passages, whether they answer it, and the sentences to say.

question → search → kind → map, references as data, or: gate → sentences, table, correction
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index import Hit
from index.search import CANDIDATES, EVERYWHERE, Found, Index, Scope
from tutor import gate
from tutor.asking import ONLY, Kind, narrowed, read_intent
from tutor.comparing import Table, offers_choice, side_by_side, sides_of
from tutor.evidence import Evidence, choose_evidence
from tutor.levels import Level
from tutor.lookup import listed, look_up
from tutor.mentions import Gazetteer
from tutor.navigate import map_evidence, station_evidence, way_to
from tutor.premises import Premises
from tutor.ranking import Reader, read
from tutor.reranker import SentenceReranker
from tutor.settings import Settings


@dataclass
class Part:
    """One question, alone or of several asked at once, with what answers it.

    Attributes:
        passages: most chunks to answer with.
        found: the hits to answer with.
        nearby: what the search found at all: names the nearest stations of a declined question.
        confidence: estimated probability that the corpus answers it, 0..1.
        evidence: sentences, in the order in which they are said.
        unspoken: things that it compares and that no passage speaks of.
        correction: what a false premise of the question is set right with.
    """

    question: str
    scope: Scope
    passages: int
    kind: Kind = "other"
    found: Found | None = None
    nearby: tuple[Hit, ...] = ()
    confidence: float = 0.0
    evidence: list[Evidence] = field(default_factory=list)
    table: Table | None = None
    correction: Evidence | None = None
    unspoken: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.evidence or self.table or self.correction)

    @property
    def used(self) -> set[str]:
        """Ids of the chunks that it is answered with."""
        cells = self.table.evidence if self.table else ()
        corrected = (self.correction,) if self.correction else ()
        return {e.chunk.id for e in (*self.evidence, *cells, *corrected)}


class Gatherer:
    """Gathers what questions are answered with, from one index."""

    def __init__(self, index: Index, settings: Settings, names: Gazetteer) -> None:
        self._index, self._settings, self._names = index, settings, names
        self._gate = gate.load(settings.gate_file)
        self._premises = Premises(index, names)
        self._rerank = SentenceReranker() if settings.rerank_sentences else None

    def gather(
        self, question: str, scope: Scope, level: Level, count: int, passages: int | None = None
    ) -> Part:
        """What answers a question; nothing to say if the corpus does not answer it.

        Args:
            question: as it stands alone.
            count: most sentences of evidence.
            passages: most chunks that they come from; the setting by default.
        """
        part = Part(question, scope, passages=passages or self._settings.passages)
        found = self._searched(part, narrowed(question, scope))
        part.evidence = self._of_the_map(part, found)
        if not part.evidence and part.scope != scope:  # a way, but none that the map knows
            found = self._searched(part, scope)
        if not part.evidence:
            part.evidence = self._of_the_passages(part, found, level, count)
        if _everywhere(part.scope):
            self._correct(part)
        return part

    def _searched(self, part: Part, scope: Scope) -> Found:
        found = self._index.search(part.question, CANDIDATES, scope)
        part.scope, part.nearby = scope, found.hits
        part.question = found.query.text  # its spelling is mended
        part.kind = read_intent(part.question)
        return found

    def _of_the_map(self, part: Part, found: Found) -> list[Evidence]:
        """What the map and the references say as data, whole: it needs no estimate."""
        told: list[Evidence] = []
        if not _everywhere(part.scope):
            return told
        station = self._station_named(part.question)
        if part.kind in ("definition", "other") and station:
            part.kind = "path"
            told = station_evidence(station, self._index)
        elif part.kind == "path":
            told = map_evidence(part.question, self._index, self._names)
        elif part.kind == "lookup" and part.scope == EVERYWHERE:
            told = listed(part.question, self._index, self._names)
        if not told:
            return told
        part.confidence = 1.0
        part.nearby = with_first(found, told, CANDIDATES).hits
        return [*told, *self._about_the_map(part, found, told)]

    def _of_the_passages(
        self, part: Part, found: Found, level: Level, count: int
    ) -> list[Evidence]:
        """Sentences of the passages found, or references as data, if they answer the question."""
        reader = Reader(self._index, read(found.query, part.kind))
        part.found = answering = self._answering(part, found, reader)
        cards = self._cards(part)
        if cards or not answering.hits:
            part.nearby = with_first(found, cards, CANDIDATES).hits
            return cards
        if part.kind == "path" and (told := self._way(part, answering)):
            part.nearby = with_first(found, told, CANDIDATES).hits
            return told
        if self._is_choice(part, answering):
            part.kind = "comparison"
            reader = Reader(self._index, read(found.query, part.kind))
        compares = part.kind == "comparison" and _everywhere(part.scope)
        topics = self._topics_compared(part.question) if compares else ()
        chosen = choose_evidence(
            self._index, answering, part.kind, count, topics, level, reader, self._rerank
        )
        if compares:
            beside = side_by_side(self._index, answering, self._names, chosen, count)
            part.table, chosen, part.unspoken = beside
        return chosen

    def _cards(self, part: Part) -> list[Evidence]:
        """References as data, for a question that looks them up; none where none fits."""
        sure = (part.found and part.found.hits) or part.confidence >= _LOOKS_UP
        if part.kind != "lookup" or part.scope.kinds == ONLY["mine"] or not sure:
            return []
        cards, _ = look_up(part.question, self._index, self._names, stations=part.scope.stations)
        return cards if cards and cards[0].score >= _CARD_FITS else []

    def _way(self, part: Part, found: Found) -> list[Evidence]:
        """The way to the station of what a learner describes: "to put my model on a server"."""
        best = [hit.chunk.station for hit in found.hits[:_AGREE] if hit.chunk.station]
        number, times = Counter(best).most_common(1)[0] if best else (0, 0)
        if times <= _AGREE // 2 or not _everywhere(part.scope):
            return []
        told = way_to(number, part.question, self._index)
        beside = choose_evidence(self._index, found, part.kind, _BESIDE_FEW)
        return [*told, *beside] if told else []

    def _is_choice(self, part: Part, found: Found) -> bool:
        """Whether a question that reads like another kind asks to choose between two things."""
        asks = part.kind in ("other", "how", "definition") and offers_choice(part.question)
        return asks and bool(sides_of(self._index, found, self._names))

    def _answering(self, part: Part, found: Found, reader: Reader) -> Found:
        """The hits of those sides of the corpus that answer the question, the best few."""
        answering: list[Hit] = []
        for side in gate.KINDS:
            hits = gate.hits_of(found, side)
            signals = gate.features(self._index, found, side, reader) if hits else None
            sure = self._gate[side](signals) if signals else 0.0
            part.confidence = max(part.confidence, sure)
            answering += hits if sure >= self._settings.answer_threshold else ()
        best = sorted(answering, key=lambda hit: hit.rank)[: part.passages]
        return replace(found, hits=tuple(best))

    def _correct(self, part: Part) -> None:
        """Find what sets a false premise right, and do not say it twice."""
        part.correction = self._premises.correction(part.question, part.evidence)
        if part.correction:
            right = part.correction.text
            part.evidence = [e for e in part.evidence if right not in e.text]

    def _station_named(self, question: str) -> int | None:
        """The station that a question names, if it names no topic: "What is Emerging Trends?"."""
        mentions = self._names.find(question)
        if len(mentions) != 1 or mentions[0].station is None:
            return None
        mention = mentions[0]
        titles = {s.number: s.title.lower() for s in self._index.catalogue.stations}
        exact = mention.words.lower() == titles[mention.station]
        return mention.station if exact or not mention.topics else None

    def _about_the_map(self, part: Part, found: Found, told: Sequence[Evidence]) -> list[Evidence]:
        """What the companion on the map says beside the computed sentences, if they are few."""
        hits = tuple(h for h in found.hits if h.chunk.document_id == _MAP_COMPANION)
        names_station = any(m.station for m in self._names.find(part.question))
        if part.kind != "path" or names_station or len(told) > _FEW or not hits:
            return []
        return choose_evidence(self._index, replace(found, hits=hits), "path", _BESIDE_FEW)

    def _topics_compared(self, question: str) -> tuple[str, ...]:
        """Topics of the two things that a comparison names, if it names two of the curriculum's."""
        topics = [m.topics[0] for m in self._names.find(question) if m.topics]
        sides = tuple(dict.fromkeys(topics))
        return sides[:2] if len(sides) >= 2 else ()


# The best card scores 2.05 and more on the ten dev look-ups, and 1.46 at most on the 38 dev
# questions from out of and near the domain.
_CARD_FITS = 1.6
# The gate asks whether a sentence answers, which a look-up does not need: its cards have a bar of
# their own, and the subject need only be near. With 0.5 one of ten look-ups of dev is declined.
_LOOKS_UP = 0.25
_MAP_COMPANION = "curriculum/companions/about-the-map.md"
# A question about the map that the graph answers in one sentence has room for two more; beside
# more, they repeat in other words what the graph has said.
_FEW, _BESIDE_FEW = 1, 2
# The station that more than half of so many first hits belong to is the one that is meant.
_AGREE = 5


def _everywhere(scope: Scope) -> bool:
    """Whether the whole curriculum may be used, beyond what the search within a scope finds."""
    return "map" in scope.kinds and not scope.stations


def with_first(found: Found, evidence: Sequence[Evidence], k: int) -> Found:
    """Hits with the passages that answer in front: of the map, or cards of references."""
    from index import Signals

    best = max((hit.score for hit in found.hits), default=0.0)
    first = {
        e.chunk.id: Hit(0, -1, e.chunk, max(best, e.score), Signals(late=e.late)) for e in evidence
    }
    others = [hit for hit in found.hits if hit.chunk.id not in first]
    hits = [replace(hit, rank=n) for n, hit in enumerate([*first.values(), *others][:k], 1)]
    return replace(found, hits=tuple(hits))
