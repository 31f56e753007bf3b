"""The list of a learner's conversations as HTML, and their export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus.errors import UsageError
from tutor.log import Conversation, ConversationLog
from tutor.transcript import as_json, as_markdown
from ui.panes.strings import Strings
from ui.text.escape import attribute, escaped
from ui.text.safe import inline, one_line

# So many are listed; the search finds the others.
_LISTED = 100


def listing(log: ConversationLog, owner: str, current: str, search: str, strings: Strings) -> str:
    """The latest conversations, newest first, each with what can be done with it."""
    found = log.conversations(_LISTED, owner=owner, search=search.strip())
    if not found:
        return f'<p class="none">{escaped(strings.none_found if search else strings.none)}</p>'
    items = "".join(_item(one, current, strings) for one in found)
    return f'<ul class="conversations">{items}</ul>'


def _item(one: Conversation, current: str, strings: Strings) -> str:
    title = one_line(one.title)
    here = ' aria-current="true"' if one.id == current else ""
    day = datetime.fromtimestamp(one.started).strftime("%d %b %Y")
    count = strings.one_turn if one.turns == 1 else strings.turns.format(count=one.turns)
    told = f"{day} · {count}"
    ask = {
        "rename": f' data-prompt="{attribute(strings.new_name)}" data-title="{attribute(title)}"',
        "delete": f' data-confirm="{attribute(strings.sure)}"',
    }
    acts = "".join(
        f'<button type="button" data-do="{what}" data-value="{attribute(one.id)}"'
        f"{ask.get(what, '')}>{escaped(label)}</button>"
        for what, label in (
            ("rename", strings.rename),
            ("export-markdown", strings.export_markdown),
            ("export-json", strings.export_json),
            ("delete", strings.delete),
        )
    )
    more = attribute(strings.more.format(title=title))
    return (
        f'<li><button type="button" class="open" data-do="open" data-value="{attribute(one.id)}"'
        f'{here}><span class="title">{inline(title)}</span>'
        f'<span class="told">{escaped(told)}</span></button>'
        f'<details><summary aria-label="{more}">⋯</summary>'
        f'<div class="acts">{acts}</div></details></li>'
    )


@dataclass(frozen=True, slots=True)
class Export:
    """A file to save."""

    name: str
    kind: str
    text: str


def export(log: ConversationLog, owner: str, conversation: str, form: str) -> Export:
    """A conversation with its sources.

    Args:
        form: "markdown" or "json".

    Raises:
        UsageError: it is not there.
    """
    found = log.conversation(conversation, owner)
    if found is None:
        raise UsageError("that conversation is not there any more")
    turns = log.turns(conversation, owner)
    if form == "json":
        told = as_json(found.title, turns)
        return Export(f"conversation-{conversation}.json", "application/json", told)
    return Export(
        f"conversation-{conversation}.md", "text/markdown", as_markdown(found.title, turns)
    )
