"""Colours of CSS in their spellings (https://www.w3.org/TR/css-color-4/), and which look alike."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping

Colour = tuple[float, float, float, float]
"""Red, green, blue (0 to 255) and opacity (0 to 1)."""

_WHITE: Colour = (255, 255, 255, 1)
# #eee on white differs by 17 and is not read by anyone; #ddd by 34.
_SAME_WITHIN = 24
_NAMES: Mapping[str, Colour] = {
    "transparent": (0, 0, 0, 0),
    "white": _WHITE, "black": (0, 0, 0, 1), "snow": (255, 250, 250, 1), "ivory": (255, 255, 240, 1),
    "ghostwhite": (248, 248, 255, 1), "floralwhite": (255, 250, 240, 1),
    "whitesmoke": (245, 245, 245, 1), "mintcream": (245, 255, 250, 1), "azure": (240, 255, 255, 1),
    "aliceblue": (240, 248, 255, 1), "seashell": (255, 245, 238, 1), "red": (255, 0, 0, 1),
    "honeydew": (240, 255, 240, 1), "lavenderblush": (255, 240, 245, 1), "gray": (128, 128, 128, 1),
    "grey": (128, 128, 128, 1), "yellow": (255, 255, 0, 1), "green": (0, 128, 0, 1),
    "blue": (0, 0, 255, 1),
}  # fmt: skip
_NUMBER = re.compile(r"-?\d*\.?\d+")
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^)]*)\)")


def colour(written: str) -> Colour | None:
    """A colour of CSS in any of its spellings; None if it is unknown (a variable, a picture)."""
    written = written.strip()
    if written in _NAMES:
        return _NAMES[written]
    if match := _HEX.fullmatch(written):
        digits = match[1] if len(match[1]) > 4 else "".join(2 * digit for digit in match[1])
        values = [int(digits[i : i + 2], 16) for i in range(0, len(digits), 2)] + [255]
        return values[0], values[1], values[2], values[3] / 255
    if match := _FUNCTION.fullmatch(written):
        return _from_function(match[1], [p for p in re.split(r"[\s,/]+", match[2]) if p])
    return None


def _from_function(name: str, parts: list[str]) -> Colour | None:
    values = [_NUMBER.match(part) for part in parts]
    if len(values) not in (3, 4) or not all(values):
        return None
    numbers = [float(value[0]) for value in values if value]
    opacity = 1.0
    if len(numbers) == 4:
        opacity = numbers[3] / 100 if parts[3].endswith("%") else numbers[3]
    if name == "hsl":
        red, green, blue = colorsys.hls_to_rgb(
            numbers[0] / 360 % 1, numbers[2] / 100, numbers[1] / 100
        )
        return 255 * red, 255 * green, 255 * blue, opacity
    rgb = [n * 2.55 if p.endswith("%") else n for n, p in zip(numbers, parts, strict=True)]
    return rgb[0], rgb[1], rgb[2], opacity


def melts(text: str, background: str) -> bool:
    """Whether text of this colour cannot be told from what is behind it."""
    front, behind = colour(text), colour(background)
    if front is not None and front[3] < 0.1:
        return True
    if front is None or behind is None:
        return bool(text) and text == background
    return all(abs(f - b) <= _SAME_WITHIN for f, b in zip(front[:3], behind[:3], strict=True))
