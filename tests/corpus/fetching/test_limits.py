"""Tries and limits: busy hosts, slow pages, large pages, garbage."""

import asyncio
import time

import pytest

from .conftest import Answer

pytestmark = pytest.mark.enable_socket

A = "https://a.example/page"
B = "https://b.example/page"


def test_busy_host_is_tried_again_as_it_asks(web, fetch):
    web.pages[A] = [Answer(429, b"", {"Retry-After": "7"}), Answer(503), Answer(200, b"at last")]
    run = fetch(A)
    assert run.only.data == b"at last"
    assert [round(seconds) for seconds in run.slept] == [7, 2]


def test_three_tries_at_most(web, fetch):
    web.page(A, status=503)
    run = fetch(A)
    assert run.only.outcome == "unreachable"
    assert "503" in run.only.reason
    assert web.urls() == [A] * 3
    assert [round(seconds) for seconds in run.slept] == [1, 2]


def test_nobody_is_waited_for_longer_than_a_minute(web, fetch):
    web.pages[A] = [Answer(503, b"", {"Retry-After": "86400"}), Answer(200, b"x")]
    assert [round(seconds) for seconds in fetch(A).slept] == [60]


def test_other_hosts_are_not_held_up(web, fetch):
    """Not even when more hosts are busy than requests may be under way."""
    busy = [f"https://busy{n}.example/" for n in range(4)]
    for url in busy:
        web.pages[url] = [Answer(503, b"", {"Retry-After": "1"}), Answer(200, b"x")]
    web.page(B)
    order = []
    fetch(*busy, B, sleep=asyncio.sleep, hosts=2, on_result=lambda found: order.append(found.url))
    assert order[0] == B


def test_check_for_robots_is_not_tried_again(web, fetch):
    web.page(A, "<title>Robot Check</title>", status=503)
    assert fetch(A).only.outcome == "blocked"
    assert web.urls() == [A]


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, "dead"), (999, "blocked"), (500, "unreachable")]
)
def test_other_statuses_are_final(status, outcome, web, fetch):
    web.page(A, status=status)
    found = fetch(A).only
    assert (found.outcome, found.status, found.data) == (outcome, status, b"")
    assert web.urls() == [A]


def test_slow_page_is_broken_off_and_others_go_on(web, fetch):
    web.pages[A] = Answer(200, b"a" * 100, {}, pause=0.05)
    web.page(B)
    start = time.monotonic()
    run = fetch(A, B, seconds=0.4)
    assert time.monotonic() - start < 2
    assert (run[A].outcome, run[B].outcome) == ("timed out", "fetched")
    assert run[A].data == b""


def test_time_limit_covers_redirects_but_not_waits(web, fetch):
    """Five hops of 0.15 s are too many for 0.5 s; three pauses of 0.3 s between hops are not."""
    for n in range(5):
        web.pages[f"https://a.example/{n}"] = Answer(
            302, b"aaa", {"Location": f"/{n + 1}"}, pause=0.05
        )
    web.page("https://a.example/5")
    assert fetch("https://a.example/0", seconds=0.01).only.outcome == "timed out"
    web.moved("https://b.example/0", "/1")
    web.moved("https://b.example/1", "/2")
    web.page("https://b.example/2")
    run = fetch("https://b.example/0", seconds=0.5, delay=0.3, sleep=asyncio.sleep)
    assert run.only.outcome == "fetched"


def test_large_page(web, fetch):
    web.page(A, b"x" * 5000)
    found = fetch(A, wire_bytes=4000).only
    assert (found.outcome, found.data) == ("too large", b"")


@pytest.mark.parametrize(
    "raw",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 99 Odd\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b"\0" * 1000,
     b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n123456789",
     b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
     b"HTTP/1.1 302 Found\r\nLocation: https://\x80%00.example/\r\nContent-Length: 0\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
)  # fmt: skip
def test_whatever_comes_ends_one_page_only(raw, web, fetch):
    web.pages[A] = Answer(raw=raw)
    web.page(B)
    run = fetch(A, B)
    assert run[A].outcome in ("unreachable", "refused")
    assert "\n" not in run[A].reason
    assert run[B].outcome == "fetched"


def test_host_that_takes_no_connection(web, fetch):
    web.page(B)
    run = fetch(A, B, names={"a.example": ["9.9.9.9"]}, dead={"9.9.9.9"})
    assert (run[A].outcome, run[B].outcome) == ("unreachable", "fetched")
    assert run[A].reason == "no connection to the site: try again later"


def test_host_that_does_not_exist(web, fetch):
    found = fetch(A, names={"a.example": []}).only
    assert found.outcome == "unreachable"
    assert "no such host: a.example" in found.reason
