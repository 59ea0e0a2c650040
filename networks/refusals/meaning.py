"""What one of an Engine's sentences means, and what a refusal may say of the values that were typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from networks.addressing.pools import Pool
from networks.engine.specs import ConnectSpec, NetworkSpec
from networks.preflight.findings import Fix
from networks.queries.engine_context import ContainerChoice, NetworkChoice


@dataclass(frozen=True, slots=True)
class Meaning:
    """`key`: its name here. `parts`: lower-case substrings that are all in the Engine's sentence. `field`: what it is about, by
    the name of a form's field, "" for none. `text`: what it means. `advice`: a way out. `empties`: a field that may be emptied.
    """

    key: str
    parts: tuple[str, ...]
    field: str
    text: Promise
    advice: Promise
    empties: str = ""


@dataclass(frozen=True, slots=True)
class RefusalContext:
    """What a refused request was about. `pools`: a creation's, by the form's rows. Each part may be missing.

    `prefix`: what the names of the fields begin with that a way out fills, where the form has several of each.
    """

    engine_slug: str
    network: NetworkChoice | None = None
    container: ContainerChoice | None = None
    spec: ConnectSpec | NetworkSpec | None = None
    pools: Sequence[Pool] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A network or container whose page shows more. `kind`: "network" or "container"."""

    kind: str
    docker_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`field`: as in Meaning. `text`: what it means; `advice`: what to do; `fixes`: buttons of the form; `opens`: pages."""

    field: str
    text: str
    advice: str
    fixes: tuple[Fix, ...] = ()
    opens: tuple[Opening, ...] = ()
