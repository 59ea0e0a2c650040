"""The forms of swarms: what is said of addresses, tokens and pools before Docker is asked."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network

import pytest

from networks.addressing.host import HostAddress, HostRoute, HostSide
from networks.addressing.pool_checks import TakenPool
from networks.forms.swarm import InitForm, JoinForm
from networks.preflight.swarm_checks import machine_addresses, split_port
from networks.queries.engine_context import EngineContext

HOST = HostSide(
    addresses=(HostAddress(ip_interface("192.0.2.1/24"), "eth0"),),
    routes=(HostRoute(ip_network("0.0.0.0/0"), "eth0"), HostRoute(ip_network("10.9.0.0/16"), "eth1", is_on_link=True)),
    is_known=True,
    knows_name_servers=True,
)
TWO = HostSide(addresses=(*HOST.addresses, HostAddress(ip_interface("198.51.100.7/24"), "eth1")), is_known=True)
TOKEN = f"SWMTKN-1-{'1' * 50}-{'2' * 25}"


def init(host: HostSide = HOST, **typed: str) -> InitForm:
    ground = EngineContext("local", host=host, pools=(("local", TakenPool(ip_network("10.77.3.0/24"), "shop")),))
    form = InitForm({"advertise_address": "192.0.2.1", **typed}, ground=ground)
    form.is_valid()
    return form


def join(**typed: str) -> JoinForm:
    form = JoinForm({"advertise_address": "192.0.2.1", "remote_address": "192.0.2.9", "token": TOKEN, **typed}, host=HOST)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("typed", "host", "key"),
    [
        ("192.0.2.1", HOST, "swarm_address_known"),
        ("192.0.2.1:2377", HOST, "swarm_address_known"),
        ("192.0.2.77", HOST, "swarm_address_not_here"),
        ("0.0.0.0", HOST, "swarm_address_nowhere"),  # noqa: S104 (nothing is bound)
        ("127.0.0.1", HOST, "swarm_address_loopback"),
        ("no link of mine", HOST, "swarm_address_unreadable"),
        ("192.0.2.1:99999", HOST, "swarm_port_invalid"),
        ("", HOST, "swarm_address_by_docker"),
        ("", TWO, "swarm_address_several"),
        ("", HostSide(is_known=True), "swarm_address_none"),
        ("", HostSide(), "swarm_address_by_docker"),
    ],
)
def test_it_says_of_an_advertise_address(typed: str, host: HostSide, key: str) -> None:
    found = [finding.key for finding in init(host, advertise_address=typed).findings if finding.field == "advertise_address"]

    assert found == [key]


@pytest.mark.parametrize(
    ("pools", "size", "keys"),
    [
        ("10.78.0.0/16", "24", {"swarm_pool_free"}),
        ("10.77.0.0/16", "24", {"swarm_pool_network"}),
        ("10.9.0.0/16", "24", {"swarm_pool_host"}),
        ("10.78.0.0/16, 10.78.4.0/24", "24", {"swarm_pool_free", "swarm_pool_twice"}),
        ("10.78.0.0/16", "8", {"swarm_pool_size"}),
        ("10.78.0.0/16", "30", {"swarm_pool_size"}),
        ("2001:db8::/48", "24", {"swarm_pool_ipv6"}),
        ("10.78.0.1/16", "24", {"host_bits_set"}),
        ("", "24", {"swarm_pool_docker", "swarm_pool_network", "swarm_pool_host"}),
    ],
)
def test_it_says_of_pools(pools: str, size: str, keys: set[str]) -> None:
    form = init(pools=pools, subnet_size=size)

    assert {finding.key for finding in form.findings if "address" not in finding.key and finding.key != "swarm_listens"} == keys


def test_it_asks_for_what_was_typed_with_docker_s_defaults() -> None:
    spec = init(pools="10.78.0.0/16 10.79.0.0/16").to_spec()

    assert (spec.advertise_address, spec.listen_address) == ("192.0.2.1", "0.0.0.0:2377")
    assert ([str(pool) for pool in spec.pools], spec.subnet_size, spec.data_path_port) == (
        ["10.78.0.0/16", "10.79.0.0/16"],
        24,
        4789,
    )


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"token": ""}, "token"),
        ({"token": "SWMTKN-2-x"}, "token"),
        ({"remote_address": ""}, "remote_address"),
        ({"remote_address": "a b c/"}, "remote_address"),
        ({"remote_address": "192.0.2.9:0"}, "remote_address"),
        ({"listen_address": "0.0.0.0:x"}, "listen_address"),
    ],
)
def test_it_marks_the_field_that_is_wrong(typed: dict[str, str], field: str) -> None:
    form = join(**typed)

    assert list(form.errors) == [field]
    assert TOKEN not in str(form.errors)


def test_it_draws_no_token() -> None:
    form = join()

    assert form.errors == {}
    assert form.to_spec().token == TOKEN
    assert TOKEN not in str(form["token"])
    assert TOKEN not in " ".join(value for _flag, value in form.command_lines())


def test_it_reads_addresses_with_and_without_ports() -> None:
    assert split_port("192.0.2.1:2377") == ("192.0.2.1", "2377")
    assert split_port("[2001:db8::1]:2377") == ("2001:db8::1", "2377")
    assert split_port("2001:db8::1") == ("2001:db8::1", "")
    assert split_port("manager.example") == ("manager.example", "")
    assert [str(address) for address in machine_addresses(TWO)] == ["192.0.2.1", "198.51.100.7"]
