"""Every call of the client once, before a real Engine: what it needs there, what it asks, and what it leaves."""

from __future__ import annotations

import inspect
import io
import itertools
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from networks.engine import specs as ask
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import NotFound
from tests.private_engine import IMAGE, PrivateEngine

NOT_A_CALL = {"close", "withdraw"}  # they ask nothing of an Engine
_numbers = itertools.count(1)


class Ground:
    """What a call finds on the Engine: a client past the proxy, and a name that nobody else has."""

    def __init__(self, engine: PrivateEngine) -> None:
        self.name = f"f{next(_numbers)}"
        self.network_id = self.container_id = self.image_id = self.exec_id = ""
        self.network = EngineClient(engine.url, Profile.NETWORK)
        self.run = EngineClient(engine.url, Profile.RUN)
        self.terminal = EngineClient(engine.url, Profile.TERMINAL)
        self.network.ping()
        self.run.ping()
        self.terminal.ping()  # so that what is open now stays all that is

    def has_network(self, name: str) -> bool:
        return any(network.name == name for network in self.network.picture().networks)

    def has_container(self, name: str) -> bool:
        return any(container.name == name for container in self.network.picture().containers)

    def networks_of(self, container_id: str) -> set[str]:
        return {endpoint.network_name for endpoint in self.network.inspect_container(container_id).endpoints}

    def state_of(self, container_id: str) -> str:
        try:
            return self.network.inspect_container(container_id).state
        except NotFound:
            return ""

    def need_network(self) -> None:
        """Have a network of this name."""
        self.network_id = self.network.create_network(ask.NetworkSpec(self.name))

    def need_container(self) -> None:
        """Have a running container of this name."""
        self.container_id = self.run.run_container(ask.ContainerSpec(self.name, IMAGE, "bridge", ("sleep", "1000000")))

    def need_stopped(self) -> None:
        """Have a stopped container of this name."""
        self.need_container()
        self.run.kill_container(self.container_id)

    def need_paused(self) -> None:
        """Have a paused container of this name."""
        self.need_container()
        self.run.pause_container(self.container_id)

    def need_both(self) -> None:
        """Have both, apart."""
        self.need_network()
        self.need_container()

    def need_connected(self) -> None:
        """Have both, connected."""
        self.need_both()
        self.network.connect_container(ask.ConnectSpec(self.network_id, self.container_id))

    def need_image(self) -> None:
        """Have an image of this name."""
        self.image_id = self.run.import_image(_archive(), self.name, "1")

    def need_exec(self) -> None:
        """Have a process that is prepared in a running container."""
        self.need_container()
        self.exec_id = self.terminal.create_exec(ask.ExecSpec(self.container_id, ("sleep", "1000000")))

    def need_running_exec(self) -> None:
        """Have one that runs."""
        self.need_exec()
        self.terminal.open_terminal(self.exec_id, ask.ScreenSize()).close()

    def close(self) -> None:
        """Remove what the call made or found."""
        for container in self.network.picture().containers:
            if container.name in (self.name, f"{self.name}-2"):
                self.run.remove_container(container.docker_id)
        for network in self.network.picture().networks:
            if network.name == self.name:
                self.network.remove_network(network.docker_id)
        self.network.close()
        self.run.close()
        self.terminal.close()


def _archive() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo(f"etc/{next(_numbers)}")
        entry.size = 300_000  # more than a socket holds
        tar.addfile(entry, io.BytesIO(b"x" * entry.size))
    return archive.getvalue()


def _nothing(ground: Ground) -> None:
    """Need nothing."""


@dataclass(frozen=True)
class Called:
    """One call. `method`, `path`: of the request that is spoilt. `has_happened`: what a change leaves, past the proxy."""

    act: Callable[[EngineClient, Ground], object]
    method: str
    path: str
    prepare: Callable[[Ground], None] = _nothing
    has_happened: Callable[[Ground], bool] | None = None
    profile: Profile = Profile.READ

    @property
    def is_change(self) -> bool:
        """Tell whether it changes something."""
        return self.method != "GET"


def _running(
    act: Callable[[EngineClient, Ground], object],
    method: str,
    path: str,
    prepare: Callable[[Ground], None] = _nothing,
    has_happened: Callable[[Ground], bool] | None = None,
) -> Called:
    return Called(act, method, path, prepare, has_happened, Profile.RUN)


CALLS: dict[str, Called] = {
    "ping": Called(lambda client, _: client.ping(), "GET", "^/_ping$"),
    "negotiate": Called(lambda client, _: client.negotiate(), "GET", "^/version$"),
    "info": Called(lambda client, _: client.info(), "GET", "^/info$"),
    "picture": Called(lambda client, _: client.picture(), "GET", "^/containers/json$"),
    "list_containers": Called(lambda client, g: client.list_containers(["a" * 64]), "GET", "^/containers/json$"),
    "inspect_container": Called(lambda c, g: c.inspect_container(g.container_id), "GET", "/json$", Ground.need_container),
    "inspect_network": Called(lambda client, g: client.inspect_network(g.network_id), "GET", "^/networks/.", Ground.need_network),
    "read_stats": Called(lambda client, g: client.read_stats(g.container_id), "GET", "/stats$", Ground.need_container),
    "list_images": Called(lambda client, _: client.list_images(), "GET", "^/images/json$"),
    "has_image": Called(lambda client, _: client.has_image(IMAGE), "GET", "^/images/json$"),
    "events": Called(lambda client, _: client.events().close(), "GET", "^/events$"),
    "create_network": Called(
        lambda client, g: client.create_network(ask.NetworkSpec(g.name)),
        *("POST", "^/networks/create$"),
        has_happened=lambda g: g.has_network(g.name),
        profile=Profile.NETWORK,
    ),
    "remove_network": Called(
        lambda client, g: client.remove_network(g.network_id),
        *("DELETE", "^/networks/", Ground.need_network),
        has_happened=lambda g: not g.has_network(g.name),
        profile=Profile.NETWORK,
    ),
    "connect_container": Called(
        lambda client, g: client.connect_container(ask.ConnectSpec(g.network_id, g.container_id)),
        *("POST", "/connect$", Ground.need_both),
        has_happened=lambda g: g.name in g.networks_of(g.container_id),
        profile=Profile.NETWORK,
    ),
    "disconnect_container": Called(
        lambda client, g: client.disconnect_container(ask.DisconnectSpec(g.network_id, g.container_id)),
        *("POST", "/disconnect$", Ground.need_connected),
        has_happened=lambda g: g.name not in g.networks_of(g.container_id),
        profile=Profile.NETWORK,
    ),
    "run_container": _running(
        lambda client, g: client.run_container(ask.ContainerSpec(g.name, IMAGE, "none", ("sleep", "1000000"))),
        *("POST", "^/containers/create$"),
        has_happened=lambda g: g.has_container(g.name),
    ),
    "run_container, its start": _running(
        lambda client, g: client.run_container(ask.ContainerSpec(g.name, IMAGE, "none", ("sleep", "1000000"))),
        *("POST", "/start$"),
        has_happened=lambda g: any(c.name == g.name and c.state == "running" for c in g.network.picture().containers),
    ),
    "create_container": _running(
        lambda client, g: client.create_container(ask.RunSpec(IMAGE, g.name, mode=ask.Mode.NONE)),
        *("POST", "^/containers/create$"),
        has_happened=lambda g: g.has_container(g.name),
    ),
    "stop_container": _running(
        lambda client, g: client.stop_container(g.container_id, 0),
        *("POST", "/stop$", Ground.need_container),
        has_happened=lambda g: g.state_of(g.container_id) == "exited",
    ),
    "start_container": _running(
        lambda client, g: client.start_container(g.container_id),
        *("POST", "/start$", Ground.need_stopped),
        has_happened=lambda g: g.state_of(g.container_id) == "running",
    ),
    "restart_container": _running(
        lambda client, g: client.restart_container(g.container_id, 0),
        *("POST", "/restart$", Ground.need_stopped),
        has_happened=lambda g: g.state_of(g.container_id) == "running",
    ),
    "kill_container": _running(
        lambda client, g: client.kill_container(g.container_id),
        *("POST", "/kill$", Ground.need_container),
        has_happened=lambda g: g.state_of(g.container_id) == "exited",
    ),
    "pause_container": _running(
        lambda client, g: client.pause_container(g.container_id),
        *("POST", "/pause$", Ground.need_container),
        has_happened=lambda g: g.state_of(g.container_id) == "paused",
    ),
    "unpause_container": _running(
        lambda client, g: client.unpause_container(g.container_id),
        *("POST", "/unpause$", Ground.need_paused),
        has_happened=lambda g: g.state_of(g.container_id) == "running",
    ),
    "rename_container": _running(
        lambda client, g: client.rename_container(g.container_id, f"{g.name}-2"),
        *("POST", "/rename$", Ground.need_container),
        has_happened=lambda g: g.has_container(f"{g.name}-2"),
    ),
    "remove_container": _running(
        lambda client, g: client.remove_container(g.container_id),
        *("DELETE", "^/containers/", Ground.need_container),
        has_happened=lambda g: not g.has_container(g.name),
    ),
    "import_image": _running(
        lambda client, g: client.import_image(_archive(), g.name, "1"),
        *("POST", "^/images/create$"),
        has_happened=lambda g: g.run.has_image(f"{g.name}:1"),
    ),
    "pull_image": _running(  # no registry can be reached from here: the Engine's answer is a refusal, or nothing
        lambda client, g: client.pull_image("localhost:1/nothing", "1"),
        *("POST", "^/images/create$"),
    ),
    "remove_image": _running(
        lambda client, g: client.remove_image(g.image_id),
        *("DELETE", "^/images/", Ground.need_image),
        has_happened=lambda g: not g.run.has_image(f"{g.name}:1"),
    ),
    # This Engine is in no swarm, and stays so: its answers are refusals, or nothing.
    "list_nodes": Called(lambda client, g: client.list_nodes(), "GET", "^/nodes$"),
    "read_join_tokens": Called(lambda client, g: client.read_join_tokens(), "GET", "^/swarm$", profile=Profile.SWARM),
    "init_swarm": Called(lambda client, g: client.init_swarm(ask.InitSpec("?")), "POST", "^/swarm/init$", profile=Profile.SWARM),
    "join_swarm": Called(
        lambda client, g: client.join_swarm(ask.JoinSpec(("127.0.0.1:1",), "?")), "POST", "^/swarm/join$", profile=Profile.SWARM
    ),
    "leave_swarm": Called(lambda client, g: client.leave_swarm(ask.LeaveSpec()), "POST", "^/swarm/leave$", profile=Profile.SWARM),
    "remove_node": Called(lambda client, g: client.remove_node("n" * 25), "DELETE", "^/nodes/", profile=Profile.SWARM),
    "create_exec": Called(
        lambda client, g: client.create_exec(ask.ExecSpec(g.container_id, ("sleep", "1"))),
        *("POST", "/exec$", Ground.need_container),
        profile=Profile.TERMINAL,
    ),
    "open_terminal": Called(
        lambda client, g: client.open_terminal(g.exec_id, ask.ScreenSize()).close(),
        *("POST", "^/exec/.*/start$", Ground.need_exec),
        has_happened=lambda g: g.terminal.inspect_exec(g.exec_id).is_running,
        profile=Profile.TERMINAL,
    ),
    "open_input": Called(
        lambda client, g: client.open_input(g.exec_id).close(),
        *("POST", "^/exec/.*/start$", Ground.need_exec),
        has_happened=lambda g: g.terminal.inspect_exec(g.exec_id).is_running,
        profile=Profile.TERMINAL,
    ),
    "resize_exec": Called(
        lambda client, g: client.resize_exec(g.exec_id, ask.ScreenSize(90, 30)),
        *("POST", "/resize$", Ground.need_running_exec),
        profile=Profile.TERMINAL,
    ),
    "inspect_exec": Called(
        lambda client, g: client.inspect_exec(g.exec_id), "GET", "^/exec/", Ground.need_exec, profile=Profile.TERMINAL
    ),
}


def calls_of_the_seam() -> set[str]:
    """Return the names of every call that EngineClient promises."""
    return {name for name, _ in inspect.getmembers(EngineClient, inspect.isfunction) if not name.startswith("_")} - NOT_A_CALL


def open_client(url: str, called: Called, timeout_s: float) -> closing[EngineClient]:
    """Return a client that is closed at the end of the block."""
    return closing(EngineClient(url, called.profile, timeout_s=timeout_s))
