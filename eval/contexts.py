"""The passages that should have been found: texts of the sections that a question names."""

from __future__ import annotations

from functools import cache

from corpus.loader import load_curriculum
from eval.golden import Question


def reference_contexts(question: Question) -> list[str]:
    """Texts of the topics that answer a question, in the question's order.

    Empty for questions over references or about the map: of those only addresses are known.
    """
    texts = _texts_by_topic()
    return [texts[key] for key in question.sections if key in texts]


@cache
def _texts_by_topic() -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for document in load_curriculum().documents:
        for section in document.sections:
            if section.topic:
                text = document.text[section.start : section.end].strip()
                texts.setdefault(document.key(section.topic), []).append(text)
    return {key: "\n\n".join(parts) for key, parts in texts.items()}
