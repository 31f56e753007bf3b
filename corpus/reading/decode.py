"""Bytes into text: byte order mark, header, the page's own word, then a guess.

The order is that of the WHATWG's encoding sniffing (https://encoding.spec.whatwg.org/), except that
a label is believed only if the bytes bear it out: a page that says UTF-8 and is windows-1252 is
read as what it is.
"""

from __future__ import annotations

import codecs
import re

# UTF-32 before UTF-16, whose mark its own begins with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{2,40})"""
    rb"""|<meta\b[^>]{0,400}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
_SAMPLE = 65_536
# What the web means by these names (WHATWG, section 4.2), by the codec's name in Python.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Text codecs of Python that are no encoding of a document.
_NO_ENCODING = {
    "idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape",
    "raw-unicode-escape", "undefined", "utf-7", "utf_7", "mbcs", "oem", "palmos",
}  # fmt: skip


def decode(data: bytes, charset: str = "", markup: bool = False) -> str:
    """Decode a document.

    Args:
        charset: label from the Content-Type header; "" if it named none.
        markup: whether a <meta charset> or XML declaration in the text may name the encoding.

    Returns:
        The text without a byte order mark, with line ends as ``\\n``. Whatever the bytes are,
        there is a text: what no encoding explains is read as windows-1252.
    """
    text = _decoded(data, charset, markup)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, charset: str, markup: bool) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    wide = _wide(data[:_DECLARED_WITHIN])
    if wide:
        return data.decode(wide, "replace")
    labels = [charset, *(_declared(data[:_DECLARED_WITHIN]) if markup else ()), "utf-8"]
    for label in labels:
        text = _strictly(data, label)
        if text is not None:
            return text
    return _damaged_utf8(data) or _guessed(data)


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: in Latin text every second byte is NUL."""
    half = len(sample) // 2
    # English in UTF-16 has a NUL in 100 % of its high bytes, and next to none in its low ones.
    for name, high, low in (("utf-16-le", sample[1::2], sample[::2]),
                            ("utf-16-be", sample[::2], sample[1::2])):  # fmt: skip
        if half >= 2 and high.count(0) > 0.6 * half and low.count(0) < 0.1 * half:
            return name
    return ""


def _declared(head: bytes) -> list[str]:
    return [(m[1] or m[2]).decode("ascii", "replace") for m in _DECLARED.finditer(head)]


def _strictly(data: bytes, label: str) -> str | None:
    """The text if the label names an encoding and the bytes hold to it."""
    try:
        name = codecs.lookup(label.strip(" \t\"'").lower()).name
        name = _MEANT.get(name, name)
        if name in _NO_ENCODING:
            return None
        if name.startswith(("utf-16", "utf-32", "cp1252")):
            # Servers label by default; text that holds to UTF-8 throughout is never by accident
            # windows-1252, and text without NUL is not in 16 bits (_wide has seen to that).
            utf8 = _strictly(data, "utf-8")
            if utf8 is not None:
                return utf8
        return data.decode(name).removeprefix("\ufeff")
    except (LookupError, ValueError):  # no such encoding, or the bytes are not in it
        return None


def _damaged_utf8(data: bytes) -> str:
    """UTF-8 with a few stray bytes, or cut in the middle of a character; "" if it is not."""
    lenient = data.decode("utf-8", "replace")
    bad = lenient.count("\ufffd")
    good = sum(ch > "\x7f" for ch in lenient) - bad
    # French and German in windows-1252 hold next to no valid sequence (0 of 400 high bytes in the
    # samples tried), random bytes about one in twenty: more good than bad is no accident.
    if good <= bad:
        return ""
    return data.decode("utf-8", _STRAY)


def _stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.end == len(error.object) and error.reason == "unexpected end of data":
        return "", error.end
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_STRAY = "corpus.stray-windows-1252"
codecs.register_error(_STRAY, _stray)


def _guessed(data: bytes) -> str:
    """By charset-normalizer on a sample; windows-1252 where nothing reads better."""
    from charset_normalizer import from_bytes

    # Its guess at UTF-16 for "caf\\xe9" is why those with a NUL pattern are left to _wide.
    matches = from_bytes(
        data[:_SAMPLE], cp_exclusion=["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7"]
    )
    best = matches.best()
    if best is None:
        return data.decode("cp1252", "replace")
    # It puts cp1250 first among equals: "naïve" came out as "naďve", German and Spanish right by
    # luck. Where windows-1252 reads no worse it is by far the likelier; Polish, Czech and Russian
    # samples kept their own encoding.
    western = any("cp1252" in match.could_be_from_charset for match in matches
                  if match.chaos <= best.chaos)  # fmt: skip
    return data.decode("cp1252" if western else best.encoding, "replace")
