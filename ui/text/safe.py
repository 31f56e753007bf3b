"""Whatever a model, a document or a learner wrote is text: the one way into the page's HTML.

::

    text ──cleaned──► characters that are seen ──escaped──► text of an element
    Markdown ──cleaned──► tokens ──► a few elements, written out one by one
    address ──► http, https, mailto, or none

What these functions return is meant for gradio's Chatbot and Markdown (which parse it as Markdown
with raw HTML, sanitize it and set formulas) and for ``gr.HTML`` (which does nothing of the kind).
"""

from __future__ import annotations

from ui.text.characters import cleaned, one_line, right_to_left
from ui.text.escape import address, attribute, escaped, opening_link
from ui.text.formulas import formula
from ui.text.markup import markdown

__all__ = [
    "address", "attribute", "cleaned", "formula", "inline", "link", "markdown", "one_line", "text",
]  # fmt: skip


def inline(text: str, most: int = 120) -> str:
    """HTML of a title, a file name or a label: one line, cut at ``most`` characters.

    A line in a script written from right to left is set apart, so that it turns nothing around it.
    """
    line = escaped(one_line(text, most))
    return f"<bdi>{line}</bdi>" if right_to_left(text) else line


def text(text: str) -> str:
    """HTML of what somebody typed: paragraphs with their line breaks, and nothing else."""
    paragraphs = cleaned(text).strip().split("\n\n")
    return "\n\n".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _lines(paragraph: str) -> str:
    return "<br>".join(escaped(line) for line in paragraph.strip("\n").split("\n"))


def link(url: str | None, label: str) -> str:
    """A link out of the page; only its label if the address is none to send a learner to."""
    href = address(url)
    return f"{opening_link(href)}{inline(label)}</a>" if href else inline(label)
