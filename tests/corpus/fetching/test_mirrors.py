"""Mirrors and archives in place of the web."""

from itertools import pairwise

import pytest

from corpus.errors import UsageError
from corpus.fetching import Fetcher, FetchSettings

from .conftest import PUBLIC

pytestmark = pytest.mark.enable_socket

A = "https://a.example/page"
B = "https://b.example/page"


def test_local_mirror(web, fetch):
    """Everything goes through it, robots.txt too; it alone may be inside; nobody waits."""
    mirror = f"http://mirror.lan:{web.port}/replay/"
    pages = [f"https://a.example/{n}?q=ä" for n in range(3)]
    for n in range(3):
        web.page(f"{mirror}https://a.example/{n}?q=%C3%A4", f"page {n}")
    web.page(
        mirror + "https://a.example/robots.txt",
        "User-agent: *\nCrawl-delay: 20\nDisallow: /private",
    )
    run = fetch(*pages, "https://a.example/private", mirror=mirror + "{url}", delay=1.0,
                names={"mirror.lan": ["127.0.0.1"], "a.example": []})  # fmt: skip
    assert [found.outcome for found in run.results] == ["fetched"] * 3 + ["disallowed"]
    assert run.results[0].final == "https://a.example/0?q=%C3%A4"
    assert run.results[0].data == b"page 0"
    assert run.slept == []


def test_public_mirror_is_one_host_like_any(web, fetch):
    mirror = "https://mirror.example/"
    for url in (A, B):
        web.page(mirror + url)
    run = fetch(A, B, mirror=mirror + "{url}", delay=0.5)
    assert {found.outcome for found in run.results} == {"fetched"}
    assert len(run.slept) == 3  # four requests, robots.txt included
    visits = sorted((a.start, a.end) for a in web.asked)
    assert all(end <= start for (_, end), (start, _) in pairwise(visits))


@pytest.mark.parametrize(
    "inside", ["http://169.254.169.254/", "http://127.0.0.1:1/", "http://mirror.lan:1/admin", "http://localhost/"]
)  # fmt: skip
def test_redirects_under_a_mirror_never_leave_it(inside, web, fetch):
    mirror = f"http://localhost:{web.port}/replay/"
    web.moved(mirror + A, inside)
    run = fetch(A, mirror=mirror + "{url}", names={"localhost": ["127.0.0.1"]})
    if "mirror.lan" in inside:  # a name says nothing: it is asked for through the mirror
        assert web.urls() == [mirror + A, mirror + inside]
    else:
        assert run.only.outcome == "refused"
        assert web.urls(robots=True) == [mirror + "https://a.example/robots.txt", mirror + A]


def test_redirect_to_another_date_of_an_archive(web, fetch):
    archive = "https://archive.example/web/2024id_/"
    dated = "https://archive.example/web/20230102id_/" + A
    web.moved(archive + A, "/web/20230102id_/" + A)
    web.page(dated)
    found = fetch(A, mirror=archive + "{url}").only
    assert (found.outcome, found.final) == ("fetched", A)
    assert web.urls() == [archive + A, dated]


@pytest.mark.parametrize("fault", ["dead", "unreachable"])
def test_archive_for_what_is_gone(fault, web, fetch):
    archive = "https://archive.example/web/2024id_/"
    web.page(archive + A, "as it was")
    run = fetch(
        A, archive=archive + "{url}", names={"a.example": [PUBLIC] if fault == "dead" else []}
    )
    found = run.only
    assert (found.url, found.final, found.outcome, found.data) == (A, A, "fetched", b"as it was")
    assert found.archived
    assert not any("archive.example/robots" in url for url in web.urls(robots=True))


def test_archive_without_the_page(web, fetch):
    found = fetch(A, archive="https://archive.example/{url}").only
    assert (found.outcome, found.archived) == ("dead", False)
    assert "not in the archive" in found.reason


def test_archive_is_no_way_around_rules_or_into_the_house(web, fetch):
    archive = "https://archive.example/{url}"
    web.page("https://a.example/robots.txt", status=500)
    web.page("https://b.example/robots.txt", "User-agent: *\nDisallow: /")
    run = fetch(A, B, archive=archive)
    assert (run[A].outcome, run[B].outcome) == ("unreachable", "disallowed")
    inside = fetch(A, archive="http://archive.lan/{url}",
                   names={"a.example": [], "archive.lan": ["192.168.0.9"]})  # fmt: skip
    assert inside.only.outcome == "unreachable"
    assert "private network" in inside.only.reason
    assert not any("archive" in url for url in web.urls(robots=True))


def test_template_without_a_place_for_the_address():
    for given in ({"mirror": "http://localhost:8000/"}, {"archive": "http://localhost:8000/"}):
        with pytest.raises(UsageError, match=r"needs \{url\}"):
            Fetcher(FetchSettings(), **given)
