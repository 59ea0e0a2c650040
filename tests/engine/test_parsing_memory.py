"""A list that is read again: the same fact for the same entry, a new one for a changed entry, nothing that is gone."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.errors import ProtocolFault
from networks.engine.parsing.containers import parse_containers
from networks.engine.parsing.memory import container_memory, network_memory
from networks.engine.parsing.networks import parse_network_fact

FIRST, SECOND = "a" * 64, "b" * 64
HOSTILE = ['},{"Id":"', "\\", '"', '\\"},{"Id":"x', "\0", "Up 3 minutes", '"Status":"Up 3 minutes"', "}]", "[{"]


def _entry(docker_id: str, **members: Any) -> dict[str, Any]:
    settings = {"Networks": {"n1": {"NetworkID": "c" * 64, "IPAddress": "10.0.0.2", "IPPrefixLen": 8}}}
    return {"Id": docker_id, "Names": ["/web"], "State": "running", "NetworkSettings": settings, **members}


def _body(value: Any) -> bytes:
    """Write JSON as Docker does: without spaces, with a line's end."""
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Up 38 minutes", "Up 39 minutes"),
        ("Up Less than a second", "Up 2 days"),
        ("Up 38 minutes (healthy)", "Up 2 hours (healthy)"),
        ("Exited (137) 3 seconds ago", "Exited (137) 2 weeks ago"),
    ],
)
def test_it_gives_the_same_facts_again_while_only_the_clock_goes_on(earlier: str, later: str) -> None:
    memory = container_memory()
    state = "exited" if earlier.startswith("Exited") else "running"

    before = memory.parse(_body([_entry(FIRST, State=state, Status=earlier), _entry(SECOND)]))
    after = memory.parse(_body([_entry(FIRST, State=state, Status=later), _entry(SECOND)]))

    assert after is before
    assert after == parse_containers([_entry(FIRST, State=state, Status=later), _entry(SECOND)])


@pytest.mark.parametrize(
    "changed",
    [
        {"Status": "Up 39 minutes (unhealthy)"},
        {"Status": "Up 39 minutes"},
        {"State": "paused"},
        {"State": "exited", "Status": "Exited (1) 3 minutes ago"},
        {"Names": ["/api"]},
        {"NetworkSettings": {"Networks": {"n1": {"NetworkID": "c" * 64, "IPAddress": "10.0.0.3"}}}},
        {"Labels": {"a": "1"}},
    ],
)
def test_it_gives_a_new_fact_for_what_changed(changed: dict[str, Any]) -> None:
    memory = container_memory()
    entry, other = _entry(FIRST, Status="Up 38 minutes (healthy)"), _entry(SECOND)

    before = memory.parse(_body([entry, other]))
    after = memory.parse(_body([other, {**entry, **changed}]))

    assert after[1] != before[0]
    assert after[0] is before[1]
    assert after == parse_containers([other, {**entry, **changed}])


def test_it_forgets_what_is_gone() -> None:
    memory = container_memory()
    memory.parse(_body([_entry(FIRST), _entry(SECOND)]))

    assert [container.docker_id for container in memory.parse(_body([_entry(SECOND)]))] == [SECOND]
    assert memory.parse(b"[]\n") == ()
    assert len(memory.parse(_body([_entry(FIRST), _entry(SECOND)]))) == 2


def test_it_shows_a_label_that_reads_like_a_clock_as_it_is() -> None:
    labels = {"State": "running", "Status": "Up 3 minutes"}

    (container,) = container_memory().parse(_body([_entry(FIRST, Labels=labels, Status="Up 5 minutes")]))

    assert container.labels == labels


def test_it_reads_a_list_that_is_written_otherwise() -> None:
    entries = [{"Names": ["/web"], "Id": FIRST}, {"Names": ["/api"], "Id": SECOND, "Mounts": [{"Id": "1"}, {"Id": "2"}]}]
    memory = container_memory()

    for body in (json.dumps(entries, indent=1).encode(), _body(entries), _body([{"Id": FIRST, "M": [{"Id": ""}] * 3}])):
        assert memory.parse(body) == parse_containers(json.loads(body))


@given(
    st.lists(
        st.lists(
            st.fixed_dictionaries(
                {"Id": st.sampled_from([FIRST, SECOND, "c" * 64])},
                optional={
                    "Labels": st.dictionaries(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE) | st.text(), max_size=3),
                    "Mounts": st.lists(st.fixed_dictionaries({"Id": st.sampled_from(HOSTILE)}), max_size=3),
                    "State": st.sampled_from(["running", "exited", "paused"]),
                    "Status": st.sampled_from(["Up 3 minutes", "Up 4 minutes (healthy)", "Exited (1) now", "Exited (2) now"]),
                },
            ),
            max_size=4,
        ),
        max_size=4,
    )
)
def test_it_always_reads_what_plain_parsing_reads(readings: list[list[dict[str, Any]]]) -> None:
    memory = container_memory()

    for entries in readings:
        clean = json.loads(json.dumps(entries).replace("\\u0000", "\u2400"))
        assert memory.parse(_body(copy.deepcopy(entries))) == parse_containers(clean)


def test_it_reads_networks_alike() -> None:
    memory = network_memory()
    networks = [{"Name": "n1", "Id": FIRST}, {"Name": "ov", "Id": SECOND, "Peers": [{"Name": "p1"}, {"Name": "p2"}]}]

    assert memory.parse(_body(networks)) == tuple(map(parse_network_fact, networks))
    assert memory.parse(_body(networks[:1])) == tuple(map(parse_network_fact, networks[:1]))


@pytest.mark.parametrize("answer", [None, {}, [None], [{}], [{"Id": []}], [{"Id": "x"}], "x", [{"Id": FIRST}, 3]])
def test_it_takes_only_a_list_of_things_with_full_ids(answer: Any) -> None:
    for memory in (container_memory(), network_memory()):
        with pytest.raises(ProtocolFault):
            memory.parse(_body(answer))


@pytest.mark.parametrize("body", [b"", b"[", b'[{"Id":"', b'[{"Id":"x"},{"Id":"y"}', b"<html>", b'[{"Id":}]', b'[{"Id":"a}]'])
def test_it_takes_no_body_that_was_cut(body: bytes) -> None:
    with pytest.raises(ProtocolFault):
        container_memory().parse(body)
