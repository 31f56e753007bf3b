"""Follow-ups made to stand alone."""

import pytest

from tutor.asking.condense import stand_alone
from tutor.records import Turn


def talk(*turns):
    """Question, answer, question, answer, …"""
    return [Turn("assistant" if n % 2 else "user", text) for n, text in enumerate(turns)]


LORA = talk("What is LoRA?", "LoRA (Low-Rank Adaptation) is a fine-tuning method. [1]")
QLORA = talk("What is QLoRA?", "QLoRA stores the frozen base model in 4 bits. [1]")
BOTH = LORA + QLORA


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How does it work?", "How does LoRA work?"),
        ("What are its limits?", "What are LoRA's limits?"),
        ("Who invented it?", "Who invented LoRA?"),
        ("How is this different from full fine-tuning?", None),
        ("How is it different from full fine-tuning?", "How is LoRA different from full "
         "fine-tuning?"),
        ("Which station teaches that?", "Which station teaches LoRA?"),
    ],
)  # fmt: skip
def test_a_pronoun_gets_its_subject(names, question, expected):
    expected = expected or "How is LoRA different from full fine-tuning?"
    assert stand_alone(question, LORA, names) == expected


@pytest.mark.parametrize("question", ["Why?", "Tell me more", "For example?", "How so?"])
def test_a_bare_follow_up_names_its_subject(names, question):
    told = stand_alone(question, LORA, names)
    assert told.startswith(question.rstrip("?"))
    assert "LoRA" in told


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What is LoRA?", "What about DoRA?", "What is DoRA?"),
        ("What are the limits of HNSW?", "how about IVF", "What are the limits of IVF?"),
        ("Why is PagedAttention used?", "And what about FlashAttention?",
         "Why is FlashAttention used?"),
    ],
)  # fmt: skip
def test_what_about_asks_the_same_of_another(names, before, question, expected):
    assert stand_alone(question, talk(before, "It depends. [1]"), names) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the difference between them?", "What is the difference between LoRA and QLoRA?"),
        ("How do the two compare?", "How do LoRA and QLoRA compare?"),
        ("What do these have in common?", "What do LoRA and QLoRA have in common?"),
    ],
)
def test_two_earlier_subjects(names, question, expected):
    assert stand_alone(question, BOTH, names) == expected


def test_the_difference_names_both(names):
    told = stand_alone("What is the difference?", BOTH, names)
    assert told.startswith("What is the difference")
    assert told.index("LoRA") < told.index("QLoRA")


def test_the_latest_subject_is_meant(names):
    assert stand_alone("How does it work?", BOTH, names) == "How does QLoRA work?"


def test_after_a_change_of_subject_the_old_one_is_forgotten(names):
    history = LORA + talk("What is HNSW?", "HNSW is a graph index. [1]")
    assert stand_alone("What are its limits?", history, names) == "What are HNSW's limits?"


def test_the_answer_names_what_was_asked_for(names):
    history = talk("Which method trains low-rank matrices?", "LoRA trains them. [1]")
    assert stand_alone("How does it work?", history, names) == "How does LoRA work?"


@pytest.mark.parametrize(
    "question",
    [
        "What is HNSW?",
        "How does FlashAttention save memory?",
        "What is the best recipe for bread with sesame?",
        "Why do language models hallucinate?",
        "Is it possible to run an SLM on a phone?",
        "Which station is the last of the map?",
    ],
)
def test_a_question_that_stands_alone_is_not_touched(names, question):
    assert stand_alone(question, LORA, names) == question


@pytest.mark.parametrize(
    "question", ["What is the capital of France?", "Is it possible to bake bread?"]
)
def test_a_short_question_about_something_else_is_not_touched(names, question):
    assert stand_alone(question, LORA, names) == question


def test_without_history_nothing_changes(names):
    assert stand_alone("How does it work?", [], names) == "How does it work?"


def test_a_history_about_nothing_changes_nothing(names):
    history = talk("hello", "What would you like to know?")
    assert stand_alone("How does it work?", history, names) == "How does it work?"


def test_what_about_replaces_the_subject_and_not_another_noun(names):
    history = talk("How does LoRA save memory?", "LoRA trains few parameters. [1]")
    assert stand_alone("What about QLoRA?", history, names) == "How does QLoRA save memory?"


def test_which_of_them_names_both(names):
    told = stand_alone("Which of them needs less memory?", BOTH, names)
    assert told == "Which of LoRA and QLoRA needs less memory?"


def test_the_first_one_is_the_first(names):
    told = stand_alone("How does the first one work?", BOTH, names)
    assert "QLoRA" not in told
    assert "LoRA" in told


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Back to LoRA: what does it save?", "what does LoRA save?"),
        ("Going back to the first topic, what is the rank?", "what is the rank (LoRA)?"),
        ("Let's go back to LoRA", "What is LoRA?"),
        ("OK thanks. Now what about perplexity?", "What is perplexity?"),
        ("What is the difference to IVF?", "What is the difference between HNSW and IVF?"),
        ("compared to IVF?", "Compare HNSW with IVF"),
        ("Give me an example", "Give me an example of HNSW"),
        ("who wrote the paper?", "who wrote the paper of HNSW?"),
        ("How many parameters does it add?", "How many parameters does HNSW add?"),
        ("In simple words please", "What is HNSW?"),
        ("I don't understand", "What is HNSW?"),
    ],
)
def test_after_a_change_of_subject(names, question, expected):
    history = LORA + talk("What is HNSW?", "HNSW is a graph index. [1]")
    assert stand_alone(question, history, names) == expected


def test_a_follow_up_to_a_follow_up(names):
    history = talk(
        "What is BLEU?", "BLEU is a metric. [1]",
        "how is it computed", "BLEU is computed in four steps. [1]",
    )  # fmt: skip
    assert stand_alone("and ROUGE?", history, names) == "how is ROUGE computed"


def test_station_by_station(names):
    history = talk(
        "Which station comes after station 13?", "After station 13, the map goes on to station 14.",
        "and after that one?", "After station 14, the map goes on to station 15.",
    )  # fmt: skip
    assert stand_alone("And the one after?", history, names) == "And the one after (station 15)?"


def test_that_station_is_the_one_of_the_topic(names):
    history = talk("Which station teaches LoRA?", "Station 7 is on the GenAI Scientist line. [1]")
    assert stand_alone("What comes after that station?", history, names) == (
        "What comes after station 7?"
    )


def test_why_not_asks_about_the_last_yes_or_no(names):
    history = talk("Does DPO need a reward model?", "DPO needs none. [1]")
    assert stand_alone("why not?", history, names) == "Why not? Does DPO need a reward model?"


def test_what_nobody_knows_is_not_taken_for_an_older_subject(names):
    history = LORA + talk(
        "Who won the world cup in 1998?", "I cannot answer that from the curriculum and its "
        "references. The nearest stations are 9 (Evaluation) and 4 (LLM/SLM Foundations).",
    )  # fmt: skip
    assert stand_alone("And where was it held?", history, names) == "And where was it held?"


@pytest.mark.parametrize(
    "question",
    ["Does LoRA need its own optimizer?", "If LoRA is merged, is its adapter lost?"],
)
def test_a_pronoun_with_its_name_in_the_same_question_is_left(names, question):
    assert stand_alone(question, talk("What is HNSW?", "A graph index. [1]"), names) == question


def test_thirty_turns_later(names):
    history = LORA + 14 * talk("What is HNSW?", "HNSW is a graph index. [1]")
    assert stand_alone("How does it work?", history, names) == "How does HNSW work?"


CHOICE = talk("PPO or DPO?", "DPO is an alignment method. [1]")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which is easier to run?", "Which is easier to run, PPO or DPO?"),
        ("Which one needs more memory?", "Which one needs more memory, PPO or DPO?"),
        ("When do I use which?", "When do I use PPO and when DPO?"),
        ("Do they both need a reward model?", "Do PPO and DPO need a reward model?"),
        ("What about the second one?", "What about DPO?"),
        ("How does the former work?", "How does PPO work?"),
    ],
)
def test_of_two_that_were_named_together(names, question, expected):
    assert stand_alone(question, CHOICE, names) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What is reranking?", "Why not just use it for all documents?",
         "Why not just use reranking for all documents?"),
        ("How do embedding models work?", "and for images?", "How do embedding models work for "
         "images?"),
        ("Is BLEU good for chatbots?", "and for summaries?", "Is BLEU good for summaries?"),
        ("Is BLEU good for chatbots?", "What should I use instead?", "What should I use instead of "
         "BLEU?"),
        ("Does quantization hurt accuracy?", "How much?", "How much? Does quantization hurt "
         "accuracy?"),
        ("What is precision?", "what about recall?", "What is recall?"),
        ("What is precision?", "How is it computed?", "How is precision computed?"),
        ("How do agents call tools?", "What can go wrong there?", "What can go wrong with agents?"),
        ("What is LSH?", "how many bits should I use?", "how many bits should I use (LSH)?"),
        ("What is DoRA?", "is it better than LoRA?", "is DoRA better than LoRA?"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_put_back(names, before, question, expected):
    assert stand_alone(question, talk(before, "It depends. [1]"), names) == expected


def test_the_second_of_three_and_then_the_last(names):
    history = talk("HNSW, IVF and LSH", "There are three. [1]", "the second one?", "IVF is. [1]")
    assert stand_alone("and the last one?", history, names).endswith("LSH?")


def test_the_first_of_what_an_answer_lists(names):
    history = talk(
        "Which vector databases are there?", "There are Pinecone, Milvus and Chroma. [1]"
    )
    assert stand_alone("Can I run the second one?", history, names) == "Can I run Milvus?"


def test_two_names_of_one_question_are_no_pair_if_only_one_is_its_subject(names):
    history = talk(
        "Does DPO need a reward model?", "It needs none. [1]", "and PPO?", "PPO needs one. [1]"
    )
    assert stand_alone("Which is simpler?", history, names) == "Which is simpler, DPO or PPO?"


@pytest.mark.parametrize(
    ("unclear", "back", "reply", "expected"),
    [
        ("How does it work?", 'What do you mean by "it"?', "RLHF, I mean", "How does RLHF work?"),
        ("What about the model?", "Which model do you mean?", "the reward model",
         "What about the reward model?"),
        ("alignment vs", "With what should alignment be compared?", "RAG", "alignment vs RAG"),
        ("difference?", "The difference between what?", "LoRA and DoRA",
         "difference between LoRA and DoRA?"),
    ],
)  # fmt: skip
def test_a_name_in_reply_completes_what_was_asked_back(names, unclear, back, reply, expected):
    history = talk(unclear, f"{back} Please name it, for example: How does LoRA work?")
    assert stand_alone(reply, history, names) == expected


def test_the_example_of_a_question_back_is_no_subject(names):
    history = talk(
        "How does it work?", 'What do you mean by "it"? For example: How does LoRA work?'
    )
    assert stand_alone("Is it fast?", history, names) == "Is it fast?"
