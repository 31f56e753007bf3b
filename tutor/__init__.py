"""The tutor: a question in, a checked answer with citations out."""

from tutor.records import (
    Answer,
    Citation,
    Event,
    Finished,
    Nearest,
    Retrieved,
    Sentence,
    Spoken,
    Stage,
    Turn,
)

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Citation",
    "Event",
    "Finished",
    "Nearest",
    "Retrieved",
    "Sentence",
    "Spoken",
    "Stage",
    "Turn",
    "__version__",
]
