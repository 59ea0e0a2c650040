"""What a live page consists of: regions of ordered rows, and single parts. The page and the socket draw the same screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from networks.policy.permissions import read_reach

# Their Engines are read more often while somebody looks.
SWARM_PAGES = frozenset({"engine_swarm", "network_swarm"})
_ACROSS_PAGES = SWARM_PAGES | {"engine_list"}
SWARM_ID_LENGTH = 25  # of what a swarm gives ids: its networks are on several Engines


def is_across(page: str, docker_id: str) -> bool:
    """Whether a page shows of several Engines what its reader may see there: an overlay network's own page does too."""
    return page in _ACROSS_PAGES or (page == "network_detail" and len(docker_id) == SWARM_ID_LENGTH)


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One drawn element. `dom_id`: the id attribute that its outermost element has. `version`: changes when `html` does.

    `figures`: of a row that shows counters or rates, the version of these, which `version` then leaves out. When they alone
    change, the row is swapped without being marked as changed.
    """

    dom_id: str
    version: str
    html: str
    figures: str = ""

    @property
    def whole_version(self) -> str:
        """Return the version of all of it."""
        return f"{self.version}~{self.figures}" if self.figures else self.version


@dataclass(frozen=True, slots=True)
class ScreenKey:
    """What makes two sockets see the same: page, Engine, object, query string, language, rights.

    `reach`: on pages across Engines (`is_across`) which they show of, as `write_reach` writes them.
    `page`: the view's URL name, such as "network_list". `docker_id`: "" but on detail pages. `query`: normalised query string.
    `rights`: sorted permissions joined by ",", such as "connect,run,view".
    """

    page: str
    engine_slug: str
    docker_id: str
    query: str
    language: str
    rights: str
    reach: str = ""

    def shows(self, engine_slug: str) -> bool:
        """Whether anything of this Engine is on the page."""
        return engine_slug == self.engine_slug or (bool(self.reach) and engine_slug in read_reach(self.reach))


@dataclass(frozen=True, slots=True)
class Screen:
    """A page's live content at a revision.

    `regions`: the id of a container element (a tbody, say) to its rows, in order. `parts`: dom id to a single element that is
    replaced whole (caption, counts, empty state, the Engine's chip and banner). Each part's html carries its own id.
    `subject`: what parts are about that are drawn apart, None where it isn't there; no page shows it. What makes a screen gives
    neither epoch nor revision: those of its Engine are put in behind it.
    """

    epoch: str = ""
    revision: int = 0
    regions: Mapping[str, tuple[DrawnRow, ...]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    subject: object = None


def socket_url(key: ScreenKey) -> str:
    """Return the address of the socket that keeps this screen live; rights are asked anew there, never sent."""
    place = f"{settings.NETADMIN_PREFIX}/ws/live/{key.page}/{quote(key.engine_slug)}/"
    if key.docker_id:
        place += f"{quote(key.docker_id)}/"
    return f"{place}?{urlencode({'lang': key.language})}" + (f"&{key.query}" if key.query else "")


def url_of(name: str, *arguments: str) -> str:
    """Return the address of a page by its URL name, "" where there is no such page: then nothing links to it."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
