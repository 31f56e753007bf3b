"""The application: what it serves, to whom, and with which headers."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.errors import SettingsError
from tutor.answer import Tutor
from tutor.records import Answer
from ui.asking.desk import Desk
from ui.serving.accounts import Accounts
from ui.serving.guard import Names
from ui.serving.health import warm

from .conftest import MakeApp, small_page

Client = Callable[[FastAPI], AbstractContextManager[TestClient]]
# As the browser of a learner sends it with what they type.
TYPED = {"data": ["hello"], "fn_index": 0, "session_hash": "s"}
PAGE = {"accept": "text/html"}
EVIL = "http://evil.example"


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    return make_app()


@pytest.fixture
def http(app: FastAPI, client: Client) -> Iterator[TestClient]:
    with client(app) as opened:
        yield opened


def test_the_page_comes_with_its_title(http: TestClient) -> None:
    page = http.get("/", headers=PAGE)
    assert page.status_code == 200
    assert '"title":"Small"' in page.text
    assert http.get("/config").json()["title"] == "Small"


@pytest.mark.parametrize("path", ["/", "/config", "/healthz", "/theme.css", "/nowhere", "/logout"])
def test_every_answer_says_what_may_be_loaded(http: TestClient, path: str) -> None:
    answer = http.get(path, follow_redirects=False)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"https?:|\*|script-src[^;]*'unsafe-inline'", policy)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_so_does_the_answer_after_a_crash(app: FastAPI, client: Client) -> None:
    @app.get("/healthz/crash")
    def crash() -> None:
        raise RuntimeError("of this test")

    app.router.routes.insert(0, app.router.routes.pop())  # before the page, which takes the rest
    with client(app) as http:
        answer = http.get("/healthz/crash")
    assert answer.status_code == 500
    assert "of this test" not in answer.text
    assert "content-security-policy" in answer.headers


def test_only_scripts_with_the_nonce_of_this_very_answer_run(http: TestClient) -> None:
    pages = [http.get("/", headers=PAGE) for _ in range(2)]
    nonces = [nonce(page) for page in pages]
    assert nonces[0] != nonces[1]
    for page, own in zip(pages, nonces, strict=True):
        scripts = re.findall(r"<script[^>]*>", page.text)
        assert len(scripts) > 3
        assert all(f'nonce="{own}"' in script for script in scripts)


def nonce(page: httpx.Response) -> str:
    found = re.search(r"script-src[^;]*'nonce-([\w-]+)'", page.headers["content-security-policy"])
    assert found
    return found[1]


def test_what_a_learner_wrote_cannot_carry_the_nonce(make_app: MakeApp, client: Client) -> None:
    """The page's data stand in a script of it; there "<" is written as an escape."""
    import gradio as gr

    with gr.Blocks(title="<script>alert(1)</script>") as page:
        gr.Markdown("<script>alert(2)</script>")
    with client(make_app(page=page)) as http:
        shown = http.get("/", headers=PAGE)
    assert not re.search(r"<script[^>]*>alert", shown.text)


def test_a_script_in_the_head_of_the_page_may_run(make_app: MakeApp, client: Client) -> None:
    page = small_page()
    page.head = "<script>window.mine = 1</script>"
    with client(make_app(page=page)) as http:
        policy = http.get("/", headers=PAGE).headers["content-security-policy"]
    # printf 'window.mine = 1' | openssl dgst -sha256 -binary | base64
    assert "'sha256-x2TRJO1vDn9N//iFILQxOi2jy9uM0HhcjHCL9P/Tjo4='" in policy


@pytest.mark.parametrize(
    "host", ["127.0.0.1:7860", "localhost:7860", "localhost", "LOCALHOST:1", "[::1]:7860"]
)
def test_it_is_served_under_its_names(http: TestClient, host: str) -> None:
    assert http.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:7860", "localhost.evil.example", "10.0.0.7", "", "[", "a@b"],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/gradio_api/queue/join"])
def test_it_is_served_under_no_other_name(http: TestClient, host: str, path: str) -> None:
    """DNS rebinding: a name of another site that suddenly means this machine."""
    for answer in (
        http.get(path, headers={"host": host}),
        http.post(path, headers={"host": host}, json=TYPED),
    ):
        assert answer.status_code == 403
        assert "not served as" in answer.json()["error"]["message"]


def test_names_and_addresses_of_a_network(make_app: MakeApp, client: Client) -> None:
    names = Names({"tutor.example"}, addresses=True)
    with client(make_app(names=names)) as http:
        for host, status in {
            "tutor.example": 200, "192.168.1.5:7860": 200, "[fe80::1]": 200, "evil.example": 403,
        }.items():  # fmt: skip
            assert http.get("/healthz", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://127.0.0.1:3000", "http://127.0.0.1", "http://127.0.0.1:78600"]
)
@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/upload", "/login"])
def test_pages_of_other_sites_can_send_nothing(http: TestClient, origin: str, path: str) -> None:
    answer = http.post(path, headers={"origin": origin}, json=TYPED)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert http.options(path, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:7860", "https://127.0.0.1:7860"])
def test_the_page_itself_can(http: TestClient, origin: str) -> None:
    joined = http.post("/gradio_api/queue/join", headers={"origin": origin}, json=TYPED)
    assert joined.status_code == 200


def test_a_link_from_elsewhere_opens_the_page_but_loads_none_of_it(http: TestClient) -> None:
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    framed = {**visit, "sec-fetch-dest": "iframe"}
    picture = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "no-cors",
        "sec-fetch-dest": "image",
    }
    assert http.get("/", headers={**visit, "sec-fetch-dest": "document"}).status_code == 200
    assert http.get("/", headers=framed).status_code == 403
    assert http.get("/favicon.ico", headers=picture).status_code == 403


def test_a_forwarded_name_is_none_that_gradio_builds_addresses_of(http: TestClient) -> None:
    for name in ("x-forwarded-host", "x-gradio-server"):
        shown = http.get("/config", headers={name: "evil.example"})
        assert "evil.example" not in shown.text


def test_a_request_has_a_size(http: TestClient) -> None:
    answer = http.post("/gradio_api/queue/join", content=b"x" * 5_000_000)
    assert answer.status_code == 413
    assert "4 MB" in answer.json()["error"]["message"]


def test_a_request_that_does_not_tell_its_size_is_cut_off(http: TestClient) -> None:
    pieces = (b" " * 1_000_000 for _ in range(5))
    assert http.post("/gradio_api/queue/join", content=pieces).status_code == 400


@pytest.mark.enable_socket
def test_a_function_of_the_page_is_called_through_all_of_it(
    app: FastAPI, live: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    from gradio_client import Client as Caller

    with live(app) as address:
        caller = Caller(address, verbose=False)
        assert caller.predict("hello", api_name="/repeat") == "hello"
        caller.close()


def test_health(http: TestClient, quoting: Tutor, desk: Desk) -> None:
    list(desk.ask("ada", lambda tutor: ["an answer"]))
    answer = http.get("/healthz")
    assert answer.status_code == 200
    report = answer.json()
    manifest = quoting.index.manifest
    assert report["status"] == "ok"
    assert report["broken"] == {}
    assert report["index"] == {
        "fingerprint": manifest.fingerprint,
        "documents": len(manifest.documents),
        "chunks": manifest.chunks,
    }
    assert report["model"] == {"name": "bundled", "loaded": False}
    assert report["desk"]["answered"] == 1
    assert report["desk"]["waiting"] == 0


def test_warming_up_answers_a_question_and_names_the_model(
    make_app: MakeApp, client: Client, desk: Desk
) -> None:
    warmed = warm(desk)
    assert warmed.status == "answered"
    with client(make_app(warmed=replace(warmed, model="Some", tokens=30))) as http:
        assert http.get("/healthz").json()["model"] == {"name": "Some", "loaded": True}


def broken_model(make_app: MakeApp, desk: Desk, home: Path) -> FastAPI:
    note = "Some failed (timeout); the rest of the answer is quoted"
    return make_app(warmed=Answer(None, "", "", "answered", "", notes=(note,)))


def broken_index(make_app: MakeApp, desk: Desk, home: Path) -> FastAPI:
    (home / "index").unlink()
    return make_app()


def broken_desk(make_app: MakeApp, desk: Desk, home: Path) -> FastAPI:
    desk.close()
    return make_app()


@pytest.mark.parametrize(
    ("breaking", "part", "said"),
    [
        (broken_model, "model", "timeout"),
        (broken_index, "index", "tutor index build"),
        (broken_desk, "desk", "start tutor chat again"),
    ],
)
def test_a_broken_part_shows(
    breaking: Callable[..., FastAPI],
    part: str,
    said: str,
    make_app: MakeApp,
    client: Client,
    desk: Desk,
    ui_home: Path,
) -> None:
    with client(breaking(make_app, desk, ui_home)) as http:
        answer = http.get("/healthz")
    assert answer.status_code == 503
    assert list(answer.json()["broken"]) == [part]
    assert said in answer.json()["broken"][part]


@pytest.fixture
def locked(make_app: MakeApp, client: Client) -> Iterator[TestClient]:
    """With accounts; failing costs no time here."""
    accounts = Accounts({"ada": "päss:word"}, failed_seconds=0)
    with client(make_app(accounts=accounts)) as opened:
        yield opened


def test_with_accounts_the_page_asks_for_a_password(locked: TestClient) -> None:
    assert locked.get("/config").status_code == 401
    assert '"auth_required":true' in locked.get("/", headers=PAGE).text
    assert locked.post("/gradio_api/queue/join", json=TYPED).status_code == 401


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [("ada", "päss:word", 200), ("ada", "wrong", 400), ("eve", "päss:word", 400)],
)
def test_logging_in(locked: TestClient, user: str, password: str, status: int) -> None:
    form = {"username": user, "password": password}
    assert locked.post("/login", data=form).status_code == status
    # The cookie of Gradio is for https alone where it may cross sites; this is the other one.
    assert (locked.get("/config").status_code == 200) == (status == 200)


def test_with_accounts_strangers_learn_the_status_alone(locked: TestClient) -> None:
    assert locked.get("/healthz").json() == {"status": "ok"}
    key = {b"authorization": b"Bearer " + "ada:päss:word".encode()}
    full: dict[str, Any] = locked.get("/healthz", headers=key).json()
    assert full["index"]["chunks"] > 0


@pytest.mark.parametrize("path", ["/v1/models", "/mcp", "/docs", "/openapi.json"])
def test_nothing_else_is_served_unless_a_setting_says_so(http: TestClient, path: str) -> None:
    assert http.get(path).status_code == 404


def test_mcp_without_its_package_says_what_to_install(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)  # as if it were not there
    with pytest.raises(SettingsError, match="pip install mcp"):
        make_app(chat_mcp=True)
