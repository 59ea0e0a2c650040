"""Drivers are tried for real: a followed Engine whose machine is watched as well, with a LAN, and an admin's browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from networks.hostnet.linux.opening import open_host
from networks.models import Engine
from networks.policy.host_space import host_side_of
from networks.sync.host.watcher import GATHER_S, HostWatcher
from tests.actions.conftest import followed
from tests.drivers.plugged import Plugin
from tests.drivers.switch import Switch, why_no_switch
from tests.lan import Lan
from tests.private_engine import PrivateEngine, wait_until

__all__ = ["followed"]


@pytest.fixture
def lan(engine: PrivateEngine) -> Iterator[Lan]:
    """Give the Engine's machine a LAN with a router; its own link there is `lan.link`."""
    with Lan(engine) as made:
        yield made


@pytest.fixture
def watched(lan: Lan, followed: Engine) -> Iterator[Engine]:
    """Watch the machine as it is done when serving."""
    Engine.objects.filter(pk=followed.pk).update(netns=f"/run/netns/{lan.engine.netns}")
    watcher = HostWatcher(followed, open_host, gather_unseen_s=GATHER_S)
    watcher.start()
    watcher.hurry()
    wait_until(lambda: lan.link in host_side_of(followed.slug).ways_out, "the machine's way out")
    yield followed
    watcher.stop()


@pytest.fixture
def plugin(engine: PrivateEngine) -> Iterator[Plugin]:
    """Run a network driver that plugs containers into an Open vSwitch of its own."""
    if reason := why_no_switch():
        pytest.skip(reason)
    with Switch(engine) as switch, Plugin(switch) as running:
        yield running
        running.switch.engine.empty()


@pytest.fixture
def admin(client: Client, followed: Engine) -> Client:
    """Give the browser of somebody who may do everything."""
    client.force_login(get_user_model().objects.create_superuser("root"))
    return client
