"""Netadmin's addresses, some of which lead to views as they must never be: for the test that the judge finds them out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path

from netadmin.urls import urlpatterns as own_patterns
from networks.actions.clients import open_client
from networks.engine.allow_list import Profile
from networks.engine.specs import Mode, RunSpec
from networks.models import Engine
from networks.views.changes.network_forms import NetworkCreate
from tests.lab_image import IMAGE


def lead_away(request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
    """Do nothing, and lead to the container's page as if it had been done."""
    return redirect("container_detail", engine_slug, docker_id)


def lead_away_from_many(request: HttpRequest, engine_slug: str) -> HttpResponse:
    """Do nothing and say nothing, whatever was chosen."""
    return redirect("container_list")


def leave_one_behind(request: HttpRequest, engine_slug: str) -> HttpResponseBase:
    """Create a container, then refuse, and say that nothing was changed."""
    if request.method == "GET":
        return NetworkCreate.as_view()(request, engine_slug=engine_slug)
    client = open_client(Engine.objects.get(slug=engine_slug), Profile.RUN)
    client.create_container(RunSpec(image=IMAGE, name="left", mode=Mode.NONE))
    client.close()
    return HttpResponse('<section id="refusal">port is already allocated. Nothing was changed.</section>', status=409)


def break_down(request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
    """Be a view with a fault in it."""
    raise ValueError("a fault of the test's own")


def say_nothing(request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
    """Refuse without a word."""
    return HttpResponse("<p></p>", status=409)


urlpatterns = [
    path("containers/<slug:engine_slug>/<str:docker_id>/stop/", lead_away, name="container_stop"),
    path("containers/<slug:engine_slug>/several/", lead_away_from_many, name="container_several"),
    path("networks/<slug:engine_slug>/create/", leave_one_behind, name="network_create"),
    path("containers/<slug:engine_slug>/<str:docker_id>/pause/", break_down, name="container_pause"),
    path("containers/<slug:engine_slug>/<str:docker_id>/restart/", say_nothing, name="container_restart"),
    *own_patterns,
]
