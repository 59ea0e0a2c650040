"""Backups that are whole or not there, whatever happens while they are made; and the way back, which looks before it changes."""

from __future__ import annotations

import json
import random
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from networks.management.backups.archive import list_backups
from networks.management.backups.sealed_keys import SecretKeys, WrongPassphrase, open_keys, seal_keys
from tests.conftest import IS_FULL
from tests.faults.small_disk import SmallDisk
from tests.faults.visitor import Visitor
from tests.installed.kept import DATABASE, NOBODY, ask, environment_for, is_whole, lay_current, manage, people_in
from tests.installed.million import fill_records
from tests.management.serving import ROOT, Serving, free_port
from tests.private_engine import unavailable_reason
from tests.released.make import PASSWORD_OF_ALL, PEOPLE, SEALED_WITH

PASSPHRASE = "nobody guesses this one"
KILLS = 20 if IS_FULL else 4
RECORDS = 60_000


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("laid") / "data"
    fill_records(lay_current(data_dir), RECORDS)
    return data_dir


@pytest.fixture
def data_dir(laid: Path, tmp_path: Path) -> Path:
    """Give a data directory with people, Engines and records."""
    shutil.copytree(laid, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def sealed(tmp_path: Path) -> dict[str, str]:
    """Give the setting that names a passphrase."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return {"NETADMIN_BACKUP_PASSPHRASE_FILE": str(tmp_path / "passphrase")}


def back_up(data_dir: Path, folder: Path, **more: str) -> Path:
    done = manage(data_dir, "backup", "--to", str(folder), **more)
    assert done.returncode == 0, done.stderr
    return list_backups(folder)[-1].path


def refusal(data_dir: Path, *words: str, **more: str) -> str:
    """Run a restore that has to be refused, and return what it said."""
    database = data_dir / DATABASE
    before = database.read_bytes() if database.exists() else b""
    done = manage(data_dir, "restore", *words, **more)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert (database.read_bytes() if database.exists() else b"") == before
    return done.stderr


def test_it_restores_on_another_machine_to_a_server_that_works(data_dir: Path, tmp_path: Path, sealed: dict[str, str]) -> None:
    with Serving(data_dir, NOBODY, free_port()) as serving:
        Visitor(f"http://127.0.0.1:{serving.port}").log_in("root", PASSWORD_OF_ALL)
        backup = back_up(data_dir, tmp_path / "backups", **sealed)
    recorded = ask(backup / DATABASE, "SELECT count(*) FROM networks_action")[0][0]

    done = manage(tmp_path / "new", "restore", str(backup), **sealed)

    assert done.returncode == 0, done.stderr
    assert "people: 3" in done.stdout
    path = tmp_path / "new" / DATABASE
    assert not (tmp_path / "new" / "secret_key_fallbacks").read_text(), "what was made for the command is of no use"
    assert (tmp_path / "new" / "secret_key").read_text() == SEALED_WITH
    assert is_whole(path)
    assert ask(path, "SELECT count(*) FROM networks_action")[0][0] == recorded + 1
    assert ask(path, "SELECT verb FROM networks_action ORDER BY id DESC LIMIT 1") == [("restore_backup",)]
    assert ask(path, "SELECT count(*) FROM django_session") == [(0,)]
    with Serving(tmp_path / "new", NOBODY, free_port()) as serving:
        person = Visitor(f"http://127.0.0.1:{serving.port}")
        assert person.log_in("root", PASSWORD_OF_ALL).status == 200
        assert "net0" in person.get("/activity/?who=root").words
        assert "another secret key" not in serving.log()


def test_it_keeps_a_backup_for_its_owner_alone_and_no_key_in_the_clear(
    data_dir: Path, tmp_path: Path, sealed: dict[str, str]
) -> None:
    backup = back_up(data_dir, tmp_path / "backups", **sealed)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (backup.parent, backup, *backup.iterdir())}
    assert modes == {
        "backups": 0o700,
        backup.name: 0o700,
        DATABASE: 0o600,
        "manifest.json": 0o600,
        "secret_key.sealed": 0o600,
    }
    assert all(SEALED_WITH.encode() not in path.read_bytes() for path in backup.iterdir())
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["people"] == len(PEOPLE)
    assert "0027_installation" in manifest["migrations"]["networks"]


def test_it_says_that_the_key_is_not_in_it(data_dir: Path, tmp_path: Path) -> None:
    done = manage(data_dir, "backup", "--to", str(tmp_path / "backups"))

    assert "The secret key isn't in it" in done.stdout
    assert not list((tmp_path / "backups").glob("*/secret_key.sealed"))
    said = refusal(tmp_path / "new", str(list_backups(tmp_path / "backups")[0].path))
    assert "put it into secret_key by hand" in said


@pytest.mark.full
def test_it_refuses_to_restore_beside_a_server(data_dir: Path, tmp_path: Path) -> None:
    backup = back_up(data_dir, tmp_path / "backups")

    with Serving(data_dir, NOBODY, free_port(), extra=(("NETADMIN_FOLLOW", "false"),)):
        said = manage(data_dir, "restore", str(backup))

    assert said.returncode == 1
    assert "Netadmin is running on this data directory: stop it first." in said.stderr


def test_it_refuses_another_key_unless_told_to_take_it(data_dir: Path, tmp_path: Path, sealed: dict[str, str]) -> None:
    backup = back_up(data_dir, tmp_path / "backups", **sealed)
    other = "another-key-" * 6
    (data_dir / "secret_key").write_text(other)
    (tmp_path / "wrong").write_text("not the right passphrase")

    assert "--with-key" in refusal(data_dir, str(backup), **sealed)
    assert "NETADMIN_BACKUP_PASSPHRASE_FILE" in refusal(data_dir, str(backup), "--with-key")
    wrong = {"NETADMIN_BACKUP_PASSPHRASE_FILE": str(tmp_path / "wrong")}
    assert "the passphrase doesn't open it" in refusal(data_dir, str(backup), "--with-key", **wrong)
    assert (data_dir / "secret_key").read_text() == other
    assert manage(data_dir, "restore", str(backup), "--with-key", **sealed).returncode == 0
    assert (data_dir / "secret_key").read_text() == SEALED_WITH
    assert other in (data_dir / "secret_key_fallbacks").read_text().split()


def test_it_refuses_what_is_no_whole_backup_of_a_version_that_it_knows(data_dir: Path, tmp_path: Path) -> None:
    backup = back_up(data_dir, tmp_path / "backups")
    manifest = json.loads((backup / "manifest.json").read_text())

    def change(**members: object) -> str:
        (backup / "manifest.json").write_text(json.dumps(manifest | members))
        return refusal(data_dir, str(backup))

    later = manifest["migrations"] | {"networks": [*manifest["migrations"]["networks"], "9999_later"]}
    assert "made by Netadmin 9.9.0, which is newer than this one, 0.2.0" in change(migrations=later, netadmin="9.9.0")
    assert "another kind, 7" in change(format=7)
    assert "names a file that no backup has" in change(database="../../etc/passwd")
    assert "isn't what its manifest says" in change(sha256="0" * 64)
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with (backup / DATABASE).open("r+b") as copy:
        copy.seek(100_000)
        copy.write(b"\xaa" * 4096)
    assert "The backup is damaged" in refusal(data_dir, str(backup))
    (backup / "manifest.json").write_text("{")
    assert "is no backup" in refusal(data_dir, str(backup))
    assert "is no backup" in refusal(data_dir, str(tmp_path / "nothing"))


@pytest.mark.full
def test_it_leaves_nothing_that_looks_whole_when_it_is_killed(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    began = time.monotonic()
    back_up(data_dir, folder)
    took_s = time.monotonic() - began
    command = [sys.executable, str(ROOT / "manage.py"), "backup", "--to", str(folder)]
    finished = 0

    for _ in range(KILLS):
        run = subprocess.Popen(command, env=environment_for(data_dir), cwd=ROOT, stdout=subprocess.DEVNULL)
        time.sleep(random.uniform(took_s * 0.5, took_s))  # noqa: S311 (most of it is Python's start)
        run.kill()
        finished += run.wait() == 0

    found = list_backups(folder)
    assert len(found) >= 1 + finished
    assert all(is_whole(backup.copy) for backup in found)
    assert {path.name for path in folder.glob("netadmin-*")} == {backup.path.name for backup in found}
    back_up(data_dir, folder)
    assert not list(folder.glob(".unfinished-*"))
    assert is_whole(data_dir / DATABASE)


def test_a_restore_that_is_killed_leaves_one_of_the_two(data_dir: Path, tmp_path: Path) -> None:
    backup = back_up(data_dir, tmp_path / "backups")
    command = [sys.executable, str(ROOT / "manage.py"), "restore", str(backup)]
    ask(data_dir / DATABASE, "INSERT INTO auth_group (name) VALUES ('after the backup')")
    began = time.monotonic()
    assert manage(data_dir, "restore", str(backup)).returncode == 0
    took_s = time.monotonic() - began

    for _ in range(KILLS):
        run = subprocess.Popen(command, env=environment_for(data_dir), cwd=ROOT, stdout=subprocess.DEVNULL)
        time.sleep(random.uniform(took_s * 0.4, took_s))  # noqa: S311
        run.kill()
        run.wait()

        assert is_whole(data_dir / DATABASE)
        assert ask(data_dir / DATABASE, "SELECT count(*) FROM networks_action")[0][0] >= RECORDS  # type: ignore[operator]
        assert people_in(data_dir / DATABASE) == sorted(PEOPLE)
    assert manage(data_dir, "snapshot", "--engine", "far").returncode == 0


@pytest.mark.skipif(unavailable_reason() is not None, reason="mounts a disk, which needs root")
def test_it_says_that_the_disk_is_full_and_leaves_nothing(data_dir: Path) -> None:
    with SmallDisk(8) as disk:
        done = manage(data_dir, "backup", "--to", str(disk.path / "backups"))

        assert done.returncode == 1
        assert "No backup was made: database or disk is full." in done.stderr
        assert [path.name for path in (disk.path / "backups").iterdir()] == [".lock"]


def test_it_makes_one_beside_the_server(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nightly"
    with Serving(data_dir, NOBODY, free_port(), extra=(("NETADMIN_BACKUP_DIR", str(folder)),)) as serving:
        deadline = time.monotonic() + 60
        while not list_backups(folder) and time.monotonic() < deadline:
            time.sleep(0.2)

        assert len(list_backups(folder)) == 1
        assert "backup_made" in serving.log()


def test_a_passphrase_opens_its_own_backup_alone() -> None:
    keys = SecretKeys("k" * 60, ("older",))
    document = seal_keys(keys, PASSPHRASE, "this one")

    assert open_keys(document, PASSPHRASE, "this one") == keys
    assert "kkk" not in document
    for wrong, about, text in (
        ("another passphrase", "this one", document),
        (PASSPHRASE, "another one", document),
        (PASSPHRASE, "this one", document.replace('"n": 131072', '"n": 1099511627776')),
        (PASSPHRASE, "this one", document[:50]),
        (PASSPHRASE, "this one", "[]"),
    ):
        with pytest.raises(WrongPassphrase):
            open_keys(text, wrong, about)
