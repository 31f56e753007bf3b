"""Questions about one topic: definition, how, why, list, typo, paraphrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from eval.golden import Fact
from eval.propose.material import Entry, Part
from eval.propose.phrases import Rarity, key_facts, list_fact, pattern
from eval.propose.records import Draft
from eval.propose.typos import Mistyper

_HOW = re.compile(r"^How (?P<who>.+) (?P<verb>works?)$")
_WHY = re.compile(r"^Why (?:and when )?(?P<who>.+) (?P<verb>is|are) (?P<rest>used|needed|useful)$")
_WHY_MATTERS = re.compile(r"^Why (?P<who>.+) matters?$")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNTED = "|".join(_NUMBERS)
_HAS = re.compile(
    rf"^(?P<who>[^:,]+?) (?P<verb>has|have) (?P<count>{_COUNTED}) (?P<what>[^:,]+): "
    r"(?P<items>[^:]+)\.$"
)
_STEPS = re.compile(
    rf"^(?P<who>[^:,]+?) (?P<verb>works?|runs?) in (?P<count>{_COUNTED}) (?P<what>\w+): "
    r"(?P<items>[^:]+)\.$"
)
_BETWEEN = re.compile(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+")
# A wording that is a question or a story of its own does not ask for a name.
_ASKS = re.compile(
    r"^(how|why|what|which|who|where|when|can|could|do|does|did|is|are|should|will|may|am|was|if|"
    r"like|after|not)\b|,|\b(I|my|me|we|our|us)\b",
    re.I,
)
_ITEM_WORDS = 8  # longer items are clauses, and nobody repeats those
_VERBS = {"has": "have", "works": "work", "runs": "run"}
_PARAPHRASES = 3
_NAME_WORDS = 3


def about_topic(entry: Entry, rarity: Rarity, typos: Mistyper, random: Random) -> Iterator[Draft]:
    """All questions that the templates make of a topic; those without facts among them."""
    definition = _definition(entry, rarity)
    yield definition
    for part in entry.parts:
        yield from _heading(entry, part, rarity)
        yield from _lists(entry, part)
    yield from _typo(entry, definition, typos, random)
    yield from _paraphrases(entry, random)


def _draft(
    entry: Entry, kind: str, question: str, facts: tuple[Fact, ...], reference: str, why: str
) -> Draft:
    number = entry.station.number
    return Draft(kind, question, number, (entry.key,), facts, reference, why)


def _definition(entry: Entry, rarity: Rarity) -> Draft:
    question = f"What {entry.verb} {entry.subject}?"
    facts = key_facts(entry.predicate, rarity, 2, (question, entry.topic.title))
    why = "from the topic's defining sentence; facts: its rarest phrases"
    return _draft(entry, "definition", question, facts, entry.opening, why)


def _heading(entry: Entry, part: Part, rarity: Rarity) -> Iterator[Draft]:
    asked = _asked(part.heading)
    if asked:
        kind, question = asked
        facts = key_facts(part.sentences[0], rarity, 2, (question, entry.topic.title))
        why = f"from the heading “{part.heading}”; facts: rarest phrases of its first sentence"
        yield _draft(entry, kind, question, facts, " ".join(part.sentences[:2]), why)


def _asked(heading: str) -> tuple[str, str] | None:
    """Kind and question that a heading answers."""
    if how := _HOW.match(heading):
        does = "does" if how["verb"] == "works" else "do"
        return "how", f"How {does} {how['who']} work?"
    if why := _WHY.match(heading):
        return "why", f"Why {why['verb']} {why['who']} {why['rest']}?"
    if matters := _WHY_MATTERS.match(heading):
        does = "does" if heading.endswith("s") else "do"
        return "why", f"Why {does} {matters['who']} matter?"
    return None


def _lists(entry: Entry, part: Part) -> Iterator[Draft]:
    for sentence in part.sentences:
        match = _HAS.match(sentence) or _STEPS.match(sentence)
        if match:
            items = _BETWEEN.split(match["items"])
            facts = tuple(list_fact(item) for item in items)
            why = "from a sentence that says how many it lists; facts: its items"
            # Fewer or more than announced: an "and" within an item was taken for its end.
            if len(items) == _NUMBERS[match["count"]] and _short(items):
                yield _draft(entry, "list", _list_question(entry, match), facts, sentence, why)


def _short(items: list[str]) -> bool:
    return all(len(item.split()) <= _ITEM_WORDS for item in items)


def _list_question(entry: Entry, match: re.Match[str]) -> str:
    verb = match["verb"]
    does = "does" if verb in _VERBS else "do"
    opening = "In which" if match.re is _STEPS else "Which"
    who = entry.inside(match["who"])
    return f"{opening} {match['count']} {match['what']} {does} {who} {_VERBS.get(verb, verb)}?"


def _typo(entry: Entry, meant: Draft, typos: Mistyper, random: Random) -> Iterator[Draft]:
    wrong = typos.mistype(entry.subject, entry.key, random)
    if wrong:
        question = f"what {entry.verb} {wrong}"
        why = f"“{meant.question}” with neighbouring keys hit; still nearest to its own topic"
        yield _draft(entry, "typo", question, meant.facts, meant.reference, why)


def _paraphrases(entry: Entry, random: Random) -> Iterator[Draft]:
    if len(entry.topic.title.split()) > _NAME_WORDS or " and " in entry.topic.title:
        return  # a heading over several things is the name of none
    wordings = [w for w in entry.topic.asked_as if not _ASKS.search(w) and w.isascii()]
    name = Fact(fact=f"it is called {entry.topic.title}", any=_name_patterns(entry))
    why = (
        "from asked_as: the index holds this wording, so reword it before it is accepted; "
        "fact: the topic's name"
    )
    for wording in random.sample(wordings, min(_PARAPHRASES, len(wordings))):
        question = f"{wording[0].upper()}{wording[1:].rstrip('.!')}: what is that called?"
        yield _draft(entry, "paraphrase", question, (name,), entry.opening, why)


def _name_patterns(entry: Entry) -> list[str]:
    subject = re.sub("^(an?|the) ", "", entry.subject)
    return list(dict.fromkeys(pattern(name) for name in (entry.topic.title, subject)))
