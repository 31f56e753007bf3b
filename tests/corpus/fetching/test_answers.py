"""What answers and titles mean."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from corpus.fetching import FetchError
from corpus.fetching.answers import Busy, Page, Redirect, Unchanged, _wait, understand
from corpus.fetching.body import Limits
from corpus.fetching.walls import check_redirect

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def answer(status, body="", conditional=False, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield body.encode()

    response = httpx.Response(status, headers=named, stream=Body())
    return asyncio.run(understand(response, Limits(10**6, 10**6), conditional))


def ending(status, body="", **headers):
    with pytest.raises(FetchError) as caught:
        answer(status, body, **headers)
    assert "\n" not in str(caught.value)
    return caught.value.outcome


def test_a_page():
    page = answer(
        200, "<p>x", content_type='Text/HTML; Charset="UTF-8"', etag='"1"', last_modified="then"
    )
    assert page == Page(b"<p>x", "text/html", "utf-8", '"1"', "then")
    assert answer(203).charset == ""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(status):
    assert answer(status, location=" /next ") == Redirect("/next", permanent=status in (301, 308))


def test_unchanged_only_if_asked():
    assert answer(304, conditional=True, etag='"2"') == Unchanged('"2"', None)
    assert ending(304) == "unreachable"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, "dead"), (410, "dead"), (401, "needs an account"), (407, "needs an account"),
        (403, "blocked"), (451, "blocked"), (400, "blocked"), (418, "blocked"), (402, "blocked"),
        (999, "blocked"), (600, "blocked"), (500, "unreachable"), (501, "unreachable"),
        (520, "unreachable"), (300, "unreachable"), (302, "unreachable"),
    ],
)  # fmt: skip
def test_statuses(status, outcome):
    assert ending(status, "<title>Sorry</title>") == outcome


def test_refused_says_its_status():
    with pytest.raises(FetchError, match=r"^refused with status 999$"):
        answer(999)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy(status):
    assert answer(status, retry_after="7") == Busy(status, 7.0)
    assert answer(status) == Busy(status, None)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("2", 2.0), ("0", 0.0), ("100000", 60.0), ("", None), ("soon", None), ("-5", None),
        ("1.5", None),
        ("Wed, 01 Jan 2025 12:00:10 GMT", 10.0), ("Wed, 01 Jan 2025 11:00:00 GMT", 0.0),
        ("Wed, 01 Jan 2025 12:00:10 -0000", 10.0), ("Fri, 01 Jan 2027 00:00:00 GMT", 60.0),
    ],
)  # fmt: skip
def test_retry_after(given, seconds):
    assert _wait(given, now=lambda: NOON) == seconds


@pytest.mark.parametrize(
    ("status", "title", "outcome"),
    [
        (503, "Robot Check", "blocked"),
        (403, "Just a moment...", "blocked"),
        (429, "Please complete the CAPTCHA to go on", "blocked"),
        (200, "Just a moment...", "blocked"),
        (200, "Robot Check", "blocked"),
    ],
)
def test_checks_for_robots(status, title, outcome):
    assert ending(status, f"<html><title>{title}</title>") == outcome


def test_a_page_about_such_checks_is_a_page():
    assert isinstance(answer(200, "<title>How CAPTCHAs work</title>"), Page)
    assert isinstance(answer(200, "<title>Captcha solving with vision models</title>"), Page)


def test_challenge_that_names_itself():
    assert ending(503, cf_mitigated="challenge") == "blocked"


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("https://a.example/join/login-popup/?next=/x", "needs an account"),
        ("https://a.example/users/sign_in", "needs an account"),
        ("https://a.example/Login", "needs an account"),
        ("https://a.example/authwall?x", "needs an account"),
        ("https://accounts.google.com/ServiceLogin", "needs an account"),
        ("https://login.b.example/", "needs an account"),
        ("https://a.example/errors/validateCaptcha", "blocked"),
        ("https://a.example/docs/logins-table", None),
        ("https://a.example/blog/catalogin", None),
        ("https://a.example/design/index.html?from=/login", None),
        ("https://authors.example/", None),
    ],
)
def test_redirects_to_walls(target, outcome):
    if outcome is None:
        check_redirect("https://a.example/page", target)
    else:
        with pytest.raises(FetchError) as caught:
            check_redirect("https://a.example/page", target)
        assert caught.value.outcome == outcome


def test_a_page_about_signing_in_may_move():
    check_redirect("https://a.example/docs/login", "https://a.example/manual/login")
