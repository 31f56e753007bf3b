"""The models that the tutor knows by name: the bundled ones, and well-regarded ones to pull.

The entries stand in ``catalogue.toml``, each with the page that its figures are from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.errors import UsageError

FILE = Path(__file__).with_name("catalogue.toml")

Kind = Literal["language", "embedding", "reranker", "entailment"]
KINDS: tuple[Kind, ...] = ("language", "embedding", "reranker", "entailment")


class Model(BaseModel):
    """What is known of every model.

    Attributes:
        name: what it is called on the command line and in the settings.
        title: its own name.
        parameters: in millions; 0 for what reuses another model.
        size: bytes that are pulled; of bundled ones, that were installed. Exact for language
            models, within a few percent for the others.
        licence: SPDX identifier, or the name of a licence that has none.
        repository: on the hub; "" for a bundled model.
        revision: branch or commit of the repository.
        source: page that these figures are from.
        note: what else one should know before choosing it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[Kind]

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    parameters: float = Field(ge=0)
    size: int = Field(ge=0)
    licence: str = Field(min_length=1)
    repository: str = Field("", pattern=r"^$|^[\w.-]+/[\w.-]+$")
    revision: str = "main"
    source: str = Field(min_length=1)
    note: str = ""

    @property
    def bundled(self) -> bool:
        """Whether it was installed with the tutor."""
        return not self.repository


class LanguageModel(Model):
    """An instruct model as one GGUF file.

    Attributes:
        file: in the repository.
        context: tokens that it was trained for.
        template: family of its chat template; the template itself is in the file.
        layers: transformer blocks.
        kv_width: floats that one token leaves in the cache in one layer: 2 (key and value) times
            heads of key and value times their size.
    """

    kind = "language"

    file: str = Field(min_length=1)
    context: int = Field(gt=0)
    template: str = Field(min_length=1)
    layers: int = Field(gt=0)
    kv_width: int = Field(gt=0)


class EmbeddingModel(Model):
    """A sentence-transformers model.

    Attributes:
        dimension: length of its vectors.
        context: tokens that it reads of a text.
    """

    kind = "embedding"

    dimension: int = Field(gt=0)
    context: int = Field(gt=0)


class Reranker(Model):
    """A model that scores a question with a passage: a cross-encoder, or the bundled one.

    Attributes:
        context: tokens that it reads of both together.
    """

    kind = "reranker"

    context: int = Field(gt=0)


class EntailmentModel(Model):
    """A model that tells whether a passage supports a sentence.

    Attributes:
        context: tokens that it reads of both together.
        prompt: the one text that {passage} and {sentence} are put into; "" where a model reads
            them as a pair.
    """

    kind = "entailment"

    context: int = Field(gt=0)
    prompt: str = ""


_TYPES: Mapping[Kind, type[Model]] = {
    one.kind: one for one in (LanguageModel, EmbeddingModel, Reranker, EntailmentModel)
}


@cache
def catalogue() -> tuple[Model, ...]:
    """Every model, by kind, the bundled one of each first."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        _TYPES[kind](name=name, **fields)
        for kind in KINDS
        for name, fields in tables.get(kind, {}).items()
    )


def find(name: str) -> LanguageModel | None:
    """The language model of that name in the catalogue; None if there is none."""
    found = find_any(name, "language")
    return found if isinstance(found, LanguageModel) else None


def find_any(name: str, kind: Kind | None = None) -> Model | None:
    """The model of that name (upper and lower case alike), of any kind or of the one given."""
    wanted = name.strip().lower()
    listed = (model for model in catalogue() if kind in (None, model.kind))
    return next((model for model in listed if model.name == wanted), None)


def nearest(name: str, kind: Kind | None = None) -> list[str]:
    """Up to three names of the catalogue that are written like ``name``, the likest first."""
    from rapidfuzz import fuzz, process, utils

    names = [model.name for model in catalogue() if kind in (None, model.kind)]
    found = process.extract(
        name, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=3, score_cutoff=60
    )
    return [near for near, _, _ in found]


def known(name: str, kind: Kind | None = None) -> Model:
    """The model of that name. Raises UsageError if there is none."""
    found = find_any(name, kind)
    if found is None:
        raise unknown(name, kind)
    return found


def unknown(name: str, kind: Kind | None = None) -> UsageError:
    """An error that offers the nearest names."""
    near = nearest(name, kind)
    hint = f"do you mean {' or '.join(near)}?" if near else "see: tutor models list"
    return UsageError(f"no model {name!r} is known; {hint}")
