"""An answer, whole or so far, as a message of the chat, and as plain Markdown to copy.

A message is HTML, each block on a line of its own (``ui.text.markup``). Sentences are spans with
the id ``said-<answer id>-<n>``, n from 1; citations are links to ``#cite-<answer id>-<n>``, which
the page's script leads to the passage. Only the numbers that the tutor gives a sentence become
links; a "[1]" in a quotation is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tutor.records import Answer, Citation, Sentence, Spoken, Status
from ui.panes.answer_strings import ENGLISH_ANSWERS, AnswerStrings
from ui.text.characters import MARKS, cleaned, one_line
from ui.text.escape import address, attribute, escaped
from ui.text.markup import marked_up
from ui.text.safe import inline
from ui.text.stretches import Wrap, enclosed

_CLASSES: dict[Status, str] = {"abstained": "declined", "clarify": "clarify", "error": "failed"}


@dataclass(frozen=True, slots=True)
class SoFar:
    """What has been said of an answer that is still being made."""

    spoken: tuple[Spoken, ...] = ()
    status: Status = "answered"
    notes: tuple[str, ...] = ()

    def then(self, event: Spoken) -> SoFar:
        """With one sentence more."""
        return replace(self, spoken=(*self.spoken, event))

    @property
    def answer(self) -> str:
        return "".join(s.before + s.sentence.marked + s.after for s in self.spoken)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(s.sentence for s in self.spoken)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(c for s in self.spoken for c in s.new_citations)


Said = Answer | SoFar


def message(said: Said, answer_id: str, strings: AnswerStrings = ENGLISH_ANSWERS) -> str:
    """The answer as HTML for a message of the Chatbot; "" while nothing has been said.

    Args:
        answer_id: of letters, digits, "-" and "_".
    """
    if said.status in _CLASSES:
        return _apart(_whole(cleaned(said.answer), strings), _CLASSES[said.status])
    body = _body(said, answer_id, strings) or _whole(cleaned(said.answer), strings)
    notes = [f'<p class="note">{inline(note, 300)}</p>' for note in said.notes]
    return "\n\n".join(part for part in (body, *notes) if part)


def _whole(source: str, strings: AnswerStrings) -> str:
    return marked_up(source, copy=strings.copy_code)


def _apart(html: str, name: str) -> str:
    """Blocks in one element; an empty line in it would end it for the Markdown parser."""
    return f'<div class="{name}">{html.replace(chr(10), "")}</div>'


def _body(said: Said, answer_id: str, strings: AnswerStrings) -> str:
    """The sentences in their Markdown; "" if the answer's text does not hold them."""
    between = joints(said)
    if between is None:
        return ""
    titles = {citation.n: citation.title for citation in said.citations}
    source, wraps, marks = "", [], []
    for number, (before, sentence) in enumerate(zip(between, said.sentences, strict=False), 1):
        source += cleaned(before) + enclosed(cleaned(sentence.text)) + _gap(sentence) + MARKS
        wraps.append(_wrap(sentence, f"said-{answer_id}-{number}", strings))
        marks.append(_marks(sentence, titles, answer_id, strings))
    return marked_up(source + cleaned(between[-1]), wraps, marks, strings.copy_code)


def joints(said: Said) -> list[str] | None:
    """What stands before each sentence in the answer's text, and after the last one."""
    found, at = [], 0
    for sentence in said.sentences:
        start = said.answer.find(sentence.marked, at)
        if start < 0:
            return None
        found.append(said.answer[at:start])
        at = start + len(sentence.marked)
    return [*found, said.answer[at:]]


def _gap(sentence: Sentence) -> str:
    """What keeps a sentence and its markers apart (``Sentence.marked``)."""
    if not sentence.citations:
        return ""
    return "\n" if sentence.text.endswith(("```", "$$")) else " "


def _wrap(sentence: Sentence, identity: str, strings: AnswerStrings) -> Wrap:
    if sentence.support == "supported":
        return Wrap("span", identity, "said")
    return Wrap("span", identity, f"said {sentence.support}", _doubt(sentence, strings)[1])


def _doubt(sentence: Sentence, strings: AnswerStrings) -> tuple[str, str]:
    """What is said of a sentence that its passages do not hold, and why; in a word and in full."""
    if sentence.support == "partial":
        return strings.partial, strings.partial_reason
    return strings.unsupported, strings.unsupported_reason


def _marks(
    sentence: Sentence, titles: Mapping[int, str], answer_id: str, strings: AnswerStrings
) -> str:
    """The numbers of the citations as links, and the mark of a sentence in doubt."""
    links = "".join(
        f'<a class="cite" href="{attribute(f"#cite-{answer_id}-{n}")}" '
        f'title="{attribute(one_line(titles.get(n, "")))}">'
        f'<span class="unseen">{escaped(strings.citation)} </span>{n}</a>'
        for n in sentence.citations
    )
    if sentence.support == "supported":
        return links
    name, reason = _doubt(sentence, strings)
    return f'{links} <span class="doubt" title="{attribute(reason)}">{escaped(name)}</span>'


def plain(answer: Said, strings: AnswerStrings = ENGLISH_ANSWERS) -> str:
    """The answer as Markdown to copy, with its sources below."""
    if not answer.citations:
        return cleaned(answer.answer)
    sources = "\n".join(_source(citation, strings) for citation in answer.citations)
    return f"{cleaned(answer.answer)}\n\n{strings.sources}:\n\n{sources}"


def _source(citation: Citation, strings: AnswerStrings) -> str:
    """ "1. Line > Station > Topic, https://…: “quotation”"."""
    where = address(citation.link) or address(citation.url)
    named = () if citation.title in citation.section else (citation.title,)
    own = strings.own_document if citation.document_id.startswith("mine/") else ""
    place = (*named, citation.section, f"<{where}>" if where else own)
    listed = ", ".join(one_line(part) for part in place if part)
    return f"{citation.n}. {listed}: “{one_line(citation.quote, 300)}”"
