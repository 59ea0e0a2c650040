"""What a support request is told of each Engine: what is remembered, what it answers now, how fast, and how far we see."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.hostnet.errors import HostError
from networks.hostnet.linux.opening import open_host
from networks.models import Container, Engine, EngineStatus, Network
from networks.models.access import access_of, machine_from_here
from networks.sync.follow.lease import last_held_at

ANSWERS_WITHIN_S = 5.0  # for each question: a support request has to come to an end with twenty Engines away

_REMEMBERED = (
    "state",
    "state_since",
    "as_of",
    "next_try_at",
    "epoch",
    "revision",
    "last_error",
    "version",
    "api_version",
    "min_api_version",
    "os",
    "kernel",
    "architecture",
    "network_drivers",
    "default_address_pools",
    "is_rootless",
    "is_swarm_manager",
    "swarm_state",
    "swarm_error",
    "follower",
    "is_another_engine",
    "resyncs",
    "mended_rows",
    "events_seen",
)


def describe_engine(engine: Engine) -> dict[str, Any]:
    """Return all of it. No name of a container or a network is in it. Asks the Engine four questions."""
    status = EngineStatus.objects.filter(engine=engine).first() or EngineStatus(engine=engine)
    return {
        "engine": engine.slug,
        "url": engine.url,
        "netns": engine.netns,
        "remembered": {name: getattr(status, name) for name in _REMEMBERED},
        "state_now": status.state_at(datetime.now(UTC)),
        "held_at": last_held_at(settings.NETADMIN_DATA_DIR, f"follower-{engine.slug}"),
        "networks": Network.objects.filter(engine=engine).count(),
        "containers": Container.objects.filter(engine=engine).count(),
        "answers": _ask(engine),
        "host": _look(engine),
    }


def _ask(engine: Engine) -> dict[str, Any]:
    """Return what the Engine says now, and the milliseconds that each answer took; "error" where it ended."""
    told: dict[str, Any] = {"timings_ms": {}}
    client = None
    try:
        client = EngineClient(access_of(engine), Profile.READ, timeout_s=ANSWERS_WITHIN_S)
        for name, question in (("negotiate", client.negotiate), ("ping", client.ping)):
            _timed(told, name, question)
        info = _timed(told, "info", client.info)
        picture = _timed(told, "lists", client.picture)
    except EngineError as error:
        return told | {"error": error.sentence}
    finally:
        if client is not None:
            client.close()
    told |= {"version": info.version, "api_version": info.api_version, "os": info.os, "kernel": info.kernel}
    told |= {"network_drivers": info.network_drivers, "swarm_state": info.swarm.state, "is_rootless": info.is_rootless}
    return told | {"networks": len(picture.networks), "containers": len(picture.containers)}


def _timed(told: dict[str, Any], name: str, question: Any) -> Any:
    began = time.perf_counter()
    try:
        return question()
    finally:
        told["timings_ms"][name] = round((time.perf_counter() - began) * 1000, 2)


def _look(engine: Engine) -> dict[str, Any]:
    """Return how far this process sees the Engine's machine, and what is in the way of more."""
    try:
        reader = open_host(*machine_from_here(engine.slug, engine.netns, engine.url))
    except HostError as error:
        return {"error": error.sentence}
    try:
        view = reader.view()
        return {"view": view.tier, "why_not_host": view.why_not_host, "why_not_inside": view.why_not_inside}
    finally:
        reader.close()
