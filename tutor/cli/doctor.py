"""``tutor doctor`` and ``tutor config``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from corpus.errors import TutorError
from tutor.cli.options import Json, utf8_output

if TYPE_CHECKING:
    from tutor.settings import Settings

# Measured with the bundled models: 0.6 GB at peak (docs/log.md); below twice that, say so.
_MEMORY_WANTED = 1.2e9
# The index, the exported encoder and the fast copy of the model take 0.4 GB together.
_DISK_WANTED = 1e9


def doctor(json_: Json = False) -> None:
    """Check models, index, memory, disk and home, and whether anything needs the network."""
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings()
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("home", _home),
        ("disk", _disk),
        ("memory", _memory),
        ("embedding model", _embedding_model),
        ("language model", _language_model),
        ("index", _index),
        ("network", _network),
    ]
    if settings.entailment_model:
        checks.insert(checks.index(("index", _index)), ("entailment model", _entailment_model))
    results = []
    for name, check in checks:
        try:
            results.append((name, True, check(settings)))
        except TutorError as fault:
            results.append((name, False, str(fault)))
    if json_:
        rows = [{"part": n, "ok": ok, "finding": finding} for n, ok, finding in results]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for name, ok, finding in results:
            typer.echo(f"{'ok  ' if ok else 'FAIL'} {name:16} {finding}")
    raise typer.Exit(0 if all(ok for _, ok, _ in results) else 1)


def config(json_: Json = False) -> None:
    """Show every setting: its value, where it comes from, and what it does."""
    from tutor.settings import load_settings, origins

    utf8_output()
    rows = origins(load_settings())
    if json_:
        keys = ("name", "value", "origin", "description")
        listed = [dict(zip(keys, row, strict=True)) for row in rows]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for name, value, origin, description in rows:
        typer.echo(f"{name} = {value}   ({origin})\n    {description}")


def _home(settings: Settings) -> str:
    from tutor.app import prepare_home

    prepare_home(settings)
    return f"{settings.home} is writable"


def _disk(settings: Settings) -> str:
    try:
        free = shutil.disk_usage(settings.home).free
    except OSError as fault:
        raise TutorError(f"{settings.home}: {fault.strerror}; set TUTOR_HOME") from fault
    if free < _DISK_WANTED:
        raise TutorError(f"{free / 1e9:.1f} GB free; about 1 GB is needed, free some space")
    return f"{free / 1e9:.0f} GB free"


def _memory(settings: Settings) -> str:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(1024 * int(x.split()[1]) for x in lines if x.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return "cannot be read on this system"
    if free < _MEMORY_WANTED:
        raise TutorError(f"{free / 1e9:.1f} GB free; about 1.2 GB is needed, close something")
    return f"{free / 1e9:.1f} GB free"


def _embedding_model(settings: Settings) -> str:
    from index.encoder import load_encoder

    encoder = load_encoder(settings.embedding_model, settings.models)
    vector = encoder.encode(["What is LoRA?"])[0].vector
    return f"{encoder.name} answers with {len(vector)} dimensions"


def _language_model(settings: Settings) -> str:
    from tutor.engines.factory import lazy_engine

    engine = lazy_engine(settings)()
    said = "".join(engine.stream([("user", "Say yes.")], max_tokens=4))
    return f"{engine.name} answers ({len(said)} characters)"


def _entailment_model(settings: Settings) -> str:
    from tutor.models.proof import prove

    return f"{prove('entailment', settings)}; it stands {settings.entailment} the bundled check"


def _index(settings: Settings) -> str:
    from index.encoder import load_encoder
    from index.version import current_version, read_manifest
    from tutor.app import check_fresh

    manifest = read_manifest(current_version(settings.index))
    check_fresh(manifest, load_encoder(settings.embedding_model, settings.models))
    return f"{manifest.chunks} chunks, {manifest.fingerprint}, up to date"


def _network(settings: Settings) -> str:
    findings = [*_asked_elsewhere(settings), *_named_on_hubs(settings)]
    return "; ".join(findings) or "nothing needs it"


def _asked_elsewhere(settings: Settings) -> list[str]:
    """Where the language model is, if not in this process."""
    from tutor.engines.address import base_address, is_address, is_loopback
    from tutor.engines.llama_index import PREFIX

    if is_address(settings.model):
        address = base_address(settings.model)
        if is_loopback(address):
            return [f"setting model asks {address}, on this machine"]
        return [f"setting model sends questions and passages to {address}"]
    if settings.model.startswith(PREFIX):
        return [f"setting model sends questions and passages to {settings.model}, wherever that is"]
    return []


def _named_on_hubs(settings: Settings) -> list[str]:
    hubs = [
        name
        for name, value, builtin in (
            ("embedding_model", settings.embedding_model, ("bundled",)),
            ("reranker", settings.reranker, ("late-interaction", "none")),
        )
        if value not in builtin and not Path(value).exists()
    ]
    if hubs:
        return [f"setting {', '.join(hubs)} names a model hub; a model not yet there needs it"]
    return []
