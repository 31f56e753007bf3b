"""The knowledge graph and the question writers of RAGAS's test-set generation.

The graph is not guessed from the text but taken from the curriculum: a node is a topic, its
entities are the topic's names and the titles of the topics of its station that its text names, and
topics that name a third one are joined. So RAGAS's extractors and embeddings are not needed, and
nothing downloads a tokenizer (its extractors count with tiktoken).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, islice
from typing import Any

from eval.judge import Judge
from eval.measures.ragas_sync import ragas
from eval.propose.material import Entry
from index.lexical import terms


def graph_of(topics: Sequence[Entry], pairs: int) -> Any:
    """The ``KnowledgeGraph`` of some topics, those first that are to be asked about first.

    Args:
        pairs: most topics to join; RAGAS takes them in no order, so no more than wanted.
    """
    graph = ragas("ragas.testset.graph")
    named = {entry.key: _named(entry, topics) for entry in topics}
    nodes = {
        entry.key: graph.Node(
            type=graph.NodeType.CHUNK,
            properties={
                "page_content": entry.text,
                "entities": [entry.topic.title, *entry.topic.names, *named[entry.key]],
            },
        )
        for entry in topics
    }
    relationships = [
        graph.Relationship(
            source=nodes[one.key],
            target=nodes[two.key],
            type="entities_overlap",
            properties={"overlapped_items": [(title, title) for title in both]},
        )
        for one, two, both in islice(_pairs(topics, named), pairs)
    ]
    return graph.KnowledgeGraph(nodes=list(nodes.values()), relationships=relationships)


def _pairs(
    topics: Sequence[Entry], named: dict[str, list[str]]
) -> Iterator[tuple[Entry, Entry, list[str]]]:
    """Pairs with the titles that both name; a topic stands in one pair, or the first had all."""
    paired: set[str] = set()
    for one, two in combinations(topics, 2):
        both = [title for title in named[one.key] if title in named[two.key]]
        if both and not paired & {one.key, two.key}:
            paired |= {one.key, two.key}
            yield one, two, both


def _named(entry: Entry, topics: Sequence[Entry]) -> list[str]:
    """Titles of the topics of its station that a topic's text names, its own among them."""
    said = set(terms(entry.text))
    near = (other for other in topics if other.station is entry.station)
    return [e.topic.title for e in near if set(terms(e.topic.title)) <= said]


def synthesizer_of(judge: Judge, hops: str) -> Any:
    """A question writer for one topic ("single_hop") or for two that are joined ("multi_hop")."""
    name = {"single_hop": "SingleHop", "multi_hop": "MultiHop"}[hops]
    module = ragas(f"ragas.testset.synthesizers.{hops}.specific")
    synthesizer = getattr(module, f"{name}SpecificQuerySynthesizer")(llm=_judge_type()(judge.llm))
    synthesizer.theme_persona_matching_prompt = _matching()()
    return synthesizer


@lru_cache(maxsize=1)
def _judge_type() -> Any:
    base = ragas("ragas.llms.base").InstructorBaseRagasLLM

    class AnyLoop(base):  # type: ignore[misc, valid-type]
        """A judge for RAGAS's executors, each of which opens an event loop of its own."""

        is_async = True

        def __init__(self, llm: Any) -> None:
            self._llm = llm

        def generate(self, prompt: str, response_model: type[Any]) -> Any:
            return self._llm.generate(prompt, response_model)

        async def agenerate(self, prompt: str, response_model: type[Any]) -> Any:
            return await asyncio.to_thread(self.generate, prompt, response_model)

    return AnyLoop


@lru_cache(maxsize=1)
def _matching() -> Any:
    base = ragas("ragas.testset.synthesizers.prompts").ThemesPersonasMatchingPrompt

    class Matching(base):  # type: ignore[misc, valid-type]
        """Without learners that the judge invents, at which RAGAS fails with a KeyError."""

        def process_output(self, output: Any, input: Any) -> Any:
            known = {persona.name for persona in input.personas}
            mapping = {name: themes for name, themes in output.mapping.items() if name in known}
            return type(output)(mapping=mapping)

    return Matching
