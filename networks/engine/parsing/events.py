"""Events out of the lines of `GET /events`, with Podman's wording put into Docker's."""

from __future__ import annotations

from typing import Any

from networks.engine.allow_list import is_full_id
from networks.engine.errors import ProtocolFault
from networks.engine.facts import EventFact
from networks.engine.parsing.values import child, parse_json, parse_text

MAX_ATTRIBUTES = 20
MAX_CHARACTERS = 256

_PODMAN_VERBS = {"died": "die", "remove": "destroy"}
# An event of a container carries all its labels as attributes, thousands perhaps: these are kept before any label
_KEPT_FIRST = ("name", "container", "image", "type", "network", "oldName", "exitCode", "signal", "execID", "execDuration")


def parse_event(line: bytes) -> EventFact | None:
    """Return the event of one line, None for a line that holds none."""
    try:
        return read_event(parse_json(line))
    except ProtocolFault:
        return None


def read_event(answer: Any) -> EventFact | None:
    """Return the event that a JSON value describes, None where it has neither a kind nor a verb."""
    if type(answer) is not dict:
        return None
    kind, action = parse_text(answer.get("Type"), 40), answer.get("Action") or answer.get("status")
    verb = parse_text(action, 4096).partition(":")[0].strip()[:80]
    if not kind or not verb:
        return None
    attributes = _attributes(child(answer, "Actor", "Attributes"))
    actor_id = parse_text(child(answer, "Actor", "ID") or answer.get("id"), 80)
    name = attributes.get("name", "")
    if kind == "network" and "network" in attributes and "container" not in attributes:
        # Podman: the actor is the container, and the network stands as a name among the attributes
        name, actor_id, attributes["container"] = attributes["network"], "", actor_id
    if not is_full_id("container", attributes.get("container", "")):
        attributes.pop("container", None)
    return EventFact(
        kind=kind,
        verb=_PODMAN_VERBS.get(verb, verb),
        actor_id=actor_id,
        actor_name=name,
        time_nano=_time_nano(answer),
        attributes=attributes,
    )


def _attributes(answer: object) -> dict[str, str]:
    if type(answer) is not dict:
        return {}
    names = [name for name in _KEPT_FIRST if name in answer]
    if len(answer) > len(names):
        names += sorted(name for name in answer if name not in _KEPT_FIRST)[: MAX_ATTRIBUTES - len(names)]
    return {
        parse_text(name, MAX_CHARACTERS): parse_text(answer[name], MAX_CHARACTERS) for name in names if type(answer[name]) is str
    }


def _time_nano(answer: dict[str, Any]) -> int:
    nano, seconds = answer.get("timeNano"), answer.get("time")
    if type(nano) is int and 0 <= nano < 2**63:
        return nano
    if type(seconds) is int and 0 <= seconds < 2**33:
        return seconds * 1_000_000_000
    return 0
