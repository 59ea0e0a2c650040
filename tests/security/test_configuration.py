"""What the environment may say, and that the documentation says the same."""

from __future__ import annotations

import ast
import os
import re
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from netadmin import env
from netadmin.env import BASE_DIR, read_configuration
from netadmin.private_files import read_or_make_secret_key, read_readyz_token
from networks.audit.destinations import Destination, FileDestination, SyslogDestination, read_destination
from tests.certificates import Authority

ROW = re.compile(r"^\| `(\w+)` \| `?(.*?)`? \|", re.MULTILINE)
# Defaults that are written otherwise than in the code
WRITTEN = {"": "none", "[]": "none", "False": "false", "True": "true", "str(BASE_DIR / '.data')": ".data` beside `manage.py"}


def variables() -> dict[str, str]:
    """Return each variable that env.py reads, and its default as documentation writes it."""
    found = {}
    for node in ast.walk(ast.parse(Path(env.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "env":
            name, default = node.args[0], node.keywords[0].value
            text = str(default.value) if isinstance(default, ast.Constant) else ast.unparse(default)
            found[ast.literal_eval(name)] = WRITTEN.get(text, text)
    return found


@pytest.fixture(autouse=True)
def no_file_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read from a NAME_FILE is kept for the life of the process, also for the tests that come after one."""
    monkeypatch.setattr(env.env.ENVIRON, "files_cache", {})


def test_it_documents_every_variable_with_its_default() -> None:
    documented = dict(ROW.findall((BASE_DIR / "docs/configuration.md").read_text(encoding="utf-8")))

    assert documented == variables()


def test_it_reads_the_environment_in_one_place_only() -> None:
    readers = [
        str(path.relative_to(BASE_DIR))
        for folder in ("netadmin", "networks")
        for path in (BASE_DIR / folder).rglob("*.py")
        if re.search(r"os\.(environ\b(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE)|getenv)", path.read_text(encoding="utf-8"))
    ]

    assert readers == ["netadmin/env.py"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NETADMIN_PORT", "0", "isn't a port"),
        ("NETADMIN_PORT", "http", "isn't understood"),
        ("NETADMIN_TRUSTED_PROXIES", "-1", "how many proxies"),
        ("NETADMIN_LOG_LEVEL", "LOUD", "none of DEBUG"),
        ("NETADMIN_LOG_FORMAT", "xml", "none of line, json"),
        ("NETADMIN_SLOW_QUERY_MS", "-1", "0 .never said. or more"),
        ("NETADMIN_SLOW_ENGINE_MS", "soon", "isn't understood"),
        ("NETADMIN_READYZ_TOKEN", "hunter2", "NETADMIN_READYZ_TOKEN_FILE"),
        ("NETADMIN_LANGUAGE", "xx", "none of en, ko"),
        ("NETADMIN_TIME_ZONE", "Mars/Base", "time zone"),
        ("NETADMIN_SECURITY_CONTACT", "security@netadmin.example", "neither mailto:"),
        ("NETADMIN_SECURITY_CONTACT", "http://netadmin.example/report", "nor https:"),
        ("NETADMIN_SECURITY_CONTACT", "https://ann:hunter2@example.org", "neither mailto:"),
        ("NETADMIN_SECURITY_CONTACT", "https://", "neither mailto:"),
        ("NETADMIN_SECURITY_CONTACT", "mailto:@netadmin.example", "neither mailto:"),
        ("NETADMIN_SECURITY_CONTACT", "mailto:a@b.example\nContact: mailto:eve@evil.example", "neither mailto:"),
        ("NETADMIN_SECURITY_CONTACT", "mailto:a@b.example,tel:+1-201-555-0123", "'tel:"),
        ("NETADMIN_SECURITY_CONTACT", "mailto:보안@b.example", "neither mailto:"),
        ("NETADMIN_ADMIN_PASSWORD", "hunter2", "NETADMIN_ADMIN_PASSWORD_FILE"),
        ("NETADMIN_ACTIVITY_LOG", "/var/log/netadmin.log", "names no destination: file:///absolute/path or syslog"),
        ("NETADMIN_ACTIVITY_LOG", "file://logs/netadmin.log", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "file:relative", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "file:///nowhere/log?mode=a", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "file:///tmp", "names a folder"),
        ("NETADMIN_ACTIVITY_LOG", "file:///nowhere/", "names a folder"),
        ("NETADMIN_ACTIVITY_LOG", "file:///proc/self/exe", "names a symbolic link"),
        ("NETADMIN_ACTIVITY_LOG", "syslog://logs.example:514", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "syslog+tls://logs.example", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "syslog+tls://:6514", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "syslog+tls://logs.example:0", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "syslog+tls://logs.example:66000", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "syslog+tls://logs.example:6514/audit", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG", "syslog+tls://me:word@logs.example:6514", "names no destination"),
        ("NETADMIN_ACTIVITY_LOG_CA", "/nowhere/ca.pem", "belongs to a NETADMIN_ACTIVITY_LOG"),
    ],
)
def test_it_says_what_makes_no_sense(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=words):
        read_configuration()


def test_it_reads_the_token_of_the_probe(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("0123456789abcdef" * 2 + "\n")

    assert read_readyz_token("") == ""
    assert read_readyz_token(str(path)) == "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "text", ["", "0123456789abcdef", "보안" * 20, "0123456789abcdef 0123456789abcdef", "0123456789abcdef\n" * 2]
)
def test_it_takes_no_token_that_could_be_guessed_or_not_be_sent(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)

    with pytest.raises(ImproperlyConfigured, match="holds no token: 32 characters"):
        read_readyz_token(str(tmp_path / "token"))
    with pytest.raises(ImproperlyConfigured, match="can't be read: No such file"):
        read_readyz_token(str(tmp_path / "nothing"))


def test_it_takes_several_contacts_as_they_are_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = ("mailto:security@netadmin.example?subject=Netadmin", "https://[2001:db8::1]:8443/report#form", "https://a.example")
    (tmp_path / "contact").write_text(" , ".join(written) + "\n")
    assert read_configuration().security_contact == ()

    monkeypatch.setenv("NETADMIN_SECURITY_CONTACT_FILE", str(tmp_path / "contact"))

    assert read_configuration().security_contact == written


@pytest.mark.parametrize(
    ("url", "is_read_as"),
    [
        ("", None),
        ("file:///var/log/netadmin%20a.log", FileDestination(Path("/var/log/netadmin a.log"))),
        ("syslog+tls://logs.example:6514", SyslogDestination("logs.example", 6514)),
        ("syslog+tls://[2001:db8::7]:6514", SyslogDestination("2001:db8::7", 6514)),
    ],
)
def test_it_reads_where_the_record_goes(monkeypatch: pytest.MonkeyPatch, url: str, is_read_as: Destination | None) -> None:
    monkeypatch.setenv("NETADMIN_ACTIVITY_LOG", url)

    assert read_destination(read_configuration().activity_log) == is_read_as


def test_it_reads_whose_certificates_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETADMIN_ACTIVITY_LOG", "syslog+tls://logs.example:6514")
    for name, text in (("ca.pem", Authority().pem), ("empty.pem", ""), ("words.pem", "no certificate")):
        (tmp_path / name).write_text(text)

    monkeypatch.setenv("NETADMIN_ACTIVITY_LOG_CA", str(tmp_path / "ca.pem"))
    assert read_configuration().activity_log_ca == str(tmp_path / "ca.pem")

    for name in ("empty.pem", "words.pem", "nothing.pem"):
        monkeypatch.setenv("NETADMIN_ACTIVITY_LOG_CA", str(tmp_path / name))
        with pytest.raises(ImproperlyConfigured, match="no file of certificates"):
            read_configuration()

    monkeypatch.setenv("NETADMIN_ACTIVITY_LOG", f"file://{tmp_path}/log")
    with pytest.raises(ImproperlyConfigured, match="belongs to"):
        read_configuration()


def test_it_shows_its_inside_on_the_loopback_address_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETADMIN_TRUSTED_ORIGINS", raising=False)
    monkeypatch.setenv("NETADMIN_DEBUG", "1")
    assert read_configuration().is_debug

    for name, value in (
        ("NETADMIN_BIND", "192.0.2.7"),
        ("NETADMIN_TRUSTED_PROXIES", "1"),
        ("NETADMIN_TRUSTED_ORIGINS", "https://netadmin.example"),
    ):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            with pytest.raises(ImproperlyConfigured, match="NETADMIN_DEBUG"):
                read_configuration()


def test_it_reads_a_value_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "origins").write_text("https://a.example,https://b.example")
    monkeypatch.setenv("NETADMIN_TRUSTED_ORIGINS_FILE", str(tmp_path / "origins"))
    monkeypatch.setattr(env.env.ENVIRON, "files_cache", {})  # what was read stays read, for tests that follow too

    assert read_configuration().trusted_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NETADMIN_BIND", "*", "isn't an address"),
        ("NETADMIN_BIND", "0.0.0.0", "NETADMIN_TRUSTED_ORIGINS"),  # noqa: S104
        ("NETADMIN_TRUSTED_ORIGINS", "netadmin.example", "full origin"),
        ("NETADMIN_SECURITY_CONTACT", "nobody", "NETADMIN_SECURITY_CONTACT: 'nobody' is neither"),
    ],
)
def test_it_ends_with_one_sentence_and_status_1(tmp_path: Path, name: str, value: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        env=os.environ | {"NETADMIN_DATA_DIR": str(tmp_path), name: value, "DJANGO_SETTINGS_MODULE": "netadmin.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_it_makes_a_private_secret_key_once(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "data"

    first, second = read_or_make_secret_key(directory), read_or_make_secret_key(directory)

    assert first == second
    assert len(first) > 80
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in directory.iterdir()] == ["secret_key"]


def test_it_refuses_half_a_secret_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("abc")

    with pytest.raises(ImproperlyConfigured, match="Delete it"):
        read_or_make_secret_key(tmp_path)


@pytest.mark.parametrize(("package", "floor"), [("django", (5, 2, 19)), ("daphne", (4, 2, 2))])
def test_it_runs_on_libraries_without_known_holes(package: str, floor: tuple[int, ...]) -> None:
    locked = re.search(rf"^{package}==([\d.]+)", (BASE_DIR / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)

    assert locked is not None
    for found in (version(package), locked[1]):
        assert tuple(int(part) for part in found.split(".")) >= floor
