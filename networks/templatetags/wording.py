"""How hostile or technical text is spelt for people: pure functions on text, addresses and figures, no HTML."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_interface

from networks.engine.cli import is_plain

CONTROL_PICTURES = 0x2400
DELETE = 0x7F
IPV4_OCTET_BITS = 8
IPV6_HEXTET_BITS = 16
IPV6_HEXTETS = 8
LONGEST_TYPED = 128  # characters
LONGEST_ADDRESS = 64  # IPv6 with zone and prefix length


def spell_character(character: str) -> str:
    """Return a character that is safe to look at: control as its picture (␛), bidi, format and the like as `\\u202e`."""
    code = ord(character)
    if code < 0x20:
        return chr(CONTROL_PICTURES + code)
    if code == DELETE:
        return "␡"
    if is_plain(character):
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def spell(text: str) -> str:
    """Return the text with nothing in it that hides, reorders or can't be encoded (lone surrogates). Idempotent.

    Not escaped for HTML: autoescape does that.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(spell_character, text))


def can_be_typed(text: str) -> bool:
    """Tell whether a person can type this text as it is shown: nothing invisible, no run of spaces, not longer than 128."""
    return 0 < len(text) <= LONGEST_TYPED and text == " ".join(text.split()) and spell(text) == text


def split_at_prefix(address: str, prefix_length: int) -> tuple[str, str]:
    """Split an address's text in its network part and the rest, at the last whole octet or hextet of the prefix.

    ("172.72.", "0.10") for 172.72.0.10/16; ("fd00:24::", "5") for fd00:24::5/64. The rest keeps at least one octet or
    hextet, but for an IPv6 address that ends in "::". Text that is no address comes back as ("", text).
    """
    if ":" in address:
        return _split_ipv6(address, min(prefix_length // IPV6_HEXTET_BITS, IPV6_HEXTETS - 1))
    octets = address.split(".")
    kept = min(prefix_length // IPV4_OCTET_BITS, len(octets) - 1)
    network = "".join(f"{octet}." for octet in octets[:kept])
    return network, address[len(network) :]


def _split_ipv6(address: str, hextets: int) -> tuple[str, str]:
    left, elided, right = address.partition("::")
    before = left.split(":") if left else []
    if not elided or len(before) > hextets:
        network = "".join(f"{hextet}:" for hextet in before[:hextets])
        return network, address[len(network) :]
    after = right.split(":") if right else []
    kept = min(max(0, hextets - (IPV6_HEXTETS - len(after))), max(0, len(after) - 1))
    network = f"{left}::" + "".join(f"{hextet}:" for hextet in after[:kept])
    return network, address[len(network) :]


def split_address(value: object, prefix_length: int | None = None) -> tuple[str, int | None, str]:
    """Return (address, prefix length or None, "/16" or "") of text or an `ipaddress` object.

    A network keeps its "/16" in what is shown, and so does text that has one; a prefix length given beside is not shown.
    """
    text = str(value)
    address, length = _read_interface(text) if len(text) <= LONGEST_ADDRESS else (None, None)
    if address is None:
        return text, None, ""
    return (address, length, f"/{length}") if length is not None else (address, prefix_length, "")


@lru_cache(2_048)
def _read_interface(text: str) -> tuple[str | None, int | None]:
    """Return the address and the prefix length that stands in the text, None for each that doesn't."""
    try:
        parsed = ip_interface(text)
    except ValueError:
        return None, None
    # str() of ipaddress compresses, so 2001:db8:0:0::1 and 2001:db8::1 look the same
    return str(parsed.ip), int(parsed.network.prefixlen) if "/" in text else None


UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
STEP = 1000
# From here on a rate's tenths say nothing.
WHOLE = 10.0


def bytes_text(count: int) -> str:
    """Return a number of bytes: "936 B", "265.4 kB", "1.2 GB"; units of a thousand, as `ifconfig` counts."""
    if count < STEP:
        return f"{count} B"
    value, unit = _scaled(float(count), 1)
    return f"{value:.1f} {unit}"


def rate_text(bytes_per_s: float) -> str:
    """Return bytes per second: "0 B/s", "213 B/s", "2.9 kB/s", "85 kB/s"."""
    if round(bytes_per_s) < STEP:
        return f"{round(bytes_per_s)} B/s"
    value, unit = _scaled(bytes_per_s, 0)
    return f"{value:.0f} {unit}/s" if value >= WHOLE else f"{value:.1f} {unit}/s"


def _scaled(value: float, decimals: int) -> tuple[float, str]:
    """Return the value in the largest unit of which there is one, also after rounding: 999,960 is 1.0 MB."""
    for unit in UNITS[:-1]:
        if round(value, decimals) < STEP:
            return value, unit
        value /= STEP
    return value, UNITS[-1]
