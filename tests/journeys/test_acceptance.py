"""The acceptance scenario: Docker's first networking lesson, done from the pages and held against the Engine."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from playwright.sync_api import Page, expect

from tests.journeys.acts import (
    ask_to_connect,
    ask_to_remove,
    connect,
    container_row,
    create_network,
    disconnect,
    endpoint_row,
    network_row,
    open_container,
    open_network,
    type_name,
)
from tests.journeys.engine_says import address_of, inspect_network, interfaces_inside, list_json, network_names
from tests.journeys.visits import Visits, open_live
from tests.private_engine import PrivateEngine

CELLS = "(rows) => Object.fromEntries(rows.map((row) => [row.id, [...row.cells].map((cell) => cell.textContent.trim())]))"


def test_it_lists_networks_as_docker_network_ls_does(admin: Page, engine: PrivateEngine) -> None:
    said = {f"net-{one['ID']}": (one["Name"], one["Driver"], one["Scope"]) for one in list_json(engine, "network", "ls")}

    open_live(admin, "/networks/")
    expect(admin.locator("#network-rows > tr")).to_have_count(len(said))
    cells = admin.locator("#network-rows > tr").evaluate_all(CELLS)

    assert sorted(said.values()) == [("bridge", "bridge", "local"), ("host", "host", "local"), ("none", "null", "local")]
    assert {dom_id: (row[1].split()[0], row[3], row[4]) for dom_id, row in cells.items()} == said


def test_it_lists_containers_as_docker_ps_a_does(admin: Page, engine: PrivateEngine) -> None:
    engine.run("wordpress", "-p", "49153:80")
    engine.run("wordpressdb", "--expose", "3306", "--expose", "33060")
    engine.run("myvolume_2", command=("true",))
    engine.cli("wait", "myvolume_2")

    open_live(admin, "/containers/")

    said = list_json(engine, "ps", "-a")
    expect(admin.locator("#container-rows > tr")).to_have_count(len(said))
    assert {one["Names"]: one["State"] for one in said} == {
        "wordpress": "running",
        "wordpressdb": "running",
        "myvolume_2": "exited",
    }
    for one in said:
        row = admin.locator(f"#con-{one['ID']}")
        for text in (one["Names"], one["Image"], one["State"], *_ports(one["Ports"])):
            expect(row).to_contain_text(text)
    expect(container_row(admin, "myvolume_2")).to_contain_text("exited (0)")


def test_it_shows_a_container_that_joins_a_bridge_made_in_the_form(admin: Page, visits: Visits, engine: PrivateEngine) -> None:
    watching = visits.enter("vera")
    open_live(watching, "/containers/")
    create_network(admin, "mybridge")
    assert inspect_network(engine, "mybridge")["Driver"] == "bridge"

    engine.run("mynetwork_bridge", "--net", "mybridge")

    address = address_of(engine, "mynetwork_bridge", "mybridge")
    expect(endpoint_row(admin, "mynetwork_bridge")).to_contain_text(address)
    expect(container_row(watching, "mynetwork_bridge")).to_contain_text(address)
    assert interfaces_inside(engine, "mynetwork_bridge") == {"eth0": address}


def test_it_disconnects_and_connects_again_and_everybody_sees_it(admin: Page, visits: Visits, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("mynetwork_bridge", "--net", "mybridge")
    watching = visits.enter("olga")
    open_network(watching, "mybridge")
    watching.evaluate("window.isThisOne = true")
    open_network(admin, "mybridge")

    disconnect(admin, "mynetwork_bridge")

    expect(endpoint_row(watching, "mynetwork_bridge")).to_have_count(0)
    assert interfaces_inside(engine, "mynetwork_bridge") == {}

    connect(admin, "mynetwork_bridge")

    address = address_of(engine, "mynetwork_bridge", "mybridge")
    expect(endpoint_row(admin, "mynetwork_bridge")).to_contain_text(address)
    expect(endpoint_row(watching, "mynetwork_bridge")).to_contain_text(address)
    assert list(interfaces_inside(engine, "mynetwork_bridge").values()) == [address]
    assert watching.evaluate("window.isThisOne"), "the second browser was loaded anew"


def test_it_creates_a_network_with_exactly_the_pool_that_was_typed(admin: Page, engine: PrivateEngine) -> None:
    engine.run("app")
    create_network(admin, "my_custom_network", subnet="172.72.0.0/16", ip_range="172.72.0.0/24", gateway="172.72.0.1")

    connect(admin, "app")

    told = inspect_network(engine, "my_custom_network")
    assert told["IPAM"]["Config"] == [{"Subnet": "172.72.0.0/16", "IPRange": "172.72.0.0/24", "Gateway": "172.72.0.1"}]
    address = address_of(engine, "app", "my_custom_network")
    assert ip_address(address) in ip_network("172.72.0.0/24")
    expect(endpoint_row(admin, "app")).to_contain_text(address)
    assert address in interfaces_inside(engine, "app").values()


def test_it_refuses_to_connect_a_container_that_has_no_network_of_its_own(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("host-network", "--net", "host")
    engine.run("none-network", "--net", "none")
    open_network(admin, "mybridge")

    admin.get_by_role("link", name="Connect a container…").click()
    option = admin.get_by_label("Container").locator("option", has_text="host-network · ")
    expect(option).to_have_attribute("disabled", "")
    expect(option).to_contain_text("host")
    admin.goto("/networks/")
    open_network(admin, "mybridge")
    ask_to_connect(admin, "none-network")

    expect(admin.locator("#id_container_id_error")).to_contain_text("none-network is on none")
    assert inspect_network(engine, "mybridge")["Containers"] == {}
    for name, reason in (("host-network", "It uses the host's own network"), ("none-network", "none-network is on none")):
        open_container(admin, name)
        expect(admin.locator("#container-connect")).to_contain_text(reason)
        expect(admin.locator("main").get_by_role("link", name=re.compile("^(Connect|Disconnect)"))).to_have_count(0)


def test_it_refuses_to_remove_a_network_in_use_and_names_the_containers(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("mynetwork_bridge", "--net", "mybridge")
    ask_to_remove(admin, "mybridge")
    expect(admin.locator(".verdicts")).to_contain_text("mynetwork_bridge")

    type_name(admin, "mybridge")
    admin.get_by_role("button", name="Ask Docker anyway").click()

    expect(admin.locator("#refusal")).to_contain_text("has active endpoints")
    expect(admin.locator(".verdicts")).to_contain_text("mynetwork_bridge")
    assert "mybridge" in network_names(engine)

    engine.cli("network", "disconnect", "mybridge", "mynetwork_bridge")
    open_network(admin, "mybridge")
    expect(endpoint_row(admin, "mynetwork_bridge")).to_have_count(0)
    ask_to_remove(admin, "mybridge")
    expect(admin.locator(".verdicts")).to_contain_text("Containers that were made with it aren't on it now")
    engine.cli("rm", "-f", "mynetwork_bridge")
    open_live(admin, "/containers/")
    expect(container_row(admin, "mynetwork_bridge")).to_have_count(0)
    ask_to_remove(admin, "mybridge")
    expect(admin.locator(".verdicts")).to_contain_text("No container uses it")
    type_name(admin, "mybridge")
    admin.get_by_role("button", name="Remove mybridge").click()

    expect(network_row(admin, "mybridge")).to_have_count(0)
    assert "mybridge" not in network_names(engine)


def test_it_says_what_breaks_when_only_a_stopped_container_uses_a_network(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("mynetwork_bridge", "--net", "mybridge")
    engine.cli("stop", "mynetwork_bridge")
    open_live(admin, "/containers/")
    expect(container_row(admin, "mynetwork_bridge")).to_contain_text("exited")
    ask_to_remove(admin, "mybridge")

    expect(admin.locator(".verdicts")).to_contain_text("It could no longer start")
    expect(admin.locator(".verdicts")).to_contain_text("mynetwork_bridge")
    admin.get_by_role("button", name="Remove mybridge").click()
    expect(admin.get_by_text("Type it exactly")).to_be_visible()
    assert "mybridge" in network_names(engine)
    type_name(admin, "mybridge")
    admin.get_by_role("button", name="Remove mybridge").click()

    expect(network_row(admin, "mybridge")).to_have_count(0)
    assert "mybridge" not in network_names(engine)
    # An Engine that was in a swarm since it started looks for it there, too.
    words = engine.cli("start", "mynetwork_bridge", check=False)
    assert "not found" in words or "invalid cluster node" in words


def _ports(text: str) -> list[str]:
    """Return the ports of `docker ps`, as they are written here: ":::80->80/tcp" is "[::]:80->80/tcp"."""
    return [port.replace(":::", "[::]:") for port in text.split(", ") if port]
