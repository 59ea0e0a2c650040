"""Two of the seed's containers on its bridge, through the form, and looked at from inside; the other modes are journeys."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client

from networks.models import Engine
from tests.launching.test_pages import BASE, forget_images, on, url
from tests.private_engine import PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "forget_images"]


def test_it_runs_two_that_find_each_other_on_mybridge(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    mybridge = engine.cli("network", "create", "--driver", "bridge", "mybridge")
    wait_until(lambda: followed.networks.filter(docker_id=mybridge).exists(), "the network")

    for name in ("mynetwork_bridge", "other"):
        typed = on(engine, "mybridge", name=name, command="sh", has_terminal="on", stop_signal="SIGKILL")
        assert browser.post(url(followed), typed).status_code == 302

    assert "inet " in engine.cli("exec", "mynetwork_bridge", "ip", "-4", "addr", "show", "eth0")
    assert "1 packets received" in engine.cli("exec", "mynetwork_bridge", "ping", "-c", "1", "other")


def test_it_lets_a_guests_network_be_shared_as_docker_does(engine: PrivateEngine, followed: Engine) -> None:
    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser("root"))
    donor = engine.run("donor")
    guest = engine.run("guest", "--network", f"container:{donor}")
    wait_until(lambda: followed.containers.filter(docker_id=guest).exists(), "the guest")
    typed = BASE | {"name": "third", "mode": "container", "donor_id": guest, "command": "sleep 1000", "stop_signal": "SIGKILL"}

    checked = browser.post(url(followed), typed | {"preview": "1"})
    assert "This one shares what guest is in now, and starts only while it runs." in text_of(checked)
    assert browser.post(url(followed), typed).status_code == 302

    assert engine.cli("exec", "third", "ip", "addr") == engine.cli("exec", "donor", "ip", "addr")
    engine.cli("kill", "guest")
    engine.cli("kill", "third")
    assert "non running container" in engine.cli("start", "third", check=False)
