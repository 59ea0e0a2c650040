"""What a start says that could have been better: a socket of another group, folders of others or open, no style sheets."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.management.serving import Serving, free_port
from tests.prepared import prepare
from tests.private_engine import wait_until

NOBODY = "unix:///nonexistent/docker.sock"
SOMEBODY, GROUP = 4711, 4321
# The user of the image has no way to become another one, and is in no group but its own.
AS_SOMEBODY = (
    "setpriv",
    f"--reuid={SOMEBODY}",
    f"--regid={SOMEBODY}",
    "--clear-groups",
    "--inh-caps=-all",
    "--bounding-set=-all",
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Give a data directory that belongs to somebody, below folders that they may enter."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    prepare(tmp_path / "data")
    for path in ((tmp_path / "data"), *(tmp_path / "data").rglob("*")):
        os.chown(path, SOMEBODY, SOMEBODY)
    return tmp_path / "data"


@pytest.fixture
def docker_socket(tmp_path: Path) -> Iterator[Path]:
    """Give a socket as Docker makes it: its group may open it, others may not."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "docker.sock"))
        listening.listen()
        os.chown(tmp_path / "docker.sock", 0, GROUP)
        (tmp_path / "docker.sock").chmod(0o660)
        yield tmp_path / "docker.sock"


def last_words(serving: Serving) -> str:
    """Return what a server says that ends by itself."""
    serving.start()
    wait_until(serving.has_ended, "the server to give up", deadline_s=60)
    return serving.log().strip()


@needs_root
def test_it_names_the_group_that_may_open_the_socket(data_dir: Path, docker_socket: Path) -> None:
    serving = Serving(data_dir, f"unix://{docker_socket}", free_port(), launch=AS_SOMEBODY)

    with serving:
        wait_until(lambda: "Permission denied" in serving.log(), "the follower's words")

    assert (
        f"Nobody answers at unix://{docker_socket}: Permission denied. It lets the group {GROUP} in, which this process isn't "
        f"in: usermod -aG adds its user, and a container is started with --group-add {GROUP}"
    ) in serving.log()


@needs_root
def test_it_says_that_the_sockets_group_may_not_open_it_either(data_dir: Path, docker_socket: Path) -> None:
    docker_socket.chmod(0o600)
    serving = Serving(data_dir, f"unix://{docker_socket}", free_port(), launch=AS_SOMEBODY)

    with serving:
        wait_until(lambda: "Permission denied" in serving.log(), "the follower's words")

    assert "Permission denied. It lets its owner alone in, the user 0: give its group the right to write" in serving.log()


@needs_root
def test_it_says_whose_a_folder_is_that_it_cannot_write(data_dir: Path) -> None:
    os.chown(data_dir, 0, 0)

    assert last_words(Serving(data_dir, NOBODY, free_port(), launch=AS_SOMEBODY)) == (
        f"The data directory {data_dir} can't be used: Permission denied. NETADMIN_DATA_DIR may name another. {data_dir.name} "
        f"belongs to root (0), and Netadmin runs as {SOMEBODY}: chown -R {SOMEBODY} {data_dir}"
    )


@pytest.mark.parametrize(("mode", "is_open"), [(0o700, False), (0o750, True), (0o707, True)])
def test_it_says_that_others_may_read_its_folder(tmp_path: Path, mode: int, is_open: bool) -> None:
    prepare(tmp_path / "data")
    (tmp_path / "data").chmod(mode)
    with Serving(tmp_path / "data", NOBODY, free_port()) as serving:
        said = serving.log()

    assert (f"is open to others (its mode is {mode:o})" in said) is is_open
    assert "as root in this container" not in said


def test_it_collects_nothing_that_was_collected_beforehand(tmp_path: Path) -> None:
    collected = tmp_path / "elsewhere"
    prepare(tmp_path / "data")
    (tmp_path / "data" / "static").rename(collected)
    (collected / ".stamp").unlink()
    before = sorted(collected.rglob("*"))

    with Serving(tmp_path / "data", NOBODY, free_port(), extra=(("NETADMIN_STATIC_DIR", str(collected)),)) as serving:
        assert serving.get("/accounts/login/") == 200

    assert sorted(collected.rglob("*")) == before
    assert not (tmp_path / "data" / "static").exists()


def test_it_says_that_nothing_was_collected(tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    (tmp_path / "empty").mkdir()

    said = last_words(Serving(tmp_path / "data", NOBODY, free_port(), extra=(("NETADMIN_STATIC_DIR", str(tmp_path / "empty")),)))

    assert f"NETADMIN_STATIC_DIR={tmp_path / 'empty'} holds no collected files: manage.py collectstatic makes them there" in said
    assert "Traceback" not in said


def test_it_says_that_no_postgresql_is_there(tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    url = f"postgresql://netadmin:hushy@/netadmin?host={tmp_path}"
    extra = (("DATABASE_URL", url), ("NETADMIN_ENGINE", ""))

    said = last_words(Serving(tmp_path / "data", NOBODY, free_port(), extra=extra))

    assert "PostgreSQL can't be reached. In the driver's words:" in said
    assert f'connection to server on socket "{tmp_path}/.s.PGSQL.5432" failed: No such file or directory' in said
    assert not any(word in said for word in ("Traceback", "hushy"))
