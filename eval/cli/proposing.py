"""``tutor eval propose|review|accept``: golden questions proposed by code, taken by a person."""

from __future__ import annotations


def propose() -> None:
    """Propose."""


def review() -> None:
    """Review."""


def accept() -> None:
    """Accept."""
