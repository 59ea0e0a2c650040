"""The Interfaces page as a screen: a table of links in which one is open, or `ifconfig`'s text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.hostnet.ifconfig import name_order, write_ifconfig
from networks.partials import words
from networks.partials.cache import digest, draw, draw_kept
from networks.partials.framed import draw_framed
from networks.partials.interfaces.asked import TRAFFIC, InterfaceQuery, networks_of, read_interface_query
from networks.partials.interfaces.card import draw_card, spell_lines
from networks.partials.interfaces.rows import BUCKETS, FEW_BUCKETS, WINDOW_S, Figures, draw_link_rows, draw_spark, places_of
from networks.partials.interfaces.sight import obstacles_of, say_view
from networks.partials.interfaces.sums import say_other_links, say_sum, sum_links
from networks.partials.screen import DrawnRow, Screen, ScreenKey
from networks.queries.containers import container_rows
from networks.queries.rows import EngineRow
from networks.sync.host.board import HostLink, HostPicture, picture_of, traffic_of
from networks.sync.host.traffic import Traffic
from networks.templatetags.ui import count_text

# A table of more links is drawn with coarser lines: a page of a thousand stays below a megabyte.
MANY = 200


def draw_interfaces(key: ScreenKey) -> Screen:
    """Draw the page: region `interface-rows`, or with `as=ifconfig` `interface-texts`; parts `lede`, `interface-sum`,
    `interface-sight`, `interface-picks`, `interface-shown`, `interface-empty`, `interface-foot`. One query, and more
    where containers changed, or networks while a link is open.
    """
    return draw_framed(key, _draw, foot="interface-foot")


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    picture, traffic, asked = picture_of(engine.slug), traffic_of(engine.slug), read_interface_query(key.query)
    shown = asked.pick(picture.links, traffic)
    sums = sum_links(picture, container_rows(engine))
    is_seen = picture.view.sees_host and not picture.trouble
    context: dict[str, Any] = {
        "engine": engine,
        "asked": asked,
        "picture": picture,
        "sentence": say_view(picture.view),
        "obstacles": obstacles_of(picture.view),
        "is_watched": picture.as_of is not None or bool(picture.trouble),
        "shown": len(shown),
        "total": len(picture.links),
        "all_url": InterfaceQuery(form=asked.form).url(engine.slug),
        "sum": say_sum(sums) if is_seen else "",
        "rest": say_other_links(sums) if is_seen else (),
    }
    picks = {"asked": asked, **_choices(picture, asked)}
    if asked.is_text:
        regions = {"interface-texts": tuple(_draw_text(link, traffic) for link in by_name(shown))}
    else:
        regions = {"interface-rows": _draw_table(key, engine, asked, shown, picture, traffic)}
    return Screen(
        regions=regions,
        parts={
            "lede": draw("components/lede.html", {"text": _say_lede(picture)}),
            "interface-sum": draw("interfaces/_sum.html", context),
            "interface-sight": draw("interfaces/_sight.html", context),
            "interface-picks": draw_kept("interfaces/_picks.html", "interface-picks", key=key, context=picks),
            "interface-shown": draw("components/shown.html", context | {"dom_id": "interface-shown"}),
            "interface-empty": draw("interfaces/_empty.html", context),
        },
    )


def _draw_table(
    key: ScreenKey, engine: EngineRow, asked: InterfaceQuery, shown: Sequence[HostLink], picture: HostPicture, traffic: Traffic
) -> tuple[DrawnRow, ...]:
    opened = asked.opens(shown)
    places = places_of(shown, picture, opened)
    buckets = FEW_BUCKETS if len(shown) > MANY else BUCKETS
    figures = [figures_of(link, traffic, buckets) for link in shown]
    rows = draw_link_rows(key, asked, zip(shown, places, figures, strict=True))
    if opened is None:
        return rows
    number = next(number for number, link in enumerate(shown) if link is opened)
    card = draw_card(engine, asked, opened, places[number], figures[number], picture)
    return (*rows[: number + 1], card, *rows[number + 1 :])


def figures_of(link: HostLink, traffic: Traffic, buckets: int) -> Figures:
    """Return what a link's line shows that changes by itself."""
    index = link.fact.index
    counters = traffic.counters(index) or link.fact.counters
    return Figures(counters, traffic.rate(index), draw_spark(traffic.volumes(index, newest_s=WINDOW_S), buckets=buckets))


def by_name(links: Sequence[HostLink]) -> list[HostLink]:
    """Return the links in the order of `ifconfig`."""
    return sorted(links, key=lambda link: (name_order(link.fact.name), link.fact.index))


def text_of(link: HostLink, traffic: Traffic) -> str:
    """Return what `ifconfig` says of a link, with the newest counters, fit to be looked at."""
    return spell_lines(write_ifconfig(link.fact, traffic.counters(link.fact.index)))


def _draw_text(link: HostLink, traffic: Traffic) -> DrawnRow:
    dom_id = f"txt-{link.fact.index}"
    html = draw("interfaces/_text.html", {"dom_id": dom_id, "text": text_of(link, traffic)})
    return DrawnRow(dom_id, str(link.revision), html, digest(html))


def _say_lede(picture: HostPicture) -> str:
    if not picture.view.sees_host or picture.trouble:
        return _("none seen")
    total = len(picture.links)
    up = sum(1 for link in picture.links if link.fact.is_up)
    links = ngettext("%(count)s link", "%(count)s links", total) % {"count": count_text(total)}
    return _("%(links)s, %(up)s up") % {"links": links, "up": count_text(up)}


def _choices(picture: HostPicture, asked: InterfaceQuery) -> Mapping[str, tuple[tuple[str, str], ...]]:
    kinds = Counter(link.fact.kind for link in picture.links)
    networks = {name for names in networks_of(picture.links).values() for name in names}
    traffic_words = {"now": _("now"), "ever": _("ever"), "trouble": _("errors or drops")}
    return {
        "kinds": words.offered({*kinds, asked.kind}),
        "networks": words.offered(networks | {asked.network}),
        "states": (("up", _("up")), ("down", _("down"))),
        "traffics": tuple((value, traffic_words[value]) for value in TRAFFIC),
    }
