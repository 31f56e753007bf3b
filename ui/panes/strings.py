"""Every text of the page, in one place: another language is another ``Strings``."""

from __future__ import annotations

from dataclasses import dataclass, field

from ui.metro import ENGLISH as ENGLISH_MAP
from ui.metro import MapStrings
from ui.panes.answer_strings import ENGLISH_ANSWERS, AnswerStrings
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings


@dataclass(frozen=True, slots=True)
class Strings:
    """Texts of the page; ``{…}`` are filled in.

    Attributes:
        answers, map_strings, pane_strings: of messages and evidence, of the map, and of the panes
            "Sources" and "Quality".
    """

    title: str = "Metromap Tutor"
    claim: str = "Answers from the curriculum, with the passage behind every sentence."
    to_question: str = "Go to the question"
    # Panes, and their tabs on a phone.
    conversations: str = "Conversations"
    sources: str = "Sources"
    chat: str = "Chat"
    evidence: str = "Evidence"
    map: str = "Map"
    settings: str = "Settings"
    quality: str = "Quality"
    panes: str = "Panes"
    # The question.
    question: str = "Your question"
    question_hint: str = "Ask about generative AI"
    send: str = "Ask"
    stop: str = "Stop"
    editing: str = "You are editing question {number}; what follows it will be answered anew."
    keep: str = "Keep it as it was"
    # Messages.
    you: str = "You asked"
    tutor: str = "The tutor answers"
    retry: str = "Answer again"
    edit: str = "Edit question"
    copy: str = "Copy answer"
    copied: str = "Copied"
    helpful: str = "Helpful"
    unhelpful: str = "Not helpful"
    next: str = "Ask next"
    nearest: str = "The nearest stations"
    stopped: str = "You stopped the answer here."
    empty_title: str = "What would you like to understand?"
    empty_text: str = (
        "Every sentence of an answer is a checked quotation, or words that the check found "
        "supported. Its number opens the passage. What the curriculum does not answer is declined."
    )
    first: tuple[str, ...] = (
        "What is LoRA?",
        "How do LoRA and QLoRA differ?",
        "What should I know before fine-tuning?",
        "Why do language models hallucinate?",
        "Which book teaches the maths?",
        "Show me code for a RAG pipeline",
    )
    examples: str = "Questions by station"
    # While waiting.
    place: str = "{number} before you in line"
    place_next: str = "You are next"
    searching: str = "Searching"
    found: str = "{count} passages found"
    reading: str = "Reading {detail}"
    writing: str = "Writing and checking"
    checked: str = "{count} sentences checked"
    seconds: str = "{seconds} s"
    answered_in: str = "{kind}, answered in {seconds} s by {model}"
    # Conversations.
    new: str = "New conversation"
    search: str = "Search conversations"
    none: str = "No conversations yet."
    none_found: str = "No conversation holds that."
    rename: str = "Rename"
    delete: str = "Delete"
    export_markdown: str = "Export as Markdown"
    export_json: str = "Export as JSON"
    more: str = "Rename, export, delete: {title}"
    new_name: str = "New name"
    sure: str = "Delete this conversation with its evidence?"
    one_turn: str = "1 question"
    turns: str = "{count} questions"
    gone: str = "That conversation is not there any more."
    no_evidence: str = "The passages behind an answer appear here, opened at the words it quotes."
    # Own documents.
    add_files: str = "Add your own documents"
    # Where to look.
    where: str = "Look in"
    everywhere: str = "Everything"
    curriculum: str = "The curriculum"
    references: str = "The references"
    mine: str = "My documents"
    line: str = "{line} line"
    station: str = "Station {number}: {title}"
    # Settings.
    level: str = "Explain for"
    beginner: str = "a beginner"
    practitioner: str = "a practitioner"
    expert: str = "an expert"
    hints: str = "Hints instead of answers"
    hints_info: str = "A leading question and the passage to read."
    passages: str = "Passages to answer with"
    model: str = "Language model"
    model_info: str = "For everybody on this server, from the next question on."
    model_used: str = "{name} answers from now on."
    theme: str = "Colours"
    theme_system: str = "as the system"
    theme_light: str = "light"
    theme_dark: str = "dark"
    text_size: str = "Text size"
    size_small: str = "small"
    size_normal: str = "normal"
    size_large: str = "large"
    size_larger: str = "larger"
    # Feedback.
    feedback: str = "What was wrong with answer {number}?"
    reasons: dict[str, str] = field(
        default_factory=lambda: {
            "wrong": "It is wrong",
            "not-supported": "The passage does not say that",
            "incomplete": "Something is missing",
            "unclear": "It is unclear",
            "should-have-declined": "It should have declined",
            "other": "Something else",
        }
    )
    note: str = "Note (not needed)"
    give: str = "Send feedback"
    dismiss: str = "Not now"
    thanks: str = "Thank you; it is kept with the question, the answer and its evidence."
    # The map.
    map_hint: str = "Choose a station to see what it teaches; answers light up what they cite."
    enlarge: str = "Show the map large"
    close: str = "Close"
    # Faults.
    fault: str = "That did not work: {fault}."
    answers: AnswerStrings = ENGLISH_ANSWERS
    map_strings: MapStrings = ENGLISH_MAP
    pane_strings: PaneStrings = ENGLISH_PANES


ENGLISH = Strings()
