"""RAGAS's semantic similarity with the bundled embedding model."""

from __future__ import annotations

import numpy as np
import pytest

from eval.measures.ragas_embeddings import ragas_embeddings
from eval.measures.ragas_sync import run_sync
from eval.measures.semantic_similarity import semantic_similarity

REFERENCE = "LoRA freezes the weights and trains low-rank matrices."
PARAPHRASE = "Low-rank adaptation trains small matrices while the model itself stays fixed."
OTHER = "The station is closed on Sundays."
FAR = "The Peace of Westphalia was signed in 1648."


@pytest.fixture(scope="module")
def measure(encoder):
    return semantic_similarity(encoder)


def _record(make_record, answer: str):
    return make_record({"reference": REFERENCE}, {"answer": answer})


def test_is_the_cosine_of_the_two_vectors(make_record, measure, encoder):
    one, other = (e.vector for e in encoder.encode([REFERENCE, PARAPHRASE]))
    cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    scored = measure.score(_record(make_record, f"{PARAPHRASE} [1]"))
    assert scored == pytest.approx(cosine, abs=1e-5)


def test_the_same_is_one_and_a_paraphrase_is_nearer_than_anything_else(make_record, measure):
    same, near, far = (
        measure.score(_record(make_record, text)) for text in (REFERENCE, PARAPHRASE, OTHER)
    )
    assert same == pytest.approx(1.0, abs=1e-5)
    assert 1 > near > far + 0.3


def test_may_be_below_zero(make_record, measure):
    # RAGAS documents 0..1; a cosine is not bounded so, and passes as it is.
    assert -1 <= measure.score(_record(make_record, FAR)) < -0.05


@pytest.mark.parametrize(
    "reply", [None, {"status": "abstained"}, {"status": "clarify"}, {"answer": ""}]
)
def test_says_nothing_where_nothing_was_told(make_record, measure, reply):
    assert measure.score(make_record({"reference": REFERENCE}, reply)) is None


def test_the_adapter_gives_the_encoders_vectors_by_every_way(encoder):
    embeddings = ragas_embeddings(encoder)
    ways = [
        embeddings.embed_texts([REFERENCE, OTHER])[0],
        embeddings.embed_text(REFERENCE),
        run_sync(embeddings.aembed_text(REFERENCE)),
        run_sync(embeddings.aembed_texts([OTHER, REFERENCE]))[1],
    ]
    vector = encoder.encode([REFERENCE])[0].vector
    for way in ways:
        assert isinstance(way[0], float)
        assert np.allclose(way, vector, atol=1e-5)
