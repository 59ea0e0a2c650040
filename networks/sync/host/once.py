"""One look at an Engine's machine, for commands: in their own process, whether or not anybody watches it."""

from __future__ import annotations

from datetime import UTC, datetime

from networks.models import Engine
from networks.sync.host.machine import Machine
from networks.sync.host.picture import HostPicture
from networks.sync.host.remembered import Remembered
from networks.sync.host.watcher import OpenReader


def look_once(engine: Engine, open_reader: OpenReader) -> HostPicture:
    """Read the machine and return its picture, with names from the snapshot as it is. Raises HostError."""
    reader = open_reader(engine.netns, engine.url)
    try:
        remembered = Remembered(engine.pk)
        remembered.refresh()
        machine = Machine(reader, remembered)
        machine.read_everything()
        return machine.picture(HostPicture(), now=datetime.now(UTC))
    finally:
        reader.close()
