"""Swarms: what is made of Docker's answers, the documents that are sent, and the commands that do the same."""

from __future__ import annotations

from contextlib import closing
from ipaddress import ip_network
from pathlib import Path

import pytest

from networks.engine.allow_list import Profile
from networks.engine.bodies import init_body, join_body
from networks.engine.cli import command_of, init_swarm_lines, join_swarm_lines, leave_swarm_lines, remove_node_lines
from networks.engine.client import EngineClient
from networks.engine.errors import ProtocolFault, Refused
from networks.engine.facts import OverlayPeer
from networks.engine.parsing.engines import parse_engine, parse_new_node, parse_nodes, parse_tokens
from networks.engine.parsing.networks import parse_network_fact
from networks.engine.specs import InitSpec, JoinSpec, LeaveSpec
from networks.engine.swarm_facts import JoinTokens, NodeFact
from tests.engine.scripted_engine import Peer, ScriptedEngine

NODE = "3a6efw8w1lt5epl7p0fg1p1so"
SECRET = "SWMTKN-1-abc-def"


def test_it_reads_how_an_engine_stands() -> None:
    swarm = {
        "NodeID": NODE,
        "NodeAddr": "192.0.2.1",
        "LocalNodeState": "active",
        "ControlAvailable": True,
        "RemoteManagers": [{"NodeID": NODE, "Addr": "192.0.2.1:2377"}, {"Addr": 7}, None],
        "Cluster": {"ID": "i3wik", "DefaultAddrPool": ["10.77.0.0/16"], "SubnetSize": 24, "DataPathPort": 4789},
    }

    found = parse_engine({}, {"Swarm": swarm}).swarm

    assert (found.state, found.node_id, found.address, found.is_manager, found.is_member) == (
        *("active", NODE, "192.0.2.1"),
        *(True, True),
    )
    assert (found.managers, found.swarm_id, found.pools) == (("192.0.2.1:2377",), "i3wik", ("10.77.0.0/16",))
    assert (found.subnet_size, found.data_path_port) == (24, 4789)


@pytest.mark.parametrize("swarm", [None, "x", {"LocalNodeState": 3, "RemoteManagers": "x", "Cluster": []}])
def test_it_reads_nothing_out_of_nonsense(swarm: object) -> None:
    found = parse_engine({}, {"Swarm": swarm}).swarm

    assert (found.state, found.is_member, found.managers, found.pools) == ("", False, (), ())


def test_it_reads_nodes_by_name() -> None:
    worker = {
        "ID": "o" * 25,
        "Spec": {"Role": "worker", "Availability": "drain"},
        "Description": {"Hostname": "b", "Engine": {"EngineVersion": "26.1.5"}},
        "Status": {"State": "down", "Addr": "192.0.2.2"},
    }
    manager = {
        "ID": NODE,
        "Spec": {"Role": "manager", "Availability": "active"},
        "Description": {"Hostname": "a"},
        "Status": {"State": "ready", "Addr": "192.0.2.1"},
        "ManagerStatus": {"Leader": True, "Reachability": "reachable"},
    }

    assert parse_nodes([worker, manager]) == (
        NodeFact(NODE, "a", "manager", "active", "ready", "192.0.2.1", "", is_leader=True, reachability="reachable"),
        NodeFact("o" * 25, "b", "worker", "drain", "down", "192.0.2.2", "26.1.5"),
    )


@pytest.mark.parametrize("answer", [{}, None, [{"ID": "../x"}]])
def test_it_takes_nothing_else_for_nodes(answer: object) -> None:
    with pytest.raises(ProtocolFault):
        parse_nodes(answer)


def test_it_reads_peers_of_an_inspected_network() -> None:
    peers = [{"Name": "b", "IP": "192.0.2.2"}, {"Name": "a", "IP": "192.0.2.1"}, {"Name": "a", "IP": "192.0.2.1"}, 5]

    found = parse_network_fact({"Id": NODE, "Name": "ov", "Peers": peers})

    assert found.peers == (OverlayPeer("a", "192.0.2.1"), OverlayPeer("b", "192.0.2.2"))
    assert found == parse_network_fact({"Id": NODE, "Name": "ov"})


def test_it_shows_no_token_in_any_text() -> None:
    texts = [repr(JoinTokens(SECRET, SECRET)), repr(JoinSpec(("192.0.2.1:2377",), SECRET)), str(JoinTokens(SECRET, SECRET))]
    texts.append(command_of(join_swarm_lines(JoinSpec(("192.0.2.1:2377",), SECRET))))

    assert not [text for text in texts if SECRET in text]


def test_it_takes_the_token_out_of_an_error(tmp_path: Path) -> None:
    def answer(peer: Peer) -> None:
        if peer.method == "POST":
            peer.answer_json({"message": f"bad token {SECRET}"}, 500)
        else:
            peer.answer_json({"ApiVersion": "1.45"}, 200)

    with (
        ScriptedEngine(tmp_path, answer) as engine,
        closing(EngineClient(engine.url, Profile.SWARM)) as client,
        pytest.raises(Refused) as raised,
    ):
        client.join_swarm(JoinSpec(("192.0.2.1:2377",), SECRET))

    assert raised.value.sentence == str(raised.value) == "bad token …"


@pytest.mark.parametrize("answer", [{}, {"JoinTokens": {"Worker": "w"}}, []])
def test_it_takes_nothing_else_for_tokens(answer: object) -> None:
    with pytest.raises(ProtocolFault):
        parse_tokens(answer)


@pytest.mark.parametrize("answer", [b'"short"', b"{}", b'"../networks/abcdefghijklmno"'])
def test_it_takes_nothing_else_for_a_node_id(answer: bytes) -> None:
    with pytest.raises(ProtocolFault):
        parse_new_node(answer)


def test_it_writes_pools_only_where_some_were_chosen() -> None:
    chosen = InitSpec("192.0.2.1", pools=(ip_network("10.77.0.0/16"),), subnet_size=26, data_path_port=5789)

    assert init_body(chosen)["DefaultAddrPool"] == ["10.77.0.0/16"]
    assert init_body(chosen)["SubnetSize"] == 26
    assert init_body(chosen)["DataPathPort"] == 5789
    assert not {"DefaultAddrPool", "SubnetSize"} & init_body(InitSpec("192.0.2.1")).keys()
    assert join_body(JoinSpec(("192.0.2.1:2377",), "t"))["JoinToken"] == "t"


def test_it_says_the_same_as_commands() -> None:
    chosen = InitSpec("eth 0", "192.0.2.1:2377", (ip_network("10.77.0.0/16"),), 26, 5789)

    assert command_of(init_swarm_lines(InitSpec())) == "docker swarm init"
    assert command_of(init_swarm_lines(chosen)) == (
        "docker swarm init --advertise-addr 'eth 0' --listen-addr 192.0.2.1:2377 --default-addr-pool 10.77.0.0/16 "
        "--default-addr-pool-mask-length 26 --data-path-port 5789"
    )
    assert command_of(join_swarm_lines(JoinSpec(("192.0.2.1:2377", "192.0.2.9:2377"), "t"))) == (
        "docker swarm join --token <TOKEN> 192.0.2.1:2377"
    )
    assert command_of(remove_node_lines(NODE)) == f"docker node rm {NODE}"
    assert command_of(leave_swarm_lines(LeaveSpec(is_forced=True))) == "docker swarm leave --force"
