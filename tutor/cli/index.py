"""``tutor index build|status|clear``."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import SearchIndexError
from tutor.cli.options import Json, progress, utf8_output

if TYPE_CHECKING:
    from tutor.settings import Settings

app = typer.Typer(help="Build the index, look at it, remove it.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Build the index when no command is named."""
    if context.invoked_subcommand is None:
        build()


@app.command()
def build(
    fresh: Annotated[bool, typer.Option("--fresh", help="Encode everything anew.")] = False,
) -> None:
    """Bring the index up to date; only what has changed is encoded."""
    from tutor import app as tutor_app
    from tutor.settings import load_settings

    utf8_output()
    with progress() as report:
        manifest = tutor_app.build(load_settings(), report, fresh)
    typer.echo(
        f"{manifest.chunks} chunks of {len(manifest.documents)} documents, "
        f"index {manifest.fingerprint}"
    )


@app.command()
def status(json_: Json = False) -> None:
    """Show documents, chunks, fingerprint, size, and whether the index is up to date."""
    from index.database import Database
    from index.encoder import load_encoder
    from index.version import current_version, read_manifest
    from tutor.app import check_fresh, sources_digest
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings()
    version = current_version(settings.index)
    manifest = read_manifest(version)
    state = "up to date"
    try:
        check_fresh(manifest, load_encoder(settings.embedding_model, settings.models))
        if manifest.sources != sources_digest(settings):
            state = "sources have changed since they were indexed; run: tutor index build"
    except SearchIndexError as fault:
        state = str(fault)
    documents = _document_states(settings, Database(version).documents(), state == "up to date")
    size = sum(f.stat().st_size for f in version.rglob("*") if f.is_file())
    summary = {
        "state": state,
        "fingerprint": manifest.fingerprint,
        "documents": len(manifest.documents),
        "chunks": manifest.chunks,
        "model": manifest.model,
        "dimension": manifest.dimension,
        "built": manifest.built,
        "seconds": manifest.seconds,
        "megabytes": round(size / 1e6, 1),
        "folder": str(version),
    }
    if json_:
        typer.echo(json.dumps({**summary, "list": documents}, ensure_ascii=False, indent=2))
        return
    for name, value in summary.items():
        typer.echo(f"{name:12} {value}")
    for document in documents:
        if document["kind"] != "card" or document["state"] != "indexed":
            typer.echo(f"  {document['state']:8} {document['chunks']:4} chunks  {document['id']}")
    references = sum(d["kind"] == "card" for d in documents)
    typer.echo(f"  and {references} references; all with: tutor index status --json")


@app.command()
def clear() -> None:
    """Remove the index; the next question builds it anew. Conversations and models stay."""
    from index.lock import build_lock
    from tutor.settings import load_settings

    folder = load_settings().index
    if folder.exists():
        with build_lock(folder):
            for version in [*folder.glob("v-*"), *folder.glob("building-*")]:
                shutil.rmtree(version)
            (folder / "current").unlink(missing_ok=True)
    typer.echo(f"removed the index in {folder}")


def _document_states(
    settings: Settings, indexed: list[dict[str, Any]], fresh: bool
) -> list[dict[str, Any]]:
    """The documents of the index with their state: indexed, changed, removed or new."""
    if fresh:
        return [{**document, "state": "indexed"} for document in indexed]
    from corpus.loader import load_curriculum
    from index.version import document_digest
    from tutor.app import source_documents

    curriculum = load_curriculum()
    documents = [*curriculum.documents, *source_documents(settings, curriculum)]
    now = {d.id: d for d in documents}
    listed = []
    for document in indexed:
        current = now.pop(document["id"], None)
        state = "removed"
        if current is not None:
            same = document_digest(current) == document["sha256"]
            state = "indexed" if same else "changed"
        listed.append({**document, "state": state})
    new = ({"id": d.id, "title": d.title, "kind": d.kind, "chunks": 0} for d in now.values())
    return [*listed, *({**d, "state": "new"} for d in new)]
