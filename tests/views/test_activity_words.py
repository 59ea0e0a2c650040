"""What the activity says of each kind of action: the role and the Engine, details in words, and what it was before."""

from __future__ import annotations

import html
import json
import re
from ipaddress import ip_network

import pytest
from django.contrib.auth.models import User
from django.test import Client

from networks.actions.launching import asked_of_run
from networks.actions.sample_lab.plan import LabPlan
from networks.engine.specs import ConnectSpec, RunSpec, asked_of
from networks.models import Action, Engine, Grant
from networks.partials.action_fields import FIELDS
from tests.activity import make_action
from tests.builders import make_engine
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

RAW = re.compile(r"<dt>([a-z]+_[a-z_]+)</dt>")


@pytest.fixture
def engine() -> Engine:
    return make_engine()


@pytest.fixture
def root(engine: Engine) -> Client:
    return log_in("root")


def words(browser: Client, path: str) -> str:
    page = browser.get(path).content.decode().partition("<main")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def newest(browser: Client) -> str:
    """Return what the page of the newest action says, and hold it to have no raw names of fields."""
    path = f"/activity/{Action.objects.latest('pk').pk}/"
    assert RAW.findall(browser.get(path).content.decode()) == []
    return words(browser, path)


def test_it_says_which_role_on_which_engine(root: Client, engine: Engine) -> None:
    User.objects.create_user("olaf")

    def give(role: str) -> None:
        root.post("/engines/local/people/grant/", {"username": "olaf", "role": role})

    give("viewer")
    assert "Give olaf the role viewer on local" in newest(root)
    give("operator")
    assert "Change the role of olaf on local : viewer → operator" in newest(root)
    assert "Role viewer → operator" in newest(root)
    give("")
    assert "Take the role operator of olaf on local away" in newest(root)
    for sentence in ("Give olaf the role viewer on local", "Take the role operator of olaf on local away"):
        assert sentence in words(root, "/activity/")
    lines = [json.loads(line) for line in root.get("/activity/export.jsonl").getvalue().decode().splitlines()]
    assert "Change the role of olaf on local: viewer → operator" in [line["sentence"] for line in lines]
    assert "Give olaf the role viewer on local" in root.get("/activity/export.csv").getvalue().decode()


def test_it_says_on_which_engine_a_terminal_was_given(root: Client, engine: Engine) -> None:
    for verb, sentence in (
        ("grant_terminal", "Let olaf open terminals on local"),
        ("revoke_terminal", "No longer let olaf open terminals on local"),
    ):
        make_action("olaf", verb=verb)
        assert sentence in newest(root)


def test_it_says_what_an_account_and_an_engine_were_before(root: Client, engine: Engine) -> None:
    olaf = User.objects.create_user("olaf")
    fields = {"username": "olav", "is_active": "on", "date_joined_0": "2026-11-24", "date_joined_1": "08:00:00"}
    root.post(f"/admin/auth/user/{olaf.pk}/change/", fields | {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"})
    assert "Username olaf → olav" in newest(root)

    root.post("/engines/local/change/", {"name": "Payroll", "url": engine.url})
    assert "Name local → Payroll" in newest(root)


@pytest.mark.parametrize(
    ("verb", "what", "asked", "sentence", "pair"),
    [
        ("rename_container", "web", {"new_name": "front"}, "Rename web to front", "New name front"),
        ("lab_up", "sample lab", {"prefix": "lab-"}, "Build the sample lab with the prefix lab-", "Prefix lab-"),
        ("end_sessions", "ann", {"which": "all others"}, "End all other sessions of ann", "Which all others"),
        ("add_second_step", "totp", {}, "Add a second step: codes of an app", ""),
        ("remove_second_step", "webauthn", {}, "Remove a second step: a passkey", ""),
        ("read_join_token", "local", {"role": "worker"}, "Show the join token of local for workers", "Role worker"),
        ("stop_container", "web", {"wait_s": 10}, "Stop web", "Seconds to wait 10"),
        ("disconnect_container", "web ↛ front", {"is_forced": True}, "Disconnect web ↛ front", "By force yes"),
        (
            "close_terminal",
            "web",
            {"why": "idle", "process": "by keys"},
            "Close the terminal in web",
            "Why it ended nobody typed",
        ),
        ("revoke_role", "ann", {}, "Remove a role of ann", ""),
        ("grant_role", "ann", {"role": "", "was": "", "terminal": True}, "Change what ann may do on local", "Terminal yes"),
    ],
)
def test_it_says_what_was_asked(root: Client, verb: str, what: str, asked: dict[str, object], sentence: str, pair: str) -> None:
    make_action(what, verb=verb, asked=asked)

    page = newest(root)

    assert sentence in page
    assert pair in page


def test_it_reads_the_pools_of_a_network_as_a_person_would(root: Client) -> None:
    asked = asked_of(LabPlan().networks(ip_network("172.72.0.0/16"))[1], ("name",))  # type: ignore[arg-type]
    make_action("front", verb="create_network", asked=asked)

    page = newest(root)

    assert "Pools Subnet 172.72.0.0/16, IP range 172.72.0.0/24, Gateway 172.72.0.1" in page
    assert "Internal no" in page
    assert "Labels netadmin.lab: 1" in page


def test_it_has_words_for_every_field_that_actions_write_down() -> None:
    written = {
        *asked_of(LabPlan().networks(ip_network("172.72.0.0/16"))[1], ("name",)),  # type: ignore[arg-type]
        *asked_of(ConnectSpec("n", "c"), ("network_id",)),
        *asked_of_run(RunSpec("busybox", ports=(), publishes_all=True)),
    }

    assert written - FIELDS.keys() == set()


def test_it_makes_no_sentence_of_what_is_asked_by_hostile_text(root: Client) -> None:
    hostile = "{what}<script>alert(1)</script>{0}\u202e"
    make_action(hostile, verb="rename_container", asked={"new_name": hostile})
    make_action(hostile, verb="grant_role", asked={"role": hostile, "was": "viewer"})
    make_action(hostile, verb="grant_role", asked={"role": ["x"], "was": {"role": 1}})

    for path in ("/activity/", *(f"/activity/{pk}/" for pk in Action.objects.values_list("pk", flat=True))):
        page = root.get(path).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert Grant.objects.count() == 0
