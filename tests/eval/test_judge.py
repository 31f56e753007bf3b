"""Judges: the bundled model behind its grammar, and whatever speaks OpenAI's protocol.

The bundled model's verdicts mean nothing; that each of them arrives, or fails in words, is shown.
What the figures are is shown with a server that knows a little world by heart.
"""

from __future__ import annotations

import json
import math
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from corpus.errors import ModelError
from eval.golden import Message, Question
from eval.judge import CUT, KEY, JudgeError, fit, open_judge
from eval.measures.judged import NOT_MEANINGFUL, inputs, judged
from eval.measures.ragas_sync import run_sync
from eval.records import Passage, Record, Reply
from tutor.llama import model_file

pytestmark = pytest.mark.language_model

ANSWER = "LoRA trains two matrices. They are small. They are merged later."
REFERENCE = "LoRA freezes the weights. It trains matrices that are merged later."
ON_LORA = "LoRA freezes the weights and trains two small matrices beside them."
ON_HNSW = "HNSW is a graph for the search of nearest neighbours."

QUESTION = Question(
    id="dev-x",
    split="dev",
    kind="definition",
    question="What is LoRA?",
    history=[],
    station=7,
    sections=[],
    urls=[],
    facts=[],
    must_not=[],
    reference=REFERENCE,
    expect="answer",
)
REPLY = Reply(
    status="answered",
    answer="LoRA trains two matrices [1]. They are small [1]. They are merged later [2].",
    retrieved=[Passage(id=t, unit=t, text=t) for t in (ON_HNSW, ON_LORA)],
)
RECORD = Record(question=QUESTION, reply=REPLY)
NAMES = [
    "faithfulness",
    "answer relevancy",
    "context precision",
    "context recall",
    "factual correctness",
    "noise sensitivity",
]


# --- The bundled model, held to the schemas by a grammar


@pytest.fixture(scope="module")
def bundled(settings):
    judge = open_judge("bundled", settings)
    yield judge
    judge.close()


def test_the_bundled_judge_brings_every_measure_to_an_end(bundled, encoder):
    reply = REPLY.model_copy(update={"retrieved": REPLY.retrieved[1:]})
    record, found = Record(question=QUESTION, reply=reply), {}
    for measure in judged(bundled, encoder):
        assert measure.name.endswith("(not meaningful)")
        assert NOT_MEANINGFUL.capitalize() in measure.definition
        with suppress(JudgeError):  # the run counts it
            found[measure.name.removesuffix(" (not meaningful)")] = measure.score(record)
    assert all(math.isnan(value) or -1 <= value <= 1 for value in found.values())
    assert {found["faithfulness"], found["context recall"]} <= {0.0, 1.0}  # one verdict each


class Verdict(BaseModel):
    reason: str
    verdict: int


def test_a_reply_that_breaks_off_is_a_failure(bundled):
    from eval.judge_llms import Bounds, LlamaJudge

    hasty = LlamaJudge(bundled.llm._engine, Bounds(characters=400, items=2, tokens=6))
    with pytest.raises(JudgeError, match=r"^the judge's reply broke off after 6 tokens: …'.+'$"):
        hasty.generate("Is water wet?", Verdict)


def test_a_prompt_that_does_not_fit_is_a_failure(bundled):
    with pytest.raises(ModelError, match=r"the prompt has \d+ tokens, the context 8192"):
        bundled.llm.generate("word " * 9000, Verdict)


def test_one_verdict_for_each_statement(bundled):
    from eval.judge_llms import Bounds, bounded, statements_in
    from eval.measures.ragas_sync import ragas

    util = ragas("ragas.metrics.collections.faithfulness.util")
    given = util.NLIStatementInput(context="C.", statements=["a", 'b "quoted"', "c"])
    prompt = util.NLIStatementPrompt().to_string(given)
    assert statements_in(prompt) == 3
    schema = bounded(util.NLIStatementOutput.model_json_schema(), Bounds(8, 24, 400), 3)
    told = json.loads(bundled.llm._engine.complete_json([("user", "Go.")], schema, 400))
    assert [item["verdict"] in (0, 1) for item in told["statements"]] == [True] * 3


def test_the_bounds_for_a_capable_model_make_a_grammar(bundled):
    from eval.judge_llms import Bounds, LlamaJudge

    class Many(BaseModel):
        verdicts: list[Verdict]

    judge = LlamaJudge(bundled.llm._engine, Bounds(characters=400, items=24, tokens=4))
    with pytest.raises(JudgeError, match="broke off after 4 tokens"):  # not: no such grammar
        judge.generate("Go.", Many)


def test_a_file_that_is_no_judge(settings, tmp_path):
    with pytest.raises(JudgeError, match=r"nowhere is no file; give --judge an address \(http"):
        open_judge("nowhere", settings)
    (tmp_path / "model.gguf").write_text("not a model")
    with pytest.raises(ModelError, match="no GGUF model"):
        open_judge(str(tmp_path / "model.gguf"), settings)


# --- What a judge reads


def words(text: str) -> int:
    return len(text.split())


def test_passages_share_the_room():
    long, short = "one two three four five six seven eight nine ten", "one two"
    cut, whole = fit([long, short], room=12, count=words)
    assert whole == short
    assert cut.endswith(CUT)
    assert cut.startswith("one two three")
    assert words(cut) <= 6
    assert fit([long], room=0, count=words) == [""]


class Reader:
    """As much of a judge as decides what it reads."""

    fit = staticmethod(list)


def test_a_judge_reads_no_markers_and_five_passages():
    many = [Passage(id=str(n), unit=str(n), text=f"Text {n}.") for n in range(8)]
    reply = REPLY.model_copy(update={"retrieved": many})
    given = inputs(Record(question=QUESTION, reply=reply), Reader())
    assert given["response"] == ANSWER
    assert given["retrieved_contexts"] == [f"Text {n}." for n in range(5)]


def test_of_a_follow_up_a_judge_reads_the_standalone_question():
    history = [
        Message(role="user", content="Tell me of QLoRA."),
        Message(role="assistant", content="…"),
    ]
    reply = REPLY.model_copy(update={"standalone_question": "What is LoRA in QLoRA?"})
    asked = QUESTION.model_copy(update={"history": history})
    assert inputs(Record(question=asked, reply=reply), Reader())["user_input"] == (
        "What is LoRA in QLoRA?"
    )
    assert inputs(Record(question=QUESTION, reply=reply), Reader())["user_input"] == "What is LoRA?"


# --- A server: what each measure gives, by hand

# Which statement holds by which text, in a world of two passages, an answer and its reference.
HOLDS = {
    ON_HNSW: set(),
    ON_LORA: {"It trains two.", "They are small.", "It freezes."},
    REFERENCE: {"They are small.", "They are merged."},
    ANSWER: {"It freezes."},
}
STATEMENTS = {
    ANSWER: ["It trains two.", "They are small.", "They are merged."],
    REFERENCE: ["It freezes.", "It trains some."],
}


def holds(statement: str, context: str) -> int:
    return int(any(statement in held for text, held in HOLDS.items() if text in context))


def verdicts(given: dict[str, Any], statements: list[str], name: str) -> list[dict[str, Any]]:
    return [
        {"statement": s, "reason": "By heart.", name: holds(s, given["context"])}
        for s in statements
    ]


def by_heart(schema: str, given: dict[str, Any]) -> Any:
    """What a judge says that knows the world by heart."""
    text = given.get("response") or given.get("answer") or given.get("text")
    match schema:
        case "StatementGeneratorOutput":
            return {"statements": STATEMENTS[text]}
        case "ClaimDecompositionOutput":
            return {"claims": STATEMENTS[text]}
        case "NLIStatementOutput":
            return {"statements": verdicts(given, given["statements"], "verdict")}
        case "ContextRecallOutput":
            return {"classifications": verdicts(given, STATEMENTS[text], "attributed")}
        case "ContextPrecisionOutput":
            return {"reason": "By heart.", "verdict": int(given["context"] == ON_LORA)}
        case "AnswerRelevanceOutput":
            return {"question": "What is LoRA?", "noncommittal": 0}


# (schema asked for, inputs) -> (status, what the model says)
Says = Callable[[str, dict[str, Any]], tuple[int, Any]]


@contextmanager
def serving(says: Says, models: tuple[str, ...] = ("by-heart",), key: str = "") -> Iterator[str]:
    """The address of a server that speaks as much of OpenAI's protocol as a judge needs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            listed = [{"id": name, "object": "model"} for name in models]
            self.reply(200 if models else 404, {"object": "list", "data": listed})

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = [str(message["content"]) for message in asked["messages"]]
            prompt = next(text for text in said if "Now perform the same" in text)
            schema = re.findall(r'"title": "(\w+Output)"', prompt)[-1]
            given = json.loads(prompt.rpartition("input\ninput: ")[2].partition("\nOutput: ")[0])
            status, told = says(schema, given)
            content = told if isinstance(told, str) else json.dumps(told)
            message = {"role": "assistant", "content": content}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            head = {"id": "1", "object": "chat.completion", "created": 0, "model": "by-heart"}
            self.reply(status, {**head, "choices": [choice]})

        def reply(self, status: int, content: dict[str, Any]) -> None:
            if key and self.headers["Authorization"] != f"Bearer {key}":
                status, content = 401, {"error": {"message": "who is there?"}}
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def knows(schema: str, given: dict[str, Any]) -> tuple[int, Any]:
    return 200, by_heart(schema, given)


@contextmanager
def measuring(settings, encoder, says: Says = knows, **options):
    """The measures, by name, of a judge behind a server that says so."""
    with serving(says) as address:
        judge = open_judge(address, settings, **options)
        try:
            yield {measure.name: measure for measure in judged(judge, encoder)}
        finally:
            judge.close()


@pytest.mark.enable_socket
def test_the_measures_by_hand(settings, encoder):
    with measuring(settings, encoder) as measures:
        found = {name: measure.score(RECORD) for name, measure in measures.items()}
    assert found == {
        "faithfulness": pytest.approx(2 / 3),  # 2 of 3 statements stand in a passage
        "answer relevancy": pytest.approx(1.0, abs=1e-5),  # it is the very question
        "context precision": pytest.approx(0.5),  # the second of two helps: (1/2) / 1
        "context recall": pytest.approx(0.5),  # 1 of 2 statements of the reference
        # 2 of 3 claims are right, 1 of 2 of the reference's is there: 2·2 / (2·2 + 1 + 1)
        "factual correctness": pytest.approx(0.67),
        "noise sensitivity": pytest.approx(1 / 3),  # "It trains two.", from a passage that helps
    }


@pytest.mark.enable_socket
def test_measures_that_do_not_apply(settings, encoder):
    declined = Record(question=QUESTION, reply=REPLY.model_copy(update={"status": "abstained"}))
    unanswerable = Record(question=QUESTION.model_copy(update={"expect": "decline"}), reply=REPLY)
    bare = Record(question=QUESTION, reply=REPLY.model_copy(update={"retrieved": []}))
    crashed = Record(question=QUESTION, reply=None, fault="out of memory")

    def applying(record):
        return [name for name, measure in measures.items() if measure.score(record) is not None]

    with measuring(settings, encoder) as measures:
        assert list(measures) == NAMES
        assert applying(declined) == ["context precision", "context recall"]
        assert applying(unanswerable) == ["faithfulness", "answer relevancy"]
        assert applying(bare) == ["answer relevancy", "factual correctness"]
        assert applying(crashed) == []


# --- A server: what goes wrong


@pytest.mark.enable_socket
def test_no_statement_at_all_is_nan(settings, encoder):
    nothing = {"statements": [], "classifications": []}
    with measuring(settings, encoder, lambda *_: (200, nothing)) as measures:
        assert math.isnan(measures["faithfulness"].score(RECORD))
        assert math.isnan(measures["context recall"].score(RECORD))


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("says", "told"),
    [
        ((200, "I would rather not."), "its reply does not fit ContextPrecisionOutput"),
        ((200, {"verdict": 1}), "its reply does not fit ContextPrecisionOutput"),
        ((400, {}), "HTTP 400"),
    ],
    ids=["prose", "field missing", "refused"],
)
def test_a_failure_is_one_line(settings, encoder, caplog, says, told):
    with (
        measuring(settings, encoder, lambda *_: says) as measures,
        pytest.raises(JudgeError, match=f"^the judge failed: {told}$"),
    ):
        measures["context precision"].score(RECORD)
    assert not caplog.records


@pytest.mark.enable_socket
def test_a_verdict_out_of_range_is_a_failure(settings, encoder):
    with (
        measuring(settings, encoder, lambda *_: (200, {"reason": "", "verdict": 5})) as measures,
        pytest.raises(
            JudgeError, match=r"context precision came out as .* a verdict was not 0 or 1"
        ),
    ):
        measures["context precision"].score(RECORD)


@pytest.mark.enable_socket
def test_one_verdict_too_few_is_a_failure(settings, encoder):
    def forgets(schema, given):
        told = by_heart(schema, given)
        if given.get("context") == ON_HNSW:
            told["statements"].pop()
        return 200, told

    with (
        measuring(settings, encoder, forgets) as measures,
        pytest.raises(ValueError, match="shape"),
    ):
        measures["noise sensitivity"].score(RECORD)


@pytest.mark.enable_socket
def test_a_server_that_is_busy_is_asked_again(settings, encoder):
    statuses = iter([503, 200, 200])
    with measuring(settings, encoder, lambda *a: (next(statuses), by_heart(*a))) as measures:
        assert measures["context precision"].score(RECORD) == pytest.approx(0.5)


@pytest.mark.enable_socket
def test_a_server_that_takes_too_long(settings, encoder):
    free = threading.Event()

    def sleeps(schema, given):
        free.wait(10)
        return 200, {}

    with measuring(settings, encoder, sleeps, timeout=0.2) as measures:
        with pytest.raises(JudgeError, match=r"^the judge failed: no reply in time$"):
            measures["context precision"].score(RECORD)
        free.set()


@pytest.mark.enable_socket
def test_two_questions_at_once(settings, encoder):
    both_here = threading.Barrier(2, timeout=10)

    def waits(schema, given):
        both_here.wait()
        return 200, by_heart(schema, given)

    with measuring(settings, encoder, waits) as measures, ThreadPoolExecutor(2) as pool:
        score = measures["context precision"].score
        assert list(pool.map(score, [RECORD, RECORD])) == pytest.approx([0.5, 0.5])


@pytest.mark.enable_socket
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files in /proc")
def test_a_closed_judge_leaves_nothing_open(settings, encoder):
    def once():
        with measuring(settings, encoder) as measures:
            measures["context precision"].score(RECORD)
        time.sleep(0.05)  # the server's threads see the end of their connections
        return len(os.listdir("/proc/self/fd"))

    assert once() == once() == once()


# --- Reaching it


@pytest.mark.enable_socket
def test_nobody_there(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(
            JudgeError, match=f"^no judge answers at {address} .*; start its server"
        ):
            open_judge(address, settings)


@pytest.mark.parametrize("address", ["http://", "http://[", "http://host:port/v1"])
def test_no_address(settings, address):
    with pytest.raises(JudgeError, match=re.escape(address)):
        open_judge(address, settings)


@pytest.mark.enable_socket
def test_the_model_is_named_where_there_are_several(settings):
    with (
        serving(knows, models=("a", "b")) as address,
        pytest.raises(JudgeError, match=r"with --judge-model \(it has: a, b\)$"),
    ):
        open_judge(address, settings)


@pytest.mark.enable_socket
def test_a_server_that_does_not_list_its_models(settings):
    with serving(knows, models=()) as address:
        with pytest.raises(
            JudgeError, match=r"^name the model of the judge .* with --judge-model$"
        ):
            open_judge(address, settings)
        judge = open_judge(address, settings, model="mine")
        judge.close()
    assert (judge.name, judge.meaningful, judge.workers) == ("mine", True, 4)


@pytest.mark.enable_socket
def test_the_key(settings):
    with serving(knows, key="sesame") as address:
        with pytest.raises(JudgeError, match=f"refuses the key; set {KEY}$"):
            open_judge(address, settings)
        knowing = settings.model_copy(update={"judge_key": SecretStr("sesame")})
        judge = open_judge(address, knowing)
        judge.close()
    assert judge.name == "by-heart"


@pytest.mark.enable_socket
def test_the_server_of_llama_cpp(settings, start):
    """A real server: it lists its model, and the reply comes back as the object asked for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = "import runpy; runpy.run_module('llama_cpp.server', run_name='__main__')"
    options = {"port": port, "n_ctx": 1024, "n_threads": 1, "n_threads_batch": 1, "verbose": False}
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    file = model_file("bundled", settings.models)
    server = start(script, "--host", "127.0.0.1", "--model", file, *flags)
    judge = _when_up(server, f"http://127.0.0.1:{port}/v1", settings)
    try:
        told = run_sync(judge.llm.agenerate('Say {"verdict": 1, "reason": "wet"}.', Verdict))
    finally:
        judge.close()
    assert Path(judge.name) == file
    assert isinstance(told, Verdict)


def _when_up(server, address: str, settings):
    for _ in range(200):
        assert server.poll() is None, server.stderr.read()
        try:
            return open_judge(address, settings, tokens=48)
        except JudgeError:
            time.sleep(0.2)
    raise AssertionError("the server does not start")
