"""Containers out of `GET /containers/json` and `GET /containers/{id}/json`; the two give equal facts but for detail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from networks.engine.calls import CONTAINER_ID, EXEC_ID
from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.errors import ProtocolFault
from networks.engine.facts import ContainerFact, InterfaceStats, PortFact
from networks.engine.parsing.endpoints import ENDED, parse_endpoints
from networks.engine.parsing.values import (
    child,
    flag,
    identity,
    integer,
    members,
    objects,
    parse_moment,
    parse_text,
    second,
    text_map,
    texts,
)
from networks.engine.states import WITH_STACK
from networks.engine.swarm_facts import ExecFact

_ID = re.compile(CONTAINER_ID)
_EXITED = re.compile(r"(?:Exited|Restarting) \((-?[0-9]{1,9})\)")
_HEALTH = re.compile(r"\((?:health: )?(starting|healthy|unhealthy)\)")
_STATES_WITH_EXIT_CODE = ("exited", "restarting")
_HEALTH_WORDS = ("starting", "healthy", "unhealthy")


def parse_containers(answer: Any) -> tuple[ContainerFact, ...]:
    """Return the containers of the list. Raises ProtocolFault for what isn't a list of containers."""
    if type(answer) is not list:
        raise ProtocolFault("The answer isn't a list of containers.")
    return tuple(map(parse_listed, answer))


def _read_status(state: object, status: object) -> tuple[int | None, str]:
    """Return exit code and health. The rest, "Up 38 minutes", changes without an event: nobody may keep it."""
    if type(status) is not str or "(" not in status:
        return None, ""
    if state in _STATES_WITH_EXIT_CODE:
        exited = _EXITED.match(status)
        return (integer(int(exited[1])) if exited else None), ""
    reported = _HEALTH.search(status) if state == "running" else None
    return None, reported[1] if reported else ""


def parse_container(answer: Any) -> ContainerFact:
    """Return an inspected container, with detail. Raises ProtocolFault for what isn't one."""
    if type(answer) is not dict:
        raise ProtocolFault("The answer isn't a container.")
    docker_id = identity(answer.get("Id"), _ID, "container")
    config, state = answer.get("Config"), answer.get("State")
    word = parse_text(child(state, "Status"), 20)
    settings = answer.get("NetworkSettings")
    created = parse_moment(answer.get("Created"))
    policy = parse_text(child(answer.get("HostConfig"), "RestartPolicy", "Name"), 20)
    health = parse_text(child(state, "Health", "Status"), 20)
    name = _name([answer.get("Name")])
    ports = _inspected_ports(child(settings, "Ports"))
    mode = _mode(child(answer.get("HostConfig"), "NetworkMode"))
    networks = None if _is_guest(mode) else child(settings, "Networks")
    return ContainerFact(
        docker_id=docker_id,
        name=name,
        image=parse_text(child(config, "Image")),
        image_id=parse_text(answer.get("Image"), 80),
        command=_command(answer.get("Path"), answer.get("Args")),
        state=word,
        created_at=created.replace(microsecond=0) if created else None,  # the list knows whole seconds
        network_mode=mode,
        endpoints=()
        if _is_guest(mode)
        else parse_endpoints(networks, docker_id, state=word, has_detail=True, container_name=name),
        ports=ports if word in WITH_STACK else (),
        leftover_ports=_left(ports, word),
        labels=text_map(child(config, "Labels")),
        exit_code=integer(child(state, "ExitCode")) if word in _STATES_WITH_EXIT_CODE else None,
        health=health if word == "running" and health in _HEALTH_WORDS else "",
        started_at=parse_moment(child(state, "StartedAt")),
        finished_at=parse_moment(child(state, "FinishedAt")),
        hostname=parse_text(child(config, "Hostname")),
        pid=max(integer(child(state, "Pid")) or 0, 0),
        restart_policy="" if policy == "no" else policy,
        is_auto_removed=child(answer.get("HostConfig"), "AutoRemove") is True,
        is_out_of_memory=child(state, "OOMKilled") is True,
        stop_wait_s=_stop_wait(child(config, "StopTimeout")),
        has_detail=True,
    )


def parse_listed(answer: Any) -> ContainerFact:
    """Return one container of the list. Raises ProtocolFault for what isn't one."""
    if type(answer) is not dict:
        raise ProtocolFault("The list holds something that isn't a container.")
    get = answer.get
    docker_id = identity(get("Id"), _ID, "container")
    exit_code, health = _read_status(get("State"), get("Status"))
    state, ports = parse_text(get("State"), 20), _listed_ports(get("Ports"))
    mode = _mode(child(get("HostConfig"), "NetworkMode"))
    networks = None if _is_guest(mode) else child(get("NetworkSettings"), "Networks")
    return ContainerFact(
        docker_id=docker_id,
        name=_name(members(get("Names"))),
        image=parse_text(get("Image")),
        image_id=parse_text(get("ImageID"), 80),
        command=parse_text(get("Command")),
        state=state,
        created_at=second(get("Created")),
        network_mode=mode,
        endpoints=parse_endpoints(networks, docker_id, state=state, has_detail=False),
        ports=ports if state in WITH_STACK else (),
        leftover_ports=_left(ports, state),
        labels=text_map(get("Labels")),
        exit_code=exit_code,
        health=health,
    )


def _is_guest(mode: str) -> bool:
    """Tell whether it shares another's stack. Docker connects it while it is stopped, writes that down, and never looks at it."""
    return mode.startswith(DONOR_PREFIX)


def _stop_wait(answer: object) -> int | None:
    """Return the seconds, -1 for never. Docker takes numbers that no database's integer holds; those are as long as can be."""
    return max(-1, min(answer, 2**31 - 1)) if type(answer) is int else None


def _name(names: list[Any]) -> str:
    """Return the container's own name: with links it has others, such as "/client/alias"."""
    found = [name.removeprefix("/") for name in names if type(name) is str]
    for name in found:
        if "/" not in name:
            return parse_text(name)
    return parse_text(found[0]) if found else ""


def _mode(value: object) -> str:
    mode = parse_text(value)
    return "bridge" if mode == "default" else mode  # what Engines before 26 call it


def _command(path: object, arguments: object) -> str:
    """Return the command line as Docker's list writes it: arguments with a space between quotes."""
    words = [f"'{word}'" if " " in word else word for word in texts(arguments)]
    return " ".join([parse_text(path), *words])


def _left(ports: tuple[PortFact, ...], state: str) -> tuple[PortFact, ...]:
    """Return the ports that the record of a container which has ended names as published: the host listens on none of them."""
    return tuple(port for port in ports if port.public_port) if state in ENDED else ()


def _listed_ports(answer: object) -> tuple[PortFact, ...]:
    if not answer:
        return ()
    found = (
        _port(entry.get("PrivatePort"), entry.get("Type"), entry.get("PublicPort"), entry.get("IP")) for entry in objects(answer)
    )
    return sort_ports(found)


def _inspected_ports(answer: object) -> tuple[PortFact, ...]:
    if not answer or type(answer) is not dict:
        return ()
    found = []
    for key, bindings in answer.items():
        number, _, protocol = key.partition("/")
        private = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None
        published = list(objects(bindings))
        if not published:
            found.append(_port(private, protocol, None, ""))
        for binding in published:
            outside = parse_text(binding.get("HostPort"))
            public = int(outside) if outside.isascii() and outside.isdigit() and len(outside) < 6 else None
            found.append(_port(private, protocol, public, binding.get("HostIp")))
    return sort_ports(found)


def _port(private: object, protocol: object, public: object, address: object) -> PortFact | None:
    number = integer(private)
    if number is None or not 0 < number < 65536:
        return None
    outside = integer(public)
    is_published = outside is not None and 0 < outside < 65536
    return PortFact(number, parse_text(protocol, 10) or "tcp", outside if is_published else None, parse_text(address, 45))


def sort_ports(found: Iterable[PortFact | None]) -> tuple[PortFact, ...]:
    """Return ports in the order that list and inspection of a container share."""
    ports = [port for port in found if port is not None]
    return tuple(sorted(ports, key=lambda port: (port.private_port, port.protocol, port.address, port.public_port or 0)))


_COUNTERS = tuple(field.name for field in fields(InterfaceStats) if field.name != "name")


def parse_stats(answer: object) -> tuple[InterfaceStats, ...]:
    """Return the interfaces by name, none where there are none; one without whole counters is left out, never taken for 0.

    Raises ProtocolFault for what isn't an object.
    """
    if not isinstance(answer, dict):
        raise ProtocolFault("The answer isn't a container's statistics.")
    interfaces = child(answer, "networks")
    found = []
    for name, counted in sorted(interfaces.items()) if type(interfaces) is dict else ():
        values = {counter: child(counted, counter) for counter in _COUNTERS}
        if name and all(type(value) is int and value >= 0 for value in values.values()):
            found.append(InterfaceStats(name, **values))
    return tuple(found)


_EXEC, _CONTAINER = re.compile(EXEC_ID), re.compile(CONTAINER_ID)


def parse_exec(answer: Any) -> ExecFact:
    """Return one exec of `GET /exec/{id}/json`. Raises ProtocolFault for one without ids."""
    return ExecFact(
        exec_id=identity(child(answer, "ID"), _EXEC, "process"),
        container_id=identity(child(answer, "ContainerID"), _CONTAINER, "container"),
        is_running=flag(child(answer, "Running")),
        exit_code=integer(child(answer, "ExitCode")),
        pid=max(0, integer(child(answer, "Pid")) or 0),
    )
