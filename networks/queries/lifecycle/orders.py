"""What an order to a container touches, said before it is given: from the snapshot, stopped ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_noop as _

from networks.engine.docker_names import ONEOFF_LABEL, PREDEFINED, PROJECT_LABEL
from networks.engine.specs import MOST_STOP_WAIT_S, STOP_WAIT_S
from networks.engine.states import RUNNING_STATES
from networks.models import Container
from networks.models.container import is_remnant
from networks.queries.containers import is_lost, is_missing
from networks.queries.donors import AWAY, guests_below, held_now, keeps_guests, read_donors, read_guests, stack_state
from networks.queries.lifecycle.consequence_tokens import Breakage, breakage_token
from networks.queries.lifecycle.consequences import Dependant, is_oneoff, make_dependant, written_port
from networks.queries.lifecycle.places import EndpointPlace, Others, Record, make_place, read_endpoints, read_others
from networks.queries.rows import barring

MOVE = "move_container"  # a job's verb
# Orders after which a container has no stack any more, for good or for a moment.
ENDING = frozenset({"stop_container", "restart_container", "kill_container", "remove_container"})
ENDED = frozenset({"stop_container", "kill_container"})  # after which it doesn't run, until somebody starts it

_SAME = ("docker_id", "name", "state", "network_mode", "restart_policy", "is_auto_removed", "donor_id", "stopping", "killed_at")
_COLUMNS = (*_SAME, "is_mode_lost", "hostname", "ports", "started_at", "stop_wait_s")


@dataclass(frozen=True, slots=True)
class Impact:
    """What is bound to one container. `guests`: containers that share its network; `further`: those in its stack that share the
    network of one of them; `keeps_guests`: they lose nothing with it (donors.keeps_guests). `ports`: published, as Docker writes.

    `project`: of Compose; `is_oneoff`: by `docker compose run`, so that `docker compose up` leaves it alone.
    `names`: by which its neighbours on networks of one's own find it. `stack`, `donor_name`: of the network that it shares.
    `missing`, `awaited`: networks that it shall join and that are not there (yet); `lost`: those that keep it from starting.
    `started_at`: ISO 8601, "" where it isn't known. `stopping`, `killed_at`, `remnants`: see ContainerRow. `stop_wait_s`: own.
    """

    docker_id: str
    name: str
    state: str
    network_mode: str
    restart_policy: str
    is_auto_removed: bool
    project: str
    is_oneoff: bool
    ports: tuple[str, ...]
    places: tuple[EndpointPlace, ...]
    names: tuple[str, ...]
    missing: tuple[str, ...]
    guests: tuple[Dependant, ...] = ()
    lost: tuple[str, ...] = ()
    stack: str = ""
    held: str = "donors"
    donor_id: str = ""
    donor_name: str = ""
    started_at: str = ""
    stopping: str = ""
    killed_at: datetime | None = None
    stop_wait_s: int = STOP_WAIT_S
    remnants: tuple[str, ...] = ()
    lost_mode: str = ""
    awaited: tuple[str, ...] = ()
    further: tuple[Dependant, ...] = ()
    keeps_guests: bool = False

    @property
    def held_by(self) -> str:
        """The mode that keeps it from starting, as rows.ContainerRow.held_by."""
        return self.lost_mode if self.places or self.missing else ""

    @property
    def barred_by(self) -> tuple[str, ...]:
        """The networks that keep it from starting, as rows.ContainerRow.barred_by."""
        return barring(self.network_mode, ((place.network_name, place.driver) for place in self.places))

    @property
    def is_running(self) -> bool:
        """Tell whether it has a network stack now."""
        return self.state in RUNNING_STATES

    @property
    def running_guests(self) -> tuple[Dependant, ...]:
        """Those that are in its stack now."""
        return (*(each for each in self.guests if each.is_running), *self.further)

    @property
    def answering_guests(self) -> bool:
        """Tell whether somebody in its stack runs on while it is paused."""
        return any(each.state == "running" for each in self.running_guests)

    def is_removed_by(self, verb: str) -> bool:
        """Tell whether it is no more after this order, which Docker sees to by itself where one was made with `--rm`.

        A restart spares it, and a stop of one that doesn't run does nothing (measured: 26.1).
        """
        return verb == "remove_container" or (verb in ENDED and self.is_auto_removed and self.is_running)


def read_impact(engine_slug: str, docker_id: str) -> Impact | None:
    """Return what is bound to a container, None where it isn't there. At most five queries."""
    return next(iter(read_impacts(engine_slug, [docker_id])), None)


def read_impacts(engine_slug: str, docker_ids: Iterable[str]) -> tuple[Impact, ...]:
    """Return what is bound to these containers, by name, when all of them get the same order. At most five queries.

    Guests that are among them, and neighbours that are, don't count: nobody is surprised by what they get themselves.
    """
    wanted = list(dict.fromkeys(docker_ids))
    of_compose = {"project": KeyTextTransform(PROJECT_LABEL, "labels"), "oneoff": KeyTextTransform(ONEOFF_LABEL, "labels")}
    siblings = Container.objects.filter(engine__slug=engine_slug)
    records = list(siblings.filter(docker_id__in=wanted).order_by("name", "docker_id").values(*_COLUMNS, **of_compose))
    if not records:
        return ()
    guests = read_guests(siblings)
    donors = read_donors(engine_slug, (record["donor_id"] for record in records))
    endpoints: defaultdict[str, list[Record]] = defaultdict(list)
    for one in read_endpoints(engine_slug, wanted):
        endpoints[one["container__docker_id"]].append(one)
    others = read_others(engine_slug, wanted, endpoints)
    return tuple(
        replace(
            _impact(record, donors.get(record["donor_id"]), endpoints[record["docker_id"]], others),
            **_guests({**record, "donor": donors.get(record["donor_id"])}, guests, frozenset(wanted)),
        )
        for record in records
    )


def _guests(lender: Record, guests: Mapping[str, list[dict[str, Any]]], wanted: frozenset[str]) -> dict[str, Any]:
    """Return what of an impact is about the guests, by its names."""
    below = [guest for guest in guests_below(lender, guests) if guest["docker_id"] not in wanted]
    direct = tuple(make_dependant(guest) for guest in below if guest["donor_id"] == lender["docker_id"])
    theirs = (make_dependant(guest) for guest in below if guest["donor_id"] != lender["docker_id"])
    further = () if keeps_guests(lender) else tuple(one for one in theirs if one.is_running)
    return {"guests": direct, "further": further, "keeps_guests": keeps_guests(lender)}


def _impact(record: Record, donor: Record | None, endpoints: list[Record], others: Others) -> Impact:
    is_running = record["state"] in RUNNING_STATES
    joined = [one for one in endpoints if not is_remnant(one)]
    published = (written_port(port) for port in record["ports"] if port.get("public_port") and is_running)
    return Impact(
        **{name: record[name] for name in _SAME},
        project=record["project"] or "",
        is_oneoff=is_oneoff(record),
        ports=tuple(dict.fromkeys(published)),
        places=tuple(make_place(one, others) for one in joined if one["network__docker_id"]),
        names=_names(joined),
        missing=tuple(one["network_name"] for one in endpoints if is_missing(one)),
        awaited=tuple(one["network_name"] for one in endpoints if one["network__docker_id"] is None and not is_missing(one)),
        lost=tuple(one["network_name"] for one in endpoints if is_lost(one)),
        stack=stack_state(record, donor),
        held=held_now(record, donor),
        donor_name=donor["name"] if donor else "",
        started_at=record["started_at"].isoformat() if record["started_at"] else "",
        stop_wait_s=own_stop_wait(record["stop_wait_s"]),
        remnants=tuple(one["network_name"] for one in endpoints if is_remnant(one)),
        lost_mode=record["network_mode"] if record["is_mode_lost"] else "",
    )


def own_stop_wait(stop_wait_s: int | None) -> int:
    """Return for how long a stop waits by itself: as long as the container was made with, Docker's default else.

    One that shall never be killed, and one that asks for more than may be typed, gets the most that may be.
    """
    if stop_wait_s is None:
        return STOP_WAIT_S
    return min(stop_wait_s, MOST_STOP_WAIT_S) if stop_wait_s >= 0 else MOST_STOP_WAIT_S


def breakages_of_order(verb: str, impact: Impact) -> tuple[Breakage, ...]:
    """Return what breaks beside the container itself when this order is carried out, one by one."""
    return tuple(
        Breakage(kind, breakage_token(verb, kind, impact.docker_id, detail), message, network, impact.name, detail)
        for kind, message, network, detail in _breaking(verb, impact)
    )


def _breaking(verb: str, impact: Impact) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, message, network and detail."""
    is_removed = impact.is_removed_by(verb)
    if verb in ENDING:
        losing = () if impact.keeps_guests else impact.running_guests
        guests = (*impact.guests, *impact.further) if is_removed else losing
        shares = _("%(detail)s shares the network of %(container)s.")
        yield from (("guest", shares, "", guest.name) for guest in guests)
    if verb in ENDING or verb == "pause_container":
        yield from (("port", _("%(container)s publishes %(detail)s."), "", port) for port in impact.ports)
        alone = _("%(container)s is the only container running on %(network)s.")
        lonely = (place.network_name for place in impact.places if _is_last(impact, place))
        yield from (("alone", alone, name, name) for name in lonely)
    if verb in ENDED and is_removed:
        yield "auto_removed", _("%(container)s was started with --rm: Docker removes it when it stops."), "", ""
    if verb in ENDED and impact.is_running and not is_removed:
        if impact.stack == "gone":
            gone = _("%(container)s can't be started again: the container whose network it shares was removed.")
            yield "donor_gone", gone, "", ""
        if impact.stack in AWAY:
            away = _("%(container)s can be started again only once %(detail)s runs.")
            yield "donor_away", away, "", impact.donor_name
    if verb in ENDING and impact.is_running and not is_removed:
        moving = ((place.network_name, held.address) for place in impact.places for held in place.moving)
        goes = _("%(detail)s on %(network)s may go to another container.")
        yield from (("address", goes, name, address) for name, address in moving)
    if verb in ENDED | {"remove_container"} and impact.project:
        yield "project", _("%(container)s belongs to the Compose project %(detail)s."), "", impact.project
    if verb == "rename_container":
        found = _("Its neighbours find %(container)s by that name.")
        yield from (("name", found, "", name) for name in impact.names if name == impact.name)


def _is_last(impact: Impact, place: EndpointPlace) -> bool:
    return impact.is_running and place.is_user_defined and place.is_alone


def _names(endpoints: list[Record]) -> tuple[str, ...]:
    on_own = (one for one in endpoints if one["network_name"] not in PREDEFINED)
    return tuple(dict.fromkeys(str(name) for one in on_own for name in (*one["dns_names"], *one["aliases"])))
