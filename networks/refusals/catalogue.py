"""Every sentence of an Engine's that is known, and what it means. Matched on substrings: the wording moves between versions."""

from __future__ import annotations

import re

from networks.refusals.container_run import RUNNING
from networks.refusals.machine import DRIVERS, MACHINE, PORTS
from networks.refusals.meaning import Meaning
from networks.refusals.network_connect import CONNECTING, GONE
from networks.refusals.network_create import CREATING
from networks.refusals.swarm import SWARM

# The first that fits counts, so the narrower stand before the wider.
CATALOGUE: tuple[Meaning, ...] = (*SWARM, *PORTS, *RUNNING, *DRIVERS, *CREATING, *CONNECTING, *MACHINE, *GONE)
_PREFIX = re.compile(r"^(?:\s*error response from daemon:\s*)+")
_FAULTS = re.compile(r"\n\s*\* ")


def explain(sentence: str) -> Meaning | None:
    """Return what the Engine's sentence means, None where we don't know."""
    words = _PREFIX.sub("", sentence.lower())
    return next((meaning for meaning in CATALOGUE if meaning.fits(words)), None)


def explain_each(sentence: str) -> tuple[Meaning, ...]:
    """Return what each fault means of a sentence that lists several ("invalid network config:\\n* …\\n* …"), each once."""
    faults = _FAULTS.split(sentence)[1:] or [sentence]
    found = [meaning for fault in faults if (meaning := explain(fault)) is not None]
    return tuple({meaning.key: meaning for meaning in found}.values())
