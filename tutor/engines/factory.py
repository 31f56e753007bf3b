"""The language model that the setting ``model`` names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from tutor.engines.address import is_address
from tutor.engines.lazy import LazyLlama
from tutor.engines.llama_index import PREFIX, lazy_llama_index
from tutor.engines.protocol import LazyEngine
from tutor.engines.server import LazyServer

if TYPE_CHECKING:
    from tutor.settings import Settings

# "localhost:8080/v1" is no path that anybody has.
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d+(/|$)")


def lazy_engine(settings: Settings) -> LazyEngine:
    """The model of the settings, loaded when it is first called.

    ``settings.model`` is 'bundled', a name of the catalogue, the path of a GGUF file, the http(s)
    address of a server, or "llama-index:" and the path of a class.

    Raises:
        ModelError: the setting is an address that is none. All else is for its ``check``.
    """
    if is_address(settings.model):
        return LazyServer(settings)
    if settings.model.startswith(PREFIX):
        return lazy_llama_index(settings)
    if _HOST_AND_PORT.match(settings.model):
        raise ModelError(f"the address {settings.model} lacks its http://; put it in front")
    return LazyLlama(settings)
