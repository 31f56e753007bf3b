"""Whether a question has been asked before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from eval.golden import Question
from eval.propose.records import Draft
from index.lexical import content_words

# rapidfuzz.fuzz.ratio of the sorted content words, within a kind. Measured on the 2,805 pairs of
# one kind among the 302 dev questions of all sets, which are all different questions: the most
# alike reach 67 ("What does 'synthetic data' mean when preparing a fine-tuning set?" and "What is
# meant by fine-tuning with distillation?"), the next 60. "What is LoRA?" and "Explain LoRA to me"
# reach 100.
SAME_KIND = 75.0
# rapidfuzz.fuzz.token_sort_ratio of all words, whatever the kind. Measured on all 45,451 pairs of
# those questions: at most 71 ("What is LoRA?", "What is PR-MoE?"). "What is maximum likelihood
# estimation?" and "How does maximum likelihood estimation work?", which differ, reach 78.
ANY_KIND = 90.0


class Asked:
    """Questions asked so far."""

    def __init__(self, questions: Iterable[Question | Draft]) -> None:
        self._questions = [_Read.of(question) for question in questions]

    def add(self, question: Question | Draft) -> None:
        self._questions.append(_Read.of(question))

    def holds(self, question: Question | Draft) -> bool:
        """Whether one of them is, in effect, this one.

        Questions that are answered in different places are different, however alike: "What is
        LoRA?" and "What is QLoRA?" reach 89.
        """
        new = _Read.of(question)
        return any(_alike(new, old) for old in self._questions)


@dataclass(frozen=True, slots=True)
class _Read:
    kind: str
    said: str
    content: str
    places: frozenset[str]

    @classmethod
    def of(cls, question: Question | Draft) -> _Read:
        # A follow-up means something only after its history.
        earlier = [message.content for message in question.history if message.role == "user"]
        said = " ".join([*earlier, question.question]).lower()
        content = " ".join(sorted(content_words(said))) or said
        return cls(question.kind, said, content, frozenset((*question.sections, *question.urls)))


def _alike(one: _Read, other: _Read) -> bool:
    if one.places and other.places and not one.places & other.places:
        return False
    if one.kind == other.kind and fuzz.ratio(one.content, other.content) >= SAME_KIND:
        return True
    return fuzz.token_sort_ratio(one.said, other.said) >= ANY_KIND
