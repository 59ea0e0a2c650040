"""The list of the activity, and one action with all that came of it."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from networks.actions.actors import CONSOLE
from networks.audit.progress import read_held
from networks.models import Network
from networks.partials.action_fields import pairs_of
from networks.partials.activity import (
    activity_sentence,
    activity_title,
    draw_outcome,
    offered_outcomes,
    offered_verbs,
    outcome_meaning,
)
from networks.policy.permissions import Permission, is_superuser
from networks.queries.people.activity import ActionRow, list_activity, read_action
from networks.queries.people.activity_filters import ActivityFilter, Reader
from networks.templatetags.people import NAMELESS
from networks.views.shell import rights_of_request

MOST_NAMES = 200


def reader_of(request: HttpRequest) -> Reader:
    """Return whose eyes it is read with."""
    access = rights_of_request(request)
    administered = tuple(slug for slug, permissions in access.permissions.items() if Permission.GRANT in permissions)
    return Reader(int(request.user.pk or 0), administered, is_superuser(request.user))


def offered_people(reader: Reader, current: str) -> list[tuple[str, str]]:
    """Return the names to filter by; nothing where there is only one's own activity. One statement."""
    if not (reader.sees_all or reader.engine_slugs):
        return []
    users = get_user_model()._default_manager.order_by("username")
    if not reader.sees_all:
        users = users.filter(Q(grants__engine__slug__in=reader.engine_slugs) | Q(pk=reader.user_id)).distinct()
    names = [user.get_username() for user in users.only("username")[:MOST_NAMES]]
    offered = dict.fromkeys([*names, CONSOLE.name, *filter(None, [current])])
    return [(name, _name_of(name, names)) for name in offered if name.isprintable()]


def _name_of(name: str, accounts: list[str]) -> str:
    """Return a name as it is offered: an account's own, though it be one of those that stand for nobody's."""
    return name if name in accounts or name not in NAMELESS else str(NAMELESS[name])


class ActivityList(View):
    """Who did what, newest first. Not live: superusers, admins and others see different lists, and it only grows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = ActivityFilter.from_query(request.GET.dict())
        reader = reader_of(request)
        page = list_activity(reader, wanted)
        engines = [(row.slug, row.slug) for row in rights_of_request(request).engines]
        if wanted.on:
            engines = list(dict.fromkeys([*engines, (wanted.on, wanted.on)]))
        context = {
            "wanted": wanted,
            "reader": reader,
            "page": page,
            "lines": [(row, activity_sentence(row), draw_outcome(row.newest)) for row in page.rows],
            "people": offered_people(reader, wanted.who),
            "verbs": offered_verbs(wanted.verb),
            "outcomes": offered_outcomes(),
            "engines": engines if len(engines) > 1 else [],
            "is_first": wanted.before is None,
            "newest": wanted.as_query(),
            "older": wanted.as_query(before=page.older_than) if page.older_than is not None else "",
            "held": read_held() if reader.sees_all else None,
            "zone": timezone.get_current_timezone_name(),
        }
        return render(request, "activity/activity_list.html", context)


class ActivityDetail(View):
    """One action: what was asked, and everything that is known of its end. Somebody else's is as good as none."""

    def get(self, request: HttpRequest, action_id: int) -> HttpResponse:
        reader = reader_of(request)
        row = read_action(reader, action_id)
        if row is None:
            raise Http404
        context = {
            "row": row,
            "title": activity_title(row),
            "sentence": activity_sentence(row),
            "outcome": draw_outcome(row.newest),
            "outcomes": [(outcome, draw_outcome(outcome), outcome_meaning(outcome)) for outcome in row.outcomes],
            "pairs": pairs_of(row.asked),
            "subject_url": _subject_url(request, row),
        }
        return render(request, "activity/activity_detail.html", context)


def _subject_url(request: HttpRequest, row: ActionRow) -> str:
    """Return the page of the network that it is about, "" where there is none or this person may not view it."""
    is_visible = any(engine.slug == row.engine_slug for engine in rights_of_request(request).engines)
    there = Network.objects.filter(engine__slug=row.engine_slug, docker_id=row.docker_id)
    if not row.docker_id or not is_visible or not there.exists():
        return ""
    return reverse("network_detail", args=[row.engine_slug, row.docker_id])
