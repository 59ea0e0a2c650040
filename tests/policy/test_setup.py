"""The first admin: one, whoever asks and however often."""

from __future__ import annotations

import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from networks.models import Action
from networks.policy import first_admin
from networks.policy.first_admin import SetupFault, SetupRefused, claim_setup, ensure_setup_token, make_first_admin, needs_setup

pytestmark = pytest.mark.usefixtures("watched_contexts")

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.NETADMIN_DATA_DIR = tmp_path
    cache.clear()  # guesses of other tests
    return tmp_path


def token() -> str:
    made = ensure_setup_token()
    assert made is not None
    return made


def fault_of(guess: str, address: str = "") -> SetupFault:
    with pytest.raises(SetupRefused) as caught:
        claim_setup(guess, "ann", PASSWORD, address)
    return caught.value.fault


@pytest.mark.django_db
def test_it_makes_one_long_token_that_only_its_owner_may_read(data_dir: Path) -> None:
    first, second = token(), token()

    assert first == second
    assert len(first) >= 43  # 256 bits in base64
    assert stat.S_IMODE((data_dir / "setup_token").stat().st_mode) == 0o600


@pytest.mark.django_db
def test_it_makes_an_admin_of_whoever_holds_the_token(data_dir: Path) -> None:
    user = claim_setup(f" {token()} ", "ann", PASSWORD)

    assert (user.is_superuser, user.is_staff, user.check_password(PASSWORD)) == (True, True, True)
    assert not needs_setup()
    assert ensure_setup_token() is None
    assert not (data_dir / "setup_token").exists()


@pytest.mark.django_db
def test_it_slows_down_an_address_and_never_takes_the_token_from_its_owner() -> None:
    first = token()

    faults = [fault_of("wrong", "192.0.2.66") for _guess in range(12)]

    assert faults == [SetupFault.WRONG] * 10 + [SetupFault.TOO_MANY] * 2
    assert fault_of(first, "192.0.2.66") is SetupFault.TOO_MANY
    assert token() == first
    assert claim_setup(first, "ann", PASSWORD, "192.0.2.7").is_superuser


@pytest.mark.django_db
def test_it_replaces_the_token_after_an_hour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    first = token()
    monkeypatch.setattr(first_admin, "TOKEN_LASTS", timedelta(seconds=-1))

    fault = fault_of(first)
    monkeypatch.undo()

    assert fault is SetupFault.EXPIRED
    assert token() != first
    assert token() in capsys.readouterr().err


@pytest.mark.django_db
def test_it_makes_a_new_token_where_the_file_was_cut_off(data_dir: Path) -> None:
    (data_dir / "setup_token").write_text('{"token": "abc')

    assert len(token()) >= 43


@pytest.mark.django_db(transaction=True)
def test_it_makes_exactly_one_admin_of_fifty_claims_at_once() -> None:
    right, start, outcomes = token(), threading.Barrier(50), []

    def claim(number: int) -> None:
        start.wait()
        try:
            outcomes.append(claim_setup(right, f"user{number}", PASSWORD).username)
        except SetupRefused as refused:
            outcomes.append(str(refused.fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert outcomes.count("done") == 49
    assert [user.username for user in User.objects.all()] == [name for name in outcomes if name != "done"]


@pytest.mark.django_db
def test_it_sends_every_page_to_set_up_while_there_is_no_user(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/setup/"
    assert client.get("/accounts/login/").headers["Location"] == "/setup/"
    assert client.get("/admin/").headers["Location"] == "/setup/"
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_it_sets_up_in_the_page_and_is_gone_afterwards(client: Client) -> None:
    form = {"token": "wrong", "username": "ann", "password1": PASSWORD, "password2": PASSWORD}
    assert client.get("/setup/").status_code == 200

    refused = client.post("/setup/", form)
    made = client.post("/setup/", form | {"token": token()})

    assert (refused.status_code, refused.context["form"].errors["token"][0][:10]) == (422, "That isn't")
    assert (made.status_code, made.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(User.objects.get(username="ann").pk)
    assert client.get("/setup/").headers["Location"] == "/accounts/login/"
    assert client.post("/setup/", form).headers["Location"] == "/accounts/login/"
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "1234567890123", "password2": "1234567890123"}, "password1"),
        ({"password2": "something else"}, "password2"),
        ({"username": "a b<script>"}, "username"),
        ({"token": ""}, "token"),
    ],
)
def test_it_says_what_is_wrong_and_does_not_use_up_the_token(client: Client, changes: dict[str, str], field: str) -> None:
    form = {"token": token(), "username": "ann", "password1": PASSWORD, "password2": PASSWORD} | changes

    answer = client.post("/setup/", form)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert PASSWORD not in answer.content.decode()
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_it_makes_the_admin_whom_the_environment_names(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n")
    settings.NETADMIN_ADMIN_USERNAME, settings.NETADMIN_ADMIN_PASSWORD_FILE = "ann", str(tmp_path / "password")

    made, again = make_first_admin(), make_first_admin()

    assert made is not None
    assert made.check_password(PASSWORD)
    assert again is None


@pytest.mark.django_db
def test_it_makes_no_admin_without_being_told(settings: Settings) -> None:
    settings.NETADMIN_ADMIN_USERNAME = settings.NETADMIN_ADMIN_PASSWORD_FILE = ""

    assert make_first_admin() is None
    assert needs_setup()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "written", "words"),
    [("ann", None, "can't be read"), ("", PASSWORD, "belong together"), ("ann", "short", "too short")],
)
def test_it_says_why_the_environment_makes_no_admin(
    settings: Settings, tmp_path: Path, username: str, written: str | None, words: str
) -> None:
    if written is not None:
        (tmp_path / "password").write_text(written)
    settings.NETADMIN_ADMIN_USERNAME, settings.NETADMIN_ADMIN_PASSWORD_FILE = username, str(tmp_path / "password")

    with pytest.raises(ImproperlyConfigured, match=words):
        make_first_admin()
    assert needs_setup()


@pytest.mark.django_db
def test_it_prints_the_token_again_until_set_up_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    right = token()

    call_command("setup_token")
    claim_setup(right, "ann", PASSWORD)
    before = capsys.readouterr().out
    call_command("setup_token")

    assert f"http://localhost:8000/setup/#{right}" in before
    assert "Set-up is done" in capsys.readouterr().out


@pytest.mark.django_db
def test_it_records_the_first_account_as_made_with_the_token(client: Client) -> None:
    client.get("/setup/")
    client.post("/setup/", {"token": token(), "username": "ann", "password1": PASSWORD, "password2": PASSWORD})

    made = Action.objects.get(verb="create_person")
    page = client.get(f"/activity/{made.pk}/").content.decode()
    assert (made.who, made.user_id, made.what, made.from_address) == ("setup", None, "ann", "127.0.0.1")
    assert "Create the first account <b>ann</b> at the first set-up, with the one-time token" in page
    assert not Action.objects.filter(who="stranger").exists()
