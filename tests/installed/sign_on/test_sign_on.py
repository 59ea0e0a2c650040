"""Sign-on at a real provider, by HTTP: who gets in, with which roles, and who doesn't."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.installed.sign_on.provider import SECRET
from tests.installed.sign_on.signing_on import PERSON, ROLES, Office, Visitor, staff
from tests.management.serving import Serving, free_port
from tests.prepared import prepare

_LAST = """SELECT kind, sentence, who, what FROM networks_action JOIN networks_outcome ON action_id = networks_action.id
WHERE verb = 'log_in' ORDER BY networks_action.id DESC LIMIT 1"""
_LEFT = """SELECT (julianday(expire_date) - julianday(begun_at)) * 86400 FROM networks_browsersession
JOIN django_session ON session_id = session_key JOIN networks_signonidentity USING (user_id) WHERE subject = ?"""
_SECOND_STEP = """
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
TOTP.activate(User.objects.get(username="twostep"), "A" * 32)
"""
_CODE = """
import time
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
print("<<" + format_hotp_value(hotp_value("A" * 32, int(time.time()) // 30)) + ">>")
"""


def last(office: Office) -> tuple[str, ...]:
    return office.ask(_LAST)[0]


def test_it_lets_in_whom_a_group_lets_in_with_the_roles_of_their_groups(office: Office) -> None:
    office.provider.tell(m1=staff("dev", preferred_username="una"))
    visitor = Visitor(office)

    page = visitor.sign_on("m1", next="/accounts/sessions/")

    assert (page.status_code, urlsplit(page.url).path) == (200, "/accounts/sessions/")
    assert office.ask(PERSON, "m1") == [("una", False)]
    assert office.ask(ROLES, "m1") == [("local", "operator", True)]
    asked = visitor.asked_provider
    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == ("netadmin", "code", "S256")
    assert len(asked["nonce"]) == 32
    assert asked["redirect_uri"] == f"{office.url}/accounts/sign-on/callback/"
    assert last(office)[:3] == ("ok", "", "una")


def test_it_ends_such_a_session_within_eight_hours_and_with_the_browser(office: Office) -> None:
    office.provider.tell(m2=staff())
    visitor = Visitor(office)
    visitor.sign_on("m2")

    cookie = next(one for one in visitor.session.cookies if one.name.startswith("netadmin_session"))
    left = office.ask(_LEFT, "m2")

    assert cookie.expires is None
    assert len(left) == 1
    assert 0 < left[0][0] <= 8 * 3600 + 1


def test_it_takes_a_role_away_with_the_group_at_the_next_log_in(office: Office) -> None:
    office.provider.tell(m3=staff("ops", "roots"))
    Visitor(office).sign_on("m3")
    assert office.ask(PERSON, "m3")[0][1]
    assert office.ask(ROLES, "m3") == [("local", "admin", True)]

    office.provider.tell(m3=staff("dev"))
    Visitor(office).sign_on("m3")

    assert not office.ask(PERSON, "m3")[0][1]
    assert office.ask(ROLES, "m3") == [("local", "operator", True)]


@pytest.mark.parametrize("claims", [{"groups": ["dev"]}, {"groups": "Staff"}, {}, {"groups": {"staff": True}}])
def test_it_lets_nobody_in_whom_no_group_lets_in(office: Office, claims: dict[str, Any]) -> None:
    office.provider.tell(m4=claims)
    visitor = Visitor(office)

    page = visitor.sign_on("m4")

    assert page.status_code == 403
    assert "None of your groups there lets you in here" in page.text
    assert not visitor.is_in()
    assert office.ask(PERSON, "m4") == []


def test_it_puts_out_whom_no_group_lets_in_any_more(office: Office) -> None:
    office.provider.tell(m5=staff("ops"))
    first = Visitor(office)
    first.sign_on("m5")
    assert first.is_in()

    office.provider.tell(m5={"groups": ["ops"]})
    assert Visitor(office).sign_on("m5").status_code == 403

    assert not first.is_in()
    assert office.ask(ROLES, "m5") == []


def test_it_says_that_somebody_thought_better_of_it(office: Office) -> None:
    visitor = Visitor(office)

    page = visitor.sign_on("")

    assert (page.status_code, "The log-in at Acme was cancelled" in page.text) == (403, True)
    assert not visitor.is_in()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/oidc/sign-on/login/",
        "/accounts/oidc/sign-on/login/callback/",
        "/accounts/oidc/other/login/",
        "/accounts/3rdparty/",
        "/accounts/3rdparty/signup/",
        "/accounts/social/connections/",
        "/accounts/signup/",
    ],
)
def test_it_has_none_of_allauths_own_ways_in(office: Office, path: str) -> None:
    visitor = Visitor(office)
    visitor.post("/accounts/login/", login="admin", password="a long enough pass phrase")

    assert visitor.get(path).status_code == 404
    assert visitor.get("/admin/socialaccount/socialapp/").status_code == 404


def test_it_declares_every_address_and_no_other(office: Office) -> None:
    assert office.shell("from django.core.management import call_command; call_command('check')").count("W002") == 0
    faults = office.shell("from networks.checks import check_routes; print('<<', [m.msg for m in check_routes()], '>>')")
    assert "<< [] >>" in faults


def test_it_leaves_the_form_to_superusers(office: Office) -> None:
    office.shell(
        "from django.contrib.auth.models import User; User.objects.create_user('olga', password='a long enough pass phrase')"
    )
    olga, admin = Visitor(office), Visitor(office)

    refused = olga.post("/accounts/login/", login="olga", password="a long enough pass phrase")
    admin.post("/accounts/login/", login="admin", password="a long enough pass phrase")

    assert "Only superusers log in by a password here" in refused.text
    assert not olga.is_in()
    assert admin.is_in()


def test_it_logs_out_here_and_leads_to_the_providers_log_out(office: Office) -> None:
    office.provider.tell(m12=staff())
    visitor = Visitor(office)
    visitor.sign_on("m12")

    answer = visitor.post("/accounts/logout/", page="/accounts/logout/")
    page = visitor.get(answer.headers["Location"])

    assert urlsplit(page.url).path == "/accounts/sign-on/ended/"
    assert not visitor.is_in()
    link = re.search(r'href="([^"]+end_session[^"]+)"', page.text)
    assert link
    told = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
    assert told == {"client_id": ["netadmin"], "post_logout_redirect_uri": [f"{office.url}/accounts/login/"]}


def test_it_lets_forms_lead_to_the_provider_from_the_log_in_page_alone(office: Office) -> None:
    def form_action(path: str) -> str:
        policy = Visitor(office).session.get(f"{office.url}{path}").headers["Content-Security-Policy"]
        return next(part for part in policy.split("; ") if part.startswith("form-action"))

    assert form_action("/accounts/login/") == f"form-action 'self' {office.provider.url}"
    assert form_action("/accounts/sign-on/ended/") == "form-action 'self'"
    assert form_action("/no/such/page/") == "form-action 'self'"


def test_it_keeps_the_secret_to_itself(office: Office) -> None:
    told = office.serving.log() + str(office.ask("SELECT asked FROM networks_action"))

    assert SECRET not in told


def test_it_makes_one_account_of_many_first_log_ins_at_once(office: Office) -> None:
    office.provider.tell(m20=staff("ops", preferred_username="many"))
    visitors = [Visitor(office) for _ in range(8)]
    ways_back = [visitor.come_back(visitor.begin(), "m20") for visitor in visitors]

    with ThreadPoolExecutor(len(visitors)) as pool:
        list(pool.map(Visitor.get, visitors, ways_back))

    assert office.ask(PERSON, "m20") == [("many", False)]
    assert office.ask(ROLES, "m20") == [("local", "admin", True)]
    assert [visitor.is_in() for visitor in visitors] == [True] * len(visitors)
    assert office.ask("SELECT count(*) FROM auth_user WHERE username LIKE 'many%'") == [(1,)]


def test_it_asks_for_a_second_step_after_the_sign_on_where_there_is_one(office: Office) -> None:
    office.provider.tell(m21=staff(preferred_username="twostep"))
    Visitor(office).sign_on("m21")
    office.shell(_SECOND_STEP)
    visitor = Visitor(office)

    page = visitor.sign_on("m21")
    assert urlsplit(page.url).path == "/accounts/2fa/authenticate/"
    assert not visitor.is_in()

    code = office.shell(_CODE).rpartition("<<")[2].rpartition(">>")[0]
    visitor.post("/accounts/2fa/authenticate/", page="/accounts/2fa/authenticate/", code=code)
    assert visitor.is_in()
    assert sorted(0 < left <= 8 * 3600 + 1 for (left,) in office.ask(_LEFT, "m21")) == [True, True]


@pytest.mark.full
def test_it_signs_on_below_a_path(office: Office, tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    port = free_port()
    settings = dict(office.serving.extra) | {"NETADMIN_PUBLIC_URL": f"http://localhost:{port}/tools/netadmin"}
    office.provider.tell(m22=staff(preferred_username="below"))
    with Serving(tmp_path / "data", "unix:///nonexistent/docker.sock", port, extra=tuple(settings.items())) as serving:
        visitor = Visitor(Office(office.provider, serving, "/tools/netadmin"))

        page = visitor.sign_on("m22", next="/tools/netadmin/accounts/sessions/")

        assert (page.status_code, page.url) == (200, f"http://localhost:{port}/tools/netadmin/accounts/sessions/")
        assert visitor.asked_provider["redirect_uri"] == f"http://localhost:{port}/tools/netadmin/accounts/sign-on/callback/"
        ended = visitor.get("/accounts/sign-on/ended/").text
        assert quote(f"http://localhost:{port}/tools/netadmin/accounts/login/", safe="") in ended
