"""A plugin's driver in the form of a new network: offered where it was found, refused where it can't serve."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.addressing.findings import Level
from networks.forms.networks import NetworkForm
from networks.hostnet.plugins import PluginFact, Plugins, PluginState
from networks.preflight.findings import say_advice, say_finding
from networks.queries.engine_context import EngineContext
from tests.forms.test_parents import GROUND as PARENTS
from tests.forms.test_parents import typed

BOTH = frozenset({"NetworkDriver", "IpamDriver"})
FOUND = {
    "weave": PluginFact("weave", PluginState.ANSWERS, "/run/docker/plugins/weave.sock", BOTH),
    "volumes": PluginFact("volumes", PluginState.ANSWERS, "/run/docker/plugins/volumes.sock", frozenset({"VolumeDriver"})),
    "stale": PluginFact("stale", PluginState.DEAD, "/run/docker/plugins/stale.sock"),
    "mute": PluginFact("mute", PluginState.SILENT, "/run/docker/plugins/mute.sock"),
    "far": PluginFact("far", PluginState.UNASKED, "tcp://192.0.2.7:9000"),
}
GROUND = replace(
    PARENTS,
    drivers=(*PARENTS.drivers, "left", "managed/net:latest"),
    ipam_drivers=frozenset({"default", "left"}),
    plugins=Plugins(FOUND, is_complete=True),
)
REMOTE = replace(GROUND, plugins=Plugins())


def about(form: NetworkForm, field: str) -> list[tuple[str, str]]:
    return [(str(each.level), each.key) for each in form.all_findings if each.field == field]


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("weave", ("ok", "plugin_answers")),
        ("volumes", ("bad", "plugin_other")),
        ("stale", ("bad", "plugin_dead")),
        ("mute", ("bad", "plugin_silent")),
        ("far", ("warn", "plugin_unasked")),
        ("left", ("bad", "plugin_gone")),
        ("nobody", ("bad", "driver_unknown")),
        ("managed/net:latest", ("ok", "driver_known")),
        ("bridge", ("ok", "driver_known")),
    ],
)
def test_it_says_at_once_whether_a_plugin_serves(driver: str, expected: tuple[str, str]) -> None:
    assert about(typed(GROUND, driver=driver), "driver") == [expected]


@pytest.mark.parametrize(("driver", "level"), [("left", "ok"), ("weave", "bad")])
def test_it_takes_another_machine_s_engine_at_its_word(driver: str, level: str) -> None:
    assert [found[0] for found in about(typed(REMOTE, driver=driver), "driver")] == [level]


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("weave", []),
        ("volumes", [("bad", "ipam_plugin_other")]),
        ("stale", [("bad", "ipam_plugin_dead")]),
        ("left", [("bad", "ipam_plugin_gone")]),
        ("nobody", [("bad", "ipam_driver_unknown")]),
    ],
)
def test_it_asks_the_same_of_ipam_drivers(driver: str, expected: list[tuple[str, str]]) -> None:
    assert about(typed(GROUND, driver="bridge", ipam_driver=driver), "ipam_driver") == expected


def test_it_offers_what_was_found() -> None:
    form = typed(GROUND, driver="bridge")

    drivers = [value for value, _ in form.fields["driver"].widget.choices]  # type: ignore[attr-defined]
    assert drivers == ["bridge", "ipvlan", "macvlan", "overlay", "left", "managed/net:latest", "weave"]
    assert GROUND.all_ipam_drivers == {"default", "left", "managed/net:latest", "weave"}
    assert EngineContext("local", plugins=GROUND.plugins).all_drivers == ()  # an Engine that was never read


def test_it_says_what_helps() -> None:
    [dead] = [each for each in typed(GROUND, driver="stale").all_findings if each.level is Level.BAD]

    assert say_finding(dead) == "The plugin stale isn't running: nothing answers at /run/docker/plugins/stale.sock."
    assert "Docker would retry for 15 s" in say_advice(dead)
    assert dead.suggestion == "bridge"


@pytest.mark.parametrize(
    ("ipam_driver", "fields", "expected"),
    [
        ("", {}, [("ok", "subnet_by_docker")]),
        ("weave", {}, [("ok", "subnet_by_ipam")]),
        ("null", {}, []),
        ("", {"enable_ipv6": "on", "pools__0__subnet": "fd00:9::/64"}, [("warn", "only_ipv6_pool")]),
        ("weave", {"enable_ipv6": "on", "pools__0__subnet": "fd00:9::/64"}, [("warn", "ipv4_by_ipam")]),
    ],
)
def test_it_says_who_chooses_the_subnet(ipam_driver: str, fields: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert about(typed(GROUND, driver="managed/net:latest", ipam_driver=ipam_driver, **fields), "pools") == expected
