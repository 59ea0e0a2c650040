"""The first page: an Engine added up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from networks.partials.overview import draw_overview
from networks.views.shell import open_screen, screen_context


class Overview(View):
    """How many of what there are, what is worth a look, and what happened last."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "overview")
        return render(request, "overview/overview.html", screen_context(draw_overview(key)))
