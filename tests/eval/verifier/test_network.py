"""The network in torch and in NumPy: the same figures, whatever the batch."""

import numpy as np
import pytest
import torch

from eval.verifier.network import Network
from eval.verifier.states import States
from index.encoder import OnnxEncoder, bundled_folder
from tutor.verifier import LABELS, Text, Verifier, load

PAIRS = [
    ("LoRA freezes the weights and trains two small matrices.", "LoRA trains all weights."),
    ("BM25 ranks.", "BM25 ranks documents by the words that they share with the question."),
    ("In 16 bits, 7 billion weights take 14 GB.", "In 16 bits, 7 billion weights take 14 GB."),
]


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(1)
    return Network().eval()


@pytest.fixture(scope="module")
def states(settings):
    states = States(settings.models)
    states.add(text for pair in PAIRS for text in pair)
    return states


@pytest.fixture(scope="module")
def in_numpy(network, settings):
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    encoder = OnnxEncoder(bundled_folder(), settings.models)

    def score(passage, sentence):
        one, other = encoder.encode_layers([sentence, passage])
        return Verifier(weights)(Text(sentence, one), Text(passage, other))

    return score


def in_torch(network, states, pairs):
    with torch.no_grad():
        return network(*states.batch(pairs)).softmax(-1).numpy()


def test_numpy_reads_as_torch_does(network, states, in_numpy):
    for pair in PAIRS:
        (expected,) = in_torch(network, states, [pair])
        assert in_numpy(*pair) == pytest.approx(expected, abs=2e-3)  # states in half precision


def test_padding_changes_nothing(network, states):
    together = in_torch(network, states, PAIRS)
    alone = np.concatenate([in_torch(network, states, [pair]) for pair in PAIRS])
    assert together == pytest.approx(alone, abs=1e-5)


def test_probabilities(in_numpy):
    found = in_numpy(*PAIRS[0])
    assert found.shape == (len(LABELS),)
    assert found.sum() == pytest.approx(1)


def test_order_of_the_words_counts(in_numpy):
    passage = "LoRA is faster than DoRA."
    one, other = (in_numpy(passage, s) for s in (passage, "DoRA is faster than LoRA."))
    assert one != pytest.approx(other, abs=1e-4)


def test_weights_are_read_from_half_precision(network, tmp_path):
    from safetensors.torch import save_file

    file = tmp_path / "weights.safetensors"
    save_file({n: t.half().contiguous() for n, t in network.state_dict().items()}, file)
    weights = load(file).weights
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    assert weights["compare.bias"] == pytest.approx(
        network.state_dict()["compare.bias"].numpy(), abs=1e-3
    )
