"""The links of a real Engine's machine: a veth for each endpoint of a running container, named, live, and as `ifconfig` says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.hostnet.linux.test_as_ifconfig import is_net_tools, lines_of
from tests.journeys.visits import open_live
from tests.private_engine import PrivateEngine, wait_until


def veth_rows(page: Page) -> Locator:
    return page.locator('#interface-rows > tr[id^="lnk-"]:not(.ifcard)')


def row_of(page: Page, container: str) -> Locator:
    return veth_rows(page).filter(has=page.get_by_role("link", name=container, exact=True))


def own_rows(page: Page) -> Locator:
    """Return the rows of veths that lead to a container: a killed dockerd leaves some behind that lead nowhere."""
    return veth_rows(page).filter(has=page.locator('a[href*="/containers/"]'))


def host_index(engine: PrivateEngine, container: str) -> int:
    """Return the index of the far end of a container's eth0, as its own kernel says."""
    return int(engine.cli("exec", container, "cat", "/sys/class/net/eth0/iflink"))


def test_it_shows_a_veth_for_each_running_container(viewer: Page, engine: PrivateEngine) -> None:
    for name in ("wordpressdb", "wordpress", "myvolume_1"):
        engine.run(name)
    engine.run("myvolume_2", command=("true",))
    engine.cli("wait", "myvolume_2")

    open_live(viewer, "/interfaces/?kind=veth")

    expect(own_rows(viewer)).to_have_count(3)
    expect(viewer.locator("#interface-sum")).to_contain_text("3 running containers have 3 endpoints")
    running = set(engine.cli("ps", "--format", "{{.Names}}").split())
    for name in running:
        expect(row_of(viewer, name)).to_have_attribute("id", f"lnk-{host_index(engine, name)}")
    assert running == {"wordpressdb", "wordpress", "myvolume_1"}

    gone = row_of(viewer, "myvolume_1").get_attribute("id")
    engine.cli("restart", "-t", "0", "myvolume_1")

    expect(viewer.locator(f"#{gone}")).to_have_count(0)
    expect(row_of(viewer, "myvolume_1")).to_have_attribute("id", f"lnk-{host_index(engine, 'myvolume_1')}")
    engine.cli("kill", "wordpress")
    expect(own_rows(viewer)).to_have_count(2)
    expect(viewer.locator("#interface-sum")).to_contain_text("2 running containers have 2 endpoints")


def test_it_opens_a_link_and_leads_on(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("mynetwork_bridge", "--net", "mybridge")
    open_live(viewer, "/interfaces/")
    expect(row_of(viewer, "mynetwork_bridge")).to_have_count(1)

    row_of(viewer, "mynetwork_bridge").locator("th a").click()

    card = viewer.locator("tr.ifcard")
    expect(card.locator("pre")).to_contain_text("flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500")
    expect(card.locator(".path > li").first).to_contain_text("mynetwork_bridge")
    expect(card.locator(".path > li").nth(2)).to_contain_text("network mybridge")
    viewer.wait_for_selector("#live[data-held]", state="attached")
    gateway = engine.cli("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "mybridge")
    engine.cli("exec", "mynetwork_bridge", "ping", "-c", "20", "-i", "0.1", "-s", "1000", gateway)
    expect(row_of(viewer, "mynetwork_bridge").locator(".c-spark path.in")).to_have_count(1)
    expect(row_of(viewer, "mynetwork_bridge")).not_to_have_class(re.compile("just"))

    card.get_by_role("button", name="Copy").click()
    expect(card.locator(".copy.is-copied")).to_have_count(1)

    card.get_by_role("link", name="mynetwork_bridge").click()
    expect(viewer.get_by_role("heading", level=1)).to_contain_text("mynetwork_bridge")


@pytest.mark.skipif(not is_net_tools(), reason="needs the ifconfig of net-tools")
def test_it_says_what_ifconfig_says_on_the_machine(viewer: Page, engine: PrivateEngine) -> None:
    # Of a name with fifteen letters, which Docker's own bridges have, net-tools 2.10 reads no counters.
    named = ("--opt", "com.docker.network.bridge.name=br-six")
    engine.cli("network", "create", "--ipv6", "--subnet", "fd00:24::/64", *named, "six")
    engine.run("web", "--net", "six")
    open_live(viewer, "/interfaces/?as=ifconfig")
    expect(viewer.locator("#interface-texts > span")).to_have_count(len(paragraphs(engine.check_inside("ifconfig", "-a"))))

    # A container sends a packet of its own accord now and then, and the page counts every two seconds.
    wait_until(
        lambda: (
            paragraphs(viewer.locator("#interface-texts").text_content() or "")
            == paragraphs(engine.check_inside("ifconfig", "-a"))
        ),
        "the page and ifconfig to say the same",
        deadline_s=40,
        interval_s=0.3,
    )
    file = viewer.evaluate("() => fetch('/interfaces/ifconfig.txt?engine=local').then((answer) => answer.text())")
    assert list(paragraphs(file)) == list(paragraphs(engine.check_inside("ifconfig", "-a")))


def paragraphs(text: str) -> dict[str, list[str]]:
    """Return the lines of each link by its name."""
    return {one.partition(":")[0]: lines_of(one) for one in text.strip().split("\n\n")}
