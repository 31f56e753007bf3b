"""What messages, the evidence pane and suggestions say, in English.

The page's ``Strings`` extends this class, so that all texts are one object.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnswerStrings:
    """Texts; names in braces are filled in."""

    # a message
    citation: str = "source"  # read aloud before the number of a citation
    copy_code: str = "Copy the code"
    partial: str = "partly supported"
    partial_reason: str = (
        "The cited passages support a part of this sentence only. Read them before you rely on it."
    )
    unsupported: str = "not supported"
    unsupported_reason: str = "No cited passage supports this sentence."
    sources: str = "Sources"
    own_document: str = "your own document"

    # the evidence pane
    no_evidence: str = "This answer cites no passage."
    passage: str = "Read the passage"
    quotation: str = "Quotation"
    unverified: str = (
        "Not verified: the document does not hold these words at the place that the answer names."
    )
    original: str = "Open the original"
    used_in: str = "Used in"
    sentence: str = "sentence {number}"
    station: str = "Station {number}"
    page: str = "page {number}"
    not_cited: str = "Found and not cited"
    not_cited_count: str = "Show the best {count} of {all}"
    rank: str = "Rank {rank}, score {score}"

    # suggestions
    nearest: str = "Station {number}: {title}"
    what_is: str = "What is {title}?"
    what_are: str = "What are {title}?"
    what_is_meant: str = "What is meant by {title}?"
    how_differ: str = "How do {one} and {other} differ?"
    about_station: str = "What is station {number} ({title}) about?"


ENGLISH_ANSWERS = AnswerStrings()
