"""What is typed for a new container, to the parts of its spec: what could be read, and what is wrong with the rest."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, Misread, bad
from networks.addressing.reading import IPAddress, parse_address
from networks.engine.specs import PortSpec
from networks.forms.pairs import MAX_FAULTS, MAX_PAIRS, parse_pairs, parse_words, too_many

MOST_PORTS = 1_000  # of one container: each is a proxy's process on the Engine's machine
_PORT = r"[0-9]{1,5}"
_SPAN = rf"{_PORT}(?:-{_PORT})?"
_PUBLICATION = re.compile(
    rf"(?:(?:(?P<address>\[[0-9a-fA-F:.]+\]|[0-9.]+):(?P<any>{_SPAN})?:)|(?:(?P<host>{_SPAN}):))?(?P<inside>{_SPAN})"
    r"(?:/(?P<protocol>[A-Za-z]+))?"
)
_VARIABLE = re.compile(r"[^\s=\x00-\x1f\x7f]+")
_HOST_NAME = re.compile(r"[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,252}[a-zA-Z0-9_])?")
_SYSCTL = re.compile(r"net(?:[./][a-zA-Z0-9_-]+)+")
_Part = TypeVar("_Part")


def parse_command(text: str, field: str) -> tuple[tuple[str, ...], list[Finding]]:
    """Return the words of a command as a shell splits them."""
    try:
        return tuple(shlex.split(text)), []
    except ValueError:
        return (), [bad(field, "quote_open", _("A quotation mark is not closed."))]


def parse_ports(text: str) -> tuple[tuple[PortSpec, ...], list[Finding]]:
    """Return the publications, one a line or with commas between, as `-p` takes them."""
    ports: list[PortSpec] = []
    findings: list[Finding] = []
    left = MOST_PORTS
    for word in parse_words(text):
        try:
            port = parse_port(word)
        except Misread as error:
            findings.append(error.finding)
            if len(findings) == MAX_FAULTS:
                break
            continue
        left -= port.last - port.first + 1
        if left < 0:
            message = _("These are more than %(limit)s ports: the rest was not read.")
            findings.append(bad("ports", "ports_many", message, limit=MOST_PORTS))
            break
        ports.append(port)
    return tuple(ports), findings


def parse_port(word: str) -> PortSpec:
    """Return one publication: 80, 8080:80, 127.0.0.1:8080:80/udp, [::1]:53:53, 8000-8010:80. Raises Misread."""
    found = _PUBLICATION.fullmatch(word)
    if found is None:
        raise Misread(_port_unreadable(word))
    first, last = _span(found["inside"])
    host_first, host_last = _span(found["any"] or found["host"] or "0")
    protocol = (found["protocol"] or "tcp").lower()
    if protocol not in ("tcp", "udp", "sctp"):
        message = _("“%(protocol)s” is not one of tcp, udp and sctp.")
        raise Misread(bad("ports", "port_protocol", message, typed=word, protocol=protocol))
    is_counted = first != last and host_first and last - first != host_last - host_first
    if first > last or host_first > host_last or not 0 < last <= 65_535 or host_last > 65_535 or not first:
        message = _("“%(typed)s”: ports go from 1 to 65535, and a range starts at its lower end.")
        raise Misread(bad("ports", "port_number", message, typed=word))
    if is_counted or last - first >= MOST_PORTS:
        message = _("“%(typed)s”: both ranges need the same number of ports, at most %(limit)s.")
        raise Misread(bad("ports", "port_range", message, typed=word, limit=MOST_PORTS))
    return PortSpec(first, last, protocol, host_first, host_last, _address(found["address"], word))


def parse_addresses(text: str, field: str) -> tuple[tuple[IPAddress, ...], list[Finding]]:
    """Return the addresses, with commas or blanks between."""
    return _each(parse_words(text), lambda word: _bare(word, field))


def parse_hosts(text: str) -> tuple[tuple[tuple[str, str], ...], list[Finding]]:
    """Return name and address of each line "name=address"; the address may be host-gateway."""
    pairs, findings = parse_pairs(text, "extra_hosts")
    hosts: list[tuple[str, str]] = []
    for name, value in pairs.items():
        wanted = value.strip()
        try:
            if not _HOST_NAME.fullmatch(name):
                message = _("“%(alias)s” is not a valid DNS name.")
                raise Misread(bad("extra_hosts", "alias_invalid", message, alias=name))
            hosts.append((name, wanted if wanted == "host-gateway" else str(parse_address(wanted, "extra_hosts"))))
        except Misread as error:
            findings.append(error.finding.without_fix())
    return tuple(hosts), findings


def parse_container_sysctls(text: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the settings of the container's own network stack: only net.* is its own to set here."""
    pairs, findings = parse_pairs(text, "sysctls")
    message = _("%(key)s is not a network setting: only net.* can be set here.")
    findings += [bad("sysctls", "sysctl_not_net", message, key=key) for key in pairs if not _SYSCTL.fullmatch(key)]
    return {key: value.strip() for key, value in pairs.items() if _SYSCTL.fullmatch(key)}, findings


def parse_environment(text: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the variables, one a line. A finding names their lines by number: the text may hold a secret."""
    variables: dict[str, str] = {}
    findings: list[Finding] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        name, separator, value = line.lstrip().partition("=")
        if not line.strip():
            continue
        if len(variables) == MAX_PAIRS:
            return {}, [too_many("environment", text.count("\n") + 1)]
        if not separator or not _VARIABLE.fullmatch(name):
            message = _("Line %(number)s must look like NAME=value.")
            findings.append(bad("environment", "variable_unreadable", message, number=number))
        elif name in variables:
            findings.append(bad("environment", "pairs_twice", _("%(key)s is set twice."), key=name))
        else:
            variables[name] = value
    return variables, findings[:MAX_FAULTS]


def _each(words: tuple[str, ...], parse: Callable[[str], _Part]) -> tuple[tuple[_Part, ...], list[Finding]]:
    parts: list[_Part] = []
    findings: list[Finding] = []
    for word in words:
        try:
            parts.append(parse(word))
        except Misread as error:
            findings.append(error.finding)
    return tuple(parts), findings[:MAX_FAULTS]


def _bare(word: str, field: str) -> IPAddress:
    try:
        return parse_address(word, field)
    except Misread as error:
        raise Misread(error.finding.without_fix()) from error


def _port_unreadable(word: str) -> Finding:
    message = _("“%(typed)s” is not a port mapping. It looks like 8080:80, or 127.0.0.1:8080:80/udp.")
    return bad("ports", "port_unreadable", message, typed=word)


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _address(text: str | None, word: str) -> IPAddress | None:
    if not text:
        return None
    try:
        return ip_address(text.strip("[]"))
    except ValueError as error:
        raise Misread(_port_unreadable(word)) from error
