"""Questions written by RAGAS with a judge: the whole way, to a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from corpus import Curriculum
from eval.judge import open_judge
from eval.propose import ProposeError, read_proposals
from eval.propose.generated import generate
from tutor.settings import Settings

pytestmark = pytest.mark.enable_socket
Write = Callable[[dict[str, Any]], Any]


def themes(given: dict[str, Any]) -> dict[str, Any]:
    """Every theme for two learners, one of whom nobody has asked about."""
    return {"mapping": {"Newcomer": given["themes"], "Chef": given["themes"]}}


def honest(given: dict[str, Any]) -> dict[str, Any]:
    """A question whose answer is the first sentence of the topic."""
    context = given["context"]
    text = context if isinstance(context, str) else context[0].split("\n\n", 1)[1]
    term = given.get("term") or given["themes"][0]
    return {"query": f"Why would one read on {term}?", "answer": f"{text.split('. ')[0]}."}


@pytest.fixture
def judging() -> Iterator[Callable[[Write], str]]:
    """Starts an OpenAI-compatible server whose replies a function writes; gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(write: Write) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send({"object": "list", "data": [{"id": "canned", "object": "model"}]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                prompt = next(m["content"] for m in body["messages"] if m["role"] == "user")
                given = json.loads(prompt.rpartition("input: ")[2].rpartition("\nOutput:")[0])
                reply = themes(given) if "term" not in given and "context" not in given else None
                said = json.dumps(reply if reply is not None else write(given))
                message = {"role": "assistant", "content": said}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                self._send({
                    "id": "1", "object": "chat.completion", "created": 0, "model": "canned",
                    "choices": [choice],
                })  # fmt: skip

            def _send(self, reply: dict[str, Any]) -> None:
                data = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_judge_writes_questions_whose_topics_and_facts_are_found(
    tmp_path: Path, curriculum: Curriculum, judging, settings: Settings
):
    file = tmp_path / "proposed.jsonl"
    judge = open_judge(judging(honest), settings)
    try:
        made = generate(file, judge, curriculum, 6)
    finally:
        judge.close()
    assert made.proposals == read_proposals(file)
    assert (len(made.proposals) + made.unusable, made.failed) == (6, 0)
    assert len(made.proposals) >= 3
    assert any(len(proposal.sections) == 2 for proposal in made.proposals)
    for proposal in made.proposals:
        assert proposal.fact_recall(proposal.reference) == 1.0
        assert proposal.why.startswith("written by RAGAS")
        assert proposal.kind in ("why", "typo")


def test_failed_questions_are_counted_and_the_others_kept(
    tmp_path: Path, curriculum: Curriculum, judging, settings: Settings
):
    asked: list[str] = []

    def sometimes(given: dict[str, Any]) -> Any:
        first = given["context"][:40] if isinstance(given["context"], str) else "two"
        asked.append(first)
        return {"nonsense": 1} if first == asked[0] else honest(given)

    judge = open_judge(judging(sometimes), settings, workers=1)
    try:
        made = generate(tmp_path / "proposed.jsonl", judge, curriculum, 2)
    finally:
        judge.close()
    assert made.failed == 1
    assert len(made.proposals) + made.unusable == 1


def test_invention_of_the_judge_is_no_fact(
    tmp_path: Path, curriculum: Curriculum, judging, settings: Settings
):
    def inventing(given: dict[str, Any]) -> dict[str, Any]:
        return {"query": "Why would one ask?", "answer": "Purple walruses juggle marmalade."}

    judge = open_judge(judging(inventing), settings)
    try:
        made = generate(tmp_path / "proposed.jsonl", judge, curriculum, 2)
    finally:
        judge.close()
    assert (made.proposals, made.failed, made.unusable) == ([], 0, 2)


def test_bundled_model_is_refused(tmp_path: Path, curriculum: Curriculum, settings: Settings):
    judge = open_judge("bundled", settings)
    try:
        with pytest.raises(ProposeError, match="too small to write questions: name a capable"):
            generate(tmp_path / "proposed.jsonl", judge, curriculum, 2)
    finally:
        judge.close()
    assert not (tmp_path / "proposed.jsonl").exists()


def test_judge_that_fails_from_the_start_is_named(
    tmp_path: Path, curriculum: Curriculum, judging, settings: Settings
):
    judge = open_judge(judging(honest), settings)
    judge.close()
    with pytest.raises(ProposeError, match="canned wrote no questions"):
        generate(tmp_path / "proposed.jsonl", judge, curriculum, 2)
    assert not (tmp_path / "proposed.jsonl").exists()
