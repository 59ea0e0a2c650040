"""Lines of key=value, as labels and driver options are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, Misread, bad
from networks.addressing.reading import IPAddress, parse_address

MAX_FAULTS = 10  # of one field's lines are shown: the rest is most likely the same fault
MAX_PAIRS = 1_000  # lines that a page and its command can show at each key that is typed; Docker itself has no limit
_BLANK = re.compile(r"[ \t]")
_LINE_END = re.compile(r"\r\n|\r|\n")  # str.splitlines() would cut values at U+2028 and its like


def parse_pairs(text: str, field: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the pairs, one a line, and what is wrong with others. Of labels, a line without "=" is a key without a value."""
    pairs: dict[str, str] = {}
    findings: list[Finding] = []
    lines = list(filter(None, map(str.strip, _LINE_END.split(text))))
    if len(lines) > MAX_PAIRS:
        return {}, [too_many(field, len(lines))]
    for line in lines:
        key, separator, value = line.partition("=")
        if not key.strip() or (not separator and field != "labels"):
            findings.append(bad(field, "pairs_unreadable", _("“%(line)s” is not key=value."), line=line))
        elif field == "labels" and _BLANK.search(key.strip()):  # the Engine itself takes anything
            message = _("The docker command doesn't accept a space in a label's name: “%(key)s”.")
            findings.append(bad(field, "label_blank", message, key=key.strip()))
        elif key.strip() in pairs:
            findings.append(bad(field, "pairs_twice", _("%(key)s is set twice."), key=key.strip()))
        else:
            pairs[key.strip()] = value
    return pairs, findings[:MAX_FAULTS]


def too_many(field: str, count: int) -> Finding:
    """Return that there are more lines than `MAX_PAIRS`."""
    message = _("There are %(count)s lines; this form accepts %(limit)s. The docker command accepts more.")
    return bad(field, "pairs_many", message, count=count, limit=MAX_PAIRS)


def parse_aux_addresses(text: str) -> tuple[dict[str, IPAddress], list[Finding]]:
    """Return the reserved addresses of "name=address, …", and what is wrong with others."""
    addresses: dict[str, IPAddress] = {}
    findings: list[Finding] = []
    for part in _parts(text):
        name, separator, value = part.partition("=")
        try:
            if not separator or not name.strip():
                raise Misread(bad("aux_addresses", "aux_unreadable", _("“%(typed)s” is not name=address."), typed=part))
            if name.strip() in addresses:
                raise Misread(bad("aux_addresses", "pairs_twice", _("%(key)s is set twice."), key=name.strip()))
            addresses[name.strip()] = parse_address(value, "aux_addresses")
        except Misread as error:
            findings.append(error.finding.without_fix())
    return addresses, findings[:MAX_FAULTS]


def parse_words(text: str) -> tuple[str, ...]:
    """Return what stands between commas or blanks, each word once."""
    return tuple(dict.fromkeys(_parts(text.replace(" ", ","))))


def _parts(text: str) -> Iterator[str]:
    return filter(None, map(str.strip, text.replace("\n", ",").split(",")))
