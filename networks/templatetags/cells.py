"""`{% load cells %}`: the addresses of a block and the blocks of a pool. In Python: a template takes too long for 256 cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.addressing.address_states import PoolUse, State
from networks.addressing.blocks import Block, Blocks, block_size
from networks.templatetags.ui import count_text
from networks.templatetags.wording import spell

register = template.Library()

ROW = 8  # a phone's row; 16 and 32 are shown in wider ones
TITLE_NAME_LENGTH = 60
# state -> (class, text instead of the number)
CELLS = {
    State.NETWORK: ("res", "–"),
    State.BROADCAST: ("res", "–"),
    State.GATEWAY: ("gw", "G"),
    State.AUX: ("aux", "A"),
    State.IN_USE: ("used", ""),
    State.REQUESTED: ("asked", ""),
    State.OUTSIDE: ("out", ""),
    State.FREE: ("", ""),
}
STATE_WORDS = {
    State.NETWORK: gettext_lazy("network address"),
    State.BROADCAST: gettext_lazy("broadcast address"),
    State.GATEWAY: gettext_lazy("gateway"),
    State.AUX: gettext_lazy("reserved"),
    State.IN_USE: gettext_lazy("in use"),
    State.REQUESTED: gettext_lazy("asked for"),
    State.OUTSIDE: gettext_lazy("free, outside the IP range"),
    State.FREE: gettext_lazy("free"),
}
EMPTY = frozenset({State.FREE, State.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Links:
    """Where cells lead: the beginning of an address (URL) that the address (IP) and `end` are put behind; "" leads nowhere."""

    free: str = ""
    taken: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """What of a pool is drawn: a block by its first address; the picked address and the next one, None where there is none."""

    use: PoolUse
    first: int
    picked: int | None = None
    following: int | None = None


@register.simple_tag
def address_cells(shown: DrawnPart, links: Links, css: str = "") -> SafeString:
    """Draw a block: one cell for each address, in rows of 8 of which those that are all free fold away on phones."""
    size = block_size(shown.use)
    rows = range(shown.first, shown.first + size, ROW)
    # Translated once instead of for each cell.
    words, following = {state: str(word) for state, word in STATE_WORDS.items()}, _("next to be handed out")
    parts: list[str] = []
    folded = 0
    for row in rows:
        cells = [_cell(shown, number, links, words, following) for number in range(row, min(row + ROW, shown.first + size))]
        folds = row != shown.first and all(is_empty for is_empty, _html in cells)
        folded += folds
        parts.append(_row_head(shown.use, row, (row - shown.first) // ROW, folds=folds))
        parts += (html.replace('class="', 'class="z ', 1).replace(' "', '"', 1) if folds else html for _is_empty, html in cells)
    if folded:
        parts.append(f'<span class="rest">{escape(_("and the rest of the %(count)s: free") % {"count": size})}</span>')
    first, last = (shown.use.address(number) for number in (shown.first, shown.first + size - 1))
    label = escape(_("%(first)s to %(last)s") % {"first": first, "last": last})
    # Each part is escaped where it is made.
    return mark_safe(f'<div class="agrid {css}" role="group" aria-label="{label}">{"".join(parts)}</div>')  # noqa: S308


def _title(shown: DrawnPart, number: int, state: State, words: Mapping[State, str], following: str) -> str:
    """Return what a cell is, in a sentence: "172.17.0.3 in use: wordpress"."""
    said, cell = f"{shown.use.address(number)} {words[state]}", shown.use.cells.get(number)
    if cell is not None and (name := cell.claim.container_name if cell.claim else cell.name):
        said += f": {spell(name)[:TITLE_NAME_LENGTH]}"
    return f"{said}, {following}" if number == shown.following else said


def _cell(shown: DrawnPart, number: int, links: Links, words: Mapping[State, str], following: str) -> tuple[bool, str]:
    """Return (whether it is free and nothing special, its HTML)."""
    use = shown.use
    state = use.state_at(number)
    css, text = CELLS[state]
    is_empty = state in EMPTY
    if not text and not is_empty:
        text = _low(use, number)
    if number == shown.following:
        css += " next"
    if number == shown.picked:
        css, text = f"{css} cur", text or _low(use, number)
    title = escape(_title(shown, number, state, words, following))
    link = "" if number in use.own and state is not State.IN_USE else links.free if is_empty else links.taken
    is_plain = is_empty and number not in (shown.following, shown.picked)
    if not link:
        return is_plain, f'<i class="{css.strip()}" title="{title}">{text}</i>'
    # 250 stops on the way through a page are no help: a free address is typed into the search or the form instead.
    unstop = ' tabindex="-1"' if is_plain else ""
    href = escape(f"{link}{use.address(number)}{links.end}")
    current = ' aria-current="true"' if number == shown.picked else ""
    return is_plain, f'<a class="{css.strip()}" href="{href}" title="{title}" aria-label="{title}"{unstop}{current}>{text}</a>'


def _low(use: PoolUse, number: int) -> str:
    """Return the last octet of an address, for IPv6 the last two digits."""
    return str(number & 0xFF) if use.subnet.version == 4 else f"{number & 0xFF:x}"


def _row_head(use: PoolUse, number: int, index: int, *, folds: bool) -> str:
    rank = "" if index % 4 == 0 else " rh-n" if index % 2 == 0 else " rh-8"
    text = f".{number & 0xFF}" if use.subnet.version == 4 else f":{number & 0xFFFF:x}"
    return f'<span class="rh{rank}{" z" if folds else ""}" aria-hidden="true">{text}</span>'


@register.simple_tag
def address_blocks(use: PoolUse, blocks: Blocks, current: int, link: str) -> SafeString:
    """Draw a pool's blocks as a strip: all of them, those that hold something as links."""
    cells = [_block(use, block, blocks.prefix_length, current, link) for block in blocks.blocks]
    return mark_safe(f'<div class="blocks not-sm">{"".join(cells)}</div>')  # noqa: S308 escaped in each block


def _block(use: PoolUse, block: Block, prefix_length: int, current: int, link: str) -> str:
    is_current, address = block.number == current, str(use.address(block.number))
    share = block.taken / block_size(use)
    level = "b1" if share >= 0.5 else "b2" if block.taken else "o" if block.is_outside else ""
    css = f"{level} cur".strip() if is_current else level
    title = escape(_("%(block)s: %(count)s taken") % {"block": f"{address}/{prefix_length}", "count": count_text(block.taken)})
    if not block.taken and not is_current:
        return f'<i class="{css}" title="{title}"></i>' if css else f'<i title="{title}"></i>'
    href = escape(f"{link}{address}")
    aria = ' aria-current="true"' if is_current else ""
    return f'<a class="{css}" href="{href}" title="{title}" aria-label="{title}"{aria}></a>'


@register.simple_tag
def block_list(use: PoolUse, blocks: Blocks, current: int, link: str) -> SafeString:
    """Draw the blocks that hold something as a list of links: for phones, and for pools of too many blocks for a strip."""
    held = [block for block in blocks.blocks if block.taken or block.number == current]
    lines = [_line(use, block, blocks.prefix_length, current, link) for block in held]
    css = "blist only-sm" if blocks.is_complete else "blist"
    return mark_safe(f'<ul class="{css}">{"".join(lines)}</ul>')  # noqa: S308 escaped in each line


def _line(use: PoolUse, block: Block, prefix_length: int, current: int, link: str) -> str:
    address = str(use.address(block.number))
    aria = ' aria-current="true"' if block.number == current else ""
    link = f'<a href="{escape(link + address)}"{aria}>{address}/{prefix_length}</a>'
    return f'<li>{link} <span class="mut">{count_text(block.taken)}</span></li>'


@register.simple_tag
def cells_key(states: Iterable[State], has_next: bool = False) -> SafeString:
    """Draw what the cells mean, of those states that can be seen."""
    seen = list(dict.fromkeys(states))
    samples = {State.IN_USE: "3", State.REQUESTED: "5"}
    parts = []
    for state, (css, text) in CELLS.items():
        if state in seen and state is not State.BROADCAST:
            parts.append((css, samples.get(state, text), str(STATE_WORDS[state])))
    if has_next:
        parts.append(("next", "", _("next to be handed out")))
    drawn = "".join(f'<span><i class="{css}" aria-hidden="true">{text}</i>{escape(word)}</span>' for css, text, word in parts)
    return mark_safe(f'<div class="key agrid-key">{drawn}</div>')  # noqa: S308 made of our own words
