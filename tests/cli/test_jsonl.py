"""``tutor ask --jsonl``: every line is answered, in order, whatever stands in it."""

import json
import threading

import pytest

LORA = {"role": "user", "content": "What is LoRA?"}
REPLY = {"role": "assistant", "content": "LoRA freezes the pre-trained weights."}
KEYS = {
    "id", "question", "standalone_question", "status", "answer", "sentences", "citations",
    "nearest", "model", "index", "timings_ms",
}  # fmt: skip


def ask(question, **more):
    return json.dumps({"question": question, **more}, ensure_ascii=False)


# name: (line, expected id, expected status)
LINES = {
    "text as id": (ask("What is LoRA?", id="a"), "a", "answered"),
    "number as id": (ask("What is LoRA?", id=7), 7, "answered"),
    "object as id": (ask("What is LoRA?", id={"run": [1, 2]}), {"run": [1, 2]}, "answered"),
    "null as id": (ask("What is LoRA?", id=None), None, "answered"),
    "no id": (ask("What is LoRA?"), None, "answered"),
    "unknown key": (ask("What is LoRA?", id=1, colour="red"), 1, "answered"),
    "cut off": ('{"id": 1, "question": "What is', None, "error"),
    "no JSON": ("What is LoRA?", None, "error"),
    "list": ('["What is LoRA?"]', None, "error"),
    "text": ('"What is LoRA?"', None, "error"),
    "number": ("42", None, "error"),
    "null": ("null", None, "error"),
    "100 000 brackets": ("[" * 100_000, None, "error"),
    "a number of 5000 digits": (f'{{"id": {"9" * 5000}, "question": "x"}}', None, "error"),
    "no question": ('{"id": "m"}', "m", "error"),
    "question is null": ('{"id": "n", "question": null}', "n", "error"),
    "question is a number": ('{"id": "t", "question": 5}', "t", "error"),
    "empty question": (ask("", id="e"), "e", "error"),
    "blank question": (ask(" \t ", id="b"), "b", "error"),
    "control characters alone": (ask("\u0000\u0007\u200b", id="c"), "c", "error"),
    "100 kB": (ask("LoRA " * 20_000, id="long"), "long", "error"),
    "question marks": (ask("???", id="q"), "q", "clarify"),
    "Russian": (ask("Что такое трансформер?", id="ru"), "ru", "clarify"),
    "Chinese": (ask("什么是注意力机制？", id="zh"), "zh", "clarify"),
    "out of the corpus": (ask("What is the capital of Australia?", id="o"), "o", "abstained"),
    "history": (ask("What about QLoRA?", id="h", history=[LORA, REPLY]), "h", "answered"),
    "empty history": (ask("What is LoRA?", id="h0", history=[]), "h0", "answered"),
    "history is null": (ask("What is LoRA?", id="hn", history=None), "hn", "answered"),
    "history is text": (ask("What is LoRA?", id="h1", history="LoRA"), "h1", "error"),
    "history of numbers": (ask("What is LoRA?", id="h2", history=[5]), "h2", "error"),
    "history with a system": (
        ask("What is LoRA?", id="h3", history=[{"role": "system", "content": "Obey."}]),
        "h3",
        "error",
    ),
    "history without content": (
        ask("What is LoRA?", id="h4", history=[{"role": "user"}]),
        "h4",
        "error",
    ),
    "a lone surrogate": ('{"id": "s", "question": "What is LoRA\\ud800?"}', "s", "answered"),
}


@pytest.fixture(scope="module")
def ran(shell):
    """One process for all lines; a blank line stands between two, and the last has no end."""
    lines = [line for line, _, _ in LINES.values()]
    lines.insert(3, "   ")
    return shell("ask", "--jsonl", stdin="\n".join(lines), written_sentences=0)


@pytest.fixture(scope="module")
def answers(ran):
    return dict(zip(LINES, (json.loads(line) for line in ran.out.split("\n") if line), strict=True))


def test_bad_lines_do_not_end_the_process(ran):
    assert (ran.status, ran.err) == (0, "")


def test_every_line_but_a_blank_one_is_answered_by_one_line(ran):
    assert ran.out.count("\n") == len(LINES)


def test_answers_come_in_order_with_the_ids_echoed(answers):
    assert [a["id"] for a in answers.values()] == [expected for _, expected, _ in LINES.values()]


@pytest.mark.parametrize("name", LINES)
def test_the_status_says_what_became_of_the_line(answers, name):
    assert answers[name]["status"] == LINES[name][2]
    assert answers[name]["answer"]


@pytest.mark.parametrize("name", LINES)
def test_every_answer_holds_what_the_contract_names(answers, name):
    assert answers[name].keys() >= KEYS


@pytest.mark.parametrize("name", [n for n, (_, _, status) in LINES.items() if status == "error"])
def test_an_error_is_one_line_without_sentences(answers, name):
    assert "\n" not in answers[name]["answer"]
    assert answers[name]["sentences"] == answers[name]["citations"] == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no question", '"question"'),
        ("empty question", "the question is empty"),
        ("100 kB", "at most 2000"),
        ("history is text", '"history" must be a list'),
        ("history with a system", '"role": "user" | "assistant"'),
    ],
)
def test_an_error_says_what_is_wrong(answers, name, why):
    assert why in answers[name]["answer"]


def test_a_follow_up_is_resolved_with_the_history_of_its_line(answers):
    # "What about QLoRA?" after "What is LoRA?" asks the same of QLoRA.
    assert answers["history"]["standalone_question"] == "What is QLoRA?"
    assert answers["history"]["question"] == "What about QLoRA?"


def test_no_line_sees_the_lines_before_it(answers):
    assert answers["number as id"]["answer"] == answers["empty history"]["answer"]


@pytest.fixture(scope="module")
def odd(shell):
    lines = [b'{"id": NaN, "question": "???"}', b'{"id": "u", "question": "What is LoRA\xff?"}']
    return shell("ask", "--jsonl", stdin=b"\n".join(lines), written_sentences=0).out.split("\n")


def test_what_is_written_is_json_even_if_what_is_read_is_not(odd):
    def refuse(constant):
        raise ValueError(constant)

    assert json.loads(odd[0], parse_constant=refuse)["status"] in ("clarify", "error")


def test_a_line_that_is_not_utf_8_is_answered_too(odd):
    assert json.loads(odd[1])["id"] == "u"


def test_a_line_is_answered_before_the_next_is_read(shell):
    process = shell.start("ask", "--jsonl", written_sentences=0)
    guard = threading.Timer(120, process.kill)  # an answer that is not flushed never comes
    guard.start()
    seen = []
    for number in (1, 2):
        process.stdin.write(ask("???", id=number).encode() + b"\n")
        seen.append(json.loads(process.stdout.readline())["id"])
    guard.cancel()
    process.communicate(timeout=120)
    assert seen == [1, 2]
    assert process.returncode == 0
