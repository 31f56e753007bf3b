"""Hostile texts put wherever a text of strangers is shown."""

from __future__ import annotations

from tests.ui.hostile import HOSTILE
from tutor.log import ConversationLog
from tutor.records import Answer, Citation, Nearest, Sentence

# Elements that none of our panes has, whatever is put into it. What sets a formula brings its own.
FORBIDDEN = (
    "script, iframe, object, embed, form, style, base, meta, link, img, video, audio, source, "
    "svg:not(.katex svg), math:not(.katex math), textarea, select, template, noscript, marquee, "
    "animate, foreignObject"
)
# The panes that hold texts of strangers.
PANES = ("#log", "#now", "#evidence", "#list")

INSPECT = """([panes, forbidden]) => {
  const found = [];
  const addresses = /^(href|src|action|formaction|xlink:href|data|srcdoc)$/i;
  const judge = (one, {name, value}) => {
    if (/^on/i.test(name)) return 'handler';
    if (addresses.test(name) && !/^(https?:\\/\\/|mailto:|#)/.test(value)) return 'address';
    if (name === 'href' && /^https?:/.test(value) && !/noopener/.test(one.rel)) return 'opener';
    // KaTeX places its signs, and Gradio its sign of progress.
    const theirs = one.closest('.katex, [data-testid=status-tracker]');
    if (name === 'style' && /url\\(|expression|position/i.test(value) && !theirs) return 'style';
  };
  for (const pane of panes) for (const one of document.querySelectorAll(`${pane} *`)) {
    const told = one.outerHTML.slice(0, 120);
    if (one.matches(forbidden)) found.push(`element ${told}`);
    for (const attribute of one.attributes) {
      const fault = judge(one, attribute);
      if (fault) found.push(`${fault} ${attribute.value}: ${told}`);
    }
  }
  return found;
}"""

# Everything that would start a handler, on every element of the panes; and what bids to be clicked.
PROVOKE = """(panes) => {
  const events = ['mouseover', 'mouseenter', 'focus', 'error', 'load', 'toggle', 'animationstart'];
  for (const pane of panes) for (const one of document.querySelectorAll(`${pane} *`)) {
    for (const kind of events) one.dispatchEvent(new Event(kind));
    const href = one.getAttribute('href') || '';
    const bids = one.matches('a') && /click/i.test(one.textContent);
    if (bids && !/^(https?:|#)/.test(href)) one.click();
    if (one.matches('details')) one.open = true;
  }
}"""


def plant(log: ConversationLog, owner: str, document: str) -> list[str]:
    """Conversations of eight turns, in which every text but the document's is hostile.

    Args:
        document: id of a document of the index.

    Returns:
        Their ids.
    """
    texts = list(HOSTILE.values())
    ids = []
    for at in range(0, len(texts), 8):
        conversation = log.start(texts[at], owner)
        for text in texts[at : at + 8]:
            log.add(conversation, _answer(text, document), [_found(text, document)] * 2, owner)
        log.rename(conversation, texts[at + 1], owner)
        ids.append(conversation)
    return ids


def _answer(text: str, document: str) -> Answer:
    said = Sentence(text, (1,), "partial")
    return Answer(
        id=None,
        question=text,
        standalone_question=text,
        status="answered",
        answer=f"{said.marked}\n\n{text}",
        sentences=(said,),
        citations=(_citation(text, document),),
        nearest=(Nearest(7, text),),
        model=text,
        kind="other",
        notes=(text,),
        timings_ms={"total": 100.0},
    )


def _citation(text: str, document: str) -> Citation:
    return Citation(
        1, "forged#0", document, text, f"{text} > {text}", 7, text, text, 0, len(text), 0.5,
        site=text, link=text,
    )  # fmt: skip


def _found(text: str, document: str) -> dict[str, object]:
    return {
        "chunk_id": "other#0", "document_id": document, "title": text, "section": text,
        "station": 7, "url": text, "text": text, "score": 0.1,
    }  # fmt: skip
