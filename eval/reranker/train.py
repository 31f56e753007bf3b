"""Train the cross-encoder that ranks sentences: ``python -m eval.reranker.train``.

Each question is read with its candidates, and the network learns to tell the one to begin with
(ListNet: Cao et al., ICML 2007). One question in eight is held out, for ``eval.reranker.judge``.
The golden questions are not read.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eval.reranker.cases import Case, load_cases
from eval.reranker.judge import measured
from eval.verifier.network import Network
from index.encoder import bundled_folder
from tutor.crossencoder import Floats, Ids, Pairs, packed
from tutor.crossencoder import batch as padded
from tutor.reranker import WEIGHTS

_BATCH = 4  # questions
# Unlabelled sentences of each, drawn anew in every epoch.
_OTHERS = 6
# Pairs read at once, of about the same length.
_TOGETHER = 64
# Of the encoder's layers and of what is new.
_RATES = [1e-4, 5e-4]
_DECAY, _WARM_UP = 0.01, 0.08
_FILES = ("answers.jsonl", "asked.jsonl")


def main() -> None:
    """Train, report by epoch, write the weights."""
    asked = _arguments()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    fitted, held, _ = load_cases(asked.cases)
    print(f"{len(fitted)} to fit, {len(held)} held", flush=True)
    network, inputs = Network(bundled_folder(), outputs=1), Inputs(bundled_folder())
    for epoch, loss in enumerate(_epochs(network, inputs, fitted, asked), 1):
        found = measured(held, [_logits(network, inputs, c) for c in held])
        print(f"epoch {epoch}: loss {loss:.3f}; held {found}", flush=True)
        _write(network, asked.out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the cross-encoder that ranks sentences.")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file of the weights")
    parser.add_argument("--cases", type=Path, help="file to keep the candidates in between runs")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


class Inputs:
    """Makes a network's inputs of cases; each pair is read once."""

    def __init__(self, folder: Path) -> None:
        self._reader = Pairs(folder)
        self._read: dict[tuple[str, str], tuple[Ids, Ids, Floats]] = {}

    def logits(self, network: Network, cases: Sequence[Case]) -> Tensor:
        """Of all sentences of the cases, shape (sentences,)."""
        pairs = [(sentence, one.question) for one in cases for sentence in one.sentences]
        for pair in pairs:
            if pair not in self._read:
                self._read[pair] = self._reader(*pair)
        read = [self._read[pair] for pair in pairs]
        # Those of a length together: a block of code would make all others as long.
        order = sorted(range(len(read)), key=lambda row: len(read[row][0]))
        found = []
        for at in range(0, len(order), _TOGETHER):
            parts = padded([read[row] for row in order[at : at + _TOGETHER]])
            found.append(network(*map(torch.from_numpy, parts))[:, 0])
        return torch.cat(found)[torch.tensor(np.argsort(order))]


def _epochs(
    network: Network, inputs: Inputs, fitted: Sequence[Case], asked: argparse.Namespace
) -> Iterator[float]:
    """The mean loss of each epoch, after it."""
    draw = random.Random(asked.seed)
    steps = asked.epochs * (len(fitted) // _BATCH + 1)
    new = [*network.flag.parameters(), *network.head.parameters()]
    old = [p for p in network.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([{"params": old}, {"params": new}], weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATES, total_steps=steps + 1, pct_start=_WARM_UP, anneal_strategy="linear"
    )
    for _ in range(asked.epochs):
        order = list(fitted)
        draw.shuffle(order)
        network.train()
        total, started = 0.0, time.perf_counter()
        batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
        for whole in batches:
            cases = [one.sample(_OTHERS, draw) for one in whole]
            with torch.autocast("cpu", torch.bfloat16):
                logits = inputs.logits(network, cases)
            loss = _loss(logits, cases)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"{time.perf_counter() - started:.0f} s", flush=True)
        yield total / len(batches)


def _loss(logits: Tensor, cases: Sequence[Case]) -> Tensor:
    """Cross-entropy of what is to be said first, averaged over questions."""
    losses, at = [], 0
    for one in cases:
        own = logits[at : at + len(one.sentences)]
        losses.append(-(torch.from_numpy(one.wanted) * own.log_softmax(0)).sum())
        at += len(one.sentences)
    return torch.stack(losses).mean()


def _logits(network: Network, inputs: Inputs, one: Case) -> NDArray[np.float32]:
    network.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        found: NDArray[np.float32] = inputs.logits(network, [one]).float().numpy()
    return found


def _write(network: Network, file: Path) -> None:
    from safetensors.numpy import save_file

    save_file(packed(network.named_weights()), file)


if __name__ == "__main__":
    main()
