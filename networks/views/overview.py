"""The first page: an Engine added up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import View

from networks.partials.overview import draw_overview
from networks.views.screens import render_screen
from networks.views.shell import open_screen


class Overview(View):
    """How many of what there are, what is worth a look, and what happened last."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "overview")
        return render_screen(request, "overview/overview.html", draw_overview(key))
