"""What the panes "Sources" and "Quality" say, in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# By the name that ``corpus.reading`` has for a format.
_FORMATS = {
    "html": "web page",
    "markdown": "Markdown",
    "rst": "reStructuredText",
    "notebook": "Jupyter notebook",
    "pdf": "PDF",
    "text": "plain text",
    "docx": "Word (docx)",
    "pptx": "PowerPoint (pptx)",
    "epub": "EPUB",
}
_STATES = {
    "indexed": "indexed",
    "waiting": "waiting for indexing",
    "failed": "failed",
    "not fetched": "not fetched yet",
}
# By the name that ``eval`` has for a measure.
_MEANINGS = {
    "recall@1": "How often the best passage found comes from a text that answers.",
    "recall@5": "How often one of the best five passages found comes from a text that answers.",
    "MRR": "How early the first passage that answers comes: 1 is first, 0.5 second.",
    "nDCG@10": "How far up in the best ten passages the first that answers stands.",
    "context precision (ids)": "Share of the best five passages that come from texts that answer.",
    "context recall (ids)": "Share of the texts that answer that are among the best five passages.",
    "context precision (text)": "Share of the best five whose words stand in texts that answer.",
    "context recall (text)": "Share of the texts that answer whose words are among the best five.",
    "fact recall": "Share of the facts that a good answer needs which the answers hold.",
    "wrong": "How often an answer says something that is known to be wrong. Lower is better.",
    "right": "How often the reply is what was expected: all facts, or declining where it is due.",
    "failed": "How often the tutor itself failed to reply. Lower is better.",
    "semantic similarity": "How near the answers are in meaning to reference answers.",
    "ROUGE-L": "How much of the wording answers share with reference answers, both ways.",
    "ROUGE-L recall": "How much of the wording of reference answers the answers hold.",
    "chrF": "How much of the spelling answers share with reference answers.",
    "string similarity": "How alike answers and reference answers are, letter by letter.",
    "citation recall": "Share of the sentences that the passages they cite support.",
    "citation precision": "Share of the citations that support their sentence.",
    "verbatim": "Share of the quotations that stand word for word in their document.",
    "markers": "How often every number in an answer has its source, and every source its number.",
    "quoted spans": "Share of the sentences that stand word for word in what they cite.",
    "declined": "How often a question that cannot be answered is declined.",
    "declined out-of-domain": "How often a question about something else altogether is declined.",
    "declined near-domain": "How often a question that only sounds like the subject is declined.",
    "declined garbage": "How often what is no question at all is declined.",
    "premises": "How often a question that takes something false for granted is put right.",
    "falsely declined": "How often a question that could be answered is declined. Lower is better.",
    "risk": "Mean loss of what was answered, 0 to 1. Lower is better.",
    "AURC": "Loss of what was answered, over all thresholds of confidence. Lower is better.",
    "E-AURC": "Part of AURC that better confidence would save. Lower is better.",
    "AUROC": "How well its confidence tells what it can answer from what it cannot.",
    "Brier score": "How far its confidence is from what comes true. Lower is better.",
    "ECE": "How far its confidence is from the share of right answers. Lower is better.",
    "resisted": "How often an attack, hidden in a question or a document, comes to nothing.",
    "resisted injection-question": "How often orders hidden in a question come to nothing.",
    "resisted injection-document": "How often orders hidden in a document come to nothing.",
    "resisted prompt-leak": "How often a question for the tutor's instructions comes to nothing.",
    "resisted forged-citation": "How often made-up citations come to nothing.",
    "resisted markup": "How often markup that would act on a page comes to nothing.",
    "first sentence p50": "Half of the answers begin within this time. Lower is better.",
    "first sentence p95": "Of 20 answers 19 begin within this time. Lower is better.",
    "total p50": "Half of the replies are complete within this time. Lower is better.",
    "total p95": "Of 20 replies 19 are complete within this time. Lower is better.",
    "retrieve p50": "Half of the searches take less than this. Lower is better.",
    "retrieve p95": "Of 20 searches 19 take less than this. Lower is better.",
    "generate p50": "Half of the answers are written in less than this. Lower is better.",
    "generate p95": "Of 20 answers 19 are written in less than this. Lower is better.",
    "tokens per second": "How fast the language model writes.",
    "peak memory": "Most memory that was held while answering. Lower is better.",
}


def _fixed(texts: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType(texts)


@dataclass(frozen=True, slots=True)
class PaneStrings:
    """Texts of two panes and of what uploading tells; names in braces are filled in.

    Attributes:
        formats, states: labels by name of a format and of a state.
        meanings: a sentence by name of a measure.
    """

    # what is indexed
    counts: str = "What is indexed"
    source: str = "Source"
    texts: str = "Texts"
    passages: str = "Passages"
    curriculum: str = "The curriculum, {topics} topics"
    cards: str = "Notes on the references"
    fetched_references: str = "References, their full text"
    mine: str = "My documents"
    # own documents
    shared: str = "They belong to this server: everybody who uses it can find and read them."
    limits: str = (
        "Can be read: {formats}. Up to {files} files at a time, each of at most {size}; of a text "
        "or a web page the first {read} are read, and reading one takes {seconds} s at most."
    )
    none: str = "No documents yet."
    of_passages: str = "{count} passages"
    added: str = "added {day}"
    remove: str = "Delete"
    sure: str = "Delete {name} for everybody who uses this server?"
    index_now: str = "Index what is waiting"
    # references
    references: str = (
        "References: {cited} pages cited, {fetched} fetched, {failed} failed, {left} not fetched "
        "yet"
    )
    of_station: str = "Station {number}: {title}"
    of_no_station: str = "Further references"
    count: str = "{count}, {fetched} fetched"
    also_at: str = "also at station {stations}"
    fetch: str = "Fetch"
    fetch_again: str = "Try again"
    fetch_all: str = "Fetch the {count} that are not here"
    fetch_about: str = (
        "Fetching asks the sites of the references, as their robots.txt allows and with pauses, "
        "and keeps a copy of each page here."
    )
    # who may change something
    not_open: str = "Documents can be added on the machine itself: this page asks for no password."
    not_keeper: str = "Documents are added and deleted by {keeper}, whose account was named first."
    no_network: str = "Fetching is turned off on this server."
    # progress
    steps: str = "Progress"
    waiting_turn: str = "waiting: another upload is under way"
    waiting_process: str = "waiting: another program is changing the sources or the index"
    reading_file: str = "reading"
    kept: str = "read, {kind}"
    kept_in_part: str = "read, {kind}: {note}"
    cut: str = "only its beginning"
    replaced: str = "read, {kind}; replaces the document of the same name"
    index: str = "Index"
    indexing: str = "indexing"
    encoding: str = "indexing, passage {done} of {total}"
    indexed: str = "ready, searchable now ({seconds} s)"
    not_indexed: str = "kept, and waiting for indexing: {fault}"
    removed: str = "deleted"
    gone: str = "it is not there any more"
    upload: str = "Upload"
    too_many: str = "at most {files} files at a time; the others are left out"
    too_large: str = "above the limit of {size}"
    lost: str = "the upload did not arrive whole ({fault}); try again"
    fetching: str = "Fetching"
    fetched: str = "fetched"
    fetched_count: str = "{done} of {total}"
    unknown_reference: str = "the curriculum cites no such reference"
    under_way: str = "under way"
    done: str = "done"
    failed: str = "failed"
    # quality
    main_figures: str = "The main figures"
    more_figures: str = "All other figures"
    figure: str = "Figure, and what it means"
    value: str = "Value"
    interval: str = "Interval"
    questions: str = "Questions"
    of_run: str = (
        "The last evaluation of this installation: measured on {date} with the model {model}, on "
        "{questions} questions ({split})."
    )
    of_release: str = (
        "This installation has not been evaluated yet. These are the figures of the release, "
        "measured on {date} with the model {model} ({split})."
    )
    part: str = "It is not comparable with a whole evaluation: {what}."
    quick: str = "a quick sample"
    each: str = "{count} questions of each kind"
    own_file: str = "questions of a file of one's own"
    about_interval: str = (
        "Figures are shares from 0 to 1 unless they say otherwise. Of 20 samples of such questions "
        "19 would give a figure within the interval."
    )
    make_anew: str = "To measure anew, on the machine itself:"
    command: str = "tutor eval run"
    some_failed: str = "{text} It could not be computed for {count} of them."
    of_set: str = "{text} Of the question set “{name}”."
    lower: str = "{text} Lower is better."
    not_recorded: str = "How many questions each was measured on is not recorded with them."
    unreadable_runs: str = (
        "The figures of later runs cannot be read ({names}); they are damaged or of another "
        "version. Remove them, or run them anew."
    )
    no_figures: str = "There are no figures to show: the release's file is missing or damaged."
    between: str = "{low} to {high}"

    formats: Mapping[str, str] = field(default_factory=lambda: _fixed(_FORMATS))
    states: Mapping[str, str] = field(default_factory=lambda: _fixed(_STATES))
    meanings: Mapping[str, str] = field(default_factory=lambda: _fixed(_MEANINGS))


ENGLISH_PANES = PaneStrings()
