"""Every call of the client once, to be made against an Engine that is well or ill."""

from __future__ import annotations

from collections.abc import Callable

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.specs import (
    ConnectSpec,
    ContainerSpec,
    DisconnectSpec,
    ExecSpec,
    InitSpec,
    JoinSpec,
    LeaveSpec,
    Mode,
    NetworkSpec,
    RunSpec,
    ScreenSize,
)

ID = "a" * 64
NETWORK_ID = "b" * 64
EXEC_ID = "e" * 64
NODE_ID = "n" * 25

READS: dict[str, tuple[Profile, Callable[[EngineClient], object]]] = {
    "ping": (Profile.READ, lambda client: client.ping()),
    "info": (Profile.READ, lambda client: client.info()),
    "picture": (Profile.READ, lambda client: client.picture()),
    "list_containers": (Profile.READ, lambda client: client.list_containers([ID])),
    "inspect_container": (Profile.READ, lambda client: client.inspect_container(ID)),
    "inspect_network": (Profile.READ, lambda client: client.inspect_network(NETWORK_ID)),
    "read_stats": (Profile.READ, lambda client: client.read_stats(ID)),
    "has_image": (Profile.READ, lambda client: client.has_image("busybox:1")),
    "list_images": (Profile.READ, lambda client: client.list_images()),
    "list_nodes": (Profile.READ, lambda client: client.list_nodes()),
    "read_join_tokens": (Profile.SWARM, lambda client: client.read_join_tokens()),
    "inspect_exec": (Profile.TERMINAL, lambda client: client.inspect_exec(EXEC_ID)),
    "events": (Profile.READ, lambda client: client.events().close()),
}
CHANGES: dict[str, tuple[Profile, Callable[[EngineClient], object]]] = {
    "create_network": (Profile.NETWORK, lambda client: client.create_network(NetworkSpec("n"))),
    "remove_network": (Profile.NETWORK, lambda client: client.remove_network(NETWORK_ID)),
    "connect_container": (Profile.NETWORK, lambda client: client.connect_container(ConnectSpec(NETWORK_ID, ID))),
    "disconnect_container": (Profile.NETWORK, lambda client: client.disconnect_container(DisconnectSpec(NETWORK_ID, ID))),
    "run_container": (Profile.RUN, lambda client: client.run_container(ContainerSpec("c", "i", "bridge"))),
    "create_container": (Profile.RUN, lambda client: client.create_container(RunSpec("i", mode=Mode.NONE))),
    "start_container": (Profile.RUN, lambda client: client.start_container(ID)),
    "stop_container": (Profile.RUN, lambda client: client.stop_container(ID, 0)),
    "restart_container": (Profile.RUN, lambda client: client.restart_container(ID, 0)),
    "kill_container": (Profile.RUN, lambda client: client.kill_container(ID)),
    "pause_container": (Profile.RUN, lambda client: client.pause_container(ID)),
    "unpause_container": (Profile.RUN, lambda client: client.unpause_container(ID)),
    "rename_container": (Profile.RUN, lambda client: client.rename_container(ID, "new-name")),
    "remove_container": (Profile.RUN, lambda client: client.remove_container(ID)),
    "import_image": (Profile.RUN, lambda client: client.import_image(b"tar" * 100_000, "r", "1")),
    "remove_image": (Profile.RUN, lambda client: client.remove_image(f"sha256:{ID}")),
    "init_swarm": (Profile.SWARM, lambda client: client.init_swarm(InitSpec("192.0.2.1"))),
    "join_swarm": (Profile.SWARM, lambda client: client.join_swarm(JoinSpec(("192.0.2.1:2377",), "t"))),
    "remove_node": (Profile.SWARM, lambda client: client.remove_node(NODE_ID)),
    "leave_swarm": (Profile.SWARM, lambda client: client.leave_swarm(LeaveSpec(is_forced=True))),
    "create_exec": (Profile.TERMINAL, lambda client: client.create_exec(ExecSpec(ID, ("sh",)))),
    "open_terminal": (Profile.TERMINAL, lambda client: client.open_terminal(EXEC_ID, ScreenSize()).close()),
    "open_input": (Profile.TERMINAL, lambda client: client.open_input(EXEC_ID).close()),
    "resize_exec": (Profile.TERMINAL, lambda client: client.resize_exec(EXEC_ID, ScreenSize())),
}
