"""What is asked of the fetcher, what it answers, and how a page may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpus.errors import CorpusError

Outcome = Literal[
    "fetched", "unchanged",
    "dead", "too large", "blocked", "disallowed", "needs an account", "video", "unsupported",
    "timed out", "unreachable", "refused", "redirect loop",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Limits and manners.

    Attributes:
        user_agent: the honest name that every request carries; robots.txt is read for what stands
            before its first "/".
        seconds: for one page with its redirects and tries; waits out of politeness do not count.
        connect_seconds: for opening one connection.
        delay: seconds between two requests to one host.
        wire_bytes: most bytes taken from the wire for one page.
        unpacked_bytes: most bytes of one page after unpacking.
        redirects: most redirects followed for one page.
        hosts: most requests under way at one time.
        tries: most requests for one page while its host answers that it is busy.
        proxies: whether the environment's proxies are followed. They resolve names themselves, so
            that only addresses written as numbers can still be checked.
    """

    user_agent: str = "metromap-tutor"
    seconds: float = 30.0
    connect_seconds: float = 10.0
    delay: float = 1.0
    wire_bytes: int = 20_000_000
    unpacked_bytes: int = 50_000_000
    redirects: int = 5
    hosts: int = 8
    tries: int = 3
    proxies: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A page to fetch.

    Attributes:
        etag: of the copy that is kept, as it came; None to fetch in any case.
        last_modified: of the copy that is kept, as it came.
        final: where the kept copy came from, if redirects led there: another page's validators
            are not sent elsewhere. None: they are sent wherever the redirects lead.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    final: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one address ended.

    Attributes:
        url: canonical form of the address asked for; as given where it has none ("refused").
        reason: one line for people; "" when fetched or unchanged.
        final: the address that answered, after redirects; under a mirror the address it stands for.
        status: of the last answer; None without one.
        content_type: lower case, without parameters; "" if none was sent.
        charset: of the Content-Type header, lower case; "" if it named none.
        data: the body, unpacked; empty unless fetched.
        redirects: every address that redirects led to, in order; ``final`` is the last.
        archived: whether the answer is the archive's, the page itself being gone.
        permanent_move: whether there were redirects, all of them permanent (301, 308).
    """

    url: str
    outcome: Outcome
    reason: str = ""
    final: str = ""
    status: int | None = None
    content_type: str = ""
    charset: str = ""
    etag: str | None = None
    last_modified: str | None = None
    data: bytes = field(default=b"", repr=False)
    redirects: tuple[str, ...] = ()
    archived: bool = False
    permanent_move: bool = False


class FetchError(CorpusError):
    """A page cannot be had.

    Args:
        outcome: how it ends in the ledger.
        message: one line: what happened and, where something helps, what to do.
    """

    def __init__(self, outcome: Outcome, message: str) -> None:
        self.outcome: Outcome = outcome
        super().__init__(message)


class UnsafeAddress(FetchError):
    """An address that the fetcher may not connect to."""

    def __init__(self, message: str) -> None:
        super().__init__("refused", message)


class TooLarge(FetchError):
    """A body above one of the limits."""

    def __init__(self, message: str) -> None:
        super().__init__("too large", message)


class RobotsUnreachable(FetchError):
    """A host whose robots.txt fails: it may not be asked for anything now (RFC 9309, 2.3.1.4)."""

    def __init__(self, message: str) -> None:
        super().__init__("unreachable", message)
