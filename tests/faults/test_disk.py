"""The disk of the database is full, read-only or locked, or nobody reads the log: pages come up, changes are refused in words."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.faults.small_disk import SmallDisk
from tests.faults.visitor import LONGEST_S, Seen, Visitor
from tests.leftovers import reap_leftovers
from tests.management.serving import ROOT, Serving, free_port
from tests.patience import within
from tests.prepared import prepare
from tests.private_engine import PrivateEngine, unavailable_reason, wait_until

ADMIN, PASSWORD = "admin", "a long enough pass phrase"
READING = ("/", "/networks/", "/containers/", "/events/", "/engines/local/", "/networks/local/create/")
FULL = "The disk that holds Netadmin's database is full."
LOCKED_S = 30.0 if IS_FULL else 4.0
BACK_WITHIN_S = within(10.0)
NOBODY = "unix:///nonexistent/docker.sock"
# Root writes what it may not, unless it gives up the right to.
AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")

needs_root = pytest.mark.skipif(unavailable_reason() is not None, reason="mounts a disk, which needs root")


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with SmallDisk() as made:
        yield made


@pytest.fixture(scope="module")
def served_disk(
    shared_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SmallDisk, Serving, Visitor]]:
    """Give one process that serves from a small disk."""
    shared_engine.empty()
    with SmallDisk() as made, served(made.path, shared_engine.url, tmp_path_factory.mktemp("served")) as (serving, person):
        yield made, serving, person


@contextmanager
def served(data_dir: Path, docker_host: str, folder: Path, *, launch: tuple[str, ...] = ()) -> Iterator[tuple[Serving, Visitor]]:
    """Serve from this data directory, with an admin who is logged in; live, where there is an Engine."""
    prepare(data_dir)
    (folder / "password").write_text(PASSWORD)
    first_admin = (("NETADMIN_ADMIN_USERNAME", ADMIN), ("NETADMIN_ADMIN_PASSWORD_FILE", str(folder / "password")))
    with Serving(data_dir, docker_host, free_port(), launch=launch, extra=first_admin) as serving:
        person = Visitor(f"http://127.0.0.1:{serving.port}")
        assert person.log_in(ADMIN, PASSWORD).status == 200
        if docker_host != NOBODY:
            wait_until(lambda: person.get("/").state == "live", "live", interval_s=0.1)
        yield serving, person


def create(person: Visitor, name: str) -> Seen:
    return person.post("/networks/local/create/", {"name": name, "driver": "bridge", "do": "create"})


def fold_log(data_dir: Path) -> None:
    """Have SQLite empty its log, so that the next write needs room."""
    with closing(sqlite3.connect(data_dir / "netadmin.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def names(engine: PrivateEngine) -> set[str]:
    return set(engine.cli("network", "ls", "--format", "{{.Name}}").splitlines())


def assert_readable(person: Visitor) -> None:
    for path in READING:
        seen = person.get(path)
        assert seen.status == 200, (path, seen.words)
        assert seen.took_s <= LONGEST_S, path


def assert_refused(seen: Seen, why: str) -> None:
    assert seen.status == 409, seen.words[:1000]
    assert seen.took_s <= LONGEST_S
    assert why in seen.words
    assert "The request was not sent" in seen.words


def test_it_reads_on_a_full_disk_and_goes_on_by_itself_when_there_is_room(
    shared_engine: PrivateEngine, served_disk: tuple[SmallDisk, Serving, Visitor]
) -> None:
    engine, (disk, serving, admin) = shared_engine, served_disk
    assert create(admin, "before").status == 200
    fold_log(disk.path)
    disk.fill()
    wait_until(lambda: admin.get("/").state == "stale", "the chip to tell", deadline_s=20, interval_s=0.2)

    assert_readable(admin)
    page = admin.get("/networks/")
    assert "before" in page.words
    assert FULL in page.words
    assert_refused(create(admin, "never"), FULL)
    assert serving.get("/healthz") == serving.get("/readyz") == 200
    stranger = Visitor(f"http://127.0.0.1:{serving.port}").log_in(ADMIN, PASSWORD)
    assert (stranger.status, FULL in stranger.words) == (503, True)
    engine.cli("network", "create", "meanwhile")
    disk.make_room()

    wait_until(lambda: admin.get("/").state == "live", "live by itself", deadline_s=BACK_WITHIN_S, interval_s=0.1)
    wait_until(lambda: "meanwhile" in admin.get("/networks/").words, "what happened", interval_s=0.1)
    assert create(admin, "after").status == 200
    assert {"before", "meanwhile", "after"} <= names(engine)
    assert "never" not in names(engine)
    assert serving.log().count("follower_cannot_write") <= 3, "said once, not every second"


def test_it_waits_for_no_lock_and_goes_on_when_it_is_gone(
    shared_engine: PrivateEngine, served_disk: tuple[SmallDisk, Serving, Visitor]
) -> None:
    disk, _serving, admin = served_disk
    with closing(sqlite3.connect(disk.path / "netadmin.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        until = time.monotonic() + LOCKED_S
        assert_readable(admin)
        assert_refused(create(admin, "never"), "Another program keeps Netadmin's database locked.")
        while time.monotonic() < until:
            assert admin.get("/networks/").took_s <= LONGEST_S
            time.sleep(0.5)
        if IS_FULL:
            assert admin.get("/").state == "stale"
        other.execute("ROLLBACK")

    wait_until(lambda: admin.get("/").state == "live", "live by itself", deadline_s=BACK_WITHIN_S, interval_s=0.1)
    assert create(admin, "unlocked").status == 200
    assert "never" not in names(shared_engine)


@pytest.mark.full
def test_it_reads_where_it_may_no_longer_write(engine: PrivateEngine, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with served(data_dir, engine.url, tmp_path, launch=AS_ANYBODY) as (_serving, admin):
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (data_dir, *data_dir.glob("netadmin.sqlite3*"))}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        try:
            assert_readable(admin)
            assert_refused(create(admin, "never"), "Netadmin's database can be read, but not written")
        finally:
            for path, mode in modes.items():
                path.chmod(mode)

        assert create(admin, "after").status == 200
        assert "never" not in names(engine)


@needs_root
@pytest.mark.parametrize("has_been_used", [pytest.param(True, marks=pytest.mark.full), False])
def test_it_says_in_one_sentence_that_it_can_not_start(disk: SmallDisk, tmp_path: Path, has_been_used: bool) -> None:
    serving = Serving(disk.path, NOBODY, free_port())
    if has_been_used:
        with serving:
            pass
        fold_log(disk.path)
        serving.log_path.unlink()
    disk.fill()

    serving.start()
    wait_until(serving.has_ended, "the server to give up", deadline_s=60)

    assert serving.process is not None
    assert serving.process.returncode == 1, serving.log()
    assert str(disk.path) in serving.log()
    assert "Traceback" not in serving.log()


@needs_root
def test_it_says_in_one_sentence_that_its_folder_is_not_its_own(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o500)
    serving = Serving(data_dir, NOBODY, free_port(), launch=AS_ANYBODY).start()
    wait_until(serving.has_ended, "the server to give up", deadline_s=60)

    assert serving.process is not None
    assert serving.process.returncode == 1
    assert (
        serving.log().strip()
        == f"The data directory {data_dir} can't be used: Permission denied. NETADMIN_DATA_DIR may name another."
    )


@pytest.mark.parametrize("how", [pytest.param("closed from the start", marks=pytest.mark.full), "a reader that has gone"])
def test_it_serves_and_ends_well_when_nobody_reads_what_it_prints(tmp_path: Path, how: str) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
    environment |= {"NETADMIN_DATA_DIR": str(tmp_path / "data"), "NETADMIN_PORT": str(port), "DOCKER_HOST": NOBODY}
    serve = [sys.executable, str(ROOT / "manage.py"), "serve"]
    if how == "closed from the start":
        process = subprocess.Popen(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *serve], env=environment, cwd=ROOT)
    else:
        process = subprocess.Popen(serve, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdout is not None
        process.stdout.close()
    try:
        person = Visitor(f"http://127.0.0.1:{port}")
        wait_until(lambda: person.get("/healthz").status == 200, "the server", deadline_s=60, interval_s=0.1)

        assert person.get("/").url == "/setup/"
        assert person.get("/nothing/here").status in (200, 404)  # which is logged
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()


@needs_root
def test_it_is_cleared_after_a_test_run_was_killed() -> None:
    script = "import time; from tests.faults.small_disk import SmallDisk\n"
    script += "with SmallDisk() as disk: print(disk.path, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        path = Path(run.stdout.readline().strip())
        assert path.is_mount()
        run.kill()
        run.wait()

    assert path.parent.name in reap_leftovers()
    assert not path.parent.exists()
