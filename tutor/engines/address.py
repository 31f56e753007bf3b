"""A server of language models: its address, what it offers, and what goes wrong with it.

Every request goes to that address and nowhere else: proxies of the environment are not used and
redirections not followed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError

if TYPE_CHECKING:
    import httpx

# To begin a connection and to list the models; how long an answer may take is a setting.
PROBE_SECONDS = 10.0
# The openai client adds headers about this machine, and what OPENAI_* of the environment say.
_HEADERS = {
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type",
    "host", "user-agent",
}  # fmt: skip


def is_address(model: str) -> bool:
    """Whether a setting names a server."""
    return model.lower().startswith(("http://", "https://"))


def base_address(setting: str) -> str:
    """The address before ``/chat/completions``; a bare host gets the usual ``/v1``.

    Raises:
        ModelError: it is no address, or holds a password.
    """
    import httpx

    try:
        url = httpx.URL(setting.strip())
    except httpx.InvalidURL as fault:
        raise ModelError(f"{setting} is no address ({fault}); {_EXAMPLE}") from fault
    if not url.host:
        raise ModelError(f"{setting} is no address; {_EXAMPLE}")
    if url.userinfo:
        raise ModelError(f"the address of {url.host} holds a password; set model_key instead")
    path = url.path.rstrip("/") or "/v1"
    return str(url.copy_with(path=path, query=None, fragment=None))


def is_loopback(address: str) -> bool:
    """Whether a server is on this machine, by its address alone."""
    import httpx

    host = httpx.URL(address).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_EXAMPLE = "give one like http://127.0.0.1:8080/v1"


def client_for(seconds: float) -> httpx.Client:
    """Connections that say no more than they must.

    Args:
        seconds: most time that the server may be silent.
    """
    import httpx

    return httpx.Client(
        timeout=httpx.Timeout(seconds, connect=min(seconds, PROBE_SECONDS)),
        trust_env=False,
        follow_redirects=False,
        event_hooks={"request": [_bare]},
    )


def _bare(request: httpx.Request) -> None:
    for name in list(request.headers):
        if name.lower() not in _HEADERS:
            del request.headers[name]


def listed_models(address: str, key: str) -> list[str]:
    """Names of the server's models; none where it does not list them.

    Raises:
        ModelError: nobody answers there, or the key is refused.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with told(address), client_for(PROBE_SECONDS) as client:
        reply = client.get(f"{address}/models", headers=headers)
        if reply.is_error and reply.status_code != 404:
            raise refusal(address, reply.status_code, _json(reply))
        content = _json(reply)
    rows = content.get("data") if isinstance(content, Mapping) else None
    names = [row.get("id") for row in rows or () if isinstance(row, Mapping)]
    return [name for name in names if isinstance(name, str) and name]


def _json(reply: httpx.Response) -> Any:
    try:
        return reply.json()
    except ValueError:
        return None


@contextmanager
def told(address: str) -> Iterator[None]:
    """Makes one line, a ModelError, of every fault of a connection."""
    import httpx

    try:
        yield
    except httpx.ConnectTimeout as fault:
        raise _silent(address) from fault
    except httpx.ConnectError as fault:
        raise ModelError(
            f"no model server answers at {address} ({_brief(fault)}); start it, or set model to "
            f"'bundled'"
        ) from fault
    except httpx.TimeoutException as fault:
        raise _silent(address) from fault
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise ModelError(
            f"the model server at {address} broke off ({_brief(fault)}); ask again, or look into "
            f"its log"
        ) from fault


def _silent(address: str) -> ModelError:
    return ModelError(
        f"the model server at {address} does not answer in time; raise model_seconds, or look "
        f"whether it is busy"
    )


def refusal(address: str, status: int, content: Any) -> ModelError:
    """What a reply other than 200 means, and what to do.

    Args:
        content: of the reply, JSON or anything else.
    """
    if status in (401, 403):  # what it says of the key may hold the key
        return ModelError(f"the model server at {address} refuses the key; set model_key")
    advice = _ADVICE.get(status, "look into its log")
    amid = status == 200  # what it says in the middle of a stream
    reason = ": ".join(
        part for part in ("" if amid else f"HTTP {status}", _message(content)) if part
    )
    return ModelError(f"the model server at {address} fails ({reason}); {advice}")


_ADVICE = {
    301: "it sends elsewhere, where nothing is sent; give the right address",
    302: "it sends elsewhere, where nothing is sent; give the right address",
    307: "it sends elsewhere, where nothing is sent; give the right address",
    308: "it sends elsewhere, where nothing is sent; give the right address",
    400: "lower context_tokens, or mend model_options",
    404: "set model_name to one of its models, or mend the address, which mostly ends in /v1",
    429: "it is asked too much; try again later",
    503: "it may still be loading its model; try again in a moment",
}


def _message(content: Any) -> str:
    """The words of an error as OpenAI's protocol and its relatives send them, at most 160 signs."""
    while isinstance(content, Mapping):
        content = content.get("error") or content.get("message") or content.get("detail")
    return " ".join(content.split())[:160] if isinstance(content, str) else ""


def _brief(fault: Exception) -> str:
    return " ".join(str(fault).split())[:160] or type(fault).__name__
