"""How an action gets a client: with the mode and the protection of this moment, so that the last guard holds both."""

from __future__ import annotations

from django.conf import settings

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed, NotFound
from networks.engine.facts import NetworkFact
from networks.models import Engine
from networks.models.access import access_of
from networks.models.stored_sentences import say as _
from networks.policy.protection import protection_of


def open_client(engine: Engine, profile: Profile) -> EngineClient:
    """Return a client for one thread that can't change what is protected, and nothing at all in read-only mode."""
    protected = protection_of(engine.slug).ids
    return EngineClient(access_of(engine), profile, is_read_only=settings.NETADMIN_READ_ONLY, protected=protected)


def read_elsewhere(client: EngineClient, network_id: str, name: str) -> NetworkFact:
    """Return a network that may be known through other Engines alone. Raises NotAllowed where this one has another of its name.

    Docker takes such a network by its name, and would take its own one for it.
    """
    try:
        return client.inspect_network(network_id)
    except NotFound:
        if any(network.name == name for network in client.picture().networks):
            words = _("This Engine has a network of its own called %(name)s: Docker would take that one.")
            raise NotAllowed(words % {"name": name}) from None
        return NetworkFact(network_id, name, "overlay", "swarm", None, is_attachable=True)
