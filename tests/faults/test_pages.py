"""Pages of a served process while its Engine is ill: no fault of ours, no long wait, the truth, and all well by itself after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.faults.calls import Ground
from tests.faults.proxy import SILENT, Fault, FaultProxy
from tests.faults.visitor import LONGEST_S, Seen, Visitor
from tests.management.serving import Serving, free_port
from tests.patience import within
from tests.prepared import prepare
from tests.private_engine import PrivateEngine, wait_until

ADMIN, PASSWORD = "admin", "a long enough pass phrase"
SAID_WITHIN_S = within(16.0)  # a ping every 5 s, two misses of 3 s, and what two shared cores add
BACK_WITHIN_S = within(10.0)
NOT_LIVE = {"lagging", "stale", "disconnected", "incompatible"}

READING = ("/", "/networks/", "/containers/", "/events/", "/engines/local/", "/engines/local/lab/", "/networks/local/create/")


@dataclass(frozen=True)
class Acting:
    """A page that changes something. `prepare`: what it needs, by names of Ground's. `method`, `path`: what it asks."""

    page: Callable[[Ground], str]
    fields: Callable[[Ground], dict[str, str]]
    method: str
    path: str
    needs: Callable[[Ground], None]
    has_happened: Callable[[Ground], bool]


def _needs_nothing(ground: Ground) -> None:
    """Need nothing."""


ACTING: dict[str, Acting] = {
    "create": Acting(
        lambda g: "/networks/local/create/",
        lambda g: {"name": g.name, "driver": "bridge", "do": "create"},
        *("POST", "^/networks/create$", _needs_nothing),
        lambda g: g.has_network(g.name),
    ),
    "remove": Acting(
        lambda g: f"/networks/local/{g.network_id}/remove/",
        lambda g: {"typed_name": g.name},
        *("DELETE", "^/networks/", Ground.need_network),
        lambda g: not g.has_network(g.name),
    ),
    "connect": Acting(
        lambda g: f"/networks/local/{g.network_id}/connect/",
        lambda g: {"container_id": g.container_id, "do": "connect"},
        *("POST", "/connect$", Ground.need_both),
        lambda g: g.name in g.networks_of(g.container_id),
    ),
    "connect from the container": Acting(
        lambda g: f"/containers/local/{g.container_id}/connect/",
        lambda g: {"network_id": g.network_id, "do": "connect"},
        *("POST", "/connect$", Ground.need_both),
        lambda g: g.name in g.networks_of(g.container_id),
    ),
    "disconnect": Acting(
        lambda g: f"/networks/local/{g.network_id}/disconnect/{g.container_id}/",
        lambda g: {"typed_name": g.name},
        *("POST", "/disconnect$", Ground.need_connected),
        lambda g: g.name not in g.networks_of(g.container_id),
    ),
}
ALL_CASES = [
    (name, fault, reaches)
    for name in ACTING
    for fault in Fault
    for reaches in (True, False)
    if reaches or fault is not Fault.DELAY  # an answer that is late is one of the Engine's
]
# A silent Engine takes a page five seconds, and twelve until it is called disconnected: a short run has one such case.
SHORT_CASES = [
    ("create", Fault.ERROR, True),
    ("create", Fault.HANG, True),
    ("remove", Fault.CORRUPT, True),
    ("connect", Fault.RESET, False),
    ("connect from the container", Fault.CLOSE, True),
    ("disconnect", Fault.TRUNCATE, False),
]
CASES = ALL_CASES if IS_FULL else SHORT_CASES
ILL_WITH = tuple(Fault) if IS_FULL else (Fault.GARBAGE,)


@pytest.fixture(scope="module")
def proxy(shared_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultProxy]:
    shared_engine.empty()
    with FaultProxy(tmp_path_factory.mktemp("proxy") / "s", shared_engine.socket) as running:
        yield running


@pytest.fixture(scope="module")
def visitor(proxy: FaultProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Serve before the proxy, and give its admin, logged in."""
    folder: Path = tmp_path_factory.mktemp("served")
    prepare(folder / "data")
    (folder / "password").write_text(PASSWORD)
    first_admin = (("NETADMIN_ADMIN_USERNAME", ADMIN), ("NETADMIN_ADMIN_PASSWORD_FILE", str(folder / "password")))
    with Serving(folder / "data", proxy.url, free_port(), extra=first_admin) as serving:
        person = Visitor(f"http://127.0.0.1:{serving.port}")
        assert person.log_in(ADMIN, PASSWORD).status == 200
        wait_until(lambda: person.get("/").state == "live", "live", interval_s=0.1)
        yield person
        assert serving.log().count("Traceback") == 0, serving.log()


@pytest.fixture
def healthy(proxy: FaultProxy, visitor: Visitor) -> Iterator[None]:
    """Begin and end with an Engine that is well."""
    proxy.heal()
    wait_until(lambda: visitor.get("/").state == "live", "live", interval_s=0.1, deadline_s=20)
    proxy.asked.clear()
    yield
    proxy.heal()


def assert_a_page_in_time(seen: Seen) -> None:
    assert seen.status in (200, 404, 409, 422), (seen.status, seen.words[:2000])
    assert seen.took_s <= LONGEST_S, (seen.url, seen.took_s)


def assert_said_right(seen: Seen, fault: Fault, acting: Acting, ground: Ground) -> None:
    """What the page says is what the Engine has: done, refused, or not yet known."""
    if seen.status == 200:
        assert 'id="refusal"' not in seen.html
        assert acting.has_happened(ground), "a page that says nothing has done it"
    elif fault is Fault.ERROR:
        assert "The Engine refused" in seen.words
        assert "the disk is on fire" in seen.words
    else:
        assert "Sent; the result isn't known yet" in seen.words, seen.words[:2000]


@pytest.mark.parametrize(("name", "fault", "reaches"), CASES)
def test_it_says_what_became_of_a_change(
    shared_engine: PrivateEngine, proxy: FaultProxy, visitor: Visitor, healthy: None, name: str, fault: Fault, reaches: bool
) -> None:
    acting = ACTING[name]
    with closing(Ground(shared_engine)) as ground:
        acting.needs(ground)
        page = acting.page(ground)
        wait_until(lambda: visitor.get(page).status == 200, "the page", interval_s=0.1)
        proxy.spoil(fault, acting.method, acting.path, reaches=reaches)

        seen = visitor.post(page, acting.fields(ground))

        assert_a_page_in_time(seen)
        assert_said_right(seen, fault, acting, ground)
        assert visitor.get("/").state == "live", "only the change was ill"
        assert proxy.count(acting.method, acting.path) == 1, "asked once, and never again"
        proxy.heal()
        wait_until(lambda: acting.has_happened(ground) == reaches, "what the Engine was asked for")


@pytest.mark.parametrize("fault", ILL_WITH)
def test_it_shows_what_it_knows_and_that_it_may_be_old(
    shared_engine: PrivateEngine, proxy: FaultProxy, visitor: Visitor, healthy: None, fault: Fault
) -> None:
    with closing(Ground(shared_engine)) as ground, ExitStack() as stack:
        ground.need_both()
        about = f"/networks/local/{ground.network_id}/"
        wait_until(lambda: visitor.get(about).status == 200, "the network's page", interval_s=0.1)
        stack.callback(proxy.heal)
        stack.callback(setattr, proxy, "delay_s", proxy.delay_s)
        proxy.delay_s = 4.0  # longer than a ping waits
        proxy.spoil(fault, reaches=False)
        if fault not in SILENT:
            proxy.cut()
        wait_until(lambda: visitor.get("/").state in NOT_LIVE, "the chip to tell", deadline_s=SAID_WITHIN_S, interval_s=0.2)

        pages = {path: visitor.get(path) for path in (*READING, about, f"/containers/local/{ground.container_id}/")}
        asked = visitor.post("/engines/local/sync/", {}, form="/networks/")
        refused = visitor.post("/networks/local/create/", {"name": "never", "driver": "bridge", "do": "create"})

        for seen in (*pages.values(), asked):
            assert_a_page_in_time(seen)
            assert seen.state in NOT_LIVE, seen.url
        assert ground.name in pages["/networks/"].words, "what is known is still shown"
        assert refused.took_s <= LONGEST_S
        assert refused.status == 409
        proxy.heal()
        wait_until(lambda: visitor.get("/").state == "live", "live by itself", deadline_s=BACK_WITHIN_S, interval_s=0.1)
        assert visitor.get(about).state == "live"


@pytest.mark.full
def test_it_waits_no_longer_for_what_is_done_beside_the_page(
    shared_engine: PrivateEngine, proxy: FaultProxy, visitor: Visitor, healthy: None
) -> None:
    with closing(Ground(shared_engine)) as ground:
        ground.need_network()
        wait_until(lambda: visitor.get(f"/networks/local/{ground.network_id}/").status == 200, "the page", interval_s=0.1)
        proxy.spoil(Fault.HANG, "POST", reaches=False)
        proxy.spoil(Fault.HANG, "DELETE", reaches=False)

        lab = visitor.post("/engines/local/lab/up/", {}, form="/engines/local/lab/")
        chosen = {"do": "remove_networks", "id": ground.network_id}
        asked = visitor.post("/networks/local/several/", chosen, form="/networks/")
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.html))
        begun = visitor.post("/networks/local/several/", hidden | chosen | {"typed_count": "1"}, form="/networks/")

        for seen in (lab, asked, begun):
            assert_a_page_in_time(seen)
        assert lab.url == "/engines/local/lab/"
        assert begun.url.startswith("/jobs/"), begun.words[:1500]
        assert visitor.get("/").state == "live"
        proxy.heal()
        wait_until(lambda: "unknown" in visitor.get(begun.url).words.lower(), "the job's end", deadline_s=60, interval_s=0.5)
        assert proxy.count("DELETE", "^/networks/") == 1


def test_it_meets_every_page() -> None:
    assert {name for name, _, _ in CASES} == set(ACTING)
