"""The sample lab beside a learner's own things: under a prefix, on another subnet, and never touching what isn't its own."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from networks.actions.actors import CONSOLE
from networks.actions.sample_lab.building import bring_up_lab, take_down_lab
from networks.actions.sample_lab.plan import LabPlan
from networks.actions.sample_lab.state import read_lab_state
from networks.engine.allow_list import is_name_prefix
from networks.models import Action, Container, Engine, Network, OutcomeKind
from tests.actions.test_lab import contents
from tests.private_engine import PrivateEngine, wait_until

OWN = ("mybridge", "my_custom_network", "myvolume_1", "host-network")


def make_own(engine: PrivateEngine) -> dict[str, str]:
    """Make what somebody has who followed the lesson by hand; return the ids by name."""
    ids = {
        "mybridge": engine.cli("network", "create", "mybridge"),
        "my_custom_network": engine.cli("network", "create", "--subnet", "172.72.0.0/16", "my_custom_network"),
        "myvolume_1": engine.run("myvolume_1", "--network", "my_custom_network"),
        "host-network": engine.run("host-network", "--network", "host"),
    }
    wait_until(lambda: Container.objects.count() == 2 and Network.objects.count() == 5, "what is somebody's own")
    return ids


def ids_of(engine: PrivateEngine) -> set[str]:
    networks = engine.cli("network", "ls", "-q", "--no-trunc", "--filter", "type=custom").split()
    return {*networks, *engine.cli("ps", "-aq", "--no-trunc").split()}


def test_it_is_built_beside_what_has_its_names(engine: PrivateEngine, followed: Engine) -> None:
    own = make_own(engine)
    before = json.loads(engine.cli("inspect", *own.values()))

    foreseen = read_lab_state(followed.slug)
    refused = bring_up_lab(CONSOLE, followed, print)
    up = bring_up_lab(CONSOLE, followed, print, prefix=foreseen.suggested)
    standing = read_lab_state(followed.slug)

    assert (foreseen.is_any, set(foreseen.taken), foreseen.suggested) == (False, set(OWN), "lab-")
    assert (refused.kind, "Use a prefix to give it other names" in refused.sentence) == (OutcomeKind.DENIED, True)
    assert up.is_ok
    assert up.is_seen
    networks, containers = contents(engine)
    assert networks == ["lab-my_custom_network", "lab-mybridge"]
    assert {"lab-myvolume_1", "lab-host-network", "lab-none-network"} < set(containers)
    custom = json.loads(engine.cli("network", "inspect", "lab-my_custom_network"))[0]["IPAM"]["Config"]
    assert custom == [{"Subnet": "10.172.0.0/16", "IPRange": "10.172.0.0/24", "Gateway": "10.172.0.1"}]
    assert (standing.is_whole, standing.plan) == (True, LabPlan("lab-"))
    assert Action.objects.latest("pk").asked == {"prefix": "lab-"}
    assert Action.objects.latest("pk").command == f"manage.py lab up --prefix lab- --engine {followed.slug}"

    assert take_down_lab(CONSOLE, followed, print).is_ok
    assert contents(engine) == ([], [])
    assert ids_of(engine) == set(own.values())
    assert json.loads(engine.cli("inspect", *own.values())) == before


def test_it_is_there_once(engine: PrivateEngine, followed: Engine) -> None:
    assert bring_up_lab(CONSOLE, followed, print, prefix="a.").is_ok
    engine.cli("rm", "-f", "a.mycustom_1", "a.host-network")
    wait_until(lambda: Container.objects.count() == 5, "the two to be gone")
    partly = read_lab_state(followed.slug)

    other = bring_up_lab(CONSOLE, followed, print, prefix="b.")
    again = bring_up_lab(CONSOLE, followed, print, prefix="a.")

    assert (partly.is_any, partly.is_whole, set(partly.missing)) == (True, False, {"a.mycustom_1", "a.host-network"})
    assert (other.kind, "there already under other names" in other.sentence) == (OutcomeKind.DENIED, True)
    assert again.is_ok
    assert read_lab_state(followed.slug).is_whole
    assert take_down_lab(CONSOLE, followed, print).is_ok


def test_it_counts_a_name_only_where_it_would_be_in_the_way(engine: PrivateEngine, followed: Engine) -> None:
    """A container may be called as one of the lab's networks, and the other way round."""
    engine.run("mybridge")
    engine.cli("network", "create", "myvolume_1")

    assert bring_up_lab(CONSOLE, followed, print).is_ok
    assert take_down_lab(CONSOLE, followed, print).is_ok


def test_it_takes_a_prefix_at_the_console(engine: PrivateEngine, followed: Engine, settings: object) -> None:
    settings.NETADMIN_DOCKER_HOST = engine.url  # type: ignore[attr-defined]

    call_command("lab", "up", prefix="my-", modes=True)
    networks, containers = contents(engine)
    with pytest.raises(CommandError, match="A prefix begins"):
        call_command("lab", "up", prefix="-x")
    call_command("lab", "down", yes=True)

    assert {"my-mybridge", "my-my_custom_network"} <= set(networks)
    assert {"my-shared_1", "my-shared_2", "my-mynetwork_bridge"} <= set(containers)
    assert contents(engine) == ([], [])


def test_it_knows_what_a_name_may_begin_with() -> None:
    assert [text for text in ("", "lab-", "A1_.-", "x" * 20) if not is_name_prefix(text)] == []
    assert [text for text in ("-", "_x", "a b", "x" * 21, "a/b", "é", "a\n") if is_name_prefix(text)] == []
