"""Names that are attacks: shown as they are spelled, and removed without touching anything else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from networks.templatetags.wording import can_be_typed
from tests.journeys import engine_asks
from tests.journeys.acts import container_row, type_name
from tests.journeys.engine_says import network_names
from tests.journeys.visits import open_live
from tests.private_engine import PrivateEngine

# name -> how it is shown
HOSTILE = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>",
    "../containers/victim": "../containers/victim",
    "a/b": "a/b",
    "safe\u202egnp.exe": "safe\\u202egnp.exe",
    "bell\u0007\u001b[31mred": "bell␇␛[31mred",
    "{{ 7|add:7 }}{% now %}": "{{ 7|add:7 }}{% now %}",
}
UNSPELLED = r"/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/"
HAS_RAW = f"() => {UNSPELLED}.test(document.documentElement.outerHTML)"


@pytest.fixture
def dialogs(admin: Page) -> list[str]:
    """Give the list of what any script has said in a dialog."""
    said: list[str] = []

    def hear(dialog: object) -> None:
        said.append(str(dialog))

    admin.on("dialog", hear)
    return said


def test_it_shows_and_removes_hostile_networks_and_nothing_else(admin: Page, engine: PrivateEngine, dialogs: list[str]) -> None:
    victim = engine.run("victim")
    bystander = engine.cli("network", "create", "bystander")
    names = HOSTILE | {bystander[:12]: bystander[:12]}
    ids = {engine_asks.create_network(engine, name): shown for name, shown in names.items()}

    open_live(admin, "/networks/")
    for docker_id, shown in ids.items():
        expect(admin.locator(f"#net-{docker_id} .nm")).to_have_text(shown)
    assert not admin.evaluate(HAS_RAW)
    for name, (docker_id, shown) in zip(names, ids.items(), strict=True):
        admin.locator(f"#net-{docker_id} .nm").click()
        expect(admin.get_by_role("heading", level=1)).to_contain_text(shown)
        assert not admin.evaluate(HAS_RAW)
        admin.get_by_role("link", name="Remove…").click()
        type_name(admin, name if can_be_typed(name) else docker_id[:12])
        admin.locator("main form").get_by_role("button", name="Remove").click()
        expect(admin.locator("#network-rows > tr").first).to_be_visible()
        expect(admin.locator(f"#net-{docker_id}")).to_have_count(0)

    assert network_names(engine) == {"bridge", "host", "none", "bystander"}
    assert engine.cli("ps", "-q", "--no-trunc") == victim
    open_live(admin, "/events/")
    assert not admin.evaluate(HAS_RAW)
    assert dialogs == []


def test_it_wants_a_hostile_name_typed_as_it_is(admin: Page, engine: PrivateEngine, dialogs: list[str]) -> None:
    name = "../containers/victim"
    docker_id = engine_asks.create_network(engine, name)
    victim = engine.run("victim", "--net", name)
    engine.cli("stop", "victim")
    open_live(admin, "/containers/")
    expect(container_row(admin, "victim")).to_contain_text("exited")
    admin.goto(f"/networks/local/{docker_id}/remove/")
    expect(admin.locator(".verdicts")).to_contain_text("victim")

    type_name(admin, name)
    admin.locator("main form").get_by_role("button", name="Remove").click()

    expect(admin).to_have_url(re.compile("/networks/$"))
    assert network_names(engine) == {"bridge", "host", "none"}
    assert engine.cli("ps", "-aq", "--no-trunc") == victim


def test_it_shows_hostile_labels_options_and_commands(admin: Page, engine: PrivateEngine, dialogs: list[str]) -> None:
    text = "<script>alert(2)</script>\u202e\u001b[2J"
    docker_id = str(
        engine_asks.ask(
            engine, "/networks/create", {"Name": "labelled", "Labels": {text: text, "__proto__": "x"}, "Options": {text: text}}
        )["Id"]
    )
    container = engine.run("labelled", "--net", "labelled", "--label", f"{text}={text}", command=("sleep", "1000000", text))

    for path in (f"/networks/local/{docker_id}/", f"/containers/local/{container}/", "/containers/", "/networks/", "/events/"):
        open_live(admin, path)
        assert not admin.evaluate(HAS_RAW), path
    assert dialogs == []
