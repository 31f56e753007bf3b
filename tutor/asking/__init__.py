"""Understanding the question: what a learner typed, made into questions that stand alone.

::

    as typed ──clean──► spelled out ──not understood──► a question back
                             │
                             ▼
       conversation ──► stand-alone ──► its parts ──► the kind of each

- ``question``: invisible characters taken out, lengths refused, where to look.
- ``shorthand``: "wat is lora pls" spelled out.
- ``unclear``: what could mean anything is asked back.
- ``condense``: a follow-up gets its subject from the conversation. ``focus`` keeps what that is
  about, ``leaning`` tells whether a question needs it, ``pointing`` completes "both" and "which",
  ``swapping`` puts something new to the last question.
- ``parts``: several questions asked at once are taken apart.
- ``intent``: what kind of question it is.
- ``vague``: the words that name nothing, for all of these.
"""

from tutor.asking.condense import stand_alone
from tutor.asking.intent import LIMITS_HEADING, Kind, asks_for_limits, matching, read_intent
from tutor.asking.parts import split_question
from tutor.asking.question import ONLY, clean_question, narrowed, not_a_question, scope_of
from tutor.asking.shorthand import spelled_out
from tutor.asking.unclear import ask_back

__all__ = [
    "LIMITS_HEADING",
    "ONLY",
    "Kind",
    "ask_back",
    "asks_for_limits",
    "clean_question",
    "matching",
    "narrowed",
    "not_a_question",
    "read_intent",
    "scope_of",
    "spelled_out",
    "split_question",
    "stand_alone",
]
