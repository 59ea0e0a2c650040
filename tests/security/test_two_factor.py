"""The second step of a login: turned on, asked for, guessed at, lost and taken away."""

from __future__ import annotations

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings

from networks.policy.login.two_factor import TwoFactorAdapter, can_hold_passkeys, draw_code, has_second_step

PASSWORD = "correct horse battery"
OVERVIEW, SECOND_STEP = "/", "/accounts/2fa/authenticate/"
NO_PASSKEYS = [
    "",
    "{}",
    "[]",
    "1",
    "null",
    '"x"',
    "[" * 5000,
    '{"response": {}}',
    '{"id": "x", "rawId": "x", "type": "public-key"}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "_w", "attestationObject": "_w"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": ""}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": '
    '{"clientDataJSON": "e30", "authenticatorData": "oA", "signature": "oA", "userHandle": null}}',
    '{"id": 1, "rawId": [], "type": null, "response": "x"}',
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ann() -> User:
    cache.clear()
    return User.objects.create_user("ann", password=PASSWORD)


def code_of(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enter(client: Client) -> HttpResponse:
    return client.post("/accounts/login/", {"login": "ann", "password": PASSWORD})  # type: ignore[return-value]


def confirm(client: Client) -> None:
    client.post("/accounts/reauthenticate/?next=/", {"password": PASSWORD})


def turn_on(client: Client) -> tuple[str, list[str]]:
    """Turn it on from the login on; return the app's secret and the recovery codes."""
    enter(client)
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'data-copy="([A-Z2-7]{32})"', page)
    assert found
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
    codes = re.findall(r"<li>(\d{8})</li>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    client.post("/accounts/logout/")
    cache.clear()  # the code that turned it on may be used again
    return found[1], codes


def is_in(client: Client) -> bool:
    return client.get("/accounts/sessions/").status_code == 200


def test_it_asks_for_the_password_before_anything_is_changed(client: Client) -> None:
    enter(client)

    for path in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        answer = client.get(f"/accounts/2fa/{path}")
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/reauthenticate/"), path
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 302
    assert not has_second_step(User.objects.get().pk)


def test_it_draws_the_secret_as_inline_svg_and_writes_it_out(client: Client) -> None:
    enter(client)
    confirm(client)

    page = client.get("/accounts/2fa/totp/activate/").content.decode()

    assert '<svg class="qr"' in page
    assert "data:image" not in page
    assert "style=" not in page
    assert re.search(r"<code>[A-Z2-7]{32}</code>", page)


def test_it_lets_nobody_in_by_the_password_alone(client: Client) -> None:
    turn_on(client)

    answer = enter(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, SECOND_STEP)
    assert not is_in(client)
    assert client.get(OVERVIEW).status_code == 302


def test_it_lets_in_by_a_code_of_the_app_once(client: Client) -> None:
    secret, _codes = turn_on(client)
    code = code_of(secret)
    enter(client)
    client.post(SECOND_STEP, {"code": code})
    first = is_in(client)
    other = Client()
    enter(other)

    again = other.post(SECOND_STEP, {"code": code})

    assert first
    assert not is_in(other)
    assert again.status_code == 200


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_it_allows_for_a_clock_that_is_half_a_minute_off(
    client: Client, steps: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time() // 30 * 30 + 15  # not at the edge of two steps
    monkeypatch.setattr(time, "time", lambda: now)
    secret, _codes = turn_on(client)
    enter(client)

    client.post(SECOND_STEP, {"code": code_of(secret, steps=steps)})

    assert is_in(client) is fits


def test_it_lets_in_by_each_recovery_code_once(client: Client) -> None:
    _secret, codes = turn_on(client)
    came = []

    for code in (codes[0], codes[0], codes[1]):
        cache.clear()  # also from a server that was started anew
        browser = Client()
        enter(browser)
        browser.post(SECOND_STEP, {"code": code})
        came.append(is_in(browser))

    assert (len(codes), came) == (10, [True, False, True])


def test_it_shows_recovery_codes_once(client: Client) -> None:
    secret, codes = turn_on(client)
    enter(client)
    client.post(SECOND_STEP, {"code": code_of(secret)})
    confirm(client)

    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    client.post("/accounts/2fa/recovery-codes/generate/")
    fresh = re.findall(r"<li>(\d{8})</li>", client.get("/accounts/2fa/recovery-codes/").content.decode())

    assert not any(code in page for code in codes)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert client.get("/accounts/2fa/recovery-codes/download/").status_code == 404


def test_it_looks_at_five_wrong_codes_and_no_more(client: Client) -> None:
    secret, _codes = turn_on(client)
    stranger = Client(REMOTE_ADDR="198.51.100.9")
    enter(stranger)
    for _try in range(5):
        stranger.post(SECOND_STEP, {"code": "000000"})

    stranger.post(SECOND_STEP, {"code": code_of(secret)})
    enter(client)
    client.post(SECOND_STEP, {"code": code_of(secret)})

    assert not is_in(stranger)
    assert is_in(client)


def test_it_keeps_no_secret_readable_in_the_database(client: Client) -> None:
    secret, codes = turn_on(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        kept = str(cursor.fetchall())

    assert "secret" in kept
    assert "seed" in kept
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_it_opens_to_nobody_what_another_key_sealed(client: Client) -> None:
    secret, codes = turn_on(client)
    sealed = TwoFactorAdapter().encrypt("x")

    with override_settings(SECRET_KEY="another one that is long enough for this"):
        opened = {TwoFactorAdapter().decrypt(sealed) for _try in range(2)}
        enter(client)
        answers = [client.post(SECOND_STEP, {"code": code}).status_code for code in (code_of(secret), codes[0])]

    assert len(opened) == 2
    assert "x" not in opened
    assert answers == [200, 200]
    assert not is_in(client)


def test_it_removes_the_app_and_the_codes_with_it(client: Client) -> None:
    secret, _codes = turn_on(client)
    enter(client)
    client.post(SECOND_STEP, {"code": code_of(secret)})
    confirm(client)

    client.post("/accounts/2fa/totp/deactivate/")
    client.post("/accounts/logout/")
    enter(client)

    assert Authenticator.objects.count() == 0
    assert is_in(client)


def test_it_gives_a_locked_out_owner_a_way_in_from_the_console(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    turn_on(client)

    call_command("reset_two_factor", "ann")
    enter(client)

    assert "ann" in capsys.readouterr().out
    assert is_in(client)


@pytest.mark.parametrize(
    ("host", "is_https", "works"),
    [
        ("localhost", False, True),
        ("netadmin.example", True, True),
        ("netadmin.example", False, False),
        ("127.0.0.1", False, False),
        ("192.0.2.7", True, False),
        ("[::1]", True, False),
    ],
)
def test_it_knows_where_passkeys_work(host: str, is_https: bool, works: bool) -> None:
    assert can_hold_passkeys(host, is_https=is_https) is works


def test_it_says_why_there_are_no_passkeys_here(client: Client) -> None:
    enter(client)

    page = client.get("/accounts/2fa/").content.decode()

    assert "Browsers store passkeys only for https names and for localhost" in page
    assert "/accounts/2fa/webauthn/add/" not in page


def test_it_asks_a_passkey_for_this_name_on_localhost() -> None:
    client = Client(headers={"host": "localhost:8000"})
    enter(client)
    confirm(client)

    page = client.get("/accounts/2fa/webauthn/add/").content.decode()

    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page)
    assert found
    assert json.loads(found[1])["publicKey"]["rp"] == {"id": "localhost", "name": "Netadmin"}


@pytest.mark.parametrize("path", ["webauthn/add/", "authenticate/"])
def test_it_takes_no_forged_passkey(client: Client, path: str) -> None:
    if path == "authenticate/":
        turn_on(client)
    enter(client)
    confirm(client)
    statuses = {}

    for credential in NO_PASSKEYS:
        cache.clear()
        statuses[credential[:80]] = client.post(f"/accounts/2fa/{path}", {"credential": credential, "name": "x"}).status_code

    assert set(statuses.values()) == {200}, statuses
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()


def test_it_draws_a_code_that_fits_its_box() -> None:
    drawn = draw_code("otpauth://totp/ann?secret=ABC&issuer=Netadmin", "<label>")

    size = int(drawn.split('viewBox="0 0 ')[1].split(" ")[0])
    assert size >= 29
    assert "&lt;label&gt;" in drawn
    assert all(4 <= int(x) < size - 4 for x in re.findall(r"M(\d+) ", drawn))
