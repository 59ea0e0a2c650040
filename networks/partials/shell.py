"""The Engine's chip and banner: the parts of every page that say how much of it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from networks.models import EngineState
from networks.models.database_trouble import trouble_of
from networks.partials.cache import draw
from networks.queries.rows import EngineRow

# While an Engine lags, what is shown is seconds old at most and a refusal is still certain to be one: people may act.
ACTING_STATES = frozenset({EngineState.LIVE.value, EngineState.LAGGING.value})


@dataclass(frozen=True, slots=True)
class FrameEngine:
    """An Engine as the frame of a page shows it. A live one has no age and no error: a heartbeat must not change it.

    `trouble`: why Netadmin itself can't write down what happens, in its database's words. `is_rootless`: as in EngineInfo.
    """

    slug: str
    name: str
    state: str
    version: str
    is_rootless: bool
    state_since: datetime | None = None
    as_of: datetime | None = None
    next_try_at: datetime | None = None
    error: str = ""
    trouble: str = ""


def frame_engine(row: EngineRow) -> FrameEngine:
    known = (row.slug, row.name, row.state, row.version, row.is_rootless)
    if row.state == EngineState.LIVE:
        return FrameEngine(*known)
    return FrameEngine(*known, row.state_since, row.as_of, row.next_try_at, row.last_error, trouble_of(row.slug))


def may_act(row: EngineRow) -> bool:
    """Tell whether acting buttons are on: what is shown is known to be so, or nearly."""
    return row.state in ACTING_STATES


def may_destroy(row: EngineRow) -> bool:
    """Tell whether buttons are on that take something away: only while what the page says of it is known to be so."""
    return row.state == EngineState.LIVE


@lru_cache(maxsize=256)
def draw_shell(engine: FrameEngine, language: str) -> Mapping[str, str]:
    """Return the parts that every screen of an Engine has, in the active language: `engine-state`, `engine-banner`, by DOM id."""
    return MappingProxyType(
        {
            "engine-state": draw("components/engine_state.html", {"engine": engine}),
            "engine-banner": draw("components/engine_banner.html", {"engine": engine}),
        }
    )


def draw_foot(engine: FrameEngine, dom_id: str) -> str:
    """Return the line below a list, which says how far it can be trusted, in the active language."""
    return draw("components/read_foot.html", {"engine": engine, "dom_id": dom_id})
