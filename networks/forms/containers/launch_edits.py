"""What an Engine's refusal of a new container is about: which of its networks, and who stands in the way there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from networks.forms.containers.launch import RunForm
from networks.forms.containers.launch_endpoints import NETWORK_ROWS, EndpointForm
from networks.queries.choices import network_choices
from networks.queries.engine_context import NetworkChoice
from networks.refusals.meaning import RefusalContext

EDITABLE = frozenset(RunForm.base_fields) | {
    f"networks-{row}-{name}" for row in range(NETWORK_ROWS.most) for name in NETWORK_ROWS.fields
}


def find_refused_row(form: RunForm, sentence: str) -> EndpointForm | None:
    """Return the row of networks that an Engine's sentence is about, as far as that can be told; None in other modes.

    The networks are read anew: what stood in the way came after the form was checked. Three queries.
    """
    rows = [row for row in form.parts if row.network]
    ids = [_id_of(row) for row in rows]
    now = {each.docker_id: each for each in network_choices(form.ground.engine_slug, ids)} if ids else {}
    for row in rows:
        row.network = now.get(_id_of(row), row.network)
    return next(_by_likelihood(rows, now, sentence), None)


def around_row(form: RunForm, row: EndpointForm | None) -> RefusalContext:
    """Return what the refused request was about; the ways out fill the fields of this row."""
    if row is None:
        return RefusalContext(form.ground.engine_slug)
    return RefusalContext(form.ground.engine_slug, network=row.network, spec=row.to_spec(), prefix=f"{row.prefix}-")


def _by_likelihood(rows: list[EndpointForm], now: Mapping[str, NetworkChoice], sentence: str) -> Iterator[EndpointForm]:
    """Yield the rows that the sentence names, then those whose address somebody has, then those that ask for one, then all."""
    yield from (row for row in rows if any(word in sentence for word in _words_of(row)))
    addressed = [(row, [each for each in (row.to_spec().ipv4, row.to_spec().ipv6) if each is not None]) for row in rows]
    yield from (row for row, asked in addressed if any(each in now[_id_of(row)].holders for each in asked if _id_of(row) in now))
    yield from (row for row, asked in addressed if asked)
    yield from rows


def _words_of(row: EndpointForm) -> Iterator[str]:
    """Yield what is in this row and may be in an Engine's sentence, and is long enough not to be there by chance."""
    spec = row.to_spec()
    yield _id_of(row)
    yield from (str(each) for each in (spec.ipv4, spec.ipv6, *spec.link_local_ips) if each is not None)
    yield from (each for each in (spec.mac, *spec.driver_options) if each)


def _id_of(row: EndpointForm) -> str:
    return row.network.docker_id if row.network else ""
