"""What the forms find before an Engine is asked is what real ones of four versions answered, but for what is listed here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.forms.connecting import ContainerToConnectForm
from networks.forms.networks import NetworkForm
from networks.queries.addresses.room import Room
from networks.queries.choices import container_choices, network_choices
from networks.queries.engine_context import engine_version, read_ground
from networks.queries.engines import read_engine
from tests.recorded.following import followed
from tests.recorded.forms import SLUG, type_connection, type_network
from tests.recorded.reading import VERSIONS, answered

# Docker takes these, and nothing good comes of them: docs/engine-behaviour.md and docs/network-checks.md say what.
REFUSED_HERE = {
    *("subnet too small /32", "name 'bad name!'", "name 'container:x'", "already connected, stopped", "link to missing"),
    *("option com.docker.network.bridge.host_binding_ipv4=::1", "macvlan parent taken by ipvlan", "ipvlan parent taken"),
    "option com.docker.network.container_iface_prefix=averyverylongprefix",
}
# Only the Engine's machine shows these, and a recorded one has none that could be looked at.
OF_THE_MACHINE = {
    *("option com.docker.network.bridge.name=up0", "macvlan parent missing", "macvlan parent lo", "macvlan option unknown"),
    *("ipvlan parent missing", "ipvlan parent lo", "ipvlan option unknown"),
}
# A checkbox in the form.
NEVER_TYPED = {"option com.docker.network.bridge.enable_icc=maybe"}
# Of one version alone: 27 ignores what is new, and no answer of an Engine before 29 tells for sure which subnet was typed.
OF_VERSION = {
    "27.5.1": {"neither IPv4 nor IPv6", "gateway priority not a number", "address on automatic subnet"},
    "28.0.4": {"address on automatic subnet"},
    "28.5.2": {"address on automatic subnet"},
    "29.7.2": set[str](),
}


def foresee(version: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield (case, whether the form finds it good, whether the Engine did) of every creation and connection."""
    engine, containers = read_engine(SLUG), container_choices(SLUG)
    for each in answered(version):
        path = each.request.split(" ")[1].split("/")[1:]
        if path == ["networks", "create"] and isinstance(each.body, dict):
            network_form = NetworkForm(type_network(each.body), ground=read_ground(SLUG), may_shape=True)
            yield each.case, network_form.is_valid() and not any(pool.errors for pool in network_form.pools), each.status < 400
        elif path[-1] == "connect":
            network = next((one for one in network_choices(SLUG) if one.name == path[1]), None)
            container = next((one for one in containers if one.name == each.body["Container"]), None)
            if network is not None and container is not None:
                form = ContainerToConnectForm(
                    type_connection(each.body, container),
                    network=network,
                    containers=containers,
                    version=engine_version(engine),
                    may_shape=True,
                    engine_slug=SLUG,
                    room=Room(engine),
                )
                yield each.case, form.is_valid(), each.status < 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", VERSIONS)
def test_it_foresees_what_each_version_answered(tmp_path: Path, version: str) -> None:
    with followed(tmp_path, version):
        found = list(foresee(version))

    assert len(found) > 70
    unlike = {case for case, is_good, is_done in found if is_good != is_done}
    assert unlike == REFUSED_HERE | OF_THE_MACHINE | NEVER_TYPED | OF_VERSION[version]
