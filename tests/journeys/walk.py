"""A small world that has one of everything, and the pages that show it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.private_engine import PrivateEngine

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class World:
    """Ids of what pages are about."""

    network: str
    lonely_network: str
    running: str
    stopped: str
    on_host: str
    guest: str
    on_none: str


def small_world(engine: PrivateEngine) -> World:
    """Make the networks and containers of Docker's first networking lesson, and a few that are in a bad way."""
    network = engine.cli("network", "create", "--label", "team=web", "mybridge")
    custom = ("--subnet", "172.72.0.0/16", "--ip-range", "172.72.0.0/24", "--gateway", "172.72.0.1")
    lonely = engine.cli("network", "create", *custom, "--internal", "my_custom_network")
    engine.cli("network", "create", "a-network-with-a-name-that-is-longer-than-anybody-would-want-to-read-in-a-table-row")
    running = engine.run("mynetwork_bridge", "--net", "mybridge", "-p", "49153:80", "--label", "password=hush")
    engine.cli("network", "connect", "--ip", "172.72.0.10", "my_custom_network", "mynetwork_bridge")
    engine.run("wordpress-with-a-very-long-name-for-a-container", "-p", "127.0.0.1:8081:80", "--net", "mybridge")
    on_host = engine.run("host-network", "--net", "host")
    on_none = engine.run("none-network", "--net", "none")
    guest = engine.run("sidecar", "--net", "container:mynetwork_bridge")
    stopped = engine.run("myvolume_2", "--net", "my_custom_network", "--ip", "172.72.0.20", command=("true",))
    engine.run("failed", "--net", "mybridge", command=("false",))
    engine.cli("wait", "myvolume_2", "failed")
    return World(network, lonely, running, stopped, on_host, guest, on_none)


def _containers_of(world: World) -> dict[str, str]:
    running = f"/containers/local/{world.running}/"
    return {
        f"/containers/local/{world.stopped}/": "container-stopped",
        f"/containers/local/{world.on_host}/": "container-host",
        f"/containers/local/{world.guest}/": "container-guest",
        f"/containers/local/{world.on_none}/move/": "container-move",
        f"{running}stop/": "container-stop",
        f"{running}rename/": "container-rename",
        f"{running}remove/": "container-remove",
        f"/containers/local/{world.stopped}/start/": "container-start",
    }


# An Engine that is in no swarm; tests/journeys/test_swarm.py shows the others.
SWARM_PAGES = {
    "/engines/local/swarm/": "swarm",
    "/engines/local/swarm/init/": "swarm-init",
    "/engines/local/swarm/join/": "swarm-join",
}
LAB_PAGES = {"/engines/local/lab/": "lab", "/engines/local/lab/down/": "lab-down"}
ENGINE_PAGES = {
    "/engines/": "engines",
    "/engines/add/": "engine-add",
    "/engines/local/": "engine",
    **SWARM_PAGES,
    **LAB_PAGES,
}


def pages_of(world: World) -> dict[str, str]:
    """Return the addresses of all pages, each with a short name."""
    network, running = f"/networks/local/{world.network}/", f"/containers/local/{world.running}/"
    return {
        "/": "overview",
        "/networks/": "networks",
        "/networks/?q=nothing-is-called-so": "networks-none",
        network: "network",
        f"/networks/local/{world.lonely_network}/": "network-custom",
        "/networks/local/create/": "create",
        f"{network}connect/": "connect",
        f"{network}disconnect/{world.running}/": "disconnect",
        f"{network}remove/": "remove",
        f"{network}protection/": "protection",
        "/networks/local/prune/": "prune",
        "/containers/": "containers",
        running: "container",
        f"{running}inside/": "container-inside",
        f"{running}connect/": "container-connect",
        "/containers/local/run/": "run",
        **_containers_of(world),
        "/interfaces/": "interfaces",
        "/interfaces/?open=docker0": "interfaces-open",
        "/interfaces/?as=ifconfig": "interfaces-text",
        "/interfaces/?q=nothing-is-called-so": "interfaces-none",
        "/addresses/": "addresses",
        "/addresses/?q=172.72.0.20": "addresses-asked",
        "/addresses/?q=172.72.9.9": "addresses-block",
        "/addresses/?q=my": "addresses-found",
        "/addresses/?q=nobody-has-it": "addresses-none",
        "/addresses/history/": "history",
        "/addresses/history/?q=172.72.0.10": "history-asked",
        f"{network}keep/{world.running}/": "keep",
        "/events/": "events",
        "/activity/": "activity",
        "/activity/?who=nobody-is-called-so": "activity-none",
        "/activity/1/": "activity-one",
        "/jobs/": "jobs",
        **ENGINE_PAGES,
        "/accounts/password/change/": "password",
        "/accounts/sessions/": "sessions",
        "/accounts/2fa/": "two-factor",
        "/welcome/": "invitation",
        "/people/": "people",
        "/people/create/": "person-create",
        "/people/1/": "person",
        "/engines/local/people/": "roles",
        "/accounts/logout/": "logout",
        "/networks/local/0000/": "not-found",
    }
