"""Networks of other drivers, in a browser: macvlan on a parent that the page lists, and a plugin's on Open vSwitch."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from networks.sync.plugins import KEPT_S
from tests.drivers.plugged import Plugin
from tests.drivers.reading import facts_inside, pings
from tests.drivers.switch import Switch, why_no_switch
from tests.journeys.acts import endpoint_row, open_container
from tests.journeys.engine_says import inspect_network
from tests.lan import NEIGHBOUR, ROUTER, SUBNET, Lan
from tests.private_engine import PrivateEngine, wait_until

CREATE = "/networks/local/create/"


@pytest.fixture
def lan(engine: PrivateEngine) -> Iterator[Lan]:
    with Lan(engine) as made:
        yield made
        engine.empty()


@pytest.fixture
def plugin(engine: PrivateEngine) -> Iterator[Plugin]:
    if reason := why_no_switch():
        pytest.skip(reason)
    with Switch(engine) as switch, Plugin(switch) as running:
        yield running
        engine.empty()


def choose_driver(page: Page, name: str, driver: str) -> None:
    """Begin a new network, and wait until the fields of its driver are there. The next look finds a plugin that just began."""

    def is_offered() -> bool:
        page.goto(CREATE)
        return page.locator(f"#id_driver option[value='{driver}']").count() > 0

    wait_until(is_offered, f"{driver} to be offered", interval_s=KEPT_S / 2)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Driver", exact=True).select_option(driver)
    expect(page.locator("#driver-options input[name=options-of]")).to_have_value(driver)


def test_it_puts_two_containers_onto_the_lan_by_macvlan(admin: Page, engine: PrivateEngine, lan: Lan) -> None:
    admin.goto("/interfaces/")
    expect(admin.locator("tr", has_text=lan.link).first).to_contain_text("default route")
    choose_driver(admin, "office", "macvlan")
    line = admin.locator(".parents tr", has_text=lan.link)
    expect(line).to_contain_text("default route")
    line.get_by_role("button", name=f"Use {lan.link}").click()

    expect(admin.get_by_label("Parent interface")).to_have_value(lan.link)
    expect(admin.get_by_label("Subnet 1")).to_have_value(SUBNET)
    expect(admin.get_by_label("Gateway 1")).to_have_value(ROUTER)
    expect(admin.get_by_label("IP range 1")).to_have_value("192.168.77.224/27")
    expect(admin.locator("#aside .verdict.v-warn", has_text="the host can't reach each other")).to_be_visible()
    expect(admin.locator("#aside .as-docker .code")).to_contain_text(f"--opt parent={lan.link}")
    admin.get_by_label("VLAN", exact=True).fill("5000")
    expect(admin.locator("#aside .verdict.v-bad", has_text="The number of a VLAN goes from 1 to 4094.")).to_be_visible()
    admin.get_by_label("VLAN", exact=True).fill("")
    expect(admin.locator("#aside .verdict.v-bad")).to_have_count(0)
    admin.get_by_role("button", name="Create network").click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("office")

    assert inspect_network(engine, "office")["Options"] == {"parent": lan.link}
    for name in ("first", "second"):
        engine.run(name, "--network", "office")
    expect(endpoint_row(admin, "second")).to_contain_text("192.168.77.225")
    assert pings(engine, "first", "192.168.77.225")
    assert pings(engine, "second", NEIGHBOUR)
    assert not lan.pings("192.168.77.224")
    open_container(admin, "first")
    [mac] = facts_inside(engine, "first")["mac"]
    expect(admin.locator("main")).to_contain_text(mac)
    admin.goto("/interfaces/")
    expect(admin.locator("tr", has_text=lan.link).first).to_contain_text("office")


def test_it_plugs_containers_into_open_vswitch_by_a_plugin(admin: Page, engine: PrivateEngine, plugin: Plugin) -> None:
    choose_driver(admin, "plugged", plugin.name)
    expect(admin.locator("#aside .verdict.v-ok", has_text=f"The plugin {plugin.name} answers")).to_be_visible()
    admin.get_by_label("Subnet 1").fill("10.99.8.0/24")
    admin.get_by_label("Other driver options").fill("colour=blue")
    expect(admin.locator("#aside .as-docker .code")).to_contain_text("--opt colour=blue")
    admin.get_by_role("button", name="Create network").click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("plugged")
    expect(admin).to_have_url(re.compile(r"/networks/local/[0-9a-f]{64}/$"))

    for name in ("first", "second"):
        engine.run(name, "--network", "plugged")
    expect(endpoint_row(admin, "second")).to_contain_text("10.99.8.3")
    assert pings(engine, "first", "10.99.8.3")
    assert inspect_network(engine, "plugged")["Options"] == {"colour": "blue"}
    admin.goto("/interfaces/")
    expect(admin.locator("tr", has_text="ovs-netdev")).to_contain_text("Open vSwitch, by its name")
    expect(admin.locator("tr", has_text=re.compile(r"first\s+eth0"))).to_be_visible()

    plugin.kill()
    try:
        time.sleep(KEPT_S)  # for so long a page may say what it found before
        choose_driver(admin, "another", plugin.name)
        expect(admin.locator("#aside .verdict.v-bad", has_text=f"The plugin {plugin.name} isn't running")).to_be_visible()
    finally:
        plugin.start()  # else the Engine takes 15 s for what is to be removed
