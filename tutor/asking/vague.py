"""Words that say what is wanted of a subject, and name none."""

from __future__ import annotations

import re

from index.lexical import STOPWORDS, words

_VAGUE = frozenset(
    re.findall(
        r"\S+",
        "advantage advantages again alternative alternatives ask basics benefit benefits best "
        "better "
        "bigger can cheaper choose clarify compare compared comparison cons continue cost costs "
        "could detail details differ difference differences different disadvantage disadvantages "
        "drawback drawbacks elaborate else explanation fast faster further get go good happen "
        "happens "
        "hello help helpful hey hi huh hm hmm idea important info information know last learn less "
        "like limit limitation limitations limits long make makes many matter matters mean means "
        "more "
        "much need needs next okay ok one option options ones pros question questions say see show "
        "similar slow slower smaller something step steps stop summarise summarize summary sure "
        "teach tell thanks think topic try understand use used useful uses using want way well "
        "went "
        "what word words work worked working works worse wrong versus vs yes no maybe please pls "
        "interesting really cool great start you i me it its that this these those they them other "
        "others former latter first second both either which recommended should would possible "
        "third name list give two three",
    )
)


def says_nothing(text: str) -> bool:
    """Whether none of its words names anything."""
    return all(word in STOPWORDS or word in _VAGUE for word in words(text))


# "The model" of which nothing has been said: a noun that every topic has.
THE_NOUN = re.compile(
    r"\bthe (?P<noun>models?|data|datasets?|methods?|approach|techniques?|algorithms?|systems?|"
    r"results?|outputs?|inputs?|formula|architecture|versions?|networks?|library|framework|code|"
    r"score|metrics?)\b(?! (?:of|for|in|to|that|with|behind|from|by|on)\b)",
    re.I,
)


def own_words(text: str) -> int:
    """How many of its words name something."""
    return sum(word not in STOPWORDS and word not in _VAGUE for word in words(text))
