"""A form filled in as its page has it, and with what the page asks for: a name to confirm, a choice, a password."""

from __future__ import annotations

import random
import re

from tests.lab_image import IMAGE
from tests.truth.pressing.markup import Button, Node, Page

PASSWORD = "a-long-password-of-the-tests"  # what everybody in a world of buttons has
_CHOSEN = re.compile(r"_id$|^half$|^username$")
_CONFIRMED = re.compile(r"typed_(name|count)")


def fill(page: Page, button: Button, rng: random.Random, number: int) -> dict[str, list[str]]:
    """Return what the browser sends. Where the page chooses nothing, one of its choices is drawn. `number`: for new names."""
    body: dict[str, list[str]] = {}
    if button.form is not None:
        for node in page.fields_of(button.form):
            for value in _values(node, rng):
                body.setdefault(node.attrs["name"], []).append(value)
        _type(page, button, body, number)
    if button.name:
        body.setdefault(button.name, []).append(button.value)
    return body


def _values(node: Node, rng: random.Random) -> list[str]:
    kind = node.attrs.get("type", "text") if node.tag == "input" else node.tag
    if kind in ("submit", "image", "button", "reset", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [node.attrs.get("value", "on")] if "checked" in node.attrs else []
    if kind == "select":
        return _chosen(node, rng)
    return [node.text if kind == "textarea" else node.attrs.get("value", "")]


def _chosen(node: Node, rng: random.Random) -> list[str]:
    options = [each for each in node.walk() if each.tag == "option" and "disabled" not in each.attrs]
    marked = [each for each in options if "selected" in each.attrs] or options[:1]
    value = marked[0].attrs.get("value", marked[0].text) if marked else ""
    others = [each.attrs.get("value", each.text) for each in options if each.attrs.get("value", each.text)]
    # Of what has to be chosen the page may choose nothing: then the person does.
    is_asked = _CHOSEN.search(node.attrs["name"]) is not None
    return [rng.choice(others) if is_asked and not value and others else value]


def _type(page: Page, button: Button, body: dict[str, list[str]], number: int) -> None:
    """Type what no page can know, and what is to be confirmed as the page has it."""
    assert button.form is not None
    for name in body:
        if _CONFIRMED.fullmatch(name) and not body[name][0]:
            sums = [node for node in button.form.walk() if node.tag == "p" and "sum" in node.classes]
            asked = [node.text for each in sums for node in each.walk() if node.tag == "code"]
            body[name] = [asked[-1] if asked else ""]
    for name, typed in (("new_name", f"pressed-{number}"), ("password", PASSWORD), ("image", IMAGE)):
        if name in body and not body[name][0]:
            body[name] = [typed]
    path = page.url.partition("?")[0]
    if path.endswith(("/create/", "/run/")) and "name" in body and not body["name"][0]:
        body["name"] = [f"pressed-{number}"]
