"""The forms that connect: who can, with which address and names, and what stands in the way."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

import pytest
from django.http import QueryDict

from networks.addressing.findings import Level
from networks.addressing.pool_checks import Pool
from networks.engine.specs import ConnectSpec
from networks.forms.connecting import ContainerToConnectForm, NetworkToConnectForm
from networks.queries.engine_context import ContainerChoice, NetworkChoice

POOL = Pool(ip_network("172.72.0.0/16"), ip_network("172.72.0.0/24"), ip_address("172.72.0.1"))
FRONT = NetworkChoice(
    "f" * 64,
    "front",
    "bridge",
    pools=(POOL,),
    holders={ip_address("172.72.0.10"): "shop"},
    wishes={ip_address("172.72.0.20"): "old"},
)
BRIDGE = NetworkChoice("b" * 64, "bridge", "bridge", pools=(Pool(ip_network("172.17.0.0/16")),))
HOST = NetworkChoice("a" * 64, "host", "host")
CONTAINERS = tuple(
    ContainerChoice(str(number) * 64, name, state, mode, networks)
    for number, (name, state, mode, networks) in enumerate(
        [
            ("web", "running", "bridge", ("bridge",)),
            ("stopped", "exited", "bridge", ("bridge",)),
            ("shop", "running", "front", ("front",)),
            ("hosted", "running", "host", ("host",)),
            ("lonely", "running", "none", ("none",)),
            ("guest", "running", "container:" + "0" * 64, ()),
        ]
    )
)


def typed(
    network: NetworkChoice = FRONT, container: int | None = 0, *, is_draft: bool = False, **fields: str
) -> ContainerToConnectForm:
    data = QueryDict(mutable=True)
    data.update(fields | ({} if container is None else {"container_id": str(container) * 64}))
    return ContainerToConnectForm(data, network=network, containers=CONTAINERS, is_draft=is_draft)


def test_it_reads_what_was_typed() -> None:
    form = typed(ipv4="172.72.0.4", aliases="blog, cms blog")

    assert form.is_valid()
    assert form.to_spec() == ConnectSpec("f" * 64, "0" * 64, ipv4=ip_address("172.72.0.4"), aliases=("blog", "cms"))


@pytest.mark.parametrize(
    ("form", "field", "key"),
    [
        (typed(container=None), "container_id", "container_missing"),
        (typed(container=9), "container_id", "container_gone"),
        (typed(container=2), "container_id", "already_connected"),
        (typed(container=3), "container_id", "container_host"),
        (typed(container=4), "container_id", "container_none"),
        (typed(container=5), "container_id", "container_shared"),
        (typed(HOST), "container_id", "network_host"),
        (typed(ipv4="172.72.0.10"), "ipv4", "address_held"),
        (typed(ipv4="10.0.0.1"), "ipv4", "address_outside"),
        (typed(ipv4="172.72.0.1"), "ipv4", "address_is_gateway"),
        (typed(ipv4="172.72.0.4/24"), "ipv4", "address_with_prefix_length"),
        (typed(ipv4="fd00::1"), "ipv4", "ipv4_family"),
        (typed(ipv6="fd00::1"), "ipv6", "ipv6_no_pool"),
        (typed(aliases="a b/c"), "aliases", "alias_invalid"),
        (typed(BRIDGE, 2, ipv4="172.17.0.5"), "ipv4", "static_on_default_bridge"),
        (typed(BRIDGE, 2, aliases="x"), "aliases", "alias_on_default_bridge"),
    ],
)
def test_it_marks_the_field(form: ContainerToConnectForm, field: str, key: str) -> None:
    assert not form.is_valid()
    assert [(found.field, found.key) for found in form.findings if found.level is Level.BAD] == [(field, key)]


def test_it_warns_and_lets_pass() -> None:
    form = typed(container=1, ipv4="172.72.0.20")

    assert form.is_valid()
    assert [found.key for found in form.findings] == ["container_stopped", "address_wished"]


def test_it_offers_only_what_is_not_there_yet() -> None:
    labels = [str(label) for _, label in typed().fields["container_id"].widget.choices]  # type: ignore[attr-defined]
    from_container = NetworkToConnectForm(QueryDict(), container=CONTAINERS[0], networks=[BRIDGE, FRONT])

    assert labels == [
        "Choose…",
        "web · running · on bridge",
        "stopped · exited · on bridge",
        "hosted · running · on host",
        "lonely · running · on none",
        "guest · running · in another container's network",
    ]
    networks = [str(label) for _, label in from_container.fields["network_id"].widget.choices]  # type: ignore[attr-defined]
    assert networks == ["Choose…", "front · bridge · 172.72.0.0/16"]


def test_it_lets_choose_only_what_docker_could_take() -> None:
    ids = {each.docker_id: each.name for each in CONTAINERS}
    networks = {each.docker_id: each.name for each in (BRIDGE, FRONT, HOST)}
    from_network = str(typed()["container_id"])
    from_container = str(NetworkToConnectForm(QueryDict(), container=CONTAINERS[0], networks=[BRIDGE, FRONT, HOST])["network_id"])
    sent = str(typed(container=3)["container_id"])

    assert _greyed(from_network, ids) == {"hosted", "guest"}
    assert _greyed(from_container, networks) == {"host"}
    assert _greyed(sent, ids) == {"guest"}  # what was sent stays, to be seen beside what is said of it


def _greyed(html: str, names: dict[str, str]) -> set[str]:
    return {names[value] for value in re.findall(r'<option value="([^"]+)"[^>]* disabled', html)}


def test_it_says_at_once_that_nothing_can_be_done() -> None:
    network = typed(HOST, None, is_draft=True)
    container = NetworkToConnectForm(QueryDict(), container=CONTAINERS[4], networks=[FRONT], is_draft=True)

    assert [network.is_valid(), container.is_valid()] == [False, False]
    assert [found.key for form in (network, container) for found in form.findings] == ["network_host", "container_none"]
