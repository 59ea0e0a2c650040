"""How an action gets a client: with the mode and the protection of this moment, so that the last guard holds both."""

from __future__ import annotations

from django.conf import settings

from networks.engine.calls import Profile
from networks.engine.client import EngineClient
from networks.engine.registry import connect_engine
from networks.models import Engine
from networks.models.access import access_of
from networks.policy.protection import protection_of


def open_client(engine: Engine, profile: Profile) -> EngineClient:
    """Return a client for one thread that can't change what is protected, and nothing at all in read-only mode."""
    protected = protection_of(engine.slug).ids
    return connect_engine(access_of(engine), profile, is_read_only=settings.NETADMIN_READ_ONLY, protected=protected)
