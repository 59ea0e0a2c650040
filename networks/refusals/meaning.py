"""What one of an Engine's sentences means, and what a refusal may say of the values that were typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise

from networks.addressing.pool_checks import Pool
from networks.engine.specs import ConnectSpec, NetworkSpec
from networks.preflight.findings import Fix
from networks.queries.engine_context import ContainerChoice, NetworkChoice


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one of an Engine's sentences means. `key`: its name here. `field`: what it is about, by the name of a form's field, ""
    for none; `empties`: that one may be emptied. `text`: what it means. `advice`: a way out.

    `said`: in lower case what is in the sentence, with "…" where anything may stand between, and "|" between wordings. A part
    that begins with "^" begins the sentence.
    """

    key: str
    said: str
    field: str = ""
    empties: bool = False
    text: Promise | str = ""
    advice: Promise | str = ""

    def says(self, text: Promise, advice: Promise) -> Meaning:
        """Return it with its own two sentences."""
        return replace(self, text=text, advice=advice)

    def fits(self, words: str) -> bool:
        """Tell whether the Engine's sentence, in lower case, is one of its wordings."""
        return any(
            all(words.startswith(part[1:]) if part.startswith("^") else part in words for part in wording.split("…"))
            for wording in self.said.split("|")
        )


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
