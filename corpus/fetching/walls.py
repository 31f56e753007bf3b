"""Pages that stand before the page: sign-in forms and checks for robots."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from corpus.fetching.records import FetchError

HEAD = 64_000  # bytes of a page in which its title is looked for

_SIGN_IN_PATH = re.compile(
    r"/(log[-_]?[io]n|sign[-_]?in|authwall|oauth2?|sso|saml2?|checkpoint)(?=[-_./]|$)"
)
_SIGN_IN_HOST = re.compile(r"(accounts|login|signin|sso|auth)\.")
_CHECK_PATH = re.compile(r"captcha|robot-?check|/cdn-cgi/challenge")

_TITLE = re.compile(rb"<title[^>]{0,200}>\s*([^<]{0,300})", re.IGNORECASE)
_CHECK_TITLE = re.compile(
    r"robot check|captcha|just a moment|attention required|verif\w+ (that )?you are (a )?human"
    r"|are you (a )?(robot|human)|human verification|security check(point)?|bot verification"
)


def check_redirect(source: str, target: str) -> None:
    """Stop at a redirect that leads away from every page.

    Raises:
        FetchError: a page that asks for neither leads to a sign-in form or to a check for robots.
    """
    if _is_check(target) and not _is_check(source):
        raise _stopped_by_check()
    if _is_sign_in(target) and not _is_sign_in(source):
        raise FetchError(
            "needs an account", f"leads to a sign-in page at {urlsplit(target).netloc}"
        )


def check_title(page: bytes, whole: bool) -> None:
    """Stop at a check for robots, which its title gives away.

    Args:
        whole: the page answers as if nothing were wrong: only a title that says no more than the
            check counts ("How CAPTCHAs work" is a page like any other).

    Raises:
        FetchError: it is one.
    """
    match = _TITLE.search(page[:HEAD])
    title = match.group(1).decode("utf-8", "replace").strip(" \t\r\n.…!?").lower() if match else ""
    if _CHECK_TITLE.fullmatch(title) if whole else _CHECK_TITLE.search(title):
        raise _stopped_by_check()


def _stopped_by_check() -> FetchError:
    return FetchError("blocked", "a check for robots stands before it: open it in a browser")


def _is_sign_in(address: str) -> bool:
    parts = urlsplit(address)
    return bool(
        _SIGN_IN_PATH.search(parts.path.lower()) or _SIGN_IN_HOST.match(parts.hostname or "")
    )


def _is_check(address: str) -> bool:
    return bool(_CHECK_PATH.search(urlsplit(address).path.lower()))
