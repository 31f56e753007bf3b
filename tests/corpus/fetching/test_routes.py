"""From addresses to requests, live and through mirrors."""

import pytest

from corpus.errors import UsageError
from corpus.fetching.routes import Live, Mirror, Place

PAGE = "https://a.example/docs/page?x=1"
LOCAL = Mirror("http://127.0.0.1:8000/replay/{url}", local=True)
OTHER_PORT = "http://127.0.0.1:9000/replay/https://b.example/"
WAYBACK = Mirror("https://archive.example/web/2024id_/{url}")


def test_live_asks_for_the_document_itself():
    place = Live().place("https://github.com/o/r/blob/main/a.md")
    assert place.logical == "https://github.com/o/r/blob/main/a.md"
    assert place.wire == "https://raw.githubusercontent.com/o/r/main/a.md"
    assert Live().lane(place) == "raw.githubusercontent.com"


def test_live_redirects():
    place = Live().place(PAGE)
    assert Live().follow(place, "other#part").wire == "https://a.example/docs/other"
    assert Live().follow(place, "//b.example").wire == "https://b.example/"
    for nowhere in (
        "ftp://a.example/",
        "javascript:alert(1)",
        "http://[::1",
        "https://u:p@b.example/",
    ):
        with pytest.raises(UsageError):
            Live().follow(place, nowhere)


def test_mirror_takes_the_address_as_it_is():
    assert LOCAL.place(PAGE) == Place(PAGE, "http://127.0.0.1:8000/replay/" + PAGE)


def test_template_without_a_scheme_and_with_a_query():
    wire = Mirror("mirror.example:8000/get?raw=1&page={url}").place(PAGE).wire
    assert wire == "https://mirror.example:8000/get?raw=1&page=" + PAGE


@pytest.mark.parametrize(
    ("location", "logical"),
    [
        ("/next", "https://a.example/next"),
        ("next", "https://a.example/docs/next"),
        ("https://b.example/", "https://b.example/"),
        ("http://127.0.0.1:8000/admin", "http://127.0.0.1:8000/admin"),  # for the guard
        (OTHER_PORT, OTHER_PORT),
        ("/sign?next=https://b.example/", "https://a.example/sign?next=https://b.example/"),
    ],
)  # fmt: skip
def test_redirects_under_a_mirror_go_through_it_again(location, logical):
    place = LOCAL.follow(LOCAL.place(PAGE), location)
    assert place == Place(logical, "http://127.0.0.1:8000/replay/" + logical)


@pytest.mark.parametrize("start", ["https://archive.example", ""])
def test_an_archives_redirect_to_another_date_is_followed_as_it_is(start):
    location = start + "/web/20230102030405id_/https://a.example/docs/new?y=2"
    place = WAYBACK.follow(WAYBACK.place(PAGE), location)
    assert (
        place.wire == "https://archive.example/web/20230102030405id_/https://a.example/docs/new?y=2"
    )
    assert place.logical == "https://a.example/docs/new?y=2"


def test_an_archive_adds_a_date_to_a_template_without_one():
    mirror = Mirror("https://archive.example/web/{url}")
    place = mirror.follow(mirror.place(PAGE), "/web/20230102/https://a.example/")
    assert place.wire == "https://archive.example/web/20230102/https://a.example/"


@pytest.mark.parametrize(
    "location",
    ["/admin/https://x.example/", "/replay/https://x.example/../../../../admin",
     "/replay/a/b/c/https://x.example/", "http://127.0.0.1:8000/replay/../admin"],
)  # fmt: skip
def test_no_redirect_reaches_the_rest_of_the_mirrors_machine(location):
    place = LOCAL.follow(LOCAL.place(PAGE), location)
    assert place.wire.startswith("http://127.0.0.1:8000/replay/http")
    assert ".." not in place.wire


def test_lanes():
    assert LOCAL.lane(LOCAL.place(PAGE)) == "a.example"
    assert WAYBACK.lane(WAYBACK.place(PAGE)) == "archive.example"
    assert (LOCAL.polite, WAYBACK.polite) == (False, True)


@pytest.mark.parametrize(
    "template", ["https://archive.example/web/", "ftp://a.example/{url}", "{url}"]
)
def test_templates_that_cannot_be(template):
    with pytest.raises(UsageError):
        Mirror(template)
