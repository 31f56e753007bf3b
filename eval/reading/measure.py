"""``python -m eval.reading.measure --references PATH``: the reading-quality table.

Every reader tried reads every page of its format in the mirror. Each line of the table is one
reader:

    kept         characters of the gold text that the reading has, in per cent (words, as a
                 multiset, weighted by their length: the order does not count)
    added        characters of the reading that the gold text does not have, in per cent of the
                 reading; blank where the format has no gold text of its own
    headings     gold headings that the reading has as headings, in per cent
    sentences    gold sentences that the reading has unbroken on one line, in per cent
    boilerplate  lines of the reading that the page has as navigation, header, footer or sidebar,
                 or that stand on three pages or more of a site, beyond those that the gold has too
    pages/s      pages (of a PDF), else documents, read in a second
    failed       documents that were refused although they have text

A format plugs in with a module that holds the two names of the ``Plugin`` protocol.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from eval.reading.protocol import Candidate, Entry, Gold, Plugin
from eval.reading.scores import Row, Run, read_all, score, text_of

__all__ = ["Candidate", "Entry", "Gold", "Plugin", "main"]

PLUGINS = {
    "html": "eval.reading.html",
    "markdown": "eval.reading.markup",
    "rst": "eval.reading.markup",
    "notebook": "eval.reading.markup",
    "pdf": "eval.reading.pdf",
}


def measure(plugin: Plugin, kind: str, entries: Sequence[Entry]) -> Iterator[Row]:
    """The rows of one kind, in the order of its candidates."""
    golds = {entry.url: plugin.gold(entry) for entry in entries}
    runs: dict[str, Run] = {}
    missing: list[str] = []
    for name, candidate in plugin.CANDIDATES[kind].items():
        try:
            runs[name] = read_all(candidate, entries)
        except ImportError:
            missing.append(name)
    texts_known = any(gold is not None and gold.text for gold in golds.values())
    complete = {url: gold and _with_text(gold, url, runs.values()) for url, gold in golds.items()}
    for name, run in runs.items():
        row = score(kind, name, run, complete)
        yield row if texts_known else replace(row, added=None)
    yield from (Row(kind, name, len(entries), remark="not installed") for name in missing)


def _with_text(gold: Gold, url: str, runs: Iterable[Run]) -> Gold:
    texts = [text_of(run.readings[url]) for run in runs if url in run.readings]
    return gold if gold.text else replace(gold, text=max(texts, key=len, default=""))


HEADER = (
    "format", "reader", "documents", "kept %", "added %", "headings %", "sentences %",
    "boilerplate", "pages/s", "failed", "remark",
)  # fmt: skip


def table(rows: Iterable[Row]) -> str:
    """One Markdown table."""
    written = ["| " + " | ".join(HEADER) + " |", "|" + " --- |" * len(HEADER)]
    for row in rows:
        blank = row.remark == "not installed"
        cells = (
            row.kind, row.reader, str(row.documents), _percent(row.kept), _percent(row.added),
            _percent(row.headings), _percent(row.sentences), "" if blank else str(row.boilerplate),
            "" if row.pages_per_second is None else f"{row.pages_per_second:.1f}",
            "" if blank else str(row.failed), row.remark,
        )  # fmt: skip
        written.append("| " + " | ".join(cells) + " |")
    return "\n".join(written)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def entries(references: Path) -> dict[str, list[Entry]]:
    """The mirror's pages by kind, each file once."""
    manifest = json.loads((references / "manifest.json").read_text(encoding="utf-8"))
    pages = {page["file"]: page for page in reversed(manifest["pages"])}  # the first address stays
    found: dict[str, list[Entry]] = defaultdict(list)
    for file, page in reversed(pages.items()):
        found[page["kind"]].append(Entry(page["url"], page["kind"], references / file))
    return found


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table, over all formats or those named."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading.measure", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--references", type=Path, required=True, help="the mirror's folder")
    parser.add_argument("--only", choices=PLUGINS, action="append", help="only this format")
    arguments = parser.parse_args(argv)
    pages = entries(arguments.references)
    rows: list[Row] = []
    for kind in arguments.only or PLUGINS:
        plugin = cast(Plugin, importlib.import_module(PLUGINS[kind]))
        rows.extend(measure(plugin, kind, pages[kind]))
    print(table(rows))


if __name__ == "__main__":
    main()
