"""What every reader of a host promises: the double in memory and the kernel alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from networks.hostnet.errors import HostError, Vanished
from networks.hostnet.facts import LinkChange, Tier, peers_of
from networks.hostnet.linux.netlink.changes import ChangeStream
from networks.hostnet.linux.reader import HostReader
from tests.fake_host import FakeHost
from tests.hostnet.lab import LabHost
from tests.private_engine import wait_until

Host = FakeHost | LabHost


@contextmanager
def opened(host: Host) -> Iterator[HostReader]:
    reader = host.open()
    try:
        yield reader
    finally:
        reader.close()


def id_of(host: Host, container_id: str) -> str:
    """Return the id by which the reader knows a container."""
    return host.full_id(container_id) if isinstance(host, LabHost) else container_id


class Hearing:
    """A thread that hears a stream to its end."""

    def __init__(self, stream: ChangeStream) -> None:
        self.heard: list[LinkChange] = []
        self.stream = stream
        self.thread = threading.Thread(target=self._hear)
        self.thread.start()

    def _hear(self) -> None:
        for change in self.stream:
            self.heard.append(change)

    def end(self) -> list[LinkChange]:
        self.stream.close()
        self.thread.join(5)
        assert not self.thread.is_alive()
        return self.heard


def test_it_sees_the_whole_host_as_root(host: Host) -> None:
    with opened(host) as reader:
        assert reader.view().tier is Tier.HOST
        assert reader.view().enters_containers


def test_it_names_the_far_end_of_every_pair(host: Host) -> None:
    bridge = host.add_link("br0", "bridge", "10.77.0.1/24")
    pids = {id_of(host, name): host.add_container(name) for name in ("a", "b")}
    first = host.plug("a", bridge, "eth0", "10.77.0.2/24")
    second = host.plug("b", bridge, "eth0", "10.77.0.3/24")
    third = host.plug("b", bridge, "eth1")

    with opened(host) as reader:
        links = reader.links()
        found = peers_of(links, reader.sandboxes(pids))

    assert {index: (peer.container_ids, peer.link.name) for index, peer in found.items()} == {
        first: ((id_of(host, "a"),), "eth0"),
        second: ((id_of(host, "b"),), "eth0"),
        third: ((id_of(host, "b"),), "eth1"),
    }
    assert {link.master for link in links if link.index in found} == {bridge}
    assert all(peer.link.mac for peer in found.values())


def test_it_lists_links_by_index_with_their_addresses(host: Host) -> None:
    bridge = host.add_link("br0", "bridge", "10.77.0.1/24", "fd77::1/64")

    with opened(host) as reader:
        links = {link.index: link for link in reader.links()}
        one = reader.link(bridge)

    assert list(links) == sorted(links)
    assert links[1].kind == "loopback"
    assert links[bridge].kind == "bridge"
    assert {"10.77.0.1/24", "fd77::1/64"} <= {str(address.interface) for address in links[bridge].addresses}
    assert one is not None
    assert (one.name, one.addresses) == (links[bridge].name, links[bridge].addresses)


def test_it_counts_every_link(host: Host) -> None:
    host.add_link("br0", "bridge")

    with opened(host) as reader:
        assert reader.counters().keys() == {link.index for link in reader.links()}


def test_it_knows_no_link_that_is_gone(host: Host) -> None:
    bridge = host.add_link("br0", "bridge")

    with opened(host) as reader:
        assert reader.link(bridge) is not None
        host.remove(bridge)

        assert reader.link(bridge) is None
        assert bridge not in reader.counters()
        assert reader.link(999_999) is None


def test_it_tells_who_shares_a_stack_and_who_has_the_hosts(host: Host) -> None:
    names = {"a": {}, "b": {"shares": "a"}, "c": {"is_host": True}, "d": {}}
    pids = {id_of(host, name): host.add_container(name, **more) for name, more in names.items()}  # type: ignore[arg-type]

    with opened(host) as reader:
        a, b, c, d = reader.sandboxes(pids).values()

    assert a.netns == b.netns
    assert len({a.netns, c.netns, d.netns}) == 3
    assert [one.is_host for one in (a, b, c, d)] == [False, False, True, False]
    assert d.nsid is None
    assert d.links == ()


def test_it_leaves_out_who_is_gone_or_another(host: Host) -> None:
    pids = {id_of(host, name): host.add_container(name) for name in ("a", "b", "c")}
    host.kill("a")
    mixed = pids | {id_of(host, "b"): pids[id_of(host, "c")], id_of(host, "d"): 0}

    with opened(host) as reader:
        assert set(reader.sandboxes(mixed)) == {id_of(host, "c")}
        assert reader.sandboxes({}) == {}


def test_it_looks_inside(host: Host) -> None:
    bridge = host.add_link("br0", "bridge")
    pid = host.add_container("a")
    host.plug("a", bridge, "eth0", "10.77.0.2/24")

    with opened(host) as reader:
        inside = reader.inside(id_of(host, "a"), pid)
        host.kill("a")
        with pytest.raises(Vanished):
            reader.inside(id_of(host, "a"), pid)

    lo, eth0 = inside.links
    assert (lo.kind, eth0.name, eth0.kind) == ("loopback", "eth0", "veth")
    assert "10.77.0.2/24" in {str(address.interface) for address in eth0.addresses}


def test_it_tells_the_addresses_of_a_containers_interfaces(host: Host) -> None:
    bridge = host.add_link("br0", "bridge")
    pid = host.add_container("a")
    host.plug("a", bridge, "eth0", "10.77.0.2/24", "fd00:77::2/64")

    def held() -> set[str]:
        with opened(host) as reader:
            [link] = reader.sandboxes({id_of(host, "a"): pid})[id_of(host, "a")].links
        return {str(address) for address in link.addresses}

    wait_until(lambda: held() == {"10.77.0.2", "fd00:77::2"}, "both addresses, and no link-local one")


def test_it_tells_what_comes_and_goes(host: Host) -> None:
    with opened(host) as reader:
        hearing = Hearing(reader.changes())
        bridge = host.add_link("br0", "bridge")
        host.remove(bridge)
        wait_until(lambda: LinkChange(bridge, is_gone=True) in hearing.heard, "the link to be gone")
        heard = hearing.end()

    assert LinkChange(bridge) in heard
    assert [change for change in heard if change.index == bridge][-1].is_gone


def test_it_ends_streams_when_it_is_closed(host: Host) -> None:
    reader = host.open()
    hearing = Hearing(reader.changes())

    reader.close()
    reader.close()

    hearing.thread.join(5)
    assert not hearing.thread.is_alive()
    assert hearing.end() == hearing.heard


def test_it_hears_nothing_of_before(host: Host) -> None:
    bridge = host.add_link("br0", "bridge")

    with opened(host) as reader:
        hearing = Hearing(reader.changes())
        other = host.add_link("br1", "bridge")
        wait_until(lambda: any(change.index == other for change in hearing.heard), "the second link")

        assert bridge not in {change.index for change in hearing.end()}


def test_it_ends_a_stream_that_nobody_hears(host: Host) -> None:
    with opened(host) as reader:
        stream = reader.changes()
        stream.close()
        stream.close()

        assert list(stream) == []


@pytest.mark.engine
def test_it_refuses_when_it_is_closed(lab: LabHost) -> None:
    reader = lab.open()
    reader.close()

    for ask in (reader.links, reader.counters, reader.routes, reader.resolver, reader.changes):
        with pytest.raises(HostError):
            ask()
