"""The secret key rotated, what it seals bound to its row, sessions bounded, the admin site reached from named places alone."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.core.signing import dumps, loads
from django.test import Client

from netadmin.private_files import read_or_make_secret_key, read_secret_key_fallbacks
from networks.engine.access.facts import AccessFault, EngineAccess, SshMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.models import Action, BrowserSession, Engine
from networks.models.access import EngineCredentials, access_of, keep_credentials, reseal_credentials
from networks.models.sealing import Unsealable, is_bound, open_for, open_loose, seal_for, seal_loose
from networks.policy.login.two_factor import PURPOSE, TwoFactorAdapter
from networks.sync.follow.lease import FileLease
from tests.builders import make_engine

KEYS = ("k" * 60, "l" * 60)
pytestmark = pytest.mark.django_db


@pytest.fixture
def data_dir(tmp_path: Path, settings: object) -> Path:
    """Have a data directory with a key that this process uses."""
    settings.NETADMIN_DATA_DIR, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = tmp_path, KEYS[0], []  # type: ignore[attr-defined]
    (tmp_path / "secret_key").write_text(KEYS[0])
    return tmp_path


def make_remote(slug: str = "far") -> Engine:
    engine = make_engine(slug)
    engine.url = f"ssh://root@{slug}.example"
    engine.save()
    access = EngineAccess(parse_engine_url(engine.url), ssh=SshMaterial(f"key of {slug}", "host key"))
    keep_credentials(engine, access)
    return engine


def test_it_rotates_the_key_and_everything_opens_as_before(data_dir: Path, settings: object) -> None:
    engine = make_remote()
    user = User.objects.create_user("ann")
    adapter = TwoFactorAdapter()
    step = Authenticator.objects.create(user=user, type="totp", data={"secret": adapter.encrypt("JBSWY3DP")})
    codes = Authenticator.objects.create(
        user=user, type="recovery_codes", data={"migrated_codes": [adapter.encrypt("12345678")], "used_mask": 0}
    )
    signed = dumps("in", salt="session")

    call_command("rotate_key")

    new, old = read_or_make_secret_key(data_dir), read_secret_key_fallbacks(data_dir, ())
    assert new != KEYS[0]
    assert old == [KEYS[0]]
    assert all((data_dir / name).stat().st_mode & 0o777 == 0o600 for name in ("secret_key", "secret_key_fallbacks"))
    assert loads(signed, salt="session") == "in"  # who is logged in stays so
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]  # the new key alone opens all of it
    ssh = access_of(engine).ssh
    assert ssh is not None
    assert ssh.key == "key of far"
    step.refresh_from_db()
    codes.refresh_from_db()
    assert adapter.decrypt(step.data["secret"]) == "JBSWY3DP"
    assert [adapter.decrypt(each) for each in codes.data["migrated_codes"]] == ["12345678"]
    assert Action.objects.get().verb == "rotate_key"


def test_it_forgets_old_keys_when_told_to(data_dir: Path) -> None:
    engine = make_remote()
    call_command("rotate_key")
    call_command("rotate_key")
    assert len(read_secret_key_fallbacks(data_dir, ())) == 2

    call_command("rotate_key", forget_old=True)

    assert read_secret_key_fallbacks(data_dir, ()) == []
    assert access_of(engine).ssh is not None
    with pytest.raises(CommandError, match="no old keys"):
        call_command("rotate_key", forget_old=True)


def test_it_rotates_no_key_that_several_servers_share(settings: Any, tmp_path: Path) -> None:
    settings.NETADMIN_SECRET_KEY_FILE = str(tmp_path / "key")

    with pytest.raises(CommandError, match="comes from NETADMIN_SECRET_KEY_FILE"):
        call_command("rotate_key")


def test_it_rotates_nothing_beside_a_server_that_runs(data_dir: Path) -> None:
    make_remote()
    lease = FileLease(data_dir, "follower-far")
    assert lease.take()
    try:
        with pytest.raises(CommandError, match="stop it first"):
            call_command("rotate_key")
    finally:
        lease.give_back()
    assert (data_dir / "secret_key").read_text() == KEYS[0]


def test_it_takes_older_keys_from_the_environment_too(data_dir: Path) -> None:
    (data_dir / "secret_key_fallbacks").write_text("m" * 60)

    assert read_secret_key_fallbacks(data_dir, [KEYS[1]]) == [KEYS[1], "m" * 60]


def test_credentials_open_in_their_own_row_alone(data_dir: Path) -> None:
    far, near = make_remote("far"), make_remote("near")
    of_far = EngineCredentials.objects.get(engine=far).sealed
    EngineCredentials.objects.filter(engine=near).update(sealed=of_far)

    with pytest.raises(AccessFault, match="can't be opened"):
        access_of(near)
    assert access_of(far).ssh is not None
    for wrong in ("", "v2:", "v2:!!", of_far[:-4], of_far[:-6] + "AAAA=="):
        with pytest.raises(Unsealable):
            open_for(wrong, "engine credentials", f"engine {far.pk}")


def test_it_binds_what_an_older_version_sealed(data_dir: Path) -> None:
    far = make_remote()
    text = open_for(EngineCredentials.objects.get().sealed, "engine credentials", f"engine {far.pk}")
    EngineCredentials.objects.update(sealed=seal_loose(text, "engine credentials"))
    assert access_of(far).ssh is not None

    assert reseal_credentials(only_loose=True) == 1
    assert is_bound(EngineCredentials.objects.get().sealed)
    assert access_of(far).ssh is not None
    assert reseal_credentials(only_loose=True) == 0


def test_it_leaves_what_no_key_opens(data_dir: Path) -> None:
    make_remote()
    EngineCredentials.objects.update(sealed="gAAAAA-of-another-key")

    assert reseal_credentials() == 0
    assert EngineCredentials.objects.get().sealed == "gAAAAA-of-another-key"


def test_a_purpose_opens_no_other() -> None:
    with pytest.raises(Unsealable):
        open_loose(seal_loose("x", PURPOSE), "engine credentials")
    with pytest.raises(Unsealable):
        open_for(seal_for("x", PURPOSE, "1"), "engine credentials", "1")


def test_one_person_has_so_many_sessions_and_no_more(settings: object) -> None:
    settings.NETADMIN_MOST_SESSIONS = 3  # type: ignore[attr-defined]
    User.objects.create_superuser("ann", password="x")
    User.objects.create_superuser("bob", password="x")
    browsers = [Client() for _ in range(5)]

    for browser in browsers:
        assert browser.login(username="ann", password="x")
    other = Client()
    other.login(username="bob", password="x")

    assert [browser.get("/accounts/sessions/").status_code for browser in browsers] == [302, 302, 200, 200, 200]
    assert other.get("/accounts/sessions/").status_code == 200
    assert BrowserSession.objects.filter(user__username="ann").count() == 3


@pytest.mark.parametrize(
    ("address", "is_open"),
    [("192.0.2.7", True), ("192.0.3.7", False), ("2001:db8::7", True), ("2001:db9::7", False), ("", False), ("nonsense", False)],
)
def test_the_admin_site_is_there_for_named_places_alone(settings: object, address: str, is_open: bool) -> None:
    settings.NETADMIN_ADMIN_FROM = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]  # type: ignore[attr-defined]
    browser = Client(REMOTE_ADDR=address)
    browser.force_login(User.objects.create_superuser("ann", password="x"))

    found = {path: browser.get(path).status_code for path in ("/admin/", "/admin/networks/engine/", "/accounts/sessions/")}

    there = 200 if is_open else 404
    assert found == {"/admin/": there, "/admin/networks/engine/": there, "/accounts/sessions/": 200}
    assert Client(REMOTE_ADDR=address).get("/admin/").status_code == (302 if is_open else 404)


def test_the_settings_know_all_of_it() -> None:
    assert django_settings.NETADMIN_MOST_SESSIONS == 20
    assert frozenset() == django_settings.NETADMIN_SECOND_STEP_FOR
