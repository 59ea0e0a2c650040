"""What is protected, and how Netadmin finds its own containers: from copies of what containers have under /proc."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from networks.hostnet.own_process import own_marks
from networks.models import Container, Engine, EngineStatus
from networks.policy.own_containers import backing_places
from networks.policy.protection import (
    Lock,
    Protection,
    Reason,
    protection_of,
    read_protection,
)
from networks.queries.engines import read_engine
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_predefined

OTHER = make_id("container other")
# As a container of Docker 26 sees it (cgroup v2), and what a host sees of the containers on it.
IN_CONTAINER = "612 601 254:1 /var/lib/docker/containers/{id}/{file} /etc/{file} rw,relatime - ext4 /dev/vda1 rw"
ON_HOST = "301 29 0:52 / /var/lib/docker/containers/{id}/mounts/shm rw,nosuid - tmpfs shm rw,size=65536k"


@pytest.fixture
def proc(tmp_path: Path, settings: Any) -> Path:
    """Be a process that sees this folder as its /proc: at first one that runs in no container."""
    (tmp_path / "self").mkdir()
    (tmp_path / "sys/kernel").mkdir(parents=True)
    be(tmp_path, mountinfo=ON_HOST.format(id=OTHER), cgroup="0::/user.slice/session-1.scope", hostname="workstation")
    settings.NETADMIN_PROC_DIR = str(tmp_path)
    return tmp_path


def be(proc: Path, **files: str) -> None:
    own_marks.cache_clear()
    for name, text in files.items():
        place = proc / ("sys/kernel/hostname" if name == "hostname" else f"self/{name}")
        place.write_text(text + "\n")


def locks(found: Protection) -> dict[str, dict[str, str]]:
    """Return name to reason of all that is protected, by kind."""
    kinds = {"containers": found.containers, "networks": found.networks, "kept": found.kept}
    return {kind: {lock.name: str(lock.reason) for lock in by_id.values()} for kind, by_id in kinds.items()}


@pytest.fixture
def world(db: None, proc: Path) -> Engine:
    """Make an Engine on which nothing is ours: bridge, host and none, and a project of two containers."""
    engine = make_engine()
    make_predefined(engine)
    front, back = make_network(engine, "front"), make_network(engine, "back")
    for name, network in (("app", front), ("db", back), ("other", front)):
        make_endpoint(make_container(engine, name), network, f"10.0.0.{len(name) + 5}", dns_names=[f"{name}-alias", name])
    make_endpoint(Container.objects.get(name="app"), back, "10.1.0.9")
    return engine


def test_it_protects_docker_s_own_networks_and_nothing_else_by_itself(world: Engine) -> None:
    assert locks(protection_of("local")) == {
        "containers": {},
        "networks": {},
        "kept": {"bridge": "predefined", "host": "predefined", "none": "predefined"},
    }


@pytest.mark.parametrize(
    "files",
    [
        {"mountinfo": IN_CONTAINER.format(id=make_id("container app"), file="hostname")},
        {"mountinfo": IN_CONTAINER.format(id=make_id("container app"), file="resolv.conf"), "hostname": "custom"},
        {"cgroup": f"0::/system.slice/docker-{make_id('container app')}.scope"},
        {"cgroup": f"12:cpu:/docker/{make_id('container app')}"},
        {"hostname": make_id("container app")[:12]},
    ],
    ids=["mounts", "mounts of another hostname", "cgroup v2", "cgroup v1", "hostname"],
)
def test_it_finds_its_own_container_and_keeps_its_networks(world: Engine, proc: Path, files: dict[str, str]) -> None:
    be(proc, **files)

    found = locks(protection_of("local"))

    assert found["containers"] == {"app": "own"}
    assert found["networks"] == {}
    assert {name: reason for name, reason in found["kept"].items() if reason != "predefined"} == {
        "front": "guest",
        "back": "guest",
    }


@pytest.mark.parametrize("hostname", ["workstation", "deadbeef0000", make_id("container app")[:11], ""])
def test_it_takes_no_other_hostname_for_an_id(world: Engine, proc: Path, hostname: str) -> None:
    be(proc, hostname=hostname)

    assert protection_of("local").containers == {}


def test_it_protects_whose_network_its_own_container_shares(world: Engine, proc: Path) -> None:
    donor = make_id("container other")
    Container.objects.filter(name="app").update(donor_id=donor, network_mode=f"container:{donor}", revision=2)
    be(proc, hostname=make_id("container app")[:12])

    assert locks(protection_of("local"))["containers"] == {"app": "own", "other": "donor"}


@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_it_protects_what_a_label_asks_for(world: Engine, value: str) -> None:
    make_network(world, "vault", labels={"netadmin.protect": value})
    make_endpoint(make_container(world, "keeper", labels={"netadmin.protect": value}), world.networks.get(name="back"))

    found = locks(protection_of("local"))

    assert (found["containers"], found["networks"]) == ({"keeper": "label"}, {"vault": "label"})
    assert found["kept"]["back"] == "guest"


def test_it_lets_no_label_take_protection_away(world: Engine, proc: Path) -> None:
    labels = {"netadmin.protect": "false"}
    world.networks.filter(name="bridge").update(labels=labels)
    world.containers.filter(name="app").update(labels=labels)
    be(proc, hostname=make_id("container app")[:12])

    found = locks(protection_of("local"))

    assert found["containers"] == {"app": "own"}
    assert found["kept"]["bridge"] == "predefined"


@pytest.mark.parametrize("location", ["redis://db:6379/0", "redis://10.0.0.7:6379", "redis://user:secret@db-alias/1"])
def test_it_finds_the_container_of_its_redis_or_database(world: Engine, proc: Path, settings: Any, location: str) -> None:
    be(proc, hostname=make_id("container app")[:12])
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": location}}

    assert locks(protection_of("local"))["containers"] == {"app": "own", "db": "backing"}


def test_it_finds_a_database_by_the_port_that_it_publishes_here(world: Engine, settings: Any) -> None:
    ports = [{"private_port": 6379, "protocol": "tcp", "public_port": 6380, "address": "127.0.0.1"}]
    world.containers.filter(name="db").update(ports=ports)
    settings.CACHES = {"default": {"BACKEND": "x", "LOCATION": ["redis://localhost:6380"]}}

    assert locks(protection_of("local"))["containers"] == {"db": "backing"}


def test_it_reads_all_places_of_the_settings() -> None:
    databases = {
        "default": {"ENGINE": "django.db.backends.postgresql", "HOST": "DB", "PORT": "5432"},
        "socket": {"ENGINE": "django.db.backends.postgresql", "HOST": "/run/postgresql"},
        "file": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"},
    }
    caches = {"default": {"LOCATION": "redis://cache:6379/1"}, "file": {"LOCATION": "/var/tmp/x"}, "none": {}}
    layers = {"default": {"CONFIG": {"hosts": [("layer", 6379), "rediss://tls", {"address": "redis://other:1"}]}}, "none": {}}

    assert list(backing_places(databases, caches, layers)) == [
        ("db", 5432),
        ("cache", 6379),
        ("layer", 6379),
        ("tls", 0),
        ("other", 1),
    ]


def test_it_looks_again_when_the_snapshot_has_changed(world: Engine) -> None:
    before = read_protection(read_engine("local"))
    make_network(world, "vault", labels={"netadmin.protect": "true"}, revision=2)
    world.status.revision = 2
    world.status.save()

    assert read_protection(read_engine("local")).networks.keys() - before.networks.keys() == {make_id("network vault")}


@pytest.mark.parametrize("reason", Reason)
def test_it_says_why_in_words(reason: Reason) -> None:
    sentence = Lock(reason, "front", "app").sentence

    assert "front" in sentence
    assert ("app" in sentence) == (reason in (Reason.DONOR, Reason.GUEST))


def test_it_keeps_the_engine_in_its_swarm_where_a_protected_thing_would_lose_its_network(world: Engine) -> None:
    across = make_network(world, "across", driver="overlay", scope="swarm", docker_id="n" * 25)
    assert protection_of("local").lock_on_leaving() is None

    keeper = make_container(world, "keeper", labels={"netadmin.protect": "true"}, revision=2)
    make_endpoint(keeper, across, "10.0.9.2")
    EngineStatus.objects.filter(engine=world).update(revision=3)

    lock = protection_of("local").lock_on_leaving()
    assert lock is not None
    assert lock.sentence == "keeper, which is protected, is on across: Netadmin doesn't remove it."
