"""What never stands in a template: what a strict content security policy would block, and indentation that would be missed."""

from __future__ import annotations

import re

import pytest
from django.template import Engine

from tests.architecture.tree import files_ending, read

BLOCKED = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style(?![^>]*\bnonce=)", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "js:": re.compile(r"\b(js|javascript):", re.IGNORECASE),
}
# `{% if a > b %}` and comments are not markup
TEMPLATE_TAG = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# What is shown as it stands, or is a sentence to be found as it stands
AS_IT_STANDS = re.compile(r"<(pre|textarea)\b.*?</\1>|\{% blocktranslate(?! trimmed\b).*?endblocktranslate %\}", re.DOTALL)


def blocked_in(source: str) -> list[str]:
    """Return what a strict policy would block in this template's markup."""
    markup = TEMPLATE_TAG.sub("", source)
    return [what for what, pattern in BLOCKED.items() if pattern.search(markup)]


def test_it_needs_no_loosened_policy() -> None:
    templates = files_ending(".html", ".svg", below=("templates/", "networks/"))

    assert {str(path): blocked for path in templates if (blocked := blocked_in(read(path)))} == {}


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<p\n  style="color: red">', "a style attribute"),
        ("<style>p {}</style>", "a style element"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<button onclick="go()">', "an event attribute"),
        ('<p hx-on:click="go()">', "hx-on"),
        ('<p hx-vals="js:{a: 1}">', "js:"),
    ],
)
def test_it_sees_what_is_blocked(markup: str, what: str) -> None:
    assert what in blocked_in(markup)


def test_it_lets_a_script_of_its_own_file_be() -> None:
    assert blocked_in('<script src="{% static "js/x.js" %}" defer></script><p class="style" data-on="x">') == []


def test_it_reads_templates_without_their_indentation() -> None:
    source = Engine.get_default().get_template("networks/_row.html").source

    assert "\n<td" in source
    assert "\n " not in source


def test_it_indents_nothing_that_is_shown_as_it_stands() -> None:
    sources = {str(path): read(path) for path in files_ending(".html", below=("templates/",))}
    indented = {path for path, source in sources.items() for part in AS_IT_STANDS.finditer(source) if "\n " in part.group()}

    assert indented == set()
