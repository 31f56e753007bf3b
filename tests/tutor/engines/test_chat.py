"""Chat templates as model cards give them, rendered as their families expect it."""

import pytest
from jinja2 import TemplateError
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from corpus.errors import ModelError
from tutor.engines.chat import ChatTemplate, chat_prompt, plain

pytestmark = pytest.mark.language_model

ASK = [("system", "Be brief."), ("user", "Why?")]
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA_3 = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
)
# Gemma's knows no system prompts, and wants user and assistant in turn.
GEMMA = (
    "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}{% for m in messages %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('in turn') }}"
    "{% endif %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
    "{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
    "{{ '<start_of_turn>model\n' }}"
)
# One of Mistral's oldest: what is no user and no assistant is passed over.
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% elif m.role == 'assistant' %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"
)
QWEN_3 = CHATML + "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"


def template(source):
    return ChatTemplate(source, Jinja2ChatFormatter(source, eos_token="</s>", bos_token="<s>"))


@pytest.mark.parametrize(
    ("source", "prompt"),
    [
        ("", chat_prompt(ASK)),
        (CHATML, chat_prompt(ASK)),
        (QWEN_3, chat_prompt(ASK) + "<think>\n\n</think>\n\n"),
        (
            LLAMA_3,
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        (
            GEMMA,
            "<s><start_of_turn>user\nBe brief.\n\nWhy?<end_of_turn>\n<start_of_turn>model\n",
        ),
        (MISTRAL, "<s>[INST] Be brief.\n\nWhy? [/INST]"),
    ],
    ids=["none", "ChatML", "Qwen 3", "Llama 3", "Gemma", "Mistral"],
)
def test_a_system_prompt_and_a_question(source, prompt):
    assert template(source).prompt(ASK) == prompt


def test_turns_of_one_speaker_become_one_where_they_must():
    messages = [("user", "One."), ("user", "Two."), ("assistant", "Three."), ("user", "Four?")]
    assert template(GEMMA).prompt(messages) == (
        "<s><start_of_turn>user\nOne.\n\nTwo.<end_of_turn>\n"
        "<start_of_turn>model\nThree.<end_of_turn>\n"
        "<start_of_turn>user\nFour?<end_of_turn>\n<start_of_turn>model\n"
    )


def test_a_system_prompt_that_nobody_wrote_is_left_out():
    eager = (
        "{% if messages[0].role != 'system' %}<|im_start|>system\nI am B.<|im_end|>\n{% endif %}"
    )
    assert template(eager + CHATML).prompt([("user", "Why?")]) == chat_prompt([("user", "Why?")])


@pytest.mark.parametrize(
    "source",
    [
        "{{ raise_exception('not\nin this way') }}",
        "{{ messages + 1 }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% for n in range(1000000) %}x{% endfor %}",
    ],
    ids=["raises", "wrong types", "breaks out", "runs long"],
)
def test_a_template_that_fails_is_one_line(source):
    with pytest.raises(ModelError, match=r"the model's chat template fails \(.+\); choose") as told:
        template(source).prompt(ASK)
    assert "\n" not in str(told.value)


def test_a_template_that_is_none_does_not_load():
    with pytest.raises(TemplateError):
        template("{% for %}")


def test_the_control_words_of_a_template():
    assert template(MISTRAL).markers == ("[/INST]", "[INST]")
    assert template(GEMMA).markers == ("<end_of_turn>", "<start_of_turn>")
    assert template("{{ messages[0]['role'] }}[0] < 3 <a b>").markers == ()


def test_control_words_within_control_words_leave_none():
    assert plain("a[IN[INST]ST]b<|x<s>|>c", ["[INST]", "<s>"]) == "abc"


def test_text_without_control_words_is_as_it_was():
    text = "if a < b and c > d: x[0] |= y  # 50 % [INST"
    assert plain(text, ["[INST]", "<s>"]) == text
