"""What Netadmin has written down, and what the browser keeps: a press that changes neither, nor the Engine, did nothing."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.test import Client

from networks.models import Action, BrowserSession, Engine, Grant, Job, Outcome

_WHOLE: tuple[type[Model], ...] = (Engine, Grant)
_COUNTED: tuple[type[Model], ...] = (Job, Action, Outcome, BrowserSession)


def read_books(client: Client) -> tuple[object, ...]:
    """Return all that can be compared."""
    people = list(get_user_model().objects.order_by("pk").values_list("pk", "username", "password", "is_active"))
    rows = [list(model._default_manager.order_by("pk").values_list()) for model in _WHOLE]
    counts = [model._default_manager.count() for model in _COUNTED]
    cookies = sorted((name, morsel.value) for name, morsel in client.cookies.items() if "csrf" not in name)
    session = sorted((name, str(value)) for name, value in client.session.items() if name != "_messages")
    return (people, rows, counts, cookies, session)
