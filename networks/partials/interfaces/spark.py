"""The line of a link's last minutes, as SVG: in above the middle, out below. In Python, since a page may have a thousand."""

from __future__ import annotations

from collections.abc import Sequence

from networks.sync.host.traffic import Volume

WINDOW_S = 300.0
BUCKETS, FEW_BUCKETS = 50, 25
HALF = 20  # units of the drawing above the middle, and below
FLAT = '<i class="spark"></i>'

# What a bucket holds: mean bytes per second in and out; None where nothing was measured.
Bucket = tuple[float, float] | None


def draw_spark(volumes: Sequence[Volume], *, buckets: int = BUCKETS) -> str:
    """Return the drawing of what moved in the `WINDOW_S` before the newest stretch; what wasn't measured stays empty.

    Both directions have one scale, the row's own. Nothing but silence is `FLAT`, an element of which the middle line is CSS.
    """
    if not volumes:
        return FLAT
    filled = fill_buckets(volumes, buckets)
    most = max(max(each) for each in filled if each)
    if most <= 0:
        return FLAT
    above = _area([HALF - _height(each[0], most) if each else None for each in filled])
    below = _area([HALF + _height(each[1], most) if each else None for each in filled])
    return (
        f'<svg class="spark" viewBox="0 0 {buckets} {2 * HALF}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="in" d="{above}"/><path class="out" d="{below}"/></svg>'
    )


def fill_buckets(volumes: Sequence[Volume], buckets: int) -> list[Bucket]:
    """Return the means of equal stretches of time, oldest first; they begin at whole multiples, so that a drawing only moves."""
    length_s = WINDOW_S / buckets
    first = int(volumes[-1][0] // length_s) - buckets + 1 if volumes else 0
    sums: list[list[float] | None] = [None] * buckets
    for at, rx, tx in volumes:
        place = int(at // length_s) - first
        if place < 0:
            continue
        held = sums[place]
        if held is None:
            sums[place] = [rx, tx, 1]
        else:
            held[0] += rx
            held[1] += tx
            held[2] += 1
    return [(each[0] / each[2], each[1] / each[2]) if each else None for each in sums]


def _height(value: float, most: float) -> int:
    """Return a height; anything at all is one unit at least."""
    return max(1, round(HALF * value / most)) if value > 0 else 0


def _area(heights: Sequence[int | None]) -> str:
    """Return the path of the areas between the middle and the heights, one for each stretch without a gap.

    Points that lie between two of the same height are left out.
    """
    drawn: list[str] = []
    run: list[tuple[int, int]] = []
    for x, height in enumerate((*heights, None)):
        if height is not None:
            run.append((x, height))
        elif run:
            if any(y != HALF for _x, y in run):
                drawn.append(_closed(run))
            run = []
    return "".join(drawn)


def _closed(run: Sequence[tuple[int, int]]) -> str:
    last = len(run) - 1
    kept = [
        f" {x} {y}" for place, (x, y) in enumerate(run) if place in (0, last) or not run[place - 1][1] == y == run[place + 1][1]
    ]
    # A stretch is one unit wide: the last one too.
    return f"M{run[0][0]} {HALF}{''.join(kept)} {run[-1][0] + 1} {run[-1][1]} {run[-1][0] + 1} {HALF}z"
