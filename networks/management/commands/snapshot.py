"""`manage.py snapshot`: what the database remembers of an Engine, as JSON."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from networks.management.prepared import EngineCommand
from networks.models import Container, Endpoint, Engine, EngineStatus, Network, Pool


def snapshot_of(engine: Engine) -> dict[str, Any]:
    """Return {"engine": …, "networks": […], "containers": […]}; addresses without prefix length, None where there is none."""
    status = EngineStatus.objects.filter(engine=engine).first() or EngineStatus(engine=engine)
    as_of = status.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z") if status.as_of else None
    pools: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for pool in Pool.objects.filter(network__engine=engine).order_by("network_id", "position"):
        pools[pool.network_id].append({"subnet": pool.subnet, "gateway": pool.gateway or None, "ip_range": pool.ip_range or None})
    endpoints: defaultdict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for endpoint in Endpoint.objects.present().filter(engine=engine).select_related("container").order_by("container__name"):
        endpoints[endpoint.network_id].append(
            {
                "container_id": endpoint.container.docker_id,
                "container_name": endpoint.container.name,
                "ipv4": endpoint.ipv4 or None,
                "ipv6": endpoint.ipv6 or None,
                "mac": endpoint.mac or None,
            }
        )
    return {
        "engine": {
            "slug": engine.slug,
            "name": engine.name,
            "state": status.state_at(datetime.now(UTC)),
            "revision": status.revision,
            "as_of": as_of,
        },
        "networks": [
            {
                "id": network.docker_id,
                "name": network.name,
                "driver": network.driver,
                "scope": network.scope,
                "internal": network.is_internal,
                "pools": pools[network.pk],
                "endpoints": endpoints[network.pk],
            }
            for network in Network.objects.filter(engine=engine)
        ],
        "containers": [
            {
                "id": container.docker_id,
                "name": container.name,
                "image": container.image,
                "state": container.state,
                "network_mode": container.network_mode,
            }
            for container in Container.objects.filter(engine=engine)
        ],
    }


class Command(EngineCommand):
    """Prints the snapshot; asks nothing of the Engine."""

    help = "Print what the database remembers of an Engine's networks and containers."

    json_help = "as JSON (the only form, and the default)"

    def handle(self, *args: Any, **options: Any) -> None:
        self.print_json(snapshot_of(self.choose_engine(options["engine"], asks_it=False)))
