"""A job of one step: an Engine joins the swarm that another one known here manages."""

from __future__ import annotations

from networks.actions.actors import Actor, require_of
from networks.actions.jobs.starting import JobWish, start_job
from networks.actions.swarm import JOIN_SWARM, KnownSwarm
from networks.engine.cli import command_of, join_swarm_lines
from networks.models import Engine, Job, JobStep
from networks.policy.permissions import Permission


def start_joining(actor: Actor, engine: Engine, known: KnownSwarm, key: str) -> Job:
    """Begin the job and return it; what it holds is no token. Raises Denied where this person may not shape both Engines."""
    require_of(actor, Permission.SHAPE, known.manager.slug)
    step = JobStep(
        verb=JOIN_SWARM,
        network_id="",
        network_name="",
        container_name=known.manager.name,
        command=command_of(join_swarm_lines(known.spec())),
        spec=document_of(known),
    )
    wish = JobWish(key, JOIN_SWARM, known.manager.name, Permission.SHAPE)
    return start_job(actor, engine, wish, [step])


def document_of(known: KnownSwarm) -> dict[str, str]:
    """Return what the step holds."""
    return {
        "manager": known.manager.slug,
        "role": known.role,
        "advertise_address": known.advertise_address,
        "listen_address": known.listen_address,
    }
