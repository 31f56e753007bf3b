"""How people type: "wat is rag pls", "diff lora qlora", "hwo does it wrk", spelled out.

Spelling is mended against the words of the corpus when the search reads a question
(``index.lexical.mend_spelling``); but words of four letters and less, and abbreviations that are
no misspelling, mean nothing to it.
"""

from __future__ import annotations

import re

_SPELLED_OUT = {
    "wat": "what",
    "waht": "what",
    "wht": "what",
    "wut": "what",
    "whta": "what",
    "whats": "what is",
    "wats": "what is",
    "hows": "how is",
    "hwo": "how",
    "hw": "how",
    "wich": "which",
    "whcih": "which",
    "wen": "when",
    "wy": "why",
    "whi": "why",
    "teh": "the",
    "adn": "and",
    "nad": "and",
    "ur": "your",
    "cant": "can't",
    "dont": "don't",
    "doesnt": "doesn't",
    "isnt": "isn't",
    "im": "I am",
    "diff": "difference",
    "diffs": "differences",
    "b/w": "between",
    "btw": "between",
    "w/o": "without",
    "w/": "with",
    "db": "database",
    "dbs": "databases",
    "eg": "for example",
    "exmaple": "example",
    "exlpain": "explain",
    "explane": "explain",
    "expalin": "explain",
    "betwen": "between",
    "beetween": "between",
    "vidoe": "video",
    "bok": "book",
    "info": "information",
    "defn": "definition",
}
# Said out of politeness, and in the way of a bare name: "lora pls".
_POLITE = re.compile(
    r"^\W*(?:(?:hi|hello|hey)(?: there)?\b[\s,.!]*)+(?=\S{2})"
    r"|[\s,.!]*\b(?:pl[sz]|plz|please|thanks?(?: you)?|thx)\W*$",
    re.I,
)
# Not inside code, where letters are variables.
_CODE = re.compile(r"[`(){}=$_\\]")
_TOKEN = re.compile(r"(?<![\w-])(?:b/w|w/o|w/|[a-z]+)(?![\w-])", re.I)


def spelled_out(question: str) -> str:
    """The question with its shorthand in full; itself if it has none, or holds code."""
    if _CODE.search(question):
        return question
    polite = _POLITE.sub("", question).strip()
    text = polite if any(c.isalnum() for c in polite) else question
    if text != question and question.rstrip().endswith("?") and not text.endswith("?"):
        text += "?"
    return _TOKEN.sub(_full, text)


def _full(match: re.Match[str]) -> str:
    word = match.group()
    if word.isupper() and word not in ("DB", "DBS"):
        return word  # an abbreviation of its own: "WEN" is not "when"
    full = _SPELLED_OUT.get(word.lower(), word)
    return full.capitalize() if word.istitle() and full != word else full
