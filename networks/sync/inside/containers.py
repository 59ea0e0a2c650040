"""Reading the stack of a container that the snapshot knows: by the process that it had when it was inspected last."""

from __future__ import annotations

from networks.hostnet.linux.opening import open_host
from networks.models import Container
from networks.sync.inside.reading import OpenReader, Process, Reading, Trouble, read_inside

_WITH_PROCESS = frozenset({"running", "paused"})


def read_container(engine_slug: str, docker_id: str, *, open_reader: OpenReader = open_host) -> Reading | None:
    """Return what its stack looks like now, None where it isn't running, or isn't there. One query; another where it vanished.

    One that was restarted meanwhile has another process by the time its end was noticed: that one is read then.
    """
    process = _process_of(engine_slug, docker_id)
    if process is None:
        return None
    reading = _read(process, open_reader)
    if reading.trouble is not Trouble.VANISHED:
        return reading
    newer = _process_of(engine_slug, docker_id)
    if newer is None or newer == process:
        return None if newer is None else reading
    return _read(newer, open_reader)


def _read(process: Process, open_reader: OpenReader) -> Reading:
    if process.pid <= 0:
        return Reading(trouble=Trouble.UNKNOWN)
    return read_inside(process, open_reader)


def _process_of(engine_slug: str, docker_id: str) -> Process | None:
    columns = ("state", "pid", "network_mode", "engine__url", "engine__netns")
    found = Container.objects.filter(engine__slug=engine_slug, docker_id=docker_id).values_list(*columns).first()
    if found is None or found[0] not in _WITH_PROCESS:
        return None
    _state, pid, network_mode, url, netns = found
    return Process(url, netns, docker_id, pid, is_host=network_mode == "host")
