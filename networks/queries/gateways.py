"""Which containers Docker itself lets out by a link on docker_gwbridge, of which no container's record tells."""

from __future__ import annotations

from networks.models import Endpoint

GATEWAY_BRIDGE = "docker_gwbridge"


def let_out_by_docker(engine_slug: str) -> frozenset[str]:
    """Return the ids of containers on an overlay network whose way out it is, as libnetwork decides it. One query.

    It gives them one unless a network that isn't internal gave them a gateway. An overlay that is internal asks for none.
    """
    endpoints = Endpoint.objects.present().filter(engine__slug=engine_slug, network__is_internal=False)
    columns = ("container__docker_id", "network__driver", "ipv4", "ipv4_gateway")
    inward, outward = set(), set()
    for docker_id, driver, address, gateway in endpoints.values_list(*columns):
        if gateway:
            outward.add(docker_id)
        elif driver == "overlay" and address:
            inward.add(docker_id)
    return frozenset(inward - outward)
