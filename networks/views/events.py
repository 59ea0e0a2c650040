"""The event feed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views import View

from networks.partials.events import draw_events
from networks.partials.sentences import KINDS, VERBS
from networks.queries.events import EventFilter
from networks.views.screens import render_screen
from networks.views.shell import open_screen

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
