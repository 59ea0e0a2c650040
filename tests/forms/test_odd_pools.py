"""Pools that hardly anybody means, on a real Engine: what passes is made and serves; what Docker refuses is said before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import Refused
from networks.forms.networks import NetworkForm
from tests.forms.typed_networks import Typed, ask, form_of, read_ground_of
from tests.private_engine import IMAGE, PrivateEngine

IPV4, IPV6 = "10.9.0.0/24", "fd00:9::/64"
LAST = "fd00:9::ffff:ffff:ffff:ffff"


def row(subnet: str, **fields: str) -> Typed:
    typed = {"name": "odd", "driver": "bridge", "masquerade": "on", "icc": "on", "pools-0-subnet": subnet}
    typed |= {f"pools-0-{name}": text for name, text in fields.items()}
    return typed | ({"enable_ipv6": "on"} if ":" in subnet else {})


def name_of(case: object) -> str:
    if isinstance(case, dict):
        return " ".join(text for name, text in case.items() if name.startswith("pools"))
    return str(case)


# Docker refuses each of these, and the form says so by this key.
REFUSED: tuple[tuple[Typed, str], ...] = (
    (row("0.0.0.0/0"), "whole_address_space"),
    (row("0.0.0.0/1"), "any_of_size_not_yet"),
    (row("::/0"), "whole_address_space"),
    (row("::/64"), "any_of_size_not_yet"),
    (row("::1/128"), "loopback"),
    (row("fe80::/10"), "link_local_part"),
    (row("fe80::/63"), "link_local_part"),
    (row("fe80::/80"), "link_local_part"),
    (row("ff02::/64"), "multicast"),
    (row("::ffff:0:0/96"), "ipv4_mapped"),
    (row("::ffff:10.9.0.0/112"), "ipv4_mapped"),
    (row("fd00:9::/128"), "too_small"),
    (row("10.9.0.5/24"), "host_bits_set"),
    (row(IPV4, ip_range="0.0.0.0/0"), "range_bigger"),
    (row(IPV4, ip_range="10.8.0.0/25"), "range_outside"),
    (row(IPV4, ip_range="10.9.0.0/32"), "range_without_gateway"),
    (row(IPV4, ip_range="10.9.0.255/32"), "range_without_gateway"),
    (row(IPV6, ip_range="fd00:9::/128"), "range_without_gateway"),
    (row(IPV6, ip_range=IPV6), "range_ends_block"),
    (row(IPV6, ip_range="fd00:9:0:0:8000::/65"), "range_ends_block"),
    (row("fd00:9::/48", ip_range="fd00:9:0:1::/64"), "range_ends_block"),
    (row(IPV4, gateway="10.9.0.0"), "gateway_is_network_address"),
    (row(IPV4, gateway="10.9.0.255"), "gateway_is_broadcast_address"),
    (row(IPV4, gateway="0.0.0.0"), "gateway_outside"),  # noqa: S104
    (row(IPV6, gateway="fd00:9::"), "gateway_is_network_address"),
    (row(IPV6, gateway="fe80::1"), "gateway_outside"),
    (row(IPV6, gateway=LAST), "last_of_block"),
    (row(IPV4, aux_addresses="a=10.9.0.1"), "aux_is_gateway"),
    (row(IPV4, aux_addresses="a=10.9.0.0"), "aux_addresses_is_network_address"),
    (row(IPV4, aux_addresses="a=10.9.0.255"), "aux_addresses_is_broadcast_address"),
    (row(IPV6, aux_addresses=f"a={LAST}"), "last_of_block"),
)
# Docker makes each of these, and no container gets an address there, which the form says by this key.
USELESS: tuple[tuple[Typed, str], ...] = (
    (row("0.0.0.0/24"), "any_of_size_not_yet"),
    (row("224.1.0.0/24"), "multicast"),
    (row("10.9.0.2/32"), "too_small"),
    (row("fd00:9::/127"), "too_small"),
    (row(IPV4, ip_range="10.9.0.1/32"), "range_full"),
    (row(IPV4, ip_range="10.9.0.254/32"), "range_full"),
    (row(IPV6, ip_range="fd00:9::1/128"), "range_full"),
    (row(IPV6, ip_range=IPV6, gateway="fd00:9::1"), "range_ends_block"),
)
# Docker makes these, and a container starts there. The form stops none of them, and says what is behind the key, if anything.
SERVING: tuple[tuple[Typed, str], ...] = (
    (row("1.0.0.0/8"), "public"),
    (row("10.9.0.0/31"), "little_room"),
    (row("10.9.0.0/31", gateway="10.9.0.0"), "little_room"),
    (row("10.9.0.0/31", gateway="10.9.0.1"), "little_room"),
    (row("10.9.0.0/30", gateway="10.9.0.2"), "little_room"),
    (row("10.9.0.0/29"), ""),
    (row("240.0.0.0/4"), "reserved"),
    (row("255.255.255.0/24"), "reserved"),
    (row("169.254.0.0/16"), "link_local"),
    (row("fe80::/64"), "link_local"),
    (row("fe80:0:0:1::/64"), "link_local"),
    (row("fec0::/64"), "reserved"),
    (row("64:ff9b::/96"), "reserved"),
    (row("2001:db8::/64"), "documentation"),
    (row("fc00::/7"), "too_big"),
    (row("fd00:9::/126"), "little_room"),
    (row(IPV4, ip_range="10.9.0.128/25", gateway="10.9.0.129"), ""),
    (row(IPV6, gateway="fd00:9::ffff:ffff:ffff:fffe"), ""),
    (row(IPV6, ip_range="fd00:9::/80"), ""),
    (row("fd00:9::/48", ip_range="fd00:9:0:1::/80"), ""),
    (row("fd00:9::/65", gateway="fd00:9::7fff:ffff:ffff:ffff"), ""),
    (row(IPV4, aux_addresses="a=10.9.0.2"), ""),
)


@pytest.fixture
def client(engine: PrivateEngine) -> Iterator[EngineClient]:
    with closing(EngineClient(engine.url, Profile.NETWORK)) as opened:
        yield opened


def typed_in(engine: PrivateEngine, typed: Typed) -> tuple[NetworkForm, set[str]]:
    form = form_of(typed, read_ground_of(engine))
    form.is_valid()
    return form, {finding.key for finding in form.all_findings}


def run_on(engine: PrivateEngine, network_id: str) -> int:
    """Run a container on a network and return what Docker answered to its start."""
    wanted = {"Image": IMAGE, "Cmd": ["sleep", "1000"], "StopSignal": "KILL", "HostConfig": {"NetworkMode": network_id}}
    status, made = ask(engine, "POST", "/containers/create?name=odd-one", wanted)
    assert status == 201, made
    return ask(engine, "POST", f"/containers/{made['Id']}/start")[0]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("typed", "key"), REFUSED, ids=name_of)
def test_it_says_before_what_docker_refuses(engine: PrivateEngine, client: EngineClient, typed: Typed, key: str) -> None:
    form, said = typed_in(engine, typed)

    assert not form.is_valid()
    assert key in said
    if key != "host_bits_set":  # a spec has no such subnet
        with pytest.raises(Refused):
            client.create_network(form.to_spec())


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("typed", "key"), USELESS, ids=name_of)
def test_it_says_before_where_no_container_starts(engine: PrivateEngine, client: EngineClient, typed: Typed, key: str) -> None:
    form, said = typed_in(engine, typed)

    assert key in said
    assert run_on(engine, client.create_network(form.to_spec())) == 500


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("typed", "key"), SERVING, ids=name_of)
def test_it_lets_through_what_serves(engine: PrivateEngine, client: EngineClient, typed: Typed, key: str) -> None:
    form, said = typed_in(engine, typed)

    assert form.is_valid(), (form.errors, [pool.errors for pool in form.pools])
    assert not key or key in said
    assert run_on(engine, client.create_network(form.to_spec())) == 204


@pytest.mark.parametrize("subnet", ["127.0.0.0/24", "126.0.0.0/7", "64.0.0.0/2", "192.0.0.0/2"])
def test_it_stops_what_docker_takes_and_nobody_can_use(engine: PrivateEngine, client: EngineClient, subnet: str) -> None:
    form, said = typed_in(engine, row(subnet))

    assert not form.is_valid()
    assert said & {"loopback", "loopback_in_it", "multicast_in_it"}
    assert run_on(engine, client.create_network(form.to_spec())) == 204


def test_it_leaves_a_range_away_by_its_button(engine: PrivateEngine) -> None:
    form, _said = typed_in(engine, row(IPV6, ip_range=IPV6))

    found = next(finding for finding in form.all_findings if finding.key == "range_ends_block")
    assert (found.suggestion_field, found.suggestion) == ("pools-0-ip_range", "")
