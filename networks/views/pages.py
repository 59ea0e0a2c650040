"""The pages that only show: overview, interfaces, addresses and their history, events."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views import View

from networks.partials.addresses.history import draw_history
from networks.partials.addresses.page import draw_addresses
from networks.partials.engines import draw_overview
from networks.partials.events import KINDS, VERBS, draw_events
from networks.partials.interfaces.asked import INTERFACE_PARAMS, TEXT, read_interface_query
from networks.partials.interfaces.page import by_name, draw_interfaces, text_of
from networks.queries.addresses.asked import ADDRESS_PARAMS, read_address_query
from networks.queries.addresses.history_asked import HISTORY_PARAMS, read_history_asked
from networks.queries.engines import read_engine
from networks.queries.events import EventFilter
from networks.sync.host.board import picture_of, traffic_of
from networks.views.screens import render_screen
from networks.views.shell import open_screen


class AddressList(View):
    """All pools of the Engine chosen; one of them as a grid, and who has the address that was picked or searched for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "address_list", params=ADDRESS_PARAMS)
        context = {"asked": read_address_query(key.query), "engine_slug": key.engine_slug if "engine" in request.GET else ""}
        return render_screen(request, "addresses/list.html", draw_addresses(key), context)


class Overview(View):
    """How many of what there are, what is worth a look, and what happened last."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "overview")
        return render_screen(request, "overview/overview.html", draw_overview(key))


PARAMS = ("before", "kind", "paused", "q", "verb")


class EventList(View):
    """What the Engine reported, newest first; live on its first page, unless the person paused it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = EventFilter.from_query(request.GET.dict())
        is_paused = bool(request.GET.get("paused"))
        is_live = wanted.before is None and not is_paused
        key = open_screen(request, "event_list", params=PARAMS, is_live=is_live)
        filters: dict[str, str] = {name: request.GET[name] for name in ("engine", "kind", "verb", "q") if request.GET.get(name)}
        context = {
            "wanted": wanted,
            "engine_slug": request.GET.get("engine", ""),
            "kinds": KINDS,
            "verbs": [(verb, verb) for verb in VERBS],
            "is_live": is_live,
            "is_paused": is_paused,
            "live_query": urlencode(filters),
            "paused_query": urlencode({**filters, "paused": "1"}),
        }
        return render_screen(request, "events/event_list.html", draw_events(key), context)


class InterfaceList(View):
    """The links of the Engine chosen; one of them may be open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "interface_list", params=INTERFACE_PARAMS)
        asked = read_interface_query(key.query)
        table, text = replace(asked, form=""), replace(asked, form=TEXT, opened="")
        given = {name: value for name, value in replace(table, opened="").params.items() if value}
        context = {
            "asked": asked,
            "is_text": asked.is_text,
            "engine_slug": key.engine_slug if "engine" in request.GET else "",
            "table_url": table.url(key.engine_slug),
            "text_url": text.url(key.engine_slug),
            "download_url": f"{reverse('interface_text')}?{urlencode({'engine': key.engine_slug, **given})}",
        }
        return render_screen(request, "interfaces/list.html", draw_interfaces(key), context)


class InterfaceText(View):
    """What `ifconfig -a` prints on the Engine's machine, as a file; with the same filters as the page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "interface_list", params=INTERFACE_PARAMS, is_live=False)
        traffic = traffic_of(key.engine_slug)
        shown = read_interface_query(key.query).pick(picture_of(key.engine_slug).links, traffic)
        text = "".join(f"{text_of(link, traffic)}\n\n" for link in by_name(shown))
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="ifconfig-{key.engine_slug}.txt"'
        return answer


class AddressHistory(View):
    """The history of one Engine's addresses."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "address_history", params=HISTORY_PARAMS)
        context = {
            "engine": read_engine(key.engine_slug),
            "engine_slug": key.engine_slug if "engine" in request.GET else "",
            "asked": read_history_asked(request.GET.dict()),
        }
        return render_screen(request, "addresses/history.html", draw_history(key), context)
