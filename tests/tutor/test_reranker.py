"""The cross-encoder that ranks sentences."""

import numpy as np
import pytest

from corpus.errors import ModelError
from tutor.reranker import SentenceReranker

QUESTION = "How can I stop people from reading the hidden instructions of my chatbot?"
SENTENCES = (
    "A system prompt comes from the developer of the application.",
    "Prompt leaking is limited by keeping secrets out of the prompt and filtering the outputs.",
    "A prompt template is filled in three steps.",
    "```python\nprint('prompt')\n```",
)


@pytest.fixture(scope="module")
def rerank():
    return SentenceReranker()


def test_the_sentence_that_helps_is_first(rerank):
    assert int(np.argmax(rerank(QUESTION, SENTENCES))) == 1


def test_a_score_depends_on_no_other_sentence(rerank):
    together = rerank(QUESTION, SENTENCES)
    turned = rerank(QUESTION, SENTENCES[::-1])[::-1]
    alone = np.concatenate([rerank(QUESTION, [sentence]) for sentence in SENTENCES])
    np.testing.assert_allclose(together, turned, atol=1e-3)
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_nothing_to_rank(rerank):
    assert rerank(QUESTION, []).shape == (0,)


def test_lost_weights_are_told_in_a_line(tmp_path):
    with pytest.raises(ModelError, match=r"the weights in lost\.safetensors cannot be read"):
        SentenceReranker(tmp_path / "lost.safetensors")(QUESTION, SENTENCES)
