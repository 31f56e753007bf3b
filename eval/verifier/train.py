"""Train the cross-encoder of the bundled check: ``python -m eval.verifier.train``.

Four epochs, an hour on two cores that know bfloat16 matrices (AMX), many more on others. How many,
the rates and the made pairs were chosen on passages held out of the training pairs and on ``dev``;
``test`` is never read here.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from corpus.loader import load_curriculum
from eval.pairs import load_pairs, load_training_pairs
from eval.verifier.augment import Editor, Made, names_in, reordered, shortened
from eval.verifier.network import Network
from index.encoder import bundled_folder
from index.sentences import split_sentences
from tutor.crossencoder import Floats, Ids, packed
from tutor.crossencoder import Pairs as Reader
from tutor.crossencoder import batch as padded
from tutor.lexicon import load as load_lexicon
from tutor.verifier import LABELS, WEIGHTS

_BATCH = 32
# Of the encoder's layers and of what is new.
_RATES = [2e-4, 5e-4]
_DECAY, _WARM_UP = 0.01, 0.08
# One passage in eight judges the others.
_HELD = 8
_SENTENCE = range(40, 300)  # code points of a curriculum sentence worth editing

Pairs = Sequence[Made]


def main() -> None:
    """Train, report by epoch, write the weights."""
    asked = _arguments()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    written = [Made(p.passage, p.sentence, p.label) for p in load_training_pairs()]
    dev = [Made(p.passage, p.sentence, p.label) for p in load_pairs("dev")]
    held = [p for p in written if _is_held(p.passage)]
    fitted = [p for p in written if not _is_held(p.passage)]
    supported = _supported(fitted, banned={p.passage for p in [*dev, *held]})
    editor = Editor(load_lexicon(), names_in([p.sentence for p in fitted]), asked.seed)
    made = list(islice(editor.pairs(supported), asked.made * asked.epochs))
    network, inputs = Network(bundled_folder(), len(LABELS)), Inputs(bundled_folder())
    print(f"{len(fitted)} written, {len(made)} made, {len(held)} held", flush=True)
    judged = {"held": held, "dev": dev}
    for epoch, loss in enumerate(_epochs(network, inputs, fitted, made, asked), 1):
        told = [_report(name, network, inputs, pairs) for name, pairs in judged.items()]
        print(f"epoch {epoch}: loss {loss:.3f}; {'; '.join(told)}", flush=True)
        write(network, asked.out)


class Inputs:
    """Makes a network's inputs of pairs; each pair is read once."""

    def __init__(self, folder: Path) -> None:
        self._reader = Reader(folder)
        self._read: dict[Made, tuple[Ids, Ids, Floats]] = {}

    def __call__(self, pairs: Pairs) -> list[Tensor]:
        """Ids, types, flags and mask of a batch."""
        for pair in pairs:
            if pair not in self._read:
                self._read[pair] = self._reader(pair.sentence, pair.passage)
        return [torch.from_numpy(part) for part in padded([self._read[p] for p in pairs])]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the cross-encoder of the bundled check.")
    parser.add_argument("--out", type=Path, default=WEIGHTS[0], help="file of the weights")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--made", type=int, default=5000, help="made pairs an epoch")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def _is_held(passage: str) -> bool:
    return int(hashlib.sha256(passage.encode()).hexdigest(), 16) % _HELD == 0


def _supported(fitted: Pairs, banned: set[str]) -> list[tuple[str, str]]:
    """Passages with sentences that they support: written, and the curriculum's own sentences."""
    pairs = [(p.passage, p.sentence) for p in fitted if p.label == "supported"]
    own = [
        sentence
        for document in load_curriculum().documents
        for sentence in split_sentences(document.text)
        if len(sentence) in _SENTENCE and sentence[0].isalpha() and sentence.endswith(".")
        if not any(sentence in passage for passage in banned)
    ]
    for sentence in own:
        pairs += [(sentence, s) for s in (sentence, *shortened(sentence), *reordered(sentence))]
    return pairs


def _epochs(
    network: Network, inputs: Inputs, fitted: Pairs, made: Pairs, asked: argparse.Namespace
) -> Iterator[float]:
    """The mean loss of each epoch, after it."""
    draw = random.Random(asked.seed)
    steps = asked.epochs * ((len(fitted) + asked.made) // _BATCH + 1)
    new = [*network.flag.parameters(), *network.head.parameters()]
    old = [p for p in network.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([{"params": old}, {"params": new}], weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATES, total_steps=steps + 1, pct_start=_WARM_UP, anneal_strategy="linear"
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(asked.epochs):
        batches = _batches([*fitted, *made[epoch * asked.made : (epoch + 1) * asked.made]], draw)
        network.train()
        total, started = 0.0, time.perf_counter()
        for pairs in batches:
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(*inputs(pairs))
            loss = loss_of(logits, torch.tensor([LABELS.index(p.label) for p in pairs]))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"{time.perf_counter() - started:.0f} s", flush=True)
        yield total / len(batches)


def _batches(pairs: Pairs, draw: random.Random) -> Sequence[Pairs]:
    """Batches of texts about as long as each other, so that little is padded."""
    ordered = sorted(pairs, key=lambda p: len(p.passage + p.sentence) * draw.uniform(0.8, 1.2))
    batches = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]
    draw.shuffle(batches)
    return batches


def probabilities(network: Network, inputs: Inputs, pairs: Pairs) -> NDArray[np.float32]:
    """Of ``LABELS``, shape (pairs, 3)."""
    network.eval()
    with torch.no_grad():
        found = [network(*inputs(pairs[at : at + 64])) for at in range(0, len(pairs), 64)]
    held: NDArray[np.float32] = torch.cat(found).softmax(-1).numpy()
    return held


def _report(name: str, network: Network, inputs: Inputs, pairs: Pairs) -> str:
    """How well support is told from the rest, and from either kind of the rest."""
    sure = probabilities(network, inputs, pairs)[:, 0]
    labels = np.array([p.label for p in pairs])
    right = labels == "supported"
    areas = [roc_auc_score(right, sure)]
    for other in ("partial", "unsupported"):
        some = right | (labels == other)
        areas.append(roc_auc_score(right[some], sure[some]))
    balanced = max(
        ((sure >= t)[right].mean() + (sure < t)[~right].mean()) / 2 for t in np.linspace(0, 1, 101)
    )
    told = " ".join(f"{area:.3f}" for area in areas)
    return f"{name}: AUC {told}, balanced accuracy at best {balanced:.3f}"


def write(network: Network, file: Path) -> None:
    """The weights as ``tutor.verifier`` reads them."""
    from safetensors.numpy import save_file

    save_file(packed(network.named_weights()), file)


if __name__ == "__main__":
    main()
