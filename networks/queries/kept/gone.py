"""What went away since a revision, from the tombstones."""

from __future__ import annotations

from collections.abc import Callable

from networks.models import Tombstone
from networks.queries.kept.prepared import Prepared


def gone_since(kind: str) -> Callable[[str, int], list[tuple[str, int]]]:
    """Return a query for things of a `kind`, network or container: Engine's slug and revision to (docker id, revision) pairs."""
    prepared = Prepared(
        lambda slug, since: (
            Tombstone.objects.filter(engine__slug=slug, kind=kind, revision__gt=since)
            .order_by("revision")
            .values("docker_id", "revision")
        ),
        str,
        int,
    )
    return lambda slug, since: [(row["docker_id"], row["revision"]) for row in prepared.rows(slug, since)]
