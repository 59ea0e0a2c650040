"""What the settings of sign-on say: issuers that are believed, groups that are roles."""

from __future__ import annotations

import pytest

from networks.models import Role
from networks.policy.sign_on_rules import (
    ROLES_BY_STRENGTH,
    GroupRole,
    is_private_url,
    makes_superuser,
    read_group_role,
    read_issuer,
    roles_of,
)


def test_it_knows_the_roles_that_there_are() -> None:
    assert list(ROLES_BY_STRENGTH) == Role.values


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example.org",
        "https://login.example.org:8443/realms/acme",
        "https://login.example.org/application/o/netadmin/",
        "http://localhost:9400",
        "http://127.0.0.1:9400",
        "http://[::1]:9400/x",
    ],
)
def test_it_believes_an_issuer_that_nobody_can_stand_in_for(issuer: str) -> None:
    assert read_issuer(issuer) == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.org",
        "http://192.0.2.7",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://2130706433",
        "login.example.org",
        "ftp://login.example.org",
        "https://",
        "https://[::1",
        "https://login.example.org:99999",
        "https://a@login.example.org",
        "https://login.example.org;script-src *",
        "https://login.example.org script-src/",
        "https://login.example.org'/",
    ],
)
def test_it_refuses_an_issuer_that_anybody_could_stand_in_for(issuer: str) -> None:
    with pytest.raises(ValueError, match=r"no https:// URL|Invalid IPv6|out of range"):
        read_issuer(issuer)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example.org?x=1",
        "https://login.example.org/#x",
        f"https://e.org/{'x' * 250}",
    ],
)
def test_it_refuses_what_no_issuer_has(issuer: str) -> None:
    with pytest.raises(ValueError, match="is no issuer"):
        read_issuer(issuer)


@pytest.mark.parametrize(
    "told", [None, 7, ["https://a.example"], "", "//a.example", "https://[x", "http://a.example", "https://a;b/x"]
)
def test_it_takes_nothing_else_for_an_address(told: object) -> None:
    assert not is_private_url(told)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ops=admin@*", GroupRole("ops", "admin", "*")),
        ("dev = operator @ local", GroupRole("dev", "operator", "local")),
        ("/acme/ops=viewer@edge-1", GroupRole("/acme/ops", "viewer", "edge-1")),
        ("cn=ops=viewer@*", GroupRole("cn=ops", "viewer", "*")),
        ("a@b.example=admin@*", GroupRole("a@b.example", "admin", "*")),
        ("root=superuser", GroupRole("root", "superuser")),
    ],
)
def test_it_reads_which_group_is_which_role(text: str, rule: GroupRole) -> None:
    assert read_group_role(text) == rule


@pytest.mark.parametrize(
    "text", ["ops", "ops=", "ops=admin", "=admin@*", "ops=root@*", "ops=superuser@*", "ops=admin@", "ops@admin"]
)
def test_it_refuses_what_is_no_such_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"GROUP=ROLE@ENGINE"):
        read_group_role(text)


def test_it_gives_the_strongest_of_several_roles_on_each_engine() -> None:
    rules = [read_group_role(text) for text in ("staff=viewer@*", "dev=operator@local", "ops=admin@edge", "root=superuser")]
    engines = ("local", "edge", "far")

    assert roles_of({"staff", "dev", "ops", "root"}, rules, engines) == {"local": "operator", "edge": "admin", "far": "viewer"}
    assert roles_of({"dev"}, rules, engines) == {"local": "operator"}
    assert roles_of({"dev"}, rules, ("edge",)) == {}
    assert roles_of({"Staff", "sta", ""}, rules, engines) == {}
    assert roles_of(frozenset(), rules, engines) == {}


def test_it_makes_a_superuser_by_group_only() -> None:
    rules = [read_group_role("ops=admin@*"), read_group_role("root=superuser")]

    assert makes_superuser({"root"}, rules)
    assert not makes_superuser({"ops", "ROOT", "superuser"}, rules)
