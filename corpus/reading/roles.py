"""What the roles of Sphinx, MyST and d2lbook say: ``:numref:`fig_mlp```, ``{ref}`text <target>```.

Sphinx resolves them with the whole project at hand; here they give what a single page can say.
"""

from __future__ import annotations

import re

# Marks for the machine: labels of equations, widths of pictures, index entries.
_SILENT = {"label", "eqlabel", "width", "height", "index", "bdg-link", "octicon"}
_NUMBERED = {
    "sec": "Section", "subsec": "Section", "chap": "Chapter", "chapter": "Chapter",
    "fig": "Figure", "img": "Figure", "tab": "Table", "table": "Table",
    "eq": "Equation", "eqn": "Equation", "lst": "Listing",
}  # fmt: skip
_TARGET = re.compile(r"^(.*?)\s*<[^<>]*>$", re.DOTALL)
_PROSE = {
    "ref", "doc", "any", "term", "numref", "eqref", "eq", "emphasis", "strong", "sup", "sub",
    "abbr", "menuselection", "guilabel", "rfc", "pep", "title-reference",
}  # fmt: skip


def spoken(role: str, content: str) -> tuple[str, bool]:
    """What a reader of the page sees of a role.

    Args:
        role: its name, a domain before it left in ("py:func").
        content: what stands between the backticks.

    Returns:
        The text, "" for a label, and whether it is code (a function's name).
    """
    name = role.rpartition(":")[2].lower()
    if name in _SILENT:
        return "", False
    if name.startswith("cite"):
        return _citation(name, content), False
    titled = _TARGET.match(content)
    if titled and titled[1]:
        return titled[1], False
    if name in ("numref", "eqref", "eq", "ref"):
        return _numbered(content), False
    return content.lstrip("~!"), name not in _PROSE


def _numbered(label: str) -> str:
    kind, _, rest = label.strip().partition("_" if "_" in label else "-")
    if kind.lower() in _NUMBERED and rest:
        return f"{_NUMBERED[kind.lower()]} {rest.replace('_', ' ').replace('-', ' ')}"
    return label.strip().replace("_", " ")


def _citation(name: str, keys: str) -> str:
    """BibTeX keys as d2l forms them, "Vaswani.Shazeer.ea.2017", as author and year."""
    works = [_work(key, "()" if name == "citet" else ",") for key in keys.split(",") if key.strip()]
    together = ", ".join(works) if name == "citet" else "; ".join(works)
    return together if name == "citet" else f"({together})"


def _work(key: str, year_in: str) -> str:
    *authors, year = key.strip().split(".")
    if not authors or not year.isdigit():
        return key.strip()
    if len(authors) == 2 and authors[1] != "ea":
        who = f"{authors[0]} and {authors[1]}"
    else:
        who = authors[0] + (" et al." if len(authors) > 1 else "")
    return f"{who} ({year})" if year_in == "()" else f"{who}, {year}"
