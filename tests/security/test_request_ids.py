"""Every line that a request leaves in the log bears its id, which the answer tells; whose id it is, trusted proxies say alone."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.management.serving import Serving, free_port
from tests.prepared import prepare
from tests.private_engine import wait_until

OWN = re.compile(r"[0-9a-f]{16}")
TOLD = "proxy-7f3a.0001"


def served(folder: Any, **extra: str) -> Serving:
    prepare(folder / "data")
    settings = {"NETADMIN_LOG_FORMAT": "json", "NETADMIN_LOG_LEVEL": "DEBUG", **extra}
    return Serving(folder / "data", f"unix://{folder}/nobody.sock", free_port(), extra=tuple(settings.items()))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with served(tmp_path_factory.mktemp("alone")) as running:
        yield running


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with served(tmp_path_factory.mktemp("behind"), NETADMIN_TRUSTED_PROXIES="1") as running:
        yield running


def ask(server: Serving, path: str, **headers: str) -> str:
    """Return the id that an answer tells."""
    with closing(http.client.HTTPConnection("localhost", server.port, timeout=60)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.read()
        (told,) = answer.headers.get_all("X-Request-ID") or ()
        return str(told)


def events(server: Serving) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]


def lines_about(server: Serving, path: str) -> list[dict[str, Any]]:
    """Return the lines that name a path, once there are any."""
    return list(wait_until(lambda: [each for each in events(server) if path in json.dumps(each)], f"a line about {path}"))


def test_it_gives_each_request_an_id_that_its_lines_bear(alone: Serving) -> None:
    first, second = ask(alone, "/nothing-first"), ask(alone, "/nothing-second")

    assert OWN.fullmatch(first)
    assert OWN.fullmatch(second)
    assert first != second
    assert {each.get("request_id") for each in lines_about(alone, "/nothing-first")} == {first}
    assert {each.get("request_id") for each in lines_about(alone, "/nothing-second")} == {second}


@pytest.mark.parametrize("path", ["/healthz", "/setup/", "/static/nothing.css"])
def test_it_tells_the_id_with_every_answer(alone: Serving, path: str) -> None:
    assert OWN.fullmatch(ask(alone, path))


def test_it_bears_the_id_where_the_host_is_refused(alone: Serving) -> None:
    told = ask(alone, "/refused-here", Host="rebound.example")

    assert OWN.fullmatch(told)
    assert {each["request_id"] for each in events(alone) if "rebound.example" in json.dumps(each)} == {told}


def test_it_takes_no_id_from_whoever_comes_by_itself(alone: Serving) -> None:
    assert OWN.fullmatch(ask(alone, "/healthz", X_Request_ID=TOLD))


def test_it_takes_the_id_of_a_trusted_proxy(behind_proxy: Serving) -> None:
    assert ask(behind_proxy, "/nothing-told", X_Request_ID=TOLD) == TOLD
    assert {each["request_id"] for each in lines_about(behind_proxy, "/nothing-told")} == {TOLD}


@pytest.mark.parametrize("told", ["short", "a" * 65, "with blank in it", 'quoted"quoted"', "under\u00e9score", ""])
def test_it_makes_one_where_a_proxy_tells_what_no_line_should_bear(behind_proxy: Serving, told: str) -> None:
    assert OWN.fullmatch(ask(behind_proxy, "/healthz", X_Request_ID=told))


def test_it_says_what_no_request_asked_for_without_an_id(alone: Serving) -> None:
    wait_until(lambda: [each for each in events(alone) if each["event"] == "engine_down"], "the follower's word")

    assert {each.get("request_id") for each in events(alone) if each["event"] == "engine_down"} == {None}
