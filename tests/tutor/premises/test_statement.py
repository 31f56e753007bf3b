"""What a question states on the way."""

import pytest

from tutor.premises.statement import stated


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Why is BERT decoder-only?", "BERT decoder-only"),
        ("Since BERT is decoder-only, how does it write?", "BERT is decoder-only"),
        ("So why does LoRA freeze the weights when it is trained?", "LoRA freeze the weights"),
        ("How many parameters does LoRA train?", None),
        ("How can I train LoRA?", None),
        ("Why does it freeze them?", None),
        ("What is LoRA?", None),
    ],
)
def test_what_a_question_states_on_the_way(question, statement):
    assert stated(question) == statement
