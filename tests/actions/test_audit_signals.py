"""What people do beside asking an Engine is written down, however they did it; secrets never, and not without end."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings

from networks.actions.actors import CONSOLE, acting
from networks.actions.audit_signals import MOST_OF_ONE, record_entry
from networks.actions.recording import ActionResult, Intent, record_intent, record_outcome
from networks.models import Action, Engine, Grant, Outcome, OutcomeKind, Role
from networks.policy import denials
from tests.builders import make_engine, make_network
from tests.refused_rows import full_disk
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def ann() -> User:
    cache.clear()  # the limits of earlier tests
    return User.objects.create_user("ann", password=PASSWORD)


def deeds() -> list[tuple[str, str, str, str]]:
    """Return who did what, and how it ended."""
    return [
        (action.who, action.verb, action.what, Outcome.objects.get(action_id=action.pk).kind)
        for action in Action.objects.order_by("id")
    ]


def try_password(client: Client, login: str, password: str) -> None:
    client.post("/accounts/login/", {"login": login, "password": password})


def test_it_records_logging_in_and_out(client: Client, ann: User) -> None:
    try_password(client, "ann", PASSWORD)
    client.post("/accounts/logout/")

    assert deeds() == [("ann", "log_in", "", "ok"), ("ann", "log_out", "", "ok")]
    assert set(Action.objects.values_list("user_id", "from_address")) == {(ann.pk, "127.0.0.1")}


def test_it_records_wrong_passwords_but_never_what_was_typed(client: Client, ann: User) -> None:
    try_password(client, "ANN", "hush-hush-1")
    try_password(client, "hush-hush-2", "x")

    assert deeds() == [("stranger", "log_in", "ann", "refused"), ("stranger", "log_in", "", "refused")]
    assert list(Action.objects.order_by("id").values_list("user_id", flat=True)) == [ann.pk, None]
    assert "hush" not in str([*Action.objects.values(), *Outcome.objects.values()])


def test_it_lets_no_stranger_fill_the_disk(client: Client) -> None:
    for number in range(MOST_OF_ONE + 5):
        cache.clear()
        try_password(client, f"user{number}", "x")

    assert Action.objects.count() == MOST_OF_ONE
    assert "not recorded" in Outcome.objects.order_by("-id")[0].sentence
    assert "not recorded" not in Outcome.objects.order_by("id")[0].sentence


def test_it_records_a_changed_password_without_it(client: Client) -> None:
    try_password(client, "ann", PASSWORD)
    new = "another horse battery"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert ("ann", "change_password", "ann", "ok") in deeds()
    assert "horse" not in str([*Action.objects.values(), *Outcome.objects.values()])


def test_it_takes_no_renewed_hash_for_a_changed_password(client: Client, ann: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    old = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    User.objects.filter(pk=ann.pk).update(password=old)

    try_password(client, "ann", PASSWORD)

    assert User.objects.get(pk=ann.pk).password != old
    assert [verb for _who, verb, _what, _kind in deeds()] == ["log_in"]


def test_it_records_what_the_admin_site_changes(ann: User) -> None:
    engine = make_engine()
    browser = log_in()
    fields = {"username": "ann", "date_joined_0": "2026-11-24", "date_joined_1": "08:00:00"}
    grants = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-engine": engine.pk, "grants-0-role": "operator"}

    answer = browser.post(f"/admin/auth/user/{ann.pk}/change/", fields | grants)

    assert answer.status_code == 302
    assert deeds() == [("root", "change_person", "ann", "ok"), ("root", "grant_role", "ann", "ok")]
    switched_off, granted = Action.objects.order_by("id")
    assert switched_off.asked == {"is_active": False, "was": {"is_active": True}}
    assert (granted.engine_slug, granted.asked) == ("local", {"role": "operator", "was": "", "terminal": False})


def test_it_records_roles_accounts_and_engines_whoever_changes_them(ann: User) -> None:
    engine = make_engine()
    with acting(lambda: CONSOLE):
        grant = Grant.objects.create(user=ann, engine=engine, role=Role.VIEWER)
        grant.role = Role.ADMIN
        grant.save()
        grant.save()  # nothing new
        ann.delete()  # and with it the role
        call_command("createsuperuser", username="boss", email="", interactive=False, verbosity=0)
        engine.url = "tcp://user:hush@192.0.2.1:2376"
        engine.save()

    assert deeds() == [
        ("console", "grant_role", "ann", "ok"),
        ("console", "grant_role", "ann", "ok"),
        ("console", "revoke_role", "ann", "ok"),
        ("console", "remove_person", "ann", "ok"),
        ("console", "create_person", "boss", "ok"),
        ("console", "change_engine", "local", "ok"),
    ]
    assert Action.objects.get(verb="change_engine").asked == {
        "url": "tcp://192.0.2.1:2376",
        "was": {"url": "unix:///nonexistent/local/docker.sock"},
    }
    assert [action.asked for action in Action.objects.filter(verb="grant_role").order_by("id")] == [
        {"role": "viewer", "was": "", "terminal": False},
        {"role": "admin", "was": "viewer", "terminal": False},
    ]


@pytest.mark.django_db(transaction=True)
def test_it_records_nothing_twice_where_an_action_does(ann: User) -> None:
    with acting(lambda: CONSOLE):
        action_id = record_intent(CONSOLE, "", Intent("deactivate_person", "ann"))
        ann.is_active = False
        ann.save()
        record_outcome(ActionResult(OutcomeKind.OK, action_id))
        ann.is_active = True
        ann.save()

    assert [verb for _who, verb, _what, _kind in deeds()] == ["deactivate_person", "change_person"]


def test_it_changes_nothing_that_it_can_not_write_down(ann: User) -> None:
    engine = make_engine()
    with full_disk("networks_action"), acting(lambda: CONSOLE):
        with pytest.raises(DatabaseError, match="disk is full"), transaction.atomic():
            Grant.objects.create(user=ann, engine=engine, role=Role.ADMIN)
        with transaction.atomic():  # PostgreSQL does nothing more in a transaction that met an error
            record_entry("log_in")  # over already: logged, not raised

    assert not Grant.objects.exists()


def test_it_records_what_was_refused_at_the_door_with_the_name_of_what_it_was_about(ann: User) -> None:
    engine = make_engine()
    network = make_network(engine, "front")
    browser = log_in("vic", engine, "viewer")

    browser.get(f"/networks/local/{network.docker_id}/remove/")
    browser.post(f"/networks/local/{network.docker_id}/remove/")
    browser.post(f"/networks/local/{network.docker_id}/connect/")
    browser.post("/engines/local/lab/up/")
    browser.post(f"/admin/auth/user/{ann.pk}/delete/")

    assert deeds() == [
        ("vic", "remove_network", "front", "denied"),
        ("vic", "connect_container", "front", "denied"),
        ("vic", "lab_up", "", "denied"),
        ("vic", "use_admin_site", f"/admin/auth/user/{ann.pk}/delete/", "denied"),
    ]
    assert "“connect”" in Outcome.objects.order_by("id")[0].sentence


@pytest.mark.parametrize(("limit", "most"), [("MOST_OF_ONE", 4), ("MOST_OF_ALL", 4)])
def test_it_lets_nobody_fill_the_disk_by_being_refused(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine()
    monkeypatch.setattr(denials, limit, most)
    browser = log_in("vic", engine, "viewer")

    codes = {browser.post("/engines/local/lab/up/").status_code for _attempt in range(most + 3)}

    assert codes == {403}
    assert Action.objects.count() == most
    assert "not recorded" in Outcome.objects.order_by("-id")[0].sentence


def test_it_keeps_no_engine_of_a_test_s_own_world() -> None:
    make_engine()

    assert Engine.objects.exists()
    assert not Action.objects.exists()
