"""All pages and all 25 bad cases of the offline mirror, over real HTTP."""

import asyncio
import re
import resource

import pytest

from corpus.fetching import Fetcher, FetchSettings, Request, canonical

pytestmark = pytest.mark.enable_socket

# How each bad case ends here. What a page's content says is for its reader to judge: those are
# fetched (F01, F02, F09, F10, F13, F22, F23).
ENDINGS = {
    "F01": "fetched", "F02": "fetched", "F03": "blocked", "F04": "video", "F05": "video",
    "F06": "video", "F07": "needs an account", "F08": "blocked", "F09": "fetched",
    "F10": "fetched", "F11": "dead", "F12": "dead", "F13": "fetched", "F14": "fetched",
    "F15": "too large", "F16": "unsupported", "F17": "redirect loop", "F18": "refused",
    "F19": "timed out", "F20": "too large", "F21": "fetched", "F22": "fetched", "F23": "fetched",
    "F24": "disallowed", "F25": "fetched",
}  # fmt: skip


@pytest.fixture
def mirror(replaying):
    with replaying() as server:
        yield server


def fetch(mirror, requests, seconds=60.0):
    """Room for a busy machine: packing the bomb of F20 takes its server seconds."""
    results = []
    settings = FetchSettings(user_agent="metromap-tutor-tests", seconds=seconds)
    asyncio.run(Fetcher(settings, mirror.template).fetch_all(requests, results.append))
    return {found.url: found for found in results}


def test_all_bad_cases_end_as_they_should(mirror):
    faults = {fault["id"]: canonical(fault["url"]) for fault in mirror.manifest["faults"]}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    extra = [
        "https://faults.test/to-loopback",
        "https://faults.test/utf16",
        "https://faults.test/wrong-type.html",
    ]
    slow = Request(faults["F19"])
    at_leisure = {canonical(url) for url in [*faults.values(), *extra]} - {slow.url}
    found = fetch(mirror, map(Request, at_leisure)) | fetch(mirror, [slow], seconds=1.5)
    assert {case: found[url].outcome for case, url in faults.items()} == ENDINGS
    assert found["https://faults.test/to-loopback"].outcome == "refused"
    assert found["https://faults.test/utf16"].data.startswith(b"\xff\xfe")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB

    seen = [entry["url"] for entry in mirror.log()]
    assert not any("/robots/" in url or "169.254" in url or "127.0.0.1" in url for url in seen)
    assert not any(re.search("youtu|captcha|officeapps|login", url.lower()) for url in seen)
    assert seen.count(faults["F25"]) == 3
    assert sum("/loop/" in url for url in seen) == 2
    assert {entry["agent"] for entry in mirror.log()} == {"metromap-tutor-tests"}

    assert found[faults["F14"]].final.endswith("/docs/moved/introduction/")
    assert found[faults["F14"]].permanent_move
    assert found[faults["F21"]].data.endswith(b"</html>")
    assert found[faults["F23"]].data.startswith(b"%PDF-")


def test_all_pages_and_nothing_again_in_a_second_run(mirror):
    pages = {canonical(page["url"]): page for page in mirror.manifest["pages"]}
    first = fetch(mirror, [Request(page["url"]) for page in mirror.manifest["pages"]])
    assert first.keys() == pages.keys()
    moved = "https://python.langchain.com/docs/get_started/introduction"
    for url, found in first.items():
        assert found.outcome == "fetched", (url, found.reason)
        if url != moved:
            assert found.data == (mirror.folder / pages[url]["file"]).read_bytes()
            assert found.content_type == pages[url]["content_type"]
    assert len([e for e in mirror.log() if e["url"] in pages]) == len(pages)

    again = [Request(f.url, f.etag, f.last_modified, f.final) for f in first.values()]
    second = fetch(mirror, again)
    assert {url for url, found in second.items() if found.outcome != "unchanged"} == {
        moved
    }  # has no ETag
    later = mirror.log()[len(mirror.log()) // 2 :]
    assert {entry["status"] for entry in later} == {304, 308, 200}
    assert [entry["url"] for entry in later if entry["status"] == 200] == [first[moved].final]
