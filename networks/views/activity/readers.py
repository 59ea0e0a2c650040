"""Who looks at the activity, and what they may filter by (rule S12)."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest

from networks.actions.actors import CONSOLE
from networks.policy.permissions import Permission, is_superuser
from networks.queries.activity.filters import Reader
from networks.templatetags.actors import NAMELESS
from networks.views.shell import access_of

MOST_NAMES = 200


def reader_of(request: HttpRequest) -> Reader:
    """Return whose eyes it is read with."""
    access = access_of(request)
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
