"""The Engine's page, "sync now", the sample lab, and the admin site."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.acts import container_row, network_row, open_network
from tests.journeys.engine_says import inspect_network, interfaces_inside, network_names
from tests.journeys.site import PASSWORD
from tests.journeys.visits import Visits, confirm, open_live
from tests.private_engine import PrivateEngine

LAB = {"mynetwork_bridge", "mycustom_1", "host-network", "none-network", "myvolume_1", "myvolume_2", "myvolume_3"}


def test_it_says_what_the_engine_is_as_docker_does(viewer: Page, engine: PrivateEngine) -> None:
    version, api = engine.cli("version", "--format", "{{.Server.Version}} {{.Server.APIVersion}}").split()
    docker_id = engine.cli("info", "--format", "{{.ID}}")

    open_live(viewer, "/engines/local/")

    expect(viewer.locator("#engine-facts")).to_contain_text(version)
    expect(viewer.locator("#engine-facts")).to_contain_text(api)
    expect(viewer.locator("#engine-about")).to_contain_text(docker_id)
    expect(viewer.locator("#engine-about")).to_contain_text(engine.url)
    expect(viewer.locator("#engine-state")).to_have_attribute("data-state", "live")


def test_it_reads_at_once_what_no_event_told(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.cli("create", "--name", "silent", engine.import_image())
    open_network(viewer, "mybridge")
    engine.cli("network", "connect", "mybridge", "silent")  # of a stopped container: no event

    viewer.goto("/engines/local/")
    viewer.get_by_role("button", name="Sync now").click()
    expect(viewer.locator("#toast")).to_contain_text("local was read again")
    open_network(viewer, "mybridge")

    expect(viewer.locator("#endpoint-rows")).to_contain_text("silent")


def test_it_builds_the_sample_lab_by_a_button_and_takes_it_away_without_a_trace(admin: Page, engine: PrivateEngine) -> None:
    images = engine.cli("image", "ls", "-q")
    open_live(admin, "/")
    admin.get_by_role("button", name="Start the sample lab").click()
    # Where it takes long, its own page shows how far it is.
    expect(admin.get_by_text("The lab is up.").or_(network_row(admin, "mybridge")).first).to_be_visible(timeout=60_000)
    open_live(admin, "/networks/")
    expect(network_row(admin, "mybridge")).to_be_visible()
    expect(network_row(admin, "my_custom_network")).to_be_visible()

    open_live(admin, "/containers/")
    for name in LAB:
        expect(container_row(admin, name)).to_be_visible()
    assert inspect_network(engine, "my_custom_network")["IPAM"]["Config"] == [
        {"Subnet": "172.72.0.0/16", "IPRange": "172.72.0.0/24", "Gateway": "172.72.0.1"}
    ]
    assert list(interfaces_inside(engine, "mynetwork_bridge")) == ["eth0"]

    open_live(admin, "/engines/local/")
    admin.get_by_role("link", name="Remove the sample lab").click()
    expect(admin.get_by_text("mycustom_1")).to_be_visible()
    admin.get_by_label("Their number, to confirm").fill(str(len(LAB) + 2))
    admin.get_by_role("button", name="Remove the sample lab").click()
    expect(admin.get_by_text("The lab is gone.").or_(network_row(admin, "bridge")).first).to_be_visible(timeout=60_000)
    open_live(admin, "/networks/")
    expect(network_row(admin, "mybridge")).to_have_count(0)
    assert network_names(engine) == {"bridge", "host", "none"}
    assert engine.cli("ps", "-aq") == ""
    assert engine.cli("image", "ls", "-q") == images


def test_it_shows_snapshots_read_only_in_the_admin_site(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("web", "--net", "mybridge")
    open_live(admin, "/networks/")
    expect(network_row(admin, "mybridge")).to_contain_text("1")
    admin.get_by_role("button", name="Account").click()
    admin.get_by_role("link", name="Admin site").click()
    expect(admin.get_by_role("heading", level=1)).to_be_visible()

    for model, name in (("network", "mybridge"), ("container", "web")):
        admin.goto(f"/admin/networks/{model}/?q={name}")
        admin.locator("#result_list").get_by_role("link", name=name).first.click()
        expect(admin.locator("#content")).to_contain_text(name)
        expect(admin.locator("#content [type=submit]")).to_have_count(0)
        expect(admin.locator("#content input:not([type=hidden]), #content textarea, #content select")).to_have_count(0)


def test_it_syncs_by_an_action_of_the_admin_site(asked_admin: Page, engine: PrivateEngine) -> None:
    asked_admin.goto("/admin/networks/engine/")
    asked_admin.locator("#result_list .action-select").first.check()
    actions = asked_admin.locator("select[name=action]")
    option = actions.locator("option", has_text=re.compile("sync|read", re.IGNORECASE)).first
    actions.select_option(value=option.get_attribute("value"))

    asked_admin.get_by_role("button", name="Run").or_(asked_admin.get_by_role("button", name="Go")).first.click()
    confirm(asked_admin, PASSWORD)

    expect(asked_admin.locator(".messagelist")).to_contain_text("read again")


def test_it_gives_a_person_a_role_in_the_admin_site(admin: Page, visits: Visits, site: object) -> None:
    visits.expect_status(403)
    viewer = visits.enter("vera")
    assert viewer.goto("/admin/").status == 403  # type: ignore[union-attr]
    admin.goto("/admin/networks/grant/")
    admin.locator("#result_list").get_by_role("link", name=re.compile("vera")).first.click()

    expect(admin.get_by_label("Role")).to_have_value("viewer")
    expect(admin.get_by_role("button", name="Save", exact=True)).to_be_visible()
