"""What other programs ask for: whether it is healthy, and whom to tell of a weakness."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from networks.models import EngineStatus
from networks.models.damage import is_damage
from networks.models.database_trouble import Standing, known_standings, note_damage, standing_of
from networks.policy.origins import asked_origin
from networks.policy.permissions import Permission, permissions_by_engine
from networks.policy.second_step import is_shut_out

logger = structlog.get_logger(__name__)


def show_alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 as soon as the process serves, whatever the database and the Engines do."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def show_ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 with how many Engines are in which state, 503 when the database can't be read or is known to be damaged.

    `troubles`, where there are any: what else is wrong with what is kept, in words of models.database_trouble.Standing. Which
    Engines, only to who is logged in and may view them: a stranger learns no name.
    """
    try:
        found = EngineStatus.objects.order_by("engine__slug").values_list("engine__slug", "state", "as_of")
        engines = [{"engine": slug, "state": state, "as_of": as_of} for slug, state, as_of in found]
        slugs = [str(one["engine"]) for one in engines]
        is_known = request.user.is_authenticated and not is_shut_out(request.user)
        seen = permissions_by_engine(request.user, slugs) if is_known else {}
    except DatabaseError as error:
        logger.exception("readyz_database_failed")
        if is_damage(error):
            note_damage(error)
        return JsonResponse({"ready": False, "database": "damaged" if is_damage(error) else "unreadable"}, status=503)
    if standing_of(Standing.DAMAGED):
        return JsonResponse({"ready": False, "database": "damaged"}, status=503)
    answer: dict[str, Any] = {"ready": True, "database": "ok", "states": Counter(str(one["state"]) for one in engines)}
    if troubles := known_standings():
        answer["troubles"] = troubles
    if is_known:
        answer["engines"] = [one for one in engines if Permission.VIEW in seen.get(str(one["engine"]), ())]
    return JsonResponse(answer)


# The file is made anew with each request. RFC 9116 wants less than a year: whoever keeps a copy shall not trust it for long.
_DAYS = 180


def show_security_contact(request: HttpRequest) -> HttpResponse:
    """Answer with NETADMIN_SECURITY_CONTACT, good for 180 days from today's midnight (UTC).

    Raises Http404 where it names nobody.
    """
    contacts: tuple[str, ...] = settings.NETADMIN_SECURITY_CONTACT
    if not contacts:
        raise Http404("NETADMIN_SECURITY_CONTACT names nobody")
    until = datetime.combine(timezone.now().astimezone(UTC).date() + timedelta(days=_DAYS), time())
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {until.isoformat()}Z", "Preferred-Languages: en, ko"]
    origin = asked_origin(request.headers.get("Host", ""), settings.NETADMIN_ALLOWED_ORIGINS, is_secure=request.is_secure())
    if origin.startswith("https://"):  # RFC 9116 allows no other Canonical
        lines.append(f"Canonical: {origin}{request.path}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
