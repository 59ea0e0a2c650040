"""An operator takes the name of something protected, to get the requests that are meant for it: every name × every way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from networks.actions.actors import Actor
from networks.actions.containers import rename_container
from networks.actions.launching import run_container
from networks.actions.networks import connect_container
from networks.actions.recording import ActionResult
from networks.engine.specs import ConnectSpec, EndpointSpec, RunSpec
from networks.hostnet.own_process import own_marks
from networks.models import Container, Endpoint, Engine, Grant, OutcomeKind, Role
from tests.lab_image import IMAGE
from tests.private_engine import PrivateEngine, wait_until

NAMES = {
    "its name": "vault",
    "its host name": "vault-host",
    "its alias": "secrets.internal",
    "in capitals": "Secrets.Internal",
    "as a whole name": "secrets.internal.",
    "its short id": "",
}


class Scene:
    """A protected container with names of every kind on a network, and another container that is on none of it."""

    def __init__(self, engine: PrivateEngine, followed: Engine, actor: Actor) -> None:
        self.engine, self.row, self.actor = engine, followed, actor
        self.network = engine.cli("network", "create", "front")
        names = ("--network", "front", "--network-alias", "secrets.internal", "--hostname", "vault-host")
        self.vault = engine.run("vault", *names, "--label", "netadmin.protect=true", command=_serving("the real one"))
        self.other = engine.run("other", command=_serving("an impostor"))
        for container_id in (self.vault, self.other):
            wait_until(Container.objects.filter(docker_id=container_id, state="running").exists, "it in the snapshot")
        wait_until(self._names_are_known, "the names in the snapshot")

    def _names_are_known(self) -> bool:
        rows = Endpoint.objects.filter(container__docker_id=self.vault, network__docker_id=self.network)
        return any("vault-host" in names for names in rows.values_list("dns_names", flat=True))

    def connect(self, name: str) -> ActionResult:
        spec = ConnectSpec(self.network, self.other, aliases=(name,))
        return connect_container(self.actor, self.row, spec, network_name="front", container_name="other")

    def run_with_alias(self, name: str) -> ActionResult:
        endpoint = EndpointSpec(self.network, "front", aliases=(name,))
        return run_container(self.actor, self.row, RunSpec(IMAGE, "trap", networks=(endpoint,)))

    def run_as(self, name: str) -> ActionResult:
        spec = RunSpec(IMAGE, name.rstrip("."), networks=(EndpointSpec(self.network, "front"),))
        return run_container(self.actor, self.row, spec)

    def run_with_host_name(self, name: str) -> ActionResult:
        spec = RunSpec(IMAGE, "trap", hostname=name, networks=(EndpointSpec(self.network, "front"),))
        return run_container(self.actor, self.row, spec)

    def rename(self, name: str) -> ActionResult:
        self.engine.cli("network", "connect", "front", "other", check=False)  # once is enough
        return rename_container(self.actor, self.row, self.other, name="other", new_name=name.rstrip("."))

    def spelled(self, kind: str) -> str:
        return NAMES[kind] or self.vault[:12]


WAYS: dict[str, Callable[[Scene, str], ActionResult]] = {
    "connect": Scene.connect,
    "run with an alias": Scene.run_with_alias,
    "run as": Scene.run_as,
    "run with a host name": Scene.run_with_host_name,
    "rename": Scene.rename,
}


def _serving(word: str) -> tuple[str, ...]:
    return ("sh", "-c", f"mkdir -p /www && echo {word} > /www/index.html && exec httpd -f -h /www -p 80")


def answers(engine: PrivateEngine, name: str, count: int = 24) -> set[str]:
    """Ask a name so many times from a container on the network; return who answered."""
    asking = f"for n in $(seq {count}); do wget -qO- -T 2 http://{name}/ || echo nobody; done"
    return set(engine.cli("run", "--rm", "--network", "front", IMAGE, "sh", "-c", asking).splitlines())


@pytest.fixture(params=["operator", "superuser"])
def scene(engine: PrivateEngine, followed: Engine, operator: Actor, request: pytest.FixtureRequest) -> Scene:
    if request.param == "superuser":
        User.objects.filter(pk=operator.user_id).update(is_superuser=True)
    return Scene(engine, followed, operator)


def test_nobody_answers_for_what_is_protected(scene: Scene) -> None:
    tried = {}
    for way, take in WAYS.items():
        for kind in NAMES:
            if way in ("run as", "rename") and kind == "its name":
                continue  # Docker itself gives a name once
            result = take(scene, scene.spelled(kind))
            tried[way, kind] = (result.kind, "which is protected, is called" in result.sentence)

    assert {key: got for key, got in tried.items() if got != (OutcomeKind.DENIED, True)} == {}
    assert len(tried) == 28
    for name in ("vault", "vault-host", "secrets.internal"):
        assert answers(scene.engine, name) == {"the real one"}


def test_other_names_are_free(scene: Scene) -> None:
    connected, ran = scene.connect("www"), scene.run_with_alias("api")

    assert (connected.kind, ran.kind) == (OutcomeKind.OK, OutcomeKind.OK), (connected.sentence, ran.sentence)
    assert answers(scene.engine, "www") == {"an impostor"}


def test_the_attack_itself_succeeds_without_us(scene: Scene) -> None:
    """The control: what the docker command does gives the impostor its share."""
    scene.engine.cli("network", "connect", "--alias", "secrets.internal", "front", "other")

    assert answers(scene.engine, "secrets.internal", 100) == {"the real one", "an impostor"}


@pytest.fixture
def inside(engine: PrivateEngine, followed: Engine, tmp_path: Path, settings: Any) -> Iterator[str]:
    """Be a process that runs in a real container on a network of its own. Gives that network's id."""
    network = engine.cli("network", "create", "own_net")
    dashboard = engine.run("dashboard", "--network", "own_net")
    engine.run("other")
    for name in ("self/mountinfo", "self/cgroup", "sys/kernel/hostname"):
        place = tmp_path / "proc" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(engine.cli("exec", "dashboard", "cat", f"/proc/{name}"))
    settings.NETADMIN_PROC_DIR = str(tmp_path / "proc")
    joined = Endpoint.objects.filter(container__docker_id=dashboard, network__docker_id=network)
    wait_until(joined.exists, "the endpoint in the snapshot")
    yield network
    own_marks.cache_clear()


@pytest.mark.parametrize(("role", "may_join"), [(Role.OPERATOR, False), (Role.ADMIN, True)])
def test_netadmin_s_own_network_is_joined_by_admins_alone_and_nobody_gets_an_alias_there(
    engine: PrivateEngine, followed: Engine, operator: Actor, inside: str, role: str, may_join: bool
) -> None:
    Grant.objects.update(role=role)
    other = Container.objects.get(name="other").docker_id
    names = {"network_name": "own_net", "container_name": "other"}

    alias = connect_container(operator, followed, ConnectSpec(inside, other, aliases=("whatever",)), **names)
    run_alias = RunSpec(IMAGE, "trap", networks=(EndpointSpec(inside, "own_net", aliases=("whatever",)),))
    ran_alias = run_container(operator, followed, run_alias)
    joined = connect_container(operator, followed, ConnectSpec(inside, other), **names)
    ran = run_container(operator, followed, RunSpec(IMAGE, "beside", networks=(EndpointSpec(inside, "own_net"),)))

    wanted = OutcomeKind.OK if may_join else OutcomeKind.DENIED
    assert (alias.kind, ran_alias.kind) == (OutcomeKind.DENIED, OutcomeKind.DENIED)
    assert (joined.kind, ran.kind) == (wanted, wanted), (joined.sentence, ran.sentence)
    assert ("nothing gets an alias there" in alias.sentence) == may_join
