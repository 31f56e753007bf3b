"""LlamaIndex's starter over a handful of texts, with the two bundled models."""

import re

import pytest

from corpus import Document
from corpus.errors import HomeError
from corpus.records import Section
from eval.golden import Message
from eval.systems.llamaindex import EncoderEmbedding
from eval.systems.starter import open_starter

pytestmark = pytest.mark.language_model

LORA = (
    "LoRA freezes the pre-trained weights of a model and trains two small low-rank matrices that "
    "are added to them."
)
PAGE = "https://example.org/attention"
ATTENTION = "Attention weighs every token of the input by how well its key fits the query."
HISTORY = [
    Message(role="user", content="What does LoRA do?"),
    Message(role="assistant", content="LoRA trains low-rank matrices beside frozen weights."),
]


def station(stop, topic, text):
    head = "---\nid: x\n---\n# Title\n\n"
    section = Section(("Line", "Title", topic), len(head), len(head) + len(text), topic)
    name = f"curriculum/stations/07-{stop}.md"
    return Document(name, "Title", head + text, "curriculum", (section,), station=7)


def page(url, text):
    section = Section(("Page",), 0, len(text))
    return Document(f"reference/{url}", "Page", text, "reference", (section,), url=url, urls=(url,))


@pytest.fixture(scope="module")
def documents():
    others = [
        station(f"stop-{n}", "topic", f"Station {n} is about {subject}.")
        for n, subject in enumerate(
            ["loops", "pandas", "gradients", "tokens", "caches", "prompts", "agents", "filters",
             "bias", "licences"], 1
        )
    ]  # fmt: skip
    return [station("fine-tuning", "lora", LORA), page(PAGE, ATTENTION), *others]


@pytest.fixture(scope="module")
def starter(fresh, documents):
    """With short answers, to be fast."""
    system = open_starter(fresh, documents=documents)
    assert system.describe()["answer_tokens"] == 256
    system._llm.metadata.num_output = 24
    yield system
    system.close()


@pytest.fixture(scope="module")
def reply(starter):
    return starter.ask("Which matrices does LoRA train?", [])


def test_it_always_answers_and_never_cites(reply):
    assert reply.status == "answered"
    assert reply.confidence is None
    assert reply.citations == []
    assert reply.sentences
    assert all(sentence.citations == [] for sentence in reply.sentences)
    assert "".join(reply.answer.split()).startswith("".join(reply.sentences[0].text.split()))


def test_ten_passages_are_ranked_best_first(reply):
    assert len(reply.retrieved) == 10
    scores = [passage.score for passage in reply.retrieved]
    assert scores == sorted(scores, reverse=True)
    best = reply.retrieved[0]
    assert best.keys == ["fine-tuning/lora"]
    assert (best.station, best.section, best.kind) == (7, "Line > Title > lora", "curriculum")
    assert LORA in best.text


def test_an_address_is_the_key_of_a_reference(starter):
    best = starter.ask("What does attention weigh?", []).retrieved[0]
    assert (best.keys, best.kind) == ([PAGE], "reference")


def test_every_passage_is_a_unit_of_its_own(reply):
    assert len({passage.unit for passage in reply.retrieved}) == 10


def test_it_answers_from_two_passages_with_the_prompt_of_the_library(starter, heard, documents):
    retrieved = starter.ask("Which matrices does LoRA train?", []).retrieved
    (asked,) = heard
    assert [role for role, _ in asked] == ["system", "user"]
    assert "Context information is below." in asked[1][1]
    assert [passage.text in asked[1][1] for passage in retrieved] == [True] * 2 + [False] * 8


def test_time_and_tokens_are_told(reply):
    timings = reply.timings_ms
    assert set(timings) == {"retrieve", "generate", "first_sentence", "total"}
    assert 0 < timings["retrieve"] + timings["generate"] <= timings["total"]
    assert timings["retrieve"] < timings["first_sentence"] <= timings["total"]
    assert reply.tokens > 3


def test_a_run_repeats_itself(starter, reply):
    assert starter.ask("Which matrices does LoRA train?", []).answer == reply.answer


def test_a_follow_up_is_condensed_by_its_chat_engine(starter, heard):
    reply = starter.ask("Which weights does it freeze?", HISTORY)
    condense, answer = heard
    assert "Standalone question:" in condense[0][1]
    assert HISTORY[1].content in condense[0][1]
    assert reply.standalone_question != "Which weights does it freeze?"
    assert [content for role, content in answer if role == "assistant"] == [HISTORY[1].content]
    assert reply.retrieved[0].keys == ["fine-tuning/lora"]


def test_a_conversation_leaves_no_trace_in_the_next(starter, heard):
    starter.ask("Which weights does it freeze?", HISTORY)
    heard.clear()
    other = [Message(role="user", content="Hello."), Message(role="assistant", content="Good day.")]
    starter.ask("Which weights does LoRA freeze?", other)
    assert not any("low-rank matrices beside" in content for _, content in heard[0])


def test_the_second_opening_embeds_nothing(fresh, documents, starter, reply, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(EncoderEmbedding, "_get_text_embeddings", None)
        again = open_starter(fresh, documents=documents)
    again._llm.metadata.num_output = 1
    retrieved = again.ask("Which matrices does LoRA train?", []).retrieved
    again.close()
    assert retrieved == reply.retrieved


def test_a_damaged_index_is_made_anew(settings, tmp_path, documents):
    own = settings.model_copy(update={"home": tmp_path})
    (tmp_path / "models").symlink_to(settings.models)
    open_starter(own, documents=documents[:2]).close()
    (file,) = (tmp_path / "eval" / "starter").glob("*/default__vector_store.json")
    file.write_text(file.read_text()[:100])
    open_starter(own, documents=documents[:2]).close()
    assert len(file.read_text()) > 100


def test_an_index_of_other_texts_takes_the_place(settings, tmp_path, documents):
    own = settings.model_copy(update={"home": tmp_path})
    (tmp_path / "models").symlink_to(settings.models)
    for some in (documents[:1], documents[:2]):
        system = open_starter(own, documents=some)
        assert system.describe()["texts"] == len(some)
        system.close()
    assert len(list((tmp_path / "eval" / "starter").iterdir())) == 1


def test_without_texts_it_has_no_answer(settings, tmp_path):
    (tmp_path / "models").symlink_to(settings.models)
    system = open_starter(settings.model_copy(update={"home": tmp_path}), documents=[])
    reply = system.ask("What is LoRA?", [])
    system.close()
    assert (reply.status, reply.answer, reply.retrieved) == ("abstained", "Empty Response", [])


def test_a_home_that_cannot_be_written_is_named(settings, tmp_path, documents):
    (tmp_path / "models").symlink_to(settings.models)
    (tmp_path / "eval").write_text("a file where a folder should be")
    with pytest.raises(HomeError, match=re.escape(str(tmp_path))):
        open_starter(settings.model_copy(update={"home": tmp_path}), documents=documents[:1])
