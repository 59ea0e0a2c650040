"""What somebody did is found again: by who did it, in words, with the command, and as a file; others' doings stay theirs."""

from __future__ import annotations

import csv
from io import StringIO

from playwright.sync_api import Page, expect

from tests.journeys.visits import Visits
from tests.private_engine import PrivateEngine


def test_it_finds_what_was_done_and_takes_it_away_as_a_file(visits: Visits, engine: PrivateEngine) -> None:
    operator, viewer = visits.enter("olga"), visits.enter("vera")
    create(operator, "found-again")

    operator.get_by_role("link", name="Activity").click()
    row = operator.locator(".deeds tbody tr", has_text="Create the network found-again")
    expect(row).to_contain_text("done")
    row.get_by_role("link").click()

    expect(operator.locator("pre.code")).to_contain_text("docker network create")
    expect(operator.locator(".facts")).to_contain_text("olga")
    operator.goto("/activity/?q=found-again")
    with operator.expect_download() as download:
        operator.get_by_role("link", name="Download CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(StringIO(text)))
    assert [(line["who"], line["verb"], line["what"], line["outcome"]) for line in lines] == [
        ("olga", "create_network", "found-again", "ok")
    ]
    viewer.goto("/activity/")
    expect(viewer.locator("main")).not_to_contain_text("found-again")


def create(page: Page, name: str) -> None:
    page.goto("/networks/local/create/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create network").click()
    expect(page.locator("h1")).to_contain_text(name)
