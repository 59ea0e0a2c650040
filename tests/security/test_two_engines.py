"""Two Engines, and a person with a role on one: nothing of the other comes through any address, id, job, export or socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from networks.models import Container, Endpoint, Engine, EngineStatus, Event, Grant, Job, JobStep, Network, Role, Tombstone
from networks.policy.permissions import Permission
from networks.push.protocol import Close
from networks.sync.requests import request_sync
from tests.activity import make_action
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network
from tests.conftest import IS_FULL
from tests.history import assign, watch
from tests.proving import prove
from tests.security.places import CONTAINER_ID, NETWORK_ID, Address, addresses
from tests.security.sockets import live_pages, open_socket, socket_paths

# In the name of everything that the hidden Engine has; no other thing has it.
MARK = "zqhidden"
# The Engine's slug is what was asked for: a page that refuses may say it again, and none may say more.
HIDDEN, OWN = "local", "own"
# Who may most on their own Engine asks most; in the full run all ask.
ROLES = (Role.VIEWER, Role.OPERATOR, Role.ADMIN) if IS_FULL else (Role.ADMIN,)
PRESSED = ("remove_networks", "connect_networks", "connect_containers", "stop_containers", "pull", "run")
GONE_ID = make_id("network gone")


def make_hidden() -> dict[str, int]:
    """Make an Engine with something of every kind, each with the mark; return the numbers of its job, action and event."""
    engine = make_engine(HIDDEN, state="live", docker_name=f"{MARK}-machine", last_error=f"{MARK} failed")
    Engine.objects.filter(pk=engine.pk).update(name=f"{MARK} Engine", url=f"unix:///{MARK}.sock", registries=[f"{MARK}.example"])
    EngineStatus.objects.filter(engine=engine).update(network_drivers=["bridge", f"{MARK}-driver"])
    labels = {f"{MARK}.label": MARK, "com.docker.compose.project": MARK}
    network = make_network(engine, f"{MARK}-net", "10.211.0.0/24", docker_id=NETWORK_ID, labels=labels)
    container = make_container(engine, f"{MARK}-web", docker_id=CONTAINER_ID, labels=labels, image=f"{MARK}/image", command=MARK)
    make_endpoint(container, network, "10.211.0.2", aliases=[f"{MARK}-alias"], dns_names=[f"{MARK}-dns"])
    Event.objects.create(
        engine_slug=HIDDEN, time_nano=1, at=MORNING, kind="network", verb="create", actor_id=NETWORK_ID, actor_name=f"{MARK}-net"
    )
    now, ids = timezone.now(), {"network_id": NETWORK_ID, "container_id": CONTAINER_ID}
    Tombstone.objects.create(engine=engine, kind="network", docker_id=GONE_ID, name=f"{MARK}-gone", revision=1, gone_at=now)
    assign("10.211.0.2", f"{MARK}-web", 10, engine_slug=HIDDEN, network=f"{MARK}-net", **ids)
    watch(0, slug=HIDDEN)
    by = {"engine_slug": HIDDEN, "who": f"{MARK}-boss"}
    action = make_action(f"{MARK}-net", command=MARK, outcomes=(("refused", f"{MARK} said no"),), **by)
    job = Job.objects.create(key="k", verb="remove_networks", what=MARK, permission="connect", created_at=now, **by)
    JobStep.objects.create(job=job, position=1, verb="remove_network", network_id=NETWORK_ID, network_name=f"{MARK}-net")
    boss = User.objects.create_user(f"{MARK}-boss", password="x")
    Grant.objects.create(user=boss, engine=engine, role=Role.ADMIN, has_terminal=True)
    return {"job": job.pk, "action": action.pk}


def make_own(role: str) -> Engine:
    """Make the Engine that the person has a role on, with things of its own."""
    engine = make_engine(OWN, state="live")
    network = make_network(engine, "mine", "10.212.0.0/24", docker_id=make_id("network mine"))
    make_endpoint(make_container(engine, "ours", docker_id=make_id("container ours")), network, "10.212.0.2")
    Engine.objects.filter(pk=engine.pk).update(url="unix:///nonexistent/own.sock", is_terminal_on=True)
    person = User.objects.create_user("pat", password="x")
    Grant.objects.create(user=person, engine=engine, role=role, has_terminal=True)
    return engine


def asked_of(address: Address, numbers: dict[str, int]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield method, path and what is sent: the address itself, the hidden things by their ids, through both Engines' names."""
    paths = [address.path]
    if f"/{HIDDEN}/" in address.path:
        paths.append(address.path.replace(f"/{HIDDEN}/", f"/{OWN}/"))  # ids of the one below the name of the other
    if "/jobs/1/" in address.path:
        paths = [address.path.replace("/1/", f"/{numbers['job']}/")]
    if "/activity/1/" in address.path:
        paths = [address.path.replace("/1/", f"/{numbers['action']}/")]
    filters: list[dict[str, object]] = [
        {},
        {"engine": HIDDEN, "on": HIDDEN, "q": MARK},
        {
            "network": NETWORK_ID,
            "container": CONTAINER_ID,
            "donor": CONTAINER_ID,
            "mode": "container",
            "image": "x",
            "name": f"{MARK}-net",
        },
        {"q": "10.211.0.2", "address": "10.211.0.2", "project": MARK, "driver": f"{MARK}-driver", "who": f"{MARK}-boss"},
        {"part": "steps", "show": "api", "refresh": "on"},
    ]
    if not IS_FULL:  # by name, by id, by word; the rest are the same ways again
        filters = filters[:3]
    body: dict[str, object] = {
        "id": [NETWORK_ID, CONTAINER_ID],
        "network_id": NETWORK_ID,
        "container_id": CONTAINER_ID,
        "networks-0-network_id": NETWORK_ID,
        "donor_id": CONTAINER_ID,
        "mode": "container",
        "image": "x",
        "half": NETWORK_ID,
        "engine": HIDDEN,
        "manager": HIDDEN,
        "name": f"{MARK}-net"[len(MARK) :],
        "preview": "1",
    }
    for path in paths:
        for query in filters:
            yield "GET", path, query
        yield "POST", path, body
        for do in PRESSED if IS_FULL or path.endswith(("several/", "run/")) else ():
            yield "POST", path, {name: value for name, value in body.items() if name != "preview"} | {"do": do}


@pytest.fixture(autouse=True)
def nobody_waits_for_a_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_the_other_engine_comes_through_any_address(role: str) -> None:
    User.objects.create_superuser("root", password="x")
    numbers = make_hidden()
    make_own(role)
    browser = Client(raise_request_exception=False)
    browser.force_login(User.objects.get(username="pat"))
    prove(browser)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    leaks, count, shown = [], 0, 0
    for address in addresses():
        if address.is_admin_site or address.declared in (Permission.OPEN, Permission.CLOSED) or address.name == "account_logout":
            continue
        for method, path, sent in asked_of(address, numbers):
            cache.clear()
            browser.cookies.clear()
            browser.cookies.load(cookies)
            before = transaction.savepoint()
            answer = browser.get(path, sent) if method == "GET" else browser.post(path, sent)
            content = b"".join(answer) if answer.streaming else answer.content
            transaction.savepoint_rollback(before)
            count += 1
            shown += answer.status_code == 200
            # What was sent may come back; what stands beside it may not.
            told = content.decode().replace(str(sent.get("q", "\0")), "").replace(str(sent.get("who", "\0")), "")
            for value in sent.values():
                told = told.replace(str(value), "") if isinstance(value, str) and MARK in value else told
            headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "Content-Security-Policy")
            if MARK in told or "10.211.0.0" in told or (MARK in headers and MARK not in path + str(sent)):
                leaks.append((method, path, answer.status_code, sorted(sent)))

    assert leaks == []
    assert count > 400
    assert shown > 50


@pytest.mark.django_db
def test_it_would_see_a_leak() -> None:
    """The control: the same requests by somebody who may see both find the mark nearly everywhere."""
    numbers = make_hidden()
    make_own(Role.ADMIN)
    browser = Client(raise_request_exception=False)
    browser.force_login(User.objects.create_superuser("root", password="x"))
    prove(browser)

    found = set()
    for address in addresses():
        if address.declared in (Permission.ANY, Permission.VIEW, Permission.LOGIN):
            for method, path, sent in asked_of(address, numbers):
                answer = browser.get(path, sent) if method == "GET" and not sent else None
                content = b"" if answer is None else b"".join(answer) if answer.streaming else answer.content
                if MARK in content.decode():
                    found.add(address.name)

    wanted = {
        "overview",
        "network_list",
        "network_detail",
        "container_list",
        "container_detail",
        "address_list",
        "address_history",
    }
    wanted |= {"event_list", "job_list", "job_detail", "activity_list", "activity_detail", "activity_export", "engine_list"}
    assert wanted - found == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ROLES)
async def test_no_socket_tells_of_the_other_engine(role: str) -> None:
    def prepare() -> str:
        User.objects.create_superuser("root", password="x")
        make_hidden()
        make_own(role)
        browser = Client()
        browser.force_login(User.objects.get(username="pat"))
        return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)

    cookie = await sync_to_async(prepare)()

    hidden = {await open_socket(path, cookie).closed() for path in socket_paths(HIDDEN)}
    told = []
    for path in socket_paths(OWN):  # with ids of the other Engine's things
        wire = open_socket(path, cookie)
        wire._inbox.put_nowait({"type": "websocket.receive", "text": '{"hello": {"epoch": "", "revision": 0}}'})
        await wire.until(lambda wire=wire: wire.frames or wire.code is not None)  # type: ignore[misc]
        told.append((path, str(wire.frames)))
        if wire.code is None:
            await wire.hang_up()

    assert hidden == {Close.FORBIDDEN}
    assert [path for path, frames in told if MARK in frames or "10.211" in frames] == []
    assert len(told) >= len(live_pages())


@pytest.mark.django_db
def test_the_world_has_something_of_every_kind() -> None:
    make_hidden()

    for model in (Network, Container, Endpoint, Event, Tombstone, Job, JobStep):
        assert model._default_manager.exists(), model
    assert timezone.now() - timedelta(hours=1) < Tombstone.objects.get().gone_at
