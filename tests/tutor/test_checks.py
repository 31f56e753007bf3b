"""An entailment model beside the bundled check, or instead of it."""

import re

import pytest

from corpus.errors import ModelError
from eval.agreement import agreement
from eval.pairs import load_pairs
from index.encoder import bundled_folder
from tutor.additions import added
from tutor.answer import Tutor
from tutor.app import open_tutor
from tutor.check import Verdict, check_sentence
from tutor.checks import BundledCheck, EntailmentCheck, open_check
from tutor.settings import load_settings

FROZEN = "LoRA freezes the pre-trained weights of the model."
AUTHORS = "LoRA was introduced by Hu et al. of Microsoft in 2021."
MEMORY = "HNSW needs more memory than IVF."
FERRY = "The ferry to the island leaves twice a day."
PARAPHRASE = "With LoRA the weights of the pre-trained model stay as they are."


class Reader:
    """An entailment model that finds support where a text holds all of some words.

    Attributes:
        read: the texts that it was asked about, run by run.
    """

    def __init__(self, *words):
        self.words, self.read = words, []

    def __call__(self, sentence, passages):
        self.read.append(list(passages))
        return [0.9 if all(w in text for w in self.words) else 0.2 for text in passages]


def beside(reader):
    return EntailmentCheck(reader, beside=check_sentence)


def test_a_paraphrase_passes_by_the_passage_that_supports_it():
    reader = Reader("freezes")
    verdict = beside(reader)(PARAPHRASE, [MEMORY, FROZEN, FERRY])
    assert (verdict.support, verdict.passages, verdict.reason) == ("supported", (1,), "")
    assert check_sentence(PARAPHRASE, [FROZEN]).support != "supported"


def test_a_quotation_passes_unread():
    for check in (beside(Reader("nothing")), EntailmentCheck(Reader("nothing"))):
        verdict = check("LoRA freezes the  pre-trained weights of the model. ", [MEMORY, FROZEN])
        assert (verdict.support, verdict.passages) == ("supported", (1,))
        assert check.entails.read == []


def test_one_passage_then_the_two_most_alike_then_all():
    reader = Reader("freezes", "introduced", "memory")
    verdict = EntailmentCheck(reader)(
        "LoRA, which Hu et al. introduced, freezes the weights.", [FERRY, FROZEN, MEMORY, AUTHORS]
    )
    singles, pair, everything, without, alone = reader.read
    assert singles == [FERRY, FROZEN, MEMORY, AUTHORS]
    assert pair == [f"{FROZEN} {AUTHORS}"]
    assert everything == [f"{FERRY} {FROZEN} {MEMORY} {AUTHORS}"]
    assert len(without) == 4
    assert alone == [f"{FROZEN} {MEMORY} {AUTHORS}"]
    assert (verdict.support, verdict.passages) == ("supported", (1, 2, 3))  # not the ferry


def test_of_several_that_support_it_the_likest_is_cited():
    assert EntailmentCheck(Reader())(PARAPHRASE, [MEMORY, AUTHORS, FROZEN]).passages == (2,)


def test_no_more_is_read_than_is_needed():
    reader = Reader("freezes", "introduced")
    verdict = EntailmentCheck(reader)("LoRA of Hu freezes the weights.", [MEMORY, FROZEN, AUTHORS])
    assert verdict.passages == (1, 2)
    assert [len(run) for run in reader.read] == [3, 1]


def test_passages_that_support_it_only_together_are_all_cited():
    def outvoted(sentence, passages):
        """Any three of the four are enough."""
        return [0.9 if text.count(".") > 2 else 0.2 for text in passages]

    four = ["One holds.", "Two holds.", "Three holds.", "Four holds."]
    assert EntailmentCheck(outvoted)("All hold.", four).passages == (0, 1, 2, 3)


def test_what_the_model_does_not_support_is_refused_with_the_nearest_passage():
    verdict = beside(Reader("nothing"))(PARAPHRASE, [MEMORY, FROZEN])
    assert verdict.support == "unsupported"
    assert verdict.passages == (1,)
    assert verdict.reason == "it is supported at 0.20, less than 0.50"


def test_the_bundled_check_tells_partial_from_unsupported():
    for support in ("partial", "unsupported"):
        check = EntailmentCheck(Reader(), 1.0, lambda s, p, found=support: Verdict(found))
        assert check(PARAPHRASE, [FROZEN]).support == support
    assert EntailmentCheck(Reader("nothing"))(PARAPHRASE, [FROZEN]).support == "unsupported"


def test_what_only_the_bundled_check_supports_is_not_said():
    shortened = "The decoder attends to the encoder."
    whole = "The decoder attends to the encoder, in every layer."
    assert check_sentence(shortened, [whole]).support == "supported"
    assert beside(Reader("nothing"))(shortened, [whole]).support == "partial"


ADDED = {
    "a figure": ("LoRA was introduced in 2022.", "the figure 2022"),
    "a name": ("LoRA was introduced by Google.", "the name Google"),
    "an abbreviation": ("QLoRA was introduced by Hu et al.", "the name QLoRA"),
    "a name in another case": ("LoRa was introduced by Hu et al.", "the name LoRa"),
    "an identifier": ("LoRA was introduced by Hu et al. as lora_alpha.", "the identifier lora"),
    "an option": ("LoRA was introduced by Hu et al. as --rank.", "the identifier --rank"),
}
MARKUP = {
    "a tag": "LoRA was introduced by <b>Hu</b> et al.",
    "a marker": "LoRA was introduced by Hu et al. [9].",
    "code": "LoRA was introduced by `Hu` et al.",
    "an address": "LoRA was introduced by Hu et al., see https://evil.example/steal",
    "a terminal code": "LoRA was introduced by Hu et al.\x1b",
    "a turned direction": "LoRA was introduced by \u202eHu et al.",
}


@pytest.mark.parametrize(("sentence", "reason"), ADDED.values(), ids=ADDED)
def test_what_a_sentence_adds_is_refused_beside_the_model_and_left_to_it_instead(sentence, reason):
    reader = Reader("LoRA")
    verdict = beside(reader)(sentence, [AUTHORS])
    assert verdict.support != "supported"
    assert verdict.reason.startswith(reason)
    assert reader.read == []  # not worth the model's time
    assert EntailmentCheck(reader)(sentence, [AUTHORS]).support == "supported"


@pytest.mark.parametrize("sentence", MARKUP.values(), ids=MARKUP)
def test_markup_is_refused_whatever_the_model_says(sentence):
    for check in (beside(Reader("LoRA")), EntailmentCheck(Reader("LoRA"))):
        verdict = check(sentence, [AUTHORS])
        assert (verdict.support == "supported", verdict.reason) == (
            False, "it brings markup of its own",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("LLMs are large.", "An LLM is large."),
        ("In 2021 came LoRA's weights.", "LoRA came in 2021."),
        ("A model of 7 billion parameters.", "A 7-billion-parameter model."),
        ("A 7-billion-parameter model.", "A model of 7 billion parameters."),
        ("Set `top_p` to 0.9.", "`top_p` is 0.9."),
        ("It’s “LoRA”.", 'It\'s "LoRA".'),
    ],
)
def test_what_only_takes_another_form_is_not_added(sentence, passage):
    assert added(sentence, passage) is None


@pytest.mark.parametrize("sentence", ["", " ", "…", "42."])
def test_without_words_nothing_is_said(sentence):
    reader = Reader()
    assert EntailmentCheck(reader)(sentence, [FROZEN]).support == "unsupported"
    assert reader.read == []


def test_without_passages_nothing_is_supported():
    verdict = EntailmentCheck(Reader())(FROZEN, [])
    assert (verdict.support, verdict.passages) == ("unsupported", ())


def test_the_threshold_is_the_least_probability():
    for threshold, support in ((0.9, "supported"), (0.91, "unsupported")):
        check = EntailmentCheck(Reader("freezes"), threshold)
        assert check(PARAPHRASE, [FROZEN]).support == support


@pytest.fixture(scope="module")
def saying(tmp_path_factory):
    """Folders of two small models: one finds all supported, the other nothing."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(bundled_folder())
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=4, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8,
    )  # fmt: skip
    folders = {}
    for says, bias in (("yes", [-5.0, 5.0]), ("no", [5.0, -5.0])):
        model = BertForSequenceClassification(config)
        model.classifier.weight.data.zero_()
        model.classifier.bias.data = torch.tensor(bias)
        folders[says] = str(tmp_path_factory.mktemp("models") / says)
        model.save_pretrained(folders[says])
        tokenizer.save_pretrained(folders[says])
    return folders


def test_without_a_model_the_check_is_the_bundled_one(settings):
    check = open_check(settings)
    assert isinstance(check, BundledCheck)
    assert check(FROZEN, [MEMORY, FROZEN]) == Verdict("supported", (1,))
    assert "_verifier" not in vars(check)  # a quotation needs no cross-encoder
    assert check("Cats sleep on warm windowsills.", [MEMORY, FROZEN]).support == "unsupported"
    assert "_verifier" in vars(check)


def test_figures_are_refused_whatever_the_cross_encoder_says(settings):
    verdict = open_check(settings)("LoRA was introduced by Hu et al. in 1999.", [AUTHORS])
    assert verdict.support != "supported"
    assert "1999" in verdict.reason


def test_a_verdict_is_certain_above_its_own_bar():
    for certain, found in ((0.9, False), (0.4, True)):
        check = EntailmentCheck(lambda _, passages: [0.5] * len(passages), 0.4, certain=certain)
        assert check(PARAPHRASE, [FROZEN]) == Verdict("supported", (0,), certain=found)


def test_exchanged_roles_are_never_certain(settings):
    check = open_check(settings)
    passage = "LoRA freezes the pre-trained weights and trains small low-rank matrices."
    exchanged = "LoRA trains the pre-trained weights and freezes small low-rank matrices."
    assert not check(exchanged, [passage]).certain


@pytest.mark.parametrize(
    "draft",
    [
        "ReAct is a tool that helps people to improve their skills and abilities.",
        "This is a crucial aspect of data science, as it allows for new models.",
        "ReAct is a prompting framework in which a language model alternates between",  # cut off
        "ReAct is a prompting framework that was developed for helping people at work.",
    ],
)
def test_what_small_models_write_is_never_certain(settings, draft):
    passage = (
        "ReAct is a prompting framework in which a language model alternates between reasoning "
        "steps and actions, such as calling a search tool."
    )
    verdict = open_check(settings)(draft, [passage])
    assert not (verdict.support == "supported" and verdict.certain)


@pytest.mark.parametrize("certain", [True, False])
def test_what_is_supported_but_not_certain_is_not_shown(index, settings, certain):
    def check(sentence, passages):
        return Verdict("supported", (1,), certain=certain)

    answer = Tutor(index, settings, Scripted(reworded), check).ask("What is RLHF?")
    assert ("Put in other words" in answer.answer) == certain


@pytest.mark.parametrize(("says", "support"), [("yes", "supported"), ("no", "unsupported")])
def test_the_model_of_the_settings_decides(saying, says, support):
    check = open_check(load_settings(entailment_model=saying[says]))
    assert check(PARAPHRASE, [MEMORY, FROZEN]).support == support


def test_the_settings_say_where_the_model_stands_and_from_where_on_it_supports(saying):
    lie = "LoRA was introduced by Google in 1999."
    for stands, support in (("beside", "unsupported"), ("instead", "supported")):
        settings = load_settings(entailment_model=saying["yes"], entailment=stands)
        assert open_check(settings)(lie, [AUTHORS]).support == support
    settings = load_settings(entailment_model=saying["yes"], entailment_threshold=1.0)
    assert open_check(settings)(PARAPHRASE, [FROZEN]).support == "unsupported"


def test_a_model_that_is_not_here_is_told_before_the_index_is_opened(tmp_path):
    settings = load_settings(home=tmp_path, entailment_model="minicheck-deberta-v3-large")
    with pytest.raises(ModelError, match="run: tutor models pull minicheck-deberta-v3-large"):
        open_tutor(settings)
    assert not (tmp_path / "index").exists()


class Scripted:
    """A language model that writes what a function makes of the passages."""

    name = "scripted"

    def __init__(self, write):
        self.write = write

    def __call__(self):
        return self

    def close(self):
        pass

    def stream(self, messages, *, max_tokens, temperature, **named):
        yield from self.write(re.findall(r'^\d+\. "(.*)"$', messages[-1][1], re.M))


def reworded(passages):
    """Free wording, which the rules of the bundled check refuse."""
    return [f"Put in other words: {passages[0]} "]


@pytest.fixture
def answered(index, settings, saying):
    """The answer to a question with a scripted language model and an entailment model."""

    def ask(write, says, stands="beside"):
        given = settings.model_copy(update={"entailment_model": saying[says], "entailment": stands})
        return Tutor(index, given, Scripted(write), open_check(given)).ask("What is RLHF?")

    return ask


def test_what_the_model_supports_is_said_with_its_citation(answered):
    answer = answered(reworded, "yes")
    (free,) = [s for s in answer.sentences if s.text.startswith("Put in other words: ")]
    quotes = {c.n: c.quote for c in answer.citations}
    assert [f"Put in other words: {quotes[n]}" for n in free.citations] == [free.text]
    assert answer.timings_ms["verify"] > 0


def test_what_the_model_does_not_support_is_quoted_instead(answered, quoting):
    assert answered(reworded, "no").answer == quoting.ask("What is RLHF?").answer


def test_a_lie_of_figures_and_names_is_refused_though_the_model_supports_it(answered, quoting):
    answer = answered(lambda passages: ["RLHF was invented by Google in 1999. "], "yes")
    assert answer.answer == quoting.ask("What is RLHF?").answer


@pytest.mark.parametrize("stands", ["beside", "instead"])
def test_markup_does_not_reach_the_answer(answered, stands):
    answer = answered(
        lambda passages: [f"<script>alert(1)</script> {p} [9] " for p in passages], "yes", stands
    )
    assert "script" not in answer.answer
    assert "[9]" not in answer.answer


def test_a_model_that_cannot_be_used_ends_the_answer_in_one_line(index, settings, saying):
    broken = settings.model_copy(update={"entailment_model": str(bundled_folder())})
    tutor = Tutor(index, broken, Scripted(reworded), open_check(broken))
    with pytest.raises(ModelError, match="no classifier of pairs"):
        tutor.ask("What is RLHF?")


def test_the_tutor_of_the_settings_has_the_check_of_the_settings(settings, saying):
    given = settings.model_copy(update={"entailment_model": saying["no"]})
    assert open_tutor(given)._check(PARAPHRASE, [FROZEN]).support == "unsupported"


def test_its_agreement_with_people_is_measured_as_the_bundled_ones(saying):
    """One that supports everything is right where a person says so, and nowhere else."""
    settings = load_settings(entailment_model=saying["yes"], entailment="instead")
    found = agreement(load_pairs("dev")[:12], open_check(settings))
    assert found.sensitivity.value == 1
    assert found.specificity.value == 0
