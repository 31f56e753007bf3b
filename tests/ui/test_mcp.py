"""The tools, called by the official SDK's client at a port of this machine."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from fastapi import FastAPI
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from tutor.answer import Tutor
from ui.asking.desk import Desk
from ui.serving.accounts import Accounts

from .conftest import MakeApp

pytestmark = pytest.mark.enable_socket
Live = Callable[[FastAPI], AbstractContextManager[str]]


@pytest.fixture
def address(make_app: MakeApp, live: Live) -> Iterator[str]:
    with live(make_app(chat_mcp=True)) as served:
        yield f"{served}/mcp"


@asynccontextmanager
async def client_of(address: str, mode: str = "auto", key: str = "") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(address, http_client=http), mode=mode) as client,
    ):
        yield client


def call(address: str, tool: str, **arguments: Any) -> tuple[str, Any, bool]:
    """The text, the data, and whether it is an error."""

    async def called() -> Any:
        async with client_of(address) as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(called())
    return result.content[0].text, result.structured_content, bool(result.is_error)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_say_what_they_are_for(address: str, mode: str) -> None:
    async def listed() -> tuple[Any, str | None]:
        async with client_of(address, mode) as client:
            return (await client.list_tools()).tools, client.instructions

    tools, instructions = asyncio.run(listed())
    assert [tool.name for tool in tools] == ["ask", "search", "stations"]
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    assert tools[0].input_schema["required"] == ["question"]
    assert instructions is not None
    assert "markers" in instructions


def test_ask(address: str, quoting: Tutor) -> None:
    text, data, failed = call(address, "ask", question="What is LoRA?")
    same = quoting.ask("What is LoRA?")
    assert not failed
    assert text.startswith(same.answer)
    assert "\n\nSources:\n[1] " in text
    assert data["citations"] == json.loads(json.dumps(same.as_json()["citations"]))


def test_ask_with_the_conversation_and_options(address: str) -> None:
    history = [
        {"role": "user", "content": "What is LoRA?"},
        {"role": "assistant", "content": "LoRA freezes the base weights."},
    ]
    _, data, _ = call(
        address, "ask", question="What are its limits?", history=history, only="curriculum"
    )
    assert "LoRA" in data["standalone_question"]


def test_ask_declines(address: str) -> None:
    text, data, failed = call(address, "ask", question="What is the capital of France?")
    assert not failed
    assert data["status"] == "abstained"
    assert "Sources" not in text


def test_search(address: str, quoting: Tutor) -> None:
    text, data, _ = call(address, "search", query="attention", k=3)
    same = quoting.search("attention", 3)
    assert [hit["chunk_id"] for hit in data["hits"]] == [hit.chunk.id for hit in same.hits]
    assert data["hits"][0]["text"] in text


def test_stations(address: str, quoting: Tutor) -> None:
    text, data, _ = call(address, "stations")
    catalogue = quoting.index.catalogue
    stops = (*catalogue.stations, *catalogue.companions)
    assert [s["id"] for s in data["stations"]] == [stop.id for stop in stops]
    assert len(text.splitlines()) == len(stops)


@pytest.mark.parametrize("name", ["7", "supervised-fine-tuning", "Supervised Fine-Tuning"])
def test_one_station(address: str, name: str) -> None:
    text, data, _ = call(address, "stations", station=name)
    assert data["number"] == 7
    assert data["path"] == sorted(data["path"])
    assert data["references"]
    assert "Learn before it: " in text


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("ask", {"question": "   "}, "question"),
        ("ask", {"question": "x" * 3000}, "2000"),
        ("ask", {"question": "What is LoRA?", "station": 99}, "no station 99"),
        ("ask", {"question": "What is LoRA?", "level": "guru"}, "level"),
        ("ask", {}, "question"),
        ("search", {"query": "x", "k": 0}, "k"),
        ("stations", {"station": "Atlantis"}, "no station 'Atlantis'"),
        ("dance", {}, "dance"),
    ],
)
def test_what_is_wrong_is_told_to_the_model(
    address: str, tool: str, arguments: dict[str, Any], message: str
) -> None:
    text, _, failed = call(address, tool, **arguments)
    assert failed
    assert message in text


def test_a_full_line_is_told_too(make_app: MakeApp, live: Live, quoting: Tutor) -> None:
    runs, done = threading.Event(), threading.Event()

    def job(tutor: Tutor) -> Iterator[str]:
        runs.set()
        yield "begun"
        done.wait(60)

    desk = Desk(quoting, waiting=1)
    with live(make_app(chat_mcp=True, desk=desk)) as address:
        running = desk.ask("zoe", job)
        assert runs.wait(20)
        waiting = desk.ask("ada", lambda tutor: ["mine"])
        text, _, failed = call(f"{address}/mcp", "ask", question="What is LoRA?")
    assert failed
    assert "1 questions are waiting already; try again in about" in text
    done.set()
    assert list(running) == ["begun"]
    assert "mine" in list(waiting)
    assert desk.close()


def test_with_accounts_a_key_is_needed(make_app: MakeApp, live: Live) -> None:
    accounts = Accounts({"ada": "word"}, failed_seconds=0)

    async def listed(address: str) -> int:
        async with client_of(address, key="ada:word") as client:
            return len((await client.list_tools()).tools)

    with live(make_app(chat_mcp=True, accounts=accounts)) as address:
        assert httpx.post(f"{address}/mcp", json={}).status_code == 401
        wrong = {"Authorization": "Bearer ada:wrong"}
        assert httpx.post(f"{address}/mcp", json={}, headers=wrong).status_code == 401
        assert asyncio.run(listed(f"{address}/mcp")) == 3


def test_pages_of_other_sites_reach_no_tool(address: str) -> None:
    evil = {"Origin": "http://evil.example"}
    assert httpx.post(address, json={}, headers=evil).status_code == 403
    assert httpx.post(address, json={}, headers={"Host": "evil.example"}).status_code == 403
