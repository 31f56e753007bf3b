"""Fit the network of the bundled check: ``python -m eval.verifier.train --models FOLDER``.

The weights that are written are an exponential moving average over the steps, which is steadier
than the last ones. How many epochs, and everything else, was chosen on passages held out of the
training pairs and on ``dev``; ``test`` is never read here.
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
from sklearn.metrics import roc_auc_score
from torch import nn

from corpus.loader import load_curriculum
from eval.pairs import load_pairs, load_training_pairs
from eval.verifier.augment import Editor, Made, names_in, reordered, shortened
from eval.verifier.network import Network
from eval.verifier.states import States
from index.sentences import split_sentences
from tutor.lexicon import load as load_lexicon
from tutor.verifier import LABELS, WEIGHTS

_BATCH = 32
_RATE, _DECAY, _WARM_UP = 1e-3, 0.05, 0.1
_AVERAGE = 0.998
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
    texts = [p.sentence for p in fitted]
    editor = Editor(load_lexicon(), names_in(texts), asked.seed)
    made = list(islice(editor.pairs(supported), asked.made * asked.epochs))
    states = States(asked.models)
    states.add(text for p in [*written, *dev, *made] for text in (p.passage, p.sentence))
    network = Network()
    size = sum(parameter.numel() for parameter in network.parameters())
    print(f"{len(fitted)} written, {len(made)} made, {len(held)} held; {size} weights", flush=True)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(_AVERAGE)
    )
    judged = {"held": held, "dev": dev}
    for epoch, loss in enumerate(_epochs(network, average, states, fitted, made, asked), 1):
        told = [_report(name, average.module, states, pairs) for name, pairs in judged.items()]
        print(f"epoch {epoch}: loss {loss:.3f}; {'; '.join(told)}", flush=True)
        _write(average.module, asked.out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the network of the bundled check.")
    parser.add_argument("--models", type=Path, required=True, help="folder of exported models")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--epochs", type=int, default=8)
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
    network: Network,
    average: torch.optim.swa_utils.AveragedModel,
    states: States,
    fitted: Pairs,
    made: Pairs,
    asked: argparse.Namespace,
) -> Iterator[float]:
    """The mean loss of each epoch, after it."""
    draw = random.Random(asked.seed)
    steps = asked.epochs * ((len(fitted) + asked.made) // _BATCH + 1)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE / 2, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATE, total_steps=steps, pct_start=_WARM_UP
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(asked.epochs):
        pairs = [*fitted, *made[epoch * asked.made : (epoch + 1) * asked.made]]
        batches = _batches(pairs, draw)
        network.train()
        total, started = 0.0, time.perf_counter()
        for batch in batches:
            inputs = states.batch([(p.passage, p.sentence) for p in batch])
            loss = loss_of(network(*inputs), _labels(batch))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(network)
            total += float(loss.detach())
        print(f"{time.perf_counter() - started:.0f} s", flush=True)
        yield total / len(batches)


def _batches(pairs: Pairs, draw: random.Random) -> Sequence[Pairs]:
    """Batches of texts about as long as each other, so that little is padded."""
    ordered = sorted(pairs, key=lambda p: len(p.passage) * draw.uniform(0.7, 1.3))
    batches = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]
    draw.shuffle(batches)
    return batches


def _labels(pairs: Pairs) -> torch.Tensor:
    return torch.tensor([LABELS.index(p.label) for p in pairs])


def _report(name: str, network: nn.Module, states: States, pairs: Pairs) -> str:
    """How well support is told from the rest, and from either kind of the rest."""
    network.eval()
    with torch.no_grad():
        found = [
            network(*states.batch([(p.passage, p.sentence) for p in pairs[at : at + 64]]))
            for at in range(0, len(pairs), 64)
        ]
    sure = torch.cat(found).softmax(-1)[:, 0].numpy()
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


def _write(network: nn.Module, file: Path) -> None:
    from safetensors.torch import save_file

    half = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    save_file(half, file)


if __name__ == "__main__":
    main()
