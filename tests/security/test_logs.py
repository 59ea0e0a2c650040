"""One line per event, without control characters and secrets."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from netadmin.logs import configure_logs, hide_secrets, render_json, render_line

HOSTILE = "a\nb\r\x1b[31m\x00\u202e\u2028é\x7f\"'"


@pytest.fixture
def form() -> str:
    """Say in which form the lines are."""
    return "line"


@pytest.fixture
def lines(form: str) -> Iterator[StringIO]:
    """Collect what the console would show."""
    formatter = configure_logs("DEBUG", form)["formatters"]["line"]
    stream = StringIO()
    console = logging.StreamHandler(stream)
    factory = formatter.pop("()")
    console.setFormatter(factory(**formatter))
    root = logging.getLogger()
    root.addHandler(console)
    yield stream
    root.removeHandler(console)


def test_it_writes_an_event_and_its_values_on_one_line(lines: StringIO) -> None:
    structlog.get_logger("networks.test").warning("engine_lost", engine="local", duration_ms=3, name=HOSTILE)

    (line,) = lines.getvalue().splitlines()
    assert line.split(" ", 1)[1].startswith("warning networks.test engine_lost engine=local duration_ms=3 name=")
    assert line.isascii()
    assert line.isprintable()
    assert "\\u001b[31m\\u0000\\u202e" in line


def test_it_writes_the_logs_of_others_in_the_same_way(lines: StringIO) -> None:
    logging.getLogger("django.request").error("Not Found: %s", "/a\nfake line")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("daphne").exception("failed")

    first, second = lines.getvalue().splitlines()
    assert first.endswith("error django.request Not Found: /a\\nfake line")
    assert 'exception="Traceback' in second
    assert second.isprintable()


def test_it_hides_what_sounds_like_a_secret() -> None:
    secrets = {"password", "setup_token", "Cookie", "Authorization", "session_key", "API_KEY"}

    hidden = hide_secrets(None, "", dict.fromkeys([*secrets, "event", "engine", "key"], "x"))

    assert {name for name, value in hidden.items() if value == "[hidden]"} == secrets


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=4))
def test_it_writes_one_printable_line_whatever_comes(values: dict[str, object]) -> None:
    line = render_line(None, "", {**values, "event": "x"})

    assert line.isascii()
    assert line.isprintable()


def test_it_cuts_what_is_too_long() -> None:
    assert len(render_line(None, "", {"event": "x", "value": "y" * 100_000})) < 5000


@pytest.mark.parametrize("form", ["json"])
def test_it_writes_an_event_as_one_json_object(lines: StringIO) -> None:
    structlog.get_logger("networks.test").warning("engine_lost", engine=HOSTILE, duration_ms=3, share=0.5, token="x", why=None)
    logging.getLogger("django.request").error("Not Found: %s", "/a\nfake line")

    ours, others = lines.getvalue().splitlines()
    event = json.loads(ours)
    assert list(event)[:4] == ["timestamp", "level", "logger", "event"]
    assert datetime.fromisoformat(event.pop("timestamp")).tzinfo is not None
    assert event == {
        "level": "warning",
        "logger": "networks.test",
        "event": "engine_lost",
        "engine": HOSTILE,
        "duration_ms": 3,
        "share": 0.5,
        "token": "[hidden]",
        "why": None,
    }
    assert json.loads(others)["event"] == "Not Found: /a\nfake line"
    assert ours.isascii()
    assert ours.isprintable()


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.floats() | st.none() | st.binary(), max_size=4))
def test_it_writes_json_whatever_comes(values: dict[str, object]) -> None:
    line = render_json(None, "", {**values, "event": "x"})

    assert line.isprintable()
    assert json.loads(line, parse_constant=pytest.fail)["event"] == "x"


def test_it_cuts_in_json_what_is_too_long() -> None:
    assert len(render_json(None, "", {"event": "x", "value": ["y" * 100_000]})) < 5000
