"""The list says whose ports those of a shared stack are; and whoever checks the list knows whose."""

from __future__ import annotations

from pathlib import Path

from django.test import Client

from networks.models import Engine
from networks.sync.requests import request_sync
from tests.actions.conftest import followed
from tests.private_engine import PrivateEngine
from tests.truth.claims import Page, read_claims
from tests.truth.pressing.pressing_all import log_in
from tests.truth.reality import Reality
from tests.truth.sweep import Findings, Sweep

__all__ = ["followed"]


def listed(sweep: Sweep) -> Page:
    page = sweep.read((f"/containers/?engine={sweep.slug}", "containers", ()))
    assert page is not None
    return page


def test_it_says_whose_ports_a_guest_has(engine: PrivateEngine, followed: Engine, tmp_path: Path) -> None:
    client: Client = log_in(followed.slug)
    web = engine.run("web", "--publish", "127.0.0.1:8080:80", "--publish", "9000")
    guest = engine.run("guest", "--network", f"container:{web}")
    engine.run("second", "--network", f"container:{guest}")
    engine.cli("stop", "-t", "0", engine.run("ended", "--network", f"container:{web}"))
    engine.run("on-host", "--network", "host")
    engine.run("host-guest", "--network", "container:on-host")
    assert request_sync(followed.slug, timeout_s=10)
    sweep = Sweep(engine, client, followed.slug, tmp_path)

    claims = {(claim.kind, claim.subject[0]): claim.said for claim in read_claims(listed(sweep)) if claim.subject}
    assert claims["container.ports_of", guest] == "web"
    assert {said for (kind, _), said in claims.items() if kind == "container.ports_of"} == {"web", "guest"}
    assert [*map(str, sweep.check(listed(sweep), Reality(engine), Findings()))] == []
