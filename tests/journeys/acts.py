"""What people do on the pages, each as a few clicks."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def network_row(page: Page, name: str) -> Locator:
    """Return the row of a network in a list, by its name."""
    return _row(page, "network-rows", name)


def container_row(page: Page, name: str) -> Locator:
    """Return the row of a container in a list, by its name."""
    return _row(page, "container-rows", name)


def endpoint_row(page: Page, name: str) -> Locator:
    """Return the row of an endpoint on a page, by the name of the other side."""
    return _row(page, "endpoint-rows", name)


def _row(page: Page, region: str, name: str) -> Locator:
    exactly = re.compile(f"^{re.escape(name)}$")
    return page.locator(f"#{region} > tr").filter(has=page.locator(".nm", has_text=exactly))


def create_network(page: Page, name: str, *, subnet: str = "", ip_range: str = "", gateway: str = "") -> None:
    """Create a network from the list's button on, and wait for the new network's page."""
    page.goto("/networks/")
    page.get_by_role("link", name="New network").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    for label, value in (("Subnet 1", subnet), ("IP range 1", ip_range), ("Gateway 1", gateway)):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Create network").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page).to_have_url(re.compile(r"/networks/local/[0-9a-f]{64}/$"))


def open_network(page: Page, name: str) -> None:
    """Open a network's page from the list."""
    page.goto("/networks/")
    network_row(page, name).locator(".nm").click()
    page.wait_for_selector("#live[data-held]", state="attached")


def open_container(page: Page, name: str) -> None:
    """Open a container's page from the list."""
    page.goto("/containers/")
    container_row(page, name).locator(".nm").click()
    page.wait_for_selector("#live[data-held]", state="attached")


def connect(page: Page, container: str, *, ipv4: str = "") -> None:
    """On a network's page: connect a container, and wait until its row is there."""
    ask_to_connect(page, container, ipv4=ipv4)
    expect(endpoint_row(page, container)).to_be_visible()


def ask_to_connect(page: Page, container: str, *, ipv4: str = "") -> None:
    """On a network's page: fill in the form that connects a container, and send it."""
    page.get_by_role("link", name="Connect a container…").click()
    option = page.get_by_label("Container").locator("option", has_text=f"{container} · ")
    page.get_by_label("Container").select_option(value=option.get_attribute("value"))
    page.get_by_label("IPv4 address").fill(ipv4)
    page.get_by_role("button", name=re.compile("^Connect")).last.click()


def disconnect(page: Page, container: str) -> None:
    """On a network's page: disconnect a container, and wait until its row is gone."""
    endpoint_row(page, container).get_by_role("link", name=re.compile("^Disconnect")).click()
    page.get_by_role("button", name=f"Disconnect {container}").click()
    expect(page).to_have_url(re.compile(r"/networks/local/[0-9a-f]{64}/$"))
    expect(endpoint_row(page, container)).to_have_count(0)


def type_name(page: Page, name: str) -> None:
    """On the page that removes a network: type its name, to confirm."""
    page.get_by_label("Its name, to confirm").fill(name)


def ask_to_remove(page: Page, name: str) -> None:
    """From the list: open the page that removes a network."""
    page.goto("/networks/")
    network_row(page, name).get_by_role("link", name=re.compile("^Remove")).click()
    expect(page.get_by_role("heading", name="What this breaks")).to_be_visible()
