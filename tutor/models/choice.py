"""What a person means by a model's name, path or address, and what the settings call it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ModelError, UsageError
from tutor.models.catalogue import Kind, LanguageModel, Model, find_any, unknown
from tutor.models.hub import local_file, local_folder
from tutor.models.memory import file_memory, folder_memory, memory_of
from tutor.settings import Settings

# The setting that each kind of model stands in.
SETTING: dict[Kind, str] = {
    "language": "model",
    "embedding": "embedding_model",
    "reranker": "reranker",
    "entailment": "entailment_model",
}
_LLAMA_INDEX = "llama-index:"
# Goes back to the bundled check alone.
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that is here, or a server's.

    Attributes:
        value: what the setting becomes.
        memory: bytes that the tutor needs with it; None for one that runs elsewhere.
        context: tokens that it was trained for; None if nothing here says so.
    """

    kind: Kind
    name: str
    value: str
    memory: int | None
    context: int | None = None

    @property
    def setting(self) -> str:
        """Name of the setting."""
        return SETTING[self.kind]


def choose(name: str, settings: Settings, kind: Kind | None = None) -> Choice:
    """The model of a name in the catalogue, of a file or folder, or behind an address.

    Args:
        kind: needed where the name does not tell; "bundled" alone means the language model.

    Raises:
        UsageError: nothing is called that; the nearest names are offered.
        ModelError: it has not been pulled, or its file cannot be read.
    """
    if kind == "entailment" and name.strip().lower() in (_NONE, ""):
        return Choice(kind, _NONE, "", memory=None)
    if elsewhere(name):
        if kind not in (None, "language"):
            raise UsageError(f"only language models run elsewhere; {name} cannot be a {kind} model")
        return Choice("language", name, name, memory=None)
    found = find_any(name, kind)
    if found is not None:
        return _catalogued(found, settings)
    path = Path(name).expanduser()
    if path.suffix == ".gguf" or path.is_file():
        return _file(path, settings, kind)
    if path.is_dir():
        return _folder(path, kind)
    raise unknown(name, kind)


def elsewhere(name: str) -> bool:
    """Whether a name is the address of a server or a class of LlamaIndex."""
    return name.startswith(("http://", "https://", _LLAMA_INDEX))


def _catalogued(model: Model, settings: Settings) -> Choice:
    memory = memory_of(model, settings.context_tokens)
    context = getattr(model, "context", None)
    if isinstance(model, LanguageModel):
        file = local_file(model, settings.models)
        if file is None:
            raise _missing(model)
        memory = file_memory(file, min(settings.context_tokens, model.context))
        return Choice(model.kind, model.name, model.name, memory, context)
    if model.bundled:
        return Choice(model.kind, model.name, model.name, memory, context)
    folder = local_folder(model, settings.models)
    if folder is None:
        raise _missing(model)
    return Choice(model.kind, model.name, str(folder.absolute()), memory, context)


def _missing(model: Model) -> ModelError:
    return ModelError(
        f"the model {model.name} is not here yet ({model.size / 1e6:,.0f} MB); run: "
        f"tutor models pull {model.name}"
    )


def _file(path: Path, settings: Settings, kind: Kind | None) -> Choice:
    from tutor.engines.gguf import check_gguf
    from tutor.models.gguf_header import read_header

    if kind not in (None, "language"):
        raise UsageError(f"a file is a language model (GGUF); {kind} models are folders")
    check_gguf(path)
    memory = file_memory(path, settings.context_tokens)
    context = read_header(path).context or None
    return Choice("language", path.name, str(path.absolute()), memory, context)


def _folder(path: Path, kind: Kind | None) -> Choice:
    if kind in (None, "language"):
        raise UsageError(
            f"{path} is a folder; say what model it holds: --kind embedding, reranker or entailment"
        )
    return Choice(kind, path.name, str(path.absolute()), folder_memory(path))
