"""What a form says while it is being filled: command, request and pre-flight, drawn anew at every pause in typing."""

from __future__ import annotations

import time
from pathlib import Path

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from benchmarks.commands import run_alone
from benchmarks.database import make_tables
from benchmarks.figures import Report, percentile, summary, target, timed_ms
from networks.management.prepared import collect_static_if_needed
from networks.models import EngineStatus
from networks.sync.engines import ensure_local_engine
from networks.sync.host.board import put_up
from tests.machines import SUBNET, crowded
from tests.security.test_large_forms import CONTENTS, Fields, filled
from tests.worlds import grow_world

NETWORKS, CONTAINERS = 200, 500
BRIEF_NETWORKS, BRIEF_CONTAINERS = 10, 25
DRAWN_WITHIN_MS = 30
PROCESSOR_WITHIN_MS = 500  # whatever somebody sends who may fill a form

CREATE = {
    "preview": "1",
    "name": "front",
    "driver": "bridge",
    "pools-count": "1",
    "pools-0-subnet": "10.99.0.0/24",
    "pools-0-gateway": "10.99.0.1",
    "labels": "owner=me",
}
# What is typed is the LAN of a machine with a thousand links: every rule speaks, and a free subnet is sought.
HARMFUL = CREATE | {"pools-0-subnet": SUBNET, "pools-0-gateway": ""}


def measure(_folder: Path, is_brief: bool) -> Report:
    """Measure in this process: nobody follows, and the Engine is never asked."""
    make_tables()
    collect_static_if_needed()
    networks, containers = (BRIEF_NETWORKS, BRIEF_CONTAINERS) if is_brief else (NETWORKS, CONTAINERS)
    rounds = 1 if is_brief else 100
    engine = ensure_local_engine("unix:///nowhere")
    grow_world(engine, networks=networks, containers=containers, second_endpoints=containers // 10)
    EngineStatus.objects.filter(engine=engine).update(epoch="grown", revision=1, state="live", as_of=timezone.now())
    client = Client(headers={"host": "localhost:8000"})
    client.force_login(get_user_model()._default_manager.create_superuser("measuring"))
    network = engine.networks.filter(driver="bridge").order_by("-name").first()
    container = engine.containers.filter(state="running").order_by("name").first()
    assert network is not None
    assert container is not None
    half = {"preview": "1", "network_id": network.docker_id, "container_id": container.docker_id, "aliases": "db"}
    put_up(engine.slug, crowded())
    asked = {
        "create a network": ("/networks/local/create/", CREATE),
        "create one on the host's LAN": ("/networks/local/create/", HARMFUL),
        "connect to a network": (f"/networks/local/{network.docker_id}/connect/", half),
        "connect a container": (f"/containers/local/{container.docker_id}/connect/", half),
    }

    taken = {name: [timed_ms(lambda: _post(client, *one)) for _ in range(rounds + 3)][3:] for name, one in asked.items()}  # noqa: B023 called at once
    paths = (
        "/networks/local/create/",
        "/containers/local/run/",
        asked["connect to a network"][0],
        asked["connect a container"][0],
    )
    largest = {path: max(_largest_ms(client, path, kind) for kind in CONTENTS) for path in paths}
    return {
        "networks": networks,
        "containers": containers,
        "links": len(crowded().links),
        "largest_processor_ms": largest,
        **{f"{name.replace(' ', '_')}_ms": summary(times) for name, times in taken.items()},
        "targets": [
            target("previews", f"{name}: while typing (median)", percentile(times, 50), DRAWN_WITHIN_MS, unit="ms")
            for name, times in taken.items()
        ]
        + [target("previews", "as much as is accepted: processor time", max(largest.values()), PROCESSOR_WITHIN_MS, unit="ms")],
    }


def _largest_ms(client: Client, path: str, kind: str) -> float:
    """Return the processor time of a preview with as much of one kind of content as a form takes."""
    typed = filled(Fields(client.get(path).content.decode()), CONTENTS[kind])
    begun = time.process_time()
    _post(client, path, {**typed, "preview": "1"})
    return (time.process_time() - begun) * 1000


def _post(client: Client, path: str, typed: dict[str, str]) -> None:
    answer = client.post(path, typed)
    assert answer.status_code == 200, answer.status_code


if __name__ == "__main__":
    run_alone("previews", measure)
