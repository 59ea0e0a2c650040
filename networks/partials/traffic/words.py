"""Packets in words; bytes and rates are written as everywhere, by `partials/hosts/figures.py`."""

from __future__ import annotations

from django.utils.formats import number_format


def packets_text(packets: float) -> str:
    """Return a number of packets, which an average may have made a fraction of: "12", "0.4"."""
    places = 0 if packets == int(packets) or packets >= 10 else 1
    # Django cuts a float where it should round it.
    return str(number_format(round(packets, places), decimal_pos=places, force_grouping=True))
