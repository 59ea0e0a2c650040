"""The page on Open vSwitch, followed to the letter: its commands are run as they stand, and Netadmin shows what it says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Container, Engine
from networks.sync.host.board import picture_of
from tests.architecture.tree import ROOT, read
from tests.drivers.reading import text_of
from tests.drivers.switch import why_no_switch
from tests.lan import Lan
from tests.private_engine import IMAGE, PrivateEngine, wait_until

PAGE = Path("docs/third-party-drivers.md")
_BLOCK = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)


def commands() -> list[str]:
    """Return the blocks of commands on the page: settings, the switch, two containers, the end."""
    assert (ROOT / PAGE).exists()
    return ["\n".join(line[4:] for line in block.splitlines()) for block in _BLOCK.findall(read(PAGE))]


def follow(engine: PrivateEngine, folder: Path, *blocks: str) -> str:
    """Run blocks in one shell, with the settings of this Engine, and return what they print."""
    settings = {"NS": f"/run/netns/{engine.netns}", "DOCKER_HOST": engine.url, "IMAGE": IMAGE, "OVS_RUNDIR": str(folder)}
    script = "\n".join(("set -eu", *blocks))
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_does_what_the_page_says(engine: PrivateEngine, lan: Lan, watched: Engine, admin: Client, tmp_path: Path) -> None:
    if reason := why_no_switch():
        pytest.skip(reason)
    settings, switch, containers, end = commands()
    assert {"NS", "DOCKER_HOST", "IMAGE", "OVS_RUNDIR"} == set(re.findall(r"([A-Z_]+)=", settings))
    folder = tmp_path / "ovs"
    try:
        said = follow(engine, folder, switch, containers)
        assert " 0% packet loss" in said
        wait_until(lambda: Container.objects.filter(name__in=("sw1", "sw2"), pid__gt=0).count() == 2, "both containers")

        def linked() -> set[str]:
            links = picture_of(watched.slug).links
            return {f"{one.fact.name} {one.peer.container_name} {one.peer.ifname}" for one in links if one.peer}

        wait_until(lambda: linked() >= {"port1 sw1 eth1", "port2 sw2 eth1"}, "both links with their containers")
        page = text_of(admin.get(reverse("interface_list")).content)
        for name in ("ovs-netdev", "ovs-lan"):
            [row] = re.findall(rf" {name} tun .*?by its name", page)
            assert row.endswith("Open vSwitch, by its name"), row
        assert "sw1 eth1" in page
        first = Container.objects.get(name="sw1").docker_id
        container = text_of(admin.get(reverse("container_detail", args=[watched.slug, first])).content)
        assert "network not known eth1 port1" in container
        assert "It is on no network that gives it an interface" not in container
    finally:
        follow(engine, folder, end)
    assert not folder.exists()
    assert "ovs-netdev" not in engine.check_inside("ip", "-o", "link")
