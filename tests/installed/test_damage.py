"""Eight kinds of damage, each said in a sentence of its own; the snapshot mends itself, people and records are saved."""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.test_disk import AS_ANYBODY
from tests.faults.visitor import Visitor
from tests.installed.kept import (
    DATABASE,
    NOBODY,
    ask,
    cut_in_half,
    damage_header,
    damage_table,
    fold_log,
    is_whole,
    lay_current,
    manage,
    people_in,
)
from tests.management.serving import Serving, free_port
from tests.patience import within
from tests.private_engine import PrivateEngine, unavailable_reason, wait_until
from tests.released.make import PASSWORD_OF_ALL, PEOPLE

CURES = ("manage.py restore", "manage.py salvage")
needs_root = pytest.mark.skipif(unavailable_reason() is not None, reason="gives a file to somebody else, which needs root")


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("laid") / "data"
    fold_log(lay_current(data_dir))
    return data_dir


@pytest.fixture
def path(laid: Path, tmp_path: Path) -> Path:
    """Give the database of a data directory that a server has worked on."""
    shutil.copytree(laid, tmp_path / "data")
    return tmp_path / "data" / DATABASE


def refused_start(path: Path, *, launch: tuple[str, ...] = ()) -> str:
    """Start a server that has to give up, and return what it said."""
    serving = Serving(path.parent, NOBODY, free_port(), launch=launch).start()
    wait_until(serving.has_ended, "the server to give up", deadline_s=60)
    assert serving.process is not None
    assert serving.process.returncode == 1, serving.log()
    assert "Traceback" not in serving.log()
    return serving.log()


def serving_anew(path: Path) -> Serving:
    """Return a server that hasn't said anything yet."""
    serving = Serving(path.parent, NOBODY, free_port())
    serving.log_path.unlink(missing_ok=True)
    return serving


def ready(serving: Serving) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/readyz", timeout=10) as answer:
            return int(answer.status), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_header, "it doesn't begin as a database does"),
        (lambda path: damage_table(path, "django_migrations"), "is damaged inside, in django_migrations"),
        (cut_in_half, "is cut short"),
    ],
    ids=["header", "migrations", "cut"],
)
def test_it_does_not_start_on_a_damaged_file_and_says_what_helps(path: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(path)
    before = path.read_bytes()

    log = refused_start(path)
    command = manage(path.parent, "snapshot")

    assert said in log
    assert all(cure in log for cure in CURES)
    assert command.returncode == 1
    assert said in command.stderr
    assert "Traceback" not in command.stderr
    assert path.read_bytes() == before


def test_it_makes_the_snapshot_anew_at_a_start_and_keeps_people(path: Path) -> None:
    damage_table(path, "networks_container")

    with Serving(path.parent, NOBODY, free_port()) as serving:
        assert ready(serving)[0] == 200
        assert "snapshot_rebuilt" in serving.log()

    assert people_in(path) == sorted(PEOPLE)
    assert ask(path, "SELECT count(*) FROM networks_container") == [(0,)]
    assert ask(path, "SELECT count(*) FROM networks_action")[0][0] >= 3


def test_it_makes_the_snapshot_anew_while_it_serves(engine: PrivateEngine, path: Path) -> None:
    with Serving(path.parent, engine.url, free_port()) as serving:
        person = Visitor(f"http://127.0.0.1:{serving.port}")
        person.log_in("root", PASSWORD_OF_ALL)
        wait_until(lambda: person.get("/engines/local/").state == "live", "live")
        engine.cli("network", "create", "before")
        wait_until(lambda: "before" in person.get("/networks/?engine=local").words, "what was before")
        fold_log(path)
        unseen = ask(path, "SELECT docker_id FROM networks_network WHERE name = 'before'")[0][0]
        damage_table(path, "networks_network")
        ask(path, "UPDATE auth_group SET name = name")  # whoever still has the page in memory reads it again

        page = person.get(f"/networks/local/{unseen}/")
        told = ready(serving)
        wait_until(lambda: ready(serving)[0] == 200, "ready again", deadline_s=within(30.0), interval_s=0.1)
        wait_until(lambda: "before" in person.get("/networks/?engine=local").words, "all of it again", deadline_s=within(30.0))

        assert (page.status, "Netadmin's database is damaged." in page.words) == (503, True)
        assert "rebuilt by itself" in page.words
        assert told == (503, {"ready": False, "database": "damaged"})
        engine.cli("network", "create", "after")
        wait_until(lambda: "after" in person.get("/networks/?engine=local").words, "what comes after")
        assert "snapshot_rebuilt" in serving.log()
    assert people_in(path) == sorted(PEOPLE)


@pytest.mark.full
def test_it_leaves_mending_to_the_process_that_follows(engine: PrivateEngine, path: Path) -> None:
    beside = Serving(path.parent, engine.url, free_port(), extra=(("NETADMIN_FOLLOW", "false"),))
    with Serving(path.parent, engine.url, free_port()), beside:
        wait_until(lambda: beside.get("/healthz") == 200, "the other server")
        person = Visitor(f"http://127.0.0.1:{beside.port}")
        person.log_in("root", PASSWORD_OF_ALL)
        engine.cli("network", "create", "before")
        wait_until(lambda: "before" in person.get("/networks/?engine=local").words, "what was before")
        fold_log(path)
        unseen = ask(path, "SELECT docker_id FROM networks_network WHERE name = 'before'")[0][0]
        damage_table(path, "networks_network")
        ask(path, "UPDATE auth_group SET name = name")

        assert person.get(f"/networks/local/{unseen}/").status == 503
        assert ready(beside)[0] == 503
        wait_until(lambda: ready(beside)[0] == 200, "ready again", deadline_s=within(150.0), interval_s=1.0)
        wait_until(lambda: person.get(f"/networks/local/{unseen}/").status == 200, "its page")
        assert beside.log().count("snapshot_rebuilt") == 1


def test_it_says_on_the_page_and_in_readyz_that_records_are_hit_and_saves_the_rest(path: Path) -> None:
    damage_table(path, "networks_action")
    with Serving(path.parent, NOBODY, free_port()) as serving:
        person = Visitor(f"http://127.0.0.1:{serving.port}")
        person.log_in("root", PASSWORD_OF_ALL)
        page = person.get("/activity/")
        wait_until(lambda: ready(serving)[0] == 503, "to be told")
        beside = manage(path.parent, "salvage")

        assert (page.status, "docs/operations.md" in page.words) == (503, True)
        assert beside.returncode == 1
        assert "stop it first" in beside.stderr

    done = manage(path.parent, "salvage")

    assert done.returncode == 0, done.stderr
    assert "3 people" in done.stdout
    assert "0 actions" in done.stdout
    assert "3 outcomes" in done.stdout
    assert is_whole(path)
    assert people_in(path) == sorted(PEOPLE)
    assert ask(path, "SELECT verb FROM networks_action") == [("salvage_database",)]


@pytest.mark.parametrize(
    "damage",
    [
        damage_header,
        pytest.param(cut_in_half, marks=pytest.mark.full),
        pytest.param(lambda path: damage_table(path, "django_migrations"), marks=pytest.mark.full),
    ],
)
def test_it_saves_what_can_be_read_into_a_database_that_serves(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)

    done = manage(path.parent, "salvage")

    assert done.returncode == 0, done.stderr
    assert is_whole(path)
    assert len(list(path.parent.glob(f"{DATABASE}.damaged-*"))) == 1
    assert not list(path.parent.glob("salvage.*"))
    with Serving(path.parent, NOBODY, free_port()) as serving:
        assert ready(serving)[0] == 200
    if damage is not cut_in_half:  # of what was cut off nothing can be promised
        assert people_in(path) == sorted(PEOPLE)
        assert ask(path, "SELECT count(*) FROM networks_grant") == [(3,)]


def test_it_changes_nothing_where_nothing_can_be_told_apart(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xaa" * 4096)  # the list of tables
    before = path.read_bytes()

    done = manage(path.parent, "salvage")

    assert done.returncode == 1
    assert "the list of its tables is lost" in done.stderr
    assert path.read_bytes() == before
    assert not list(path.parent.glob(f"{DATABASE}.*"))


@pytest.mark.parametrize("how", ["emptied", pytest.param("deleted", marks=pytest.mark.full)])
def test_it_does_not_begin_anew_where_there_was_a_database(path: Path, how: str) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if how == "emptied":
        path.touch()

    log = refused_start(path)

    assert "is empty, or was deleted, and there was one: database.made says so" in log
    assert "manage.py restore" in log
    (path.parent / "database.made").unlink()
    with Serving(path.parent, NOBODY, free_port()) as serving:
        assert serving.token()


def test_it_names_both_versions_before_a_newer_database(path: Path) -> None:
    ask(path, "INSERT INTO django_migrations (app, name, applied) VALUES ('networks', '9999_later', '2030-01-01')")
    ask(path, "UPDATE networks_installation SET version = '9.9.0'")
    fold_log(path)
    before = path.read_bytes()

    log = refused_start(path)

    assert "The database is newer than this Netadmin, 0.2.0" in log
    assert "Netadmin 9.9.0 has brought its tables up to date (networks.9999_later)" in log
    assert path.read_bytes() == before


def test_it_says_that_the_secret_key_changed_until_somebody_settles_it(path: Path) -> None:
    with Serving(path.parent, NOBODY, free_port()):
        pass
    key = path.parent / "secret_key"
    former = key.read_text()
    key.write_text("another-key-" * 6)
    with serving_anew(path) as serving:
        assert "isn't the one that this database was sealed with" in serving.log()
        assert ready(serving)[1]["troubles"] == ["another secret key"]
    key.write_text(former)
    with serving_anew(path) as serving:
        assert "troubles" not in ready(serving)[1]
    key.write_text("another-key-" * 6)

    assert manage(path.parent, "rotate_key").returncode == 0
    with serving_anew(path) as serving:
        assert "troubles" not in ready(serving)[1]


@needs_root
@pytest.mark.parametrize("mode", [0o600, 0o644], ids=["unreadable", "unwritable"])
def test_it_says_whose_a_file_is_that_is_not_ours(path: Path, mode: int) -> None:
    path.chmod(mode)
    os.chown(path, 65534, 65534)
    if mode == 0o644:  # without the right to make the log
        path.parent.chmod(0o755)
        os.chown(path.parent, 65534, 65534)

    log = refused_start(path, launch=AS_ANYBODY)

    assert "(65534), and Netadmin runs as root (0): chown -R 0 " in log
