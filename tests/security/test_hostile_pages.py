"""The whole corpus as names, labels, commands and events in the snapshot: every page spells it, and none is changed by it."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.http import HttpResponse
from django.test import Client

from networks.models import Action, Container, Engine, EngineStatus, Event, Network, Outcome
from networks.sync.requests import request_sync
from tests.builders import MORNING, make_container, make_endpoint, make_id, make_network
from tests.conftest import IS_FULL
from tests.security.hostile import CORPUS, FAMILIES, HUGE_NAME, HUGE_VALUE, sample
from tests.security.people import make_person, make_world, open_browser
from tests.security.places import CONTAINER_ID, NETWORK_ID, NODE_ID, addresses

pytestmark = pytest.mark.django_db

ASKED_FOR = CORPUS if IS_FULL else sample(5)

# Controls but tab and line ends, which templates have; marks of direction; what takes no place, fillers and selectors too.
RAW = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u00ad\u034f\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\ud800-\udfff\U000e0000-\U000e01ef]"
)


SENT_BACK = {("input", "value"), ("option", "value"), ("button", "value")}  # not drawn as text, and needed as it is
PLACES = {"href", "src", "action", "formaction", "xlink:href", "data", "hx-get", "hx-post", "hx-ws:connect"}
LEADS_AWAY = re.compile(r"\s*(?:javascript|data|vbscript|\w+://|//)", re.IGNORECASE)
FOREIGN_TAGS = {"marquee", "iframe", "object", "embed", "base", "plaintext", "xmp", "math", "dialog", "video", "audio"}


class Reader(HTMLParser):
    """Collects what is wrong with a page: raw characters, handlers, places that lead away, elements that no page of ours has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FOREIGN_TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            self._look(f"{name}=", name)
            if (tag, name) not in SENT_BACK:
                self._look(f"{tag} {name}=", value or "")
            if name.startswith("on") or name == "srcdoc" or (name in PLACES and LEADS_AWAY.match(value or "")):
                self.faults.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self._look("text", data)

    def _look(self, where: str, text: str) -> None:
        if hit := RAW.search(text):
            self.faults.append(f"{where} raw {hit[0]!a} in {text[max(0, hit.start() - 60) : hit.start() + 20]!a}")


def fill_world() -> Engine:
    """Put every text everywhere where Docker lets one be."""
    engine = make_world("unix:///nonexistent/docker.sock", state="live")
    for number, text in enumerate(CORPUS):
        pairs = {text: text}
        network = make_network(engine, text, labels=pairs, options=pairs, docker_id=make_id(f"hostile {number}"))
        container = make_container(
            engine, f"c{number}", docker_id=make_id(f"hostile container {number}"), image=text, command=text
        )
        make_endpoint(container, network, aliases=[text], dns_names=[text])
        record(engine, number, text)
    Container.objects.filter(name="c0").update(labels={text: text for text in CORPUS})
    fill_swarm(engine)
    Network.objects.filter(docker_id=NETWORK_ID).update(name=HUGE_NAME, labels={"huge": HUGE_VALUE})
    return engine


def fill_swarm(engine: Engine) -> None:
    """Let the Engine manage a swarm whose nodes are called anything, and a sample lab with any prefix stand there."""
    own = {"node_id": "o" * 25, "role": "manager", "state": "ready", "is_leader": True}
    named = [(number, family[len(family) // 2]) for number, family in enumerate(FAMILIES.values())]
    left = [{"node_id": f"n{number:024}", "hostname": text[:255], "address": text, "version": text} for number, text in named]
    nodes = [own, {"node_id": NODE_ID, "hostname": HUGE_NAME}, *left]
    rest = {"hostname": "", "role": "worker", "availability": "active", "state": "down", "address": "", "version": ""}
    rest |= {"is_leader": False, "reachability": ""}
    EngineStatus.objects.filter(engine=engine).update(
        is_swarm_manager=True,
        swarm_state="active",
        swarm_node_id="o" * 25,
        swarm_error=HUGE_VALUE,
        swarm_managers=[text for _number, text in named],
        swarm_nodes=[rest | node for node in nodes],
    )
    for number, text in named:
        labels = {"netadmin.lab": "1", "netadmin.lab.prefix": text}
        make_container(engine, f"lab{number}", docker_id=make_id(f"lab {number}"), labels=labels)
        make_network(engine, f"{text} overlay", driver="overlay", scope="swarm", is_attachable=True, labels=labels)


def record(engine: Engine, number: int, text: str) -> None:
    """Let it be something that happened, that went, and that somebody asked for."""
    told = {"engine_slug": engine.slug, "at": MORNING, "verb": text[:80]}
    Event.objects.create(**told, time_nano=number + 2, kind="network", actor_id=make_id(text), actor_name=text)
    engine.tombstones.create(kind="network", docker_id=make_id(f"gone {number}"), name=text, revision=1, gone_at=MORNING)
    action = Action.objects.create(
        **told | {"verb": "create_network"}, who=text[:150], what=text, command=text, asked={text: text}
    )
    Outcome.objects.create(action_id=action.pk, at=MORNING, kind="refused", status=409, sentence=text)


def pages() -> list[str]:
    """Return every address that can be looked at, and those of single things for some of the corpus's things."""
    plain = [one.path for one in addresses()]
    of_networks = [path for path in plain if NETWORK_ID in path and CONTAINER_ID not in path]
    of_containers = [path for path in plain if CONTAINER_ID in path and NETWORK_ID not in path]
    numbers = [CORPUS.index(family[len(family) // 2]) for family in FAMILIES.values()]
    plain += [path.replace(NETWORK_ID, make_id(f"hostile {number}")) for path in of_networks for number in numbers]
    plain += [path.replace(CONTAINER_ID, make_id(f"hostile container {number}")) for path in of_containers for number in numbers]
    of_nodes = [path for path in plain if NODE_ID in path]
    plain += [path.replace(NODE_ID, f"n{number:024}") for path in of_nodes for number in range(len(FAMILIES))]
    return [path for path in plain if "logout" not in path]


def faults(answer: HttpResponse) -> list[str]:
    text = answer.content.decode()
    found = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return found + [f"raw {hit[0]!a}" for hit in [RAW.search(text)] if hit]
    reader = Reader()
    reader.feed(text)
    return found + reader.faults


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)
    return open_browser("superuser", make_person("superuser", fill_world()), is_proved=True)


def test_it_spells_the_whole_corpus_on_every_page(browser: Client) -> None:
    assert len(CORPUS) >= 250

    found = {}
    for path in pages():
        answer = browser.get(path)
        if isinstance(answer, HttpResponse) and (wrong := faults(answer)):
            found[path] = wrong[:3]

    assert found == {}


@pytest.mark.parametrize("page", ["/networks/", "/containers/", "/events/"])
def test_it_filters_by_any_text(browser: Client, page: str) -> None:
    found = {}
    for text in ASKED_FOR:
        answer = browser.get(page, {"q": text})
        if wrong := faults(answer):
            found[text] = wrong[:3]
        elif page == "/networks/" and "<tr id=" not in answer.content.decode() and text.strip() == text:
            found[text] = ["not found by its own name"]

    assert found == {}


def test_it_prunes_by_any_text(browser: Client) -> None:
    found = {}
    for text in ASKED_FOR:
        answer = browser.get("/networks/local/prune/", dict.fromkeys(("until", "labels", "other_labels"), text))
        if (wrong := faults(answer)) or answer.status_code not in (200, 422):
            found[text] = wrong[:3] or [f"status {answer.status_code}"]

    assert found == {}


def test_it_exports_the_whole_corpus_and_no_formula(browser: Client) -> None:
    sheet, lines = (
        b"".join(browser.get(f"/activity/export.{form}").streaming_content).decode()  # type: ignore[attr-defined]
        for form in ("csv", "jsonl")
    )

    rows = list(csv.reader(StringIO(sheet.removeprefix("\ufeff"))))
    cells = {cell for row in rows for cell in row}
    assert len(rows) == len(CORPUS) + 1
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n"))]
    assert not RAW.search(sheet.removeprefix("\ufeff"))
    assert lines.isascii()
    assert not RAW.search(lines)
    assert {json.loads(line)["what"] for line in lines.splitlines()} == set(CORPUS)
