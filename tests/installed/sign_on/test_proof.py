"""Proving at the provider, once more, that it is still the same person who sits there."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.installed.sign_on.signing_on import Office, Visitor, staff


def test_it_asks_the_provider_before_what_gives_power(office: Office) -> None:
    office.provider.tell(m13=staff("roots", preferred_username="rita"))
    visitor = Visitor(office)
    visitor.sign_on("m13")

    page = visitor.get("/people/create/")
    assert urlsplit(page.url).path == "/accounts/sign-on/again/"
    assert "Create an account" in page.text

    place = visitor.begin("/accounts/sign-on/again/", "/accounts/sign-on/again/", next="/people/create/")
    assert (visitor.asked_provider["prompt"], visitor.asked_provider["max_age"]) == ("login", "0")
    page = visitor.get(visitor.come_back(place, "m13"))
    assert (page.status_code, urlsplit(page.url).path) == (200, "/people/create/")


def test_it_does_what_waited_for_the_proof(office: Office) -> None:
    office.provider.tell(m14=staff("roots", preferred_username="rosa"), m15=staff(preferred_username="paul"))
    Visitor(office).sign_on("m15")
    number = office.ask("SELECT user_id FROM networks_signonidentity WHERE subject = 'm15'")[0][0]
    visitor = Visitor(office)
    visitor.sign_on("m14")

    held = visitor.post(f"/people/{number}/deactivate/", page=f"/people/{number}/")
    visitor.get(held.headers["Location"])
    way = f"/people/{number}/deactivate/"
    place = visitor.begin("/accounts/sign-on/again/", "/accounts/sign-on/again/", next=way)
    visitor.get(visitor.come_back(place, "m14"))

    assert office.ask("SELECT is_active FROM auth_user WHERE id = ?", number) == [(False,)]
    refused = Visitor(office).sign_on("m15")
    assert (refused.status_code, "This account is switched off" in refused.text) == (403, True)


def test_it_does_nothing_that_waited_for_whom_a_group_no_longer_gives_the_right(office: Office) -> None:
    office.provider.tell(m18=staff("roots", preferred_username="rolf"), m19=staff(preferred_username="pia"))
    Visitor(office).sign_on("m19")
    number = office.ask("SELECT user_id FROM networks_signonidentity WHERE subject = 'm19'")[0][0]
    visitor = Visitor(office)
    visitor.sign_on("m18")
    way = f"/admin/auth/user/{number}/delete/"

    held = visitor.post(way, page="/", post="yes")
    visitor.get(held.headers["Location"])
    place = visitor.begin("/accounts/sign-on/again/", "/accounts/sign-on/again/", next=way)
    office.provider.tell(m18=staff(preferred_username="rolf"))  # out of the group meanwhile
    page = visitor.get(visitor.come_back(place, "m18"))

    assert urlsplit(page.url).path != way
    assert office.ask("SELECT count(*) FROM auth_user WHERE id = ?", number) == [(1,)]


PROOFS: dict[str, tuple[str, dict[str, Any], str]] = {
    "by somebody else": ("m17", {}, "as somebody else"),
    "of an hour ago": ("m16", {"claims": {"auth_time": int(time.time()) - 3600}}, "(auth_time)"),
    "that says no time": ("m16", {"without": ["auth_time"]}, "(auth_time)"),
}


@pytest.mark.parametrize("proof", PROOFS)
def test_it_takes_no_such_proof(office: Office, proof: str) -> None:
    subject, lies, words = PROOFS[proof]
    office.provider.tell(m16=staff("roots", preferred_username="ruth"), m17=staff("roots", preferred_username="sven"))
    visitor = Visitor(office)
    visitor.sign_on("m16")
    place = visitor.begin("/accounts/sign-on/again/", "/accounts/sign-on/again/", next="/people/create/")
    office.provider.lie(**lies)

    page = visitor.get(visitor.come_back(place, subject))

    assert (page.status_code, words in page.text) == (403, True)
    assert urlsplit(visitor.get("/people/create/").url).path == "/accounts/sign-on/again/"
