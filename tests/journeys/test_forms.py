"""Faults that the forms find before Docker does, what only Docker knows, and two people at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import ask_to_remove, network_row, open_network, type_name
from tests.journeys.engine_says import inspect_network, network_names
from tests.journeys.visits import Visits
from tests.private_engine import PrivateEngine

CREATE = "/networks/local/create/"


def fill(page: Page, **values: str) -> None:
    labels = {"name": "Name", "subnet": "Subnet 1", "ip_range": "IP range 1", "gateway": "Gateway 1", "reserved": "Reserved 1"}
    page.goto(CREATE)
    for field, value in values.items():
        page.get_by_label(labels[field], exact=True).fill(value)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"subnet": "10.20.0.0/25"}, "10.20.0.0/25 overlaps 10.20.0.0/24, which the network front has."),
        ({"subnet": "10.30.0.0/24", "gateway": "10.31.0.1"}, "10.31.0.1 is not inside the subnet 10.30.0.0/24."),
        ({"subnet": "10.30.0.0/24", "ip_range": "10.31.0.0/25"}, "10.31.0.0/25 is not inside the subnet 10.30.0.0/24."),
        ({"name": "front"}, "There is already a network called front."),
    ],
    ids=["overlap", "gateway", "range", "name"],
)
def test_it_finds_the_fault_and_keeps_what_was_typed(
    admin: Page, engine: PrivateEngine, typed: dict[str, str], sentence: str
) -> None:
    engine.cli("network", "create", "--subnet", "10.20.0.0/24", "front")
    admin.goto("/networks/")
    expect(network_row(admin, "front")).to_be_visible()
    before = network_names(engine)
    fill(admin, **{"name": "mine", **typed})

    admin.get_by_role("button", name="Create network").click()

    expect(admin.locator("#create .err", has_text=sentence)).to_be_visible()
    expect(admin.locator("#aside .verdict.v-bad")).to_contain_text(sentence)
    expect(admin.get_by_label("Name", exact=True)).to_have_value(typed.get("name", "mine"))
    if "subnet" in typed:
        expect(admin.get_by_label("Subnet 1")).to_have_value(typed["subnet"])
    assert network_names(engine) == before


def test_it_asks_whether_the_subnet_without_host_bits_was_meant(admin: Page, engine: PrivateEngine) -> None:
    fill(admin, name="mine", subnet="10.20.0.5/24")
    admin.get_by_role("button", name="Create network").click()
    expect(admin.locator("#create .err")).to_contain_text("10.20.0.5/24 is an address within a subnet")

    admin.locator("#create").get_by_role("button", name="Did you mean 10.20.0.0/24?").click()
    expect(admin.get_by_label("Subnet 1")).to_have_value("10.20.0.0/24")
    expect(admin.get_by_label("Name", exact=True)).to_have_value("mine")
    admin.get_by_role("button", name="Create network").click()

    expect(admin.get_by_role("heading", level=1)).to_contain_text("mine")
    assert inspect_network(engine, "mine")["IPAM"]["Config"][0]["Subnet"] == "10.20.0.0/24"


def test_it_shows_command_and_faults_while_one_types(admin: Page, engine: PrivateEngine) -> None:
    fill(admin, name="mine")

    admin.get_by_label("Subnet 1").press_sequentially("10.20.0.5/24")

    expect(admin.locator("#aside .as-docker .code")).to_contain_text("--subnet 10.20.0.5/24")
    expect(admin.locator("#aside .as-docker .hitbad")).to_have_text("10.20.0.5/24")
    expect(admin.locator("#aside .verdict.v-bad")).to_contain_text("is an address within a subnet")
    expect(admin.get_by_label("Subnet 1")).to_be_focused()
    admin.locator("#aside").get_by_role("button", name="Did you mean 10.20.0.0/24?").click()
    expect(admin.locator("#aside .verdict.v-ok", has_text="10.20.0.0/24 is free")).to_be_visible()


def test_it_forgets_beside_a_field_what_was_said_of_something_else(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", "10.20.0.0/24", "front")
    admin.goto("/networks/")
    expect(network_row(admin, "front")).to_be_visible()
    fill(admin, name="front", subnet="10.20.0.0/25")
    admin.get_by_role("button", name="Create network").click()
    expect(admin.locator("#create .err")).to_have_count(2)

    admin.get_by_label("Name", exact=True).fill("mine")

    expect(admin.locator("#create .err")).to_have_count(1)  # the subnet still overlaps
    expect(admin.locator("#aside .verdict.v-ok", has_text="No other network is called mine.")).to_be_visible()
    admin.get_by_label("Driver", exact=True).select_option("macvlan")
    expect(admin.locator("#driver-options .err")).to_contain_text("Without the option parent")
    expect(admin.locator("#create .pools .err")).to_have_count(0)
    admin.get_by_label("Parent interface").fill("docker0")
    expect(admin.locator("#aside")).to_contain_text("docker0 is the bridge of the network bridge")
    expect(admin.locator("#driver-options .err")).to_have_count(0)


def test_it_refuses_an_unknown_driver_at_once(admin: Page, engine: PrivateEngine) -> None:
    fill(admin, name="mine")
    admin.get_by_label("Driver", exact=True).evaluate("(one) => one.add(new Option('weave', 'weave', true, true))")

    admin.get_by_role("button", name="Create network").click()

    # Docker itself would try for about 15 s.
    expect(admin.locator("#create .err")).to_contain_text("This Engine has no driver “weave”", timeout=5_000)
    expect(admin.get_by_label("Driver", exact=True)).to_have_value("weave")


def test_it_says_before_docker_does_that_another_link_has_the_bridges_name(admin: Page, engine: PrivateEngine) -> None:
    engine.check_inside("ip", "link", "add", "nb0", "type", "ifb")
    fill(admin, name="mine")
    admin.get_by_label("Linux bridge name").fill("nb0")

    admin.get_by_role("button", name="Create network").click()

    expect(admin.locator("#create .err")).to_contain_text("The host has a link nb0 already, which is no bridge")
    expect(admin.get_by_label("Name", exact=True)).to_have_value("mine")
    expect(admin.get_by_label("Linux bridge name")).to_have_value("nb0")
    assert "mine" not in network_names(engine)
    engine.check_inside("ip", "link", "delete", "nb0")


def test_it_makes_a_network_with_everything_that_the_form_offers(admin: Page, engine: PrivateEngine) -> None:
    fill(admin, name="full", subnet="10.40.0.0/24", gateway="10.40.0.1", reserved="printer=10.40.0.9")
    admin.get_by_role("button", name="Add a pool").click()
    admin.get_by_label("Subnet 2").fill("fd00:40::/64")
    admin.get_by_label("IPv6", exact=False).first.check()
    admin.get_by_label("Internal").check()
    admin.get_by_label("Linux bridge name").fill("br-full")
    admin.get_by_label("MTU").fill("1400")
    admin.get_by_label("ICC").uncheck()
    admin.locator("summary", has_text="More bridge options").click()
    admin.get_by_label("Address for published ports").fill("127.0.0.1")
    admin.locator("summary", has_text="IPv4, scope, ingress").click()
    admin.get_by_label("Scope").select_option("local")
    admin.locator("summary", has_text="Labels").click()
    admin.get_by_role("textbox", name="Labels").fill("team=web")
    admin.get_by_role("button", name="Create network").click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("full")

    told = inspect_network(engine, "full")
    assert told["Options"] == {
        "com.docker.network.bridge.name": "br-full",
        "com.docker.network.driver.mtu": "1400",
        "com.docker.network.bridge.enable_icc": "false",
        "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1",
    }
    assert told["Scope"] == "local"
    assert told["Internal"] is True
    assert told["EnableIPv6"] is True
    assert told["Labels"] == {"team": "web"}
    first, second = told["IPAM"]["Config"]
    assert (first["Subnet"], first["Gateway"]) == ("10.40.0.0/24", "10.40.0.1")
    assert "10.40.0.9" in str(first)
    assert second["Subnet"] == "fd00:40::/64"


def test_it_offers_another_driver_s_options_while_one_types(admin: Page, engine: PrivateEngine) -> None:
    fill(admin, name="mine")
    admin.get_by_label("Linux bridge name").fill("br-mine")
    admin.get_by_label("Masquerade").uncheck()
    expect(admin.locator("#aside .as-docker .code")).to_contain_text("com.docker.network.bridge.enable_ip_masquerade=false")

    admin.get_by_label("Driver", exact=True).select_option("macvlan")
    admin.get_by_label("Parent interface").fill("nosuch0")

    expect(admin.locator("#aside .as-docker .code")).to_contain_text("--opt parent=nosuch0")
    expect(admin.locator("#aside .as-docker .code")).not_to_contain_text("br-mine")
    admin.locator("#aside .seg label", has_text="API").click()
    expect(admin.locator("#aside .as-api")).to_contain_text('"parent": "nosuch0"')
    expect(admin.locator("#aside .as-docker")).to_be_hidden()

    admin.get_by_label("Driver", exact=True).select_option("bridge")

    expect(admin.get_by_label("Linux bridge name")).to_have_value("br-mine")
    expect(admin.get_by_label("Masquerade")).not_to_be_checked()
    expect(admin.locator("#aside .as-api")).to_contain_text('"com.docker.network.bridge.name": "br-mine"')


def test_it_offers_another_driver_s_options_without_a_script(visits: Visits, engine: PrivateEngine) -> None:
    page = visits.enter("admin", java_script_enabled=False)
    page.goto(CREATE)
    page.get_by_label("Name", exact=True).fill("mine")
    page.get_by_label("Driver", exact=True).select_option("macvlan")

    page.get_by_role("button", name="Show the options of this driver").click()

    page.get_by_label("Parent interface").fill("nosuch0")
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("#aside .as-docker .code")).to_contain_text("--opt parent=nosuch0")
    expect(page.get_by_label("Name", exact=True)).to_have_value("mine")
    expect(page.locator("#aside .as-api")).to_be_hidden()


def test_it_refuses_an_address_that_another_container_holds_and_names_it(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", "10.20.0.0/24", "front")
    engine.run("holder", "--net", "front", "--ip", "10.20.0.7")
    engine.run("late")
    open_network(admin, "front")
    admin.get_by_role("link", name="Connect a container…").click()
    option = admin.get_by_label("Container").locator("option", has_text="late · ")
    admin.get_by_label("Container").select_option(value=option.get_attribute("value"))
    admin.get_by_label("IPv4 address").fill("10.20.0.7")

    expect(admin.locator("#aside")).to_contain_text("holder has 10.20.0.7.")
    admin.get_by_label("IPv4 address").fill("10.20.0.8")
    admin.get_by_label("Aliases").fill("blog, cms")
    expect(admin.locator("#aside .as-docker .code")).to_contain_text("--alias blog")
    admin.get_by_role("button", name="Connect").last.click()

    expect(admin.locator("#endpoint-rows")).to_contain_text("late")
    endpoint = inspect_network(engine, "front")["Containers"]
    assert "10.20.0.8/24" in [one["IPv4Address"] for one in endpoint.values()]


def test_it_tells_the_second_of_two_people_who_remove_the_same_network(
    admin: Page, visits: Visits, engine: PrivateEngine
) -> None:
    engine.cli("network", "create", "mybridge")
    other = visits.enter("olga")
    visits.expect_status(404)
    ask_to_remove(admin, "mybridge")
    ask_to_remove(other, "mybridge")

    type_name(admin, "mybridge")
    type_name(other, "mybridge")
    admin.get_by_role("button", name="Remove mybridge").click()
    expect(network_row(admin, "mybridge")).to_have_count(0)
    other.get_by_role("button", name="Remove mybridge").click()

    expect(other.locator("main")).to_contain_text("The network mybridge was already removed.")
