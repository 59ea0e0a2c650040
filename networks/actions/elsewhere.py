"""Networks of a swarm that an Engine doesn't list until a container there uses them: what may be asked of it all the same."""

from __future__ import annotations

from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed, NotFound
from networks.engine.facts import NetworkFact
from networks.models.said import say as _


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
