"""What other programs ask for: whether it is healthy, and whom to tell of a weakness."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from networks.models import EngineStatus
from networks.models.damage import is_damage
from networks.models.database_trouble import Standing, known_standings, note_damage, standing_of
from networks.policy.origins import asked_origin
from networks.policy.permissions import Permission, permissions_by_engine
from networks.policy.second_step import is_shut_out
from networks.queries.engines import list_engines
from networks.queries.rows import EngineRow
from networks.sync.follow.lease import UNHELD_AFTER_S, last_held_at
from networks.sync.follow.row_lease import holder_name
from networks.sync.hint_listener import why_nothing_is_heard
from networks.sync.supervisor import followers

logger = structlog.get_logger(__name__)


def show_alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 as soon as the process serves, whatever the database and the Engines do."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def show_ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 with how many Engines are in which state; 503 when the database can't be read or is known to be damaged, or
    nobody follows an Engine.

    `troubles`, where there are any: what else is wrong with what is kept, in words of models.database_trouble.Standing. Which
    Engines, only to who is logged in and may view them, or brings the token of the setting: a stranger learns no name.
    """
    try:
        engines = list_engines()
        holders = dict(EngineStatus.objects.values_list("engine__slug", "follower"))
        has_token = _brings_token(request)
        seen = {engine.slug for engine in engines} if has_token else _viewed_slugs(request, [engine.slug for engine in engines])
    except DatabaseError as error:
        logger.exception("readyz_database_failed")
        if is_damage(error):
            note_damage(error)
        return JsonResponse({"ready": False, "database": "damaged" if is_damage(error) else "unreadable"}, status=503)
    if standing_of(Standing.DAMAGED):
        return JsonResponse({"ready": False, "database": "damaged"}, status=503)
    held = {engine.slug: last_held_at(settings.NETADMIN_DATA_DIR, f"follower-{engine.slug}") for engine in engines}
    left = [engine.slug for engine in engines if not _is_followed(engine.slug, held[engine.slug])]
    answer: dict[str, Any] = {"ready": not left, "database": "ok", "states": Counter(engine.state for engine in engines)}
    if left:
        answer["unfollowed"] = len(left)
    if troubles := known_standings():
        answer["troubles"] = troubles
    if seen is not None:
        answer["engines"] = [
            _standing_of(engine, holders.get(engine.slug, ""), held[engine.slug], is_followed=engine.slug not in left)
            for engine in engines
            if engine.slug in seen
        ]
    if has_token:
        follows = sorted(slug for slug, follower in list(followers.items()) if follower.has_lease)
        answer["process"] = {"id": holder_name(), "follows": follows}
        if (unheard := why_nothing_is_heard()) is not None:  # on PostgreSQL: how it learns of what others write
            answer["process"]["hints"] = "polls" if unheard else "listens"
            answer["process"]["why_it_polls"] = unheard
    return JsonResponse(answer, status=503 if left else 200)


def _brings_token(request: HttpRequest) -> bool:
    kind, _blank, told = request.headers.get("Authorization", "").partition(" ")
    wanted: str = settings.NETADMIN_READYZ_TOKEN
    return bool(wanted) and kind.lower() == "bearer" and constant_time_compare(told.strip(), wanted)


def _viewed_slugs(request: HttpRequest, slugs: list[str]) -> set[str] | None:
    """Return which of these a person may view, None for a stranger."""
    if not request.user.is_authenticated or is_shut_out(request.user):
        return None
    return {slug for slug, given in permissions_by_engine(request.user, slugs).items() if Permission.VIEW in given}


# Monotonic seconds at which an Engine that nobody ever followed was first asked about: whoever begins to may be on the way.
_first_asked: dict[str, float] = {}


def _is_followed(slug: str, held_at: datetime | None) -> bool:
    if held_at is not None:
        _first_asked.pop(slug, None)
        return (timezone.now() - held_at).total_seconds() < UNHELD_AFTER_S
    now = time.monotonic()
    return now - _first_asked.setdefault(slug, now) < UNHELD_AFTER_S


def _standing_of(engine: EngineRow, holder: str, held_at: datetime | None, *, is_followed: bool) -> dict[str, Any]:
    """Return one Engine's part. "follower": machine and process id of whoever follows, or did last; "held_at": its last sign."""
    return {
        "engine": engine.slug,
        "state": engine.state,
        "as_of": engine.as_of,
        "revision": engine.revision,
        "is_followed": is_followed,
        "follower": holder,
        "held_at": held_at,
    }


# The file is made anew with each request. RFC 9116 wants less than a year: whoever keeps a copy shall not trust it for long.
_DAYS = 180


def show_security_contact(request: HttpRequest) -> HttpResponse:
    """Answer with NETADMIN_SECURITY_CONTACT, good for 180 days from today's midnight (UTC).

    Raises Http404 where it names nobody.
    """
    contacts: tuple[str, ...] = settings.NETADMIN_SECURITY_CONTACT
    if not contacts:
        raise Http404("NETADMIN_SECURITY_CONTACT names nobody")
    until = datetime.combine(timezone.now().astimezone(UTC).date() + timedelta(days=_DAYS), time_of_day())
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {until.isoformat()}Z", "Preferred-Languages: en, ko"]
    origin = asked_origin(request.headers.get("Host", ""), settings.NETADMIN_ALLOWED_ORIGINS, is_secure=request.is_secure())
    if origin.startswith("https://"):  # RFC 9116 allows no other Canonical
        lines.append(f"Canonical: {origin}{request.path}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
