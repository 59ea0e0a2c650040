"""The look at the machine's own Engine after a run, with a private one in its place."""

from __future__ import annotations

import time

import pytest

from tests.lab_image import IMAGE
from tests.machine_engine import main
from tests.private_engine import PrivateEngine


@pytest.fixture
def since(engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> int:
    """Have that Engine be the machine's own, from a second on in which nothing has happened yet."""
    monkeypatch.setenv("DOCKER_HOST", engine.url)
    began = int(time.time()) + 1
    time.sleep(began - time.time())
    return began


def test_it_is_content_with_what_others_do(engine: PrivateEngine, since: int, capsys: pytest.CaptureFixture[str]) -> None:
    engine.cli("network", "create", "-".join(("somebody", "elses")))

    assert main(since) == 0
    assert "1 events meanwhile, 0 of them ours" in capsys.readouterr().out


def test_it_finds_a_network_of_a_test(engine: PrivateEngine, since: int, capsys: pytest.CaptureFixture[str]) -> None:
    engine.cli("network", "create", "lan")

    assert main(since) == 1
    assert "network create lan" in capsys.readouterr().out


def test_it_finds_a_container_of_the_tests_image(engine: PrivateEngine, since: int, capsys: pytest.CaptureFixture[str]) -> None:
    engine.cli("create", "--name", "-".join(("somebody", "elses")), IMAGE)

    assert main(since) == 1
    assert f"container create {IMAGE}, somebody-elses" in capsys.readouterr().out


def test_it_says_when_no_engine_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")

    assert main(0) == 0
    assert "No Engine answers at /nonexistent/docker.sock" in capsys.readouterr().out
