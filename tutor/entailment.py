"""Entailment models, behind one interface: how likely it is that a passage supports a sentence.

Any sequence classifier over pairs runs here, by transformers: MiniCheck (Tang et al., EMNLP 2024,
arXiv 2404.10774), FactCG (Lei et al., NAACL 2025, arXiv 2501.17144), models of natural language
inference, and cross-encoders of sentence-transformers, which are saved in the same form. Nothing is
downloaded, and no program code that a model brings is run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.sentences import split_sentences
from tutor.models.catalogue import EntailmentModel, catalogue
from tutor.models.hub import local_folder

# Tokens that a model reads if neither the catalogue nor its files tell.
_CONTEXT = 512
# Tokens a run, padding included, as index/encoder.py has it.
_BATCH_TOKENS = 2048
# Two texts joined may come to a token or two more than each by itself.
_SLACK = 4
# A sentence that leaves less room than this for a passage cannot be judged.
_LEAST_ROOM = 16
_SUPPORTS = ("entail", "support", "yes", "consistent", "faithful")
_INSTEAD = "pull one (tutor models list --kind entailment), or leave entailment_model empty"


class Entailment:
    """An entailment model, loaded when it is first asked.

    Args:
        setting: name of the catalogue, folder, or name on the hub of a model that is in its cache.
        models: folder of pulled models.

    Raises:
        ModelError: it is not here.
    """

    def __init__(self, setting: str, models: Path) -> None:
        known = _known(setting)
        self.name = known.name if known else Path(setting).name
        self._folder = _folder(setting, known, models)
        self._known = known

    def scores(self, sentence: str, passages: Sequence[str]) -> list[float]:
        """Probability that each passage supports the sentence, 0..1.

        A passage that is too long is read in windows of whole sentences, and has the score of the
        best one, as MiniCheck's authors do (section 4 of their paper).

        Raises:
            ModelError: the model does not load, does not fit into memory, or is none for this.
        """
        with _told(self.name):
            windows = [self._windows(sentence, passage) for passage in passages]
            found = iter(self._read(sentence, [text for own in windows for text in own]))
            return [max(islice(found, len(own)), default=0.0) for own in windows]

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self._folder, trust_remote_code=False)

    @cached_property
    def _model(self) -> Any:
        from transformers import AutoModelForSequenceClassification
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        model, found = AutoModelForSequenceClassification.from_pretrained(
            self._folder,
            output_loading_info=True,
            use_safetensors=True,  # weights as a pickle could run anything
            trust_remote_code=False,
        )
        if found["missing_keys"]:  # they would be random
            raise ValueError(f"it lacks {min(found['missing_keys'])}: no classifier of pairs")
        return model.float().eval().requires_grad_(False)

    @cached_property
    def _context(self) -> int:
        """Tokens of passage and sentence together."""
        if self._known:
            return self._known.context
        config = self._model.config
        told = getattr(config, "max_position_embeddings", None) or _CONTEXT
        # RoBERTa counts its positions from the one after the padding's.
        unused = config.pad_token_id + 1 if "roberta" in config.model_type else 0
        return int(min(told - unused, self._tokenizer.model_max_length))

    def _windows(self, sentence: str, passage: str) -> list[str]:
        """The passage in pieces that fit, whole sentences where these do; none if nothing fits."""
        room = self._context - self._length(self._put(sentence, [""])) - _SLACK
        if room < _LEAST_ROOM:
            return []
        if len(self._tokens(passage)) <= room:
            return [passage]
        pieces = [piece for own in split_sentences(passage) for piece in self._cut(own, room)]
        windows = [""]
        for piece in pieces:
            longer = f"{windows[-1]} {piece}".strip()
            if len(self._tokens(longer)) <= room:
                windows[-1] = longer
            else:
                windows.append(piece)
        return windows

    def _cut(self, text: str, room: int) -> list[str]:
        tokens = self._tokens(text)
        if len(tokens) <= room:
            return [text]
        # Its parts may come to a token more when they are read again.
        step = room - _SLACK
        return [
            self._tokenizer.decode(tokens[at : at + step]) for at in range(0, len(tokens), step)
        ]

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False)[
            "input_ids"
        ]
        return tokens

    def _length(self, texts: tuple[list[str], ...]) -> int:
        return len(self._tokenizer(*texts, verbose=False)["input_ids"][0])

    def _put(self, sentence: str, passages: list[str]) -> tuple[list[str], ...]:
        """Passages and sentence as the model wants them: as pairs, or within its prompt."""
        if not (self._known and self._known.prompt):
            return passages, [sentence] * len(passages)
        prompt = self._known.prompt
        return ([prompt.format(passage=one, sentence=sentence) for one in passages],)

    def _read(self, sentence: str, texts: Sequence[str]) -> list[float]:
        """Probability that each text supports the sentence; the model sees some at a time."""
        lengths = [len(self._tokens(text)) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: lengths[i], reverse=True)
        fixed = self._length(self._put(sentence, [""])) if order else 0
        found: dict[int, float] = {}
        while len(found) < len(order):
            longest = lengths[order[len(found)]] + fixed
            rows = order[len(found) :][: max(1, _BATCH_TOKENS // longest)]
            found |= zip(rows, self._batch(sentence, [texts[i] for i in rows]), strict=True)
        return [found[i] for i in range(len(texts))]

    def _batch(self, sentence: str, texts: list[str]) -> list[float]:
        read = self._tokenizer(
            *self._put(sentence, texts), padding=True, truncation=True,
            max_length=self._context, return_tensors="pt",
        )  # fmt: skip
        logits = self._model(**read).logits
        if logits.shape[-1] == 1:
            shares = logits.sigmoid()[:, 0].numpy()
        else:
            shares = logits.softmax(-1).numpy()[:, supporting_label(self._model.config.id2label)]
        if not np.isfinite(shares).all():
            raise ValueError("it computes no probability")
        return [float(share) for share in shares]


def supporting_label(labels: Mapping[int, str]) -> int:
    """Which label means that the passage supports the sentence: the one that is called so, else
    the second of two (MiniCheck, FactCG).

    Raises:
        ValueError: there are more, and none is called so.
    """
    named = [at for at, name in labels.items() if name.lower().startswith(_SUPPORTS)]
    if not named and len(labels) != 2:
        raise ValueError(f"none of its labels means support: {', '.join(labels.values())}")
    return named[0] if named else 1


def _known(setting: str) -> EntailmentModel | None:
    """The catalogue's entry for a model, whose prompt and context it has, wherever it lies."""
    wanted = setting.strip().lower()
    tail = wanted.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    for model in catalogue():
        repository = model.repository.lower()
        names = (model.name, repository.rpartition("/")[2])
        if isinstance(model, EntailmentModel) and (tail in names or wanted == repository):
            return model
    return None


def _folder(setting: str, known: EntailmentModel | None, models: Path) -> Path:
    """Where the model lies. Raises ModelError if it is not here."""
    if known and setting.strip().lower() == known.name:
        pulled = local_folder(known, models)
        if pulled is None:
            raise ModelError(
                f"the entailment model {known.name} is not here; run: "
                f"tutor models pull {known.name}"
            )
        return pulled
    folder = Path(setting).expanduser()
    folder = folder if folder.is_dir() else _cached(setting)
    if not (folder / "config.json").is_file():
        raise ModelError(f"there is no entailment model in {setting}; {_INSTEAD}")
    return folder


def _cached(name: str) -> Path:
    """The folder of a model that was downloaded from the hub before."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, "config.json")
    except HFValidationError:  # a path, and none that is here
        found = None
    if not isinstance(found, str):
        raise ModelError(f"the entailment model {name} is not here; {_INSTEAD}")
    return Path(found).parent


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What goes wrong in the libraries, in one line."""
    from safetensors import SafetensorError

    try:
        yield
    except (
        OSError, ValueError, ImportError, RuntimeError, MemoryError, LookupError, SafetensorError
    ) as fault:  # fmt: skip
        reason = (str(fault).strip().splitlines() or [type(fault).__name__])[0][:120]
        if isinstance(fault, MemoryError) or "memory" in reason.lower():
            raise ModelError(
                f"not enough memory for the entailment model {name}; close something, or take a "
                f"smaller one: tutor models list --kind entailment"
            ) from fault
        raise ModelError(
            f"the entailment model {name} cannot be used ({reason}); {_INSTEAD}"
        ) from fault
