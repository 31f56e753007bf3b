"""The cross-encoder in torch and in NumPy are one network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from corpus.errors import ModelError
from eval.pairs import load_pairs
from eval.verifier.augment import Made
from eval.verifier.network import Network
from eval.verifier.train import Inputs, probabilities, write
from index.encoder import bundled_folder
from tutor.verifier import LABELS, WEIGHTS, Verifier

PAIRS = [
    Made("LoRA freezes the base weights.", "The base weights stay frozen under LoRA.", "supported"),
    Made("QLoRA uses 4 bits.", "QLoRA uses 8 bits for its base weights.", "unsupported"),
    Made("RAG retrieves passages and puts them into the prompt.", "RAG retrieves.", "supported"),
]


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    return Network(bundled_folder(), len(LABELS))


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return Inputs(bundled_folder())


def read(verifier: Verifier) -> np.ndarray:
    return np.concatenate([verifier(pair.sentence, [pair.passage]) for pair in PAIRS])


def test_both_find_the_same(network, inputs, tmp_path):
    write(network, tmp_path / "weights.safetensors")
    found = read(Verifier([tmp_path / "weights.safetensors"]))
    # Matrices are kept in int8, which a random head magnifies.
    assert found == pytest.approx(probabilities(network, inputs, PAIRS), abs=0.02)


def test_pairs_read_together_are_read_as_alone():
    verifier = Verifier()
    passages = [pair.passage for pair in PAIRS]
    alone = np.concatenate([verifier(PAIRS[0].sentence, [passage]) for passage in passages])
    assert verifier(PAIRS[0].sentence, passages) == pytest.approx(alone, abs=1e-4)
    assert alone.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert verifier("Nothing to read.", []).shape == (0, len(LABELS))


def test_it_says_the_mean_of_its_networks():
    whole = read(Verifier())
    assert whole == pytest.approx(sum(read(Verifier([file])) for file in WEIGHTS) / len(WEIGHTS))


def test_it_tells_support_from_the_rest():
    """Far from perfect (docs/log.md, "The check"), and far from guessing."""
    pairs = load_pairs("dev")[::3]
    verifier = Verifier()
    sure = np.array([verifier(pair.sentence, [pair.passage])[0, 0] for pair in pairs])
    supported = np.array([pair.label == "supported" for pair in pairs])
    assert roc_auc_score(supported, sure) > 0.75


def test_weights_that_cannot_be_read_are_told(tmp_path):
    (tmp_path / "broken.safetensors").write_bytes(WEIGHTS[0].read_bytes()[:1000])
    for file in ("broken.safetensors", "none.safetensors"):
        with pytest.raises(ModelError, match=r"the weights in .* cannot be read"):
            Verifier([tmp_path / file])("A sentence.", ["A passage."])
