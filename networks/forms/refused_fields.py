"""Which field of a new network's form an Engine's refusal is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from networks.forms.findings import FindingsForm
from networks.forms.options.known import OPTION_FIELDS

_OF_POOLS = frozenset({"subnet", "ip_range", "gateway", "aux_addresses"})
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
    if about == "options":
        typed = [(form, name) for name in form.fields if name in OPTION_FIELDS and form.data.get(name)]
        return _named(typed, sentence) or (form, "options")
    if about in form.fields:
        return form, about
    return (form, None) if about == "pools" else None


def _of_pools(pools: Sequence[FindingsForm], about: str, sentence: str) -> tuple[FindingsForm, str] | None:
    typed = [(pool, about) for pool in pools if _value(pool, about)]
    if found := _named(typed, sentence):
        return found
    subnets = [(pool, "subnet") for pool in pools if _value(pool, "subnet")]
    if found := _named(subnets, sentence):
        return found
    return next(iter([*typed, *subnets]), None)


def _named(places: Iterable[tuple[FindingsForm, str]], sentence: str) -> tuple[FindingsForm, str] | None:
    return next(((form, name) for form, name in places if _value(form, name) in sentence), None)


def _value(form: FindingsForm, name: str) -> str:
    return str(form.data.get(form.add_prefix(name), "")).strip()
