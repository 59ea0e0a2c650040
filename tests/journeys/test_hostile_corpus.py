"""The hostile corpus on a real Engine, looked at in Chromium: nothing runs, nothing is raw, nothing moves out of its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from networks.policy.permissions import Permission
from tests.conftest import IS_FULL
from tests.journeys import engine_asks
from tests.journeys.site import Site
from tests.journeys.visits import Visits, open_live
from tests.lab_image import IMAGE
from tests.private_engine import PrivateEngine, wait_until
from tests.security.hostile import CORPUS, FAMILIES, HUGE_NAME, HUGE_VALUE, sample
from tests.security.places import CONTAINER_ID, NETWORK_ID, addresses

TEXTS = CORPUS if IS_FULL else sample(2)
LEFT_OUT = (Permission.CLOSED, None)
ENDS = {"account_logout", "favicon", "healthz", "readyz", "security_txt"}  # no pages, or the last one
# One real bridge in so many networks: the others only have a name and labels, which is all that is looked at.
BRIDGE_EVERY = 8
WIDTHS = (1440, 360)
SECRET, LABEL = "canary-environment-8c1d", "canary-label-42e7"
# In text and attributes: controls but tab and line ends, marks of direction, what takes no place. What a form sends back is as
# it is: the value of an option is no text that anybody sees.
LOOK = r"""() => {
  const raw = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
  const found = [];
  if (window.canary !== undefined || ({}).canary !== undefined) found.push("canary");
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (raw.test(node.data)) found.push("text: " + escape(node.data.slice(0, 80)));
      continue;
    }
    for (const {name, value} of node.attributes) {
      if (name.startsWith("on") || name === "srcdoc") found.push("attribute: " + name);
      const isRaw = raw.test(name) || (raw.test(value) && name !== "value");
      if (isRaw) found.push("attribute " + name + ": " + escape(value.slice(0, 80)));
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE|MARQUEE|PLAINTEXT|XMP|DIALOG)$/i.test(node.tagName)) found.push(node.tagName);
  }
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > root.clientWidth);
    const named = wide.slice(0, 4).map((one) => one.tagName + "." + one.className + "#" + one.id);
    found.push("scrolls sideways: " + root.scrollWidth + " in " + root.clientWidth + " by " + named.join(" "));
  }
  return found.slice(0, 5);
}"""


FETCHED = """async (path) => {
  const answer = await fetch(path);
  return {text: await answer.text(), isFile: (answer.headers.get("Content-Disposition") || "").startsWith("attachment")};
}"""
RAW = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f]")


class World:
    """What was made of the corpus on the Engine. `networks`, `containers`: text to id, of what Docker took."""

    def __init__(self, engine: PrivateEngine) -> None:
        self.networks: dict[str, str] = {}
        self.containers: dict[str, str] = {}
        for number, text in enumerate(TEXTS):
            network = {"Name": text, "Labels": {text: text}, "ConfigOnly": True}
            if number % BRIDGE_EVERY == 0:
                subnet = f"10.{200 + number // 2048}.{number // 8 % 256}.0/24"
                network = {"Name": text, "Labels": {text: text}, "IPAM": {"Config": [{"Subnet": subnet}]}}
            made = self._ask(engine, "/networks/create", network)
            if made:
                self.networks[text] = made
            self._make_container(engine, number, text, made if number % BRIDGE_EVERY == 0 else "")
        engine_asks.ask(engine, "/networks/create", {"Name": HUGE_NAME, "Labels": {"huge": HUGE_VALUE}, "ConfigOnly": True})

    def _make_container(self, engine: PrivateEngine, number: int, text: str, network: str) -> None:
        body: dict[str, Any] = {
            "Image": IMAGE,
            "Cmd": ["sleep", "1000000", text],
            "Hostname": text,
            "Labels": {text: text},
            "HostConfig": {"NetworkMode": network or "none"},
        }
        if network:
            body["NetworkingConfig"] = {"EndpointsConfig": {network: {"Aliases": [text]}}}
        made = self._ask(engine, f"/containers/create?name=hostile-{number}", body)
        if made:
            self.containers[text] = made

    @staticmethod
    def _ask(engine: PrivateEngine, path: str, body: dict[str, Any]) -> str:
        """Return the id of what was made, "" where Docker refuses such a text."""
        try:
            return str(engine_asks.ask(engine, path, body)["Id"])
        except AssertionError:
            return ""


@pytest.fixture
def world(engine: PrivateEngine) -> World:
    return World(engine)


@pytest.fixture
def said(admin: Page) -> Iterator[list[str]]:
    """Fail at the end when any script has opened a dialog."""
    dialogs: list[str] = []

    def hear(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    admin.on("dialog", hear)
    yield dialogs
    assert dialogs == []


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it is shown, wide and narrow."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in page.evaluate(LOOK)]
    return found


def look_at(page: Page, path: str) -> list[str]:
    """Open a page, or read a file, and return what is wrong with it; an answer without a body shows nothing."""
    fetched = page.evaluate(FETCHED, path)
    if fetched["isFile"]:
        return [f"raw in a file: {found[0]!r}" for found in RAW.finditer(fetched["text"])][:5]
    if not fetched["text"]:  # Chromium makes a page of its own out of that, and stumbles over it
        return []
    page.goto(path)
    return faults(page)


def one_of_each(made: dict[str, str], number: int) -> list[str]:
    """Return the ids of one thing of each family; unless in full of every fifth family, of others for the next number."""
    families = [family for family in FAMILIES.values() if set(family) & set(made)]
    return [
        next(made[text] for text in family if text in made) for family in (families if IS_FULL else families[number % 5 :: 5])
    ]


def paths_to_look_at(world: World) -> list[str]:
    """Return every address there is, those of one thing for one of several families; in the full run the pages of all things."""
    plain = [one.path for one in addresses() if not one.is_admin_site and one.declared not in LEFT_OUT and one.name not in ENDS]
    of_networks = [path for path in plain if NETWORK_ID in path and CONTAINER_ID not in path]
    of_containers = [path for path in plain if CONTAINER_ID in path and NETWORK_ID not in path]
    pages = [path for path in plain if NETWORK_ID not in path and CONTAINER_ID not in path]
    pages += [f"/admin/networks/{name}/" for name in ("network", "container", "event", "endpoint", "tombstone", "action")]
    for number, path in enumerate(of_networks):
        pages += [path.replace(NETWORK_ID, one) for one in one_of_each(world.networks, number)]
    for number, path in enumerate(of_containers):
        pages += [path.replace(CONTAINER_ID, one) for one in one_of_each(world.containers, number)]
    if IS_FULL:
        pages += [f"/networks/local/{one}/{page}" for one in world.networks.values() for page in ("", "remove/")]
        pages += [f"/containers/local/{one}/" for one in world.containers.values()]
    return list(dict.fromkeys(pages))


def remove_one(page: Page, world: World) -> None:
    """Remove a network from its page, so that there is something to be seen of what people did."""
    text = [text for text in FAMILIES["markup"] if text in world.networks][1]  # with nothing on it
    page.goto(f"/networks/local/{world.networks.pop(text)}/remove/")
    page.get_by_label("Its name, to confirm").fill(text)
    page.locator("main form").get_by_role("button", name="Remove").click()
    expect(page.locator("#network-rows > tr").first).to_be_visible()


def test_it_shows_hostile_text_everywhere_and_runs_none_of_it(
    admin: Page, world: World, said: list[str], visits: Visits, site: Site
) -> None:
    assert len(world.networks) >= len(TEXTS) * 0.9
    assert len(world.containers) >= len(TEXTS) * 0.5
    open_live(admin, "/networks/")
    expect(admin.locator("#network-rows > tr")).to_have_count(len(world.networks) + 4, timeout=60_000)
    wait_until(lambda: len(site.snapshot()["containers"]) == len(world.containers), "the containers to be read")  # type: ignore[arg-type]

    remove_one(admin, world)
    visits.expect_status(403, 404, 405)  # what takes a form only, and what isn't there

    found = {}
    for path in paths_to_look_at(world):
        if wrong := look_at(admin, path):
            found[path] = wrong

    assert found == {}, json.dumps(found, indent=1)


def test_it_filters_by_hostile_text(admin: Page, world: World, said: list[str]) -> None:
    open_live(admin, "/networks/")
    expect(admin.locator("#network-rows > tr")).to_have_count(len(world.networks) + 4, timeout=60_000)

    for text, docker_id in list(world.networks.items())[:: 1 if IS_FULL else 5]:
        if text.strip() != text or "\n" in text or "\r" in text:
            continue  # no field of one line can hold it
        admin.locator("[name=q]").first.fill(text)
        admin.locator("[name=q]").first.press("Enter")
        expect(admin.locator(f"#net-{docker_id}")).to_be_visible()
        assert admin.evaluate(LOOK) == []


def test_it_keeps_secrets_of_containers_to_the_engine(viewer: Page, engine: PrivateEngine, site: Site) -> None:
    container = engine.run("web", "--env", f"PASSWORD={SECRET}", "--label", f"db.password={LABEL}")
    open_live(viewer, "/containers/")
    expect(viewer.locator(f"#con-{container}")).to_be_visible()
    open_live(viewer, f"/containers/local/{container}/")

    stored = b"".join(path.read_bytes() for path in site.serving.data_dir.glob("netadmin.sqlite3*"))
    assert LABEL.encode() in stored  # what an admin may see is there, and the viewer's page has its key alone
    assert "db.password" in viewer.content()
    assert LABEL not in viewer.content()
    for secret in (SECRET, LABEL):
        assert secret not in site.log()
    assert SECRET.encode() not in stored
    assert SECRET not in viewer.content()
