"""The pane "Sources" as HTML: what is indexed, own documents, and the references.

Buttons name what they do: ``data-do="source-remove"`` and ``"source-fetch"`` with a key, or
"station 7", as ``data-value``; ``"source-index"`` without. ``ui.sources.uploads`` does it.
``data-confirm`` is what to ask before.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings
from ui.serving.rights import Rights
from ui.sources.sources_state import Cited, Own, SourcesState, sources
from ui.text.escape import attribute, escaped
from ui.text.safe import inline, link, one_line
from ui.text.tables import table

__all__ = ["SourcesState", "pane", "size", "sources"]

_REASON = 300
_DAY = len("2026-01-31")


def pane(
    state: SourcesState, strings: PaneStrings = ENGLISH_PANES, rights: Rights | None = None
) -> str:
    """The pane.

    Args:
        rights: of who sees it; all by default. A button without its right is not shown, and
            ``ui.sources.uploads`` refuses what it would do.
    """
    rights = rights or Rights()
    return (
        f'<div class="sources">{_counts(state, strings)}{_mine(state, rights, strings)}'
        f"{_references(state, rights, strings)}</div>"
    )


def size(number: int) -> str:
    """A number of bytes for people: "640 B", "12 kB", "4 MB", "1.5 MB"."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if number >= unit:
            return f"{number / unit:.1f}".removesuffix(".0") + f"\u00a0{name}"
    return f"{number}\u00a0B"


def _counts(state: SourcesState, strings: PaneStrings) -> str:
    labels = {
        "curriculum": strings.curriculum.format(topics=state.topics),
        "card": strings.cards,
        "reference": strings.fetched_references,
        "mine": strings.mine,
    }
    rows = [
        (escaped(labels[kind]), str(count.texts), str(count.passages))
        for kind, count in state.counts.items()
    ]
    heads = (strings.source, strings.texts, strings.passages)
    return table(strings.counts, heads, rows, "counts")


# Own documents


def _mine(state: SourcesState, rights: Rights, strings: PaneStrings) -> str:
    told = strings.shared if rights.change else f"{strings.shared} {rights.why_not_change}"
    limits = f"<p>{escaped(_limits(state, strings))}</p>" if rights.change else ""
    items = "".join(_own(one, rights, strings) for one in state.mine)
    listed = f'<ul class="own">{items}</ul>' if items else f"<p>{escaped(strings.none)}</p>"
    return (
        f'<section class="mine"><h3>{escaped(strings.mine)}</h3><p>{escaped(told)}</p>{limits}'
        f"{listed}{_index_now(state, rights, strings)}</section>"
    )


def _limits(state: SourcesState, strings: PaneStrings) -> str:
    limits = state.limits
    return strings.limits.format(
        formats=", ".join(strings.formats.get(name, name) for name in limits.formats),
        files=limits.files,
        size=size(limits.size),
        read=size(limits.read),
        seconds=f"{limits.seconds:g}",
    )


def _own(one: Own, rights: Rights, strings: PaneStrings) -> str:
    told = (
        strings.formats.get(one.kind, one.kind),
        size(one.size),
        strings.of_passages.format(count=one.passages),
        strings.added.format(day=one.added[:_DAY]) if one.added else "",
    )
    button = ""
    if rights.change:
        sure = strings.sure.format(name=one_line(one.name))
        named = f"{strings.remove}: {one_line(one.name)}"
        button = _button("source-remove", one.key, strings.remove, named, sure)
    return (
        f"<li><strong>{inline(one.name)}</strong> {_state(one, strings)}"
        f'<span class="told">{inline(" · ".join(filter(None, told)))}</span>{button}</li>'
    )


def _state(one: Own | Cited, strings: PaneStrings) -> str:
    """In words, with the reason where there is one."""
    reason = f": {inline(one.reason, _REASON)}" if one.reason else ""
    name = f"state-{one.state.replace(' ', '-')}"
    return f'<span class="state {name}">{escaped(strings.states[one.state])}{reason}</span>'


def _index_now(state: SourcesState, rights: Rights, strings: PaneStrings) -> str:
    if not rights.change or not state.behind:
        return ""
    return f"<p>{_button('source-index', '', strings.index_now)}</p>"


def _button(do: str, value: str, label: str, named: str = "", confirm: str = "") -> str:
    """A button; ``named`` is its label for those who do not see where it stands."""
    aria = f' aria-label="{attribute(named)}"' if named else ""
    ask = f' data-confirm="{attribute(confirm)}"' if confirm else ""
    return (
        f'<button type="button" data-do="{do}" data-value="{attribute(value)}"{aria}{ask}>'
        f"{escaped(label)}</button>"
    )


# References


def _references(state: SourcesState, rights: Rights, strings: PaneStrings) -> str:
    fetched = state.number_of("indexed") + state.number_of("waiting")
    summary = strings.references.format(
        cited=len(state.references),
        fetched=fetched,
        failed=state.number_of("failed"),
        left=state.number_of("not fetched"),
    )
    told = strings.fetch_about if rights.fetch else rights.why_not_fetch
    groups = "".join(
        _group(
            number, [r for r in state.references if r.stations[:1] == of], state, rights, strings
        )
        for number, of in [*((n, (n,)) for n in sorted(state.stations)), (None, ())]
    )
    return (
        f'<details class="references"><summary>{escaped(summary)}</summary>'
        f"<p>{escaped(told)}</p>{groups}</details>"
    )


def _group(
    number: int | None,
    cited: Sequence[Cited],
    state: SourcesState,
    rights: Rights,
    strings: PaneStrings,
) -> str:
    """Those that a station cites first."""
    if not cited:
        return ""
    title = strings.of_no_station
    if number is not None:
        title = strings.of_station.format(number=number, title=one_line(state.stations[number]))
    fetched = sum(one.state in ("indexed", "waiting") for one in cited)
    count = strings.count.format(count=len(cited), fetched=fetched)
    left = sum(one.state == "not fetched" for one in cited)
    every = ""
    if rights.fetch and left > 1 and number is not None:
        label = strings.fetch_all.format(count=left)
        every = f"<p>{_button('source-fetch', f'station {number}', label)}</p>"
    items = "".join(f"<li>{_reference(one, rights, strings)}</li>" for one in cited)
    return (
        f"<details><summary>{escaped(title)} ({escaped(count)})</summary>"
        f"{every}<ul>{items}</ul></details>"
    )


def _reference(one: Cited, rights: Rights, strings: PaneStrings) -> str:
    others = ", ".join(map(str, one.stations[1:]))
    also = f", {escaped(strings.also_at.format(stations=others))}" if others else ""
    button = ""
    if rights.fetch and one.state in ("not fetched", "failed"):
        label = strings.fetch if one.state == "not fetched" else strings.fetch_again
        named = f"{label}: {one_line(one.title)}"
        button = " " + _button("source-fetch", one.key, label, named)
    return f"{link(one.url, one.title)} ({inline(one.kind)}{also}), {_state(one, strings)}{button}"
