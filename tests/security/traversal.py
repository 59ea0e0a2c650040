"""Forty strings that would become another path, another object or another request, if one of them got into an Engine's URL."""

from __future__ import annotations

from tests.builders import make_id
from tests.security.places import CONTAINER_ID, NETWORK_ID

FOREIGN_ID = make_id("network of another Engine")  # a full id, of nothing that "local" has

ATTACKS: tuple[str, ...] = (
    "..",
    "../",
    "../../",
    "..\\",
    "../containers/victim",
    f"../containers/{CONTAINER_ID}",
    f"{NETWORK_ID}/../../containers/{CONTAINER_ID}",
    f"{NETWORK_ID}/..",
    "%2e%2e",
    "%2e%2e%2f",
    "..%2f",
    "%2e%2e/containers%2fvictim",
    "%252e%252e%252f",
    "..%c0%af",
    "..%00",
    "\u2025",  # two dot leader
    "\uff0e\uff0e\uff0f",  # full-width dots and slash
    "\u002e\u200b\u002e",  # dots with a zero width space between
    "/etc/passwd",
    "//evil.example",
    "http://evil.example/",
    "unix:///var/run/docker.sock",
    f"{NETWORK_ID}\x00",
    f"{NETWORK_ID}\n",
    f"\n{NETWORK_ID}",
    f"{NETWORK_ID} HTTP/1.1\r\nX-Evil: 1",
    f"{NETWORK_ID}?force=1",
    f"{NETWORK_ID}#fragment",
    f"{NETWORK_ID};v=1",
    f"{NETWORK_ID}%20",
    f" {NETWORK_ID}",
    NETWORK_ID.upper(),
    NETWORK_ID[:63],
    NETWORK_ID + "0",
    NETWORK_ID[:12],
    NETWORK_ID[:63] + "\u0430",  # a Cyrillic letter at the end
    "front",  # a name, which Docker would take for an id
    "web",
    "*",
    "{network}",
    "-",
    "prune",
    "json",
    "create",
)
