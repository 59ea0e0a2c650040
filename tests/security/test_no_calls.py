"""Whoever is denied makes nothing reach the Engine: counted at the socket that the Engine would listen at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from networks.models import Action, Outcome, OutcomeKind
from networks.policy import denials
from networks.policy.permissions import Permission
from networks.sync.requests import request_sync
from tests.builders import make_id
from tests.conftest import IS_FULL
from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.security.people import MAY, NOT_LOGGED_IN, make_person, make_world, open_browser
from tests.security.places import CONTAINER_ID, NETWORK_ID, Address, addresses

OTHERS = ("PUT", "PATCH", "DELETE")
METHODS = ("GET", "POST", *OTHERS)
# Those who try one method more than GET and POST at each address, another at the next; in the full run everybody tries all.
THOROUGH = ("viewer", "of another Engine")
# Filled in so that what is permitted would go through: every form takes what it knows of this.
BODY = {
    "name": "fresh",
    "driver": "bridge",
    "container_id": CONTAINER_ID,
    "network_id": make_id("network back"),  # which the container isn't on yet
    "typed_name": "front",
    "do": "create",
    "confirm": "yes",
    "ids": [CONTAINER_ID, NETWORK_ID],
}


def refuse_all(peer: Peer) -> None:
    peer.answer_json({"message": "no such thing"}, 409)


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tmp_path, refuse_all) as running:
        yield running


@pytest.fixture(autouse=True)
def nobody_waits_for_a_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)


def acting_addresses() -> list[Address]:
    """Return all addresses but those that anybody may open, and the admin site's, which have a matrix of their own."""
    return [one for one in addresses() if one.declared not in (Permission.OPEN, Permission.CLOSED) and not one.is_admin_site]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAY)
def test_it_sends_nothing_for_whoever_is_denied(kind: str, listener: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denials, "MOST_OF_ONE", 1_000)
    browser = open_browser(kind, make_person(kind, make_world(listener.url, state="live")), is_proved=True)
    denied = [one for one in acting_addresses() if one.declared not in MAY[kind]]

    count = len(METHODS) if IS_FULL else 3 if kind in THOROUGH else 2
    methods = {one: (*METHODS[:2], *(OTHERS * 2)[number % 3 :])[:count] for number, one in enumerate(denied)}

    came = {(one.name, method): browser.generic(method, one.path).status_code for one in denied for method in methods[one]}
    came |= {(one.name, "filled"): browser.post(one.path, BODY).status_code for one in denied}

    assert set(came.values()) <= {302 if kind in NOT_LOGGED_IN else 403}
    assert listener.requests == []
    recorded = {one.name for one in denied} if kind not in NOT_LOGGED_IN else set()
    asked = [action.pk for action in Action.objects.all()]
    assert set(Outcome.objects.filter(action_id__in=asked).values_list("kind", flat=True)) <= {OutcomeKind.DENIED}
    # every method but GET, and the POST that was filled in
    assert len(asked) == count * len(recorded)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["operator", "superuser"])
def test_it_would_see_what_is_sent(kind: str, listener: ScriptedEngine) -> None:
    """The control: the same requests by somebody who may do reach the Engine."""
    cache.clear()
    browser = open_browser(kind, make_person(kind, make_world(listener.url, state="live")), is_proved=True)

    heard = {}
    for address in acting_addresses():
        if address.declared is Permission.CONNECT:
            before = len(listener.requests)
            browser.post(address.path, BODY)
            heard[address.name] = len(listener.requests) > before

    assert heard["network_create"]
    assert heard["container_connect"]
    assert ("POST", "/v1.45/networks/create") in listener.requests
