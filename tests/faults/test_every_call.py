"""Every call of the client × eleven faults before a real Engine: in time, the right error, nothing left, nothing done twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from networks.engine.errors import EngineError, ProtocolFault, Refused, TimedOut, Unreachable
from tests.conftest import IS_FULL
from tests.faults.calls import CALLS, Called, Ground, calls_of_the_seam, open_client
from tests.faults.proxy import SILENT, Fault, FaultProxy
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until

PATIENT_S = 10.0  # for faults that show at once: a busy machine must not turn them into time-outs
HASTY_S = 0.15  # for faults that only a deadline ends; a change has three times that
FACTORS = {"pull_image": 30}  # of the deadline, for calls that take their time
SLOW_START_S = 1.0  # where the container has to be created within it as well
GRACE_S = within(1.5)
LONGEST_S = 10.0
SHARE = 1 if IS_FULL else 13  # prime to 21, so that every fault and every call is among them

READ_ERRORS: dict[Fault, type[EngineError]] = {
    Fault.ERROR: Refused,
    Fault.HTML: ProtocolFault,
    Fault.GARBAGE: ProtocolFault,
    Fault.TRUNCATE: ProtocolFault,
    Fault.CORRUPT: ProtocolFault,
    Fault.RESET: Unreachable,
    Fault.CLOSE: Unreachable,
}
# A change may have happened where a read would only be unreachable.
CHANGE_ERRORS = READ_ERRORS | dict.fromkeys((Fault.RESET, Fault.CLOSE), ProtocolFault)
# Behind the head of an event stream stands the stream, whose end and whose silence are no errors of the call.
OPENS_A_STREAM = (Fault.HTML, Fault.TRUNCATE, Fault.CORRUPT)
# What has no body can be cut in no more than the rest of its head: its status says enough.
HAS_NO_BODY = {"remove_network", "connect_container", "disconnect_container", "stop_container", "remove_container"} | {
    *("kill_container", "pause_container", "unpause_container", "rename_container")
}
HAS_NO_BODY |= {"join_swarm", "leave_swarm", "remove_node", "resize_exec"}
ALWAYS_REFUSED = {"pull_image", "list_nodes", "read_join_tokens", "init_swarm", "join_swarm", "leave_swarm"} | {"remove_node"}

CASES = [
    (name, fault, reaches)
    for name in CALLS
    for fault in Fault
    for reaches in (True, False)
    if reaches or fault is not Fault.DELAY  # an answer that is late is one of the Engine's
][::SHARE]


def expected_errors(name: str, fault: Fault) -> tuple[type[EngineError] | None, ...]:
    """Return the errors that may come, None for no error."""
    if fault is Fault.DELAY:
        return (None,)
    if fault in SILENT:
        return (TimedOut,)
    if name == "events" and fault in OPENS_A_STREAM:
        return (None,)
    errors = CHANGE_ERRORS if CALLS[name].is_change else READ_ERRORS
    if fault is Fault.TRUNCATE and (name in HAS_NO_BODY or "start" in name):
        return (None, errors[fault])
    return (errors[fault],)


@pytest.fixture(scope="module")
def proxy(shared_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultProxy]:
    shared_engine.empty()
    with FaultProxy(tmp_path_factory.mktemp("proxy") / "s", shared_engine.socket) as running:
        yield running


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    return sum(1 for thread in threading.enumerate() if thread.name != "fault-proxy")


def call(proxy: FaultProxy, name: str, ground: Ground, timeout_s: float) -> EngineError | None:
    """Make the call in time, and return its error; everything else that it may raise fails the test."""
    factor = FACTORS.get(name, 3 if CALLS[name].is_change else 1)
    began = time.monotonic()
    error = None
    with open_client(proxy.url, CALLS[name], timeout_s) as client:
        try:
            CALLS[name].act(client, ground)
        except EngineError as raised:
            error = raised
    assert time.monotonic() - began <= min(LONGEST_S, timeout_s * factor + GRACE_S)
    return error


def timeout_of(name: str, fault: Fault) -> float:
    if fault not in SILENT:
        return PATIENT_S
    return SLOW_START_S if "start" in name else HASTY_S


def assert_told_right(error: EngineError | None, name: str, fault: Fault) -> None:
    expected = expected_errors(name, fault)
    assert (None in expected) if error is None else isinstance(error, tuple(filter(None, expected))), error
    if error is not None:
        assert error.sentence
        assert error.request.startswith(CALLS[name].method)
        assert error.duration_ms > 0
    if isinstance(error, TimedOut):
        assert error.was_sent


def assert_done_once_or_not_at_all(proxy: FaultProxy, called: Called, ground: Ground, reaches: bool) -> None:
    """A change is sent once, and what the Engine then has is what the proxy let through."""
    if not called.is_change:
        return
    assert proxy.count(called.method, called.path) == 1, "a change is never repeated"
    if called.has_happened is not None:
        wait_until(lambda: called.has_happened is None or called.has_happened(ground) == reaches, "what the Engine was asked for")


@pytest.mark.parametrize(("name", "fault", "reaches"), CASES)
def test_it_ends_in_time_with_the_right_error(
    proxy: FaultProxy, shared_engine: PrivateEngine, name: str, fault: Fault, reaches: bool
) -> None:
    called = CALLS[name]
    with closing(Ground(shared_engine)) as ground:
        called.prepare(ground)
        before = (descriptors(), threads())
        proxy.asked.clear()
        proxy.spoil(fault, called.method, called.path, reaches=reaches)
        try:
            error = call(proxy, name, ground, timeout_of(name, fault))
        finally:
            proxy.heal()

        if name in ALWAYS_REFUSED and fault is Fault.DELAY:
            assert isinstance(error, EngineError), "there is nothing to pull from, and no swarm to ask"
        else:
            assert_told_right(error, name, fault)
        is_tidied = name == "run_container, its start" and fault is Fault.ERROR  # what doesn't start is removed again
        assert_done_once_or_not_at_all(proxy, called, ground, reaches and not is_tidied)
        wait_until(lambda: descriptors() <= before[0] and threads() <= before[1], "nothing to be left behind")


def test_it_knows_every_call_of_the_seam() -> None:
    assert {name.partition(",")[0] for name in CALLS} == calls_of_the_seam()
    assert {name for name, _, _ in CASES} == set(CALLS)
    assert {fault for _, fault, _ in CASES} == set(Fault)


def test_it_answers_again_as_soon_as_the_fault_is_over(proxy: FaultProxy) -> None:
    with open_client(proxy.url, CALLS["picture"], PATIENT_S) as client:
        for fault in Fault:
            proxy.spoil(fault, nth=1, reaches=False)
            try:
                if fault not in SILENT:
                    client.ping()
            except EngineError:
                pass
            proxy.heal()

            assert client.picture().networks
