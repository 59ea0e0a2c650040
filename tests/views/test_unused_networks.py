"""What is called unused, and what a prune says that can take nothing: from a snapshot alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from networks.models import Engine
from tests.builders import make_network
from tests.views.pages import log_in
from tests.views.test_removals import local, prune_page, text_of, ticked_in

__all__ = ["local"]
pytestmark = pytest.mark.django_db


def test_it_ticks_no_network_that_others_may_use_and_calls_it_unused_nowhere(local: Engine) -> None:
    browser = log_in("anna", local, "admin")
    across = make_network(local, "across", driver="overlay", scope="swarm")

    prune = browser.get(prune_page())
    remove = text_of(browser.get(reverse("network_remove", args=["local", across.docker_id])))
    several = text_of(
        browser.post(reverse("network_several", args=["local"]), {"do": "remove_networks", "id": [across.docker_id]})
    )

    assert ticked_in(prune) == {across.docker_id: False}
    assert "1 network that no container of this Engine is on" in text_of(prune)
    assert "no container needs" not in text_of(prune)
    for page in (remove, several):
        assert "Services, and containers of other Engines, may be on" in page
        assert "No container uses" not in page
    assert "No container uses it" in text_of(
        browser.get(reverse("network_remove", args=["local", make_network(local, "mine").docker_id]))
    )


def test_it_does_not_call_in_use_what_is_protected_or_only_a_configuration(local: Engine) -> None:
    make_network(local, "vault", labels={"netadmin.protect": "true"})
    make_network(local, "settings", is_config_only=True)

    text = text_of(log_in("anna", local, "admin").get(prune_page()))

    assert "Every network is in use, protected, Docker's own, or holds only settings for other networks." in text
    assert "vault is protected by its label" in text
