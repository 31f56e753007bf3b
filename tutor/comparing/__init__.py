"""Comparing: two or three things side by side, in the words of the passages.

::

    question ──► sides ──► statements about each ──► rows ──► table
                                   │                            │ too few rows
                                   └──────────► sentences ◄─────┘

- ``sides``: the things that a question compares.
- ``naming``: where a text names them.
- ``statements``: sentences that speak of them, and what each says of which.
- ``rows``: what is said of one side, paired with what is said of another.
- ``aspects``: what two statements are both about, in their own words.
- ``table``: the rows that make a small table, and its Markdown.
- ``sidebyside``: the answer: a table, or the sentences that tell the sides apart.
"""

from tutor.comparing.sidebyside import SideBySide, offers_choice, side_by_side, sides_of
from tutor.comparing.table import Table, joints

__all__ = ["SideBySide", "Table", "joints", "offers_choice", "side_by_side", "sides_of"]
