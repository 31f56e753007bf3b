"""Questions that could mean anything, answered with a short question back.

Only where nothing better can be done: a bare topic ("LoRA") is answered, a follow-up that the
conversation completes is answered, and a question with any word of its own is left to the search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.asking.condense import stand_alone
from tutor.asking.intent import read_intent
from tutor.asking.vague import THE_NOUN, says_nothing
from tutor.mentions import Gazetteer
from tutor.records import Turn

_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|this|that|these|those|(?:the )?other(?: ones?)?|one)\b(?!\W+is\b)",
    re.I,
)
_NOUN = re.compile(
    r"\b(differences?|limits?|limitations?|advantages?|disadvantages?|drawbacks?|benefits?|"
    r"alternatives?|examples?|pros and cons|steps|options|costs?)\b",
    re.I,
)
_GREETING = re.compile(r"^\W*(hello|hi|hey|good (morning|evening|day)|thanks?( you)?)\W*$", re.I)
# What may stand around a bare name: "what is memory?", "explain bias".
_AROUND = re.compile(
    r"^\W*(?:(?:what(?:'s| is| are)|explain|define|tell me about|describe|the|an?|please)\s+)*"
    r"(?P<name>.+?)\W*$",
    re.I,
)
_EXAMPLE = "How does LoRA work?"


def ask_back(question: str, names: Gazetteer, history: Sequence[Turn]) -> str | None:
    """A question back, where a question cannot be understood.

    Args:
        question: as the learner typed it.
        history: earlier turns, oldest first.

    Returns:
        One or two sentences; None if the question can be answered as it is.
    """
    if stand_alone(question, history, names) != question:
        return None
    if senses := _senses(question):
        return _which(senses, names)
    return _half(question, names) or _nameless(question, names)


def _nameless(question: str, names: Gazetteer) -> str | None:
    """What to ask of a question that names nothing."""
    if names.find(question):
        return None
    if noun := _bare_noun(question):
        return f"Which {noun} do you mean? Please name it, for example: {_EXAMPLE}"
    if not says_nothing(question):
        return None
    if read_intent(question) in ("path", "lookup") and len(question.split()) > 1:
        return None
    return _what(question)


def _bare_noun(question: str) -> str | None:
    """What "the model" leaves open, where nothing else is said of it."""
    noun = THE_NOUN.search(question)
    if noun is None or not says_nothing(question[: noun.start()] + question[noun.end() :]):
        return None
    return noun["noun"].lower()


def _what(question: str) -> str:
    if _GREETING.match(question):
        return f"What would you like to know about generative AI? For example: {_EXAMPLE}"
    if pronoun := _PRONOUN.search(question):
        return (
            f'What do you mean by "{pronoun[0].lower()}"? Please name the topic, for example: '
            f"{_EXAMPLE}"
        )
    if noun := _NOUN.search(question):
        return _of_what(noun[0].lower())
    return f"What would you like to know more about? Please name a topic, for example: {_EXAMPLE}"


def _of_what(noun: str) -> str:
    if noun.startswith("difference"):
        return (
            "The difference between what? Please name both, for example: What is the difference "
            "between LoRA and QLoRA?"
        )
    if noun.startswith("example"):
        return "An example of what? Please name the topic, for example: Give an example of BPE."
    return f"The {noun} of what? Please name the topic, for example: What are the limits of RAG?"


def _half(question: str, names: Gazetteer) -> str | None:
    """The one side of a comparison that breaks off: "alignment vs"."""
    half = _BREAKS_OFF.match(question)
    if half is None or len(names.find(half["side"])) != 1:
        return None
    return f"With what should {half['side'].strip()} be compared? Please name both."


_BREAKS_OFF = re.compile(
    r"^\W*(?:compare )?(?P<side>.+?) (?:vs\.?|versus|compared (?:to|with)|or|and)\W*$", re.I
)
# Names that mean several things, by what a learner may mean, with the topic that tells of it. Other
# names that several topics share mean the same in each, and are answered from all of them:
# "AdamW", "weight decay", "temperature".
_SENSES: dict[str, tuple[tuple[str, str], ...]] = {
    "memory": (
        ("the memory of a conversation", "rag/memory"),
        ("the memory that the key-value cache takes", "inference-optimization/kv-cache"),
        ("the memory that training takes", "supervised-fine-tuning/deep-learning-optimization"),
    ),
    "ann": (
        ("approximate nearest neighbour search", "vector-store/ann-search"),
        ("artificial neural networks", "neural-nets-and-llms/neural-network-fundamentals"),
    ),
}


_WHAT_IS = re.compile(r"^\W*what\b", re.I)


def _senses(question: str) -> tuple[tuple[str, str], ...]:
    """What a bare name may mean, where that is several things."""
    bare = _AROUND.match(question)
    name = bare["name"].lower() if bare else ""
    senses = _SENSES.get(name, ())
    # "What is memory?" asks for the topic of that very title.
    titled = any(topic.endswith(f"/{name}") for _, topic in senses)
    return () if titled and _WHAT_IS.match(question) else senses


def _which(senses: Sequence[tuple[str, str]], names: Gazetteer) -> str:
    told = [f"{sense} (station {names.number(topic)})" for sense, topic in senses]
    return f"Which do you mean: {', '.join(told[:-1])} or {told[-1]}?"
