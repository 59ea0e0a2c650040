"""Networks of a real swarm that no container of one's own can be on: said before, by every form, and on the Engine refused."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Action, Container, Engine, EngineStatus
from tests.actions.conftest import followed, operator
from tests.launching.test_pages import BASE, forget_images
from tests.launching.test_refused_between import said_of
from tests.private_engine import IMAGE, PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "followed", "forget_images", "operator"]
NETWORKS = {
    "ingress": "ingress brings the published ports of services in",
    "closed": "closed is for services of the swarm alone",
    "closed-bridge": "closed-bridge is for services of the swarm alone",
    "plan": "plan only holds settings for other networks",
}


@pytest.fixture
def engine(fresh_engine: PrivateEngine) -> PrivateEngine:
    """Give an Engine that is a swarm of its own, with such networks."""
    fresh_engine.cli("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1")
    fresh_engine.cli("network", "create", "-d", "overlay", "closed")
    fresh_engine.cli("network", "create", "-d", "bridge", "--scope", "swarm", "closed-bridge")
    fresh_engine.cli("network", "create", "--config-only", "plan")
    fresh_engine.cli("network", "create", "-d", "overlay", "--attachable", "open")
    return fresh_engine


def test_it_lets_nobody_onto_a_network_for_services(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    wait_until(lambda: followed.networks.filter(name__in=[*NETWORKS, "open"]).count() == 5, "the networks", deadline_s=15)
    ids = {network.name: network.docker_id for network in followed.networks.all()}
    started = engine.run("running")
    created = engine.cli("create", "--name", "stopped", IMAGE)
    wait_until(lambda: Container.objects.filter(docker_id__in=(started, created)).count() == 2, "the containers")

    for name, sentence in NETWORKS.items():
        run = browser.post(
            reverse("container_run", args=[followed.slug]), BASE | {"name": "odd", "networks-0-network_id": ids[name]}
        )
        assert run.status_code == 422, name
        assert sentence in said_of(run, "networks-0-network_id")
        for container_id in (started, created):
            sides = (
                (reverse("network_connect", args=[followed.slug, ids[name]]), {"container_id": container_id}),
                (reverse("container_connect", args=[followed.slug, container_id]), {"network_id": ids[name]}),
            )
            for address, data in sides:
                refused = browser.post(address, data)
                assert refused.status_code == 422, (name, address)
                assert sentence in text_of(refused)

    assert not Action.objects.exists()
    assert set(engine.cli("ps", "-a", "--format", "{{.Names}}").split()) == {"running", "stopped"}
    # What the forms say is what Docker does, to the running one at once, to the other when it starts.
    assert "not manually attachable" in engine.cli("network", "connect", "closed", "running", check=False)
    assert "not manually attachable" in engine.cli("run", "--network", "closed-bridge", IMAGE, check=False)
    assert "configuration-only" in engine.cli("network", "connect", "plan", "running", check=False)
    opened = browser.post(
        reverse("container_run", args=[followed.slug]),
        BASE | {"name": "odd", "networks-0-network_id": ids["open"], "stop_signal": "KILL"},
    )
    assert opened.status_code == 302, text_of(opened)


def test_it_says_what_it_means_not_to_be_attachable(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    wait_until(lambda: EngineStatus.objects.filter(is_swarm_manager=True).exists(), "the swarm", deadline_s=15)
    address = reverse("network_create", args=[followed.slug])
    browser_data = {"name": "across", "driver": "overlay", "pools-count": "1"}
    followed.grants.update(role="admin")

    unticked = browser.post(address, browser_data | {"preview": "1"})
    pressed = browser.post(address, browser_data | {"use": "is_attachable=on"})
    bridge = browser.post(address, browser_data | {"driver": "bridge", "preview": "1"})

    assert "Only services of the swarm could be on it" in text_of(unticked)
    assert 'name="use" value="is_attachable=on"' in unticked.content.decode()
    assert "Only services of the swarm could be on it" not in text_of(pressed)
    assert "--attachable" in text_of(pressed)
    assert "Only services of the swarm could be on it" not in text_of(bridge)
