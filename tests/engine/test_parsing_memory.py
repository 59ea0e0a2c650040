"""A list that is read again: the same fact for the same entry, a new one for a changed entry, nothing that is gone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from networks.engine.errors import ProtocolFault
from networks.engine.parsing.containers import parse_containers
from networks.engine.parsing.memory import container_memory, network_memory

FIRST, SECOND = "a" * 64, "b" * 64


def _entry(docker_id: str, **members: Any) -> dict[str, Any]:
    settings = {"Networks": {"n1": {"NetworkID": "c" * 64, "IPAddress": "10.0.0.2", "IPPrefixLen": 8}}}
    return {"Id": docker_id, "Names": ["/web"], "State": "running", "NetworkSettings": settings, **members}


def test_it_gives_the_same_fact_again_while_only_the_clock_goes_on() -> None:
    memory = container_memory()

    (before,) = memory.parse([_entry(FIRST, Status="Up 38 minutes (healthy)")])
    (after,) = memory.parse([_entry(FIRST, Status="Up 39 minutes (healthy)")])

    assert after is before
    assert after.health == "healthy"


@pytest.mark.parametrize(
    "changed",
    [
        {"Status": "Up 39 minutes (unhealthy)"},
        {"State": "paused"},
        {"Names": ["/api"]},
        {"NetworkSettings": {"Networks": {"n1": {"NetworkID": "c" * 64, "IPAddress": "10.0.0.3"}}}},
        {"Labels": {"a": "1"}},
    ],
)
def test_it_gives_a_new_fact_for_what_changed(changed: dict[str, Any]) -> None:
    memory = container_memory()
    entry, other = _entry(FIRST, Status="Up (healthy)"), _entry(SECOND)

    before = memory.parse(copy.deepcopy([entry, other]))
    after = memory.parse(copy.deepcopy([{**entry, **changed}, other]))

    assert after[0] != before[0]
    assert after[1] is before[1]
    assert after == parse_containers([{**entry, **changed}, other])


def test_it_forgets_what_is_gone() -> None:
    memory = container_memory()
    memory.parse([_entry(FIRST), _entry(SECOND)])

    assert [container.docker_id for container in memory.parse([_entry(SECOND)])] == [SECOND]
    assert memory.parse([]) == ()


@pytest.mark.parametrize("answer", [None, {}, [None], [{}], [{"Id": []}], [{"Id": "x"}], "x"])
def test_it_takes_only_a_list_of_things_with_full_ids(answer: Any) -> None:
    for memory in (container_memory(), network_memory()):
        with pytest.raises(ProtocolFault):
            memory.parse(answer)
