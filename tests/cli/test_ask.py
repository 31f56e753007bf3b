"""``tutor ask``: text for people, JSON for programs, and an exit status for both."""

import re
import signal

import pytest

from tutor.log import ConversationLog
from tutor.records import Answer

pytestmark = pytest.mark.language_model

ABOUT_LORA = Answer(
    None, "What is LoRA?", "What is LoRA?", "answered", "LoRA freezes the pre-trained weights. [1]"
)

# docs/answer.md
CONTRACT = {
    "question": str,
    "standalone_question": str,
    "status": str,
    "answer": str,
    "sentences": list,
    "citations": list,
    "nearest": list,
    "model": str,
    "index": str,
    "timings_ms": dict,
}
CITATION = {
    "n": int,
    "chunk_id": str,
    "document_id": str,
    "title": str,
    "section": str,
    "station": (int, type(None)),
    "url": (str, type(None)),
    "quote": str,
    "start": int,
    "end": int,
    "score": float,
}


@pytest.fixture(scope="module")
def asked(shell):
    """By the bundled language model, as JSON; one thread, as cores may be busy with other tests."""
    return shell("ask", "What is LoRA?", "--json", "--no-log", threads=1)


@pytest.fixture(scope="module")
def answer(asked):
    return asked.json


@pytest.fixture(scope="module")
def declined(new_home, new_shell):
    """A question from elsewhere, answered, and the log that holds it beside an earlier one."""
    shell = new_shell(new_home())
    log = ConversationLog(shell.home / "conversations.sqlite")
    log.add(log.start("What is LoRA?"), ABOUT_LORA)
    return shell("ask", "What is the capital of Australia?", "--json"), log


@pytest.fixture(scope="module")
def unlogged(new_home, new_shell):
    return new_shell(new_home())


@pytest.fixture(scope="module")
def printed(unlogged):
    """For people, streamed into a pipe; by quotation alone, which is fast."""
    return unlogged("ask", "What is LoRA?", "--no-log", written_sentences=0)


@pytest.fixture(scope="module")
def printed_with_sources(shell):
    return shell(
        "ask", "What is LoRA?", "--no-stream", "--show-sources", "--no-log", written_sentences=0
    )


@pytest.fixture(scope="module")
def piped(shell):
    """The question by standard input, answered from one passage."""
    return shell(
        "ask", "--json", "-k", "1", "--no-log", stdin="What\nis LoRA?\n", written_sentences=0
    )


def test_an_answered_question_exits_with_0_and_says_nothing_on_standard_error(asked):
    assert (asked.status, asked.err) == (0, "")
    assert asked.json["status"] == "answered"


@pytest.mark.parametrize("key", CONTRACT)
def test_the_answer_holds_what_the_contract_names(answer, key):
    assert isinstance(answer[key], CONTRACT[key])


@pytest.mark.parametrize("key", CITATION)
def test_every_citation_holds_what_the_contract_names(answer, key):
    assert answer["citations"]
    assert all(isinstance(citation[key], CITATION[key]) for citation in answer["citations"])


def test_a_question_from_the_command_line_has_no_id(answer):
    assert answer["id"] is None


def test_timings_are_those_of_the_contract_in_milliseconds(answer):
    stages = {"retrieve", "first_token", "generate", "verify", "total"}
    assert answer["timings_ms"].keys() == stages
    assert all(0 <= answer["timings_ms"][s] <= answer["timings_ms"]["total"] for s in stages)


def test_the_answer_names_the_index_it_comes_from(answer, index):
    assert answer["index"] == index.manifest.fingerprint


def test_every_quote_is_the_text_of_its_document(answer, curriculum):
    texts = {d.id: d.text for d in curriculum.documents}
    for citation in answer["citations"]:
        quoted = texts[citation["document_id"]][citation["start"] : citation["end"]]
        assert citation["quote"] == quoted != ""


def test_citations_are_numbered_in_the_order_of_their_use(answer):
    markers = [int(n) for n in re.findall(r"\[(\d+)\]", answer["answer"])]
    first_uses = list(dict.fromkeys(markers))
    assert [c["n"] for c in answer["citations"]] == first_uses
    assert first_uses == list(range(1, len(first_uses) + 1))


def test_every_sentence_is_supported_and_cited(answer):
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        assert sentence["support"] == "supported"
        assert sentence["citations"]
        assert sentence["text"] in answer["answer"]


def test_lora_is_explained_from_the_station_that_teaches_it(answer):
    # Station 7 of the metro map is supervised fine-tuning.
    assert answer["citations"][0]["station"] == 7
    assert "low-rank" in answer["answer"].lower()


def test_a_declined_question_exits_with_3_and_names_where_to_look_instead(declined):
    asked, _ = declined
    assert asked.status == 3
    assert asked.json["status"] == "abstained"
    assert asked.json["citations"] == asked.json["sentences"] == []
    assert asked.json["nearest"]
    for near in asked.json["nearest"]:
        assert f"{near['station']} ({near['title']})" in asked.json["answer"]


def test_what_was_found_and_not_cited_is_kept_with_the_answer(declined):
    _, log = declined
    (turn,) = log.turns(log.last())
    assert turn.retrieved
    assert all(passage["text"] for passage in turn.retrieved)


def test_a_question_starts_a_conversation_that_keeps_the_answer_as_given(declined):
    asked, log = declined
    newest, earlier = log.conversations()
    assert (newest.turns, earlier.turns) == (1, 1)
    (turn,) = log.turns(newest.id)
    assert (turn.question, turn.answer) == ("What is the capital of Australia?", asked.json)


def test_in_a_pipe_the_answer_is_plain_text_with_its_sources(printed):
    answer, _, sources = printed.out.partition("\n\nSources\n")
    assert "\x1b" not in printed.out
    cited = sorted({int(n) for n in re.findall(r"\[(\d+)\]", answer)})
    listed = [int(n) for n in re.findall(r"^\[(\d+)\] .+$", sources, re.M)]
    assert cited == listed == list(range(1, len(listed) + 1))
    assert "(station 7)" in sources.splitlines()[0]


def test_a_line_of_the_answer_is_not_wrapped_in_a_pipe(printed):
    assert len(printed.out.splitlines()[0]) > 200


def test_without_streaming_the_same_is_printed(printed, printed_with_sources):
    def without_passages(text):
        return [line for line in text.splitlines() if not line.startswith("    “")]

    assert without_passages(printed_with_sources.out) == printed.out.splitlines()


def test_show_sources_prints_the_passage_under_each_source(printed, printed_with_sources):
    lines = printed_with_sources.out.partition("\n\nSources\n")[2].splitlines()
    assert [line[0] for line in lines[::2]] == ["["] * len(lines[::2])
    assert all(line.startswith("    “") and line.endswith("”") for line in lines[1::2])
    assert len(lines) == 2 * printed.out.count("\n[")


def test_the_question_may_come_by_standard_input(piped):
    assert piped.json["question"] == "What is LoRA?"
    assert piped.status == 0


def test_k_limits_the_passages_that_are_retrieved(piped):
    assert len({c["chunk_id"] for c in piped.json["citations"]}) == 1


@pytest.mark.parametrize("k", ["0", "51", "many"])
def test_an_impossible_k_is_wrong_usage(shell, k):
    result = shell("ask", "What is LoRA?", "-k", k)
    assert (result.status, result.out) == (2, "")
    assert "Traceback" not in result.err
    assert "--passages" in result.err


def test_continue_resolves_a_follow_up_with_the_last_conversation(fresh_shell):
    fresh_shell("ask", "What is LoRA?", written_sentences=0)
    asked = fresh_shell(
        "ask", "-c", "How does it differ from QLoRA?", "--json", written_sentences=0
    )
    assert asked.json["question"] == "How does it differ from QLoRA?"
    assert asked.json["standalone_question"] == "How does LoRA differ from QLoRA?"
    log = ConversationLog(fresh_shell.home / "conversations.sqlite")
    (conversation,) = log.conversations()
    assert [turn.question for turn in log.turns(conversation.id)] == [
        "What is LoRA?",
        "How does it differ from QLoRA?",
    ]


def test_continue_without_log_reads_the_conversation_and_adds_nothing(fresh_shell):
    log = ConversationLog(fresh_shell.home / "conversations.sqlite")
    log.add(log.start("What is LoRA?"), ABOUT_LORA)
    asked = fresh_shell(
        "ask", "-c", "--no-log", "How does it differ from QLoRA?", "--json", written_sentences=0
    )
    assert [c.turns for c in log.conversations()] == [1]
    assert asked.json["standalone_question"] == "How does LoRA differ from QLoRA?"


def test_continue_leaves_the_conversations_of_the_chat_alone(fresh_shell):
    log = ConversationLog(fresh_shell.home / "conversations.sqlite")
    log.add(log.start("What is LoRA?", "ada"), ABOUT_LORA, owner="ada")
    asked = fresh_shell("ask", "-c", "How does it work?")
    assert (asked.status, asked.out) == (2, "")
    assert "ask without -c first" in asked.error


def test_continue_without_a_conversation_is_wrong_usage(fresh_shell):
    asked = fresh_shell("ask", "-c", "How does it work?")
    assert (asked.status, asked.out) == (2, "")
    assert "ask without -c first" in asked.error


def test_no_log_writes_nothing(printed, unlogged):
    assert printed.status == 0
    assert sorted(part.name for part in unlogged.home.iterdir()) == ["index", "models"]


def test_a_missing_model_file_is_one_line_and_status_1(shell):
    asked = shell("ask", "What is LoRA?", "--json", "--no-log", "--model", "/nowhere/m.gguf")
    assert (asked.status, asked.out) == (1, "")
    assert "/nowhere/m.gguf" in asked.error
    assert "set model to 'bundled' or to a GGUF file" in asked.error


def test_a_missing_model_file_is_found_before_anything_is_said(shell):
    asked = shell("ask", "What is LoRA?", "--no-log", "--model", "/nowhere/m.gguf")
    assert (asked.status, asked.out) == (1, "")


def test_no_question_at_all_is_wrong_usage(shell):
    asked = shell("ask", "--no-log", stdin="")
    assert (asked.status, asked.out) == (2, "")
    assert "the question is empty; try:" in asked.error


def test_ctrl_c_while_streaming_ends_cleanly_and_keeps_the_conversation(fresh_shell):
    process = fresh_shell.start("ask", "What is LoRA?", threads=1)
    opening = process.stdout.read(16)  # the first sentence is out, the model begins to write
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=120)
    said = (opening + rest).decode()
    assert process.returncode == 130  # 128 + SIGINT, as shells have it
    assert err.decode().strip() == ""
    log = ConversationLog(fresh_shell.home / "conversations.sqlite")
    (conversation,) = log.conversations()
    (turn,) = log.turns(conversation.id)
    assert turn.question == "What is LoRA?"
    assert turn.answer["status"] == "error"
    assert said.strip() == turn.answer["answer"].removesuffix("(interrupted)").strip()
    assert "Sources" not in said


def test_a_reader_that_leaves_early_causes_no_traceback(shell):
    process = shell.start("ask", "What is LoRA?", "--no-log", written_sentences=0)
    process.stdout.read(1)
    process.stdout.close()
    process.stdin.close()
    assert process.wait(timeout=120) in (0, 1)
    assert process.stderr.read() == b""
