"""Docker 24.0 to 29.6, as a proxy makes this machine's Engine look: they are followed as it is, and their refusals are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import Incompatible
from networks.management.commands.snapshot import snapshot_of
from networks.models import Action, Engine, EngineStatus, Outcome
from networks.refusals.catalogue import explain
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.supervisor import followers
from tests.faults.disguise import DISGUISES, PODMAN, DockerDisguise, Refuser
from tests.faults.proxy import FaultProxy
from tests.private_engine import PrivateEngine, wait_until
from tests.refusals import REFUSALS
from tests.sync.truth import remembered, truth
from tests.views.pages import log_in, shown_by

SEEN_WITHIN_S = 5.0  # by events; a resync comes after 10


@contextmanager
def followed(proxy: FaultProxy, folder: Path) -> Iterator[Engine]:
    """Follow what stands behind the proxy in this process."""
    row = ensure_local_engine(proxy.url)
    followers[row.slug] = Follower(row, folder)
    followers[row.slug].start()
    try:
        wait_until(lambda: EngineStatus.objects.filter(engine=row, state="live").exists(), "live")
        yield row
    finally:
        followers.pop(row.slug).stop()
        connections.close_all()


@pytest.mark.sampled(2)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("disguise", [*DISGUISES.values(), PODMAN], ids=lambda disguise: disguise.version)
def test_it_follows_every_version(engine: PrivateEngine, tmp_path: Path, disguise: DockerDisguise) -> None:
    with FaultProxy(tmp_path / "s", engine.socket, disguise=disguise) as proxy, followed(proxy, tmp_path) as row:
        engine.cli("network", "create", "--subnet", "172.30.0.0/16", "front")
        engine.run("web", "--network", "front", "--ip", "172.30.0.9", "--network-alias", "www")
        engine.run("worker")
        engine.cli("network", "connect", "front", "worker")
        engine.run("short")
        engine.cli("stop", "short")
        engine.cli("network", "disconnect", "bridge", "worker")
        engine.cli("rm", "-f", "short")
        expected = truth(engine.socket)

        wait_until(lambda: remembered(snapshot_of(row)) == expected, "the snapshot", deadline_s=SEEN_WITHIN_S)
        status = EngineStatus.objects.get(engine=row)

    assert (status.version, status.api_version, status.state) == (disguise.version, f"1.{disguise.newest}", "live")
    assert ("GET", "/events") in proxy.asked


@pytest.mark.parametrize(("oldest", "newest"), [(60, 63), (12, 20)])
def test_it_names_the_versions_of_an_engine_that_it_can_not_talk_to(
    engine: PrivateEngine, tmp_path: Path, oldest: int, newest: int
) -> None:
    with (
        FaultProxy(tmp_path / "s", engine.socket, disguise=DockerDisguise("99.0.0", newest, oldest)) as proxy,
        closing(EngineClient(proxy.url, Profile.READ)) as client,
        pytest.raises(Incompatible, match=rf"1\.{oldest} to 1\.{newest}"),
    ):
        client.picture()


def test_it_speaks_anew_with_an_engine_that_was_upgraded_meanwhile(engine: PrivateEngine, tmp_path: Path) -> None:
    with (
        FaultProxy(tmp_path / "s", engine.socket, disguise=DISGUISES["24.0"]) as proxy,
        closing(EngineClient(proxy.url, Profile.READ)) as client,
    ):
        before = client.negotiate()
        proxy.disguise = DISGUISES["29.0"]  # which refuses 1.43
        proxy.cut()

        assert client.picture().networks
        assert (before, client.negotiate()) == ("1.43", "1.52")


@dataclass(frozen=True)
class Answered:
    """What a page said of a refusal."""

    status: int
    words: str


def post(browser: Client, engine: Engine, page: str, ids: dict[str, str]) -> Answered:
    """Ask for the change of a page: create, connect, disconnect or remove."""
    front, web = ids["front"], ids["web"]
    url, fields = {
        "create": (reverse("network_create", args=[engine.slug]), {"name": "new", "driver": "bridge", "do": "create"}),
        "connect": (reverse("network_connect", args=[engine.slug, front]), {"container_id": ids["other"]}),
        "disconnect": (reverse("network_disconnect", args=[engine.slug, front, web]), {"typed_name": "front"}),
        "remove": (reverse("network_remove", args=[engine.slug, ids["empty"]]), {"typed_name": "empty"}),
    }[page]
    if page in ("disconnect", "remove"):
        fields["shown"] = shown_by(browser.get(url))
    response = browser.post(url, fields)
    return Answered(response.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.django_db(transaction=True)
def test_it_says_what_each_version_s_refusals_mean(engine: PrivateEngine, tmp_path: Path) -> None:
    engine.cli("network", "create", "front")
    engine.cli("network", "create", "empty")
    engine.run("web", "--network", "front")
    engine.run("other")
    refuser, shown = Refuser(), [refusal for refusal in REFUSALS if refusal.page]
    with FaultProxy(tmp_path / "s", engine.socket, disguise=refuser) as proxy, followed(proxy, tmp_path) as row:
        browser = log_in()
        ids = {name: engine.cli("inspect", "-f", "{{.Id}}", name) for name in ("front", "empty", "web", "other")}
        wait_until(lambda: all(key in str(snapshot_of(row)) for key in ids.values()), "the snapshot")
        unknown = []
        for refusal in shown:
            refuser.refusal = refusal
            page = post(browser, row, refusal.page, ids)
            meaning = explain(refusal.sentence)
            if meaning is None:
                unknown.append(refusal.sentence)
                continue
            assert page.status == 409, (refusal, page.words)
            assert "The Engine refused" in page.words
            assert " ".join(refusal.sentence.split()) in page.words.replace("&quot;", '"').replace("&#x27;", "'"), refusal
            assert "What it means" in page.words, refusal

    assert unknown == []
    assert Outcome.objects.filter(kind="refused").count() == Action.objects.count() == len(shown)
    assert engine.cli("network", "ls", "-q", "--filter", "name=new") == ""
