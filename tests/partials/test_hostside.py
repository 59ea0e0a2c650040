"""What is said of a network's side of the host: of each family, by what the network is set to and by the Engine's version."""

from __future__ import annotations

import pytest

from networks.partials.interfaces.hostside import families_of, host_side
from networks.queries.networks import GATEWAY_MODES
from networks.queries.rows import NetworkRow, PoolRow
from tests.queries.test_filters import network

BEFORE, SINCE = "1.45", "1.46"
FOUR, SIX = PoolRow("10.1.0.0/24"), PoolRow("fd00:1::/64")
DUAL = network("dual", has_ipv6=True, pools=(FOUR, SIX))


def outside(row: NetworkRow, api_version: str = BEFORE, **options: str) -> dict[str, str]:
    found = host_side(row, options, api_version=api_version)
    return {each["word"]: each["value"] for each in found if each["word"].startswith("To the outside")}


def test_it_tells_what_the_host_does_for_a_network() -> None:
    front = network("front")
    shut = network("shut", is_internal=True, is_icc_off=True)
    lan = network("lan", driver="macvlan")

    assert host_side(front, {}, api_version=BEFORE)[0]["code"] == f"br-{front.docker_id[:12]}"
    assert host_side(front, {"com.docker.network.bridge.name": "docker0"}, api_version=BEFORE)[0]["code"] == "docker0"
    said = [row["value"] for row in host_side(shut, {}, api_version=BEFORE)[1:]]
    assert said == ["nothing: the network is internal", "refused: ICC is off"]
    parent = [row.get("code") or row["value"] for row in host_side(lan, {"parent": "eth0"}, api_version=BEFORE)]
    assert parent == ["eth0", "bridge"]
    assert host_side(network("host", driver="host"), {}, api_version=BEFORE) == []
    assert outside(network("in", driver="overlay", is_internal=True)) == {"To the outside": "nothing: the network is internal"}
    assert outside(network("across", driver="overlay"))["To the outside"].startswith("over docker_gwbridge, unless")


def test_it_masquerades_no_ipv6_before_engine_27() -> None:
    before, since = outside(DUAL), outside(DUAL, SINCE)

    assert before["To the outside, IPv4"].startswith("masqueraded behind the host's address")
    assert (
        before["To the outside, IPv6"]
        == "routed with the containers' own addresses, unless this Engine was started with ip6tables on"
    )
    assert (
        since["To the outside, IPv6"]
        == "masqueraded behind the host's address, unless this Engine was started with ip6tables off"
    )


@pytest.mark.parametrize(("api_version", "begin"), [(BEFORE, "masqueraded"), (SINCE, "routed with")])
def test_it_looks_at_the_gateway_mode_of_each_family(api_version: str, begin: str) -> None:
    routed = network("routed", has_ipv6=True, pools=(FOUR, SIX), gateway_modes=("routed", "nat"))

    assert list(GATEWAY_MODES) == ["IPv4", "IPv6"]
    assert outside(routed, api_version)["To the outside, IPv4"].startswith(begin)
    assert outside(routed, SINCE)["To the outside, IPv6"].startswith("masqueraded")


def test_it_names_the_address_that_a_network_is_translated_to() -> None:
    found = host_side(network("front"), {"com.docker.network.host_ipv4": "192.168.0.9"}, api_version=BEFORE)

    assert found[1]["value"] == "translated to 192.168.0.9, unless this Engine was started with iptables off"


def test_it_says_what_an_internal_network_on_a_parent_leaves_open() -> None:
    shut = network("lan", driver="macvlan", is_internal=True)
    words = {each["word"]: each.get("value", "") for each in host_side(shut, {"parent": "eth0"}, api_version=BEFORE)}

    assert words["To the outside"].startswith("no gateway")
    assert "To the outside" not in {each["word"] for each in host_side(shut, {}, api_version=BEFORE)}


def test_it_knows_a_network_without_ipv4_by_its_subnets() -> None:
    assert families_of(network("front", pools=(FOUR,))) == ("IPv4",)
    assert families_of(DUAL) == ("IPv4", "IPv6")
    assert families_of(network("six", has_ipv6=True, pools=(SIX,))) == ("IPv6",)
    assert families_of(network("odd", pools=(SIX,))) == ("IPv4",)
