"""Events in words ("web connected to mybridge"), and their feed as a screen. Names are hostile text; verbs stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.engine.facts import Ending
from networks.engine.states import container_group
from networks.partials.cache import draw
from networks.partials.framed import draw_framed
from networks.partials.screen import DrawnRow, Screen, ScreenKey
from networks.partials.shell import may_act
from networks.queries.events import EventFilter, EventLine, list_events
from networks.queries.rows import EngineRow
from networks.templatetags.ui import container_shape, cut, draw_glyph, icon, short_id

Sentence = Callable[[EventLine], SafeString]

NAME_LENGTH = 80
# What the feed offers to filter by, and what it has words for.
KINDS = (
    ("network", gettext_lazy("network")),
    ("container", gettext_lazy("container")),
    ("daemon", gettext_lazy("Engine")),
)

# {container} and {network} are names, linked while the thing is there.
_PLAIN = {
    ("network", "create"): gettext_lazy("{network} created"),
    ("network", "connect"): gettext_lazy("{container} connected to {network}"),
    ("network", "disconnect"): gettext_lazy("{container} disconnected from {network}"),
    ("network", "update"): gettext_lazy("{network} changed"),
    ("network", "destroy"): gettext_lazy("{network} removed"),
    ("network", "remove"): gettext_lazy("{network} removed"),
    ("network", "prune"): gettext_lazy("networks without containers were pruned"),
    ("container", "create"): gettext_lazy("{container} created"),
    ("container", "start"): gettext_lazy("{container} started"),
    ("container", "restart"): gettext_lazy("{container} restarted"),
    ("container", "stop"): gettext_lazy("{container} stopped"),
    ("container", "pause"): gettext_lazy("{container} paused"),
    ("container", "unpause"): gettext_lazy("{container} resumed"),
    ("container", "oom"): gettext_lazy("{container} ran out of memory"),
    ("container", "update"): gettext_lazy("limits of {container} changed"),
    ("container", "destroy"): gettext_lazy("{container} removed"),
    ("container", "commit"): gettext_lazy("an image was made of {container}"),
    ("container", "copy"): gettext_lazy("files were copied from {container}"),
    ("container", "export"): gettext_lazy("the files of {container} were exported"),
    ("container", "archive-path"): gettext_lazy("files were copied from {container}"),
    ("container", "extract-to-dir"): gettext_lazy("files were copied into {container}"),
    ("container", "attach"): gettext_lazy("someone attached to {container}"),
    ("container", "detach"): gettext_lazy("someone detached from {container}"),
    ("container", "resize"): gettext_lazy("the terminal of {container} was resized"),
    ("container", "top"): gettext_lazy("the processes of {container} were listed"),
    ("container", "health_status"): gettext_lazy("the health of {container} changed"),
    # The Engine puts the command line into these verbs; it is nobody's business here.
    ("container", "exec_create"): gettext_lazy("a command was prepared in {container}"),
    ("container", "exec_start"): gettext_lazy("a command began in {container}"),
    ("container", "exec_detach"): gettext_lazy("a command in {container} went to the background"),
    ("container", "exec_die"): gettext_lazy("a command ended in {container}"),
    ("container", "prune"): gettext_lazy("stopped containers were pruned"),
    ("daemon", "reload"): gettext_lazy("the Engine read its configuration again"),
}

VERBS = tuple(sorted({verb for _kind, verb in _PLAIN} | {"die", "kill", "rename"}))


def event_sentence(line: EventLine) -> SafeString:
    """Return the event as a sentence in the active language, escaped, without a full stop."""
    kind, verb = line.event.kind, line.event.verb.partition(":")[0]
    if (kind, verb) in _PLAIN:
        return format_html(str(_PLAIN[kind, verb]), container=_container(line), network=_network(line))
    if kind == "container" and verb in _SPECIAL:
        return _SPECIAL[verb](line)
    return format_html(
        "{} <code>{}</code> {}",
        cut(kind, NAME_LENGTH),
        cut(verb, NAME_LENGTH),
        cut(line.event.actor_name or short_id(line.event.actor_id), NAME_LENGTH),
    )


def _died(line: EventLine) -> SafeString:
    if line.exit_code in ("", "0"):
        return format_html(_("{container} ended"), container=_container(line))
    is_failed = container_group("exited", read_exit_code(line), line.ending) == "failed"
    if line.ending == Ending.ASKED:
        text = _("{container} ended with exit code {code}, the one of a signal that was sent through Docker")
    elif line.ending == Ending.MEMORY:
        text = _("{container} ended with exit code {code}: it had run out of memory, and the kernel killed a process in it")
    else:
        text = _("{container} died with exit code {code}") if is_failed else _("{container} ended with exit code {code}")
    return format_html(text, container=_container(line), code=cut(line.exit_code, NAME_LENGTH))


def read_exit_code(line: EventLine) -> int | None:
    """Return the exit code that an event tells, None where it tells none."""
    try:
        return int(line.exit_code)
    except ValueError:
        return None


def _killed(line: EventLine) -> SafeString:
    if not line.signal:
        return format_html(_("{container} was sent a signal"), container=_container(line))
    text = _("{container} was sent signal {signal}")
    return format_html(text, container=_container(line), signal=cut(line.signal, NAME_LENGTH))


def _renamed(line: EventLine) -> SafeString:
    if not line.old_name:
        return format_html(_("a container was renamed to {container}"), container=_container(line))
    text = _("{old} renamed to {container}")
    return format_html(text, container=_container(line), old=_bold(line.old_name))


_SPECIAL: dict[str, Sentence] = {"die": _died, "kill": _killed, "rename": _renamed}


def _bold(name: str) -> SafeString:
    return format_html("<b>{}</b>", cut(name, NAME_LENGTH))


def _container(line: EventLine) -> SafeString:
    event = line.event
    name = event.container_name or short_id(event.container_id) or _("a container")
    return _linked(name, "container_detail", event.engine_slug, event.container_id) if line.has_container else _bold(name)


def _network(line: EventLine) -> SafeString:
    event = line.event
    name = event.network_name or short_id(event.network_id) or _("a network")
    return _linked(name, "network_detail", event.engine_slug, event.network_id) if line.has_network else _bold(name)


def _linked(name: str, page: str, *where: str) -> SafeString:
    return format_html('<a class="nm" href="{}">{}</a>', reverse(page, args=where), cut(name, NAME_LENGTH))


# Of what happened in a container only what changes its state has a glyph of state.
_GLYPHS = {"start": "run", "restart": "run", "unpause": "run", "pause": "pause", "stop": "off", "oom": "fail"}
_ICONS = {
    "connect": "plug",
    "disconnect": "plug",
    "create": "plus-lg",
    "destroy": "trash3",
    "remove": "trash3",
    "reload": "arrow-clockwise",
}


def draw_events(key: ScreenKey) -> Screen:
    """Draw the feed: region `event-rows`; parts `lede`, `event-empty` and `event-foot`. Five queries whatever its length."""
    return draw_framed(key, _draw, is_kept=False)


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    query = dict(parse_qsl(key.query))
    page = list_events(key.engine_slug, EventFilter.from_query(query))
    # Links name the Engine: whoever follows one may have chosen another since.
    kept = {name: value for name, value in query.items() if name not in ("before", "paused")}
    here = {"engine": key.engine_slug}
    context = {
        "engine": engine,
        "may_act": may_act(engine),
        "page": page,
        "is_paused": "paused" in query,
        "is_filtered": bool(kept),
        "is_first": "before" not in query,
        "older": urlencode({**here, **kept, "before": page.older_than}) if page.older_than else "",
        "newest": urlencode({**here, **kept}),
        "unfiltered": urlencode(here),
    }
    return Screen(
        regions={"event-rows": draw_event_rows(page.lines, key.language)},
        parts={
            "lede": draw("events/_lede.html", context),
            "event-empty": draw("events/_empty.html", context),
            "event-foot": draw("events/_foot.html", context),
        },
    )


def draw_event_rows(lines: tuple[EventLine, ...], language: str) -> tuple[DrawnRow, ...]:
    """Draw events in the active language, each once for as long as its subjects come and go not."""
    return tuple(_draw_row(line, language) for line in lines)


@lru_cache(maxsize=1024)  # 2.5 kB each: what a page shows, in two languages, behind a few filters
def _draw_row(line: EventLine, language: str) -> DrawnRow:
    dom_id = f"ev-{line.event.id}"
    verb = line.event.verb.partition(":")[0]
    glyph = _GLYPHS.get(verb, "") if line.event.kind == "container" else ""
    if line.event.kind == "container" and verb == "die":
        glyph = container_shape("exited", read_exit_code(line), line.ending)[0]
    context = {
        "event": line.event,
        "dom_id": dom_id,
        "sentence": event_sentence(line),
        "mark": draw_glyph(glyph) if glyph else icon(_ICONS.get(verb, "three-dots"), 14),
    }
    html = draw("events/_row.html", context)
    return DrawnRow(dom_id, f"{int(line.has_container)}{int(line.has_network)}", html)
