"""Tables of the panes, with captions and heads for those who do not see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ui.text.escape import attribute, escaped


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> str:
    """A table that scrolls where it is too wide, by keyboard too.

    Args:
        heads: text, one a column.
        rows: cells of HTML; the first of each row is the row's head.
        name: class of the table.
    """
    head = "".join(f'<th scope="col">{escaped(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    return (
        f'<div class="table_wrap" tabindex="0" role="group" aria-label="{attribute(caption)}">'
        f'<table class="{name}"><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
