"""The links of an Engine's machine, as a table or as `ifconfig` prints them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views import View

from networks.partials.interfaces.asked import INTERFACE_PARAMS, TEXT, read_asked
from networks.partials.interfaces.page import by_name, draw_interfaces, text_of
from networks.sync.host.board import picture_of, traffic_of
from networks.views.screens import render_screen
from networks.views.shell import open_screen


class InterfaceList(View):
    """The links of the Engine chosen; one of them may be open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "interface_list", params=INTERFACE_PARAMS)
        asked = read_asked(key.query)
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
        shown = read_asked(key.query).pick(picture_of(key.engine_slug).links, traffic)
        text = "".join(f"{text_of(link, traffic)}\n\n" for link in by_name(shown))
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="ifconfig-{key.engine_slug}.txt"'
        return answer
