"""What neither a provider nor a stranger can make us believe, and a provider that is away."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import Authority
from tests.installed.sign_on.provider import ProviderProcess, settings_for
from tests.installed.sign_on.signing_on import PERSON, Office, Visitor, staff
from tests.management.serving import Serving, free_port
from tests.prepared import prepare


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "admin", "email": "admin@example.org", "email_verified": True},
        {"preferred_username": "ADMIN"},
        {"name": "admin", "email": "admin@example.org"},
        {"preferred_username": "admin", "is_superuser": True, "user_id": 1},
    ],
)
def test_it_makes_nobody_the_superuser_whose_name_they_claim(office: Office, claims: dict[str, Any]) -> None:
    office.provider.tell(m6=staff(**claims))
    visitor = Visitor(office)
    visitor.sign_on("m6")

    assert visitor.is_in()
    found = office.ask(PERSON, "m6")
    assert len(found) == 1
    assert found[0][0].casefold() != "admin"
    assert not found[0][1]
    assert office.ask("SELECT is_superuser FROM auth_user WHERE username = 'admin'") == [(True,)]


LIES: dict[str, dict[str, Any]] = {
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for several, of which we are one": {"claims": {"aud": ["netadmin", "somebody-else"]}},
    "authorized for another party": {"claims": {"azp": "somebody-else"}},
    "by another issuer": {"claims": {"iss": "https://login.example"}},
    "with another nonce": {"claims": {"nonce": "of another browser"}},
    "without a nonce": {"without": ["nonce"]},
    "that has expired": {"claims": {"exp": int(time.time()) - 3600}},
    "that never expires": {"without": ["exp"]},
    "of tomorrow": {"claims": {"iat": int(time.time()) + 86_400}},
    "without a subject": {"without": ["sub"]},
    "whose subject is a number": {"claims": {"sub": 7}},
    "whose subject is too long": {"claims": {"sub": "x" * 300}},
    "signed by an unknown key": {"signed": "by an unknown key"},
    "signed by nobody": {"signed": "by nobody"},
    "signed by the client's secret": {"signed": "by the client's secret"},
    "with somebody else's userinfo": {"userinfo": {"sub": "admin"}},
    "with keys that are none": {"answers": {"/jwks": []}},
    "with no keys": {"answers": {"/jwks": {"keys": []}}},
    "without any": {"answers": {"/oauth2/token": {"access_token": "x", "token_type": "Bearer"}}},
    "in no answer at all": {"answers": {"/oauth2/token": [1, 2]}},
    "in a number": {"answers": {"/oauth2/token": 7}},
    "with a userinfo that is none": {"answers": {"/userinfo": ["sub"]}},
}


@pytest.mark.parametrize("lie", LIES)
def test_it_believes_no_token(office: Office, lie: str) -> None:
    office.provider.tell(m7=staff("roots"))
    office.provider.lie(**LIES[lie])
    visitor = Visitor(office)

    page = visitor.sign_on("m7")

    assert page.status_code == 403, page.text
    assert "What Acme answered can&#x27;t be believed" in page.text
    assert not visitor.is_in()
    assert office.ask(PERSON, "m7") == []


def test_it_believes_a_token_that_is_forged_without_a_lie(office: Office) -> None:
    """Else the tests above would pass whatever is checked."""
    office.provider.tell(m8=staff())
    office.provider.lie(claims={"azp": "netadmin"})
    visitor = Visitor(office)

    visitor.sign_on("m8")

    assert visitor.is_in()


@pytest.mark.parametrize("path", ["/oauth2/token", "/userinfo", "/jwks"])
def test_it_follows_the_provider_nowhere(office: Office, path: str) -> None:
    """A 307 would have it send the client's secret, or whose token it has, wherever it is told."""
    office.provider.tell(m9=staff())
    office.provider.lie(elsewhere={path: f"{office.provider.url}/elsewhere"})
    visitor = Visitor(office)

    page = visitor.sign_on("m9")

    assert (page.status_code, "Acme can&#x27;t be reached now" in page.text) == (503, True)
    assert not visitor.is_in()


@pytest.mark.parametrize("path", ["/oauth2/token", "/userinfo", "/jwks"])
def test_it_says_that_the_provider_is_out_of_order(office: Office, path: str) -> None:
    office.provider.tell(m9=staff())
    office.provider.lie(broken=[path])
    visitor = Visitor(office)

    page = visitor.sign_on("m9")

    assert page.status_code in (403, 503)
    assert "Acme" in page.text
    assert not visitor.is_in()


def test_it_takes_no_answer_that_this_browser_did_not_ask_for(office: Office) -> None:
    """An attacker who sends somebody their own way back would log them in as the attacker."""
    office.provider.tell(m10=staff())
    attacker, victim = Visitor(office), Visitor(office)
    way_back = attacker.come_back(attacker.begin(), "m10")
    victim.begin()

    page = victim.get(way_back)

    assert (page.status_code, "was begun in another browser" in page.text) == (400, True)
    assert not victim.is_in()
    attacker.get(way_back)
    assert attacker.is_in()
    assert attacker.get(way_back).status_code == 400  # good once


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=y", "?error=access_denied", "?error=<b>&error_description=<i>"])
def test_it_shows_nothing_of_what_anybody_can_write_into_an_address(office: Office, query: str) -> None:
    page = Visitor(office).get(f"/accounts/sign-on/callback/{query}")

    assert page.status_code == 400
    assert "<b>" not in page.text
    assert "Acme" in page.text or "begun in another browser" in page.text


def test_it_leads_to_no_other_site_afterwards(office: Office) -> None:
    office.provider.tell(m11=staff())

    page = Visitor(office).sign_on("m11", next="https://evil.example/")

    assert page.url.startswith(office.url)


def test_it_begins_nothing_without_a_form_of_ours(office: Office) -> None:
    visitor = Visitor(office)

    assert visitor.get("/accounts/sign-on/").status_code == 405
    forged = visitor.session.post(f"{office.url}/accounts/sign-on/", headers={"Origin": office.url})
    assert forged.status_code == 403


_READ = """
from networks.views.accounts.sign_on_provider import ProviderTrouble, read_provider
try:
    print("<<", read_provider().origin, ">>")
except ProviderTrouble as trouble:
    print("<<", trouble, ">>")
"""
UNBELIEVED = {
    "another issuer": ({"issuer": "https://login.example"}, "calls itself otherwise than NETADMIN_OIDC_ISSUER says"),
    "the same with a slash": ({"issuer": "{url}/"}, "calls itself otherwise"),
    "no issuer": ({"issuer": None}, "calls itself otherwise"),
    "tokens by plain http": ({"token_endpoint": "http://login.example/token"}, "no https:// address as its token_endpoint"),
    "no place to log in": ({"authorization_endpoint": None}, "no https:// address as its authorization_endpoint"),
    "a script to log in": ({"authorization_endpoint": "javascript:alert(1)"}, "as its authorization_endpoint"),
    "keys by another way": ({"jwks_uri": "file:///etc/passwd"}, "as its jwks_uri"),
    "a log-out by plain http": ({"end_session_endpoint": "http://login.example/"}, "as its end_session_endpoint"),
}


@pytest.mark.sampled(4)  # each starts a process, for what the provider says of itself is kept by the server
@pytest.mark.parametrize("fault", UNBELIEVED)
def test_it_believes_no_provider_that_says_otherwise_than_it_should(office: Office, fault: str) -> None:
    document, words = UNBELIEVED[fault]
    told = {name: value.replace("{url}", office.provider.url) if value else value for name, value in document.items()}
    office.provider.lie(document=told)

    assert words in office.shell(_READ)


@pytest.mark.parametrize("path", ["broken", "html"])
def test_it_says_that_a_provider_says_nothing(office: Office, path: str) -> None:
    place = "/.well-known/openid-configuration"
    office.provider.lie(**({"broken": [place]} if path == "broken" else {"answers": {place: ["issuer"]}}))

    assert ("can't be reached now" if path == "broken" else "calls itself otherwise") in office.shell(_READ)


def test_it_serves_without_its_provider_and_lets_superusers_in(office: Office, tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    settings = dict(office.serving.extra) | {"NETADMIN_OIDC_ISSUER": f"http://127.0.0.1:{free_port()}"}
    with Serving(tmp_path / "data", "unix:///nonexistent/docker.sock", free_port(), extra=tuple(settings.items())) as serving:
        visitor = Visitor(Office(office.provider, serving))

        page = visitor.get("/accounts/login/")
        assert "Acme can&#x27;t be reached now." in page.text
        refused = visitor.post("/accounts/sign-on/")
        assert (refused.status_code, "Acme can&#x27;t be reached now." in refused.text) == (503, True)
        sentences = "SELECT who, kind, sentence FROM networks_action JOIN networks_outcome ON action_id = networks_action.id"
        recorded = visitor.office.ask(f"{sentences} WHERE verb = 'log_in'")
        assert recorded == [("stranger", "refused", "Acme can't be reached now.")]

        visitor.post("/accounts/login/", login="admin", password="a long enough pass phrase")
        assert visitor.is_in()


@pytest.mark.full
def test_it_signs_on_by_tls_where_the_certificate_is_known(office: Office, tmp_path: Path) -> None:
    authority, port = Authority(), free_port()
    (tmp_path / "ca.pem").write_text(authority.pem)
    prepare(tmp_path / "data")
    with ProviderProcess(tmp_path / "provider", free_port(), authority=authority) as provider:
        provider.tell(t1=staff())
        known = (*settings_for(provider), ("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem")))
        admin = tuple((name, value) for name, value in office.serving.extra if name.startswith("NETADMIN_ADMIN"))
        with Serving(tmp_path / "data", "unix:///nonexistent/docker.sock", port, extra=(*known, *admin)) as serving:
            visitor = Visitor(Office(provider, serving))
            visitor.session.verify = str(tmp_path / "ca.pem")
            visitor.sign_on("t1")
            assert visitor.is_in()

            unknown = Office(provider, Serving(tmp_path / "data", serving.docker_host, port, extra=settings_for(provider)))
            assert "Acme can't be reached now." in unknown.shell(_READ)
