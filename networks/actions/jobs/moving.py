"""Moving a container: off one network, onto another; where that is refused, back on the one before. Never left off unsaid."""

from __future__ import annotations

from dataclasses import replace

from networks.actions.actors import refuse_without
from networks.actions.jobs.keeping import KeepRun
from networks.actions.jobs.steps import pair_step
from networks.engine.cli import command_of, connect_lines, disconnect_lines
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed
from networks.engine.facts import ContainerFact, NetworkFact
from networks.engine.specs import ConnectSpec, DisconnectSpec
from networks.models import JobStep
from networks.models.stored_sentences import say as _
from networks.policy.protection import permission_to_join, refuse_names
from networks.policy.shadowed_names import refuse_shadows
from networks.queries.addresses.keeping import CONNECT, DISCONNECT
from networks.queries.details import read_network_detail
from networks.queries.engine_context import ContainerChoice, NetworkChoice

# Of the steps of a move: they may touch none, which a single connect or disconnect may not.
MOVES = {"moves": True}


class MoveRun(KeepRun):
    """Carries a job of the verb MOVE on. Its steps: disconnect and connect; a third where the connect was refused: as before."""

    def _prepare(self, step: JobStep, client: EngineClient, leaving: NetworkFact, container: ContainerFact) -> None:
        """Look before it leaves whether it can arrive. Raises EngineError.

        A connect that Docker refuses to a running container leaves what was asked for, and then there is no way back onto none
        (26.1): so it must not come to that.
        """
        taking = self._taking()
        if taking is None:
            raise NotAllowed(_("This job has no step that connects the container again, so nothing was changed."))
        fact = client.inspect_network(taking.network_id)
        known = read_network_detail(self._engine.slug, taking.network_id)
        refuse_names(self._engine.slug, fact.docker_id, fact.name, (container.name, container.hostname))
        staying = tuple(
            one for one in container.endpoints if leaving.docker_id != one.network_id and leaving.name != one.network_name
        )
        refuse_shadows(self._engine.slug, fact, replace(container, endpoints=staying), ())
        words = _("To connect it again needs the permission “%(permission)s”, so nothing was changed.")
        refuse_without(self._actor, permission_to_join(self._engine.slug, fact.docker_id), self._engine.slug, words)
        if fact.name != taking.network_name:
            raise NotAllowed(_("This network is called %(name)s now; look again before you change it.") % {"name": fact.name})
        if known and known.row.capacity is not None and (known.row.used or 0) >= known.row.capacity:
            raise NotAllowed(_("Every address of %(name)s is taken, so nothing was changed.") % {"name": fact.name})


def move_steps(container: ContainerChoice, leaving: NetworkChoice, joining: NetworkChoice) -> list[JobStep]:
    """Return the steps that take a container off one network and put it on another, or on a new one of the same name."""
    names = {"container_name": container.name, "network_name": leaving.name}
    off, on = DisconnectSpec(leaving.docker_id, container.docker_id), ConnectSpec(joining.docker_id, container.docker_id)
    leave = pair_step(DISCONNECT, off, command_of(disconnect_lines(off, **names)), MOVES, **names)
    names["network_name"] = joining.name
    return [leave, pair_step(CONNECT, on, command_of(connect_lines(on, **names)), MOVES, **names)]
