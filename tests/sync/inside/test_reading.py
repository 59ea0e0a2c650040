"""A container's stack is read in a moment, or a reason is given: nothing that a container or a host does is an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from django.db import connection

from networks.hostnet.errors import Garbled, HostError, HostNotAllowed, Vanished
from networks.hostnet.facts import HostView, Obstacle, ResolverFact, RouteFact
from networks.models import Container
from networks.sync.host import stack_reading as inside
from networks.sync.host.stack_reading import StackProcess, Trouble, read_container, read_stack
from tests.builders import make_container, make_engine
from tests.fake_host import ORDINARY_USER, FakeHost, FakeHostReader

ROUTES = (RouteFact(ip_network("0.0.0.0/0"), ip_address("172.17.0.1"), 3, "eth0"),)


@pytest.fixture
def host() -> FakeHost:
    host = FakeHost()
    bridge = host.add_link("docker0", "bridge", "172.17.0.1/16")
    host.add_container("web", pid=77)
    host.plug("web", bridge, "eth0", "172.17.0.2/16")
    host.stacks["web"].routes = ROUTES
    host.stacks["web"].resolver = ResolverFact((ip_address("1.1.1.1"),))
    return host


@pytest.fixture(autouse=True)
def all_slots_are_free_again() -> Iterator[None]:
    yield
    for _ in range(inside.MOST_AT_ONCE):
        assert inside._slots.acquire(timeout=2)
    for _ in range(inside.MOST_AT_ONCE):
        inside._slots.release()


def process(pid: int = 77, *, is_host: bool = False) -> StackProcess:
    return StackProcess("unix:///nowhere", "", "web", pid, is_host)


def test_it_reads_links_routes_and_resolver(host: FakeHost) -> None:
    reading = read_stack(process(), host.open)

    assert reading.trouble is Trouble.NOTHING
    assert [link.name for link in reading.fact.links] == ["lo", "eth0"]
    assert reading.fact.routes == ROUTES
    assert reading.at is not None


def test_it_says_that_it_is_not_allowed_and_why(host: FakeHost) -> None:
    host.view = ORDINARY_USER

    reading = read_stack(process(), host.open)

    assert (reading.trouble, reading.obstacle) == (Trouble.NOT_ALLOWED, Obstacle.NOT_ROOT)


def test_it_shows_an_ordinary_user_the_hosts_links_for_host_mode(host: FakeHost) -> None:
    host.view = ORDINARY_USER

    reading = read_stack(process(is_host=True), host.open)

    assert [link.name for link in reading.fact.links][:2] == ["lo", "docker0"]
    assert not reading.fact.resolver.is_known


def test_it_sees_nothing_in_the_lowest_tier(host: FakeHost) -> None:
    host.view = HostView(why_not_host=Obstacle.REMOTE, why_not_inside=Obstacle.REMOTE)

    reading = read_stack(process(is_host=True), host.open)

    assert (reading.trouble, reading.obstacle) == (Trouble.NOT_ALLOWED, Obstacle.REMOTE)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Vanished("No such process"), Trouble.VANISHED),
        (HostNotAllowed("Operation not permitted"), Trouble.NOT_ALLOWED),
        (Garbled("cut"), Trouble.FAILED),
        (HostError("Too many open files"), Trouble.FAILED),
    ],
)
def test_it_turns_every_error_of_the_host_into_a_reason(host: FakeHost, error: HostError, trouble: Trouble) -> None:
    host.next_error = error

    assert read_stack(process(), host.open).trouble is trouble


def test_it_takes_a_reused_pid_for_an_end(host: FakeHost) -> None:
    assert read_stack(process(pid=78), host.open).trouble is Trouble.VANISHED


def test_it_survives_a_reader_that_breaks() -> None:
    def broken(_netns: str, _url: str) -> FakeHostReader:
        raise ZeroDivisionError

    assert read_stack(process(), broken).trouble is Trouble.FAILED


def test_it_waits_no_longer_than_it_has_patience_and_begins_no_more_than_a_few(host: FakeHost) -> None:
    may_go_on = threading.Event()

    def hanging(netns: str, url: str) -> FakeHostReader:
        may_go_on.wait(10)
        return host.open(netns, url)

    late = [read_stack(process(), hanging, patience_s=0.01).trouble for _ in range(inside.MOST_AT_ONCE)]
    one_more = read_stack(process(), hanging, patience_s=0.01).trouble
    may_go_on.set()

    assert late == [Trouble.LATE] * inside.MOST_AT_ONCE
    assert one_more is Trouble.BUSY


@pytest.mark.django_db
def test_it_reads_by_the_process_that_was_inspected_last(host: FakeHost) -> None:
    engine = make_engine()
    web = make_container(engine, "web", pid=4242)
    host.add_container(web.docker_id, pid=4242)

    reading = read_container("local", web.docker_id, open_reader=host.open)

    assert reading is not None
    assert [link.name for link in reading.fact.links] == ["lo"]


@pytest.mark.django_db
def test_it_reads_the_newer_process_of_one_that_was_restarted_meanwhile(host: FakeHost) -> None:
    web = make_container(make_engine(), "web", pid=1)
    host.add_container(web.docker_id, pid=2)
    asked: list[str] = []

    def restart(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        answer = execute(sql, *more)
        asked.append(sql)
        if len(asked) == 1:
            Container.objects.filter(pk=web.pk).update(pid=2)
        return answer

    with connection.execute_wrapper(restart):
        reading = read_container("local", web.docker_id, open_reader=host.open)

    assert reading is not None
    assert reading.trouble is Trouble.NOTHING
    assert host.reads == {"inside": 2}


@pytest.mark.django_db
def test_it_reads_nothing_of_one_that_does_not_run_or_was_not_inspected(host: FakeHost) -> None:
    engine = make_engine()
    asleep = make_container(engine, "asleep", state="exited", exit_code=0)
    fresh = make_container(engine, "fresh", pid=0)

    assert read_container("local", asleep.docker_id, open_reader=host.open) is None
    assert read_container("local", "0" * 64, open_reader=host.open) is None
    reading = read_container("local", fresh.docker_id, open_reader=host.open)
    assert reading is not None
    assert reading.trouble is Trouble.UNKNOWN
    assert host.reads == {}


def test_it_closes_its_reader(host: FakeHost) -> None:
    closed: list[bool] = []

    def opened(netns: str, url: str) -> FakeHostReader:
        reader = host.open(netns, url)
        reader.close = lambda: closed.append(True)  # type: ignore[method-assign]
        return reader

    read_stack(process(), opened)
    read_stack(replace(process(), pid=9), opened)

    assert closed == [True, True]
