"""What interfaces counted: whole counters by name, and nothing that was not said."""

from __future__ import annotations

from typing import Any

import pytest

from networks.engine.errors import ProtocolFault
from networks.engine.facts import InterfaceStats
from networks.engine.parsing.containers import parse_stats

COUNTED = {
    **{"rx_bytes": 648, "rx_dropped": 1, "rx_errors": 2, "rx_packets": 8},
    **{"tx_bytes": 2**64 - 1, "tx_dropped": 4, "tx_errors": 5, "tx_packets": 7},
}


def test_it_reads_each_interface_by_name() -> None:
    found = parse_stats({"read": "now", "networks": {"eth1": COUNTED, "eth0": {**COUNTED, "endpoint_id": "x"}}})

    expected = InterfaceStats("eth0", 648, 8, 2, 1, 2**64 - 1, 7, 5, 4)
    assert [one.name for one in found] == ["eth0", "eth1"]
    assert found[0] == expected


@pytest.mark.parametrize("wrong", [-1, 1.5, "648", None, True, [], {}])
def test_it_leaves_an_interface_out_that_has_no_whole_counters(wrong: Any) -> None:
    assert parse_stats({"networks": {"eth0": {**COUNTED, "tx_errors": wrong}, "": COUNTED}}) == ()


@pytest.mark.parametrize("networks", [None, [], "eth0", {"eth0": None}, {"eth0": []}])
def test_it_takes_an_absent_or_broken_list_for_no_interfaces(networks: Any) -> None:
    assert parse_stats({"networks": networks}) == ()


@pytest.mark.parametrize("answer", [None, [], "", 3])
def test_it_refuses_what_is_no_object(answer: Any) -> None:
    with pytest.raises(ProtocolFault):
        parse_stats(answer)
