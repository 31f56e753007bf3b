"""Taking a model into use: it must fit into memory and prove itself before a setting is changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import HomeError, SettingsError, UsageError
from tutor.models.catalogue import Kind
from tutor.models.choice import Choice, choose
from tutor.models.memory import check_memory, free_memory
from tutor.models.proof import prove
from tutor.settings import TOML, Settings

# What another model of a kind makes stale: the vectors, and when to decline, which was fitted to
# the bundled models' scores.
_THEN: dict[Kind, tuple[str, ...]] = {
    "language": (),
    "embedding": ("tutor index build", "tutor eval calibrate"),
    "reranker": ("tutor eval calibrate",),
    "entailment": (),
}


@dataclass(frozen=True, slots=True)
class Used:
    """A setting that was changed.

    Attributes:
        before, after: its values.
        file: where it is written.
        proof: what the model did when it was tried.
        then: commands to run now, in order.
        notes: what else to know.
    """

    kind: Kind
    setting: str
    before: str
    after: str
    file: Path
    proof: str
    then: tuple[str, ...]
    notes: tuple[str, ...]


def use(
    name: str,
    settings: Settings,
    kind: Kind | None = None,
    free: Callable[[], int | None] = free_memory,
) -> Used:
    """Prove a model and write it into the home's settings; on any error these stay as they were.

    Args:
        name: of the catalogue, a path, or the address of a server.
        free: tells the free memory in bytes.

    Raises:
        UsageError: nothing is called that.
        ModelError: it is not here, needs more memory than is free, or does not work.
        SettingsError, HomeError: the settings file is no TOML, or cannot be written.
    """
    chosen = choose(name, settings, kind)
    if chosen.setting not in Settings.model_fields:
        raise UsageError(f"{chosen.kind} models cannot be set in this version of the tutor")
    if chosen.memory is not None:
        check_memory(chosen.name, chosen.memory, free())
    proof = prove(chosen.kind, settings.model_copy(update={chosen.setting: chosen.value}))
    before = str(getattr(settings, chosen.setting))
    file = settings.home / TOML
    write_setting(file, chosen.setting, chosen.value)
    then = _THEN[chosen.kind] if before != chosen.value else ()
    return Used(
        chosen.kind, chosen.setting, before, chosen.value, file, proof, then,
        _notes(chosen, settings),
    )  # fmt: skip


def _notes(chosen: Choice, settings: Settings) -> tuple[str, ...]:
    if chosen.kind != "language" or not chosen.context:
        return ()
    if chosen.context < settings.context_tokens:
        return (
            f"it was trained for {chosen.context} tokens; lower context_tokens, which is "
            f"{settings.context_tokens}",
        )
    return ()


def write_setting(file: Path, name: str, value: str) -> None:
    """Set one key of a settings file; everything else in it stays, comments too.

    Raises:
        SettingsError: the file is no TOML.
        HomeError: it cannot be written; the old one is still there.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    except (OSError, UnicodeDecodeError, TOMLKitError) as fault:
        raise SettingsError(f"{file} is no TOML ({fault}); mend or remove it") from fault
    document[name] = value
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(tomlkit.dumps(document), encoding="utf-8")
        beside.replace(file)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        raise HomeError(f"cannot write {file} ({fault.strerror}); set TUTOR_HOME") from fault
