"""Putting the parts together: settings in, a tutor that can be asked out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from corpus.errors import HomeError, IndexForeign, IndexMissing, IndexStale
from tutor.engines.lazy import LazyLlama

if TYPE_CHECKING:
    from corpus import Curriculum, Document
    from index.build import Report
    from index.encoder import Encoder
    from index.search import Index
    from index.version import Manifest
    from tutor.answer import Tutor
    from tutor.settings import Settings

__all__ = [
    "LazyLlama",
    "Say",
    "build",
    "check_fresh",
    "open_index",
    "open_tutor",
    "prepare_home",
    "private",
    "source_documents",
    "sources_digest",
]

Say = Callable[[str], None]


def private() -> None:
    """Turn off the telemetry of every dependency, and what makes them wait; call it first."""
    for name, value in {
        "ANONYMIZED_TELEMETRY": "False",
        "ORT_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "RAGAS_DO_NOT_TRACK": "true",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "DO_NOT_TRACK": "1",
        "TOKENIZERS_PARALLELISM": "false",
        # No telemetry, but also to be said before the first import: products here are small, and
        # OpenBLAS's threads wait for each other by spinning (docs/log.md, "Search").
        "OPENBLAS_NUM_THREADS": "1",
    }.items():
        os.environ.setdefault(name, value)


def open_tutor(settings: Settings, say: Say = lambda line: None) -> Tutor:
    """A tutor ready for questions; the first time, this builds the index.

    Args:
        say: told in a line what takes long.

    Raises:
        IndexStale, IndexForeign, IndexDamaged: the index is refused; the message mends it.
        ModelError, HomeError: a model or the home cannot be used.
    """
    from tutor.answer import Tutor
    from tutor.checks import open_check
    from tutor.engines.factory import lazy_engine

    engine = lazy_engine(settings)
    engine.check()
    check = open_check(settings)
    return Tutor(open_index(settings, say), settings, engine, check)


def open_index(settings: Settings, say: Say = lambda line: None) -> Index:
    """The index of the home, checked against the corpus and the embedding model."""
    from index.encoder import load_encoder
    from index.rerank import load_reranker
    from index.search import Index

    prepare_home(settings)
    encoder = load_encoder(settings.embedding_model, settings.models)
    try:
        index = Index(settings.index, encoder, load_reranker(settings.reranker))
    except IndexMissing:
        say("building the index for the first time, about a minute …")
        build(settings)
        index = Index(settings.index, encoder, load_reranker(settings.reranker))
    check_fresh(index.manifest, encoder)
    if index.manifest.sources != sources_digest(settings):
        say("sources have changed since they were indexed; run: tutor index build")
    return index


def sources_digest(settings: Settings) -> str:
    """Changes with the references and own documents that there are to index."""
    from corpus.library.ledger import sources_digest as digest

    return digest(settings.references)


def check_fresh(manifest: Manifest, encoder: Encoder) -> None:
    """Raise unless an index was built from these documents with this model.

    Raises:
        IndexForeign: another embedding model, or another layout of the files.
        IndexStale: other documents or another chunker.
    """
    from corpus.loader import curriculum_digest
    from index import chunker
    from index.version import LAYOUT

    if manifest.layout != LAYOUT:
        raise IndexForeign("the index is of another version of the tutor; run: tutor index build")
    if (manifest.model, manifest.dimension) != (encoder.name, encoder.dimension):
        raise IndexForeign(
            f"the index was built with {manifest.model} ({manifest.dimension} dimensions), the "
            f"setting is {encoder.name} ({encoder.dimension}); run: tutor index build"
        )
    if manifest.corpus != curriculum_digest() or manifest.chunker != chunker.VERSION:
        raise IndexStale("the curriculum has changed since it was indexed; run: tutor index build")


def build(settings: Settings, report: Report | None = None, fresh: bool = False) -> Manifest:
    """Bring the index up to date with the curriculum, the references and the own documents."""
    from corpus.loader import curriculum_digest, load_curriculum
    from index.build import build_index
    from index.encoder import load_encoder

    prepare_home(settings)
    curriculum = load_curriculum()
    return build_index(
        settings.index,
        curriculum,
        load_encoder(settings.embedding_model, settings.models),
        source_documents(settings, curriculum),
        corpus_digest=curriculum_digest(),
        sources_digest=sources_digest(settings),
        fresh=fresh,
        report=report or (lambda stage, done, total: None),
    )


def source_documents(settings: Settings, curriculum: Curriculum) -> list[Document]:
    """What has been fetched or added, as documents."""
    from corpus.library.ledger import FILE

    if not (settings.references / FILE).exists():
        return []
    from corpus.library.library import Library

    library = Library(settings.references)
    try:
        return library.documents(curriculum.references)
    finally:
        library.close()


def prepare_home(settings: Settings) -> None:
    """Make the home, and make sure that it can be written.

    Raises:
        HomeError: it cannot.
    """
    probe = settings.home / f".writable-{os.getpid()}"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        raise HomeError(
            f"cannot write {settings.home} ({fault.strerror}); free space, or set TUTOR_HOME to "
            f"a folder of yours"
        ) from fault
