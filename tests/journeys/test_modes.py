"""Each network mode: what the page says of it is looked at from inside the containers."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.acts import container_row
from tests.journeys.visits import open_live
from tests.private_engine import PrivateEngine, wait_until

NO_NAME = "bad address"


def page_of(container_id: str) -> str:
    return f"/containers/local/{container_id}/"


def inside(engine: PrivateEngine, name: str, *command: str) -> str:
    return engine.cli("exec", name, *command, check=False)


def interfaces(engine: PrivateEngine, name: str) -> list[str]:
    return re.findall(r"^\d+: ([^:@]+)", inside(engine, name, "ip", "-o", "link"), re.MULTILINE)


def address(engine: PrivateEngine, name: str, link: str = "eth0") -> str:
    found = re.search(r"inet ([0-9.]+)", inside(engine, name, "ip", "-o", "-4", "addr", "show", link))
    assert found
    return found[1]


def ping(engine: PrivateEngine, name: str, target: str) -> str:
    return inside(engine, name, "ping", "-c1", "-W1", target)


def test_the_default_bridge_knows_addresses_and_no_names(admin: Page, engine: PrivateEngine) -> None:
    web = engine.run("web")
    engine.run("db")

    open_live(admin, page_of(web))

    expect(admin.locator("#container-mode")).to_contain_text(
        "by address, unless ICC is off here, and by name only those that it was linked to (--link): no DNS is here."
    )
    expect(admin.locator("#endpoint-rows")).to_contain_text(address(engine, "web"))
    assert NO_NAME in ping(engine, "web", "db")
    assert "1 packets received" in ping(engine, "web", address(engine, "db"))


def test_a_network_of_one_s_own_knows_names(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "front")
    web = engine.run("web", "--network", "front")
    engine.run("db", "--network", "front", "--network-alias", "store")
    engine.run("far")

    open_live(admin, page_of(web))

    expect(admin.locator("#container-mode")).to_contain_text("Docker's DNS answers at 127.0.0.11")
    expect(admin.locator("#endpoint-rows")).to_contain_text(address(engine, "web"))
    assert "nameserver 127.0.0.11" in inside(engine, "web", "cat", "/etc/resolv.conf")
    assert all("1 packets received" in ping(engine, "web", name) for name in ("db", "store"))
    assert "1 packets received" not in ping(engine, "web", address(engine, "far"))


def test_host_is_the_machine_s_own(admin: Page, engine: PrivateEngine) -> None:
    web = engine.run("web", "--network", "host")

    open_live(admin, page_of(web))

    expect(admin.locator("#container-mode")).to_contain_text("the machine's interfaces, addresses, ports and routes")
    expect(admin.locator("#container-connect")).to_contain_text("That is chosen when a container is made and can't be changed.")
    of_machine = re.findall(r"^\d+: ([^:@]+)", engine.check_inside("ip", "-o", "link"), re.MULTILINE)
    assert interfaces(engine, "web") == of_machine
    refusal = engine.cli("network", "disconnect", "host", "web", check=False)
    assert "cannot be disconnected from host network" in refusal


def test_none_is_moved_by_its_page(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "front")
    web = engine.run("web", "--network", "none")
    open_live(admin, page_of(web))
    expect(admin.locator("#container-mode")).to_contain_text("a stack with loopback and nothing else.")
    assert interfaces(engine, "web") == ["lo"]

    admin.get_by_role("link", name="Move it to a network…").click()
    field = admin.get_by_label("Network", exact=True)
    field.select_option(value=field.locator("option", has_text="front").get_attribute("value"))
    admin.get_by_role("button", name="Move it").click()

    expect(admin).to_have_url(re.compile(r"/jobs/\d+/$"))
    expect(admin.get_by_role("heading", name="done")).to_be_visible()
    assert interfaces(engine, "web") == ["lo", "eth0"]
    open_live(admin, page_of(web))
    expect(admin.locator("#endpoint-rows")).to_contain_text(address(engine, "web"))


def test_a_shared_stack_is_shown_when_it_dies_and_mended(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "front")
    donor = engine.run("zdonor", "--network", "front")
    guest = engine.run("aguest", "--network", "container:zdonor")
    engine.cli("exec", "-d", "zdonor", "httpd", "-f", "-p", "8000")
    open_live(admin, "/containers/")
    expect(container_row(admin, "aguest")).to_contain_text("shares zdonor")
    names = admin.locator("#container-rows .nm").all_inner_texts()
    assert names.index("aguest") == names.index("zdonor") + 1  # below its donor, whatever its name
    assert address(engine, "aguest") == address(engine, "zdonor")
    assert inside(engine, "aguest", "hostname") == inside(engine, "zdonor", "hostname")
    wait_until(lambda: "404" in inside(engine, "aguest", "wget", "-O-", "http://127.0.0.1:8000/x"), "the donor's server")
    assert "in use" in inside(engine, "aguest", "httpd", "-f", "-p", "8000")  # one port for both

    open_live(admin, page_of(donor))
    admin.get_by_role("button", name="Restart", exact=True).click()
    expect(admin.get_by_text("1 container shares its network and stays behind in the old stack")).to_be_visible()
    admin.get_by_role("button", name="Restart zdonor").click()
    expect(admin).to_have_url(re.compile(f"{page_of(donor)}$"))
    open_live(admin, page_of(guest))

    expect(admin.locator("#container-notes")).to_contain_text("this one is in the old one, alone.")
    assert "eth0" not in interfaces(engine, "aguest")
    admin.locator("#container-notes").get_by_role("button", name="Restart").click()
    expect(admin.locator("#container-notes")).not_to_contain_text("old one")
    assert address(engine, "aguest") == address(engine, "zdonor")

    engine.cli("rm", "-f", "zdonor")
    expect(admin.locator("#container-notes")).to_contain_text("nothing but loopback is left of it")
    assert "eth0" not in interfaces(engine, "aguest")
    open_live(admin, "/containers/")
    expect(container_row(admin, "aguest")).to_contain_text("its donor is gone")


def test_one_browser_sees_what_another_orders(admin: Page, engine: PrivateEngine) -> None:
    web = engine.run("web", "--network", "none")
    watching = admin.context.new_page()
    open_live(watching, "/containers/")
    expect(container_row(watching, "web")).to_contain_text("running")
    open_live(admin, "/containers/")

    container_row(admin, "web").get_by_role("button", name="Stop web").click()
    expect(container_row(watching, "web")).to_contain_text("exited (137)")
    expect(admin).to_have_url(re.compile("/containers/$"))
    container_row(watching, "web").get_by_role("button", name="Start web").click()
    expect(container_row(watching, "web")).to_contain_text("running")

    admin.goto(f"{page_of(web)}remove/")
    admin.get_by_label("Its name, to confirm").fill("web")
    admin.get_by_role("button", name="Remove web").click()
    expect(container_row(watching, "web")).to_have_count(0)
    admin.wait_for_selector("#live[data-held]", state="attached")  # else it would be left while its socket opens
