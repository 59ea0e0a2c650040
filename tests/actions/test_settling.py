"""Ends that nobody wrote down are settled by later reads: by a further row, once, and never by asking for the change again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from networks.actions import settling
from networks.actions.actors import CONSOLE, note_begun, note_ended
from networks.actions.containers import ORDERS
from networks.actions.networks import create_network
from networks.actions.sample_lab.plan import CONTAINERS
from networks.actions.settling import SEEN, Settler, mark_cut_off, settle_unknown
from networks.engine.specs import NetworkSpec
from networks.models import Action, Container, Engine, Network, Outcome
from tests.actions.swallowing import SwallowingSocket
from tests.activity import make_action
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network
from tests.private_engine import PrivateEngine, wait_until

NOW = MORNING + timedelta(hours=1)
UNKNOWN = (("unknown", "timed out"),)
# What a container is like once an order was carried out.
AFTER: dict[str, dict[str, object]] = {
    "start_container": {"state": "running"},
    "stop_container": {"state": "exited"},
    "kill_container": {"state": "exited"},
    "restart_container": {"state": "running", "started_at": NOW},
    "pause_container": {"state": "paused"},
    "unpause_container": {"state": "running"},
    "rename_container": {"name": "front"},
    "run_container": {"name": "front", "state": "running"},
}


def kinds(action: Action | int) -> list[str]:
    action_id = action if isinstance(action, int) else action.pk
    return list(Outcome.objects.filter(action_id=action_id).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def just_read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The snapshot was read a moment ago. Gives the ids that were asked to be looked at."""
    asked: list[tuple[str, ...]] = []

    def look(_slug: str, docker_ids: tuple[str, ...] = ()) -> bool:
        asked.append(docker_ids)
        return True

    monkeypatch.setattr(settling, "request_sync", look)
    return asked


@pytest.mark.django_db
def test_it_marks_what_has_no_outcome_after_a_minute_and_is_not_under_way() -> None:
    ended, young, busy = (
        make_action("ended", at=NOW - timedelta(seconds=61), outcomes=()),
        make_action("young", at=NOW - timedelta(seconds=59), outcomes=()),
        make_action("busy", at=NOW - timedelta(hours=1), outcomes=()),
    )
    elsewhere = make_action("elsewhere", at=NOW - timedelta(hours=1), engine_slug="other", outcomes=())
    note_begun(busy.pk)

    after = mark_cut_off(["local", ""], after=0, now=NOW)
    note_ended(busy.pk)
    again = mark_cut_off(["local", ""], after=after, now=NOW)

    assert [kinds(action) for action in (ended, young, busy, elsewhere)] == [["unknown"], [], ["unknown"], []]
    assert after < busy.pk
    assert again >= busy.pk
    assert "Netadmin ended" in Outcome.objects.get(action_id=ended.pk).sentence


@pytest.mark.django_db
@pytest.mark.parametrize("verb", SEEN)
def test_it_settles_every_verb_by_what_the_snapshot_shows(verb: str, just_read: list[tuple[str, ...]]) -> None:
    engine = make_engine(swarm_nodes=[{"node_id": "another"}])
    network, container = make_network(engine, "front"), make_container(engine, "web")
    if verb == "connect_container":
        make_endpoint(container, network, docker_id="e" * 64)
    docker_id = container.docker_id if verb in ORDERS else network.docker_id
    if verb == "remove_network":
        network.delete()
    if verb == "remove_container":
        container.delete()
    if verb == "lab_up":
        for name, *_rest in CONTAINERS:
            make_container(engine, name)
    Container.objects.update(created_at=NOW, **AFTER.get(verb, {}))
    asked = {"container_id": container.docker_id, "new_name": "front", "was_started_at": MORNING.isoformat(), "node_id": "it"}
    action = make_action("front", verb=verb, docker_id=docker_id, asked=asked, at=NOW, outcomes=())
    Outcome.objects.create(action_id=action.pk, at=NOW, kind="unknown")
    Network.objects.update(created_at=NOW)

    left = settle_unknown(engine, now=NOW)

    assert (left, kinds(action)) == (0, ["unknown", "ok"])
    assert just_read == [tuple(dict.fromkeys((docker_id, container.docker_id)))]


@pytest.mark.django_db
@pytest.mark.usefixtures("just_read")
def test_it_takes_no_older_network_for_the_one_that_was_asked_for() -> None:
    engine = make_engine()
    make_network(engine, "front", created_at=NOW - timedelta(days=1))
    action = make_action("front", at=NOW, outcomes=())
    Outcome.objects.create(action_id=action.pk, at=NOW, kind="unknown")

    assert settle_unknown(engine, now=NOW + timedelta(minutes=9)) == 1
    assert kinds(action) == ["unknown"]
    assert settle_unknown(engine, now=NOW + timedelta(minutes=11)) == 0
    assert kinds(action) == ["unknown", "failed"]
    assert settle_unknown(engine, now=NOW + timedelta(minutes=12)) == 0
    assert kinds(action) == ["unknown", "failed"]


@pytest.mark.django_db
@pytest.mark.usefixtures("just_read")
@pytest.mark.parametrize("verb", ["remove_network", "connect_container", "disconnect_container"])
def test_it_concludes_nothing_about_what_it_has_no_id_of(verb: str) -> None:
    action = make_action("front", verb=verb, outcomes=())
    Outcome.objects.create(action_id=action.pk, at=NOW, kind="unknown")

    assert settle_unknown(make_engine(), now=NOW) == 1
    assert kinds(action) == ["unknown"]


@pytest.mark.django_db
@pytest.mark.usefixtures("just_read")
def test_it_leaves_alone_what_it_can_not_know_or_what_is_settled() -> None:
    engine = make_engine()
    strange = make_action("front", verb="frobnicate_network", outcomes=UNKNOWN)
    settled = make_action("front", verb="remove_network", outcomes=(("unknown", ""), ("failed", "")))
    elsewhere = make_action("front", verb="remove_network", engine_slug="other", outcomes=UNKNOWN)

    assert settle_unknown(engine, now=NOW) == 0
    assert [kinds(action) for action in (strange, settled, elsewhere)] == [["unknown"], ["unknown", "failed"], ["unknown"]]


@pytest.mark.django_db
def test_it_waits_for_a_read_that_began_after(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine()
    action = make_action("front", verb="remove_network", outcomes=UNKNOWN)
    monkeypatch.setattr(settling, "request_sync", lambda _slug, _ids: False)

    assert settle_unknown(engine, now=NOW) == 1
    assert kinds(action) == ["unknown"]


def test_it_settles_on_a_real_engine_what_only_a_later_read_shows(
    engine: PrivateEngine, followed: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SwallowingSocket(tmp_path / "s", engine.socket, passes_changes=False) as between:
        followed.url = between.url
        result = create_network(CONSOLE, followed, NetworkSpec("front"))
    cut_off = make_action(
        "gone", verb="remove_network", docker_id="f" * 64, at=timezone.now() - timedelta(minutes=2), outcomes=()
    )
    before = kinds(result.action_id)
    monkeypatch.setattr(settling, "SOONEST_S", 0.05)
    settler = Settler()

    settler.start()
    try:
        wait_until(lambda: kinds(cut_off) == ["unknown", "ok"], "what a crash cut off", deadline_s=10)
        engine.cli("network", "create", "front")  # the Engine takes its time
        wait_until(lambda: kinds(result.action_id) == ["unknown", "ok"], "what was unknown", deadline_s=10)
    finally:
        settler.stop()

    assert before == ["unknown"]
    assert between.swallowed == 1
