"""What differs, and whose rows that touches."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.facts import ContainerFact, EndpointFact, EnginePicture, NetworkFact
from networks.sync.snapshot.changes import Update, find_changes, update_from
from networks.sync.snapshot.memory import Memory, is_mode_lost, resolve

NET_A, NET_B, WEB, APP = "a" * 64, "b" * 64, "1" * 64, "2" * 64


def network(docker_id: str, name: str) -> NetworkFact:
    return NetworkFact(docker_id=docker_id, name=name, driver="bridge", scope="local", created_at=None)


def container(docker_id: str, name: str, *endpoints: EndpointFact, mode: str = "bridge") -> ContainerFact:
    return ContainerFact(docker_id, name, "busybox", "", "sh", "running", None, mode, endpoints)


def endpoint(name: str, network_id: str, address: str = "10.0.0.2") -> EndpointFact:
    return EndpointFact(network_name=name, network_id=network_id, ipv4=IPv4Address(address))


@pytest.fixture
def memory() -> Memory:
    web = container(WEB, "web", endpoint("front", NET_A))
    return Memory({NET_A: network(NET_A, "front"), NET_B: network(NET_B, "back")}, {WEB: web})


def test_it_finds_nothing_when_nothing_changed(memory: Memory) -> None:
    picture = EnginePicture(tuple(memory.networks.values()), tuple(memory.containers.values()))

    changes, after = find_changes(memory, update_from(picture, memory))

    assert not changes
    assert after == memory


def test_it_touches_both_networks_of_a_container_that_moved(memory: Memory) -> None:
    moved = replace(memory.containers[WEB], endpoints=(endpoint("back", NET_B),))

    changes, _ = find_changes(memory, Update(containers={WEB: moved}))

    assert changes.touched_networks == {NET_A, NET_B}
    assert changes.touched_containers == {WEB}


def test_it_saves_only_the_endpoint_that_is_new(memory: Memory) -> None:
    web = memory.containers[WEB]
    grown = replace(web, endpoints=(*web.endpoints, endpoint("back", NET_B)))

    changes, _ = find_changes(memory, Update(containers={WEB: grown}))

    assert changes.containers_saved == {}
    assert changes.endpoints_saved == {WEB: [endpoint("back", NET_B)]}
    assert changes.touched_containers == {WEB}
    assert changes.touched_networks == {NET_A, NET_B}


def test_it_leaves_networks_alone_when_only_the_pid_changed(memory: Memory) -> None:
    changes, _ = find_changes(memory, Update(containers={WEB: replace(memory.containers[WEB], pid=7)}))

    assert changes.containers_saved.keys() == {WEB}
    assert changes.touched_networks == set()


def test_it_relinks_the_endpoints_of_a_network_that_went(memory: Memory) -> None:
    changes, after = find_changes(memory, Update(networks={NET_A: None}))

    assert changes.networks_gone.keys() == {NET_A}
    assert changes.endpoints_saved == {WEB: [endpoint("front", NET_A)]}
    assert changes.touched_containers == {WEB}
    assert NET_A not in after.networks


def test_it_links_by_name_a_container_that_never_ran(memory: Memory) -> None:
    waiting = container(APP, "app", EndpointFact(network_name="later", network_id=""))
    _, with_app = find_changes(memory, Update(containers={APP: waiting}))

    changes, _ = find_changes(with_app, Update(networks={"c" * 64: network("c" * 64, "later")}))

    assert changes.endpoints_saved == {APP: [EndpointFact(network_name="later", network_id="")]}
    assert changes.touched_networks == {"c" * 64}


def test_it_touches_who_shares_the_sandbox_of_a_renamed_container(memory: Memory) -> None:
    memory.containers[APP] = container(APP, "app", mode=f"container:{WEB}")

    changes, _ = find_changes(memory, Update(containers={WEB: replace(memory.containers[WEB], name="web2")}))

    assert changes.touched_containers == {WEB, APP}


def test_it_keeps_a_lost_network_lost_even_when_its_name_returns() -> None:
    names = {"front": NET_B}

    assert resolve(endpoint("front", NET_A), {NET_B: network(NET_B, "front")}, names) == ""


def test_it_finds_the_default_bridge_by_name_after_the_engine_restarted() -> None:
    assert resolve(endpoint("bridge", NET_A), {NET_B: network(NET_B, "bridge")}, {"bridge": NET_B}) == NET_B


@pytest.mark.parametrize(
    ("mode", "is_lost"),
    [
        ("front", False),
        (NET_A, False),
        (NET_A[:12], False),
        ("gone", True),
        ("c" * 64, True),
        ("c" * 12, True),
        *((mode, False) for mode in ("", "default", "bridge", "host", "none", f"container:{WEB}")),
    ],
)
def test_it_knows_which_mode_names_a_network_that_is_gone(memory: Memory, mode: str, is_lost: bool) -> None:
    assert is_mode_lost(mode, memory.networks, memory.network_names()) is is_lost


def test_it_calls_nothing_lost_that_a_swarm_may_bring() -> None:
    networks = {NET_A: replace(network(NET_A, "ingress"), scope="swarm")}

    assert not is_mode_lost("attachable", networks, {})
    assert is_mode_lost("c" * 64, networks, {})  # no swarm has such ids


def test_it_saves_a_container_whose_own_network_came_or_went(memory: Memory) -> None:
    memory.containers[WEB] = replace(memory.containers[WEB], network_mode="back")  # it left that one long ago

    changes, after = find_changes(memory, Update(networks={NET_B: None}))
    assert changes.containers_saved.keys() == changes.touched_containers == {WEB}

    changes, after = find_changes(after, Update(networks={"c" * 64: network("c" * 64, "back")}))
    assert changes.containers_saved.keys() == {WEB}
    changes, _ = find_changes(after, Update(networks={"d" * 64: network("d" * 64, "other")}))
    assert not changes.containers_saved


WORLD_NETWORKS = st.dictionaries(
    st.sampled_from([NET_A, NET_B, "ab" * 32, "s" * 25]),
    st.tuples(st.sampled_from(["front", "back", "a" * 12, NET_B]), st.sampled_from(["local", "swarm"])),
)
MODES = st.lists(
    st.sampled_from(["", "bridge", "front", "back", "gone", "a" * 12, "ab" * 6, NET_A, NET_B, "container:x"]), max_size=6
)


@given(before=WORLD_NETWORKS, after=WORLD_NETWORKS, modes=MODES)
def test_it_saves_just_those_whose_own_network_came_or_went(
    before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]], modes: list[str]
) -> None:
    def networks(there: dict[str, tuple[str, str]]) -> dict[str, NetworkFact]:
        return {key: replace(network(key, name), scope=scope) for key, (name, scope) in there.items()}

    containers = {f"{number:064x}": container(f"{number:064x}", f"c{number}", mode=mode) for number, mode in enumerate(modes)}
    memory, update = Memory(networks(before), containers), Update(networks=dict.fromkeys(before) | networks(after))

    changes, found = find_changes(memory, update)

    def lost_in(there: Memory) -> set[str]:
        return {key for key, fact in containers.items() if is_mode_lost(fact.network_mode, there.networks, there.network_names())}

    assert changes.containers_saved.keys() == lost_in(memory) ^ lost_in(found)
