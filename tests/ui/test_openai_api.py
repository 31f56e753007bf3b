"""The endpoint, spoken to by the official client at a port of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import httpx
import openai
import pytest
from fastapi import FastAPI

from corpus.errors import ModelError
from tutor.answer import Tutor
from ui.asking.desk import Desk
from ui.endpoints.completions import MODEL
from ui.serving.accounts import Accounts

from .conftest import MakeApp

pytestmark = pytest.mark.enable_socket
Live = Callable[[FastAPI], AbstractContextManager[str]]
LORA: list[Any] = [{"role": "user", "content": "What is LoRA?"}]
COMPARE: list[Any] = [{"role": "user", "content": "Compare LoRA and full fine-tuning."}]


@pytest.fixture
def address(make_app: MakeApp, live: Live) -> Iterator[str]:
    with live(make_app(chat_openai=True)) as served:
        yield served


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with of(address) as made:
        yield made


def of(address: str, key: str = "any") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0)


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).owned_by == "metromap-tutor"
    with pytest.raises(openai.NotFoundError, match="there is no model 'gpt'"):
        client.models.retrieve("gpt")


def test_an_answer_at_once(client: openai.OpenAI, quoting: Tutor) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=LORA)
    (choice,) = completion.choices
    same = quoting.ask("What is LoRA?").as_json()
    assert choice.finish_reason == "stop"
    assert choice.message.role == "assistant"
    assert choice.message.content == same["answer"]
    assert "[1]" in same["answer"]
    extra = as_sent(extension(choice.message))
    assert extra["status"] == "answered"
    assert extra["citations"] == as_sent(same["citations"])
    assert extra["sentences"][0]["support"] == "supported"
    assert completion.usage is not None
    assert completion.usage.completion_tokens == 0  # all of it is quoted


def extension(message: Any) -> dict[str, Any]:
    """The field "metromap", as the client hands on what it does not know."""
    found: dict[str, Any] = message.model_extra["metromap"]
    return found


def as_sent(data: Any) -> Any:
    """Tuples become lists on the way."""
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("question", ["What is LoRA?", "Compare LoRA and full fine-tuning.", "hi"])
def test_a_stream_adds_up_to_the_answer(
    client: openai.OpenAI, quoting: Tutor, question: str
) -> None:
    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": question}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    *told, last, usage = chunks
    text = "".join(chunk.choices[0].delta.content or "" for chunk in told)
    same = quoting.ask(question)
    assert text == same.answer
    assert told[0].choices[0].delta.role == "assistant"
    assert last.choices[0].finish_reason == "stop"
    assert extension(last.choices[0].delta)["citations"] == as_sent(same.as_json()["citations"])
    assert usage.usage is not None
    assert usage.choices == []
    assert len({chunk.id for chunk in chunks}) == 1


def test_several_questions_of_which_one_finds_nothing_stream_as_they_are_answered(
    client: openai.OpenAI, quoting: Tutor
) -> None:
    """What follows the last sentence is sent too."""
    question = "What is LoRA? And what is the capital of France?"
    chunks = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": question}], stream=True
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == quoting.ask(question).answer


def test_the_stream_in_its_own_form(address: str) -> None:
    """Server-sent events: data lines of JSON, comments, and the mark of the end."""
    request = {"model": MODEL, "messages": LORA, "stream": True}
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=request) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    assert lines[-1] == "data: [DONE]"
    assert {line.partition(":")[0] for line in lines} == {"data", ""}
    assert ": searching" in lines


def test_a_follow_up_leans_on_what_was_said(client: openai.OpenAI, quoting: Tutor) -> None:
    before = quoting.ask("What is LoRA?")
    conversation: list[Any] = [
        {"role": "system", "content": "You are a pirate."},  # not read
        *LORA,
        {"role": "assistant", "content": before.answer},
        {"role": "user", "content": [{"type": "text", "text": "What are its limits?"}]},
    ]
    reply = client.chat.completions.create(model=MODEL, messages=conversation)
    assert "LoRA" in extension(reply.choices[0].message)["standalone_question"]


def test_declining_is_an_answer_too(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "What is the capital of France?"}]
    (choice,) = client.chat.completions.create(model=MODEL, messages=asked).choices
    assert choice.finish_reason == "stop"
    assert choice.message.content
    assert choice.message.content.startswith("I cannot answer that")
    extra = extension(choice.message)
    assert extra["status"] == "abstained"
    assert extra["nearest"]
    assert extra["citations"] == []


def test_the_options_of_the_command_line(client: openai.OpenAI) -> None:
    """As an extension field of the request."""
    reply = client.chat.completions.create(
        model=MODEL,
        messages=LORA,
        extra_body={"metromap": {"socratic": True, "only": "curriculum", "station": 7}},
    )
    extra = extension(reply.choices[0].message)
    assert {c["station"] for c in extra["citations"]} == {7}
    assert "?" in extra["sentences"][0]["text"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"messages": []}, "messages: List should have at least 1 item"),
        ({"messages": [{"role": "user", "content": "  "}]}, "question"),
        ({"messages": [{"role": "user", "content": "x" * 3000}]}, "2000"),
        ({"messages": [*LORA, {"role": "assistant", "content": "ok"}]}, "last message"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "no image_url"),
        ({"messages": [{"role": "wizard", "content": "hi"}]}, r"messages\.0\.role"),
        ({"n": 2}, "n: there is one answer"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"extra_body": {"metromap": {"level": "guru"}}}, r"metromap\.level"),
        ({"extra_body": {"metromap": {"topic": "x"}}}, r"metromap\.topic"),
        ({"extra_body": {"metromap": {"station": 99}}}, "no station 99"),
    ],
)
def test_a_bad_request_names_what_is_wrong(
    client: openai.OpenAI, changes: dict[str, Any], message: str
) -> None:
    for stream in (False, True):
        request: dict[str, Any] = {"model": MODEL, "messages": LORA, "stream": stream, **changes}
        with pytest.raises(openai.BadRequestError, match=message) as refused:
            client.chat.completions.create(**request)
        assert refused.value.type == "invalid_request_error"


def test_what_is_no_json_or_too_much_of_it(address: str) -> None:
    where = f"{address}/v1/chat/completions"
    assert httpx.post(where, content=b"{").json()["error"]["type"] == "invalid_request_error"
    assert httpx.post(where, content=b" " * 1_100_000).status_code == 413


def test_another_model_is_not_here(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match=f"ask for '{MODEL}'"):
        client.chat.completions.create(model="gpt-4o", messages=LORA)


def test_with_accounts_the_key_is_user_and_password(make_app: MakeApp, live: Live) -> None:
    accounts = Accounts({"ada": "word"}, failed_seconds=0)
    with live(make_app(chat_openai=True, accounts=accounts)) as address:
        with of(address, "ada:word") as known:
            assert known.chat.completions.create(model=MODEL, messages=LORA).choices
        with of(address, "ada:wrong") as unknown:
            for ask in (
                unknown.models.list,
                lambda: unknown.models.retrieve(MODEL),
                lambda: unknown.chat.completions.create(model=MODEL, messages=LORA),
            ):
                with pytest.raises(openai.AuthenticationError, match="USER:PASSWORD"):
                    ask()


class Busy:
    """A desk whose worker is busy until told."""

    def __init__(self, desk: Desk) -> None:
        self.done, self.runs = threading.Event(), threading.Event()
        self._asked = desk.ask("zoe", self._job)
        assert self.runs.wait(20)

    def _job(self, tutor: Tutor) -> Iterator[str]:
        self.runs.set()
        yield "begun"
        self.done.wait(60)

    def end(self) -> None:
        self.done.set()
        list(self._asked)


def test_a_full_line_is_too_many_requests(make_app: MakeApp, live: Live, quoting: Tutor) -> None:
    desk = Desk(quoting, waiting=1)
    with live(make_app(chat_openai=True, desk=desk)) as address, of(address) as client:
        busy = Busy(desk)
        waiting = desk.ask("ada", lambda tutor: ["mine"])
        with pytest.raises(openai.RateLimitError, match="1 questions are waiting") as full:
            client.chat.completions.create(model=MODEL, messages=LORA)
        assert int(full.value.response.headers["retry-after"]) >= 1
        assert full.value.type == "rate_limit_error"
        busy.end()
        assert "mine" in list(waiting)
        assert client.chat.completions.create(model=MODEL, messages=LORA).choices
    assert desk.close()


def test_who_waits_in_line_hears_so(address: str, desk: Desk) -> None:
    busy = Busy(desk)
    request = {"model": MODEL, "messages": LORA, "stream": True}
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=request) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith(":"))
        assert next(lines) == ": place 1 in line"
        busy.end()
        assert next(lines) == ": searching"


def test_many_in_line_leave_room_for_the_page(
    make_app: MakeApp, live: Live, quoting: Tutor
) -> None:
    """Each keeps a thread waiting, of which there are 40 by default."""
    desk = Desk(quoting, waiting=100)
    request = {"model": MODEL, "messages": LORA, "stream": True}
    with live(make_app(chat_openai=True, chat_waiting=100, desk=desk)) as address:
        busy = Busy(desk)
        where = f"{address}/v1/chat/completions"
        with ExitStack() as waiting:
            http = waiting.enter_context(httpx.Client(limits=httpx.Limits(), timeout=20))
            coming = []
            for number in range(1, 46):
                answer = waiting.enter_context(http.stream("POST", where, json=request))
                coming.append(answer.iter_lines())
                assert f": place {number} in line" in coming[-1]
            assert http.get(f"{address}/theme.css").status_code == 200
        wait_until(lambda: desk.state().waiting == 0)
        busy.end()
    assert desk.close()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_breaks_off_leaves_the_line(address: str, desk: Desk, stream: bool) -> None:
    busy = Busy(desk)
    request = {"model": MODEL, "messages": LORA, "stream": stream}
    with pytest.raises(httpx.ReadTimeout):
        # Streaming, the first lines come at once, and then no more.
        httpx.post(f"{address}/v1/chat/completions", json=request, timeout=1)
    wait_until(lambda: desk.state().waiting == 0)
    assert desk.state().stopped == 1
    busy.end()


def wait_until(true: Callable[[], bool]) -> None:
    """The server sees a moment later that a connection is closed."""
    moment = threading.Event()
    for _ in range(500):
        if true():
            return
        moment.wait(0.02)
    pytest.fail("it did not come about")


class Failing:
    """A tutor that fails after its first sentence."""

    def __init__(self, tutor: Tutor) -> None:
        self.index, self._tutor = tutor.index, tutor

    def stream(self, *given: Any, **options: Any) -> Iterator[Any]:
        yield from list(self._tutor.stream(*given, **options))[:-1]
        raise ModelError("the model has gone; start it again")


@pytest.fixture
def failing(quoting: Tutor, make_app: MakeApp, live: Live) -> Iterator[openai.OpenAI]:
    desk = Desk(Failing(quoting), waiting=5)  # type: ignore[arg-type]
    with live(make_app(chat_openai=True, desk=desk)) as address, of(address) as client:
        yield client
    assert desk.close()


def test_a_part_that_fails_is_told(failing: openai.OpenAI) -> None:
    with pytest.raises(openai.InternalServerError, match="the model has gone"):
        failing.chat.completions.create(model=MODEL, messages=LORA)


def test_also_in_the_middle_of_a_stream(failing: openai.OpenAI) -> None:
    chunks = failing.chat.completions.create(model=MODEL, messages=LORA, stream=True)
    said: list[str] = []
    with pytest.raises(openai.APIError, match="the model has gone"):
        said.extend(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert "[1]" in "".join(said)
