"""Which field of a new network's form an Engine's refusal is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from networks.preflight.findings import FindingsForm
from networks.preflight.known_options import OPTION_FIELDS

_OF_POOLS = frozenset({"subnet", "ip_range", "gateway", "aux_addresses"})
_QUOTED = re.compile(r'\("([^"]+)"\)')  # what Engine 29 could not read, wherever it stood
# What the catalogue of refusals says of a connection means another field of a creation.
_INSTEAD = {"ipv4": "aux_addresses", "network_id": "config_from"}


def find_refused(
    form: FindingsForm, pools: Sequence[FindingsForm], about: str, sentence: str
) -> tuple[FindingsForm, str | None] | None:
    """Return (form or pool, field) to mark, with None for the form as a whole; None where there is nothing to mark.

    `about`: the field that the catalogue names. Of several that could be meant, it is the one whose value the sentence holds.
    """
    about = _INSTEAD.get(about, about)
    if about in _OF_POOLS:
        return _of_pools(pools, about, sentence) or ((form, "config_from") if form.data.get("config_from") else None)
    if about in OPTION_FIELDS and not form.data.get(about):
        about = "options"
    if about == "options":
        typed = [(form, name) for name in form.fields if name in OPTION_FIELDS and form.data.get(name)]
        return _named(typed, sentence) or (form, "options")
    if about in form.fields:
        return form, about
    return (form, None) if about == "pools" else None


def _of_pools(pools: Sequence[FindingsForm], about: str, sentence: str) -> tuple[FindingsForm, str] | None:
    if quoted := _QUOTED.search(sentence):
        places = ((pool, name) for pool in pools for name in sorted(_OF_POOLS))
        if unread := next((place for place in places if quoted[1] in re.split(r"[\s,=]+", _value(*place))), None):
            return unread
    typed = [(pool, about) for pool in pools if _value(pool, about)]
    if found := _named(typed, sentence):
        return found
    subnets = [(pool, "subnet") for pool in pools if _value(pool, "subnet")]
    if found := _named(subnets, sentence):
        return (found[0], about) if _value(found[0], about) else found
    begun = ((pool, "subnet") for pool in pools if any(_value(pool, name) for name in _OF_POOLS))
    return next(iter([*typed, *subnets, *begun]), None)


def _named(places: Iterable[tuple[FindingsForm, str]], sentence: str) -> tuple[FindingsForm, str] | None:
    return next(((form, name) for form, name in places if _value(form, name) in sentence), None)


def _value(form: FindingsForm, name: str) -> str:
    return str(form.data.get(form.add_prefix(name), "")).strip()
