"""What a removal breaks, said for 200 networks with 500 containers at once: the query, and the pages that show it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.commands import run_alone
from benchmarks.database import make_tables
from benchmarks.figures import Report, percentile, summary, target, timed_ms
from networks.management.prepared import collect_static_if_needed
from networks.models import Container, Engine, EngineStatus
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import consequences_of
from networks.sync.engines import ensure_local_engine
from tests.worlds import grow_world

NETWORKS, CONTAINERS = 200, 500
BRIEF_NETWORKS, BRIEF_CONTAINERS = 10, 25
SHOWN_WITHIN_MS = 300


def measure(_folder: Path, is_brief: bool) -> Report:
    """Measure in this process: nobody follows, and the Engine is never asked."""
    make_tables()
    collect_static_if_needed()
    networks, containers = (BRIEF_NETWORKS, BRIEF_CONTAINERS) if is_brief else (NETWORKS, CONTAINERS)
    rounds = 1 if is_brief else 40
    engine = ensure_local_engine("unix:///nowhere")
    grow_world(engine, networks=networks, containers=containers, second_endpoints=containers // 10)
    EngineStatus.objects.filter(engine=engine).update(epoch="grown", revision=1, state="live", as_of=timezone.now())
    client = Client(headers={"host": "localhost:8000"})
    client.force_login(get_user_model()._default_manager.create_superuser("measuring"))
    ids = list(engine.networks.values_list("docker_id", flat=True))

    query = [timed_ms(lambda: breakages_of(consequences_of(engine.slug, ids))) for _ in range(rounds)]
    several = [timed_ms(lambda: _get_several(client, ids)) for _ in range(rounds)]
    Container.objects.update(state="exited", exit_code=0)  # so that a prune would take all of them
    prune = [timed_ms(lambda: _get_prune(client)) for _ in range(rounds)]
    more = _statements(engine, ids) - _statements(engine, ids[:1])
    return {
        "networks": networks,
        "containers": containers,
        "query_ms": summary(query),
        "page_of_several_ms": summary(several),
        "page_of_prune_ms": summary(prune),
        "targets": [
            target(
                "impact",
                "removing 200 networks with 500 containers, asked (p95)",
                percentile(query, 95),
                SHOWN_WITHIN_MS,
                unit="ms",
            ),
            target("impact", "the same, shown to be confirmed (p95)", percentile(several, 95), SHOWN_WITHIN_MS, unit="ms"),
            target("impact", "a prune of all of them, shown (p95)", percentile(prune, 95), SHOWN_WITHIN_MS, unit="ms"),
            target("impact", "statements for 200 networks more than for one", more, 0),
        ],
    }


def _get_several(client: Client, ids: list[str]) -> None:
    content = urlencode({"do": "remove_networks", "id": ids}, doseq=True)  # as a browser sends a form
    answer = client.post("/networks/local/several/", content, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200, answer.status_code


def _get_prune(client: Client) -> None:
    answer = client.get("/networks/local/prune/")
    assert answer.status_code == 200, answer.status_code


def _statements(engine: Engine, ids: list[str]) -> int:
    with CaptureQueriesContext(connection) as asked:
        consequences_of(engine.slug, ids)
    return len(asked)


if __name__ == "__main__":
    run_alone("consequences", measure)
