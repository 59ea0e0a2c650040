"""Nothing but full ids leaves the process: forty strings × every call of the client, and × every place of every address."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from networks.engine.allow_list import AllowList, Profile, plain_path
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed
from networks.sync.requests import request_sync
from tests.builders import make_engine, make_network
from tests.conftest import IS_FULL
from tests.engine.scripted_engine import VERSION, Peer, ScriptedEngine
from tests.permitted_calls import call_table
from tests.security.people import make_person, make_world, open_browser
from tests.security.places import CONTAINER_ID, NETWORK_ID, NODE_ID, Address, addresses
from tests.security.test_no_calls import BODY
from tests.security.traversal import ATTACKS, FOREIGN_ID

Act = Callable[[EngineClient, str], object]
GOOD = {
    "network_id": NETWORK_ID,
    "container_id": CONTAINER_ID,
    "image_id": f"sha256:{CONTAINER_ID}",
    "exec_id": CONTAINER_ID,
    "node_id": NODE_ID,
}
METHODS = {name: function for name, function in inspect.getmembers(EngineClient, inspect.isfunction) if not name.startswith("_")}


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    def answer(peer: Peer) -> None:
        peer.answer_json(VERSION if peer.target == "/version" else {"message": "no"}, 404)

    with ScriptedEngine(tmp_path, answer) as running:
        yield running


def is_id(name: str) -> bool:
    return name == "ids" or name.endswith("_id")


def fill(name: str, hint: Any, attacked: str, text: str) -> Any:
    """Return an argument, the hostile text where `attacked` names it: "network_id", or "spec.network_id" inside a spec."""
    place, _dot, inner = attacked.partition(".")
    if dataclasses.is_dataclass(hint):
        assert isinstance(hint, type)
        hints = typing.get_type_hints(hint)
        wanted = [field.name for field in dataclasses.fields(hint) if field.default is dataclasses.MISSING or field.name == inner]
        wanted = [field for field in wanted if hints[field] in (str, tuple[str, ...])]
        return hint(**{field: fill(field, hints[field], inner if place == name else "", text) for field in wanted})
    if hint is bytes:
        return b"tar"
    if hint is int:
        return 1
    if hint == tuple[str, ...]:
        return ("plain",)
    if hint is bool:
        return True
    if hint == Sequence[str]:
        return [text if place == name else CONTAINER_ID]
    if hint is str:
        return text if place == name else GOOD.get(name, "plain")
    return None


def places_of(method: str) -> Iterator[str]:
    """Yield every place of a call that takes text, those inside its specs too."""
    for name, hint in typing.get_type_hints(METHODS[method]).items():
        if name == "return":
            continue
        if dataclasses.is_dataclass(hint):
            assert isinstance(hint, type)
            inner = typing.get_type_hints(hint)
            yield from (f"{name}.{field}" for field in inner if inner[field] is str)
        elif hint in (str, Sequence[str]):
            yield name


def call(client: EngineClient, method: str, attacked: str, text: str) -> None:
    hints = {name: hint for name, hint in typing.get_type_hints(METHODS[method]).items() if name != "return"}
    getattr(client, method)(**{name: fill(name, hint, attacked, text) for name, hint in hints.items()})


ID_PLACES = [(method, place) for method in METHODS for place in places_of(method) if is_id(place.rpartition(".")[2])]
TEXT_PLACES = [(method, place) for method in METHODS for place in places_of(method) if not is_id(place.rpartition(".")[2])]


@pytest.mark.parametrize(("method", "place"), ID_PLACES)
def test_it_sends_nothing_where_an_id_is_none(listener: ScriptedEngine, method: str, place: str) -> None:
    for profile in Profile:
        with closing(EngineClient(listener.url, profile)) as client:
            for attack in ATTACKS:
                with pytest.raises(NotAllowed):
                    call(client, method, place, attack)

    assert listener.requests == []


@pytest.mark.parametrize(("method", "place"), TEXT_PLACES)
def test_it_keeps_other_text_out_of_paths(listener: ScriptedEngine, method: str, place: str) -> None:
    for profile in Profile:
        with closing(EngineClient(listener.url, profile)) as client:
            for attack in ATTACKS:
                with suppress(EngineError):
                    call(client, method, place, attack)

    paths = {path for _profile, _method, path, _parameters, _reason in call_table()} | {"/version"}
    filled = {path.format(**{name.removesuffix("_id"): value for name, value in GOOD.items()}) for path in paths}
    assert {plain_path(target) for _method, target in listener.requests} <= filled


def test_it_tries_every_call_that_takes_an_id() -> None:
    tried = {method for method, _place in ID_PLACES}

    assert len(ATTACKS) >= 40
    assert tried >= {"list_containers", "inspect_container", "inspect_network", "remove_network", "connect_container"}
    assert tried >= {"disconnect_container", "remove_image", "stop_container", "remove_container"}
    assert tried >= {"start_container", "restart_container", "kill_container", "pause_container", "rename_container"}
    assert tried >= {"open_terminal", "open_input", "resize_exec", "inspect_exec", "remove_node"}


def attacked_paths(address: Address, number: int) -> Iterator[str]:
    """Yield the address with a string in each of its places, percent-encoded: every sixth string, another sixth at each address;
    in the full run all of them, and as they are, too.
    """
    attacks = (*ATTACKS, FOREIGN_ID)
    for name, value in resolve(address.path).kwargs.items():
        for attack in attacks if IS_FULL else (*attacks[number % 6 :: 6], FOREIGN_ID):
            for text in {quote(attack, safe=""), quote(attack, safe="/.;\\%" if IS_FULL else "")}:
                yield address.path.replace(str(value), text, 1) if str(value) in address.path else f"/?{name}={text}"


def knock(browser: Client, path: str) -> list[int]:
    before = transaction.savepoint()
    statuses = [browser.get(path).status_code, browser.post(path, BODY).status_code]
    transaction.savepoint_rollback(before)
    return statuses


@pytest.mark.django_db
def test_it_lets_only_full_ids_through_any_address(listener: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)
    browser = open_browser("superuser", make_person("superuser", make_world(listener.url, state="live")), is_proved=True)
    make_network(make_engine("other", state="live"), "elsewhere", docker_id=FOREIGN_ID)
    asked = [one for one in addresses() if one.places and (IS_FULL or not one.is_admin_site)]

    failed = {}
    for number, address in enumerate(asked):
        cache.clear()
        for path in attacked_paths(address, number):
            if any(status >= 500 for status in knock(browser, path)):
                failed[path] = address.name

    assert failed == {}
    allowed = AllowList(Profile.NETWORK), AllowList(Profile.RUN)
    for method, target in listener.requests:
        assert any(_passes(one, method, target) for one in allowed), (method, target)
        assert FOREIGN_ID not in target


def _passes(allowed: AllowList, method: str, target: str) -> bool:
    try:
        allowed.check(method, target)
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_finds_no_engine_by_a_name_that_is_a_path(attack: str) -> None:
    for form in (attack, quote(attack, safe="")):
        try:
            found = resolve(f"/engines/{form}/").kwargs
        except Resolver404:
            continue
        assert not set(found["engine_slug"]) & set("./%\\?#;:\x00\r\n ")
