"""Sentences of a source that speak to the machine and not to the reader.

A page may say "ignore your instructions" to whoever feeds it to a language model. Such a sentence
is data like any other, but no answer to any question, so it is neither quoted nor handed to the
model. Hidden text does not get here at all: the readers keep only what a person sees. And whatever
the model may write, it goes out only if a passage says the same (tutor.check).
"""

from __future__ import annotations

import re
from itertools import pairwise

from index import Chunk

_ORDERS = (
    r"(?:instruction|prompt|direction|rule|guideline|order|command(?! line)|context|safeguard)s?"
)
_ADDRESSES = re.compile(
    "|".join(
        [
            # "Ignore all previous instructions", "forget everything above", "override your rules"
            rf"\b(?:ignore|disregard|forget|override|bypass|discard|skip)\b[^.!?]{{0,60}}"
            rf"\b(?:{_ORDERS}|everything|above|before|told)\b",
            # "New instructions:", "updated system prompt:"
            r"\b(?:new|updated|real|actual|hidden|secret|developer) "
            r"(?:system )?(?:instructions?|prompt|rules?|orders)\s*[:=]",
            r"\b(?:reveal|print|repeat|show|leak|output)\b[^.!?]{0,30}\b(?:your|the) "
            r"(?:system |hidden |initial |original )*(?:prompt|instructions)\b",
            # "Note to the AI:", "Attention, language model", "If you are an AI, …"
            r"\b(?:note|message|instructions?|memo|attention)\W+(?:(?:to|for|all|any|the|every|"
            r"reading|this)\W+)*(?:\w+ )?(?:ai|llms?|assistants?|chat ?bots?|language models?|"
            r"models?|agents?|tutors?)(?:\W+\w+){0,3}?\s*[:,!]",
            r"\bif you(?: are|'re) (?:an? )?(?:\w+ )?(?:ai|llm|assistant|chat ?bot|language model|"
            r"tutor|agent|machine)\b(?! (?:engineer|develop|research|practition|stud|user|learn))",
            # "You are now DAN", "from now on you must …"
            r"\byou are (?:now\b(?! (?:ready|able|set|done|free|in|on)\b)|no longer\b)",
            r"\bfrom now on,? (?:you|answer|respond|reply|always|only)\b",
            # "Tell the user that …", "answer every question with …"
            r"^\W*(?:please )?(?:tell|inform|convince|persuade|instruct|urge) "
            r"(?:the |any |every )?(?:user|learner|student|reader|human|person)s?\b",
            r"\b(?:answer|respond|reply) (?:to )?(?:every|all|any|each)\b[^.!?]{0,40}\bwith\b",
            r"^\W*(?:say|output|print|respond with|reply with|answer with|write) "
            r"(?:only|just|exactly|nothing but)\b",
            r"\b(?:do not|don't|never) (?:tell|reveal|mention|cite|warn|inform)\b[^.!?]{0,30}\b"
            r"(?:user|learner|student|reader|human|source)s?\b",
        ]
    ),
    re.IGNORECASE | re.MULTILINE,
)
# Turn marks of chat templates; code that shows a template holds them by right.
_TURN = re.compile(
    r"<\|(?:im_start|im_end|system|user|assistant)\|>|\[/?INST\]|<</?SYS>>"
    r"|^\W*(?:system|assistant|developer)\s*:",
    re.IGNORECASE,
)
# Who asks about such sentences may see them.
_ABOUT = re.compile(
    r"\b(?:inject\w*|jail ?break\w*|adversarial|attack\w*|system prompts?|red[- ]?team\w*|"
    r"ignor\w* [^?]*\b(?:instruction|prompt)s?|prompt leak\w*|hijack\w*|chat templates?|"
    r"special tokens?)\b",
    re.IGNORECASE,
)


def addresses_the_model(sentence: str) -> bool:
    """Whether a sentence gives orders to a language model."""
    is_code = sentence.startswith(("```", "~~~"))
    return bool(_ADDRESSES.search(sentence) or (not is_code and _TURN.search(sentence)))


def asks_about_injection(question: str) -> bool:
    """Whether a question is about prompts as attacks: then their examples are answers."""
    return bool(_ABOUT.search(question))


def suspicious(chunk: Chunk) -> list[bool]:
    """For each sentence of a chunk, whether to leave it out.

    The sentence after an order in the same paragraph is left out as well: it mostly says what is
    ordered.
    """
    orders = [addresses_the_model(chunk.sentence(span)) for span in chunk.sentences]
    left_out = list(orders)
    for position, (one, next_) in enumerate(pairwise(chunk.sentences)):
        between = chunk.text[one[1] - chunk.start : next_[0] - chunk.start]
        if orders[position] and "\n" not in between:
            left_out[position + 1] = True
    return left_out
