"""Networks of a swarm: the form's and the command's are the same there too, and the form knows what a manager can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.forms.networks import NetworkForm
from networks.views.acting import make_aside
from tests.forms.test_form_and_command import inspected, paste
from tests.forms.typed_networks import Typed, ask, form_of, read_ground_of
from tests.private_engine import PrivateEngine, wait_until

VXLAN = "com.docker.network.driver.overlay.vxlanid_list"
NETWORKS: dict[str, Typed] = {
    "encrypted": {"driver": "overlay", "encrypted": "on", "is_attachable": "on", "labels": "team=web's"},
    "vxlan": {
        "driver": "overlay",
        "vxlanid_list": "4097",
        "mtu": "1400",
        "pools-0-subnet": "10.90.0.0/24",
        "pools-0-gateway": "10.90.0.9",
    },
    "scope": {"driver": "overlay", "scope": "swarm", "is_internal": "on", "pools-0-subnet": "10.91.0.0/24"},
    "my ingress": {"driver": "overlay", "is_ingress": "on", "pools-0-subnet": "10.92.0.0/24"},
    "bridge of a swarm": {"driver": "bridge", "scope": "swarm", "is_attachable": "on"},
}


@pytest.fixture
def swarm(fresh_engine: PrivateEngine) -> PrivateEngine:
    fresh_engine.cli("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1")
    return fresh_engine


@pytest.fixture
def client(swarm: PrivateEngine) -> Iterator[EngineClient]:
    opened = EngineClient(swarm.url, Profile.NETWORK)
    yield opened
    opened.close()


def settled(swarm: PrivateEngine, docker_id: str, form: NetworkForm) -> Any:
    """Return a network's inspection once the swarm has worked on it, and see it gone."""
    wait_until(lambda: ask(swarm, "GET", f"/networks/{docker_id}")[1]["Driver"], "the swarm's work on the network")
    made = inspected(swarm, docker_id, form)
    wait_until(lambda: form.to_spec().name not in read_ground_of(swarm).names, "its removal")
    return made


def test_it_makes_in_a_swarm_what_the_command_makes(swarm: PrivateEngine, client: EngineClient) -> None:
    wait_until(lambda: "ingress" in read_ground_of(swarm).names, "the swarm's own ingress")
    swarm.cli("network", "rm", "ingress", stdin=b"y\n")
    wait_until(lambda: "ingress" not in read_ground_of(swarm).names, "its removal")

    for name, typed in NETWORKS.items():
        form = form_of({"name": name.replace(" ", "-"), "masquerade-shown": "", **typed}, read_ground_of(swarm))
        assert form.is_valid(), (name, form.errors, [pool.errors for pool in form.pools])

        by_form = settled(swarm, client.create_network(form.to_spec()), form)
        by_command = settled(swarm, paste(swarm, make_aside(form.command_lines(), ()).text), form)

        if "vxlanid_list" not in typed:  # the swarm chose one, the next each time
            for made in (by_form, by_command):
                (made["Options"] or {}).pop(VXLAN, None)
        assert by_form == by_command, name
