"""The two halves of every golden set: dev to calibrate on, test to report on."""

from __future__ import annotations

from typing import Literal, get_args

Split = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
