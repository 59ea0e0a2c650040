"""A container is run from the form in each mode; what the pages then say of it is held against what it sees inside."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.acts import container_row
from tests.journeys.engine_says import inspect_container
from tests.journeys.visits import open_live
from tests.private_engine import IMAGE, PrivateEngine, wait_until

FORM = "/containers/local/run/"
OF_LINKS = re.compile(r"^\d+: ([^:@]+)", re.MULTILINE)


def links(engine: PrivateEngine, name: str) -> list[str]:
    return OF_LINKS.findall(engine.cli("exec", name, "ip", "-o", "link"))


def choose_image(page: Page) -> None:
    """Open the form, and take the image from those that are there."""
    page.goto(FORM)
    page.get_by_text("Images on this Engine").first.click()
    page.get_by_role("button", name=IMAGE, exact=True).click()
    expect(page.get_by_label("Image", exact=True)).to_have_value(IMAGE)


def fill(page: Page, **values: str) -> None:
    """Fill fields by their names: those that may stay empty say so in their labels."""
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(value)


def run(page: Page, name: str) -> None:
    """Send the form, and wait for the page of what it made."""
    page.get_by_role("button", name="Run container", exact=True).click()
    expect(page).to_have_url(re.compile(r"/containers/local/[0-9a-f]{64}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def read_inside(page: Page) -> str:
    """Open what a container's page says of its inside."""
    page.goto(f"{page.url}inside/")
    return page.locator("main").inner_text()


def test_it_runs_on_a_network_with_an_address_and_a_port(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", "172.72.0.0/16", "mybridge")
    watching = admin.context.new_page()
    open_live(watching, "/containers/")
    choose_image(admin)
    fill(admin, name="web", command="httpd -f -p 80 -h /bin", ports="8080:80")
    network = admin.get_by_label("Network", exact=True)
    network.select_option(value=network.locator("option", has_text="mybridge").get_attribute("value"))
    admin.locator("#id_networks-0-ipv4").fill("172.72.0.9")
    expect(admin.locator("#aside .as-docker .code")).to_contain_text("--network name=mybridge,ip=172.72.0.9")
    expect(admin.locator("#aside .verdict.v-ok", has_text="The ports are free")).to_be_visible()

    run(admin, "web")

    row = container_row(watching, "web")  # another page, which nobody reloads
    expect(row).to_contain_text("running")
    expect(row).to_contain_text("172.72.0.9")
    expect(row).to_contain_text("8080")
    expect(admin.locator("#endpoint-rows")).to_contain_text("172.72.0.9")
    inside = engine.cli("exec", "web", "ip", "-o", "addr", "show", "eth0")
    assert "inet 172.72.0.9/16" in inside
    mac = inspect_container(engine, "web")["NetworkSettings"]["Networks"]["mybridge"]["MacAddress"]
    assert mac in engine.cli("exec", "web", "ip", "-o", "link", "show", "eth0")
    said = read_inside(admin)
    assert "172.72.0.9" in said
    assert mac in said
    asked = ("busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:8080/busybox")
    wait_until(lambda: engine.enter(*asked, stdout=-3, stderr=-3).wait() == 0, "the published port to answer")


def test_it_runs_on_the_host_s_network_and_on_none(admin: Page, engine: PrivateEngine) -> None:
    choose_image(admin)
    fill(admin, name="on-host")
    admin.get_by_label("The host's network").check()
    expect(admin.locator("#id_networks-0-ipv4")).to_be_hidden()
    run(admin, "on-host")
    expect(admin.locator("#container-mode")).to_contain_text("the machine's interfaces, addresses, ports and routes")
    of_machine = OF_LINKS.findall(engine.check_inside("ip", "-o", "link"))
    assert links(engine, "on-host") == of_machine
    said = read_inside(admin)
    assert all(link in said for link in of_machine)

    choose_image(admin)
    fill(admin, name="alone")
    admin.get_by_label("None", exact=True).check()
    run(admin, "alone")
    expect(admin.locator("#container-mode")).to_contain_text("a stack with loopback and nothing else.")
    assert links(engine, "alone") == ["lo"]
    said = read_inside(admin)
    assert "127.0.0.1" in said
    assert "eth0" not in said
