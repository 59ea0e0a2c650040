"""The calls that an Engine may be sent, as SECURITY.md shows them."""

from __future__ import annotations

from collections.abc import Iterator

from networks.engine.allow_list import CALLS


def call_table() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (profile, method, path, parameters, reason) for each."""
    for call in CALLS:
        yield str(call.profile), call.method, call.path, ", ".join(sorted(call.query)), call.reason
