"""``tutor sources fetch``: from a small web on loopback, and from the offline mirror."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

import corpus

pytestmark = pytest.mark.enable_socket

CITED = Path(corpus.__file__).parent / "curriculum" / "references.yaml"
ARTICLE = (
    "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>"
    "<p>The {0} is described here in a sentence that is long enough to be an article. "
    "It has a second sentence, so that nobody takes it for a mere notice of some kind.</p>"
    "</article></body></html>"
)


class Web:
    """Pages by address, live and archived; each has an ETag but those of ``without_etag``."""

    def __init__(self):
        self.pages, self.archive, self.without_etag = {}, {}, set()
        self.log = []  # (place, address, status)
        self.root = ""

    def write(self, address, title):
        self.pages[address] = ARTICLE.format(title).encode()

    @property
    def mirror(self):
        return f"{self.root}/live/{{url}}"

    def seen(self):
        """What was asked for since the last look, robots.txt left out, in any order."""
        seen = sorted(entry for entry in self.log if not entry[1].endswith("/robots.txt"))
        self.log.clear()
        return seen


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        web = self.server.web
        _, place, address = self.path.split("/", 2)
        address = unquote(address)
        body = (web.pages if place == "live" else web.archive).get(address)
        etag = "" if address in web.without_etag or body is None else f'"{hash(body)}"'
        same = etag and self.headers.get("If-None-Match") == etag
        status = 404 if body is None else 304 if same else 200
        web.log.append((place, address, status))
        self.send_response(status)
        sent = body if status == 200 else b""
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if etag:
            self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


@pytest.fixture
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.web = Web()
    server.web.root = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.web
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetch(web, inside):
    """Fetches from the small web."""

    def fetched(*arguments, stdin="", **settings):
        command = ("sources", "fetch", *arguments, "--mirror", web.mirror, "--no-index")
        result = inside(*command, "--json", stdin=stdin, **settings)
        assert (result.status, result.err) == (0, "")
        return {s["address"]: s for s in result.json["sources"]}

    fetched.shell = inside
    return fetched


QUOLL, EMU = "https://example.org/quoll", "https://example.org/emu"


def test_fetched_read_and_listed(web, fetch):
    web.write(QUOLL, "Quoll")
    found = fetch(QUOLL, EMU)
    assert (found[QUOLL]["state"], found[QUOLL]["title"]) == ("fetched", "Quoll")
    assert found[QUOLL]["bytes"] == len(web.pages[QUOLL])
    assert found[QUOLL]["characters"] > 100
    assert (found[EMU]["state"], found[EMU]["characters"]) == ("dead", 0)
    assert "404" in found[EMU]["reason"]
    assert web.seen() == [("live", EMU, 404), ("live", QUOLL, 200)]
    listed = fetch.shell("sources", "list", "--json").json["references"]
    states = {r["url"]: (r["state"], r["indexed"]) for r in listed if "example.org" in r["url"]}
    assert states == {QUOLL: ("fetched", False), EMU: ("dead", False)}
    shown = fetch.shell("sources", "show", "quoll", "--text").out
    assert "The Quoll is described here" in shown
    kept = fetch.shell("sources", "list", "--state", "dead", "--json").json
    assert [r["url"] for r in kept["references"]] == [EMU]


def test_a_second_run_transfers_nothing(web, fetch):
    for address in (QUOLL, EMU):
        web.write(address, address[-4:])
    web.without_etag.add(EMU)
    fetch(QUOLL, EMU)
    web.seen()
    again = fetch(QUOLL, EMU)
    assert again[QUOLL]["state"] == "unchanged"
    assert again[EMU]["state"] == "fetched"  # it can only be sent whole: not twice a day
    assert web.seen() == [("live", QUOLL, 304)]
    fetch(QUOLL, EMU, "--again")
    assert web.seen() == [("live", EMU, 200), ("live", QUOLL, 304)]


def test_a_changed_page_is_transferred_and_read_again(web, fetch):
    web.write(QUOLL, "Quoll")
    before = fetch(QUOLL)[QUOLL]
    web.write(QUOLL, "Tiger Quoll")
    after = fetch(QUOLL)[QUOLL]
    assert (after["state"], after["title"]) == ("fetched", "Tiger Quoll")
    assert after["sha256"] != before["sha256"]
    raw = fetch.shell.home / "references" / "raw"
    assert [file.name for file in raw.glob("*/*")] == [after["sha256"]]


def test_the_copy_of_a_page_that_has_gone_is_kept(web, fetch):
    web.write(QUOLL, "Quoll")
    before = fetch(QUOLL)[QUOLL]
    del web.pages[QUOLL]
    after = fetch(QUOLL)[QUOLL]
    assert after["state"] == "dead"
    assert f"the copy of {before['fetched'][:10]} is kept" in after["reason"]
    assert after["characters"] == before["characters"]


def test_a_dead_page_is_asked_again_when_it_is_named(web, fetch):
    fetch(EMU)
    web.write(EMU, "Emu")
    assert fetch(EMU)[EMU]["state"] == "fetched"


def test_a_page_that_died_or_holds_no_text_is_asked_again_when_it_is_named(web, fetch):
    web.write(QUOLL, "Quoll")
    web.pages[EMU] = b"<title>Emu</title><div id=root></div>"
    fetch(QUOLL, EMU)
    del web.pages[QUOLL]
    found = fetch(QUOLL)
    assert (found[QUOLL]["state"], found[QUOLL]["characters"] > 0) == ("dead", True)
    web.write(QUOLL, "Quoll")
    web.write(EMU, "Emu")
    found = fetch(QUOLL, EMU)
    assert found[QUOLL]["state"] in ("fetched", "unchanged")
    assert found[EMU]["state"] == "fetched"


def test_what_is_dead_is_looked_for_in_the_archive(web, fetch):
    web.write(QUOLL, "Quoll")
    web.archive = {EMU: ARTICLE.format("Old Emu").encode()}
    archive = f"{web.root}/archive/{{url}}"
    found = fetch(QUOLL, EMU, "https://example.org/dodo", "--fallback-archive", archive=archive)
    assert (found[EMU]["state"], found[EMU]["archived"]) == ("fetched", True)
    assert found[EMU]["title"] == "Old Emu"
    assert "from the archive" in found[EMU]["reason"]
    assert found[QUOLL]["archived"] is False
    assert "not in the archive" in found["https://example.org/dodo"]["reason"]
    assert ("archive", QUOLL, 404) not in web.seen()


def test_the_archive_is_left_alone_unless_asked_for(web, fetch):
    web.archive = {EMU: b"x"}
    fetch(EMU, archive=f"{web.root}/archive/{{url}}")
    assert web.seen() == [("live", EMU, 404)]


def test_spellings_of_one_address_are_one_request(web, fetch):
    web.write(QUOLL, "Quoll")
    found = fetch("example.org/quoll", "HTTPS://EXAMPLE.org:443/quoll#tail", QUOLL)
    assert list(found) == [QUOLL]
    assert web.seen() == [("live", QUOLL, 200)]


def test_addresses_from_a_file_and_from_standard_input(web, fetch):
    listed = f"# two animals\n\n  {QUOLL}  \n{EMU}\n"
    (fetch.shell.folder / "list.txt").write_text(listed)
    assert set(fetch("--from", "list.txt")) == {QUOLL, EMU}
    assert set(fetch("--from", "-", stdin=f"{EMU}\n")) == {EMU}


def test_of_a_station_what_it_cites(web, fetch):
    cited = [r for r in yaml.safe_load(CITED.read_text(encoding="utf-8")) if 1 in r["stations"]]
    found = fetch("--station", "1")
    titles = {r["title"] for r in cited}
    listed = fetch.shell("sources", "list", "--station", "1", "--json").json["references"]
    assert {r["title"] for r in listed} == titles
    assert "not fetched" not in {r["state"] for r in listed}
    assert len(found) == len({r["url"] for r in cited})
    asked = web.seen()
    assert {status for _, _, status in asked} == {404}
    assert not any("youtube" in address for _, address, _ in asked)  # known without a request
    fetch("--station", "1")
    assert web.seen() == []  # what was dead this week is not asked for again


def test_the_mirror_may_be_a_setting(web, fetch):
    web.write(QUOLL, "Quoll")
    command = ("sources", "fetch", QUOLL, "--no-index")
    result = fetch.shell(*command, mirror=web.mirror)
    assert (result.status, result.out, result.err) == (0, "1 fetched\n", "")


def test_a_page_of_ones_own(web, fetch):
    web.write(QUOLL, "Quoll")
    fetch(QUOLL)  # known as a reference already
    added = fetch.shell(
        "sources", "add", QUOLL, "--station", "3", "--mirror", web.mirror, "--no-index"
    )
    assert (added.status, added.err) == (0, "")
    listed = fetch.shell("sources", "list", "--json").json
    assert [(m["url"], m["stations"]) for m in listed["mine"]] == [(QUOLL, [3])]
    assert not any(r["url"] == QUOLL for r in listed["references"])
    assert fetch.shell("sources", "remove", QUOLL, "--no-index").out == f"removed {QUOLL}\n"


def test_a_mistyped_file_beside_a_page_fetches_nothing(web, fetch):
    result = fetch.shell("sources", "add", QUOLL, "nowhere.md", "--mirror", web.mirror)
    assert result.status == 2
    assert "nowhere.md" in result.error
    assert web.log == []


def test_nobody_at_the_mirror(web, fetch):
    nobody = "http://127.0.0.1:1/{url}"
    result = fetch.shell("sources", "fetch", QUOLL, "--mirror", nobody, "--no-index", "--json")
    assert (result.status, result.err) == (0, "")
    assert result.json["states"] == {"unreachable": 1}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "nothing to fetch; give addresses, --station N, or --all"),
        (["--station", "99"], "there is no station 99; all of them: tutor stations"),
        (["--station", "seven"], "--station"),
        (["--mirror", "https://mirror.example/", QUOLL], "a mirror is a template with {url}"),
        (["--mirror", "ftp://mirror.example/{url}", QUOLL], "only http and https"),
        (["--from", "nowhere.txt"], "cannot read the addresses in nowhere.txt"),
        (["--from", "."], "cannot read the addresses in ."),
        (["file:///etc/passwd"], "only http and https addresses are fetched"),
        (["https://user:secret@example.org/"], "leave user name and password out"),
        ([QUOLL, "not an address"], "not an address"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_wrong_usage_is_one_line(inside, arguments, error):
    result = inside("sources", "fetch", *arguments, "--no-index")
    assert (result.status, result.out) == (2, "")
    assert error in result.error
    assert "secret" not in result.error


# The offline mirror: real pages and bad cases


@pytest.fixture(scope="module")
def replay(replaying):
    with replaying() as server:
        yield server


# How each bad case ends, and what its reason says.
ENDINGS = {
    "F01": ("unresolved", "short link"),
    "F02": ("unresolved", "short link"),
    "F03": ("blocked", ""),
    "F04": ("video", "no text"),
    "F05": ("video", "cited from 45:50"),
    "F06": ("video", "no text"),
    "F07": ("needs an account", ""),
    "F08": ("blocked", "999"),
    "F09": ("application without text", "no text"),
    "F10": ("application without text", "no text"),
    "F11": ("dead", "404"),
    "F12": ("dead", "404"),
    "F13": ("dead", "says it is not there"),
    "F14": ("moved", "moved, content changed"),
    "F15": ("too large", ""),
    "F16": ("unsupported", "viewer"),
    "F17": ("redirect loop", ""),
    "F18": ("refused", ""),
    "F19": ("timed out", ""),
    "F20": ("too large", ""),
    "F21": ("fetched", ""),
    "F22": ("fetched", ""),
    "F23": ("fetched", ""),
    "F24": ("disallowed", "robots.txt"),
    "F25": ("fetched", ""),
}
MORE = ["to-loopback", "utf16", "wrong-type.html"]


@pytest.fixture(scope="module")
def bad(replay, new_home, new_shell):
    """The ledger after a run over all bad cases, by the case or the path; and the shell."""
    shell = new_shell(new_home())
    asked = {fault["id"]: fault["url"] for fault in replay.manifest["faults"]}
    asked |= {name: f"https://faults.test/{name}" for name in MORE}
    slow = asked["F19"]
    command = ("sources", "fetch", "--mirror", replay.template, "--no-index", "--json")
    # Time for a busy machine to pack the bomb of F20; but nobody waits so long for F19.
    runs = [
        shell(*command, *(set(asked.values()) - {slow}), fetch_seconds=60, fetch_delay=0),
        shell(*command, slow, fetch_seconds=3, fetch_delay=0),
    ]
    assert [(run.status, run.err) for run in runs] == [(0, ""), (0, "")]
    found = {s["address"]: s for run in runs for s in run.json["sources"]}
    by_case = {}
    for case, url in asked.items():
        address = (url if "://" in url else f"https://{url}").partition("#")[0]
        by_case[case] = found[address]
    return by_case, shell


@pytest.mark.parametrize("case", ENDINGS)
def test_a_bad_case_ends_as_it_should(bad, case):
    state, reason = ENDINGS[case]
    found = bad[0][case]
    assert found["state"] == state
    assert reason in found["reason"]
    has_text = state in ("fetched", "moved")
    assert (found["characters"] > 0) is has_text
    assert bool(found["reason"]) or state == "fetched"


def test_bad_cases_that_come_in_two_forms(bad):
    cases, shell = bad
    assert cases["to-loopback"]["state"] == "refused"
    for case, text in {"F22": "“naïve” résumé –", "utf16": "Über 中文"}.items():
        shown = shell("sources", "show", cases[case]["address"], "--json").json
        assert text in shown["text"]
        assert "\ufffd" not in shown["text"]
    assert (cases["F23"]["type"], cases["wrong-type.html"]["type"]) == ("pdf", "html")
    assert cases["wrong-type.html"]["characters"] > 100


def test_a_page_above_what_is_read_says_that_it_was_cut(bad):
    assert "truncated" in bad[0]["F21"]["note"]


def test_bad_cases_ask_for_no_more_than_they_must(bad, replay):
    seen = Counter(entry["url"] for entry in replay.log())
    assert not any("/robots/" in url or "169.254" in url or "captcha" in url for url in seen)
    assert not any("youtu" in url or "officeapps" in url for url in seen)
    assert seen["https://faults.test/busy"] == 3
    assert sum(count for url, count in seen.items() if "/loop/" in url) <= 6
    assert seen["https://lnkd.in/gmxQ4MC8"] == 1
    assert len([u for u in seen if "linkedin.com" in u]) == 1


def test_all_references_and_nothing_again_in_a_second_run(replay, new_home, new_shell):
    shell = new_shell(new_home())
    command = ("sources", "fetch", "--all", "--mirror", replay.template, "--no-index", "--json")
    first = shell(*command, fetch_delay=0)
    assert (first.status, first.err) == (0, "")
    pages = {page["url"] for page in replay.manifest["pages"] if page["cited"]}
    states = {s["address"]: s["state"] for s in first.json["sources"]}
    assert {states[u] for u in pages & set(states)} <= {
        "fetched",
        "moved",
        "application without text",
    }
    before = len(replay.log())
    second = shell(*command, fetch_delay=0)
    assert (second.status, second.err) == (0, "")
    later = replay.log()[before:]
    assert len(later) >= 20
    assert {entry["status"] for entry in later} == {304}
    assert {s["sha256"] for s in second.json["sources"]} == {
        s["sha256"] for s in first.json["sources"]
    }
