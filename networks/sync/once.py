"""One pass of reading and writing, for `manage.py sync` when nobody follows."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.models import Engine
from networks.models.access import access_of, machine_from_here
from networks.sync.follow.inbox import Inbox
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.lease import lease_of
from networks.sync.follow.reconciler import Reconciler
from networks.sync.host.board import HostPicture
from networks.sync.host.machine import Machine
from networks.sync.host.remembered import Remembered
from networks.sync.host.watcher import OpenReader
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.writer import Snapshot

TIMEOUT_S = 30.0


def sync_once(engine: Engine, data_dir: Path) -> int | None:
    """Read everything, detail included, and return how many rows differed; None when somebody else holds the lease.

    Raises EngineError when the Engine can't be read.
    """
    access, lease = access_of(engine), lease_of(data_dir, f"follower-{engine.slug}")
    if not lease.take():
        return None
    inbox = Inbox()
    client = EngineClient(access, Profile.READ)
    inspectors = Inspectors(engine.slug, lambda: EngineClient(access, Profile.READ), inbox)
    try:
        client.negotiate()
        snapshot = Snapshot(engine.pk, lease.hold if lease.is_fenced else None)
        reconciler = Reconciler(client, snapshot, snapshot.load(), EventJournal(engine.slug), inspectors)
        mended = reconciler.resync(as_of=datetime.now(UTC))
        inspectors.start()
        reconciler.inspect_everything()
        deadline = time.monotonic() + TIMEOUT_S
        while not inspectors.is_idle() and time.monotonic() < deadline:
            reconciler.absorb(inbox.take(0.02))
        reconciler.absorb(inbox.take(0))
        return mended
    finally:
        inspectors.stop()
        client.close()
        lease.give_back()


def look_once(engine: Engine, open_reader: OpenReader) -> HostPicture:
    """Read the machine and return its picture, with names from the snapshot as it is. Raises HostError."""
    reader = open_reader(*machine_from_here(engine.slug, engine.netns, engine.url))
    try:
        remembered = Remembered(engine.pk)
        remembered.refresh()
        machine = Machine(reader, remembered)
        machine.read_everything()
        return machine.picture(HostPicture(), now=datetime.now(UTC))
    finally:
        reader.close()
