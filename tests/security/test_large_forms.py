"""Every form there is, sent at the largest size that is accepted: what it costs has bounds, whatever stands in it."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import IS_FULL
from tests.security.people import make_person, make_world, open_browser
from tests.security.places import addresses

MOST_BYTES = 1024 * 1024  # of an answer
MOST_STATEMENTS = 60
ALL_THAT_IS_TAKEN = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 16 * 1024
ASKED_OF_FORMS = ("check", "", "preview")
# What fields of several lines or words read: as many parts as fit, each right, each wrong, or all the same.
CONTENTS: dict[str, Callable[[int], str]] = {
    "ranges of ports": lambda number: f"{10_000 + number % 50_000}-{10_999 + number % 50_000}:1-1000/udp",
    "ports": lambda number: f"{10_000 + number % 50_000}:{number % 65_535 + 1}",
    "pairs": lambda number: f"k{number}=10.{number // 65_536 % 256}.{number // 256 % 256}.{number % 256}",
    "words": lambda number: f"w{number}",
    "empty keys": lambda _: "=",
    "markup": lambda number: f"<b>&{number}",
    "not to be seen": lambda _: "\u202e\u200b\x07",
}


class Fields(HTMLParser):
    """The names of what can be typed or chosen in a page's forms that are sent by POST, with their largest sizes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.most: dict[str, int] = {}
        self._is_post = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self._is_post = (told.get("method") or "").lower() == "post"
        kind, name = told.get("type") or tag, told.get("name") or ""
        if name and self._is_post and tag in ("input", "textarea") and kind in ("text", "textarea", "search"):
            self.most[name] = int(told.get("maxlength") or MOST_BYTES)


_forms: dict[str, Fields] = {}  # the same in every test here, and read by some 250 requests


def forms_of(browser: Client) -> dict[str, Fields]:
    """Return the fields of every page that has some, by its path; read once."""
    if not _forms:
        _forms.update(read_forms(browser))
    return _forms


def read_forms(browser: Client) -> dict[str, Fields]:
    found = {}
    for address in addresses():
        if address.is_admin_site or not address.declared:
            continue
        answer = browser.get(address.path)
        if answer.status_code == 200 and not answer.streaming and "html" in answer.headers["Content-Type"]:
            fields = Fields(answer.content.decode())
            if fields.most:
                found[address.path] = fields
    return found


def filled(fields: Fields, content: Callable[[int], str]) -> dict[str, str]:
    """Return as much in each field as it takes, all of it together as large as a request may be."""
    left, typed = ALL_THAT_IS_TAKEN, {}
    for name, most in sorted(fields.most.items(), key=lambda field: -field[1]):
        parts: list[str] = []
        size = sent = 0
        for number in range(100_000):
            part = content(number)
            sent += len(urllib.parse.quote_plus(part)) + 6
            size += len(part) + 1
            if size > most or sent > left // 2:
                break
            parts.append(part)
        left -= sent
        typed[name] = "\n".join(parts)
    return typed


@pytest.fixture
def browser(db: None) -> Client:
    engine = make_world()
    return open_browser("superuser", make_person("superuser", engine), is_proved=True)


def test_it_knows_the_forms(browser: Client) -> None:
    found = forms_of(browser)

    assert len(found) >= 15, sorted(found)
    assert {"/networks/local/create/", "/containers/local/run/"} <= set(found)
    assert "ports" in found["/containers/local/run/"].most


@pytest.mark.parametrize("kind", CONTENTS)
def test_it_costs_no_more_than_this_whatever_is_typed(browser: Client, kind: str) -> None:
    faults = []
    for number, (path, fields) in enumerate(sorted(forms_of(browser).items())):
        if not IS_FULL and number % 3 != list(CONTENTS).index(kind) % 3 and "/run/" not in path and "/create/" not in path:
            continue
        typed = filled(fields, CONTENTS[kind])
        for asked in ASKED_OF_FORMS if IS_FULL else ("preview",):
            with CaptureQueriesContext(
                connection,
            ) as told:
                answer = browser.post(path, {**typed, **({"preview": "1"} if asked == "preview" else {"do": asked})})
            said = (path, asked, answer.status_code, len(answer.content), len(told))
            if answer.status_code >= 500 or len(answer.content) > MOST_BYTES or len(told) > MOST_STATEMENTS:
                faults.append(said)

    assert faults == []


def test_it_reads_no_more_ports_than_a_container_may_have(browser: Client) -> None:
    lines = "\n".join(
        f"{number}-{number + 999}:1-1000/{protocol}"
        for number in range(10_000, 60_000, 1_000)
        for protocol in ("tcp", "udp", "sctp")
    )

    answer = browser.post("/containers/local/run/", {"preview": "1", "image": "x", "ports": lines})

    assert "These are more than 1000 ports: the rest was not read." in answer.content.decode()
    assert len(re.findall(r"-p ", answer.content.decode())) <= 10
