"""What an Engine loses when it leaves its swarm."""

from __future__ import annotations

from networks.models import Container, Network
from networks.queries.removals.consequences import Consequences, consequences_of

SERVICE_LABEL = "com.docker.swarm.service.id"  # Docker's own, on each container that a service made


def overlays_in_use(engine_slug: str) -> list[Consequences]:
    """Return what becomes of the containers on this Engine's overlay networks, which all go."""
    ids = Network.objects.filter(engine__slug=engine_slug, scope="swarm").order_by("name").values_list("docker_id", flat=True)
    return list(consequences_of(engine_slug, list(ids)))


def count_tasks(engine_slug: str) -> int:
    """Return how many containers here belong to services of the swarm: they are removed. One query."""
    return Container.objects.filter(engine__slug=engine_slug, labels__has_key=SERVICE_LABEL).count()
