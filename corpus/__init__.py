"""The corpus: what the tutor teaches from, read into documents with exact offsets."""

from corpus.records import Curriculum, Document, Line, Reference, Section, Station, Topic

__all__ = ["Curriculum", "Document", "Line", "Reference", "Section", "Station", "Topic"]
