"""Containers out of `GET /containers/json` and `GET /containers/{id}/json`; the two give equal facts but for detail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.facts import ContainerFact, InterfaceStats, PortFact
from networks.engine.parsing.endpoints import parse_endpoints
from networks.engine.parsing.values import (
    child,
    document,
    flag,
    identity,
    integer,
    listing,
    members,
    objects,
    parse_moment,
    parse_text,
    second,
    text_map,
    texts,
)
from networks.engine.states import ENDED, WITH_STACK
from networks.engine.swarm_facts import ExecFact

_EXITED = re.compile(r"(?:Exited|Restarting) \((-?[0-9]{1,9})\)")
_HEALTH = re.compile(r"\((?:health: )?(starting|healthy|unhealthy)\)")
_STATES_WITH_EXIT_CODE = ("exited", "restarting")
_HEALTH_WORDS = ("starting", "healthy", "unhealthy")


def parse_containers(answer: Any) -> tuple[ContainerFact, ...]:
    """Return the containers of the list. Raises ProtocolFault for what isn't a list of containers."""
    return tuple(map(parse_listed, listing(answer, "containers")))


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
    docker_id = identity(document(answer, "a container").get("Id"), "container")
    config, state = answer.get("Config"), answer.get("State")
    word = parse_text(child(state, "Status"), 20)
    settings, host = answer.get("NetworkSettings"), answer.get("HostConfig")
    created = parse_moment(answer.get("Created"))
    policy = parse_text(child(host, "RestartPolicy", "Name"), 20)
    health = parse_text(child(state, "Health", "Status"), 20)
    name = _name([answer.get("Name")])
    mode, networks = _mode_and_networks(host, settings)
    return ContainerFact(
        docker_id=docker_id,
        name=name,
        image=parse_text(child(config, "Image")),
        image_id=parse_text(answer.get("Image"), 80),
        command=_command(answer.get("Path"), answer.get("Args")),
        state=word,
        created_at=created.replace(microsecond=0) if created else None,  # the list knows whole seconds
        network_mode=mode,
        endpoints=parse_endpoints(networks, docker_id, state=word, has_detail=True, container_name=name),
        **_published(_inspected_ports(child(settings, "Ports")), word),
        labels=text_map(child(config, "Labels")),
        exit_code=integer(child(state, "ExitCode")) if word in _STATES_WITH_EXIT_CODE else None,
        health=health if word == "running" and health in _HEALTH_WORDS else "",
        started_at=parse_moment(child(state, "StartedAt")),
        finished_at=parse_moment(child(state, "FinishedAt")),
        hostname=parse_text(child(config, "Hostname")),
        pid=max(integer(child(state, "Pid")) or 0, 0),
        restart_policy="" if policy == "no" else policy,
        is_auto_removed=child(host, "AutoRemove") is True,
        is_out_of_memory=child(state, "OOMKilled") is True,
        stop_wait_s=_stop_wait(child(config, "StopTimeout")),
        has_detail=True,
    )


def parse_listed(answer: Any) -> ContainerFact:
    """Return one container of the list. Raises ProtocolFault for what isn't one."""
    get = document(answer, "a list of containers").get
    docker_id = identity(get("Id"), "container")
    exit_code, health = _read_status(get("State"), get("Status"))
    state = parse_text(get("State"), 20)
    mode, networks = _mode_and_networks(get("HostConfig"), get("NetworkSettings"))
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
        **_published(_listed_ports(get("Ports")), state),
        labels=text_map(get("Labels")),
        exit_code=exit_code,
        health=health,
    )


def _mode_and_networks(host: object, settings: object) -> tuple[str, object]:
    """Return the network mode, and what its record says of networks.

    Of one that shares another's stack nothing counts: Docker connects it while it is stopped, writes that down, and never
    looks at it.
    """
    told = parse_text(child(host, "NetworkMode"))
    mode = "bridge" if told == "default" else told  # what Engines before 26 call it
    return mode, None if mode.startswith(DONOR_PREFIX) else child(settings, "Networks")


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


def _command(path: object, arguments: object) -> str:
    """Return the command line as Docker's list writes it: arguments with a space between quotes."""
    words = [f"'{word}'" if " " in word else word for word in texts(arguments)]
    return " ".join([parse_text(path), *words])


def _published(ports: tuple[PortFact, ...], state: str) -> dict[str, Any]:
    """Return what is so of the ports that a record names: on those of a container that has ended the host listens nowhere."""
    left = tuple(port for port in ports if port.public_port) if state in ENDED else ()
    return {"ports": ports if state in WITH_STACK else (), "leftover_ports": left}


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
        private = _number(number)
        published = list(objects(bindings))
        if not published:
            found.append(_port(private, protocol, None, ""))
        for binding in published:
            found.append(_port(private, protocol, _number(parse_text(binding.get("HostPort"))), binding.get("HostIp")))
    return sort_ports(found)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


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
    interfaces = document(answer, "a container's statistics").get("networks")
    found = []
    for name, counted in sorted(interfaces.items()) if type(interfaces) is dict else ():
        values = {counter: child(counted, counter) for counter in _COUNTERS}
        if name and all(type(value) is int and value >= 0 for value in values.values()):
            found.append(InterfaceStats(name, **values))
    return tuple(found)


def parse_exec(answer: Any) -> ExecFact:
    """Return one exec of `GET /exec/{id}/json`. Raises ProtocolFault for one without ids."""
    return ExecFact(
        exec_id=identity(child(answer, "ID"), "exec"),
        container_id=identity(child(answer, "ContainerID"), "container"),
        is_running=flag(child(answer, "Running")),
        exit_code=integer(child(answer, "ExitCode")),
        pid=max(0, integer(child(answer, "Pid")) or 0),
    )
