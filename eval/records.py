"""What a run keeps of every question: the reply with all that it was made from."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from eval.golden import Question

Status = Literal["answered", "abstained", "clarify", "error"]
Support = Literal["supported", "partial", "unsupported"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Passage(_Frozen):
    """A retrieved passage.

    Attributes:
        unit: what counts once in a ranking: a topic, a whole reference, or the passage itself.
        keys: the topics ("file-id/topic-id") and addresses that it holds.
    """

    id: str
    unit: str
    keys: list[str] = []
    title: str = ""
    section: str = ""
    kind: str = ""
    station: int | None = None
    text: str
    score: float = 0.0


class Said(_Frozen):
    """A sentence of an answer, without markers, with what the system itself found of it."""

    text: str
    citations: list[int] = []
    support: Support | None = None


class Quoted(_Frozen):
    """A citation of an answer.

    Attributes:
        quote: the passage that it points at, verbatim.
        verbatim: whether the quote stands in its document where the citation says.
    """

    n: int
    title: str = ""
    section: str = ""
    station: int | None = None
    url: str | None = None
    document_id: str = ""
    quote: str
    verbatim: bool = True


class Reply(_Frozen):
    """What a system replied.

    Attributes:
        answer: Markdown with ``[n]`` markers.
        read_as: how the question was read ("definition", …); "" where a system does not say.
        retrieved: best first, at least ten where there are so many.
        confidence: estimated probability that the question can be answered, 0..1; None if a system
            estimates none.
        withheld: where the system declined for lack of confidence: what it would have answered
            otherwise, to measure what declining is worth.
        timings_ms: by stage; always "total", and "first_sentence" where a system streams.
        tokens: written by the model; 0 where none wrote.
    """

    status: Status
    answer: str
    standalone_question: str = ""
    read_as: str = ""
    sentences: list[Said] = []
    citations: list[Quoted] = []
    nearest: list[int] = []
    retrieved: list[Passage] = []
    confidence: float | None = None
    withheld: str = ""
    model: str = ""
    timings_ms: dict[str, float] = Field(default_factory=dict)
    tokens: int = 0

    @property
    def told(self) -> str:
        """What the learner was told of the subject; nothing if it was declined."""
        return self.answer if self.status == "answered" else ""


class Record(_Frozen):
    """A question and what came of it.

    Attributes:
        reply: None if the system failed.
        fault: how it failed, in one line; "" if it did not.
    """

    question: Question
    reply: Reply | None
    fault: str = ""

    @property
    def declined(self) -> bool:
        """Whether the system declined or asked back."""
        return self.reply is not None and self.reply.status in ("abstained", "clarify")
