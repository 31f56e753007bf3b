"""Code of a web page, and its language."""

from __future__ import annotations

import re

from lxml import etree

from corpus.reading.blocks import Block

_LINE_NUMBERS = frozenset({"linenos", "lineno", "line-numbers", "line-numbers-rows", "gutter",
                           "linenodiv", "line-number", "ln-num", "hljs-ln-numbers"})  # fmt: skip
_CLASS = re.compile(r"(?:(?:language|lang|highlight-source|highlight)-|brush:)([a-z][\w+#-]*);?")
# Names of classes that are no languages.
_NO_LANGUAGE = frozenset({
    "", "default", "none", "text", "plain", "plaintext", "txt", "notranslate", "nohighlight",
    "block", "wrapper", "body", "container", "copy", "output", "cell", "with-filename",
    "annotation", "toolbar", "snippet", "inner", "content",
})  # fmt: skip
_SHORT = {"py": "python", "python3": "python", "ipython3": "python", "pycon": "python",
          "js": "javascript", "ts": "typescript", "sh": "bash", "shell": "bash", "console": "bash",
          "yml": "yaml", "c++": "cpp"}  # fmt: skip


def code_block(pre: etree._Element) -> Block:
    """The code in a ``<pre>``, with its line breaks, without line numbers and copy buttons."""
    if _is_gutter(pre):
        return Block("code", "")
    parts: list[str] = []
    walk = etree.iterwalk(pre, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            if element.tag == "button" or _is_gutter(element):
                walk.skip_subtree()
            elif element.tag == "br":
                parts.append("\n")
            else:
                if element.tag in ("div", "p", "li", "tr"):
                    _new_line(parts)
                if element.text:
                    parts.append(element.text)
            continue
        if event == "end" and element.tag in ("div", "p", "li", "tr"):
            _new_line(parts)
        if element is not pre and element.tail:
            parts.append(element.tail)
    text = re.sub(r"[ \t]+$", "", "".join(parts), flags=re.MULTILINE).strip("\n")
    return Block("code", text, language=_language(pre))


def _is_gutter(element: etree._Element) -> bool:
    own = element.get("class", "").split()
    if not _LINE_NUMBERS.isdisjoint(own):
        # Prism calls code that has numbers "line-numbers".
        return not (element.tag == "pre" and "line-numbers" in own)
    cell = element.getparent() if element.tag == "pre" else None
    while cell is not None and cell.tag in ("div", "td"):
        if not _LINE_NUMBERS.isdisjoint(cell.get("class", "").split()):
            return True
        cell = cell.getparent()
    return False


def _new_line(parts: list[str]) -> None:
    if parts and not parts[-1].endswith("\n"):
        parts.append("\n")


def _language(pre: etree._Element) -> str:
    """From the class of the code, of the ``<pre>`` or of up to three elements around it."""
    around = [ancestor for ancestor, _ in zip(pre.iterancestors(), range(3), strict=False)]
    for element in (*pre.iterdescendants("code"), pre, *around):
        names = element.get("class", "").lower().split()
        named = [match[1] for name in names if (match := _CLASS.fullmatch(name))]
        if "sourcecode" in names:  # Pandoc: "sourceCode python"
            named += [name for name in names if name not in ("sourcecode", "code-with-copy")]
        for language in (*named, element.get("data-lang", "").lower()):
            if language not in _NO_LANGUAGE:
                return _SHORT.get(language, language)
    return ""
