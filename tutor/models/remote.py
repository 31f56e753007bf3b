"""What a hub tells of a repository and its files before anything is transferred."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from huggingface_hub import HfApi, constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

from corpus.errors import ModelError
from tutor.models.checksum import is_checksum

# What sentence-transformers reads. Left out are copies of the weights for other libraries, and
# pickles, which can hold code.
_KEPT = (".json", ".txt", ".model", ".safetensors")
_OTHER_LIBRARIES = {"onnx", "openvino", "coreml", "tflite", "flax"}


@dataclass(frozen=True, slots=True)
class Source:
    """A repository of the hub, at a branch or commit."""

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A file as the hub describes it.

    Attributes:
        name: in the repository, with slashes.
        url: where its bytes are.
        headers: to ask for them with.
        size: in bytes.
        checksum: sha256, or for small files git's sha1.
        commit: of the repository.
    """

    name: str
    url: str
    headers: dict[str, str]
    size: int
    checksum: str
    commit: str


def names_of(source: Source) -> list[str]:
    """The files of a repository that sentence-transformers reads.

    Raises:
        ModelError: its weights are not there as safetensors.
    """
    info = HfApi().model_info(source.repository, revision=source.revision)
    names = [sibling.rfilename for sibling in info.siblings or []]
    kept = [name for name in names if _is_kept(PurePosixPath(name))]
    if not any(name.endswith(".safetensors") for name in kept):
        raise ModelError(f"{source.repository} has no weights as safetensors; choose another model")
    return kept


def _is_kept(name: PurePosixPath) -> bool:
    if name.is_absolute() or ".." in name.parts or _OTHER_LIBRARIES & set(name.parts):
        return False
    weights = name.suffix == ".safetensors"
    return name.suffix in _KEPT and (not weights or name.name.startswith("model"))


def described(source: Source, name: str) -> Remote:
    """A file of a repository, as its HEAD tells.

    Raises:
        ModelError: whoever answers tells no size or no checksum.
    """
    url = hf_hub_url(source.repository, name, revision=source.revision)
    headers = build_hf_headers(library_name="metromap-tutor")
    found = get_hf_file_metadata(url, headers=headers)
    if not (found.size is not None and found.etag and is_checksum(found.etag)):
        raise ModelError(
            f"{constants.ENDPOINT} gives no size and checksum of {name}, as a model hub does; "
            f"check HF_ENDPOINT"
        )
    # A key for the hub is not for the store that it refers to.
    if urlsplit(found.location).netloc != urlsplit(url).netloc:
        headers = {key: value for key, value in headers.items() if key != "authorization"}
    return Remote(name, found.location, headers, found.size, found.etag, found.commit_hash or "")
