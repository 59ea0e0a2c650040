"""The chain of lines: what each holds, and that whatever is removed, changed or moved is found."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.audit.entries import START, BrokenLine, LogLine, canonical, read_line, seal, seal_all
from networks.audit.verifying import Expected, VerificationFailed, Verified, check_chain

ENTRY = {"kind": "action", "id": 7, "who": "민아", "asked": {"b": [1, None], "a": "\u202e\x9b\n"}}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
entries = st.fixed_dictionaries({"kind": st.sampled_from(["action", "outcome"]), "id": st.integers(1), "what": values})
trails = st.lists(entries, min_size=2, max_size=7).map(lambda some: seal_all(some, 0, START))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trail")


def check(folder: Path, texts: list[bytes], last: LogLine) -> Verified:
    """Check a file of these lines, of which `last` is remembered as the last."""
    (folder / "log").write_bytes(b"".join(text + b"\n" for text in texts))
    return check_bytes(folder, last)


def check_bytes(folder: Path, last: LogLine) -> Verified:
    found = Verified()
    assert all(check_chain([folder / "log"], Expected(1, last.sequence, last.hash), found))
    return found


def test_it_seals_the_hash_before_and_the_line_s_own_json() -> None:
    line = seal(ENTRY, 1, START)

    unsealed = (
        '{"asked":{"a":"\\u202e\\u009b\\n","b":[1,null]},"id":7,"kind":"action",'
        f'"previous":"{START}","sequence":1,"who":"\\ubbfc\\uc544"}}'
    )
    assert line.hash == hashlib.sha256((START + unsealed).encode()).hexdigest()
    assert json.loads(line.text) == json.loads(unsealed) | {"hash": line.hash}
    assert line.text.isascii()
    assert b"\n" not in line.text


def test_it_chains_each_line_to_the_one_before() -> None:
    first, second = seal_all([ENTRY, ENTRY], 4, "f" * 64)

    assert (first.sequence, first.previous) == (5, "f" * 64)
    assert (second.sequence, second.previous) == (6, first.hash)
    assert first.hash != second.hash


@given(entries, st.integers(1), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_it_reads_what_it_sealed(entry: dict[str, Any], sequence: int, previous: str) -> None:
    line = seal(entry, sequence, previous)

    assert read_line(line.text) == line


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{" * 5000,
        b'{"a":' * 5000,
        b"\xff\xfe{\x00}\x00",
        seal(ENTRY, 1, START).text.replace(b",", b", ", 1),
        seal(ENTRY, 1, START).text.replace(b'"sequence":1', b'"sequence":true'),
        seal(ENTRY, 1, START).text.replace(b'"id":7', b'"id":7,"id":7'),
        seal(ENTRY, 1, START).text.replace(b'"id":7', b'"id":NaN'),
    ],
)
def test_it_refuses_what_is_no_line_of_the_record(text: bytes) -> None:
    with pytest.raises(BrokenLine, match="no line of the record"):
        read_line(text)


def test_it_refuses_a_line_whose_hash_is_not_its_own() -> None:
    with pytest.raises(BrokenLine, match="was changed"):
        read_line(seal(ENTRY, 1, START).text.replace(b'"id":7', b'"id":8'))


@given(trails)
def test_it_finds_nothing_wrong_with_what_was_written(folder: Path, lines: list[LogLine]) -> None:
    found = check(folder, [line.text for line in lines], lines[-1])

    assert (found.lines, found.repeated, found.last) == (len(lines), 0, len(lines))


@given(trails, st.data())
def test_it_takes_a_batch_that_came_twice(folder: Path, lines: list[LogLine], data: st.DataObject) -> None:
    begun = data.draw(st.integers(0, len(lines) - 1))
    ended = data.draw(st.integers(begun + 1, len(lines)))
    texts = [line.text for line in lines]

    found = check(folder, texts[:ended] + texts[begun:], lines[-1])

    assert (found.lines, found.repeated) == (len(lines), ended - begun)


@given(trails, st.data())
def test_it_finds_every_line_that_is_removed(folder: Path, lines: list[LogLine], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    texts = [line.text for line in lines]

    with pytest.raises(VerificationFailed) as wrong:
        check(folder, texts[:place] + texts[place + 1 :], lines[-1])

    is_last = place == len(lines) - 1
    told = f"line {place} is wrong: behind it" if is_last else f"line {place + 1} is wrong: its number is {place + 2}"
    assert told in str(wrong.value)


@given(trails, st.data())
def test_it_finds_every_two_lines_that_are_swapped(folder: Path, lines: list[LogLine], data: st.DataObject) -> None:
    one = data.draw(st.integers(0, len(lines) - 2))
    other = data.draw(st.integers(one + 1, len(lines) - 1))
    texts = [line.text for line in lines]
    texts[one], texts[other] = texts[other], texts[one]

    with pytest.raises(VerificationFailed, match=f"line {one + 1} is wrong"):
        check(folder, texts, lines[-1])


@given(trails, st.data())
def test_it_finds_every_byte_that_is_changed(folder: Path, lines: list[LogLine], data: st.DataObject) -> None:
    whole = b"".join(line.text + b"\n" for line in lines)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    (folder / "log").write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])

    with pytest.raises(VerificationFailed, match=f"line {whole[:place].count(10) + 1} is wrong"):
        check_bytes(folder, lines[-1])


@given(trails, st.data())
def test_it_finds_every_cut(folder: Path, lines: list[LogLine], data: st.DataObject) -> None:
    whole = b"".join(line.text + b"\n" for line in lines)
    (folder / "log").write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])

    with pytest.raises(VerificationFailed):
        check_bytes(folder, lines[-1])


@given(trails, entries, st.data())
def test_it_finds_a_line_that_was_changed_and_sealed_again(
    folder: Path, lines: list[LogLine], entry: dict[str, Any], data: st.DataObject
) -> None:
    """Whoever can compute a hash has to forge all that follows, and what the database remembers of the last."""
    place = data.draw(st.integers(0, len(lines) - 1).filter(lambda at: canonical(entry) != canonical(lines[at].entry)))
    forged = [*lines]
    forged[place] = seal(entry, lines[place].sequence, lines[place].previous)
    resealed = seal_all([line.entry for line in forged], 0, START)

    with pytest.raises(VerificationFailed, match=f"line {min(place + 2, len(lines))} is wrong"):
        check(folder, [line.text for line in forged], lines[-1])
    with pytest.raises(VerificationFailed, match=f"line {len(lines)} is wrong: the database remembers another"):
        check(folder, [line.text for line in resealed], lines[-1])
