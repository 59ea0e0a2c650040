"""How long each means takes to end a terminal's process, in ms: `python -m benchmarks.endings SOCKET CONTAINER ROUNDS`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial

import benchmarks.database  # noqa: F401  before models are imported
from benchmarks.figures import summary, timed_ms
from networks.actions.terminals import ending
from networks.actions.terminals.ending import prove
from networks.actions.terminals.opening import Begun
from networks.actions.terminals.sentinel import post_sentinel
from networks.engine.access.facts import EngineAccess
from networks.engine.access.parsing import parse_engine_url
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.specs import ExecSpec, ScreenSize
from networks.engine.transport.raw import TerminalStream
from tests.private_engine import wait_until

BUSY = b"sleep 1000\n"  # a program in the foreground, as most are when a page is closed
IDLE = b""


def main(socket: str, container_id: str, rounds: str) -> None:
    """Measure each means so often, and print what came of it by name."""
    client = EngineClient(EngineAccess(parse_engine_url(f"unix://{socket}")), Profile.TERMINAL)
    try:
        begin = partial(_begin, client, container_id)
        measured = {
            name: [measure(begin) for _ in range(int(rounds))]
            for name, measure in (("host", _host), ("sentinel", _sentinel), ("killed", _killed), ("keys", _keys))
        }
    finally:
        client.close()
    print(json.dumps({name: summary(times) for name, times in measured.items()}))


Begin = Callable[[bytes], tuple[Begun, TerminalStream]]


def _begin(client: EngineClient, container_id: str, typed: bytes) -> tuple[Begun, TerminalStream]:
    """Open a shell with its sentinel, and wait until what was typed runs."""
    spec = ExecSpec(container_id, ("/bin/sh",), mark=f"bench{time.monotonic_ns()}")
    exec_id = client.create_exec(spec)
    stream = client.open_terminal(exec_id, ScreenSize())
    sentinel = post_sentinel(client, spec)
    wait_until(lambda: stream.read(4096), "the prompt")
    stream.write(typed)
    time.sleep(0.3)  # both run, whatever the machine does
    return Begun(client, spec, exec_id, sentinel), stream


def _ended_ms(end: Callable[[], bool]) -> float:
    has_ended: list[bool] = []
    took_ms = timed_ms(lambda: has_ended.append(end()))
    assert has_ended == [True]
    return took_ms


def _host(begin: Begin) -> float:
    begun, stream = begin(BUSY)
    proof = prove(begun.client, begun.exec_id, begun.spec)
    assert proof is not None, "the process can't be seen from here"
    took_ms = _ended_ms(lambda: ending._from_host(begun, *proof))
    stream.close()
    _dismiss(begun)
    return took_ms


def _sentinel(begin: Begin) -> float:
    begun, stream = begin(BUSY)
    took_ms = _ended_ms(lambda: ending._from_within(begun))
    stream.close()
    return took_ms


def _killed(begin: Begin) -> float:
    """Close both connections, as the kernel does for a process that is killed."""
    begun, stream = begin(BUSY)

    def be_killed() -> bool:
        stream.close()
        assert begun.sentinel is not None
        begun.sentinel.stream.close()
        return ending._has_ended(begun, 5.0)

    return _ended_ms(be_killed)


def _keys(begin: Begin) -> float:
    begun, stream = begin(IDLE)
    took_ms = _ended_ms(lambda: ending._by_keys(begun, stream))
    stream.close()
    _dismiss(begun)
    return took_ms


def _dismiss(begun: Begun) -> None:
    if begun.sentinel is not None:
        begun.sentinel.dismiss()


if __name__ == "__main__":
    main(*sys.argv[1:])
