"""All Engines, each one's own page, the choice of an Engine, and "read it again"."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, reverse
from django.utils.translation import gettext as _
from django.views import View

from networks.partials.engines import draw_engine, draw_engine_list
from networks.policy.permissions import Denied, Permission, is_superuser
from networks.sync.requests import request_sync
from networks.views.screens import render_screen
from networks.views.shell import (
    CHOICE_LASTS_S,
    choice_cookie,
    open_screen,
    pick_engine,
    referring_page,
    resolve_path,
    rights_of_request,
)

# Where the choice of another Engine leads from a page that is about one thing of the first.
_LISTS = {"network": "network_list", "container": "container_list"}


class EngineList(View):
    """Every Engine that one may view, and how each is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        access = rights_of_request(request)
        if not access.engines and not is_superuser(request.user):
            raise Denied(Permission.ANY)
        context = {"can_change": is_superuser(request.user)}
        if not access.engines:
            return render(request, "engines/list.html", context)
        key = open_screen(request, "engine_list")
        return render_screen(request, "engines/list.html", draw_engine_list(key), context)


class EngineDetail(View):
    """What is known of an Engine and of the process that follows it."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        key = open_screen(request, "engine_detail", engine_slug=engine_slug)
        return render_screen(request, "engines/engine_detail.html", draw_engine(key))


class EngineSync(View):
    """Ask the follower to read everything again, wait a moment, and say whether it has."""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine = pick_engine(request, engine_slug)
        if request_sync(engine.slug):
            messages.success(request, _("%(engine)s was read again.") % {"engine": engine.name})
        else:
            messages.warning(request, _("%(engine)s was asked, but has not been read yet.") % {"engine": engine.name})
        return HttpResponseRedirect(referring_page(request) or reverse("engine_detail", args=[engine.slug]))


class EngineChoose(View):
    """Keep the choice of an Engine in the browser, and show there what was shown here."""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine = pick_engine(request, engine_slug)
        answer = HttpResponseRedirect(_same_page_on(engine.slug, referring_page(request)))
        answer.set_cookie(choice_cookie(), str(engine.pk), max_age=CHOICE_LASTS_S, httponly=True, samesite="Lax")
        return answer


def _same_page_on(engine_slug: str, came_from: str) -> str:
    """Return the address that shows of this Engine what `came_from` shows of another; its filters are left behind."""
    path = urlsplit(came_from).path
    try:
        match = resolve_path(path)
    except Resolver404:
        return reverse("overview")
    if match.url_name == "engine_detail":
        return reverse("engine_detail", args=[engine_slug])
    if "engine_slug" in match.kwargs:
        return reverse(_LISTS.get((match.url_name or "").split("_")[0], "overview"))
    return path
