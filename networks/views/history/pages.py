"""Who has or had an address, and when: one search field, and what was found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import View

from networks.partials.addresses.history_page import draw_history
from networks.queries.addresses.history_asked import HISTORY_PARAMS, read_history_asked
from networks.queries.engines import read_engine
from networks.views.screens import render_screen
from networks.views.shell import open_screen


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
