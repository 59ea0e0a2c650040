"""Lines of key=value, as labels and driver options are typed."""

from __future__ import annotations

from collections.abc import Iterator

from networks.addressing.findings import Finding, Misread, bad
from networks.addressing.reading import IPAddress, parse_address


def parse_pairs(text: str, field: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the pairs, one a line, and what is wrong with others. Of labels, a line without "=" is a key without a value."""
    pairs: dict[str, str] = {}
    findings: list[Finding] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        key, separator, value = line.partition("=")
        if not key.strip() or (not separator and field != "labels"):
            findings.append(bad(field, "pairs_unreadable", line=line))
        elif key in pairs:
            findings.append(bad(field, "pairs_twice", key=key))
        else:
            pairs[key.strip()] = value
    return pairs, findings


def parse_aux_addresses(text: str) -> tuple[dict[str, IPAddress], list[Finding]]:
    """Return the reserved addresses of "name=address, …", and what is wrong with others."""
    addresses: dict[str, IPAddress] = {}
    findings: list[Finding] = []
    for part in _parts(text):
        name, separator, value = part.partition("=")
        try:
            if not separator or not name.strip():
                raise Misread(bad("aux_addresses", "aux_unreadable", typed=part))
            addresses[name.strip()] = parse_address(value, "aux_addresses")
        except Misread as error:
            # A suggestion would have to be put into the middle of the field.
            findings.append(bad("aux_addresses", error.finding.key, **error.finding.parameters))
    return addresses, findings


def parse_words(text: str) -> tuple[str, ...]:
    """Return what stands between commas or blanks, each word once."""
    return tuple(dict.fromkeys(_parts(text.replace(" ", ","))))


def _parts(text: str) -> Iterator[str]:
    return filter(None, map(str.strip, text.replace("\n", ",").split(",")))
