"""The double of a host tells its links and its containers' stacks as the seam says."""

from __future__ import annotations

from networks.hostnet.facts import LinkChange
from tests.fake_host import ORDINARY_USER, FakeHost


def test_it_counts_both_ends_of_a_pair() -> None:
    host = FakeHost()
    pid = host.add_container("a")
    outside = host.plug("a", host.add_link("docker0", "bridge"))

    host.count(outside, tx_bytes=1000, tx_packets=1)

    assert host.open().counters()[outside].tx_bytes == 1000
    assert host.open().inside("a", pid).links[1].counters.rx_bytes == 1000


def test_it_announces_changes_and_takes_the_pair_away_with_its_container() -> None:
    host = FakeHost(view=ORDINARY_USER)
    host.add_container("a")
    reader = host.open()
    stream = reader.changes()

    outside = host.plug("a", host.add_link("docker0", "bridge"))
    host.kill("a")
    reader.close()

    assert list(stream) == [LinkChange(2), LinkChange(outside), LinkChange(outside, is_gone=True)]
    assert outside not in host.links
