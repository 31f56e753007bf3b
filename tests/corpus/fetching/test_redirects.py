"""Redirects: followed so far, and never inside."""

import pytest

from .conftest import PUBLIC

pytestmark = pytest.mark.enable_socket

A = "https://a.example/page"
B = "https://b.example/page"


def test_redirects_are_followed_and_told(web, fetch):
    web.moved(A, "/new", status=301)
    web.moved("https://a.example/new", B, status=308)
    web.page(B)
    found = fetch(A).only
    assert (found.url, found.final, found.outcome) == (A, B, "fetched")
    assert found.redirects == ("https://a.example/new", B)
    assert found.permanent_move


def test_one_temporary_redirect_is_no_permanent_move(web, fetch):
    web.moved(A, "/new", status=302)
    web.moved("https://a.example/new", B, status=308)
    web.page(B)
    assert not fetch(A).only.permanent_move


def test_circle(web, fetch):
    web.moved(A, B)
    web.moved(B, A)
    assert fetch(A).only.outcome == "redirect loop"
    assert web.urls() == [A, B]


def test_at_most_five_redirects(web, fetch):
    for n in range(20):
        web.moved(f"https://a.example/{n}", f"/{n + 1}")
    found = fetch("https://a.example/0").only
    assert (found.outcome, found.reason) == ("redirect loop", "more than 5 redirects")
    assert len(web.urls()) == 6
    web.page("https://a.example/20")
    assert fetch("https://a.example/15").only.outcome == "fetched"


@pytest.mark.parametrize(
    "inside", ["http://169.254.169.254/", "http://127.0.0.1:1/", "http://2130706433/", "http://localhost/",
               "http://[::ffff:127.0.0.1]/", "http://inside.example/", "ftp://a.example/", "file:///etc/passwd"],
)  # fmt: skip
def test_no_redirect_leads_inside(inside, web, fetch):
    web.moved(A, inside)
    run = fetch(A, names={"inside.example": ["10.0.0.1"]})
    assert run.only.outcome == "refused"
    assert web.urls() == [A]
    assert {number for number, _, _ in run.network.dialled} == {PUBLIC}


def test_no_cited_address_leads_inside(web, fetch):
    run = fetch(
        "http://192.168.1.1/admin", "http://inside.example/", names={"inside.example": ["::1"]}
    )
    assert [found.outcome for found in run.results] == ["refused", "refused"]
    assert run.network.dialled == []


def test_name_on_the_certificate_is_that_of_each_host(web, fetch):
    web.moved(A, B)
    web.page(B)
    run = fetch(A, names={"b.example": ["8.8.8.8"]})
    pages = run.network.dialled[1::2]
    assert pages == [(PUBLIC, "a.example", "a.example"), ("8.8.8.8", "b.example", "b.example")]


def test_sign_in_page_is_not_asked_for(web, fetch):
    web.moved(A, "/join/login-popup/?next=/page")
    found = fetch(A).only
    assert found.outcome == "needs an account"
    assert web.urls() == [A]


def test_check_for_robots_is_not_asked_for(web, fetch):
    web.moved(A, B + "/errors/validateCaptcha")
    assert fetch(A).only.outcome == "blocked"
    assert web.urls() == [A]
