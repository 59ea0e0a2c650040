"""The last 15 minutes: as the numbers that a script draws, and as the table that says the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from networks.partials.interfaces.links import rate_text
from networks.partials.traffic.flows import Stretch, by_minute
from networks.partials.traffic.lines import packets_text

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
