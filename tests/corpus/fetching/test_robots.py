"""Rules of sites: asked for once, kept for a day."""

import asyncio

import pytest

from corpus.fetching import FetchError, RobotsInMemory, RobotsRecord
from corpus.fetching.records import RobotsUnreachable
from corpus.fetching.robots import Robots

KEY = "https://a.example/robots.txt"
DAY = 24 * 3600
RULES = """
User-agent: *
Disallow: /private/
Allow: /private/open.html
Crawl-delay: 5

User-agent: metromap-tutor
Disallow: /tutors/
Crawl-delay: 3600
"""


class Site:
    """Answers to /robots.txt, counted."""

    def __init__(self, status=200, text=RULES):
        self.answer = status, text
        self.asked = 0

    async def __call__(self):
        self.asked += 1
        if isinstance(self.answer, FetchError):
            raise self.answer
        return self.answer


def robots(store=None, agent="other", now=0.0):
    return Robots(store or RobotsInMemory(), agent, clock=lambda: now)


def rules(site, **given):
    return asyncio.run(robots(**given).rules(KEY, site))


def allowed(found, path):
    try:
        found.check("https://a.example" + path)
    except FetchError as error:
        return error.outcome != "disallowed"
    return True


def test_rules_for_everyone_and_for_us():
    everyone = rules(Site())
    assert not allowed(everyone, "/private/a.html")
    assert allowed(everyone, "/private/open.html")
    assert everyone.delay == 5
    ours = rules(Site(), agent="Metromap-Tutor")
    assert allowed(ours, "/private/a.html")
    assert not allowed(ours, "/tutors/a.html")
    assert ours.delay == 30  # as long as we wait at most


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_unavailable_rules_allow_all(status):
    assert allowed(rules(Site(status, "")), "/private/a.html")


@pytest.mark.parametrize("status", [429, 500, 503, 999])
def test_failing_rules_allow_nothing_for_now(status):
    site, shared = Site(status, ""), robots()
    for _ in range(2):
        with pytest.raises(RobotsUnreachable, match=f"status {status}: try again later"):
            asyncio.run(shared.rules(KEY, site))
    assert site.asked == 1  # not once for each page


def test_kept_for_a_day():
    store, site = RobotsInMemory(), Site()
    rules(site, store=store, now=0)
    rules(site, store=store, now=DAY - 1)
    assert site.asked == 1
    rules(site, store=store, now=DAY)
    assert site.asked == 2


def test_a_clock_set_back_does_not_keep_rules_for_ever():
    store, site = RobotsInMemory(), Site()
    store.put(KEY, RobotsRecord(200, RULES, time=10 * DAY))
    rules(site, store=store, now=0)
    assert site.asked == 1


@pytest.mark.parametrize("answer", [(503, ""), FetchError("unreachable", "no connection")])
def test_an_old_copy_will_do_while_the_site_fails(answer):
    store, site = RobotsInMemory(), Site()
    store.put(KEY, RobotsRecord(200, RULES, time=0))
    site.answer = answer
    assert not allowed(rules(site, store=store, now=3 * DAY), "/private/a.html")


def test_failures_are_not_kept_for_the_next_run():
    store = RobotsInMemory()
    with pytest.raises(FetchError):
        rules(Site(503, ""), store=store)
    assert store.get(KEY) is None


def test_asked_once_for_pages_at_the_same_time():
    async def many():
        site, shared = Site(), robots()
        await asyncio.gather(*(shared.rules(KEY, site) for _ in range(20)))
        return site.asked

    assert asyncio.run(many()) == 1


@pytest.mark.parametrize(
    "text", ["", "<html>Not found</html>", "\0\ufffd" * 100, "Disallow: /", "*" * 10_000]
)
def test_garbage_forbids_nothing(text):
    assert allowed(rules(Site(200, text)), "/a")
