"""What the settings of sign-on may say, and what ends the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from netadmin import env
from netadmin.env import read_configuration
from netadmin.sign_on import read_sign_on
from networks.policy.sign_on_rules import GroupRole, SignOn

WANTED = {"NETADMIN_OIDC_ISSUER": "https://login.example/realms/acme", "NETADMIN_OIDC_CLIENT_ID": "netadmin"}


@pytest.fixture(autouse=True)
def no_file_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env.env.ENVIRON, "files_cache", {})


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> SignOn | None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_sign_on(read_configuration())


def test_it_has_no_sign_on_unless_it_is_told() -> None:
    assert read_sign_on(read_configuration()) is None


def test_it_reads_where_people_sign_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    more = {
        "NETADMIN_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "NETADMIN_OIDC_NAME": "Acme",
        "NETADMIN_OIDC_GROUPS_CLAIM": "realm_access.roles",
        "NETADMIN_OIDC_ADMIT": "staff, ops",
        "NETADMIN_OIDC_ROLES": "ops=admin@*, root=superuser",
        "NETADMIN_OIDC_LOCAL_LOGIN": "superusers",
    }

    found = read(monkeypatch, **WANTED, **more)

    roles = (GroupRole("ops", "admin", "*"), GroupRole("root", "superuser"))
    issuer, groups = "https://login.example/realms/acme", frozenset({"staff", "ops"})
    assert found == SignOn(issuer, "netadmin", "s3cret", "Acme", "realm_access.roles", groups, roles, True)
    assert "s3cret" not in repr(found)


def test_it_calls_a_provider_by_its_host_and_lets_nobody_new_in(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, **WANTED)

    assert found == SignOn(WANTED["NETADMIN_OIDC_ISSUER"], "netadmin", "", "login.example", "groups", frozenset(), (), False)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"NETADMIN_OIDC_ISSUER": "http://login.example"}, "NETADMIN_OIDC_ISSUER: .* is no https:// URL"),
        ({"NETADMIN_OIDC_ISSUER": "https://login.example/?realm=acme"}, "NETADMIN_OIDC_ISSUER: .* is no issuer"),
        ({"NETADMIN_OIDC_ISSUER": "https://[::1"}, "NETADMIN_OIDC_ISSUER"),
        ({"NETADMIN_OIDC_CLIENT_ID": " "}, "NETADMIN_OIDC_CLIENT_ID"),
        ({"NETADMIN_OIDC_GROUPS_CLAIM": ""}, "NETADMIN_OIDC_GROUPS_CLAIM"),
        ({"NETADMIN_OIDC_ROLES": "ops=admin@*,dev=root@local"}, "NETADMIN_OIDC_ROLES: 'dev=root@local' is neither"),
        ({"NETADMIN_OIDC_LOCAL_LOGIN": "nobody"}, "none of everybody, superusers"),
        ({"NETADMIN_OIDC_CLIENT_SECRET_FILE": "/nowhere/secret"}, "/nowhere/secret can't be read: No such file"),
        ({"NETADMIN_OIDC_CLIENT_SECRET_FILE": "/dev/null"}, "is empty"),
        ({"NETADMIN_OIDC_CLIENT_SECRET": "s3cret"}, "NETADMIN_OIDC_CLIENT_SECRET isn't read"),
    ],
)
def test_it_says_what_makes_no_sense(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read(monkeypatch, **WANTED | variables)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CLIENT_ID", "netadmin"), ("ADMIT", "staff"), ("ROLES", "ops=admin@*"), ("LOCAL_LOGIN", "superusers")],
)
def test_it_takes_no_setting_that_means_nothing(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"NETADMIN_OIDC_{name} means nothing without NETADMIN_OIDC_ISSUER"):
        read(monkeypatch, **{f"NETADMIN_OIDC_{name}": value})
