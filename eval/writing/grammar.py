"""Grammars that let a model only order, shorten and join given sentences.

All that such a grammar derives passes the rules of ``tutor.check``, by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import permutations

from tutor.check import check_sentence

_BRACKETS = re.compile(r" \([^()]*\)")
_COMMA = re.compile(r",")
# A sentence that is cut shorter than this has lost what it said.
_WORDS_LEFT = 5
_END = ".!?"


def shortenings(sentence: str) -> list[str]:
    """The sentence and what is left of it without brackets, or before a comma: as a text may.

    Returns:
        The whole first; only what the rules of the check let pass.
    """
    wholes = dict.fromkeys([sentence, _BRACKETS.sub("", sentence)])
    cut = [
        f"{whole[: comma.start()]}."
        for whole in wholes
        for comma in _COMMA.finditer(whole)
        if len(whole[: comma.start()].split()) >= _WORDS_LEFT
    ]
    found = dict.fromkeys([*wholes, *cut])
    return [text for text in found if check_sentence(text, [sentence]).support == "supported"]


def in_any_order(sentences: Sequence[str]) -> str:
    """The sentences, each at most once, in any order, at least one of them."""
    orders = [
        order
        for count in range(1, len(sentences) + 1)
        for order in permutations(range(len(sentences)), count)
    ]
    alternatives = ['" " '.join(f"s{n} " for n in order) for order in orders]
    rules = [f"s{n} ::= {_literal(text)}" for n, text in enumerate(sentences)]
    return "\n".join([f"root ::= {' | '.join(alternatives)}", *rules])


def shortened(sentences: Sequence[str]) -> str:
    """The sentences in their order, each whole or shortened."""
    parts = '" " '.join(f"s{n} " for n in range(len(sentences)))
    rules = [f"s{n} ::= {_any(shortenings(text))}" for n, text in enumerate(sentences)]
    return "\n".join([f"root ::= {parts}", *rules])


def joined(sentences: Sequence[str]) -> str:
    """As ``shortened``; two neighbours may also be joined by a semicolon or "and"."""
    last = len(sentences) - 1
    links = " ".join(f"s{n} l{n}" for n in range(last))
    rules = [f"root ::= {links} s{last} e"]
    rules += [
        f"s{n} ::= {_any(s.rstrip(_END) for s in shortenings(text))}"
        for n, text in enumerate(sentences)
    ]
    rules += [f'l{n} ::= ". " | "; " | ", and "' for n in range(last)]
    return "\n".join([*rules, 'e ::= "."'])


def _any(texts: Iterable[str]) -> str:
    return " | ".join(_literal(text) for text in texts)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
