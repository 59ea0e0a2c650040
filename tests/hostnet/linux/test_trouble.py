"""Hard moments: containers that die while they are read, an ordinary user, messages that are missed, a reader that is closed."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import struct
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from networks.hostnet.errors import HostError, HostNotAllowed, Vanished
from networks.hostnet.facts import Counters, LinkChange, Obstacle, Tier, peers_of
from networks.hostnet.linux.netlink.conversation import NetlinkSocket, Unsupported
from networks.hostnet.linux.netlink.counters import in_links_body, read_counters
from networks.hostnet.linux.netlink.links import links_body
from networks.hostnet.linux.netlink.wire import RTM_GETLINK, Datagram, Message
from networks.hostnet.linux.opening import open_host
from tests.hostnet.lab import LabHost
from tests.private_engine import wait_until

pytestmark = pytest.mark.engine

NOBODY = 65534
PR_SET_DUMPABLE, PR_SET_KEEPCAPS = 4, 8
CAP_SYS_PTRACE, CAP_SYS_ADMIN = 19, 21
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CONTAINERS = 12


def as_nobody(work: Callable[[], Any]) -> Any:
    """Do something in a child process as an ordinary user, and return what it returned, through JSON."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # Python 3.12: of a fork beside threads; this child starts none before
        child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            os.setgroups([])
            ctypes.CDLL(None).prctl(PR_SET_KEEPCAPS, 1)  # permitted only: none is effective
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1)  # as a process that began as this user
            os.write(writing, json.dumps(work()).encode())
            status = 0
        os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        content = answer.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(content)


def keep_capabilities(*numbers: int) -> None:
    """Let these be effective in this process, which is an ordinary user's by now and had been told to keep what it had."""
    wanted = sum(1 << number for number in numbers)
    header = struct.pack("=Ii", LINUX_CAPABILITY_VERSION_3, 0)
    if ctypes.CDLL(None).capset(header, struct.pack("=6I", wanted, wanted, 0, 0, 0, 0)):
        raise OSError("capset")


def test_it_looks_inside_for_whoever_has_two_capabilities(lab: LabHost) -> None:
    pid = lab.add_container("a")
    lab.plug("a", lab.add_link("br0"), "eth0", "10.77.0.2/24")

    def look() -> Any:
        keep_capabilities(CAP_SYS_PTRACE, CAP_SYS_ADMIN)
        reader = lab.open()
        return reader.view().tier, len(reader.links()), len(reader.inside(lab.full_id("a"), pid).links)

    assert as_nobody(look) == [Tier.HOST, 3, 2]


def test_it_loses_no_link_while_others_come_and_go(lab: LabHost) -> None:
    staying = {lab.add_link(f"stay{number}") for number in range(30)}
    lines = "".join(f"link add go{number % 5} type bridge\nlink delete go{number % 5}\n" for number in range(40))
    churning = threading.Thread(target=lab.batch, args=(lines,))
    readings = 0

    with contextlib.closing(lab.open()) as reader:
        churning.start()
        while churning.is_alive():
            assert staying <= {link.index for link in reader.links()}
            readings += 1
            assert all(reader.link(index) for index in staying)
    churning.join()

    assert readings


def test_it_counts_without_the_message_that_old_kernels_lack(lab: LabHost) -> None:
    lab.add_link("br0")
    found: dict[int, Counters] = {}

    def take(datagram: Datagram, message: Message) -> None:
        one = read_counters(datagram, message)
        assert one is not None
        found[one[0]] = one[1]

    with contextlib.closing(lab.open()) as reader:
        asked = lab.standing_in(NetlinkSocket)
        lab.ip("link", "set", "br0", "down")
        asked.dump(RTM_GETLINK, in_links_body(), take, begin=found.clear)

        assert found == reader.counters()
        asked.close()


def test_it_says_what_a_kernel_lacks(lab: LabHost) -> None:
    asked = lab.standing_in(NetlinkSocket)

    with pytest.raises(Unsupported):
        asked.ask(4000, bytes(4), lambda datagram, message: None)
    with pytest.raises(Vanished):
        asked.ask(RTM_GETLINK, links_body(999_999), lambda datagram, message: None)
    asked.close()


def test_it_names_containers_to_an_ordinary_user(lab: LabHost) -> None:
    bridge = lab.add_link("br0", "bridge", "10.77.0.1/24")
    pids = {lab.full_id(name): lab.add_container(name) for name in ("a", "b")}
    pids[lab.full_id("h")] = lab.add_container("h", is_host=True)
    ends = {lab.plug(name, bridge, ifname): (lab.full_id(name), ifname) for name, ifname in (("a", "eth0"), ("b", "eth7"))}
    pids[lab.full_id("c")] = lab.add_container("c")
    ends[lab.plug("c", bridge, "eth0", "10.77.0.2/24", "fd77::2/64")] = (lab.full_id("c"), "eth0")

    def look() -> Any:
        reader = open_host()
        links, sandboxes = reader.links(), reader.sandboxes(pids)
        try:
            refused = bool(reader.inside(lab.full_id("a"), pids[lab.full_id("a")]))
        except HostNotAllowed:
            refused = True
        peers = {index: (peer.container_ids[0], peer.link.name) for index, peer in peers_of(links, sandboxes).items()}
        held = [str(address) for address in sandboxes[lab.full_id("c")].links[0].addresses]
        view = reader.view()
        return peers, [one.is_host for one in sandboxes.values()], view.tier, view.why_not_inside, refused, held

    peers, hosts, tier, why, refused, held = lab.standing_in(lambda: as_nobody(look))

    assert {int(index): tuple(end) for index, end in peers.items()} == ends
    assert hosts == [False, False, True, False]
    assert held == ["fd77::2"]  # by interface the kernel tells anybody those of IPv6 alone
    assert (tier, why, refused) == (Tier.HOST, Obstacle.NOT_ROOT, True)


def test_it_says_that_a_named_namespace_takes_root(lab: LabHost) -> None:
    def look() -> Any:
        reader = lab.open()
        view = reader.view()
        return view.tier, view.why_not_host, view.why_not_inside, len(reader.links()), len(reader.counters())

    assert as_nobody(look) == [Tier.NONE, Obstacle.NOT_ROOT, Obstacle.NOT_ROOT, 0, 0]


def test_it_never_errs_about_containers_that_die_meanwhile(lab: LabHost) -> None:
    bridge = lab.add_link("br0")
    names = [f"c{number}" for number in range(CONTAINERS)]
    pids = {lab.full_id(name): lab.add_container(name) for name in names}
    ends = {lab.plug(name, bridge, f"eth{place}"): (lab.full_id(name), f"eth{place}") for place, name in enumerate(names)}
    random.shuffle(names)
    killing = threading.Thread(target=lambda: [lab.kill(name) for name in names])
    seen: set[int] = set()

    with contextlib.closing(lab.open()) as reader:
        killing.start()
        while killing.is_alive() or seen != {0}:
            links, sandboxes = reader.links(), reader.sandboxes(pids)
            found = {index: (peer.container_ids[0], peer.link.name) for index, peer in peers_of(links, sandboxes).items()}
            assert found.items() <= ends.items()
            seen = {len(found)}
            for container_id, pid in pids.items():
                with contextlib.suppress(HostError):
                    inside = reader.inside(container_id, pid)
                    own = {name for index, (one, name) in ends.items() if one == container_id}
                    assert {link.name for link in inside.links if link.kind == "veth"} <= own
    killing.join()


def test_it_says_when_changes_were_missed(lab: LabHost) -> None:
    index = lab.add_link("br0")

    with contextlib.closing(lab.open()) as reader:
        stream = reader.changes()
        lines = "".join(f"link set dev br0 mtu {1300 + number % 100}\n" for number in range(8_000))
        lab.batch(lines)
        hearing = iter(stream)

        assert next(hearing) == LinkChange(0)
        assert next(hearing) == LinkChange(index)


def test_it_tells_changes_of_addresses_and_routes(lab: LabHost) -> None:
    index = lab.add_link("br0", "bridge", "10.77.0.1/24")

    with contextlib.closing(lab.open()) as reader:
        for words in (
            "address add 10.78.0.1/24 dev br0",
            "address del 10.78.0.1/24 dev br0",
            "address add fd77::1/64 dev br0 nodad",
            "route add 10.79.0.0/24 via 10.77.0.9",
            "-6 route add fd79::/64 via fd77::9 dev br0",
        ):
            stream = reader.changes()
            lab.ip(*words.split())

            assert next(iter(stream)) == LinkChange(index), words
            stream.close()


def test_it_takes_a_port_that_leaves_its_bridge_for_changed(lab: LabHost) -> None:
    bridge = lab.add_link("br0")
    lab.add_container("a")
    outside = lab.plug("a", bridge)
    heard: list[LinkChange] = []

    with contextlib.closing(lab.open()) as reader:
        stream = reader.changes()
        hearing = threading.Thread(target=lambda: heard.extend(stream))
        hearing.start()
        lab.ip("link", "set", "dev", "br0", "down")
        lab.ip("link", "set", "v2", "nomaster")
        wait_until(lambda: len([change for change in heard if change.index == outside]) >= 2, "the port to be told")
    hearing.join(5)

    assert LinkChange(outside, is_gone=True) not in heard


def test_it_may_be_closed_while_it_is_asked(lab: LabHost) -> None:
    lab.add_link("br0")
    reader = lab.open()
    ended: list[HostError] = []

    def ask() -> None:
        try:
            while True:
                reader.links()
        except HostError as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    reader.close()
    for thread in threads:
        thread.join(5)

    assert len(ended) == 3


def namespaces_of_threads() -> set[int]:
    """Return the namespaces that this process's threads are in; one that ends meanwhile is in none."""
    found = set()
    for task in os.listdir("/proc/self/task"):
        with contextlib.suppress(OSError):
            found.add(os.stat(f"/proc/self/task/{task}/ns/net").st_ino)
    return found


def test_it_leaves_no_thread_in_another_namespace_and_no_file_open(lab: LabHost) -> None:
    pid = lab.add_container("a")
    own = os.stat("/proc/self/ns/net").st_ino
    before = set(os.listdir("/proc/self/fd"))

    reader = lab.open()
    reader.sandboxes({lab.full_id("a"): pid, lab.full_id("b"): pid, lab.full_id("c"): 0})
    reader.inside(lab.full_id("a"), pid)
    reader.changes()
    reader.close()

    wait_until(lambda: namespaces_of_threads() == {own}, "the last thread to end")
    assert set(os.listdir("/proc/self/fd")) <= before
