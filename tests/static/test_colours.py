"""Every colour of text keeps 4.5:1 on every ground that it stands on, in both themes; borders of controls keep 3:1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static/css"
TOKENS = (CSS / "tokens.css").read_text()
THEMES = ("light", "dark")
TEXTS = {
    "ink": ("canvas", "surface", "sunken", "raised", "accent-soft", "ok-soft", "warn-soft", "bad-soft", "cell"),
    "ink-2": ("canvas", "surface", "sunken", "raised", "accent-soft", "warn-soft", "bad-soft"),
    "ink-3": ("canvas", "surface", "sunken", "raised", "accent-soft"),
    "fade": ("canvas", "surface"),
    "accent": ("canvas", "surface", "raised", "sunken", "accent-soft"),
    "ok": ("canvas", "surface", "ok-soft"),
    "warn": ("canvas", "surface", "warn-soft"),
    "bad": ("canvas", "surface", "bad-soft"),
    "accent-on": ("accent-solid", "accent-solid-hover"),
}


def colour(token: str, theme: str) -> tuple[float, ...]:
    match = re.search(rf"--{token}: (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", TOKENS)
    assert match, token
    light, dark, both = match.groups()
    code = both or (light if theme == "light" else dark)
    return tuple(int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))


def luminance(rgb: tuple[float, ...]) -> float:
    """Return the relative luminance. Source: WCAG 2.2."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, theme: str) -> float:
    brighter, darker = sorted((luminance(colour(one, theme)), luminance(colour(other, theme))), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_it_keeps_text_readable_on_every_ground(theme: str) -> None:
    faint = {
        f"{text} on {ground}": round(ratio, 2)
        for text, grounds in TEXTS.items()
        for ground in grounds
        if (ratio := contrast(text, ground, theme)) < 4.5
    }

    assert faint == {}


@pytest.mark.parametrize("theme", THEMES)
def test_it_keeps_borders_of_controls_and_hues_visible(theme: str) -> None:
    shapes = ["ctl", "off", *(f"hue-{number}" for number in range(1, 11))]

    assert {name for name in shapes if contrast(name, "surface", theme) < 3} == set()


def test_it_writes_colours_in_the_tokens_only() -> None:
    # the arrow of a select is an image, and an image can't read tokens
    stray = {
        file.name: found
        for file in CSS.glob("*.css")
        if file.name != "tokens.css" and (found := re.findall(r"(?<![\w%&-])#[0-9a-f]{3,8}\b(?=[^{]*;)", file.read_text()))
    }

    assert stray == {}


def test_it_keeps_style_sheets_short() -> None:
    assert {file.name for file in CSS.glob("*.css") if len(file.read_text().splitlines()) > 300} == set()
