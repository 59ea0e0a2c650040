"""`manage.py diagnose`: all that helps, no secret, and something to read even where much is broken."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from networks.management.diagnosis.here import LAST_LINES, TOLD_SETTINGS
from networks.management.diagnosis.scrubbing import HIDDEN, Scrubber
from tests.management.serving import ROOT
from tests.prepared import prepare
from tests.private_engine import PrivateEngine

PASSWORD = "canary-password-1c7e"
TOKEN = "canarytoken" * 4
SETUP = "-canary-setup_-" * 3
KEY_BEFORE = "canarykey9" * 8
LOG = f"""2026-01-01T00:00:00Z info networks x url=https://ann:{PASSWORD}@registry.example/v2 engine=local
{{"event": "asked", "setup_token": "{PASSWORD}", "engine": "local"}}
Authorization: Bearer {TOKEN}
docker swarm join --token SWMTKN-1-canaryjoin-canaryrest 192.0.2.1:2377
password={PASSWORD} Cookie: netadmin_session_8000=canarycookie1234567890canarycookie
"""


def diagnose(data_dir: Path, docker_host: str, *options: str, **extra: str) -> subprocess.CompletedProcess[str]:
    ours = ("NETADMIN_", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"NETADMIN_DATA_DIR": str(data_dir), "DOCKER_HOST": docker_host, **extra}
    command = [sys.executable, str(ROOT / "manage.py"), "diagnose", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)


def nowhere(folder: Path) -> str:
    """Return the address of an Engine that isn't there."""
    return f"unix://{folder}/nowhere.sock"


def add_engine(data_dir: Path, url: str, **columns: str) -> None:
    """Write an Engine and its status into the tables, as a server would have left them."""
    with closing(sqlite3.connect(data_dir / "netadmin.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO networks_engine (id, slug, name, url, netns, is_terminal_on, registries, unprotected) "
            "VALUES (1, 'local', 'local', ?, '', 0, '[]', '[]')",
            [url],
        )
        found = database.execute("PRAGMA table_info(networks_enginestatus)").fetchall()
        values: dict[str, Any] = {row[1]: 0 if "int" in row[2].lower() or "bool" in row[2].lower() else "" for row in found}
        values |= {row[1]: None for row in found if row[2] == "datetime"}
        values |= {row[1]: "[]" for row in found if row[1].endswith(("s", "drivers")) and row[2] == "TEXT"}
        values |= {"id": 1, "engine_id": 1, "state": "live", "epoch": "e1", "overlay_peers": "{}", **columns}
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join("?" for _ in values)
        database.execute(f"INSERT INTO networks_enginestatus ({names}) VALUES ({places})", list(values.values()))  # noqa: S608


def test_it_finds_none_of_the_secrets_that_were_planted_everywhere(tmp_path: Path) -> None:
    data = tmp_path / "data"
    prepare(data)
    (data / "setup_token").write_text(json.dumps({"token": SETUP, "made_at": "2026-01-01T00:00:00+00:00"}))
    (data / "secret_key").write_text("canarysecret" * 6)
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "log").write_text(LOG + f"a password alone {PASSWORD} and a key {KEY_BEFORE}, or open /setup/#{SETUP}\n")
    words = f"No TLS with tcp://ann:{PASSWORD}@engine.example:2376: token={TOKEN}"
    add_engine(data, f"tcp://ann:{PASSWORD}@127.0.0.1:1", last_error=words, swarm_error=f"SWMTKN-1-{TOKEN}")

    done = diagnose(
        data,
        f"tcp://ann:{PASSWORD}@127.0.0.1:1",
        f"--log={tmp_path / 'log'}",
        NETADMIN_ADMIN_USERNAME="canaryadmin",
        NETADMIN_ADMIN_PASSWORD_FILE=str(tmp_path / "password"),
        NETADMIN_READYZ_TOKEN_FILE=str(tmp_path / "token"),
        NETADMIN_SECRET_KEY_FALLBACKS=KEY_BEFORE,
        NETADMIN_ACTIVITY_LOG=f"file://{tmp_path}/canaryactivity.log",
    )

    assert done.returncode == 0, done.stderr
    assert "canary" not in done.stdout
    told = json.loads(done.stdout)
    assert len(told["log"]["lines"]) == 6
    assert told["engines"][0]["url"] == f"tcp://{HIDDEN}@127.0.0.1:1"
    assert told["engines"][0]["answers"]["error"] != ""
    assert told["settings"]["NETADMIN_READYZ_TOKEN"] == {"is_set": True}
    assert told["settings"]["NETADMIN_ADMIN_USERNAME"] == {"is_set": True}
    assert told["settings"]["NETADMIN_ACTIVITY_LOG_CA"] == {"is_set": False}


def test_it_tells_versions_settings_tables_and_timings(tmp_path: Path) -> None:
    data = tmp_path / "data"
    prepare(data)

    told = json.loads(diagnose(data, nowhere(tmp_path), NETADMIN_PORT="8123").stdout)

    assert told["versions"]["netadmin"] == settings.NETADMIN_VERSION
    assert told["versions"]["packages"]["django"].startswith("5.2")
    assert told["versions"]["not_as_locked"] == {}
    assert told["settings"]["NETADMIN_PORT"] == 8123
    assert told["data_directory"]["mode"] == "drwx------"
    assert {"netadmin.sqlite3", "secret_key"} <= {file["name"] for file in told["data_directory"]["files"]}
    assert told["database"]["kind"] == "sqlite"
    assert told["database"]["migrations_missing"] == told["database"]["migrations_unknown"] == []
    assert told["database"]["rows"]["networks.Network"] == 0
    assert set(told["database"]["timings_ms"]) == {"read", "write_lock", "count_rows"}
    assert told["engines"] == []
    assert "error" not in {member for section in told.values() if isinstance(section, dict) for member in section}


def test_it_writes_a_file_of_its_owner_alone_and_over_no_other(tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    path = tmp_path / "diagnosis.json"

    first = diagnose(tmp_path / "data", nowhere(tmp_path), f"--output={path}")
    second = diagnose(tmp_path / "data", nowhere(tmp_path), f"--output={path}")

    assert first.returncode == 0, first.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["engines"] == []
    assert (second.returncode, "File exists" in second.stderr) == (1, True)


def test_it_says_what_is_broken_instead_of_failing_at_it(tmp_path: Path) -> None:
    """A database that is none, and a log that isn't there."""
    (tmp_path / "data").mkdir(0o700)
    (tmp_path / "data" / "netadmin.sqlite3").write_text("no database, but long enough to be taken for one" * 100)

    done = diagnose(tmp_path / "data", nowhere(tmp_path), "--log=/nowhere/log")

    told = json.loads(done.stdout)
    assert "not a database" in told["database"]["error"]
    assert "not a database" in told["engines"]["error"]
    assert "No such file" in told["log"]["error"]
    assert told["versions"]["netadmin"] == settings.NETADMIN_VERSION


def test_it_leaves_tables_that_are_not_there_unmade(tmp_path: Path) -> None:
    told = json.loads(diagnose(tmp_path / "data", nowhere(tmp_path)).stdout)

    assert len(told["database"]["migrations_missing"]) > 20
    assert told["database"]["rows"] == {}


def test_it_brings_the_last_lines_alone(tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    (tmp_path / "log").write_text("".join(f"line {number}\n" for number in range(LAST_LINES + 50)))

    told = json.loads(diagnose(tmp_path / "data", nowhere(tmp_path), f"--log={tmp_path / 'log'}").stdout)

    assert (len(told["log"]["lines"]), told["log"]["lines"][0]) == (LAST_LINES, "line 50")


def test_it_tells_what_a_real_engine_answers_and_how_fast(engine: PrivateEngine, tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    add_engine(tmp_path / "data", engine.url)
    engine.import_image()
    engine.run("canary-container")

    done = diagnose(tmp_path / "data", engine.url)

    (told,) = json.loads(done.stdout)["engines"]
    assert set(told["answers"]["timings_ms"]) == {"negotiate", "ping", "info", "lists"}
    assert (told["answers"]["containers"], told["answers"]["networks"]) == (1, 3)
    assert told["answers"]["version"]
    assert told["remembered"]["state"] == "live"
    assert "canary" not in done.stdout


def test_it_never_tells_a_setting_that_sounds_like_a_secret() -> None:
    assert [
        name for name in TOLD_SETTINGS if any(word in name for word in ("KEY", "TOKEN", "PASSWORD", "SECRET", "ACTIVITY"))
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "0123456789abcdef" * 4,  # a Docker id, a sum
        "2026-11-30T19:32:40.123456+00:00",
        "Linux-6.18.44-x86_64-with-glibc2.41",
        "GET /containers/json took 1200 ms of 1000",
        "networks.0022_registries_and_lifted_protection",
        "unix:///var/run/docker.sock",
    ],
)
def test_it_leaves_what_is_no_secret(text: str) -> None:
    assert Scrubber(["short"]).clean_text(text) == text


def test_it_hides_what_sounds_or_looks_like_a_secret_wherever_it_lies() -> None:
    pem = "-----BEGIN " + "PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
    told = {
        "a": [{"api_key": "x", "text": f"key {pem} end"}],
        "hash": "pbkdf2_sha256$1000000$abcdefGHIJ0123456789abcdefGHIJ0123==",
    }

    assert Scrubber([]).clean(told) == {"a": [{"api_key": HIDDEN, "text": f"key {HIDDEN} end"}], "hash": HIDDEN}
