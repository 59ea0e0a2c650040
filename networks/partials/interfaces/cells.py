"""The cells of a link's row that change by themselves: counters, errors, the line of the last minutes, and the rate now."""

from __future__ import annotations

from html import escape

from django.utils.translation import gettext as _

from networks.hostnet.facts import Counters
from networks.partials.hosts.figures import bytes_text, rate_text
from networks.sync.host.traffic import Rate
from networks.templatetags.ui import count_text

DASH = '<span class="dash">–</span>'


class CellWords:
    """The words of the cells, translated once for a thousand rows."""

    __slots__ = ("errors", "rate", "rx_bytes", "tx_bytes")

    def __init__(self) -> None:
        self.rx_bytes, self.tx_bytes = escape(_("RX bytes")), escape(_("TX bytes"))
        self.errors = escape(_("Errors / dropped"))
        self.rate = escape(_("Now"))


def draw_figures(counters: Counters, rate: Rate | None, spark: str, words: CellWords) -> str:
    """Return seven cells. `spark`: the drawing of the last minutes, ours and safe."""
    errors, dropped = counters.rx_errors + counters.tx_errors, counters.rx_dropped + counters.tx_dropped
    now = DASH if rate is None else rate_text(rate.rx_bytes + rate.tx_bytes)
    return (
        f'<td class="num lo0 not-sm">{_count(counters.rx_packets)}</td>'
        f'<td class="num mut lo2" data-l="{words.rx_bytes}">{bytes_text(counters.rx_bytes)}</td>'
        f'<td class="num lo0 not-sm">{_count(counters.tx_packets)}</td>'
        f'<td class="num mut lo2" data-l="{words.tx_bytes}">{bytes_text(counters.tx_bytes)}</td>'
        f'<td class="num lo" data-l="{words.errors}">{_trouble(errors)} / {_trouble(dropped)}</td>'
        f'<td class="c-spark">{spark}</td><td class="ink2 c-rate" data-l="{words.rate}">{now}</td>'
    )


def _count(value: int) -> str:
    return str(value) if value < 1000 else count_text(value)


def _trouble(value: int) -> str:
    return f'<b class="warn">{count_text(value)}</b>' if value else "0"
