"""Every page that links lead to, and what can be pressed there, told apart by what it does to what kind of thing."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from networks.models import Container, Endpoint, Network
from tests.truth.pressing.addresses import name_of
from tests.truth.pressing.markup import Button, Page
from tests.truth.pressing.presser import Presser

_NEVER = re.compile(r"^/(static|admin|ws|accounts/logout|accounts/login)|/export\.|ifconfig\.txt|^/welcome")
_ID = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"\d+")
# What goes on at the end, the gentlest first: what these take away other buttons need.
_LATE = ("pause_", "stop", "kill", "several", "remove", "prune", "lab_up", "lab_down", "swarm_", "logout")
# They stand on every page, and do the same there.
_EVERYWHERE = frozenset({"set_language", "account_logout", "engine_choose", "engine_sync"})
Kind = tuple[str, ...]


@dataclass
class Gathered:
    """`pages`: what was drawn, by address; `buttons`: by kind; `links`: what buttons that are links lead to."""

    pages: dict[str, Page] = field(default_factory=dict)
    buttons: dict[Kind, list[Button]] = field(default_factory=lambda: defaultdict(list))

    @property
    def kinds(self) -> list[Kind]:
        """All kinds, gentle ones first."""
        return sorted(self.buttons, key=lambda kind: (lateness(kind), kind))


def lateness(kind: Kind) -> int:
    """Return how late this kind is pressed: the more it takes away from the others, the later."""
    if "unpause" in kind[0]:  # before a restart of what is paused
        return -1
    return max((place for place, word in enumerate(_LATE, 1) if word in f"{kind[0]}_ {kind[1]}"), default=0)


def gather(presser: Presser, rng: random.Random, *, each: int, begin: Iterable[str], is_brief: bool = False) -> Gathered:
    """Follow links from these addresses; of each kind of page no more than `each` are drawn. `is_brief`: none with a query."""
    found, drawn = Gathered(), defaultdict(int)
    waiting = list(begin)
    known = set(waiting)
    while waiting:
        url = waiting.pop(0)
        kind = kind_of_page(url)
        if drawn[kind] >= each:
            continue
        drawn[kind] += 1
        page = presser.get(url)
        found.pages[url] = page
        for button in page.buttons:
            found.buttons[kind_of(button)].append(button)
        links = [link for link, _node in page.links if link not in known and not _NEVER.search(link)]
        links = [link for link in links if not (is_brief and "?" in link)]
        rng.shuffle(links)
        known.update(links)
        waiting += links
    return found


def kind_of_page(url: str) -> Kind:
    """Return what tells pages apart: the address's name, what it is about, and which filters it has."""
    return (name_of(url) or url, *_subjects(url), *sorted(parse_qs(urlsplit(url).query)))


def kind_of(button: Button) -> Kind:
    """Return what tells buttons apart: what is asked for, of what kind of thing, on which page."""
    asked = name_of(button.url) or button.url
    what = _NUMBER.sub("N", _ID.sub("ID", button.value))
    where = "" if asked in _EVERYWHERE else name_of(button.page_url)
    return (asked, f"{button.name}={what}", where, *_subjects(button.url))


def _subjects(url: str) -> Iterator[str]:
    """Yield of each container and network in an address what it is like."""
    for docker_id in _ID.findall(url):
        row = Container.objects.filter(docker_id=docker_id).values("state", "network_mode").first()
        if row:
            mode = row["network_mode"].partition(":")[0]
            yield f"{row['state']} {mode if mode in ('host', 'none', 'container', 'bridge', 'default') else 'network'}"
        else:
            yield f"network {Network.objects.filter(docker_id=docker_id).values_list('driver', flat=True).first()}"


def find_like(presser: Presser, kind: Kind, button: Button) -> Button | None:
    """Return a button of this kind as its page is drawn now; of another container or network like that where need be."""
    for url in dict.fromkeys((button.page_url, *_like(kind, button.page_url))):
        page = presser.get(url)
        found = next((one for one in page.buttons if kind_of(one) == kind), None) if page.status == 200 else None
        if found is not None:
            return found
    return None


def _like(kind: Kind, url: str) -> Iterator[str]:
    """Yield addresses of the same page for other things of the kind that is wanted."""
    ids = _ID.findall(url)
    others = [[each] for model in (Container, Network) for each in model._default_manager.values_list("docker_id", flat=True)]
    if len(ids) == 2:
        pairs = Endpoint.objects.exclude(network=None).values_list("network__docker_id", "container__docker_id")
        others = [list(pair) for pair in pairs]
    for other in others if ids else ():
        if kind[3:] == tuple(_subjects(" ".join(other))) and len(other) == len(ids):
            like = url
            for old, new in zip(ids, other, strict=True):
                like = like.replace(old, new)
            yield like


def picks_of(page: Page, button: Button, rng: random.Random, most: int = 3) -> dict[str, list[str]]:
    """Return what a person ticks before pressing a button for several: some rows of the list."""
    form = button.form
    if form is None or form.attrs.get("id") != "several":
        return {}
    boxes = [node for node in page.fields_of(form) if node.attrs.get("type") == "checkbox" and node.attrs["name"] == "id"]
    chosen = rng.sample(boxes, min(most, len(boxes)))
    return {"id": [node.attrs["value"] for node in chosen]} if chosen else {}
