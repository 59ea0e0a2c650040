"""Connecting and disconnecting with the rarer options, and while somebody else changes the container."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.acts import network_row
from tests.journeys.engine_says import inspect_network
from tests.journeys.visits import open_live
from tests.private_engine import PrivateEngine, wait_until


def test_it_shows_command_and_document_while_one_types(admin: Page, engine: PrivateEngine) -> None:
    network = engine.cli("network", "create", "--subnet", "10.20.0.0/24", "front")
    web = engine.run("web")
    admin.goto("/networks/")
    expect(network_row(admin, "front")).to_be_visible()

    admin.goto(f"/networks/local/{network}/connect/?container={web}")
    expect(admin.get_by_label("Links")).to_be_hidden()
    admin.locator("summary", has_text="MAC, link-local").click()
    admin.get_by_label("Link-local addresses").fill("169.254.7.1")
    admin.get_by_label("Driver options").fill("com.example.a=b,c")

    expect(admin.locator("#aside .as-docker code").first).to_contain_text("--link-local-ip 169.254.7.1")
    expect(admin.locator("#aside .as-docker code").first).to_contain_text("""--driver-opt '"com.example.a=b,c"'""")
    expect(admin.get_by_label("MAC address")).to_be_disabled()
    admin.locator("#aside").get_by_text("API", exact=True).click()
    expect(admin.locator("#aside .as-api code")).to_contain_text('"LinkLocalIPs"')
    # Red: the way out is the next step, not the form's own button.
    admin.get_by_label("IPv4").fill("10.99.0.1")
    expect(admin.locator("#connect-button")).not_to_have_class(re.compile("btn-primary"))
    admin.get_by_label("IPv4").fill("")
    expect(admin.locator("#connect-button")).to_have_class(re.compile("btn-primary"))
    admin.get_by_role("button", name="Connect web").click()
    wait_until(lambda: web in inspect_network(engine, "front")["Containers"], "the connection")


def test_it_says_what_changed_meanwhile_and_keeps_what_was_typed(admin: Page, engine: PrivateEngine) -> None:
    network = engine.cli("network", "create", "front")
    web = engine.run("web")
    open_live(admin, "/networks/")
    expect(network_row(admin, "front")).to_be_visible()
    admin.goto(f"/networks/local/{network}/connect/?container={web}")
    admin.get_by_label("Aliases").fill("blog")
    expect(admin.locator("#aside .as-docker code").first).to_contain_text("--alias blog")
    engine.cli("rename", "web", "shop")
    other = admin.context.new_page()
    open_live(other, "/containers/")
    expect(other.get_by_role("link", name="shop", exact=True)).to_be_visible()

    admin.get_by_role("button", name="Connect web").click()
    expect(admin.get_by_role("alert")).to_contain_text("The container web is called shop now.")
    expect(admin.get_by_label("Aliases")).to_have_value("blog")
    admin.get_by_role("button", name="Connect shop").click()

    wait_until(lambda: web in inspect_network(engine, "front")["Containers"], "the connection")
