"""What a terminal's browser may say, and what it is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.actions.terminals.asked import EndReason, TerminalEnd
from networks.engine.specs import ScreenSize
from networks.push.protocol import Close
from networks.push.terminal_wire import Open, OutputShown, code_of, read_text, write_end

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["open", "size", "shown", "columns", "rows", "shell"]), inner)
    ),
)


def test_it_reads_the_three_messages() -> None:
    fields = {"shell": "own", "command": "sh -c 'a b'", "user": "www-data", "columns": 80, "rows": 24}

    opening = read_text(json.dumps({"open": fields}))

    assert isinstance(opening, Open)
    assert opening.size == ScreenSize(80, 24)
    assert opening.fields == {"shell": "own", "command": "sh -c 'a b'", "user": "www-data"}
    assert read_text('{"size": {"columns": 1000, "rows": 1}}') == ScreenSize(1000, 1)
    assert read_text('{"shown": 32768}') == OutputShown(32768)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{}",
        "[]",
        '{"shown": 0}',
        '{"shown": -1}',
        '{"shown": true}',
        '{"shown": 1e3}',
        '{"size": {"columns": 1001, "rows": 24}}',
        '{"size": {"columns": true, "rows": 24}}',
        '{"open": {"columns": 80, "rows": 24, "shell": 1}}',
    ],
)
def test_it_takes_nothing_else(text: str | None) -> None:
    assert read_text(text) is None


@given(ANYTHING)
def test_it_survives_anything(content: object) -> None:
    read_text(json.dumps(content))


def test_it_tells_each_end_by_its_own_code() -> None:
    codes = {why: code_of(TerminalEnd(why)) for why in EndReason}

    assert codes[EndReason.REVOKED] == Close.FORBIDDEN == 4003
    assert codes[EndReason.LOGGED_OUT] == Close.LOG_IN == 4001
    assert codes[EndReason.STOPPING] == Close.RESTARTING == 4009
    assert codes[EndReason.IDLE] == Close.IDLE == 4011
    assert codes[EndReason.FLOODED] == Close.MALFORMED == 4400
    assert {codes[why] for why in (EndReason.EXITED, EndReason.REFUSED, EndReason.GONE, EndReason.LOST)} == {Close.OVER}
    assert json.loads(write_end(TerminalEnd(EndReason.EXITED, 7))) == {"end": {"why": "exited", "exit_code": 7, "sentence": ""}}
