"""What ``tutor models list`` tells, as data."""

from __future__ import annotations

from typing import Any, Literal

from tutor.models.catalogue import Kind, Model, catalogue
from tutor.models.choice import SETTING
from tutor.models.hub import folder_of, local_folder
from tutor.models.memory import memory_of
from tutor.settings import Settings

State = Literal["bundled", "pulled", "begun", "not pulled"]


def listing(settings: Settings, kind: Kind | None = None) -> list[dict[str, Any]]:
    """Every model of the catalogue with how it stands here, and what is set besides.

    Sizes and memory are in bytes, parameters in millions.
    """
    models = [model for model in catalogue() if kind in (None, model.kind)]
    rows = [_row(model, settings) for model in models]
    others = [one for one in SETTING if kind in (None, one) and _is_other(one, rows, settings)]
    return rows + [_set_otherwise(one, settings) for one in others]


def _row(model: Model, settings: Settings) -> dict[str, Any]:
    return {
        "kind": model.kind,
        "state": state(model, settings),
        "in_use": in_use(model, settings),
        "memory": memory_of(model, settings.context_tokens),
        **model.model_dump(),
    }


def state(model: Model, settings: Settings) -> State:
    """How a model stands here."""
    if model.bundled:
        return "bundled"
    if local_folder(model, settings.models):
        return "pulled"
    return "begun" if any(folder_of(model, settings.models).rglob("*.part")) else "not pulled"


def in_use(model: Model, settings: Settings) -> bool:
    """Whether the settings name this model."""
    value = _value(model.kind, settings)
    return value in (model.name, str(folder_of(model, settings.models).absolute()))


def _value(kind: Kind, settings: Settings) -> str:
    return str(getattr(settings, SETTING[kind], ""))


def _is_other(kind: Kind, rows: list[dict[str, Any]], settings: Settings) -> bool:
    """Whether something is set of a kind, and none of the catalogue's."""
    used = {row["kind"] for row in rows if row["in_use"]}
    return kind not in used and bool(_value(kind, settings))


def _set_otherwise(kind: Kind, settings: Settings) -> dict[str, Any]:
    return {"kind": kind, "state": "set", "in_use": True, "name": _value(kind, settings)}
