"""The address pools of an Engine, and one address of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import View

from networks.partials.addresses.page import draw_addresses
from networks.queries.addresses.asked import ADDRESS_PARAMS, read_asked
from networks.views.screens import render_screen
from networks.views.shell import open_screen


class AddressList(View):
    """All pools of the Engine chosen; one of them as a grid, and who has the address that was picked or searched for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "address_list", params=ADDRESS_PARAMS)
        context = {"asked": read_asked(key.query), "engine_slug": key.engine_slug if "engine" in request.GET else ""}
        return render_screen(request, "addresses/list.html", draw_addresses(key), context)
