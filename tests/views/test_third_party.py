"""What pages say of Weave Net, flannel and Open vSwitch: where somebody meets a plugin, its links, or the choice of a driver."""

from __future__ import annotations

import pytest
from django.urls import reverse

from networks.models import EngineStatus
from tests.builders import make_engine, make_network
from tests.drivers.reading import text_of
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

TODAY = (
    "Weave Net is no longer maintained: its company closed in 2024.",
    "flannel is maintained, for Kubernetes, and is no driver of Docker's",
    "Open vSwitch is maintained; Docker uses it only through a plugin",
    "docs/third-party-drivers.md",
)


@pytest.mark.parametrize(
    ("driver", "is_plugins"), [("ovs", True), ("net-plugin:latest", True), ("bridge", False), ("ipvlan", False)]
)
def test_it_explains_the_network_of_a_plugin(driver: str, is_plugins: bool) -> None:
    network = make_network(make_engine(), "front", "10.9.0.0/24", driver=driver)

    said = text_of(log_in().get(reverse("network_detail", args=["local", network.docker_id])).content)

    assert (f"The driver {driver} is a plugin: a process beside Docker" in said) is is_plugins
    assert [words for words in TODAY if words in said] == (list(TODAY) if is_plugins else [])


def test_it_says_where_a_driver_is_chosen_what_each_is_today() -> None:
    make_engine()

    said = text_of(log_in().get(reverse("network_create", args=["local"])).content)

    assert [words for words in TODAY if words in said] == list(TODAY)


def test_it_says_among_interfaces_how_they_are_recognised() -> None:
    make_engine()

    said = text_of(log_in().get(reverse("interface_list")).content)

    assert "Other software makes links as well: Open vSwitch , Weave Net , flannel , and the CNI plugins of Kubernetes." in said
    assert "The kind is always the kernel's word." in said


@pytest.mark.parametrize(
    ("driver", "words"),
    [
        ("weave", "Weave Net is a plugin that is no longer maintained: its company closed in 2024."),
        ("flannel", "flannel is no driver for Docker: it gives each machine a subnet"),
        ("openvswitch", "Open vSwitch is no driver by itself: Docker needs a plugin for it"),
    ],
)
def test_it_says_why_a_tutorials_driver_is_not_there(driver: str, words: str) -> None:
    make_engine()
    EngineStatus.objects.update(network_drivers=["bridge", "host", "null"])

    asked = {"name": "x", "driver": driver, "pools-count": "1", "preview": "1"}
    said = text_of(log_in().post(reverse("network_create", args=["local"]), asked).content)

    assert f"This Engine has no driver “{driver}”." in said
    assert words in said
