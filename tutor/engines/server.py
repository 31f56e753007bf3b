"""A language model behind an OpenAI-compatible address: llama-server, vLLM, Ollama, LM Studio.

The protocol: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from tutor.engines.address import base_address, client_for, listed_models, refusal, told
from tutor.engines.chat import WIDESPREAD, plain
from tutor.engines.estimate import estimated_tokens
from tutor.engines.lazy import Lazy
from tutor.engines.protocol import Messages
from tutor.engines.streams import without_thinking

if TYPE_CHECKING:
    from tutor.settings import Settings

_OPEN_TO_ALL = "none"  # the client insists on a key; servers that want none ignore it


class ServerEngine:
    """A model on a server.

    Args:
        address: before ``/chat/completions``.
        model: its name there.
        key: "" for a server that wants none.
        context: tokens that prompt and answer may have; servers do not tell.
        seconds: most time that the server may be silent.
        options: further fields of a request, or others in place of ours; None leaves ours out.
    """

    takes_grammar = False

    def __init__(
        self,
        address: str,
        model: str,
        key: str = "",
        context: int = 2048,
        seconds: float = 120.0,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        from openai import OpenAI

        self.name, self.context = model, context
        self._address, self._options = address, dict(options or {})
        self._client = OpenAI(
            base_url=address,
            api_key=key or _OPEN_TO_ALL,
            max_retries=0,  # whoever waits is told at once, and asks again
            http_client=client_for(seconds),
        )

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int = 200,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> Iterator[str]:
        """Text of the assistant's turn, piece by piece; what it thinks aloud before is left out.

        An abandoned stream closes its connection, and the server stops writing.

        Raises:
            ModelError: no answer, none in time, a refusal, or one that breaks off.
        """
        turns = [{"role": role, "content": plain(text, WIDESPREAD)} for role, text in messages]
        fields = {
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stop": list(stop) or None,
            "seed": seed,
            **self._options,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        yield from without_thinking(self._pieces(turns, given))

    def _pieces(self, turns: list[dict[str, str]], fields: Mapping[str, Any]) -> Iterator[str]:
        from openai import APIConnectionError, APIError, APIStatusError

        create: Any = self._client.chat.completions.create
        try:
            with told(self._address):
                try:
                    with create(
                        model=self.name, messages=turns, stream=True, extra_body=fields
                    ) as chunks:
                        yield from self._texts(chunks)
                except APIConnectionError as fault:
                    raise fault.__cause__ or fault from None
        except APIStatusError as fault:
            raise refusal(self._address, fault.status_code, fault.body) from fault
        except APIError as fault:  # told in the middle of the stream
            raise refusal(self._address, 200, fault.body) from fault
        except ValueError as fault:
            raise self._garbage() from fault

    def _texts(self, chunks: Any) -> Iterator[str]:
        """The text in a stream's chunks, which the client hands on as they came, unchecked."""
        answered = finished = False
        for chunk in chunks:
            choices = getattr(chunk, "choices", None)
            for choice in choices[:1] if isinstance(choices, list) else ():
                answered = True
                finished = finished or bool(getattr(choice, "finish_reason", None))
                text = getattr(getattr(choice, "delta", None), "content", None)
                if isinstance(text, str):
                    yield text
        if not answered:
            raise self._garbage()
        if not finished:
            raise ModelError(
                f"the model server at {self._address} broke off; ask again, or look into its log"
            )

    def _garbage(self) -> ModelError:
        return ModelError(
            f"what answers at {self._address} does not speak OpenAI's protocol; mend the address, "
            f"which mostly ends in /v1"
        )

    def count_tokens(self, text: str) -> int:
        """An estimate, rather too high than too low: the server keeps its vocabulary."""
        return estimated_tokens(text)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class LazyServer(Lazy[ServerEngine]):
    """The server of the settings; the openai client, 1.2 s to import, is left for the first use.

    Raises:
        ModelError: the setting is no address.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._address = base_address(settings.model)
        self._model = ""
        super().__init__(settings.model_name or self._address, self._open, self._find)

    def _find(self) -> str:
        """The model's name on the server; asked once."""
        if not self._model:
            key = self._settings.model_key.get_secret_value()
            names = listed_models(self._address, key)
            self.name = self._model = chosen(self._settings.model_name, names, self._address)
        return self._model

    def _open(self) -> ServerEngine:
        settings = self._settings
        return ServerEngine(
            self._address,
            self._find(),
            settings.model_key.get_secret_value(),
            settings.context_tokens,
            settings.model_seconds,
            settings.model_options,
        )


def chosen(wanted: str, names: Sequence[str], address: str) -> str:
    """The model to ask: the one wanted, or the first that the server lists.

    Raises:
        ModelError: it lists others, or none and none is named.
    """
    # Ollama answers to a name without its tag, and lists it with one.
    if wanted and (not names or wanted in names or f"{wanted}:latest" in names):
        return wanted
    if wanted:
        from rapidfuzz import process

        near = [name for name, _, _ in process.extract(wanted, names, limit=5)]
        raise ModelError(
            f"the model server at {address} has no model {wanted!r}; set model_name to one of: "
            f"{', '.join(near)}"
        )
    if not names:
        raise ModelError(
            f"what answers at {address} lists no models; set model_name, or mend the address, "
            f"which mostly ends in /v1"
        )
    return names[0]
