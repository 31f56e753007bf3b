"""Many pages, with manners. Every host is played on loopback."""

import asyncio
from itertools import pairwise

import pytest

from corpus.errors import CorpusError
from corpus.fetching import Request, RobotsInMemory

from .conftest import Answer

pytestmark = pytest.mark.enable_socket

A = "https://a.example/page"
B = "https://b.example/page"


def test_a_page(web, fetch):
    web.page(
        A, "<p>Überblick", Content_Type="text/html; charset=utf-8", ETag='"1"', Last_Modified="then"
    )
    found = fetch(A + "#part", user_agent="metromap-tutor/0.1").only
    assert (found.url, found.outcome, found.final, found.status) == (A, "fetched", A, 200)
    assert (found.data.decode(), found.content_type, found.charset) == (
        "<p>Überblick",
        "text/html",
        "utf-8",
    )
    assert (found.etag, found.last_modified, found.redirects) == ('"1"', "then", ())
    assert web.urls(robots=True) == ["https://a.example/robots.txt", A]
    sent = web.asked[-1].headers
    assert sent["User-Agent"] == "metromap-tutor/0.1"
    assert sent["Accept-Encoding"] == "gzip, deflate"


def test_unchanged_page_is_not_transferred_again(web, fetch):
    web.pages[A] = Answer(304, b"", {"ETag": '"1"'})
    found = fetch(Request(A, etag='"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")).only
    assert (found.outcome, found.data, found.etag) == ("unchanged", b"", '"1"')
    assert found.last_modified == "Mon, 01 Jan 2024 00:00:00 GMT"
    assert web.asked[-1].headers["If-None-Match"] == '"1"'
    assert web.asked[-1].headers["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"
    assert "If-None-Match" not in web.asked[0].headers  # robots.txt


def test_validators_go_only_where_the_kept_copy_came_from(web, fetch):
    web.moved(A, B)
    web.page(B)
    fetch(Request(A, etag='"1"', final=B))
    assert [asked.headers.get("If-None-Match") for asked in web.asked if "page" in asked.url] == [
        None,
        '"1"',
    ]


def test_same_address_is_asked_for_once(web, fetch):
    web.page(A)
    run = fetch(A, A + "#one", "a.example/page", "HTTPS://A.EXAMPLE:443/page")
    assert web.urls() == [A]
    assert run.only.url == A


def test_what_is_no_web_address_ends_alone(web, fetch):
    web.page(A)
    run = fetch("ftp://a.example/", "https://user:secret@a.example/", A)
    assert [found.outcome for found in run.results] == ["refused", "refused", "fetched"]
    assert "secret" not in run.results[1].reason


def test_videos_and_viewers_need_no_request(web, fetch):
    run = fetch("youtu.be/x", "https://docs.google.com/viewer?url=https://a.example/a.pdf")
    assert [found.outcome for found in run.results] == ["video", "unsupported"]
    assert web.asked == []


def test_a_redirect_to_a_video_ends_there(web, fetch):
    web.moved(A, "https://youtu.be/x")
    found = fetch(A).only
    assert (found.outcome, found.final) == ("video", "https://youtu.be/x")
    assert web.urls() == [A]


def test_file_on_github_is_fetched_as_the_file(web, fetch):
    cited, raw = (
        "https://github.com/o/r/blob/main/a.md",
        "https://raw.githubusercontent.com/o/r/main/a.md",
    )
    web.page(raw, "# A")
    found = fetch(cited).only
    assert (found.url, found.final, found.data, found.redirects) == (cited, cited, b"# A", ())


def test_no_cookie_is_kept(web, fetch):
    web.page(A, Set_Cookie="session=1; Path=/")
    web.page("https://a.example/other")
    fetch(A, "https://a.example/other")
    assert all("Cookie" not in asked.headers for asked in web.asked)


def test_one_host_one_page_at_a_time_with_a_pause(web, fetch):
    pages = [f"https://a.example/{n}" for n in range(4)]
    for url in pages:
        web.page(url)
    fetch(*pages, delay=0.1, sleep=asyncio.sleep)
    assert web.urls() == pages
    pauses = [b.start - a.end for a, b in pairwise(web.asked)]
    assert min(pauses) >= 0.09


def test_different_hosts_at_the_same_time_up_to_the_limit(web, fetch):
    pages = [f"https://host{n}.example/" for n in range(12)]
    for url in pages:
        web.pages[url] = Answer(200, b"aaaa", {}, pause=0.05)
    fetch(*pages, hosts=4)
    shown = [asked for asked in web.asked if not asked.url.endswith("robots.txt")]
    at_once = max(sum(b.start <= a.start < b.end for b in shown) for a in shown)
    assert 2 <= at_once <= 4


def test_redirects_from_many_hosts_do_not_crowd_one(web, fetch):
    sources = [f"https://host{n}.example/" for n in range(6)]
    for n, url in enumerate(sources):
        web.moved(url, f"https://a.example/{n}")
        web.pages[f"https://a.example/{n}"] = Answer(200, b"aaaa", {}, pause=0.01)
    fetch(*sources)
    visits = sorted((a.start, a.end) for a in web.asked if a.url.startswith("https://a.example/"))
    assert all(end <= start for (_, end), (start, _) in pairwise(visits))


def test_crawl_delay_is_kept(web, fetch):
    web.page("https://a.example/robots.txt", "User-agent: *\nCrawl-delay: 4")
    run = fetch(A, "https://a.example/other")
    # The rules are known only once they have come: the pause is kept from the first page on.
    assert [round(seconds) for seconds in run.slept] == [4]


def test_disallowed_page_is_not_asked_for(web, fetch):
    web.page("https://a.example/robots.txt", "User-agent: *\nDisallow: /private/")
    web.page(A)
    run = fetch("https://a.example/private/x", A)
    assert run["https://a.example/private/x"].outcome == "disallowed"
    assert run[A].outcome == "fetched"
    assert web.urls(robots=True) == ["https://a.example/robots.txt", A]


def test_disallowed_after_a_redirect(web, fetch):
    web.moved(A, B)
    web.page("https://b.example/robots.txt", "User-agent: *\nDisallow: /")
    assert fetch(A).only.outcome == "disallowed"
    assert web.urls() == [A]


def test_rules_are_asked_for_once_and_kept_between_runs(web, fetch):
    kept = RobotsInMemory()
    web.page("https://a.example/robots.txt", "User-agent: *\nDisallow: /private/")
    web.page(A)
    fetch(A, "https://a.example/other", robots=kept)
    fetch(A, robots=kept)
    assert web.urls(robots=True).count("https://a.example/robots.txt") == 1


def test_failing_rules_stop_the_host_for_now(web, fetch):
    web.page("https://a.example/robots.txt", status=503)
    run = fetch(A, "https://a.example/other")
    assert {found.outcome for found in run.results} == {"unreachable"}
    assert web.urls(robots=True) == ["https://a.example/robots.txt"]


def test_rules_behind_redirects(web, fetch):
    web.moved("https://a.example/robots.txt", "https://b.example/robots.txt")
    web.page("https://b.example/robots.txt", "User-agent: *\nDisallow: /page")
    assert fetch(A).only.outcome == "disallowed"
    web.moved("https://b.example/robots.txt", "https://a.example/robots.txt")
    web.page(A)
    assert fetch(A).only.outcome == "fetched"  # a circle counts as no rules


def test_only_the_first_half_megabyte_of_rules_counts(web, fetch):
    web.page("https://a.example/robots.txt", "# \n" * 200_000 + "User-agent: *\nDisallow: /")
    web.page(A)
    assert fetch(A).only.outcome == "fetched"


def test_each_result_comes_when_its_page_has_ended(web, fetch):
    """Whoever stops after the second page has two."""
    pages = [f"https://a.example/{n}" for n in range(5)]
    for url in pages:
        web.page(url)
    seen = []

    class Stop(CorpusError):
        pass

    def stop_after_two(found):
        seen.append(found.url)
        if len(seen) == 2:
            raise Stop("enough")

    with pytest.raises(Stop):
        fetch(*pages, on_result=stop_after_two)
    assert seen == pages[:2] == web.urls()


def test_nothing_to_fetch(fetch):
    assert fetch().results == []
