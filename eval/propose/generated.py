"""Proposals by RAGAS's test-set generation, where a capable judge is configured.

The judge is asked twice for each question: to match themes with learners, and to write question and
answer (ragas.testset 0.4.3). What comes back is converted: its topics are found by the texts that
it was given, its facts are those phrases of its answer that the topic holds.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Curriculum
from corpus.errors import TutorError
from eval.golden import FOLDER
from eval.judge import Judge
from eval.measures.ragas_sync import ragas
from eval.propose.material import Entry, entries
from eval.propose.phrases import Rarity, key_facts
from eval.propose.ragas_parts import graph_of, synthesizer_of
from eval.propose.records import Draft, Proposal, ProposeError
from eval.propose.spread import add, fewest_first

# One question in three joins two topics.
_JOINED = 3
_LEARNERS = (
    ("Newcomer", "Starts on the foundational line; knows school mathematics and some programming."),
    ("Scientist", "Wants to understand, train, fine-tune and evaluate language models."),
    ("Engineer", "Builds, deploys and secures applications on language models."),
)
_HOP = re.compile(r"^<\d+-hop>\s*")


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generation came to.

    Attributes:
        proposals: those written to the file.
        failed: questions that the judge failed to write.
        unusable: questions without a fact that both answer and topic hold, or asked before.
    """

    proposals: list[Proposal]
    failed: int
    unusable: int


def generate(
    file: Path,
    judge: Judge,
    curriculum: Curriculum,
    count: int,
    seed: int = 0,
    folder: Path = FOLDER,
) -> Generated:
    """Have a judge write questions and add them to a file of proposals.

    The seed settles which topics are asked about; what is asked is up to the judge.

    Args:
        count: questions to ask for; about as many requests go to the judge again for the themes.
        folder: the golden sets, of which none is asked again.

    Raises:
        ProposeError: the judge is not capable, or fails before it has written any question.
        GoldenError: a golden file or the file of proposals breaks its schema.
    """
    if not judge.meaningful:
        raise ProposeError(
            f"{judge.name} is too small to write questions: name a capable model with --judge, "
            f"or leave --judge out to fill templates"
        )
    topics = fewest_first(entries(curriculum), seed, folder)
    joined = count // _JOINED
    with _seeded(seed):
        answers = [
            *_asked(judge, topics[: count - joined], count - joined, "single_hop"),
            *(_asked(judge, topics, joined, "multi_hop") if joined else []),
        ]
    samples = [answer for answer in answers if hasattr(answer, "user_input")]
    new = add(file, list(_drafts(samples, topics)), count, seed, folder)
    return Generated(new, len(answers) - len(samples), len(samples) - len(new))


def _asked(judge: Judge, topics: Sequence[Entry], count: int, hops: str) -> list[Any]:
    """RAGAS's samples; whatever else for those that failed."""
    testset = ragas("ragas.testset")
    synthesizer = synthesizer_of(judge, hops)
    graph = graph_of(topics, count)
    if not synthesizer.get_node_clusters(graph):
        return []
    persona = ragas("ragas.testset.persona").Persona
    generator = testset.TestsetGenerator(
        llm=synthesizer.llm,
        embedding_model=None,
        knowledge_graph=graph,
        persona_list=[persona(name=name, role_description=role) for name, role in _LEARNERS],
    )
    try:
        executor = generator.generate(
            testset_size=count,
            query_distribution=[(synthesizer, 1.0)],
            run_config=ragas("ragas.run_config").RunConfig(max_workers=judge.workers),
            return_executor=True,
        )
        # Scenarios are needed for all questions; of the questions each may fail for itself.
        executor.raise_exceptions = False
        return list(executor.results())
    except (TutorError, ValueError, KeyError) as fault:
        raise ProposeError(
            f"{judge.name} wrote no questions: {str(fault).splitlines()[0]}; try another --judge"
        ) from fault


def _drafts(samples: Sequence[Any], topics: Sequence[Entry]) -> Iterator[Draft]:
    rarity = Rarity.over(entry.text for entry in topics)
    by_text = {entry.text: entry for entry in topics}
    for sample in samples:
        contexts = [_HOP.sub("", context) for context in sample.reference_contexts or ()]
        found = [by_text[context] for context in contexts if context in by_text]
        if found:
            yield _draft(sample, found, rarity)


def _draft(sample: Any, found: Sequence[Entry], rarity: Rarity) -> Draft:
    context = " ".join(entry.text for entry in found)
    facts = key_facts(sample.reference, rarity, 6, (sample.user_input,))
    # A fact that the topic does not hold is the judge's own.
    grounded = tuple(fact for fact in facts if fact.holds(context))
    learner, style = sample.persona_name or "a learner", sample.query_style or "any style"
    return Draft(
        kind=_kind(sample.user_input, style),
        question=sample.user_input.strip(),
        station=found[0].station.number,
        sections=tuple(dict.fromkeys(entry.key for entry in found)),
        facts=grounded[:2],
        reference=sample.reference.strip(),
        why=f"written by RAGAS with a judge, for {learner}, {style.lower()}; check every word",
    )


def _kind(question: str, style: str) -> str:
    """Kind by its style, else by its first word."""
    if style == "MISSPELLED":
        return "typo"
    first = question.split(maxsplit=1)[0].lower() if question.split() else ""
    return first if first in ("how", "why") else "definition" if first == "what" else "how"


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """RAGAS draws from the global generator; afterwards it goes on as if nothing had been."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
