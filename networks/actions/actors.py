"""Who asks: a person at a browser, or somebody at the console."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from networks.policy.permissions import Denied, Permission, require


@dataclass(frozen=True, slots=True)
class Actor:
    """Copied text for the record, and the user's id to ask the policy with. `user_id` None: the console (manage.py)."""

    name: str
    user_id: int | None = None
    from_address: str = ""


CONSOLE = Actor("console")


def require_of(actor: Actor, permission: Permission, engine_slug: str) -> None:
    """Return when the actor may, by the policy as it stands now. Raises Denied when not. The console may everything."""
    if actor.user_id is None:
        return
    person = get_user_model().objects.filter(pk=actor.user_id).first()
    if person is None:
        raise Denied(permission, engine_slug)
    require(person, permission, engine_slug)
