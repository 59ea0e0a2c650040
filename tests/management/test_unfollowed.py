"""/readyz, asked of real servers: what it says while nobody follows, and how soon it says otherwise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.management.serving import ROOT, Serving, free_port
from tests.patience import within
from tests.prepared import prepare
from tests.private_engine import PrivateEngine, wait_until

TOKEN = "0123456789abcdef" * 2


def ready(server: Serving, **headers: str) -> tuple[int, dict[str, Any]]:
    """Return status and document."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/readyz", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@contextmanager
def following(data_dir: Path, docker_host: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `manage.py follow` on a data directory."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
    environment |= {"NETADMIN_DATA_DIR": str(data_dir), "DOCKER_HOST": docker_host}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "follow"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture
def web(engine: PrivateEngine, tmp_path: Path) -> Iterator[Serving]:
    """Serve without following."""
    prepare(tmp_path / "data")
    (tmp_path / "token").write_text(TOKEN)
    extra = (("NETADMIN_FOLLOW", "false"), ("NETADMIN_READYZ_TOKEN_FILE", str(tmp_path / "token")))
    with Serving(tmp_path / "data", engine.url, free_port(), extra=extra) as running:
        yield running


@pytest.mark.full
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM], ids=lambda number: number.name)
def test_it_is_not_ready_20_s_after_its_follower_died(web: Serving, engine: PrivateEngine, number: signal.Signals) -> None:
    with following(web.data_dir, engine.url) as follower:
        wait_until(lambda: ready(web) == (200, {"ready": True, "database": "ok", "states": {"live": 1}}), "live", interval_s=0.2)
        (told,) = ready(web, Authorization=f"Bearer {TOKEN}")[1]["engines"]
        assert told["follower"] == f"{os.uname().nodename}:{follower.pid}"
        follower.send_signal(number)

        wait_until(lambda: ready(web)[0] == 503, "503", deadline_s=within(26), interval_s=0.2)
        status, document = ready(web)
        assert (status, document["ready"], document["unfollowed"]) == (503, False, 1)
        assert "live" not in document["states"]
        if number == signal.SIGSTOP:
            follower.send_signal(signal.SIGKILL)  # else it still has the lease

    with following(web.data_dir, engine.url):
        wait_until(lambda: ready(web)[0] == 200, "another to take over", deadline_s=within(15), interval_s=0.2)
        wait_until(lambda: ready(web)[1]["states"] == {"live": 1}, "live", deadline_s=within(10), interval_s=0.2)


@pytest.mark.full
def test_it_stays_ready_for_as_long_as_somebody_follows_what_is_away(tmp_path: Path) -> None:
    """An Engine that isn't there is no fault of Netadmin's: whoever tries it every half second still leaves signs of life."""
    prepare(tmp_path / "data")
    with Serving(tmp_path / "data", f"unix://{tmp_path}/nobody.sock", free_port()) as server:
        time.sleep(26)  # longer than a sign of life lasts

        assert ready(server) == (200, {"ready": True, "database": "ok", "states": {"disconnected": 1}})
