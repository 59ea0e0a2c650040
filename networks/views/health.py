"""Whether the process serves, and how its parts are; neither needs a login, and neither tells a secret."""

from __future__ import annotations

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from networks.models import EngineStatus

logger = structlog.get_logger(__name__)


def show_alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 as soon as the process serves, whatever the database and the Engines do."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def show_ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 with the followers' states, 503 when the database can't be read."""
    try:
        engines = [
            {"engine": slug, "state": state, "as_of": as_of}
            for slug, state, as_of in EngineStatus.objects.order_by("engine__slug").values_list("engine__slug", "state", "as_of")
        ]
    except DatabaseError:
        logger.exception("readyz_database_failed")
        return JsonResponse({"ready": False, "database": "unreadable", "engines": []}, status=503)
    return JsonResponse({"ready": True, "database": "ok", "engines": engines})
