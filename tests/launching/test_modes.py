"""Two of the seed's containers on its bridge, through the form, and looked at from inside; the other modes are journeys."""

from __future__ import annotations

from django.test import Client

from networks.models import Engine
from tests.launching.test_pages import forget_images, on, url
from tests.private_engine import PrivateEngine, wait_until
from tests.views.test_forms import browser

__all__ = ["browser", "forget_images"]


def test_it_runs_two_that_find_each_other_on_mybridge(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    mybridge = engine.cli("network", "create", "--driver", "bridge", "mybridge")
    wait_until(lambda: followed.networks.filter(docker_id=mybridge).exists(), "the network")

    for name in ("mynetwork_bridge", "other"):
        typed = on(engine, "mybridge", name=name, command="sh", has_terminal="on", stop_signal="SIGKILL")
        assert browser.post(url(followed), typed).status_code == 302

    assert "inet " in engine.cli("exec", "mynetwork_bridge", "ip", "-4", "addr", "show", "eth0")
    assert "1 packets received" in engine.cli("exec", "mynetwork_bridge", "ping", "-c", "1", "other")
