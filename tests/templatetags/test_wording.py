"""Hostile text is spelt visibly; addresses are split where their prefix ends."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.templatetags.wording import spell, split_address, split_at_prefix


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("plain-name_1.2", "plain-name_1.2"),
        ("<script>", "<script>"),
        ("네트워크 é 🦊", "네트워크 é 🦊"),
        ("a\x1b[31m", "a␛[31m"),
        ("a\r\nb\x00\t", "a␍␊b␀␉"),
        ("\x7f\x9b", "␡\\x9b"),
        ("safe\u202egpj.exe", "safe\\u202egpj.exe"),
        ("\u2066a\u2069\u200b\u200f\ufeff\u00ad", "\\u2066a\\u2069\\u200b\\u200f\\ufeff\\xad"),
        ("a\u00a0b\u3000c\u2028d", "a\\xa0b\\u3000c\\u2028d"),
        ("bridge\u3164\ufe0f\U000e0100", "bridge\\u3164\\ufe0f\\U000e0100"),
        ("\udc80\ud800", "\\udc80\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_it_spells_what_hides(text: str, spelt: str) -> None:
    assert spell(text) == spelt


@given(st.text(st.characters(exclude_categories=())))
def test_it_leaves_nothing_unseen_or_unencodable(text: str) -> None:
    spelt = spell(text)

    assert spelt.isprintable()
    assert spelt.encode("utf-8", "strict").decode() == spelt
    assert spell(spelt) == spelt


@pytest.mark.parametrize(
    ("address", "prefix_length", "parts"),
    [
        ("172.72.0.10", 16, ("172.72.", "0.10")),
        ("172.72.0.10", 24, ("172.72.0.", "10")),
        ("10.0.0.1", 8, ("10.", "0.0.1")),
        ("10.0.0.1", 20, ("10.0.", "0.1")),
        ("172.23.0.0", 28, ("172.23.0.", "0")),
        ("10.1.2.3", 32, ("10.1.2.", "3")),
        ("10.1.2.3", 0, ("", "10.1.2.3")),
        ("fd00:24::5", 64, ("fd00:24::", "5")),
        ("fd00:24::", 64, ("fd00:24::", "")),
        ("fd00:24:0:1::5", 64, ("fd00:24:0:1::", "5")),
        ("fd00:1:2:3:4:5:6:7", 48, ("fd00:1:2:", "3:4:5:6:7")),
        ("fd00::a:b:c", 112, ("fd00::a:b:", "c")),
        ("fd00::a:b:c", 128, ("fd00::a:b:", "c")),
        ("::1", 128, ("::", "1")),
    ],
)
def test_it_splits_at_whole_octets_and_hextets(address: str, prefix_length: int, parts: tuple[str, str]) -> None:
    assert split_at_prefix(address, prefix_length) == parts


@given(st.ip_addresses(), st.integers(0, 128))
def test_it_loses_nothing_when_it_splits(address: object, prefix_length: int) -> None:
    assert "".join(split_at_prefix(str(address), prefix_length)) == str(address)


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        (IPv4Network("172.72.0.0/16"), ("172.72.0.0", 16, "/16")),
        (IPv4Interface("172.72.0.10/16"), ("172.72.0.10", 16, "/16")),
        (IPv6Address("2001:db8:0:0::1"), ("2001:db8::1", None, "")),
        ("10.0.0.1", ("10.0.0.1", None, "")),
        ("10.0.0.1/24", ("10.0.0.1", 24, "/24")),
        ("not an address", ("not an address", None, "")),
        ("10.0.0.1/99", ("10.0.0.1/99", None, "")),
    ],
)
def test_it_reads_objects_and_text(value: object, parsed: tuple[str, int | None, str]) -> None:
    assert split_address(value) == parsed


def test_it_shows_no_prefix_length_that_was_given_beside() -> None:
    assert split_address("172.72.0.10", 16) == ("172.72.0.10", 16, "")
