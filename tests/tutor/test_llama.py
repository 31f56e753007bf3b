"""The bundled language model in llama.cpp: it streams, repeats itself exactly, and fails in words.

One thread each: on a busy machine two threads wait for each other at every layer.
"""

import json
import threading

import pytest

from corpus.errors import HomeError, ModelError
from tutor.llama import LlamaEngine, bundled_file, check_gguf, fast_copy, model_file

pytestmark = pytest.mark.language_model

ASK = [("user", "What is a neural network?")]


@pytest.fixture(scope="module")
def engine(settings):
    engine = LlamaEngine(model_file("bundled", settings.models), context=512, threads=1)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def truncated(tmp_path_factory):
    """The first half of the bundled model: its head is right, its weights are missing."""
    data = bundled_file().read_bytes()
    file = tmp_path_factory.mktemp("models") / "half.gguf"
    file.write_bytes(data[: len(data) // 2])
    return file


def text(engine, messages=ASK, **options):
    return "".join(engine.stream(messages, **{"max_tokens": 12, **options}))


def test_streams_in_pieces(engine):
    pieces = list(engine.stream(ASK, max_tokens=12))
    assert 1 < len(pieces) <= 13  # at most one a token, and an empty last one
    assert "network" in "".join(pieces).lower()


def test_temperature_0_repeats_itself(engine):
    assert text(engine) == text(engine)


def test_what_came_before_leaves_no_trace(engine):
    first = text(engine)
    text(engine, [("user", "Name a colour.")])
    assert text(engine) == first


def test_no_more_tokens_than_wanted(engine):
    assert engine.count_tokens(text(engine, max_tokens=4)) <= 4


def test_the_opening_is_not_repeated(engine):
    told = text(engine, opening="A neural network is")
    assert told
    assert not told.lstrip().startswith("A neural network is")


def test_stops_at_a_stop_word(engine):
    assert "network" not in text(engine, stop=["network"])


def test_the_end_of_turn_is_not_part_of_the_text(engine):
    assert "<|im_end|>" not in text(engine, [("user", "Say only: yes")], max_tokens=40)


def test_an_abandoned_stream_frees_the_engine(engine):
    expected = text(engine)
    abandoned = engine.stream(ASK, max_tokens=12)
    next(abandoned)
    abandoned.close()
    assert text(engine) == expected


def test_two_threads_take_turns(engine):
    expected, told = text(engine), []
    threads = [threading.Thread(target=lambda: told.append(text(engine))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [expected, expected]


@pytest.fixture
def read(engine, monkeypatch):
    """How many tokens llama.cpp is given to read, call by call: prompts, then word by word."""
    counts, evaluate = [], engine._llama.eval

    def counting(tokens):
        counts.append(len(tokens))
        evaluate(tokens)

    monkeypatch.setattr(engine._llama, "eval", counting)
    return counts


def prompt_tokens(engine, messages):
    return engine._vocabulary.tokens(engine._prompt(messages))


LORA = [("system", "You are a tutor. You keep to the passages."), ("user", "What is LoRA?")]
HNSW = [LORA[0], ("user", "How does HNSW work?")]


def test_the_head_of_the_prompt_is_read_once(engine, read):
    text(engine, ASK)
    read.clear()
    text(engine, LORA)
    text(engine, HNSW, max_tokens=1)
    lora, hnsw = (prompt_tokens(engine, messages) for messages in (LORA, HNSW))
    # All but the question; of the other conversation only "<|im_start|>" is the same.
    head = next(n for n, (a, b) in enumerate(zip(lora, hnsw, strict=False)) if a != b)
    assert head > 15
    assert (read[0], read[-1]) == (len(lora) - 1, len(hnsw) - head)


def test_a_warmed_engine_reads_only_the_question(engine, read):
    expected = text(engine, LORA)
    text(engine, ASK)
    head = engine.warm(LORA, HNSW)
    assert read[-1] == head > 15
    read.clear()
    assert text(engine, LORA) == expected
    assert read[0] == len(prompt_tokens(engine, LORA)) - head


def test_warming_leaves_no_trace(engine):
    expected = text(engine)
    engine.warm(LORA, HNSW)
    assert text(engine) == expected


COLOURS = 'root ::= ("red" | "blue") ", " ("red" | "blue")'


def test_a_grammar_holds_the_text(engine):
    told = text(engine, [("user", "Name animals.")], grammar=COLOURS)
    assert told in {f"{one}, {other}" for one in ("red", "blue") for other in ("red", "blue")}


def test_a_grammar_leaves_no_trace(engine):
    expected = text(engine)
    text(engine, grammar=COLOURS)
    assert text(engine) == expected


@pytest.mark.parametrize("grammar", ["", "root", 'start ::= "a"', "root ::= other", 'root ::= "a'])
def test_a_grammar_that_is_none(engine, grammar):
    with pytest.raises(ModelError, match=r"takes no such grammar: .*; mend it"):
        text(engine, grammar=grammar)
    assert text(engine, grammar=COLOURS)


def test_a_seed_draws_the_same_words(engine):
    drawn = [text(engine, temperature=1.5, seed=seed) for seed in (1, 2, 3, 1)]
    assert drawn[0] == drawn[3]
    assert len(set(drawn)) > 1


@pytest.mark.parametrize(
    "forged",
    ["<|im_end|>", "<jupyter_script>", "<file_<filename>sep>", "<|im_<repo_name>end|>"],
)
def test_contents_hold_no_control_words(engine, forged):
    """SmolLM2's vocabulary has words of control that are not written <|so|>."""
    plain = prompt_tokens(engine, [("user", "one two")])
    assert prompt_tokens(engine, [("user", f"one {forged}two")]) == plain


def test_code_in_contents_is_as_it_was(engine):
    code = "if a < b: x[0] = '<table>'  # <|"
    assert code in engine._prompt([("user", code)])


def with_template(file, template):
    """A copy of the bundled model with another chat template: its own overwritten in place."""
    data = bundled_file().read_bytes()
    begin = data.index(b"{% for message in messages %}{% if loop.first")
    end = data.index(b"{% endif %}", data.index(b"add_generation_prompt", begin)) + 11
    assert len(template) + 4 <= end - begin
    filler = b"{#" + b" " * (end - begin - len(template) - 4) + b"#}"
    file.write_bytes(data[:begin] + template.encode() + filler + data[end:])
    return file


def test_the_chat_template_of_the_file(tmp_path):
    template = (
        "{{ bos_token }}{% for m in messages %}[{{ m.role | upper }}] {{ m.content }} "
        "{% endfor %}[TUTOR]"
    )
    file = with_template(tmp_path / "other.gguf", template)
    other = LlamaEngine(file, context=512, threads=1)
    try:
        # The token that begins a text is <|im_start|> in this vocabulary.
        prompt = other._prompt([("system", "Be brief."), ("user", "Who[TUTOR]?")])
        assert prompt == "<|im_start|>[SYSTEM] Be brief. [USER] Who? [TUTOR]"
        assert text(other)
    finally:
        other.close()


def test_a_chat_template_that_fails(tmp_path):
    file = with_template(tmp_path / "failing.gguf", "{{ raise_exception('not like this') }}")
    failing = LlamaEngine(file, context=512, threads=1)
    try:
        with pytest.raises(ModelError, match=r"chat template fails \(not like this\); choose"):
            text(failing)
    finally:
        failing.close()


def test_a_chat_template_that_is_damaged(tmp_path):
    file = with_template(tmp_path / "damaged.gguf", "{% for %}")
    with pytest.raises(ModelError, match=r"template of damaged\.gguf is damaged \(.+\); choose"):
        LlamaEngine(file, context=512, threads=1)


def test_counts_tokens(engine):
    assert engine.count_tokens("") == 0
    assert engine.count_tokens("one two three") == 3  # all frequent words, one token each


def test_a_prompt_that_fills_the_context(engine):
    with pytest.raises(ModelError, match=r"\d+ tokens, the context 512; raise context_tokens"):
        text(engine, [("user", "word " * 600)])


def test_the_engine_survives_a_prompt_that_is_too_long(engine):
    expected = text(engine)
    with pytest.raises(ModelError):
        text(engine, [("user", "word " * 600)])
    assert text(engine) == expected


def test_the_bundled_file_is_a_model():
    check_gguf(bundled_file())


@pytest.mark.parametrize("content", [b"", b"GG", b"not a model at all", b"\x00" * 64])
def test_a_file_that_is_no_gguf(tmp_path, content):
    file = tmp_path / "model.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.gguf is no GGUF model; set model to 'bundled'"):
        model_file(str(file), tmp_path)


@pytest.mark.parametrize("name", ["missing.gguf", "."], ids=["missing", "folder"])
def test_no_file_at_all(tmp_path, name):
    with pytest.raises(ModelError, match=r"cannot read the model .*; set model to 'bundled'"):
        model_file(str(tmp_path / name), tmp_path)


def test_a_truncated_model_does_not_load(truncated):
    with pytest.raises(ModelError, match=r"half\.gguf does not load .* damaged"):
        LlamaEngine(truncated, context=512, threads=1)


def test_only_a_head_does_not_load(tmp_path):
    file = tmp_path / "head.gguf"
    file.write_bytes(b"GGUF\x03\x00\x00\x00")
    with pytest.raises(ModelError):
        LlamaEngine(file, context=512, threads=1)


def test_the_fast_copy_is_made_once(tmp_path):
    copy = fast_copy(bundled_file(), tmp_path)
    made = copy.stat().st_mtime_ns
    assert fast_copy(bundled_file(), tmp_path) == copy
    assert copy.stat().st_mtime_ns == made
    assert list(tmp_path.iterdir()) == [copy]
    check_gguf(copy)


def test_a_damaged_original_leaves_no_copy(truncated, tmp_path):
    with pytest.raises(ModelError, match="damaged; reinstall"):
        fast_copy(truncated, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_original(tmp_path):
    with pytest.raises(ModelError, match="cannot read the model"):
        fast_copy(tmp_path / "gone.gguf", tmp_path)


def test_nowhere_to_put_the_fast_copy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HomeError, match=r"cannot write .*; set TUTOR_HOME"):
        fast_copy(bundled_file(), tmp_path / "file" / "models")


SCHEMA = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "maxLength": 24},
        "verdict": {"enum": [0, 1]},
    },
    "required": ["reason", "verdict"],
}


def test_json_keeps_to_its_schema(engine):
    told = json.loads(engine.complete_json(ASK, SCHEMA, max_tokens=60))
    assert list(told) == ["reason", "verdict"]
    assert 0 < len(told["reason"]) <= 24
    assert told["verdict"] in (0, 1)


def test_json_has_no_more_items_than_the_schema_allows(engine):
    colours = {"type": "array", "items": {"enum": ["red", "blue"]}, "minItems": 2, "maxItems": 2}
    told = json.loads(engine.complete_json([("user", "List all colours.")], colours, 60))
    assert len(told) == 2


def test_json_is_cut_off_at_the_last_token(engine):
    told = engine.complete_json(ASK, SCHEMA, max_tokens=4)
    assert told.startswith("{")
    with pytest.raises(json.JSONDecodeError):
        json.loads(told)


def test_json_repeats_itself_and_leaves_no_trace(engine):
    streamed, told = text(engine), engine.complete_json(ASK, SCHEMA, max_tokens=60)
    assert text(engine) == streamed
    assert engine.complete_json(ASK, SCHEMA, max_tokens=60) == told


def test_json_after_a_prompt_that_fills_the_context(engine):
    with pytest.raises(ModelError, match=r"\d+ tokens, the context 512"):
        engine.complete_json([("user", "word " * 600)], SCHEMA, max_tokens=60)
