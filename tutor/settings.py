"""Every knob, typed and described in one place.

Order of precedence: command line, environment (``TUTOR_…``), ``tutor.toml`` in the working folder
or the home, default. An unknown key in either is an error.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from corpus.errors import SettingsError

PREFIX = "TUTOR_"
TOML = "tutor.toml"


def _from_json(given: Any) -> Any:
    """A table from the environment; what stands in tutor.toml is one already."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except json.JSONDecodeError as fault:
        raise ValueError(f"no JSON ({fault})") from fault


class Settings(BaseSettings):
    """All settings of the tutor."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("metromap-tutor"),
        description="Folder for the index, models and conversations; nothing is written elsewhere.",
    )
    model: str = Field(
        "bundled",
        description="Language model: 'bundled', a name of `tutor models list`, the path of a GGUF "
        "file, the address of an OpenAI-compatible server (http://…/v1), or 'llama-index:' and the "
        "path of a class.",
    )
    model_name: str = Field(
        "",
        description="Name of the language model on a server, or for a LlamaIndex class; empty "
        "takes the first that the server lists, or the default of the class.",
    )
    model_key: SecretStr = Field(
        SecretStr(""), description="Key of the server of the language model; sent to no other."
    )
    model_options: Annotated[dict[str, Any], NoDecode, BeforeValidator(_from_json)] = Field(
        default={},
        description="Further fields of a request to a server, such as 'top_p', or the keyword "
        "arguments of a LlamaIndex class: a table in tutor.toml, JSON in the environment.",
    )
    model_seconds: float = Field(
        120.0,
        gt=0,
        description="Most time that the server of the language model may be silent, in seconds.",
    )
    embedding_model: str = Field(
        "bundled",
        description="Embedding model: 'bundled', a folder or a sentence-transformers hub name; "
        "changing it means: tutor index build.",
    )
    reranker: str = Field(
        "late-interaction",
        description="'late-interaction', 'none', or a sentence-transformers cross-encoder.",
    )
    entailment_model: str = Field(
        "",
        description="Model that judges whether a passage supports a sentence: a name of `tutor "
        "models list`, a folder, or a hub name already here; empty for none.",
    )
    entailment: Literal["beside", "instead"] = Field(
        "beside",
        description="Where it stands: 'beside' the bundled check's rules on figures, names and "
        "markup, or 'instead' of them, markup excepted.",
    )
    entailment_threshold: float = Field(
        # Where MiniCheck's and FactCG's authors have theirs.
        0.5,
        ge=0,
        le=1,
        description="Least probability of support at which that model lets a sentence pass.",
    )
    passages: int = Field(10, ge=1, le=50, description="Chunks retrieved for a question (-k).")
    evidence_sentences: int = Field(
        6, ge=1, le=20, description="Sentences of evidence that an answer is made of."
    )
    rerank_sentences: bool = Field(
        True,
        description="Read the best sentences once more, with the question, before they are chosen: "
        "better answers, a quarter of a second later.",
    )
    written_sentences: int = Field(
        3,
        ge=0,
        le=20,
        description="How many of them the bundled model puts into words, other models all; the "
        "rest are quoted. 0 answers by quotation alone, without loading the model.",
    )
    repairs: int = Field(
        1,
        ge=0,
        le=5,
        description="How often a model other than the bundled one writes a sentence again that "
        "the check refuses.",
    )
    level: Literal["beginner", "practitioner", "expert"] = Field(
        "practitioner",
        description="Whom an answer is for: it weighs which of the sentences that answer are said.",
    )
    socratic: bool = Field(
        False,
        description="Hints instead of answers: a leading question and the passage to read.",
    )
    answer_tokens: int = Field(
        160, ge=16, le=4096, description="Most tokens that the language model writes an answer."
    )
    context_tokens: int = Field(
        2048, ge=512, description="Context window of the language model, prompt and answer."
    )
    threads: int = Field(
        0, ge=0, description="Threads of the language model; 0 is one a free core."
    )
    temperature: float = Field(
        0.0, ge=0, le=2, description="Sampling temperature; 0 always takes the likeliest token."
    )
    answer_threshold: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Least estimated probability that the corpus answers the question; below it "
        "the tutor declines. 0 never declines on this ground.",
    )
    gate: str = Field(
        "bundled",
        description="Weights of that estimate: 'bundled', 'own' (what `tutor eval calibrate` has "
        "written into the home), or a file.",
    )
    question_characters: int = Field(
        2000, ge=10, description="Longest question taken, in characters."
    )

    chat_waiting: int = Field(
        # An answer takes 2 to 4 s on two cores: the last in line waits about a minute.
        24,
        ge=1,
        le=1000,
        description="Most questions that wait in line in the chat; half of them from one learner.",
    )
    chat_openai: bool = Field(
        False,
        description="Serve an OpenAI-compatible endpoint beside the chat page, under /v1.",
    )
    chat_mcp: bool = Field(
        False,
        description="Serve the tools ask, search and stations over MCP beside the page, at /mcp.",
    )

    judge_key: SecretStr = Field(
        SecretStr(""), description="Key of the server that judges answers (tutor eval --judge)."
    )

    user_agent: str = Field(
        "metromap-tutor/0.1 (a learner's offline reader; fetches the pages that a course cites)",
        min_length=1,
        description="How the fetcher names itself to servers.",
    )
    fetch_seconds: float = Field(
        60.0, gt=0, description="Most time a page may take to come, in seconds, redirects included."
    )
    fetch_delay: float = Field(
        1.0, ge=0, description="Pause between two requests to one host, in seconds."
    )
    fetch_hosts: int = Field(8, ge=1, le=32, description="Hosts that are fetched from at once.")
    fetch_megabytes: float = Field(
        25.0, gt=0, description="Most that a page or file may weigh on the wire, in megabytes."
    )
    fetch_unpacked_megabytes: float = Field(
        60.0, gt=0, description="Most that it may weigh unpacked, in megabytes."
    )
    fetch_proxies: bool = Field(
        False,
        description="Fetch through the proxies of the environment (HTTPS_PROXY); the proxy then "
        "decides which addresses are reached.",
    )
    mirror: str = Field(
        "",
        description="Template with {url}: read references from this mirror or archive instead of "
        "the live web.",
    )
    archive: str = Field(
        # The Wayback Machine's form: the capture nearest to a time, as it was (id_).
        "https://web.archive.org/web/20240701id_/{url}",
        description="Template with {url}: where --fallback-archive looks for dead links.",
    )
    reading_seconds: float = Field(
        120.0, gt=0, description="Most time that reading one document may take, in seconds."
    )
    reading_megabytes: float = Field(
        4.0, gt=0, description="Most that is read of a text or a web page, in megabytes."
    )

    @property
    def index(self) -> Path:
        """Folder of the index."""
        return self.home / "index"

    @property
    def models(self) -> Path:
        """Folder of exported, requantized and downloaded models."""
        return self.home / "models"

    @property
    def references(self) -> Path:
        """Folder of what has been fetched or added."""
        return self.home / "references"

    @property
    def gate_file(self) -> Path | None:
        """File of the gate's weights; None for the bundled one."""
        if self.gate == "bundled":
            return None
        return self.home / "gate.json" if self.gate == "own" else Path(self.gate).expanduser()

    @property
    def log(self) -> Path:
        """The conversation log."""
        return self.home / "conversations.sqlite"


def load_settings(**overrides: Any) -> Settings:
    """Settings from all sources.

    Args:
        overrides: from the command line; None means not given.

    Raises:
        SettingsError: an unknown key or an impossible value, with where it stands.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    unknown = sorted(set(_environment()) - set(Settings.model_fields))
    if unknown:
        raise SettingsError(f"unknown setting {PREFIX}{unknown[0].upper()}; see: tutor config")
    file, values = _toml()
    for key in _environment():
        values.pop(key, None)
    try:
        return Settings(**{**values, **given})
    except ValidationError as fault:
        first = fault.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "settings"
        where = f" in {file}" if key in values and key not in given else ""
        raise SettingsError(f"setting {key}{where}: {first['msg']}; see: tutor config") from fault


def origins(settings: Settings, **overrides: Any) -> list[tuple[str, str, str, str]]:
    """(name, value, where it comes from, description) of every setting."""
    file, values = _toml()
    rows = []
    for name, field in Settings.model_fields.items():
        if overrides.get(name) is not None:
            origin = "command line"
        elif name in _environment():
            origin = f"environment {PREFIX}{name.upper()}"
        else:
            origin = str(file) if name in values else "default"
        rows.append((name, str(getattr(settings, name)), origin, field.description or ""))
    return rows


def _environment() -> list[str]:
    return [key[len(PREFIX) :].lower() for key in os.environ if key.upper().startswith(PREFIX)]


def _toml() -> tuple[Path | None, dict[str, Any]]:
    """The settings file in use and its content; the working folder's goes before the home's."""
    home = Path(os.environ.get("TUTOR_HOME", "") or user_data_path("metromap-tutor"))
    file = next((f for f in (Path(TOML), home / TOML) if f.is_file()), None)
    if file is None:
        return None, {}
    try:
        return file, tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{file} is no TOML ({fault}); mend or remove it") from fault
