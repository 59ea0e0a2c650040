"""That a process is a container's is proved, by its cgroup, of one process that is held."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.hostnet.errors import Vanished
from networks.hostnet.linux.processes import Process, containers_of
from tests.hostnet.lab import LabHost, put_into_cgroup

A, B = "a" * 64, "b" * 64
LAST_PID = Path("/proc/sys/kernel/ns_last_pid")
ATTEMPTS = 200


@pytest.mark.parametrize(
    ("cgroups", "expected"),
    [
        (f"0::/system.slice/docker-{A}.scope\n", {A}),
        (f"9:name=systemd:/docker/{A}\n8:pids:/docker/{A}\n0::/\n", {A}),
        (f"0::/docker/{A}/docker/{B}\n", {B}),  # a container of an Engine within a container
        (f"0::/kubepods/pod1/{A}/init\n", {A}),
        (f"0::/../docker-{A}.scope\n", {A}),  # seen from a container of our own
        (f"1:a:/docker/{A}\n2:b:/docker/{B}\n", {A, B}),
        (f"0::/docker/{A}{B}\n", set()),
        (f"0::/docker/{A[:63]}\n", set()),
        ("0::/user.slice\n", set()),
        ("garbage\n\n:::\n", set()),
    ],
)
def test_it_reads_the_innermost_container(cgroups: str, expected: set[str]) -> None:
    assert containers_of(cgroups) == expected


def test_it_refuses_what_is_no_process() -> None:
    for pid in (0, -1, 2**31 - 1):
        with pytest.raises(Vanished):
            Process(pid)


@pytest.mark.engine
def test_it_proves_whose_process_it_is(lab: LabHost) -> None:
    pid = lab.add_container("a")

    with Process(pid) as process:
        assert process.prove(lab.full_id("a")) == process.started_at()
        with pytest.raises(Vanished):
            process.prove(lab.full_id("b"))
    with Process(os.getpid()) as own, pytest.raises(Vanished):
        own.prove(lab.full_id("a"))


@pytest.mark.engine
def test_it_is_not_deceived_by_a_pid_that_is_reused(lab: LabHost) -> None:
    pid = lab.add_container("a")
    lab.add_container("b")
    reader = lab.open()
    with contextlib.closing(reader), Process(pid) as held:
        assert set(reader.sandboxes({lab.full_id("a"): pid})) == {lab.full_id("a")}
        lab.kill("a")
        with taking_over(pid, lab):
            assert os.stat(f"/proc/{pid}")

            with pytest.raises(Vanished):
                held.read("cgroup")
            with pytest.raises(Vanished):
                held.started_at()
            assert reader.sandboxes({lab.full_id("a"): pid}) == {}
            with pytest.raises(Vanished):
                reader.inside(lab.full_id("a"), pid)


@contextlib.contextmanager
def taking_over(pid: int, lab: LabHost) -> Iterator[None]:
    """Have another container's process get this number: the kernel gives the next free one after the last."""
    for _ in range(ATTEMPTS):
        LAST_PID.write_text(str(pid - 1))
        other = subprocess.Popen(["sleep", "1000"])
        try:
            if other.pid == pid:
                put_into_cgroup(pid, lab.name, lab.full_id("b"))
                yield
                return
        finally:
            other.kill()
            other.wait(5)
    pytest.skip("the number could not be had again")


@pytest.mark.engine
def test_it_takes_a_zombie_for_ended() -> None:
    child = subprocess.Popen(["sleep", "1000"])
    with Process(child.pid) as process:
        process.started_at()
        os.kill(child.pid, 9)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        with pytest.raises(Vanished, match="has ended"):
            process.started_at()
        with pytest.raises(Vanished, match="has ended"):  # it has no mounts any more
            process.read("mountinfo")
    child.wait(5)
