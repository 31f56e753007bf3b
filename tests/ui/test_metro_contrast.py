"""The colours of the map, light and dark: text 4.5:1, graphics 3:1 (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ui
from corpus.records import LINES

CSS = (Path(ui.__file__).parent / "assets" / "metro.css").read_text(encoding="utf-8")
THEMES = {"light": ".metro {", "dark": ".metro.dark {"}


def colours(theme: str) -> dict[str, str]:
    """The variables of a theme without their prefix; the dark ones stand over the light ones."""
    found: dict[str, str] = {}
    for start in THEMES.values() if theme == "dark" else [THEMES["light"]]:
        block = CSS[CSS.index(f"\n{start}") :].split("}", maxsplit=1)[0]
        found |= dict(re.findall(r"--metro-([a-z-]+): (#[0-9a-f]{6})", block))
    return found


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


TEXT = [
    ("ink", "paper"),
    ("quiet", "paper"),  # notes of the card
    ("ink", "edge"),  # labels and buttons that are pointed at
    ("scientist", "paper"),  # links of the card
    *(("on-line", line) for line in LINES),  # name boards
    *((line, "paper") for line in LINES),  # letters of the name boards
]
GRAPHICS = [
    ("focus", "paper"),
    ("paper", "ink"),  # marks in the signs of cited and visited
    *(("on-line", line) for line in LINES),  # chevrons
    ("on-line", "quiet"),  # chevron of the legend
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(front: str, back: str, theme: str) -> None:
    values = colours(theme)
    assert contrast(values[front], values[back]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), GRAPHICS)
def test_graphics_can_be_seen(front: str, back: str, theme: str) -> None:
    values = colours(theme)
    assert contrast(values[front], values[back]) >= 3


def test_both_themes_set_every_colour() -> None:
    light = colours("light")
    dark = CSS[CSS.index("\n.metro.dark {") :].split("}", maxsplit=1)[0]
    assert set(re.findall(r"--metro-([a-z-]+): #", dark)) == set(light)


def test_rules_use_variables_and_nothing_from_elsewhere() -> None:
    rules = re.sub(r"--metro-[a-z-]+: #[0-9a-f]{6};", "", CSS)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|url\(|@import", rules) == []


def test_every_rule_is_the_maps_own() -> None:
    """No selector reaches what is not of the map."""
    plain = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    selectors = [s.strip() for s in re.findall(r"([^{}]+)\{", plain)]
    foreign = [
        part
        for selector in selectors
        if not selector.startswith("@") and selector not in ("from", "to")
        for part in selector.split(",")
        if ".metro" not in part
    ]
    assert foreign == []
