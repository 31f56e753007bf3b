"""The page: Gradio's layout, and the wires between its parts and ``ui.actions``.

Three panes: conversations and sources; the chat; evidence, map, quality and settings. What a
learner presses in our own HTML is told by the page's script (assets/page.js) to one component, the
bridge; what the script is to do comes back through it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count
from pathlib import Path
from typing import Any, get_args

import gradio as gr

from tutor.answer import Tutor
from tutor.levels import Level
from tutor.settings import Settings
from ui import looking, models
from ui.actions import Actions, Changes, Tab
from ui.asking.chat import Chat
from ui.asking.desk import Desk
from ui.panes.strings import ENGLISH, Strings
from ui.panes.views import Views
from ui.serving.learners import owner_of
from ui.serving.rights import Rights
from ui.sources.changing import Allowed, Changing
from ui.text.escape import escaped

ASSETS = Path(__file__).parent / "assets"
# As ui.panes.answers writes formulas.
_FORMULAS: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]
# Runs where the bridge is made, and when Python changes it.
_BRIDGE = """
const told = () => window.metromap && window.metromap.effect(props.value);
window.metromapTell = (data) => trigger('click', data);
watch('value', told);
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that change, by the names that ``Changes`` has for them."""

    conversation: gr.State
    editing: gr.State
    judged: gr.State
    log: gr.Markdown
    now: gr.Markdown
    evidence: gr.Markdown
    listing: gr.HTML
    map: gr.HTML
    card: gr.HTML
    bridge: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    edited: gr.HTML
    form: gr.Column
    form_title: gr.HTML
    sources: gr.HTML
    steps: gr.HTML

    @property
    def all(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class Wishes:
    """The components that say how a learner wants to be answered, in the order of ``Tab``."""

    where: gr.Dropdown
    level: gr.Radio
    hints: gr.Checkbox
    passages: gr.Slider
    search: gr.Textbox

    @property
    def all(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]


def make_page(
    tutor: Tutor,
    desk: Desk,
    settings: Settings,
    allowed: Allowed = lambda _: Rights(),
    strings: Strings = ENGLISH,
) -> gr.Blocks:
    """The page of a tutor that the desk owns; its parts are read here, in the caller's thread.

    Args:
        allowed: who may change what there is to search.
    """
    views = Views(settings, tutor.index, strings)
    chat = Chat(desk, views.log, settings)
    changing = Changing(settings, tutor.index, desk, allowed, strings.pane_strings)
    page = gr.Blocks(
        title=strings.title, fill_height=True, fill_width=True, analytics_enabled=False
    )
    with page:
        parts, wishes, form = _layout(views, settings, strings)
        actions = Actions(chat, views, desk, settings, changing)
        _wire(page, parts, wishes, form, actions, chat, views)
        _wire_panes(parts, form, changing)
    # Gradio takes these where the page is mounted (ui.serving.server).
    sheets = ("reading.css", "metro.css", "panes.css", "page.css")
    page.__dict__.update(
        theme=_theme(),
        css="\n".join((ASSETS / name).read_text(encoding="utf-8") for name in sheets),
        head=f"<script>{(ASSETS / 'page.js').read_text(encoding='utf-8')}</script>",
    )
    return page


def _theme() -> gr.themes.Base:
    """Fonts of the system: nothing is fetched."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="slate", font=sans, font_mono=["ui-monospace", "monospace"]
    )


def _layout(
    views: Views, settings: Settings, strings: Strings
) -> tuple[Parts, Wishes, dict[str, Any]]:
    gr.HTML(_header(strings), elem_id="top")
    conversation, editing, judged = gr.State(""), gr.State(0), gr.State("")
    bridge = gr.HTML("", html_template="", js_on_load=_BRIDGE, elem_id="bridge")
    with gr.Row(elem_id="panes", equal_height=False):
        with gr.Column(elem_id="pane-left", scale=0, min_width=280):
            left = _left(settings, strings)
        with gr.Column(elem_id="pane-chat", scale=1, min_width=320):
            middle = _middle(views, strings)
        with gr.Column(elem_id="pane-right", scale=0, min_width=380):
            right = _right(views, settings, strings)
    parts = Parts(
        conversation, editing, judged, middle["log"], middle["now"], right["evidence"],
        left["listing"], right["map"], right["card"], bridge, middle["question"], middle["send"],
        middle["stop"], middle["edited"], middle["form"], middle["form_title"], left["sources"],
        left["steps"],
    )  # fmt: skip
    wishes = Wishes(
        middle["where"], right["level"], right["hints"], right["passages"], left["search"]
    )
    return parts, wishes, {**left, **middle, **right}


def _header(strings: Strings) -> str:
    tabs = "".join(
        f'<button type="button" data-pane="{name}">{escaped(label)}</button>'
        for name, label in (
            ("left", strings.conversations),
            ("chat", strings.chat),
            ("right", strings.evidence),
        )
    )
    return (
        f'<a class="skip" href="#question">{escaped(strings.to_question)}</a>'
        f"<h1>{escaped(strings.title)}</h1><p>{escaped(strings.claim)}</p>"
        f'<nav class="tabs" aria-label="{escaped(strings.panes)}">{tabs}</nav>'
    )


def _left(settings: Settings, strings: Strings) -> dict[str, Any]:
    with gr.Tabs(elem_id="left-tabs"):
        with gr.Tab(strings.conversations, id="conversations"):
            new = escaped(strings.new)
            gr.HTML(f'<button type="button" class="wide" data-do="new">{new}</button>')
            search = gr.Textbox(
                label=strings.search, placeholder=strings.search, show_label=False,
                elem_id="search", max_length=200,
            )  # fmt: skip
            listing = gr.HTML("", elem_id="list")
        with gr.Tab(strings.sources, id="sources") as tab:
            upload = gr.File(
                label=strings.add_files, file_count="multiple", elem_id="upload",
                height=110,
            )  # fmt: skip
            steps = gr.HTML("", elem_id="steps")
            sources = gr.HTML("", elem_id="sources-pane")
    return {
        "search": search, "listing": listing, "sources_tab": tab, "upload": upload, "steps": steps,
        "sources": sources,
    }  # fmt: skip


def _middle(views: Views, strings: Strings) -> dict[str, Any]:
    with gr.Column(elem_id="scroll"):
        log = _markdown(views.empty(), "log")
        now = _markdown("", "now")
    # A column: a group would have its id twice.
    with gr.Column(visible=False, elem_id="feedback") as form:
        title = gr.HTML("")
        reason = gr.Radio(
            [(label, value) for value, label in strings.reasons.items()], show_label=False,
            label=strings.unhelpful, elem_id="reason",
        )  # fmt: skip
        note = gr.Textbox(label=strings.note, max_length=2000, lines=2, elem_id="note")
        with gr.Row():
            give = gr.Button(strings.give, variant="primary", elem_id="give")
            dismiss = gr.Button(strings.dismiss, elem_id="dismiss")
    edited = gr.HTML("", elem_id="edited")
    with gr.Row(elem_id="compose"):
        question = gr.Textbox(
            label=strings.question, placeholder=strings.question_hint, show_label=False, lines=1,
            max_lines=8, autofocus=True, elem_id="question", scale=1, max_length=4000,
        )  # fmt: skip
        send = gr.Button(strings.send, variant="primary", elem_id="send", scale=0, min_width=90)
        stop = gr.Button(
            strings.stop, variant="stop", visible=False, elem_id="stop", scale=0, min_width=90
        )
    where = gr.Dropdown(
        looking.choices(views.catalogue, strings), value="all", label=strings.where,
        elem_id="where", filterable=False,
    )  # fmt: skip
    return {
        "log": log, "now": now, "form": form, "form_title": title, "reason": reason, "note": note,
        "give": give, "dismiss": dismiss, "edited": edited, "question": question, "send": send,
        "stop": stop, "where": where,
    }  # fmt: skip


def _markdown(value: str, name: str) -> gr.Markdown:
    return gr.Markdown(value, latex_delimiters=_FORMULAS, sanitize_html=True, elem_id=name)


def _right(views: Views, settings: Settings, strings: Strings) -> dict[str, Any]:
    # The map is a better beginning than a pane without evidence.
    with gr.Tabs(elem_id="right-tabs", selected="map"):
        with gr.Tab(strings.evidence, id="evidence"):
            evidence = _markdown(views.no_evidence(), "evidence")
        with gr.Tab(strings.map, id="map"):
            enlarge = f'<button type="button" data-do="enlarge">{escaped(strings.enlarge)}</button>'
            gr.HTML(f'<p class="hint">{escaped(strings.map_hint)}</p>{enlarge}')
            card = gr.HTML("", elem_id="card")
            drawn = gr.HTML(views.map("", ""), elem_id="map")
        with gr.Tab(strings.quality, id="quality") as quality_tab:
            figures = gr.HTML("", elem_id="quality-pane")
        with gr.Tab(strings.settings, id="settings"):
            told = {"beginner": strings.beginner, "practitioner": strings.practitioner}
            told["expert"] = strings.expert
            level = gr.Radio(
                [(told[one], one) for one in get_args(Level)], value=settings.level,
                label=strings.level, elem_id="level",
            )  # fmt: skip
            hints = gr.Checkbox(
                settings.socratic, label=strings.hints, info=strings.hints_info, elem_id="hints"
            )
            passages = gr.Slider(
                1, 50, settings.passages, step=1, label=strings.passages, elem_id="passages"
            )
            model = gr.Dropdown(
                models.names(settings), value=settings.model, label=strings.model,
                info=strings.model_info, elem_id="model", filterable=False,
            )  # fmt: skip
            gr.HTML(_looks(strings), elem_id="looks")
    return {
        "evidence": evidence, "map": drawn, "card": card, "level": level, "hints": hints,
        "passages": passages, "model": model, "quality_tab": quality_tab, "figures": figures,
    }  # fmt: skip


def _looks(strings: Strings) -> str:
    """Colours and text size: the script's, kept by the browser."""
    themes = (
        ("system", strings.theme_system), ("light", strings.theme_light),
        ("dark", strings.theme_dark),
    )  # fmt: skip
    sizes = (
        ("90", strings.size_small), ("100", strings.size_normal), ("120", strings.size_large),
        ("150", strings.size_larger),
    )  # fmt: skip
    return _choice("theme", strings.theme, themes) + _choice("size", strings.text_size, sizes)


def _choice(name: str, label: str, options: tuple[tuple[str, str], ...]) -> str:
    radios = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"> {escaped(told)}</label>'
        for value, told in options
    )
    return f'<fieldset class="choice"><legend>{escaped(label)}</legend>{radios}</fieldset>'


def _wire(
    page: gr.Blocks,
    parts: Parts,
    wishes: Wishes,
    form: dict[str, Any],
    actions: Actions,
    chat: Chat,
    views: Views,
) -> None:
    show = _Showing(parts, views.strings)
    state = [parts.conversation, parts.editing, parts.judged, *wishes.all]

    # Gradio gives each its request and event by their annotations, and streams generators.
    def load(request: gr.Request) -> Any:
        tab = Tab(owner_of(request), str(request.session_hash))
        return show.last(actions.arrive(tab, str(request.query_params.get("c", ""))))

    def asked(request: gr.Request, question: str, *values: Any) -> Iterator[Any]:
        yield from show(actions.act(_tab(request, values), "ask", question))

    def acted(event: gr.EventData, request: gr.Request, *values: Any) -> Iterator[Any]:
        told = event._data or {}
        what, value = str(told.get("do", "")), str(told.get("value", ""))
        yield from show(actions.act(_tab(request, values), what, value))

    def given(
        request: gr.Request, reason: str | None, note: str | None, *values: Any
    ) -> Iterator[Any]:
        judged = str(values[_JUDGED])
        yield from show(actions.give(_tab(request, values), judged, reason or "", note or ""))

    def modelled(request: gr.Request, name: str) -> str:
        return show.effect(actions.use_model(owner_of(request), name))

    def searched(request: gr.Request, *values: Any) -> str:
        return actions.listing(_tab(request, values))

    def stopped(request: gr.Request) -> None:
        chat.stop(str(request.session_hash))

    page.load(load, None, parts.all, **_QUIET)
    gr.on(
        [parts.question.submit, parts.send.click], asked, [parts.question, *state], parts.all,
        **_QUIET,
    )  # fmt: skip
    parts.bridge.click(acted, state, parts.all, **_QUIET)
    parts.stop.click(stopped, None, None, **_QUIET)
    form["model"].input(modelled, form["model"], parts.bridge, **_QUIET)
    wishes.search.change(searched, state, parts.listing, **_QUIET)
    form["give"].click(given, [form["reason"], form["note"], *state], parts.all, **_QUIET)
    form["dismiss"].click(
        lambda: ("", gr.update(visible=False)), None, [parts.judged, parts.form], **_QUIET
    )


def _wire_panes(parts: Parts, form: dict[str, Any], changing: Changing) -> None:
    """The panes "Sources" and "Quality": filled when they are opened."""

    def shown(request: gr.Request) -> tuple[str, Any]:
        user = request.username
        return changing.pane(user), gr.update(visible=changing.allowed(user).change)

    def added(request: gr.Request, files: list[str] | None) -> Iterator[Any]:
        given = [(Path(file), Path(file).name) for file in files or []]
        for changes in changing.add(given, request.username):
            yield [changes.get(name, gr.skip()) for name in ("steps", "sources")] + [gr.skip()]
        yield gr.skip(), gr.skip(), None

    upload = form["upload"]
    form["sources_tab"].select(shown, None, [parts.sources, upload], **_QUIET)
    upload.upload(added, upload, [parts.steps, parts.sources, upload], **_QUIET)
    form["quality_tab"].select(changing.figures, None, form["figures"], **_QUIET)


_JUDGED = 2
_QUIET: dict[str, Any] = {
    "show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None,
    "trigger_mode": "multiple",
}  # fmt: skip


def _tab(request: gr.Request, values: Sequence[Any]) -> Tab:
    """The tab of a request; its values are client-made, so each is taken for what it should be."""
    conversation, editing, _, where, level, hints, passages, search = values
    return Tab(
        owner=owner_of(request),
        session=str(request.session_hash),
        conversation=str(conversation or ""),
        editing=int(editing or 0),
        where=str(where or "all"),
        level=level if level in get_args(Level) else "practitioner",
        hints=bool(hints),
        passages=min(50, max(1, int(passages or 1))),
        search=str(search or ""),
    )


class _Showing:
    """Turns changes into updates of all the parts."""

    def __init__(self, parts: Parts, strings: Strings) -> None:
        self._names = [field.name for field in fields(parts)]
        self._strings = strings
        self._effects = count(1)

    def __call__(self, stream: Iterator[Changes]) -> Iterator[Any]:
        for changes in stream:
            yield self._updates(changes)

    def effect(self, told: Mapping[str, Any]) -> str:
        """What the script is to do; numbered, for the same twice is two."""
        return json.dumps({"number": next(self._effects), **told}, ensure_ascii=False)

    def last(self, stream: Iterator[Changes]) -> Any:
        """The updates of a stream of one."""
        *_, changes = stream
        return self._updates(changes)

    def _updates(self, changes: Changes) -> list[Any]:
        made = dict(self._made(changes))
        return [made.get(name, gr.skip()) for name in self._names]

    def _made(self, changes: Changes) -> Iterator[tuple[str, Any]]:
        for name, value in changes.items():
            if name == "effect":
                yield "bridge", self.effect(value)
            elif name == "running":
                yield "send", gr.update(visible=not value)
                yield "stop", gr.update(visible=value)
            elif name == "editing":
                yield "editing", value
                yield "edited", self._edited(value)
            elif name == "judged":
                yield "judged", value
                yield "form", gr.update(visible=bool(value))
                number = value.rpartition("-")[2]
                told = escaped(self._strings.feedback.format(number=number))
                yield "form_title", f"<h2>{told}</h2>" if value else ""
            else:
                yield name, value

    def _edited(self, number: int) -> str:
        if not number:
            return ""
        told = escaped(self._strings.editing.format(number=number))
        keep = escaped(self._strings.keep)
        return f'<p>{told} <button type="button" data-do="keep">{keep}</button></p>'
