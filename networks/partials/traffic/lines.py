"""What is counted at each end: the lines of a table, and the last 15 minutes as numbers that a script draws and as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import number_format

from networks.partials.traffic.flows import Flow, Stretch, added, by_minute, flow_of, total_of
from networks.sync.host.board import HostLink, HostPicture
from networks.sync.host.traffic import Traffic
from networks.templatetags.wording import bytes_text, rate_text


def packets_text(packets: float) -> str:
    """Return a number of packets, which an average may have made a fraction of: "12", "0.4"."""
    places = 0 if packets == int(packets) or packets >= 10 else 1
    # Django cuts a float where it should round it.
    return str(number_format(round(packets, places), decimal_pos=places, force_grouping=True))


# So many ports are shown one by one; their sum is that of all.
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class TrafficLine:
    """One end that is counted. `index`: its number in Traffic, 0 for one that isn't counted.

    `link`: the host's end; `mark`: that end's revision. `now`, `total`: its figures, None where they aren't known.
    """

    index: int
    ifname: str = ""
    name: str = ""
    url: str = ""
    hue: int = 0
    link: str = ""
    link_url: str = ""
    sharing: tuple[str, ...] = ()
    mark: int = 0
    now: Flow | None = None
    total: Flow | None = None

    @property
    def texts(self) -> dict[str, Any]:
        """What a template shows of it; `is_losing`: packets get lost right now."""
        return {"line": self, **flow_texts(self.now, self.total)}


def flow_texts(now: Flow | None, total: Flow | None) -> dict[str, Any]:
    """Return both as text, "" for what isn't known."""
    return {
        "received": rate_text(now.received) if now else "",
        "sent": rate_text(now.sent) if now else "",
        "all_received": bytes_text(round(total.received)) if total else "",
        "all_sent": bytes_text(round(total.sent)) if total else "",
        "dropped": packets_text(total.dropped) if total else "",
        "errors": packets_text(total.errors) if total else "",
        "has_dropped": bool(total and total.dropped),
        "has_errors": bool(total and total.errors),
        "is_losing": bool(now and now.trouble),
        "losing": packets_text(now.trouble) if now else "",
    }


def links_of_container(picture: HostPicture, container_id: str) -> tuple[HostLink, ...]:
    """Return the host's ends of a container's interfaces, by the name that they have inside."""
    found = [link for link in picture.links if link.peer and link.peer.container_id == container_id]
    return tuple(sorted(found, key=lambda link: (link.peer.ifname if link.peer else "", link.fact.index)))


def ports_of_network(picture: HostPicture, network_id: str) -> tuple[HostLink, ...]:
    """Return the links that are plugged into a network's bridge, and others whose far end is known to be on it; by container."""
    bridges = {link.fact.index for link in picture.links if link.network_id == network_id and link.fact.kind == "bridge"}
    found = [
        link
        for link in picture.links
        if (link.fact.master and link.fact.master in bridges) or (link.peer and link.peer.network_id == network_id)
    ]
    return tuple(sorted(found, key=lambda link: (link.peer.container_name if link.peer else "~", link.fact.index)))


def perhaps_on_network(picture: HostPicture, network_id: str) -> tuple[HostLink, ...]:
    """Return links of containers that may be on a network, and of which it isn't known; by container."""
    certain = {link.peer.container_id for link in picture.links if link.peer and link.peer.network_id == network_id}
    found = [link for link in picture.links if link.peer and network_id in link.peer.possible]
    found = [link for link in found if link.peer and link.peer.container_id not in certain]
    return tuple(sorted(found, key=lambda link: (link.peer.container_name if link.peer else "", link.fact.index)))


def counted_lines(lines: Iterable[TrafficLine], traffic: Traffic, *, is_inside: bool = False) -> tuple[TrafficLine, ...]:
    """Return the lines with what is counted now."""
    return tuple(
        replace(
            line,
            now=flow_of(traffic.rate(line.index), is_inside=is_inside),
            total=total_of(traffic.counters(line.index), is_inside=is_inside),
        )
        if line.index
        else line
        for line in lines
    )


def sum_of(counted: Sequence[TrafficLine]) -> dict[str, Any]:
    """Return the texts of the sum, where every part of it is known."""
    return flow_texts(added(one.now for one in counted), added(one.total for one in counted))


def foremost(counted: Sequence[TrafficLine]) -> tuple[TrafficLine, ...]:
    """Return those that are shown: all of a few; of many, those that most went over, in the order that they had."""
    if len(counted) <= MOST_LINES:
        return tuple(counted)
    by_total = sorted(counted, key=lambda one: -(one.total.received + one.total.sent) if one.total else 0.0)
    chosen = {id(one) for one in by_total[:MOST_LINES]}
    return tuple(one for one in counted if id(one) in chosen)


# A minute of which no more than this is wanting counts as measured.
NEARLY_S = 55.0


def write_chart(stretches: Sequence[Stretch]) -> str:
    """Return what static/js/traffic.js draws, as JSON.

    {"at": seconds since 1970 of the first, "t": tenths of seconds after that, "in", "out": bytes per second, null in a gap,
    "lost": [place, packets per second] where there were any}; "" where nothing was measured.
    """
    known = [place for place, stretch in enumerate(stretches) if stretch.flow is not None]
    if not known:
        return ""
    shown = stretches[max(0, known[0] - 1) :]
    began_at = round(shown[0].at, 1)
    data = {
        "at": began_at,
        "t": [round((stretch.at - began_at) * 10) for stretch in shown],
        "in": [None if stretch.flow is None else round(stretch.flow.received) for stretch in shown],
        "out": [None if stretch.flow is None else round(stretch.flow.sent) for stretch in shown],
        "lost": [
            [place, round(stretch.flow.trouble, 1)]
            for place, stretch in enumerate(shown)
            if stretch.flow and stretch.flow.trouble
        ],
    }
    return json.dumps(data, separators=(",", ":"))


def most_of(stretches: Sequence[Stretch]) -> dict[str, str] | None:
    """Return the fastest stretches in words, None where nothing was measured; `lost` "" where no packet was."""
    known = [(stretch.seconds, stretch.flow) for stretch in stretches if stretch.flow is not None]
    if not known:
        return None
    lost = sum(seconds * flow.trouble for seconds, flow in known)
    return {
        "received": rate_text(max(flow.received for _, flow in known)),
        "sent": rate_text(max(flow.sent for _, flow in known)),
        "lost": packets_text(max(1, round(lost))) if lost else "",
    }


def minute_rows(stretches: Sequence[Stretch]) -> list[dict[str, Any]]:
    """Return the minutes for a template, newest first."""
    return [
        {
            "at": datetime.fromtimestamp(minute.at, UTC),
            "received": rate_text(minute.flow.received) if minute.flow else "",
            "sent": rate_text(minute.flow.sent) if minute.flow else "",
            "most_received": rate_text(minute.most_received) if minute.flow else "",
            "most_sent": rate_text(minute.most_sent) if minute.flow else "",
            "lost": packets_text(max(1, round(minute.lost))) if minute.lost else "",
            "measured": round(minute.measured_s),
            "is_whole": minute.measured_s >= NEARLY_S,
        }
        for minute in by_minute(stretches)
    ]
