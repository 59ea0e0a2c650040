"""On a real Engine: what the form makes is what the command beside it makes, and what the form accepts is accepted."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import Refused
from networks.forms.networks import NetworkForm
from networks.refusals.catalogue import explain
from networks.views.acting import make_aside
from tests.conftest import IS_FULL
from tests.forms.typed_networks import (
    CONFIG,
    Typed,
    add_parents,
    ask,
    form_of,
    read_ground_of,
    remove_parents,
    type_anything,
    type_network,
)
from tests.private_engine import PrivateEngine

SAME = 500 if IS_FULL else 25
ACCEPTED = 1_000 if IS_FULL else 40
LEAST_SHARE = 0.99
# A kernel without VLANs or dummy links can't make some networks, which no form can know: not counted, but told in its place.
LACKING = "operation not supported"


@pytest.fixture
def machine(engine: PrivateEngine) -> Iterator[PrivateEngine]:
    """Give an Engine with devices to be parents, a network to collide with, and one to take a configuration from."""
    engine.cli("network", "create", "--subnet", "10.20.0.0/24", "-o", "com.docker.network.bridge.name=br-front", "front")
    engine.cli("network", "create", "--config-only", "--subnet", "10.21.0.0/24", "--label", "from=plan", CONFIG)
    add_parents(engine)
    yield engine
    remove_parents(engine)


@pytest.fixture
def client(machine: PrivateEngine) -> Iterator[EngineClient]:
    opened = EngineClient(machine.url, Profile.NETWORK)
    yield opened
    opened.close()


def inspected(engine: PrivateEngine, docker_id: str, form: NetworkForm) -> Any:
    """Return a network's inspection without what differs each time, and remove the network."""
    status, document = ask(engine, "GET", f"/networks/{docker_id}")
    assert status == 200
    assert ask(engine, "DELETE", f"/networks/{docker_id}")[0] == 204
    spec = form.to_spec()
    for member in ("Id", "Created"):
        document.pop(member)
    if not any(pool.subnet and pool.subnet.version == 4 for pool in spec.pools) and not spec.config_from:
        # Docker chose a subnet, the next one each time.
        document["IPAM"]["Config"] = [each for each in document["IPAM"]["Config"] or [] if ":" in each["Subnet"]]
    return document


def paste(engine: PrivateEngine, command: str) -> str:
    """Run a command as somebody who pastes it into a shell, and return what it says."""
    environment = {**os.environ, "DOCKER_HOST": engine.url, "DOCKER_CONFIG": str(engine.folder / "client")}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout.strip()


def test_it_makes_what_the_command_beside_it_makes(machine: PrivateEngine, client: EngineClient) -> None:
    ground = read_ground_of(machine)
    compared = Counter[str]()
    seed = 0
    while sum(compared.values()) < SAME:
        seed += 1
        form = form_of(type_network(seed), ground)
        if not form.is_valid():
            continue
        by_form = inspected(machine, client.create_network(form.to_spec()), form)
        by_command = inspected(machine, paste(machine, make_aside(form.command_lines(), ()).text), form)

        assert by_form == by_command, json.dumps(dict(form.data.items()), ensure_ascii=False)
        compared[form.to_spec().driver] += 1

    assert set(compared) == {"bridge", "macvlan", "ipvlan"}
    assert seed < 3 * SAME  # most of what is generated is typed well


def test_it_accepts_what_the_engine_accepts(machine: PrivateEngine, client: EngineClient) -> None:
    ground = read_ground_of(machine)
    accepted, tried = 0, 0
    refused, homeless = list[tuple[Typed, str]](), list[tuple[Typed, str]]()
    while accepted + len(refused) < ACCEPTED:
        tried += 1
        typed = type_anything(tried)
        form = form_of(typed, ground)
        if not form.is_valid():
            continue
        try:
            docker_id = client.create_network(form.to_spec())
        except Refused as error:
            if not marks_a_field(form, error.sentence):
                homeless.append((typed, error.sentence))
            elif LACKING not in error.sentence:
                refused.append((typed, error.sentence))
        else:
            accepted += 1
            assert ask(machine, "DELETE", f"/networks/{docker_id}")[0] == 204

    assert homeless == []
    assert accepted >= LEAST_SHARE * ACCEPTED, "\n".join(f"{sentence}: {typed}" for typed, sentence in refused)
    assert tried > accepted + len(refused)  # some were typed wrong, and the form said so


def marks_a_field(form: NetworkForm, sentence: str) -> bool:
    """Tell whether a refusal comes back on a field of the form."""
    known = explain(sentence)
    if known is None:
        return False
    form.mark_refused(known.field, sentence, "what it means")
    return any("what it means" in errors for each in (form, *form.pools) for errors in each.errors.values())
