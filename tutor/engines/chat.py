"""Messages as the text that a model was trained on: its own chat template, or ChatML.

A chat template is a Jinja program in the model's file; it runs in Jinja's sandbox.
https://huggingface.co/docs/transformers/chat_templating
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from corpus.errors import ModelError
from tutor.engines.protocol import Messages

END = "<|im_end|>"
_CONTROL_WORD = re.compile(r"<\|[a-z_]+\|>", re.IGNORECASE)
# Words that a template writes around contents need not be tokens of their own: Llama 2's [INST].
_MARKER = re.compile(r"\[/?[A-Z_]+\]|<</?[A-Z]+>>|</?[a-z_]+>|<\|[^|<>\s]+\|>")
# Of families whose control words are of another form; for servers, which keep their vocabulary.
WIDESPREAD = (
    "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>",
    "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>",
)  # fmt: skip
_PROBE = [("system", "Be brief."), ("user", "Why?")]


def chat_prompt(messages: Messages) -> str:
    """Messages in ChatML, ending where the assistant begins to speak.

    The control words of the format are taken out of the contents: text is data.
    """
    turns = "".join(f"<|im_start|>{role}\n{plain(content)}{END}\n" for role, content in messages)
    return f"{turns}<|im_start|>assistant\n"


def plain(content: str, words: Sequence[str] = ()) -> str:
    """Text without control words, also those that removing one would make.

    Args:
        words: others than those in angle brackets and bars, which always go.
    """
    pattern = re.compile("|".join([_CONTROL_WORD.pattern, *map(re.escape, words)]), re.IGNORECASE)
    while (shorter := pattern.sub("", content)) != content:
        content = shorter
    return content


class ChatTemplate:
    """The prompt format of one model.

    Args:
        source: the template; "" stands for ChatML.
        render: runs it, with ``messages`` as a list of {"role", "content"}; what it returns has
            the text as ``prompt``.

    Attributes:
        markers: control words that stand in the template itself.
    """

    def __init__(self, source: str, render: Callable[..., Any]) -> None:
        self.markers = tuple(sorted(set(_MARKER.findall(source))))
        self._render = render
        # One that only adds a system prompt of its own (SmolLM2, Qwen 2.5) counts as ChatML:
        # nothing is said to a model that stands nowhere in the prompts.
        self._is_chatml = not source or self._tried(_PROBE) == chat_prompt(_PROBE)

    def prompt(self, messages: Messages) -> str:
        """The text that ends where the assistant begins to speak. Contents must be plain.

        A format without system prompts gets them at the head of the user's first turn.

        Raises:
            ModelError: the template fails.
        """
        if self._is_chatml:
            return chat_prompt(messages)
        text = self._tried(messages)
        if text is None or not all(content.strip() in text for _, content in messages):
            text = self._run(_folded(messages))
        return text

    def _tried(self, messages: Messages) -> str | None:
        try:
            return self._run(messages)
        except ModelError:
            return None

    def _run(self, messages: Messages) -> str:
        turns = [{"role": role, "content": content} for role, content in messages]
        try:
            # Models that can think aloud first (Qwen 3) are asked not to: time and context.
            return str(self._render(messages=turns, enable_thinking=False).prompt)
        except Exception as fault:  # a program: it raises what its expressions raise
            reason = " ".join(str(fault).split())[:120]
            raise ModelError(
                f"the model's chat template fails ({reason}); choose another model"
            ) from fault


def _folded(messages: Messages) -> Messages:
    """The same conversation without system prompts, users and assistants taking turns."""
    turns: list[tuple[str, str]] = []
    for role, content in messages:
        speaker = "user" if role == "system" else role
        if turns and turns[-1][0] == speaker:
            turns[-1] = (speaker, f"{turns[-1][1]}\n\n{content}")
        else:
            turns.append((speaker, content))
    return turns
