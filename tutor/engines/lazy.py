"""Engines that are loaded when they are first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from tutor.engines.gguf import BUNDLED, BUNDLED_NAME, model_file, original_file
from tutor.engines.protocol import Engine

if TYPE_CHECKING:
    from tutor.llama import LlamaEngine
    from tutor.settings import Settings

E = TypeVar("E", bound=Engine)


class Lazy(Generic[E]):
    """Loads an engine once, for whichever thread asks first.

    Args:
        name: of the model, known before it is loaded.
        load: makes the engine.
        check: finds out at once what can be found out without loading; raises ModelError.
    """

    def __init__(self, name: str, load: Callable[[], E], check: Callable[[], object]) -> None:
        self.name, self._load, self._check = name, load, check
        self._engine: E | None = None
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise ModelError if the setting names nothing usable, before anything is said with it."""
        self._check()

    def __call__(self) -> E:
        """The engine. Raises ModelError."""
        with self._lock:
            if self._engine is None:
                self._engine = self._load()
            return self._engine

    def close(self) -> None:
        """Free the engine; the next question loads it again."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None


class LazyLlama(Lazy["LlamaEngine"]):
    """The GGUF model of the settings: bundled, of the catalogue, or a file."""

    def __init__(self, settings: Settings) -> None:
        model, models = settings.model, settings.models

        def load() -> LlamaEngine:
            from tutor.llama import LlamaEngine

            file = model_file(model, models)
            return LlamaEngine(file, settings.context_tokens, settings.threads)

        name = BUNDLED_NAME if model == BUNDLED else Path(model).name.removesuffix(".gguf")
        super().__init__(name, load, check=lambda: original_file(model, models))
