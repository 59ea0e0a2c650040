"""Which subnets an operator may choose: the Engine's given pools, and private space that nothing of a seen machine uses."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.addressing.reading import IPNetwork
from networks.hostnet.facts import ResolverFact
from networks.models import EngineStatus
from networks.policy.host_space import read_space, subnets_beyond
from tests.builders import make_engine, make_network
from tests.machines import SUBNET, office, seen

pytestmark = pytest.mark.django_db
# Each kind of address that somebody else may have, and each of the machine's own.
NEVER_FREE = {
    "203.0.113.0/24": "space_public",  # of documentation
    "8.8.8.0/24": "space_public",
    "100.64.0.0/24": "space_public",  # of carriers, and of VPNs
    "169.254.169.0/24": "space_public",  # where clouds tell secrets
    "198.18.0.0/24": "space_public",
    "172.72.0.0/16": "space_public",  # a tutorial's, and somebody's on the internet
    "2001:db8::/64": "space_public",
    "2a00::/64": "space_public",
    "fe80::/64": "space_public",
    SUBNET: "space_taken",
    "192.168.0.0/16": "space_taken",
    "192.168.77.4/30": "space_taken",
    "10.53.0.0/24": "space_taken",  # the name server's
    "10.99.0.0/24": "space_near",  # where the name server is, behind the default route
    "192.168.78.0/24": "space_near",  # beside the LAN, as others' LANs are
}
FREE = ("172.30.0.0/16", "172.16.0.0/24", "fd00:1::/64", "0.0.0.0/24")


def why_not(engine_slug: str, *subnets: str) -> list[str]:
    return [found.key for found in subnets_beyond(engine_slug, [ip_network(text) for text in subnets])]


@pytest.fixture(autouse=True)
def engines() -> None:
    make_engine("local")


@pytest.mark.parametrize("subnet", NEVER_FREE)
def test_it_leaves_to_admins_what_may_be_somebody_elses(subnet: str) -> None:
    with seen(office()):
        assert why_not("local", subnet) == [NEVER_FREE[subnet]]


@pytest.mark.parametrize("subnet", FREE)
def test_it_lets_operators_number_in_private_space_that_is_free(subnet: str) -> None:
    with seen(office()):
        assert why_not("local", subnet) == []


@pytest.mark.parametrize("subnet", [*NEVER_FREE, *FREE])
def test_it_takes_nothing_for_free_on_a_machine_that_is_not_seen(subnet: str) -> None:
    found = why_not("local", subnet)

    assert found == (
        [] if subnet == "0.0.0.0/24" else ["space_public" if NEVER_FREE.get(subnet) == "space_public" else "space_unseen"]
    )


def test_it_takes_nothing_for_free_where_the_name_servers_are_not_known() -> None:
    with seen(replace(office(), resolver=ResolverFact(is_known=False))):
        assert why_not("local", "172.30.0.0/24") == ["space_unseen"]


def test_it_trusts_the_pools_that_the_engine_was_given_and_not_dockers_own() -> None:
    """Docker's own begin with 172.17.0.0/16 and hold 192.168.0.0/16: LANs and clouds have those too."""
    EngineStatus.objects.update(default_address_pools=[["10.200.0.0/16", 24]])

    assert why_not("local", "10.200.3.0/24", "10.200.0.0/15", "172.17.8.0/24", "192.168.1.0/24") == ["space_unseen"] * 3


def test_it_leaves_alone_what_another_engine_of_the_machine_has() -> None:
    other = make_engine("other")
    make_network(other, "theirs", "172.27.0.0/24")
    EngineStatus.objects.filter(engine=other).update(default_address_pools=[["172.28.0.0/16", 24]])

    with seen(office()):
        assert why_not("local", "172.27.0.0/16", "172.28.3.0/24") == []  # on another machine, for all that is known
        with seen(office(), "other"):
            assert why_not("local", "172.27.0.0/16", "172.28.3.0/24") == ["space_taken"] * 2
            assert [str(each) for each in read_space("local").others] == ["172.27.0.0/24", "172.28.0.0/16"]


def test_it_asks_the_database_for_nothing_where_nothing_was_chosen() -> None:
    nothing: list[IPNetwork] = []
    with CaptureQueriesContext(connection) as none:
        assert subnets_beyond("local", nothing) == ()
    with CaptureQueriesContext(connection) as some:
        why_not("local", "172.30.0.0/24", "172.29.0.0/24")

    assert (len(none), len(some)) == (0, 2)
