"""Only full ids pass, and only listed calls leave: the attack by a network named like a path."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.allow_list import CALLS, AllowList, Noun, Profile, ProtectedIds, calls_of, full_id, is_change
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed, ProtocolFault
from networks.engine.specs import ConnectSpec, ContainerSpec, DisconnectSpec, ExecSpec
from tests.engine.every_call import CHANGES, EXEC_ID, ID, NETWORK_ID, NODE_ID, READS
from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.permitted_calls import call_table

ATTACKS = [
    "../containers/victim",
    "../containers/" + ID,
    ID + "/../../containers/" + ID,
    ID + "?force=1",
    ID + "#",
    ID + "\n",
    ID + " HTTP/1.1\r\nX: y",
    ID.upper(),
    ID[:63],
    ID[:12],
    "a" * 65,
    "%2e%2e%2fcontainers%2fvictim",
    "victim",
    "",
    "-",
    "*",
    "\uff41" * 64,
]

BY_CONTAINER: dict[str, Callable[[EngineClient, str], object]] = {
    "inspect_container": lambda client, text: client.inspect_container(text),
    "read_stats": lambda client, text: client.read_stats(text),
    "list_containers": lambda client, text: client.list_containers([text]),
    "start_container": lambda client, text: client.start_container(text),
    "stop_container": lambda client, text: client.stop_container(text),
    "restart_container": lambda client, text: client.restart_container(text),
    "kill_container": lambda client, text: client.kill_container(text),
    "pause_container": lambda client, text: client.pause_container(text),
    "unpause_container": lambda client, text: client.unpause_container(text),
    "rename_container": lambda client, text: client.rename_container(text, "new-name"),
    "remove_container": lambda client, text: client.remove_container(text),
    "connect_container": lambda client, text: client.connect_container(ConnectSpec(ID, text)),
    "disconnect_container": lambda client, text: client.disconnect_container(DisconnectSpec(ID, text)),
}
BY_NETWORK: dict[str, Callable[[EngineClient, str], object]] = {
    "inspect_network": lambda client, text: client.inspect_network(text),
    "remove_network": lambda client, text: client.remove_network(text),
    "connect_container": lambda client, text: client.connect_container(ConnectSpec(text, ID)),
    "disconnect_container": lambda client, text: client.disconnect_container(DisconnectSpec(text, ID)),
}
BY_IMAGE: dict[str, Callable[[EngineClient, str], object]] = {
    "remove_image": lambda client, text: client.remove_image(text),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "act",
    [*BY_CONTAINER.values(), *BY_NETWORK.values(), *BY_IMAGE.values()],
    ids=[*BY_CONTAINER, *(f"{name} (network)" for name in BY_NETWORK), *BY_IMAGE],
)
def test_it_lets_nothing_but_full_ids_through_any_call(
    tmp_path: Path, act: Callable[[EngineClient, str], object], attack: str
) -> None:
    for profile in Profile:
        client = EngineClient(f"unix://{tmp_path}/nobody.sock", profile)
        with pytest.raises(NotAllowed):  # with anything sent, this would be Unreachable
            act(client, attack)


@pytest.mark.parametrize(
    ("noun", "text"),
    [("container", ID), ("network", ID), ("network", "2xhevk6yb9wqkvqu0ul7n6kw3"), ("image", f"sha256:{ID}")],
)
def test_it_lets_full_ids_pass(noun: Noun, text: str) -> None:
    assert full_id(noun, text) == text


@pytest.mark.parametrize("noun", ["container", "network", "image"])
@pytest.mark.parametrize("wrong", [None, 3, b"a" * 64, [ID], "x" * 25 + "/"])
def test_it_refuses_what_is_no_id(noun: Noun, wrong: object) -> None:
    with pytest.raises(NotAllowed):
        full_id(noun, wrong)


@given(st.text())
def test_it_lets_no_separator_through(text: str) -> None:
    for noun in ("container", "network", "image"):
        try:
            passed = full_id(noun, text)
        except NotAllowed:
            continue
        assert not set(passed) & set("/.%?#\\ \r\n")


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("DELETE", "/v1.45/networks/../containers/victim"),
        ("DELETE", f"/v1.45/networks/{ID}/../../containers/{ID}"),
        ("DELETE", f"/v1.45/containers/{ID}"),
        ("DELETE", f"/v1.45//networks/{ID}"),
        ("DELETE", f"/v1.45/v1.45/networks/{ID}"),
        ("DELETE", f"/v1.45/networks/{ID}?force=1"),
        ("DELETE", f"/v1.45/networks/{ID}/"),
        ("DELETE", f"/v1.45/networks/{ID}#x"),
        ("DELETE", "/v1.45/networks/%2e%2e%2fcontainers%2fvictim"),
        ("DELETE", "/v1.45/networks/my_network"),
        ("POST", "/v1.45/containers/create"),
        ("POST", "/v1.45/networks/prune"),
        ("POST", f"/v1.45/networks/{ID}"),
        ("GET", "/v1.45/containers/json?all=1&size=1"),
        ("GET", f"/v1.45/containers/{ID}/archive?path=/etc/shadow"),
        ("GET", f"/v1.45/containers/{ID}/logs"),
        ("GET", "/v1.45/events?since=0"),
        ("get", "/v1.45/networks"),
        ("PUT", f"/v1.45/networks/{ID}"),
        ("GET", "http://elsewhere/v1.45/networks"),
        ("GET", ""),
    ],
)
def test_it_admits_no_call_that_is_not_listed(method: str, target: str) -> None:
    with pytest.raises(NotAllowed):
        AllowList(Profile.NETWORK).check(method, target)


@pytest.mark.parametrize("source", ["http://10.0.0.1/x.tar", "http%3A%2F%2F10.0.0.1", "", "--"])
def test_it_imports_nothing_that_the_engine_would_fetch(source: str) -> None:
    AllowList(Profile.RUN).check("POST", "/v1.45/images/create?fromSrc=-&repo=r&tag=1")
    with pytest.raises(NotAllowed):
        AllowList(Profile.RUN).check("POST", f"/v1.45/images/create?fromSrc={source}&repo=r&tag=1")


def test_it_gives_each_profile_what_reads_need_and_nothing_of_another_profile() -> None:
    reads = calls_of(Profile.READ)

    for profile in Profile:
        assert all(call in calls_of(profile) for call in reads)
        assert {call.profile for call in calls_of(profile)} <= {Profile.READ, profile}
    assert {call.method for call in reads} == {"GET"}


def test_it_leaves_only_reads_in_read_only_mode() -> None:
    for call in CALLS:
        target = call.path.format(container=ID, network=ID, image=f"sha256:{ID}", exec=ID, node=NODE_ID)
        allowed = AllowList(call.profile, is_read_only=True)
        if call.profile is Profile.READ:
            allowed.check(call.method, target)
        else:
            with pytest.raises(NotAllowed, match="read-only" if is_change(call.method) else "read profile"):
                allowed.check(call.method, target)


PROTECTED = "b" * 64
PROTECTING: dict[str, tuple[ProtectedIds, Profile, Callable[[EngineClient], object]]] = {
    "remove a network": (
        ProtectedIds(networks=frozenset({PROTECTED})),
        Profile.NETWORK,
        lambda client: client.remove_network(PROTECTED),
    ),
    "remove a kept network": (
        ProtectedIds(kept=frozenset({PROTECTED})),
        Profile.NETWORK,
        lambda client: client.remove_network(PROTECTED),
    ),
    "connect to a network": (
        ProtectedIds(networks=frozenset({PROTECTED})),
        Profile.NETWORK,
        lambda client: client.connect_container(ConnectSpec(PROTECTED, ID)),
    ),
    "connect a container": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.NETWORK,
        lambda client: client.connect_container(ConnectSpec(ID, PROTECTED)),
    ),
    "disconnect a container": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.NETWORK,
        lambda client: client.disconnect_container(DisconnectSpec(ID, PROTECTED)),
    ),
    "stop a container": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.RUN,
        lambda client: client.stop_container(PROTECTED),
    ),
    "rename a container": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.RUN,
        lambda client: client.rename_container(PROTECTED, "new-name"),
    ),
    "remove a container": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.RUN,
        lambda client: client.remove_container(PROTECTED),
    ),
    "begin a process in a container": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.TERMINAL,
        lambda client: client.create_exec(ExecSpec(PROTECTED, ("sh",))),
    ),
    "share a container's network": (
        ProtectedIds(containers=frozenset({PROTECTED})),
        Profile.RUN,
        lambda client: client.run_container(ContainerSpec("guest", "busybox", f"container:{PROTECTED}")),
    ),
}


@pytest.mark.parametrize("name", PROTECTING)
def test_it_sends_no_change_that_names_something_protected(tmp_path: Path, name: str) -> None:
    protected, profile, act = PROTECTING[name]
    asked: list[str] = []

    def answer(peer: Peer) -> None:
        asked.append(f"{peer.method} {peer.target}")
        peer.answer(200, f'{{"Id": "{ID}"}}'.encode())

    with ScriptedEngine(tmp_path, answer) as engine:
        with (
            closing(EngineClient(engine.url, profile, protected=protected)) as client,
            pytest.raises(NotAllowed, match="protected"),
        ):
            act(client)
        with closing(EngineClient(engine.url, profile)) as client:
            act(client)

    changes = [request for request in asked if not request.startswith("GET ")]
    assert len(changes) in (1, 2)  # of the second client alone; a container is created and started


def test_it_lets_containers_join_and_leave_a_network_that_is_only_kept() -> None:
    allowed = AllowList(Profile.NETWORK, protected=ProtectedIds(kept=frozenset({ID}), containers=frozenset({PROTECTED})))

    allowed.check("GET", f"/v1.45/networks/{ID}")
    allowed.check("POST", f"/v1.45/networks/{ID}/connect", b'{"Container": "web"}')
    allowed.check("POST", f"/v1.45/networks/{ID}/disconnect", b'{"Container": "web"}')
    with pytest.raises(NotAllowed):
        allowed.check("DELETE", f"/v1.45/networks/{ID}")


def test_it_lists_no_call_that_the_client_never_makes(tmp_path: Path) -> None:
    sent: set[tuple[str, str]] = set()

    def answer(peer: Peer) -> None:
        path = peer.target.partition("?")[0].removeprefix("/v1.45")
        for whole, place in (
            (f"sha256:{ID}", "{image}"),
            (EXEC_ID, "{exec}"),
            (ID, "{container}"),
            (NETWORK_ID, "{network}"),
            (NODE_ID, "{node}"),
        ):
            path = path.replace(whole, place)
        sent.add((peer.method, path))
        bodies = {"/networks": "[]", "/containers/json": "[]", "/images/json": "[]", "/_ping": "OK", "/nodes": "[]"}
        bodies |= {"/swarm": '{"JoinTokens": {"Worker": "w", "Manager": "m"}}', "/swarm/init": f'"{NODE_ID}"'}
        created = f'{{"Id": "{ID}", "status": "sha256:{ID}", "ID": "{ID}", "ContainerID": "{ID}"}}'
        peer.answer(200, bodies.get(path, created).encode())

    with ScriptedEngine(tmp_path, answer) as engine:
        _call_everything(engine.url)

    sent.add(("GET", "/version"))
    assert sent == {(method, path) for _, method, path, _, _ in call_table()}


def _call_everything(url: str) -> None:
    for profile, act in (READS | CHANGES).values():
        # The scripted Engine hands no connection over: what was asked is all that counts.
        with closing(EngineClient(url, profile)) as client, suppress(ProtocolFault):
            act(client)
