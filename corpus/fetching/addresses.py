"""Addresses: one spelling for each, and what an address alone already tells."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from corpus.errors import UsageError

DEFAULT_PORTS = {"http": 80, "https": 443}

# RFC 9110, 4.1 asks for 8,000 octets at least; what is longer was not written by a person.
LONGEST = 8_000

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d+(?:[/?#]|$))", re.IGNORECASE)  # "host:8000/" is none
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
_DOT = re.compile("%2e", re.IGNORECASE)  # never needed, but a disguise (RFC 3986, 6.2.2.2)
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_UNQUOTED = "%/:=&?~+!$,;'@()*[]"  # stands in an address as it is, by RFC 3986 and by custom

_VIDEO_HOSTS = ("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com")
_OFFSET = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")

# Addresses whose page wraps the document: where the document itself lies.
_DOCUMENTS = (
    # a file as GitHub shows it → the file
    (
        re.compile(r"https://github\.com/([^/]+/[^/]+)/blob/([^?]+)(?:\?.*)?"),
        r"https://raw.githubusercontent.com/\1/\2",
    ),
    # the abstract of a paper → the paper
    (
        re.compile(r"https?://(?:www\.)?arxiv\.org/abs/([^?]+)(?:\?.*)?"),
        r"https://arxiv.org/pdf/\1",
    ),
)


def canonical(address: str) -> str:
    """The one spelling of an address: scheme, lower-case host, no default port, no fragment.

    Raises:
        UsageError: not http or https, no host, a user name or password, or not an address at all.
    """
    text = address.strip()
    if not text or len(text) > LONGEST or _UNSEEN.search(text):
        raise UsageError(
            f"not an address: {_short(text)!r}. Give one like https://example.org/page"
        )
    if not _SCHEME.match(text):
        text = "https://" + text.removeprefix("//")
    try:
        parts = urlsplit(text)
        scheme, port, host = parts.scheme.lower(), parts.port, parts.hostname
    except ValueError as error:
        raise UsageError(f"not an address: {_short(text)!r} ({error})") from error
    if scheme not in DEFAULT_PORTS:
        raise UsageError(f"{_short(text)!r}: only http and https addresses are fetched")
    if "@" in parts.netloc:
        raise UsageError(f"{host or 'address'}: leave user name and password out of the address")
    netloc = _host(host or "", text)
    if port is not None and port != DEFAULT_PORTS[scheme]:
        netloc += f":{port}"
    path = _without_dots(quote(parts.path or "/", safe=_UNQUOTED))
    return urlunsplit((scheme, netloc, path, quote(parts.query, safe=_UNQUOTED), ""))


def host_of(address: str) -> str:
    """Host of a canonical address, IPv6 without brackets."""
    return urlsplit(address).hostname or ""


def origin_of(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of a canonical address."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def retrieval_address(address: str) -> str:
    """Where the document behind a canonical address is had: files of GitHub, papers of arXiv."""
    for pattern, template in _DOCUMENTS:
        if pattern.fullmatch(address):
            return pattern.sub(template, address)
    return address


def video_offset(address: str) -> int | None:
    """Seconds into a video that an address points at ("t=2750s", "#t=1h2m"); None without."""
    _, _, query = address.strip().partition("?")
    query, _, fragment = query.partition("#") if query else address.partition("#")
    given = {**parse_qs(fragment), **parse_qs(query)}
    for name in ("t", "start", "time_continue"):
        match = _OFFSET.fullmatch(given.get(name, [""])[0])
        if match and match.group():
            hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return hours * 3600 + minutes * 60 + seconds
    return None


class Known(NamedTuple):
    """How an address ends without a request."""

    outcome: Literal["video", "unsupported"]
    reason: str


def known_kind(address: str) -> Known | None:
    """Whether a canonical address is a video's or a viewer's, which hold no text of their own."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if any(host == video or host.endswith("." + video) for video in _VIDEO_HOSTS):
        return Known("video", "a video: there is no text to read")
    inner = _viewed(host, parts.path, parse_qs(parts.query))
    if inner:
        return Known("unsupported", f"a viewer around another file: cite {_short(inner)} itself")
    return None


def _viewed(host: str, path: str, query: dict[str, list[str]]) -> str:
    if host == "view.officeapps.live.com":
        return query.get("src", [""])[0]
    if host == "docs.google.com" and path in ("/viewer", "/gview", "/viewerng/viewer"):
        return query.get("url", [""])[0]
    return ""


def _host(host: str, text: str) -> str:
    """Lower case, IDNA, without the root's dot; IPv6 in brackets.

    Raises:
        UsageError: no host, or one that cannot be.
    """
    if ":" in host:
        try:
            if "%" not in host:  # a zone names an interface of this machine
                return f"[{IPv6Address(host).compressed}]"
        except AddressValueError:
            pass  # said below
    elif len(plain := _ascii(host).removesuffix(".")) <= 253 and _HOST.fullmatch(plain):
        return plain
    raise UsageError(f"no host in {_short(text)!r}: give an address like https://example.org/page")


def _without_dots(path: str) -> str:
    """A path without "." and ".." (RFC 3986, 5.2.4): within a mirror they would lead out of it."""
    kept: list[str] = []
    segments = _DOT.sub(".", path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _short(text: str) -> str:
    """Enough of an address to know it by."""
    return text if len(text) <= 120 else text[:119] + "…"
