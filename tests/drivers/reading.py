"""What a page shows, as text; and what a container itself says of its interfaces."""

from __future__ import annotations

import re
from html import unescape

from tests.private_engine import PrivateEngine

_ADDRESS = re.compile(r"inet6? (\S+)")


def text_of(content: bytes) -> str:
    """Return a page's words with single blanks between."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode())))


def value_of(content: bytes, name: str) -> str:
    """Return what stands in an input of this name, "" where nothing does. Raises AssertionError for no such input."""
    found = re.search(rf'<input[^>]* name="{re.escape(name)}"[^>]*>', content.decode())
    assert found, name
    value = re.search(r' value="([^"]*)"', found[0])
    return unescape(value[1]) if value else ""


def facts_inside(engine: PrivateEngine, container: str, interface: str = "eth0") -> dict[str, set[str]]:
    """Return what the container's own `ip` says of an interface: its MAC, MTU and addresses."""
    said = engine.cli("exec", container, "ip", "addr", "show", "dev", interface)
    mac, mtu = re.search(r"link/ether (\S+)", said), re.search(r"mtu (\d+)", said)
    assert mac, said
    assert mtu, said
    return {"mac": {mac[1]}, "mtu": {mtu[1]}, "addresses": set(_ADDRESS.findall(said))}


def pings(engine: PrivateEngine, container: str, address: str) -> bool:
    """Tell whether an address answers a container."""
    words = engine.cli("exec", container, "ping", "-c", "1", "-W", "1", address, check=False)
    return " 0% packet loss" in words
