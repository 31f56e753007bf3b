"""A learner's level chooses among sentences that answer."""

import pytest

from tutor.levels import LEVELS, fit, instruction

PLAIN = "A loss function is a number that says how wrong a model is."
FORMULA = "Cross-entropy is the negative logarithm of the probability: $L = -\\log p$."
EXAMPLE = "Overfitting is like learning the answers of an old test by heart."
FIGURES = "LoRA cut the memory by a factor of 3 and the parameters by a factor of 10,000."
RARE = "Affine dequantization reintroduces asymmetric zero-point offsets."
YEAR = "The method was published in 2021."
CODE = "```python\nprint(1)\n```"


@pytest.fixture
def scored(encoder):
    return lambda sentence, level: fit(sentence, level, encoder.knows)


@pytest.mark.parametrize("sentence", [PLAIN, FORMULA, EXAMPLE, FIGURES, RARE, CODE, ""])
def test_a_practitioner_changes_nothing(scored, sentence):
    assert scored(sentence, "practitioner") == 0.0


@pytest.mark.parametrize("harder", [FORMULA, FIGURES, RARE, CODE])
@pytest.mark.parametrize("easier", [PLAIN, EXAMPLE])
def test_levels_disagree(scored, easier, harder):
    assert scored(easier, "beginner") > scored(harder, "beginner")
    assert scored(harder, "expert") > scored(easier, "expert")


def test_a_reason_is_for_the_expert(scored):
    why = "Quantization saves memory because each number takes fewer bits."
    what = "Quantization saves memory, and each number takes fewer bits."
    assert scored(why, "expert") > scored(what, "expert")
    assert scored(why, "beginner") == pytest.approx(scored(what, "beginner"), abs=0.05)


def test_a_year_is_no_figure(scored):
    without = "The method was published in summer."
    assert scored(YEAR, "expert") == pytest.approx(scored(without, "expert"), abs=0.05)


@pytest.mark.parametrize("level", ["beginner", "expert"])
def test_it_stays_small_beside_what_the_question_asks(scored, level, index):
    chunks = [chunk for _, chunk in index.texts.every_chunk() if chunk.kind == "curriculum"]
    fits = [scored(chunk.sentence(span), level) for chunk in chunks for span in chunk.sentences]
    assert max(map(abs, fits)) < 1.4
    assert sum(abs(value) > 0.6 for value in fits) < 0.05 * len(fits)


def test_every_level_has_its_own_sentence_for_the_prompt():
    said = [instruction(level) for level in LEVELS]
    assert len(set(said)) == 3
    assert all(text.endswith(".") and "{" not in text for text in said)
