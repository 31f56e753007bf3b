"""Turns of a conversation as HTML for the page's log: question, answer, and what to do with it.

What can be done is a link ``#do-<what>-<answer id>``, which the page's script hands to Python:
gradio's Markdown keeps no other attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from index.search import Catalogue
from tutor.feedback import Feedback
from tutor.log import LoggedTurn, answer_from_json
from tutor.records import Answer, Retrieved, Stage
from ui.asking.chat import Progress
from ui.asking.desk import Place
from ui.panes.answers import Said, SoFar, message
from ui.panes.strings import Strings
from ui.panes.suggestions import follow_ups, nearest_options
from ui.text.escape import attribute, escaped
from ui.text.safe import inline, text


def logged(
    conversation: str,
    turns: Sequence[LoggedTurn],
    given: Mapping[int, Feedback],
    catalogue: Catalogue,
    strings: Strings,
) -> str:
    """A conversation as the log has it; what to ask next stands under its last answer."""
    asked = [turn.question for turn in turns]
    last = len(turns)
    return "\n\n".join(
        turn_of(
            answer_from_json(turn.answer),
            f"{conversation}-{turn.number}",
            strings,
            given.get(turn.number),
            next_questions(answer_from_json(turn.answer), catalogue, asked, strings)
            if number == last
            else (),
        )
        for number, turn in enumerate(turns, 1)
    )


def turn_of(
    answer: Answer,
    answer_id: str,
    strings: Strings,
    given: Feedback | None = None,
    following: Sequence[tuple[str, str]] = (),
    note: str = "",
) -> str:
    """One turn, with its buttons.

    Args:
        following: (label, question) of what to ask next.
        note: said under the answer, a line.
    """
    parts = [
        _question(answer.question, answer_id, strings),
        _answer(answer, answer_id, strings),
        f'<p class="note">{escaped(note)}</p>' if note else "",
        _told(answer, strings),
        _acts(answer_id, given, strings),
        _following(answer, answer_id, following, strings),
    ]
    return _article("\n\n".join(part for part in parts if part), answer_id)


def under_way(progress: Progress, strings: Strings) -> str:
    """A turn that is being answered."""
    parts = [
        _question(progress.asking.question, progress.answer_id, strings),
        _answer(progress.said, progress.answer_id, strings),
        _stages(progress, strings),
    ]
    return _article("\n\n".join(part for part in parts if part), progress.answer_id)


def failed(progress: Progress, strings: Strings) -> str:
    """A turn that came to nothing, and why."""
    fault = strings.fault.format(fault=progress.fault.rstrip("."))
    told = f'<p class="failed" role="alert">{escaped(fault)}</p>'
    question = _question(progress.asking.question, progress.answer_id, strings)
    return _article(f"{question}\n\n{told}", progress.answer_id)


def next_questions(
    answer: Answer, catalogue: Catalogue, asked: Sequence[str], strings: Strings
) -> list[tuple[str, str]]:
    """What to ask next: (label, question)."""
    nearest = [(o.label, o.question) for o in nearest_options(answer, strings.answers)]
    after = [(q, q) for q in follow_ups(answer, catalogue, asked, strings.answers)]
    return nearest or after


def _article(body: str, answer_id: str) -> str:
    return f'<article class="turn" id="turn-{attribute(answer_id)}">\n\n{body}\n\n</article>'


def _question(question: str, answer_id: str, strings: Strings) -> str:
    shown = text(question).replace("\n", "<br>")
    return (
        f'<div class="asked" id="asked-{attribute(answer_id)}">'
        f'<h2 class="unseen">{escaped(strings.you)}</h2><div class="words">{shown}</div></div>'
    )


def _answer(said: Said, answer_id: str, strings: Strings) -> str:
    body = message(said, answer_id, strings.answers)
    heading = f'<h2 class="unseen">{escaped(strings.tutor)}</h2>'
    return f'<div class="answer">{heading}\n\n{body}\n\n</div>' if body else ""


def _told(answer: Answer, strings: Strings) -> str:
    """Kind, seconds and model of an answer."""
    if answer.status != "answered" or not answer.timings_ms:
        return ""
    told = strings.answered_in.format(
        kind=answer.kind, seconds=_seconds(answer.timings_ms.get("total", 0.0)), model=answer.model
    )
    return f'<p class="told">{escaped(told)}</p>'


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f}"


def _acts(answer_id: str, given: Feedback | None, strings: Strings) -> str:
    verdict = given.verdict if given else None
    acts = (
        ("copy", strings.copy, False),
        ("retry", strings.retry, False),
        ("edit", strings.edit, False),
        ("up", strings.helpful, verdict == "up"),
        ("down", strings.unhelpful, verdict == "down"),
    )
    links = " ".join(
        f'<a class="act {what}{" given" if chosen else ""}" role="button" '
        f'href="#do-{what}-{attribute(answer_id)}">{escaped(label)}{" ✓" if chosen else ""}</a>'
        for what, label, chosen in acts
    )
    return f'<p class="acts">{links}</p>'


def _following(
    answer: Answer, answer_id: str, following: Sequence[tuple[str, str]], strings: Strings
) -> str:
    """Buttons; each carries its question in its title."""
    if not following:
        return ""
    heading = strings.nearest if answer.nearest else strings.next
    links = " ".join(
        f'<a class="ask" role="button" href="#ask-{attribute(answer_id)}-{n}" '
        f'title="{attribute(question)}">{inline(label)}</a>'
        for n, (label, question) in enumerate(following, 1)
    )
    return f'<p class="following"><span class="heading">{escaped(heading)}</span> {links}</p>'


def _stages(progress: Progress, strings: Strings) -> str:
    """What has been done so far, with its times; the last line is what is being done."""
    lines = list(_lines(progress, strings))
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<ol class="stages">{items}</ol>' if items else ""


def _lines(progress: Progress, strings: Strings) -> Iterator[str]:
    for event, seconds in progress.stages:
        time = f'<span class="time">{escaped(strings.seconds.format(seconds=f"{seconds:.1f}"))}'
        yield f"{escaped(_stage(event, strings))} {time}</span>"
    if isinstance(progress.said, SoFar) and progress.said.spoken:
        yield escaped(strings.checked.format(count=len(progress.said.spoken)))


def _stage(event: Stage | Retrieved | Place, strings: Strings) -> str:
    if isinstance(event, Place):
        before = event.number - 1
        return strings.place.format(number=before) if before else strings.place_next
    if isinstance(event, Retrieved):
        return strings.found.format(count=len(event.hits))
    if event.name == "reading":
        return strings.reading.format(detail=event.detail)
    return strings.searching if event.name == "searching" else strings.writing
