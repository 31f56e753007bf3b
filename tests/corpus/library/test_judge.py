"""What a page is, whatever its server says: every case is a page as servers send it."""

import json
from pathlib import Path

import pytest

from corpus.library.judge import Verdict, content_changed, judge_page
from corpus.reading import Block, Raw, Reading, UnreadableError, read

REFERENCES = Path(__file__).parents[4] / "shared" / "references"
PROSE = "Self-attention compares every token of the input with every other one. " * 4


def outcome_of(data: bytes, name: str = "", kind: str = "text/html") -> Reading | UnreadableError:
    try:
        return read(Raw(data, "utf-8", name), kind)
    except UnreadableError as fault:
        return fault


def judged(html: str, address: str = "https://a.example/page", final: str = "") -> Verdict | None:
    data = html.encode()
    return judge_page(data, address, final, outcome_of(data))


def article(title: str, text: str, frame: str = "") -> str:
    """A short page of an author: a title, a heading, a paragraph."""
    body = f"<body>{frame}<main><h1>{title}</h1><p>{text} {PROSE}</p></main></body>"
    return f"<html><head><title>{title}</title></head>{body}</html>"


NO_PAGES = {
    # Soft 404: status 200, and a page that says that there is none
    "title and heading": (
        "<title>404 Not Found</title><h1>404</h1><p>The page that you asked for does not exist.",
        "dead",
    ),
    "heading alone": ("<title>Docs</title><h1>Page not found</h1><p>Sorry.", "dead"),
    "in a sentence": (
        "<title>Docs</title><h1>Oops!</h1><p>We couldn't find the page that you want.",
        "dead",
    ),
    "typographic": ("<title>Docs</title><h1>Oops!</h1><p>We couldn’t find that page.", "dead"),
    "number alone": ("<title>Fehler</title><h1>Seite fehlt</h1><p>404", "dead"),
    "of the server": (
        "<title>Not Found</title><p>The requested URL was not found on this server.",
        "dead",
    ),
    "no text, a title": ("<title>404</title><div id=root></div>", "dead"),
    # Sign-in forms
    "log in": ("<title>Log in</title><form>Email <input><input type=password></form>", "needs"),
    "sign-in": ("<title>Sign-in | Site</title><p>Welcome back.", "needs"),
    "password alone": (
        "<title>Welcome back</title><h1>Welcome back</h1><p>Your password, please"
        "<input name=p type='password'>",
        "needs",
    ),
    # Checks for robots
    "robot check": ("<title>Robot Check</title><div id=root></div>", "blocked"),
    "just a moment": ("<title>Just a moment...</title><p>Verifying you are human.", "blocked"),
    "access denied": ("<title>Access denied | a.example</title><p>Error 1020", "blocked"),
    "captcha": ("<title>Site</title><p>Please solve the captcha to go on.", "blocked"),
    # Programs
    "shell": ("<title>App</title><script src=/a.js></script><div id=root></div>", "application"),
    "shell for readers without scripts": (
        "<title>App</title><noscript>You need JavaScript to run this.</noscript><div id=root>",
        "application",
    ),
    "shell that loads": ("<title>App</title><div id=root>Loading...</div>", "application"),
}


@pytest.mark.parametrize(("html", "state"), NO_PAGES.values(), ids=NO_PAGES)
def test_a_page_that_is_none_is_left_out_and_says_why(html, state):
    verdict = judged(html)
    assert verdict is not None
    assert verdict.state.startswith(state)
    assert verdict.reason
    assert "\n" not in verdict.reason


@pytest.mark.parametrize(
    "html",
    [
        "<title>Docs</title><h1>Sorry, this page isn't available.</h1>",
        "<title>Error</title><p>The page you are looking for can't be found.",
        "<title>Shop</title><p>Sorry, we just need to make sure you're not a robot.",
    ],
    ids=["not available", "can't be found", "not a robot"],
)
def test_other_wordings_of_no_page(html):
    assert judged(html) is not None


# Short links and pages that lead on


def test_a_short_link_that_ends_in_between_is_unresolved():
    shell = "<title>External link</title><p>You are leaving the site.</p>"
    verdict = judged(shell, "https://lnkd.in/abc")
    assert verdict.state == "unresolved"
    assert verdict.reason.startswith("unresolved short link")
    assert judged("<title>App</title><div></div>", "https://lnkd.in/abc").state == "unresolved"


def test_a_short_link_that_leads_to_an_article_is_one():
    page = article("Attention", "")
    assert judged(page, "https://lnkd.in/abc", final="https://a.example/attention") is None


def test_a_long_link_that_leads_to_a_short_link_is_unresolved():
    shell = "<title>External link</title><p>You are leaving the site.</p>"
    assert judged(shell, "https://a.example/out", "https://bit.ly/x").state == "unresolved"


REFRESHES = {
    "absolute": ('<meta http-equiv="refresh" content="0; url=https://b.example/new">', "b.example"),
    "relative": ('<meta http-equiv="refresh" content="0; url=../new/">', "a.example/docs/new/"),
    "no quotes": ("<META HTTP-EQUIV=Refresh CONTENT=0;URL=/new>", "a.example/new;"),
    "quotes within": (
        """<meta http-equiv='refresh' content='0;URL="new"'>""",
        "a.example/docs/old/new;",
    ),
}


@pytest.mark.parametrize(("meta", "target"), REFRESHES.values(), ids=REFRESHES)
def test_an_empty_page_that_leads_on_says_where_to(meta, target):
    page = f"<html><head><title>Old</title>{meta}</head><body></body></html>"
    verdict = judged(page, "https://a.example/docs/old/")
    assert verdict.state == "moved"
    assert target in verdict.reason


def test_where_it_leads_is_seen_from_where_it_was_found():
    page = '<html><meta http-equiv="refresh" content="0; url=new"><body></body></html>'
    verdict = judged(page, "https://a.example/old", final="https://b.example/there/")
    assert "https://b.example/there/new" in verdict.reason


@pytest.mark.parametrize(
    ("meta", "target"),
    [
        ('<meta content="0; url=/new" http-equiv="refresh">', "a.example/new;"),
        ('<meta http-equiv="refresh" content="0; url=/new?a=1&amp;b=2">', "/new?a=1&b=2;"),
    ],
    ids=["attributes the other way round", "entity in the address"],
)
def test_a_page_that_leads_on_however_it_is_written(meta, target):
    verdict = judged(f"<html><head>{meta}</head><body></body></html>")
    assert verdict.state == "moved"
    assert target in verdict.reason


def test_a_stub_that_says_where_it_leads_is_no_article():
    # As Jekyll's and many other generators write it.
    stub = (
        '<!DOCTYPE html><html><title>Redirecting…</title><meta http-equiv="refresh" '
        'content="0; url=https://b.example/new"><h1>Redirecting…</h1>'
        '<a href="https://b.example/new">Click here if you are not redirected.</a></html>'
    )
    verdict = judged(stub)
    assert verdict is not None
    assert verdict.state == "moved"


def test_an_article_that_reloads_itself_is_an_article():
    page = article("News", "", '<meta http-equiv="refresh" content="300; url=/page">')
    assert judged(page) is None


# Bytes without a reader


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("empty", "application without text"), ("unsupported", "unsupported"),
        ("scanned", "unreadable"), ("encrypted", "unreadable"), ("damaged", "unreadable"),
    ],
)  # fmt: skip
def test_a_reader_that_found_no_text_says_why(fault, state):
    told = UnreadableError(fault, "pages are scans; choose another copy")
    verdict = judge_page(b"%PDF-1.7", "https://a.example/a.pdf", "", told)
    assert verdict.state == state
    assert verdict.reason in ("pages are scans; choose another copy", "application, no text")


def test_bytes_that_are_no_text_at_all_do_no_harm():
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50
    verdict = judge_page(data, "https://a.example/a.png", "", outcome_of(data, "a.png"))
    assert verdict.state == "unsupported"


# Articles that only sound like it


@pytest.mark.parametrize(
    "title", ["How CAPTCHAs work", "Status 404", "Log in with OAuth", "Access denied: a history"]
)
def test_a_long_article_on_such_a_thing_is_kept(title):
    text = f"{title}: page not found, are you a robot? <input type=password> " + PROSE * 4
    assert judged(article(title, text)) is None


def test_a_short_article_on_anything_else_is_kept():
    assert (
        judged("<title>Mamba</title><h1>Mamba</h1><p>A model of states, chosen by input.") is None
    )
    assert judged(article("Sign language recognition", "Signing is a language.")) is None
    assert judged(article("Logits", "The logits of a token are its scores.")) is None
    assert judged(article("Links", "A link that exists no longer helps nobody. ")) is None


SOUNDS_LIKE = {
    "attention required": article(
        "Efficient attention", "The attention required for long inputs grows with their square."
    ),
    "just a moment": article("Streaming", "In just a moment the first tokens are on the screen."),
    "captcha": article("CAPTCHA", "A captcha is a test that tells people from programs."),
    "access denied": article("Tokens of the Hub", "Access denied: your token lacks the scope."),
    "404": article("Scaling", "We trained 404 models of many sizes."),
    "document that does not exist": article(
        "Hallucination", "A model may cite a document that does not exist."
    ),
    "sign in": article("Sign in with OAuth", "The button lets users of your demo sign in."),
    "a form in the frame": article(
        "Attention", "", "<header><form>You? <input><input type=password></form></header>"
    ),
}


@pytest.mark.parametrize("html", SOUNDS_LIKE.values(), ids=SOUNDS_LIKE)
def test_a_short_article_that_sounds_like_an_error_is_kept(html):
    assert judged(html) is None


def test_no_short_page_of_the_mirror_is_judged_away():
    if not REFERENCES.is_dir():
        pytest.skip("the mirror of the references is not here (../shared/references)")
    manifest = json.loads((REFERENCES / "manifest.json").read_text(encoding="utf-8"))
    short = {page["file"]: page for page in manifest["pages"] if page["bytes"] < 4_000}
    away = {}
    for file, page in short.items():
        data = (REFERENCES / file).read_bytes()
        found = outcome_of(data, Path(file).name, page["content_type"])
        if (verdict := judge_page(data, page["url"], "", found)) is not None:
            away[file] = verdict.state
    # Two stubs that lead on, one of them by script; nothing else.
    assert away == {
        "pages/llm.mlc.ai/docs/get_started/try_out.html": "moved",
        "pages/ukgovernmentbeis.github.io/inspect_ai/examples.html": "application without text",
    }


# Moved pages


def reading(title: str, *headings: str) -> Reading:
    return Reading("html", title, tuple(Block("heading", text, 1) for text in headings))


@pytest.mark.parametrize(
    ("cited", "found"),
    [
        ("Introduction", reading("Overview", "Introduction")),
        ("LangChain: introduction", reading("Introduction | LangChain")),
        ("INTRODUCTION", reading("introduction")),
        ("Handbook of prompt injection", reading("Guide", "About prompt injection: a handbook")),
        ("", reading("Overview")),
        ("   ", reading("Overview")),
    ],
)
def test_a_moved_page_that_still_names_the_work_is_the_same(cited, found):
    assert not content_changed(cited, found)


@pytest.mark.parametrize("found", [reading("Overview", "Pricing"), reading("")])
def test_a_moved_page_that_names_another_work_has_changed(found):
    assert content_changed("Prompt injection explained", found)


def test_a_moved_page_with_a_title_of_its_own_is_known_by_its_text():
    page = reading("llm-course", "The roadmap")
    text = Block("paragraph", "A course on language models by Maxime Labonne.", 0)
    found = Reading("html", page.title, (*page.blocks, text))
    assert content_changed("LLM Course by Maxime Labonne", page)
    assert not content_changed("LLM Course by Maxime Labonne", found)
