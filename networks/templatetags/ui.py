"""`{% load ui %}`: the small drawn parts that rows and pages share. Pure: facts in, escaped HTML out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, SelectMultiple, Textarea
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.engine.states import container_group
from networks.models.database_trouble import explain_trouble
from networks.templatetags.wording import spell, split_address, split_at_prefix

register = template.Library()
register.filter("trouble", explain_trouble)  # what our database's words mean

DASH = mark_safe('<span class="dash">–</span>')
SHORT_ID_LENGTH = 12
# A title longer than this is no longer read, only sent; the page of the thing shows the whole.
TITLE_LIMIT = 1_000
BAR_WIDTH, BAR_HEIGHT, BAR_LEAST = 64, 6, 2
HOT, FULL = 0.80, 0.95

SHAPES = {
    "run": '<circle cx="5" cy="5" r="4.6"/>',
    "off": '<rect x="1.3" y="1.3" width="7.4" height="7.4" rx="1"/>',
    "fail": '<rect x=".6" y=".6" width="8.8" height="8.8" rx="1"/>',
    "pause": '<rect x="1.2" y=".6" width="2.8" height="8.8" rx=".6"/><rect x="6" y=".6" width="2.8" height="8.8" rx=".6"/>',
    "up": '<path d="M5 .4 9.8 9.2H.2z"/>',
    "down": '<path d="M5 9 1 1.6h8z"/>',
    "lag": '<circle cx="5" cy="5" r="4" fill="none" stroke-width="1.4"/><path d="M5 1a4 4 0 0 1 0 8z" stroke="none"/>',
    "stale": '<circle cx="5" cy="5" r="4.2"/><path d="M5 2.4V5l1.8 1.2"/>',
    "cross": '<path d="M1.2 1.2l7.6 7.6M8.8 1.2 1.2 8.8"/>',
    "incompat": '<path d="M5 0 10 5 5 10 0 5z"/>',
}
GLYPHS = {
    shape: format_html('<svg class="g g-{}" viewBox="0 0 10 10" aria-hidden="true">{}</svg>', shape, SafeString(drawing))
    for shape, drawing in SHAPES.items()
}
# state -> (shape, tone, word): shape and word say it, colour only repeats it
ENGINE_STATES = {
    "live": ("run", "ok", gettext_lazy("live")),
    "lagging": ("lag", "warn", gettext_lazy("lagging")),
    "stale": ("stale", "warn", gettext_lazy("stale")),
    "disconnected": ("cross", "bad", gettext_lazy("disconnected")),
    "incompatible": ("incompat", "bad", gettext_lazy("incompatible")),
}
CONTAINER_STATES = {
    "running": ("run", gettext_lazy("running")),
    "paused": ("pause", gettext_lazy("paused")),
    "restarting": ("pause", gettext_lazy("restarting")),
    "created": ("off", gettext_lazy("created")),
    "exited": ("off", gettext_lazy("exited")),
    "removing": ("off", gettext_lazy("removing")),
    "dead": ("fail", gettext_lazy("dead")),
}


@register.simple_tag(name="glyph")
def draw_glyph(shape: str) -> SafeString:
    """Draw one of SHAPES, 10 px: `{% glyph "run" %}`; the word stands beside it."""
    return GLYPHS[shape]


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Draw an icon of the sprite: `{% icon "lock" 12 %}`. Sizes 12, 14, 16; decoration, so its meaning stands beside it."""
    size_class = "i" if size == 16 else f"i i-{size}"
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', size_class, name)


@register.filter
def visible(value: object) -> str:
    """Spell text so that controls, bidi marks and unseen characters show: `␛`, `\\u202e`. Still to be escaped."""
    return spell("" if value is None else str(value))


@register.filter
def cut(value: object, length: int) -> str:
    """Cut visible text at `length` characters; what was cut is marked, and its title holds (up to 1,000 of) the whole."""
    text = visible(value)
    if len(text) <= length:
        return text
    title = text
    if len(text) > TITLE_LIMIT:
        title = _("%(start)s… (%(count)s characters)") % {"start": text[:TITLE_LIMIT], "count": count_text(len(text))}
    return format_html('<span class="cut-text" title="{}">{}</span>', title, text[:length])


@register.filter
def short_id(value: str) -> str:
    """Return the first 12 characters of an id, as docker does; "sha256:" is left away."""
    return visible(value).removeprefix("sha256:")[:SHORT_ID_LENGTH]


@register.filter
def address(value: object, prefix_length: int | None = None) -> SafeString:
    """Draw an address or subnet with its network part muted; an absent one is a dash.

    `value`: `ipaddress` object or text, with or without "/16". `prefix_length`: where it isn't part of the value.
    `<span class="addr"><span class="net">172.72.</span>0.10</span>`
    """
    if not value:
        return DASH
    text, length, suffix = split_address(value, prefix_length or None)
    network, rest = ("", text) if length is None else split_at_prefix(text, length)
    muted = format_html('<span class="net">{}</span>', network) if network else ""
    return format_html('<span class="addr">{}{}{}</span>', muted, spell(rest), suffix)


def count_text(value: int) -> str:
    """Return a whole number with its thousands apart, in the active language: 65,533."""
    if -1000 < value < 1000:
        return str(value)  # as both languages write it; a pool has 256 blocks with a count each
    return str(number_format(value, decimal_pos=0, force_grouping=True))


@register.filter
def count(value: int | None) -> str:
    """Draw a whole number with its thousands apart; None is a dash."""
    return DASH if value is None else count_text(value)


@register.simple_tag
def use_bar(used: int | None, capacity: int | None, words: str = "of") -> SafeString:
    """Draw how full a pool is: bar, then "3 of 65,533" (or "3" with `words="used"`). No capacity: a dash.

    Amber (`hot`) from 80 %, red (`full`) from 95 %; at least 2 px once anything is used.
    """
    if used is None or not capacity:
        return DASH
    share = min(used / capacity, 1.0)
    level = " full" if share >= FULL else " hot" if share >= HOT else ""
    width = max(round(BAR_WIDTH * share), BAR_LEAST) if used else 0
    fill = format_html('<rect class="f" width="{}" height="6" rx="{}"/>', width, min(3, width // 2)) if width else ""
    text = count_text(used)
    if words == "of":
        text = _("%(used)s of %(capacity)s") % {"used": text, "capacity": count_text(capacity)}
    return format_html(
        '<span class="use{}"><svg viewBox="0 0 {} {}" aria-hidden="true"><rect class="t" width="{}" height="{}" rx="3"/>{}'
        "</svg><span>{}</span></span>",
        level,
        BAR_WIDTH,
        BAR_HEIGHT,
        BAR_WIDTH,
        BAR_HEIGHT,
        fill,
        text,
    )


@register.simple_tag
def progress_bar(step: int, steps: int, label: str) -> SafeString:
    """Draw a bar of `step` out of `steps`; the numbers stand in words beside it and in its ARIA values."""
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="progressbar" aria-label="{}" aria-valuemin="0"'
        ' aria-valuenow="{}" aria-valuemax="{}"><rect class="t" width="100" height="6" rx="1"/>'
        '<rect class="f" width="{}" height="6" rx="1"/></svg>',
        label,
        step,
        steps,
        round(100 * min(step / steps, 1.0)) if steps else 0,
    )


def container_shape(state: str, exit_code: int | None, ending: str = "") -> tuple[str, str]:
    """Return (shape, word) of a container's state; a clean exit is no failure, nor is one that somebody asked for."""
    shape, word = CONTAINER_STATES.get(state, ("off", spell(state)))
    if state == "exited" and exit_code is not None:
        shape = "fail" if container_group(state, exit_code, ending) == "failed" else "off"
        word = _("exited (%(code)s)") % {"code": exit_code}
    return shape, str(word)


@register.simple_tag
def state_glyph(state: str, exit_code: int | None = None, ending: str = "", word: str = "beside") -> SafeString:
    """Draw a container's state: ● running, ❚❚ paused or restarting, □ created or exited, ■ failed or dead.

    `word`: "beside" shows it but hides "running" from sight, "always" shows every word, "none" leaves it to
    `{% state_word %}` after the name (running is said to screen readers in any case).
    """
    shape, text = container_shape(state, exit_code, ending)
    if word == "none" and state != "running":
        return draw_glyph(shape)
    hidden = word != "always" and state == "running"
    said = format_html('<span class="{}">{}</span>', "sr" if hidden else "mut", text)
    return format_html('<span class="st">{}{}</span>', draw_glyph(shape), said)


@register.simple_tag
def state_word(state: str, exit_code: int | None = None) -> SafeString | str:
    """Write the word of a state, muted, where the glyph stands apart; nothing for running, which needs none."""
    if state == "running":
        return ""
    return format_html('<span class="mut small">{}</span>', container_shape(state, exit_code)[1])


@register.simple_tag
def counts(running: int = 0, stopped: int = 0, failed: int = 0, paused: int = 0) -> SafeString:
    """Draw how many containers are in which state: ● 3 □ 1; "none" when there are none."""
    parts = [
        ("run", running, _("running"), ""),
        ("pause", paused, _("paused or restarting"), " mut"),
        ("off", stopped, _("stopped"), " mut"),
        ("fail", failed, _("failed"), " mut"),
    ]
    drawn = format_html_join(
        "",
        '<span class="st{}">{}{}<span class="sr"> {}</span></span>',
        ((tone, draw_glyph(shape), count_text(number), word) for shape, number, word, tone in parts if number),
    )
    return format_html('<span class="counts">{}</span>', drawn or format_html('<span class="mut">{}</span>', _("none")))


@register.simple_tag
def engine_state(state: str, name: str = "") -> SafeString:
    """Draw an Engine's state, always with its word: ● live, ◐ lagging, clock stale, ✕ disconnected, ◆ incompatible.

    `name` goes between glyph and word where it isn't said otherwise. The caller's element has the class "st".
    """
    shape, tone, word = ENGINE_STATES.get(state, ("cross", "bad", spell(state)))
    named = format_html('<span class="name">{}</span>', spell(name)) if name else ""
    return format_html('{}{}<span class="{}">{}</span>', draw_glyph(shape), named, tone, word)


@register.filter
def moment(value: datetime | None, form: str = "relative") -> SafeString:
    """Draw an aware time as `<time datetime="…Z">` with UTC text; time.js makes it local and, if asked, relative.

    `form`: "relative" ("3 hours ago"), "until" (the same, but "now" once it has passed), "clock"
    (10:41:52, with the date when it isn't today), "full" (date and time).
    """
    if value is None:
        return DASH
    utc = value.astimezone(UTC)
    exact = utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if form == "exact":
        shown = f"{exact[:10]} {exact[11:-1]} UTC"
    else:
        shown = utc.strftime("%H:%M:%S UTC" if form == "clock" else "%Y-%m-%d %H:%M:%S UTC")
    return format_html('<time datetime="{}" data-as="{}">{}</time>', exact, form, shown)


@register.simple_tag
def control(field: BoundField, **attributes: Any) -> SafeString:
    """Draw a form field's control with our classes; its hint and error are named by Django's own ids.

    Further attributes go to the element: `{% control form.name placeholder="front" %}` (underscores become hyphens).
    """
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, Select | SelectMultiple):
        css = "form-select"
    else:
        css = "form-control"
    classes = [css, widget.attrs.get("class", ""), "is-bad" if field.errors else ""]
    extra = {name.replace("_", "-"): value for name, value in attributes.items()}
    if isinstance(widget, Textarea):
        extra.setdefault("rows", 3)
    return field.as_widget(attrs={**extra, "class": " ".join(filter(None, classes))})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether a field is a single checkbox: its label stands at the right."""
    return isinstance(field.field.widget, CheckboxInput)
