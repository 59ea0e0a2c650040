"""A server without the socket of an Engine that another one follows: every page of it works, stays live, and its buttons say
where that Engine is asked.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.served import Served, Visitor
from tests.installed.pairs import ServerPair, has_heard, listen
from tests.installed.visitor import text_of
from tests.patience import within
from tests.postgres import PrivatePostgres, why_no_postgres
from tests.private_engine import IMAGE, PrivateEngine, wait_until

pytestmark = [pytest.mark.skipif(bool(why_no_postgres()), reason=why_no_postgres())]

ELSEWHERE = "This Engine's socket is on the machine of another of these servers, which is the one that can ask it"
ON_ANOTHER_MACHINE = "This Engine is on another machine: its API doesn't report that machine's links."
LINK = re.compile(r'href="(/[^"#]*)"')
IDS = re.compile(r"\b[0-9a-f]{12,64}\b")
MOST_PAGES = 300
LEFT_ALONE = ("/static/", "/accounts/logout/", "/admin/", "/favicon.ico")


@dataclass(frozen=True)
class Away:
    """The second server, which has no Engine, and what is on the Engine of the first."""

    pair: ServerPair
    network: str
    free: str
    container: str

    @property
    def served(self) -> Served:
        return self.pair.second


@pytest.fixture
def away(engine: PrivateEngine, tmp_path: Path) -> Iterator[Away]:
    engine.import_image()
    network = engine.cli("network", "create", "front")
    free = engine.cli("network", "create", "free")
    container = engine.run("web", "--network", "front")
    with PrivatePostgres() as postgres:
        pair = ServerPair(tmp_path, engine.url, postgres.url())
        pair.second.environment["NETADMIN_ENGINE"] = ""
        with pair:
            pair.wait_until_live(postgres)
            with closing(pair.second.visitor()) as visitor:
                wait_until(lambda: container in visitor.page("/containers/"), "the container", deadline_s=within(5.0))
            yield Away(pair, network, free, container)


def read_every_page(visitor: Visitor) -> dict[str, int]:
    """Follow all links, one of each shape, and return what each path was answered with."""
    answered: dict[str, int] = {}
    shapes: set[str] = set()
    waiting = ["/"]
    while waiting and len(answered) < MOST_PAGES:
        path = waiting.pop(0)
        shape = IDS.sub("ID", path.partition("?")[0]) + "?" + ",".join(sorted(re.findall(r"[?&]([a-z_-]+)=", path)))
        if shape in shapes or path.startswith(LEFT_ALONE):
            continue
        shapes.add(shape)
        answer = visitor.get(path)
        answered[path] = answer.status
        waiting += [html.unescape(found) for found in LINK.findall(answer.body.decode(errors="replace"))]
    return answered


def test_every_page_works(away: Away) -> None:
    with closing(away.served.visitor()) as visitor:
        answered = read_every_page(visitor)
        where = {page: text_of(visitor.page(page)) for page in ("/networks/", "/interfaces/", "/engines/local/")}

    print(f"{len(answered)} pages")
    odd = {path: status for path, status in answered.items() if status not in (200, 302)}
    assert odd == {f"/containers/local/{away.container}/terminal/": 403}, "terminals are off, here as there"
    assert {"/interfaces/", "/addresses/", f"/containers/local/{away.container}/inside/"} <= answered.keys()
    assert "front" in where["/networks/"]
    assert "live" in where["/networks/"]
    assert ON_ANOTHER_MACHINE in where["/interfaces/"]
    assert "Traceback" not in away.served.log()


def test_it_shows_a_change_at_once(away: Away, engine: PrivateEngine) -> None:
    with listen(away.served, away.served.cookies()[0], "/networks/") as crowd:
        made = engine.cli("network", "create", "made-beside")

        wait_until(lambda: has_heard(crowd, made), "the change", deadline_s=within(2.0))


def buttons(away: Away) -> dict[str, tuple[str, dict[str, str]]]:
    """Return for each button the page that it is on, and what a person types there."""
    of_network, of_container = f"/networks/local/{away.network}", f"/containers/local/{away.container}"
    orders = {"stop": {}, "restart": {}, "pause": {}, "kill": {"typed_name": "web"}, "rename": {"new_name": "other"}}
    return {
        "create": ("/networks/local/create/", {"name": "back", "driver": "bridge", "pools-count": "0", "do": "create"}),
        "connect": (f"/networks/local/{away.free}/connect/", {"container_id": away.container, "do": "connect"}),
        "disconnect": (f"{of_network}/disconnect/{away.container}/", {}),
        "remove network": (f"/networks/local/{away.free}/remove/", {"typed_name": "free"}),
        "run": ("/containers/local/run/", {"image": IMAGE, "name": "more", "mode": "none", "do": "run"}),
        **{order: (f"{of_container}/{order}/", typed) for order, typed in orders.items()},
        "swarm": ("/engines/local/swarm/init/", {"advertise_address": "127.0.0.1"}),
    }


def filled_on(page: str) -> dict[str, str]:
    """Return what the fields of a page hold as it comes, in the order of the page."""
    filled = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        words = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_chosen = words.get("type") not in ("checkbox", "radio", "submit") or " checked" in tag
        if is_chosen and "name" in words:
            filled[words["name"]] = html.unescape(words.get("value", ""))
    return filled


@pytest.mark.full
def test_its_buttons_say_where_the_engine_is_asked(away: Away, engine: PrivateEngine) -> None:
    said: dict[str, tuple[int, str]] = {}
    with closing(away.served.visitor()) as visitor:
        for name, (page, typed) in buttons(away).items():
            answer = visitor.post(page, filled_on(visitor.page(page)) | typed)
            said[name] = answer.status, text_of(answer.body.decode())

    assert {name: (status, text[-1500:]) for name, (status, text) in said.items() if ELSEWHERE not in text} == {}
    assert {status for status, _text in said.values()} == {409}
    assert engine.cli("inspect", "--format", "{{.State.Status}}", "web") == "running"
    assert "Traceback" not in away.served.log()
