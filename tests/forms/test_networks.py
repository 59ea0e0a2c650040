"""The form of a new network: what was typed, what is wrong with it, what would do."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from django.http import QueryDict

from networks.addressing.findings import Level
from networks.addressing.pool_checks import Pool, TakenPool
from networks.engine.specs import NetworkSpec
from networks.forms.edits import take_suggestion
from networks.forms.networks import NetworkForm
from networks.forms.pool_form import POOLS
from networks.preflight.findings import preflight
from networks.queries.engine_context import EngineContext

GROUND = EngineContext(
    "local",
    names=frozenset({"bridge", "front"}),
    pools=(
        ("local", TakenPool(ip_network("172.17.0.0/16"), "bridge")),
        ("local", TakenPool(ip_network("10.20.0.0/24"), "front")),
    ),
    bridge_names={"br-front": "front"},
    parents={("macvlan", "eth9"): "lan"},
    config_networks=("plan",),
    ipam_drivers=frozenset({"default"}),
    drivers=("bridge", "host", "ipvlan", "macvlan", "null", "overlay"),
    version="26.1.5",
    api_version=(1, 45),
)


def typed(**fields: str) -> NetworkForm:
    data = QueryDict(mutable=True)
    data.update({"name": "back", "driver": "bridge", "pools-count": "3"} | {n.replace("__", "-"): v for n, v in fields.items()})
    return NetworkForm(data, ground=GROUND, may_shape=fields.get("role") != "operator")


def said(form: NetworkForm) -> list[tuple[str, str, str]]:
    form.is_valid()
    return [(f.field, f.key, f.suggestion) for f in form.all_findings if f.level is Level.BAD]


def test_it_reads_the_seed_s_network() -> None:
    form = typed(
        name="my_custom_network",
        pools__0__subnet=" 172.72.0.0/16 ",
        pools__0__ip_range="172.72.0.0/24",
        pools__0__gateway="172.72.0.1",
        pools__0__aux_addresses="router=172.72.0.9, printer = 172.72.0.10",
        labels="a=b=c\nlonely\n",
        is_internal="on",
    )

    assert form.is_valid()
    aux = {"router": ip_address("172.72.0.9"), "printer": ip_address("172.72.0.10")}
    pool = Pool(ip_network("172.72.0.0/16"), ip_network("172.72.0.0/24"), ip_address("172.72.0.1"), aux)
    assert form.to_spec() == NetworkSpec("my_custom_network", pools=(pool,), is_internal=True, labels={"a": "b=c", "lonely": ""})
    assert [finding.key for finding in form.all_findings] == [
        "name_free",
        "driver_known",
        "host_unknown",
        "public",
        "subnet_free",
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pools__0__subnet": "10.9.0.5/24"}, ("pools-0-subnet", "host_bits_set", "10.9.0.0/24")),
        ({"pools__1__subnet": "10.20.0.128/25"}, ("pools-1-subnet", "overlaps", "10.128.0.0/25")),
        (
            {"pools__0__subnet": "10.9.0.0/24", "pools__0__gateway": "10.8.0.1"},
            ("pools-0-gateway", "gateway_outside", "10.9.0.1"),
        ),
        (
            {"pools__0__subnet": "10.9.0.0/24", "pools__0__ip_range": "10.8.0.0/28"},
            ("pools-0-ip_range", "range_outside", "10.9.0.0/28"),
        ),
        ({"pools__2__gateway": "10.8.0.1"}, ("pools-2-subnet", "subnet_missing", "10.8.0.0/24")),
        ({"pools__0__subnet": "fd00:1::/64"}, ("pools-0-subnet", "ipv6_off", "on")),
        ({"enable_ipv6": "on"}, ("enable_ipv6", "ipv6_without_pool", "fd00::/64")),
        ({"pools__0__subnet": "0.0.0.0/24"}, ("pools-0-subnet", "any_of_size_not_yet", "")),
        ({"name": ""}, ("name", "name_missing", "")),
        ({"name": "front"}, ("name", "name_taken", "front-2")),
        ({"name": "my front!"}, ("name", "name_invalid", "my-front-")),
        ({"name": "../containers/victim"}, ("name", "name_invalid", "containers-victim")),
        ({"name": "host"}, ("name", "name_predefined", "my-host")),
        ({"name": "default"}, ("name", "name_predefined", "my-default")),
        ({"driver": "nobody"}, ("driver", "driver_unknown", "bridge")),
        ({"driver": "weave"}, ("driver", "driver_unknown_weave", "bridge")),
        ({"driver": "weaveworks/net-plugin:latest_release"}, ("driver", "driver_unknown_weave", "bridge")),
        ({"driver": "flannel"}, ("driver", "driver_unknown_flannel", "bridge")),
        ({"driver": "openvswitch"}, ("driver", "driver_unknown_openvswitch", "bridge")),
        ({"driver": "overlay"}, ("driver", "driver_needs_swarm", "bridge")),
        ({"driver": "host"}, ("driver", "driver_single", "bridge")),
        ({"driver": "macvlan", "role": "operator"}, ("driver", "shape_needed", "bridge")),
        ({"options": "nonsense"}, ("options", "pairs_unreadable", "")),
        ({"options": "com.docker.network.bridge.name=br-front"}, ("options", "bridge_name_taken", "")),
        ({"options": "com.docker.network.bridge.name=br-far-too-long-a"}, ("options", "bridge_name_long", "")),
        ({"options": "com.docker.network.driver.mtu=many"}, ("options", "mtu_invalid", "")),
        ({"options": "com.docker.network.bridge.enable_icc=perhaps"}, ("options", "option_not_bool", "")),
    ],
)
def test_it_marks_the_field_and_suggests(fields: dict[str, str], expected: tuple[str, str, str]) -> None:
    form = typed(**fields)

    assert said(form) == [(expected[0], expected[1], expected[2].rstrip("-") if expected[0] == "name" else expected[2])]


def test_it_is_invalid_when_a_pool_is() -> None:
    form = typed(pools__1__subnet="10.9.0.0/24", pools__2__subnet="10.9.0.0/16")

    assert not form.is_valid()
    assert [key for _, key, _ in said(form)] == ["overlaps_own_pool", "bridge_two_pools"]


def test_it_warns_of_what_an_engine_ignores() -> None:
    form = typed(options="com.docker.network.bridge.gateway_mode_ipv4=routed\ncom.docker.network.bridge.colour=red")

    assert form.is_valid()
    warnings = [(f.key, f.suggestion) for f in form.all_findings if f.level is Level.WARN]
    assert warnings == [
        ("option_not_yet", "com.docker.network.bridge.colour=red"),
        ("option_unknown", "com.docker.network.bridge.gateway_mode_ipv4=routed"),
    ]


def test_it_lets_macvlans_share_a_subnet_by_range() -> None:
    form = typed(driver="macvlan", options="parent=eth0", pools__0__subnet="10.20.0.0/24", pools__0__ip_range="10.20.0.128/25")

    assert form.is_valid()
    assert "shared_subnet" in [finding.key for finding in form.all_findings]


def test_it_puts_the_way_out_first() -> None:
    form = typed(pools__0__subnet="10.20.0.0/24", pools__1__subnet="172.72.0.0/16")
    form.is_valid()

    verdicts = preflight(form.all_findings)

    assert [verdict.level for verdict in verdicts] == ["bad", "bad", "warn", "warn", "ok", "ok"]
    assert verdicts[0].title == "10.20.0.0/24 overlaps 10.20.0.0/24, which the network front has."
    assert (verdicts[0].fixes[0].value, verdicts[0].fixes[0].is_primary) == ("pools-0-subnet=10.128.0.0/24", True)


def test_it_never_fails_on_hostile_text() -> None:
    for text in ("\0", "pools-0-subnet=", "%s%(x)s", "<script>", "٣", "9" * 5000, "\u202e", "a=b" * 1000):
        form = typed(
            name=text,
            driver=text,
            labels=text,
            options=text,
            pools__0__subnet=text,
            pools__0__aux_addresses=text,
            pools__count=text,
        )
        form.is_valid()
        preflight(form.all_findings)


def test_it_takes_a_suggestion_into_its_field() -> None:
    fields = frozenset({"name", "enable_ipv6"})

    assert take_suggestion(QueryDict("use=name%3Dfront-2&name=front"), fields)["name"] == "front-2"
    assert take_suggestion(QueryDict("use=pools-3-subnet%3Dfd00::/64&pools-count=1"), fields)["pools-count"] == "4"
    assert "name" not in take_suggestion(QueryDict("use=name%3D&name=front"), fields)
    for hostile in ("use=csrfmiddlewaretoken%3Dx", "use=pools-99-subnet%3Dx", "use=nothing"):
        assert take_suggestion(QueryDict(hostile), fields) == QueryDict(hostile)


def test_it_adds_and_drops_rows_and_keeps_the_rest() -> None:
    three = POOLS.add(QueryDict("pools-count=2&pools-0-subnet=a&pools-1-subnet=b"))
    assert three["pools-count"] == "3"

    two = POOLS.drop(three, 0)
    assert (two["pools-count"], two["pools-0-subnet"], two["pools-1-subnet"]) == ("2", "b", "")


def test_it_leaves_what_it_cannot_read_in_the_command() -> None:
    form = typed(**{"pools-0-subnet": "10.30.0.5/24", "pools-0-gateway": "10.30.0.x y"})
    form.is_valid()

    assert form.command_lines()[1:4] == [
        ("--driver", "bridge"),
        ("--subnet", "10.30.0.5/24"),
        ("--gateway", "'10.30.0.x y'"),
    ]


@pytest.mark.parametrize("name", ["docker_gwbridge", "ingress"])
def test_it_lets_a_name_of_the_swarms_be_taken(name: str) -> None:
    form = typed(name=name)

    assert form.is_valid()
    assert [(f.level, f.key) for f in form.all_findings if f.field == "name"] == [(Level.WARN, "name_of_swarm")]


@pytest.mark.parametrize(
    ("api_version", "fields", "level", "key"),
    [
        ((1, 45), {}, Level.BAD, "ipv6_off"),
        ((1, 46), {}, Level.WARN, "ipv6_not_on"),
        ((1, 46), {"is_ipv6_off": "on"}, Level.BAD, "ipv6_off"),
    ],
)
def test_it_is_sure_that_ipv6_is_off_where_an_engine_has_no_default(
    api_version: tuple[int, int], fields: dict[str, str], level: Level, key: str
) -> None:
    form = typed(pools__0__subnet="fd00:1::/64", **fields)
    form.ground = replace(GROUND, api_version=api_version)
    form.is_valid()

    assert (level, key) in {(f.level, f.key) for f in form.all_findings}


@pytest.mark.parametrize(
    ("api_version", "mode", "taken", "key"),
    [
        ((1, 45), "", frozenset(), "parent_taken"),
        ((1, 46), "", frozenset(), None),
        ((1, 46), "passthru", frozenset(), "parent_passthru"),
        ((1, 46), "", frozenset({"eth9"}), "parent_passthru"),
    ],
)
def test_it_lets_macvlan_networks_share_a_parent_from_engine_27_on(
    api_version: tuple[int, int], mode: str, taken: frozenset[str], key: str | None
) -> None:
    form = typed(driver="macvlan", parent="eth9", macvlan_mode=mode)
    form.ground = replace(GROUND, api_version=api_version, passthru_parents=taken)

    assert [f[1] for f in said(form) if f[0] == "parent"] == ([key] if key else [])


@pytest.mark.parametrize(
    ("api_version", "driver", "key"),
    [((1, 47), "macvlan", "too_small"), ((1, 48), "macvlan", "little_room"), ((1, 48), "bridge", "too_small")],
)
def test_it_counts_a_gateway_where_the_engine_takes_one(api_version: tuple[int, int], driver: str, key: str) -> None:
    form = typed(driver=driver, pools__0__subnet="10.20.0.9/32")
    form.ground = replace(GROUND, api_version=api_version)
    form.is_valid()

    assert key in {finding.key for finding in form.all_findings if finding.field.endswith("subnet")}
