"""Running a container: created, put on its networks, started. What was made and can't start is kept, and said."""

from __future__ import annotations

from typing import Any

from networks.actions.actors import Actor
from networks.actions.elsewhere import read_elsewhere
from networks.actions.recording import ActionResult, Change, Intent, carry_out
from networks.engine.calls import Profile
from networks.engine.client import EngineClient
from networks.engine.containers.bodies import connects_after
from networks.engine.containers.run_cli import publication, reference_of, restart_word, run_command
from networks.engine.containers.run_specs import Mode, RunSpec
from networks.engine.errors import EngineError, NotAllowed
from networks.engine.parsing.engines import OLDEST_API, read_api_version
from networks.models import Container, Engine
from networks.models.said import say as _
from networks.policy.permissions import Permission
from networks.policy.protection import protection_of
from networks.policy.shapes import permission_to_run
from networks.queries.masking import MASK, is_secret_key


def run_container(actor: Actor, engine: Engine, spec: RunSpec) -> ActionResult:
    """Create a container and start it. Twin of `docker run -d`; POST /containers/create, …/connect, …/start.

    `docker_id` of a result that isn't ok: the container that was made, and stands there without running.
    """

    def ask(client: EngineClient) -> str:
        _refuse_protected(engine, spec)
        _refuse_renamed(client, spec)
        version = read_api_version(client.negotiate()) or OLDEST_API
        made = client.create_container(spec)
        try:
            for each in connects_after(spec, made, version):
                client.connect_container(each)
            client.start_container(made)
        except EngineError as error:
            error.made_id = made
            raise
        return made

    def is_done() -> bool:
        return bool(spec.name) and Container.objects.filter(engine=engine, name=spec.name).exclude(state="created").exists()

    what = spec.name or spec.image
    intent = Intent("run_container", what, command=run_command(_without_secrets(spec)), asked=asked_of_run(spec))
    return carry_out(actor, engine, intent, permission_for(spec), Change(ask, is_done, profile=Profile.RUN))


def permission_for(spec: RunSpec) -> Permission:
    """Return what a person needs to run this."""
    mode = f"container:{spec.donor_id}" if spec.mode is Mode.CONTAINER else str(spec.mode)
    return permission_to_run(mode, [key for endpoint in spec.networks for key in endpoint.driver_options])


def asked_of_run(spec: RunSpec) -> dict[str, Any]:
    """Return what was asked for, as it is written down: of variables the names, of secrets nothing."""
    asked: dict[str, Any] = {
        "image": spec.image,
        "mode": str(spec.mode),
        "donor_id": spec.donor_id,
        "networks": [reference_of(endpoint) for endpoint in spec.networks],
        "addresses": [str(each) for endpoint in spec.networks for each in (endpoint.ipv4, endpoint.ipv6) if each],
        "ports": [publication(port) for port in spec.ports],
        "publishes_all": spec.publishes_all,
        "variables": sorted(spec.environment),
        "restart": restart_word(spec),
    }
    return {key: value for key, value in asked.items() if value}


def _without_secrets(spec: RunSpec) -> RunSpec:
    """Return it as it may be kept: no value of a variable, none of a label or option that looks like a secret."""
    labels = {key: MASK if is_secret_key(key) else value for key, value in spec.labels.items()}
    kept = {member: getattr(spec, member) for member in RunSpec.__dataclass_fields__}
    return RunSpec(**{**kept, "labels": labels, "environment": dict.fromkeys(spec.environment, MASK)})


def _refuse_protected(engine: Engine, spec: RunSpec) -> None:
    protection = protection_of(engine.slug)
    for network_id in [endpoint.network_id for endpoint in spec.networks] or [""]:
        if lock := protection.lock_on_pair(network_id, spec.donor_id):
            raise NotAllowed(lock.sentence)


def _refuse_renamed(client: EngineClient, spec: RunSpec) -> None:
    """Look whether what was chosen by id is still what goes by the name that will be sent."""
    for endpoint in spec.networks:
        network_id, name = endpoint.network_id, endpoint.network_name
        fact = read_elsewhere(client, network_id, name) if endpoint.is_elsewhere else client.inspect_network(network_id)
        if fact.name != endpoint.network_name:
            raise NotAllowed(_("This network is called %(name)s now; look again before you use it.") % {"name": fact.name})
