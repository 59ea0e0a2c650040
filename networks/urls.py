"""Every address of the pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from networks.views.engines import EngineChoose, EngineDetail, EngineSync
from networks.views.events import EventList
from networks.views.overview import Overview

urlpatterns: list[URLPattern] = [
    path("", Overview.as_view(), name="overview"),
    path("events/", EventList.as_view(), name="event_list"),
    path("engines/<slug:engine_slug>/", EngineDetail.as_view(), name="engine_detail"),
    path("engines/<slug:engine_slug>/sync/", EngineSync.as_view(), name="engine_sync"),
    path("engines/<slug:engine_slug>/choose/", EngineChoose.as_view(), name="engine_choose"),
]
