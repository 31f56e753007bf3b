"""What a sentence brings that its passage does not hold: figures, names, identifiers, markup.

No entailment model is asked about these: where one is wrong, nothing else would hold them back. On
the 180 pairs of ``dev`` a sentence brings one of them in 0.33 of the partial pairs, 0.22 of the
unsupported and 0.07 of the supported ones; on the 3,240 training pairs in 0.28, 0.17 and 0.12. Of
the supported ones most bring a figure that was worked out from others, which a learner can do
without. Denials are not among them: their counts differ in 0.27 of the supported pairs of ``dev``
and in 0.27 of the unsupported.
"""

from __future__ import annotations

import re
from collections import Counter

TOKEN = re.compile(r"[^\W_]+(?:[.'+#/%-][^\W_]+)*[+#%]*|[^\w\s.,;:!?'\"()-]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Names in code: another case is another name.
_IDENTIFIER = re.compile(r"(?<!\w)(?:\w*[a-zA-Z0-9]_\w+|--?[a-z][\w-]+)")
# Also addresses, which pages turn into links, and what is not seen: control characters and marks
# of direction.
_MARKUP = re.compile(
    r"[\[\]<>{}|`*#\\]|\w+://\S*|\bwww\.\S*"
    r"|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# "LLMs" and "LoRA's" name what "LLM" and "LoRA" do.
_ENDING = re.compile(r"(?<=[A-Z])(?:'s|s)$|'s$")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def added(sentence: str, passage: str) -> str | None:
    """The first thing that a sentence brings of its own, in a few words; None if there is none."""
    sentence, passage = straight(sentence), straight(passage)
    if fault := added_markup(sentence, passage):
        return fault
    if new := set(_NUMBER.findall(sentence)) - set(_NUMBER.findall(passage)):
        return f"the figure {min(new)} is not in the passage"
    if new := _names(sentence) - {_bare(word) for word in TOKEN.findall(passage)}:
        return f"the name {min(new)} is not in the passage"
    if new := set(_IDENTIFIER.findall(sentence)) - set(_IDENTIFIER.findall(passage)):
        return f"the identifier {min(new)} is not in the passage"
    return None


def added_markup(sentence: str, passage: str) -> str | None:
    """Markup, links or invisible characters that a sentence brings of its own, likewise."""
    new = Counter(_MARKUP.findall(sentence)) - Counter(_MARKUP.findall(passage))
    return "it brings markup of its own" if new else None


def straight(text: str) -> str:
    """One line, with typewriter quotation marks."""
    return " ".join(text.split()).translate(_QUOTES)


def _names(text: str) -> set[str]:
    """Abbreviations, and capitalised words that do not open the text."""
    return {
        _bare(word)
        for position, word in enumerate(TOKEN.findall(text))
        if sum(c.isupper() for c in word) > 1 or (position and word[0].isupper())
    }


def _bare(word: str) -> str:
    return _ENDING.sub("", word)
