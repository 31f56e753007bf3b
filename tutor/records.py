"""What the tutor hands on: answers with their sentences and citations, and the events of one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from index import Hit

Status = Literal["answered", "abstained", "clarify", "error"]
# How a question was read; the first eight are kinds of a single question (tutor.asking.Kind).
AnswerKind = Literal[
    "definition", "comparison", "why", "how", "list", "lookup", "path", "other",
    "false-premise", "multi-part", "unclear",
]  # fmt: skip
Support = Literal["supported", "partial", "unsupported"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage behind a sentence; ``quote == document text[start:end]``.

    Attributes:
        url, urls: of the page; all addresses of the same text.
        site: host of the page; "" for what is not on the web.
        page: of a PDF or slides.
        link: opens the source at the passage.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    section: str
    station: int | None
    url: str | None
    quote: str
    start: int
    end: int
    score: float
    urls: tuple[str, ...] = ()
    site: str = ""
    page: int | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer with the numbers of its citations and what the check found."""

    text: str
    citations: tuple[int, ...]
    support: Support

    @property
    def marked(self) -> str:
        """The sentence with its markers: "LoRA freezes the base weights. [1]"."""
        marks = "".join(f"[{n}]" for n in self.citations)
        separator = "\n" if self.text.endswith(("```", "$$")) else " "
        return f"{self.text}{separator}{marks}" if marks else self.text


@dataclass(frozen=True, slots=True)
class Nearest:
    """A station to send the learner to."""

    station: int
    title: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as the public JSON has it (docs/answer.md).

    Attributes:
        kind: how the question was read ("definition", "comparison", …).
        confidence: estimated probability that the corpus answers the question, 0..1.
        timings_ms: by stage; "first_token" is the time to the first checked sentence.
        tokens: written by the language model; 0 if it had no say.
        notes: what a learner should know about this answer beside it, a line each.
    """

    id: str | None
    question: str
    standalone_question: str
    status: Status
    answer: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    model: str = ""
    index: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    kind: AnswerKind = "other"
    confidence: float = 0.0
    tokens: int = 0
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that ``tutor ask --json`` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Event: what the tutor is doing now, to show while a learner waits."""

    name: Literal["searching", "reading", "writing"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the passages that the search found, best first, used or not."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Event: a checked sentence, with the citations that it is the first to use.

    Attributes:
        before, after: Markdown around it: a space, an empty line, the lines of a table. All
            events' ``before + sentence.marked + after`` are the answer's text.
    """

    sentence: Sentence
    new_citations: tuple[Citation, ...]
    before: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """Event: the whole answer; always the last."""

    answer: Answer


Event = Stage | Retrieved | Spoken | Finished
