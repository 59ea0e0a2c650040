"""The sample lab on a real Engine: built twice, taken away twice, and never anybody else's things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from networks.actions.actors import CONSOLE
from networks.actions.sample_lab.building import bring_up_lab, take_down_lab
from networks.actions.sample_lab.image import IMAGE, find_static_busybox, is_static
from networks.models import Action, Container, Engine, OutcomeKind
from tests.private_engine import PrivateEngine

LABELLED = ("--filter", "label=netadmin.lab=1")


def contents(engine: PrivateEngine) -> tuple[list[str], list[str]]:
    networks = engine.cli("network", "ls", "--format", "{{.Name}}", *LABELLED).split()
    containers = engine.cli("ps", "-a", "--format", "{{.Names}}", *LABELLED).split()
    return sorted(networks), sorted(containers)


def test_it_builds_the_seed_s_world(engine: PrivateEngine, followed: Engine) -> None:
    steps: list[str] = []

    result = bring_up_lab(CONSOLE, followed, steps.append)

    assert (result.kind, result.is_seen, len(steps)) == (OutcomeKind.OK, True, 10)
    assert contents(engine) == (
        ["my_custom_network", "mybridge"],
        ["host-network", "mycustom_1", "mynetwork_bridge", "myvolume_1", "myvolume_2", "myvolume_3", "none-network"],
    )
    custom = json.loads(engine.cli("network", "inspect", "my_custom_network"))[0]
    assert custom["IPAM"]["Config"] == [{"Subnet": "172.72.0.0/16", "IPRange": "172.72.0.0/24", "Gateway": "172.72.0.1"}]
    assert [each["IPv4Address"] for each in custom["Containers"].values()] == ["172.72.0.2/16"]
    assert "It answers" in engine.cli("exec", "mynetwork_bridge", "wget", "-qO-", "http://127.0.0.1/")
    stopped = json.loads(engine.cli("inspect", "myvolume_2"))[0]["State"]
    assert (stopped["Status"], stopped["ExitCode"]) == ("exited", 0)
    assert Container.objects.count() == 7
    assert take_down_lab(CONSOLE, followed, steps.append).is_ok


def test_it_comes_and_goes_twice_without_a_trace(engine: PrivateEngine, followed: Engine) -> None:
    before = engine.cli("images", "-aq", "--no-trunc").split()
    steps: list[str] = []

    kinds = [do(CONSOLE, followed, steps.append).kind for do in (bring_up_lab, bring_up_lab, take_down_lab, take_down_lab)]

    assert kinds == [OutcomeKind.OK] * 4
    assert steps[-1] == "No part of the lab is there."
    assert contents(engine) == ([], [])
    assert engine.cli("images", "-aq", "--no-trunc").split() == before
    assert Action.objects.count() == 4


def test_it_mends_what_ended_since(engine: PrivateEngine, followed: Engine) -> None:
    bring_up_lab(CONSOLE, followed, print)
    engine.cli("kill", "mycustom_1", "myvolume_1")

    result = bring_up_lab(CONSOLE, followed, print)

    assert result.is_ok
    assert engine.cli("inspect", "-f", "{{.State.Status}}", "mycustom_1", "myvolume_1").split() == ["running"] * 2
    take_down_lab(CONSOLE, followed, print)


def test_it_takes_the_image_away_when_only_that_is_left(engine: PrivateEngine, followed: Engine) -> None:
    bring_up_lab(CONSOLE, followed, print)
    engine.empty()

    assert take_down_lab(CONSOLE, followed, print).is_ok
    assert not engine.cli("images", "-q", IMAGE)
    assert contents(engine) == ([], [])


def test_it_refuses_in_words_before_it_makes_anything(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("network", "create", "--subnet", "172.72.8.0/24", "front")
    subnet = bring_up_lab(CONSOLE, followed, print)
    engine.empty()
    engine.run("myvolume_1")
    name = bring_up_lab(CONSOLE, followed, print)

    assert (subnet.kind, subnet.sentence) == (
        OutcomeKind.DENIED,
        "The lab needs 172.72.0.0/16, but front uses 172.72.8.0/24, which overlaps it.",
    )
    assert (name.kind, "which are taken" in name.sentence, "myvolume_1" in name.sentence) == (OutcomeKind.DENIED, True, True)
    assert contents(engine) == ([], [])


def test_it_leaves_guests_and_what_they_are_on(engine: PrivateEngine, followed: Engine) -> None:
    bring_up_lab(CONSOLE, followed, print)
    engine.run("guest", "--network", "mybridge")

    refused = take_down_lab(CONSOLE, followed, print)

    assert refused.kind is OutcomeKind.DENIED
    assert "guest (mybridge)" in refused.sentence
    assert len(contents(engine)[1]) == 7
    engine.cli("rm", "-f", "guest")
    assert take_down_lab(CONSOLE, followed, print).is_ok


def test_it_works_from_the_console(engine: PrivateEngine, followed: Engine, settings: object) -> None:
    settings.NETADMIN_DOCKER_HOST = engine.url  # type: ignore[attr-defined]
    call_command("lab", "up")
    engine.run("guest", "--network", "mybridge")

    with pytest.raises(CommandError, match="guest"):
        call_command("lab", "down", engine=followed.slug, yes=True)

    engine.cli("rm", "-f", "guest")
    call_command("lab", "down", yes=True)
    assert contents(engine) == ([], [])


def test_it_knows_a_static_program(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("#!/bin/sh\n")

    busybox = find_static_busybox()
    assert busybox is not None
    assert is_static(busybox.read_bytes())
    assert not is_static(Path("/bin/sh").read_bytes())
    assert not is_static(b"\x7fELF")
    assert find_static_busybox((str(tmp_path / "text"), "/bin/sh", str(tmp_path))) is None
