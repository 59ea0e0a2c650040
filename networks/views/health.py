"""Whether the process serves, and how its parts are; neither needs a login, and neither tells a secret."""

from __future__ import annotations

from collections import Counter
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from networks.models import EngineStatus
from networks.policy.duty import is_shut_out
from networks.policy.permissions import Permission, permissions_by_engine

logger = structlog.get_logger(__name__)


def show_alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 as soon as the process serves, whatever the database and the Engines do."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def show_ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 with how many Engines are in which state, 503 when the database can't be read.

    Which Engines, only to who is logged in and may view them: a stranger learns no name.
    """
    try:
        found = EngineStatus.objects.order_by("engine__slug").values_list("engine__slug", "state", "as_of")
        engines = [{"engine": slug, "state": state, "as_of": as_of} for slug, state, as_of in found]
        slugs = [str(one["engine"]) for one in engines]
        is_known = request.user.is_authenticated and not is_shut_out(request.user)
        seen = permissions_by_engine(request.user, slugs) if is_known else {}
    except DatabaseError:
        logger.exception("readyz_database_failed")
        return JsonResponse({"ready": False, "database": "unreadable"}, status=503)
    answer: dict[str, Any] = {"ready": True, "database": "ok", "states": Counter(str(one["state"]) for one in engines)}
    if is_known:
        answer["engines"] = [one for one in engines if Permission.VIEW in seen.get(str(one["engine"]), ())]
    return JsonResponse(answer)
