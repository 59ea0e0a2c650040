"""Running a container: created, put on its networks, started. What was made and can't start is kept, and said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from networks.actions.actors import Actor, refuse_without
from networks.actions.clients import read_elsewhere
from networks.actions.recording import ActionResult, Change, Intent, carry_out
from networks.engine.allow_list import Profile
from networks.engine.bodies import connects_after
from networks.engine.cli import command_of, publication, reference_of, restart_word, run_lines
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed
from networks.engine.image_facts import may_be_id
from networks.engine.parsing.engines import OLDEST_API, read_api_version
from networks.engine.specs import Mode, RunSpec
from networks.models import Container, Engine
from networks.models.stored_sentences import say as _
from networks.policy.needed_permissions import has_own_labels, permission_to_publish, permission_to_run
from networks.policy.permissions import Permission
from networks.policy.protection import permission_to_join, protection_of, refuse_names
from networks.queries.engine_context import find_network
from networks.queries.lifecycle.places import read_bindings
from networks.queries.masking import MASK, is_secret_key

MORE = "…"  # stands for the words behind a program


def run_container(actor: Actor, engine: Engine, spec: RunSpec) -> ActionResult:
    """Create a container and start it. Twin of `docker run -d`; POST /containers/create, …/connect, …/start.

    `docker_id` of a result that isn't ok: the container that was made, and stands there without running.
    """

    def ask(client: EngineClient) -> str:
        _refuse_protected(engine, spec)
        _require_for_image(actor, engine, client, spec.image)
        _refuse_renamed(client, spec)
        for asked in spec.networks:
            refuse_names(engine.slug, asked.network_id, asked.network_name, (spec.name, spec.hostname), asked.aliases)
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
    intent = Intent("run_container", what, command=command_of(run_lines(_without_secrets(spec))), asked=asked_of_run(spec))
    return carry_out(actor, engine, intent, permission_to_launch(engine.slug, spec), Change(ask, is_done, profile=Profile.RUN))


def permission_to_launch(engine_slug: str, spec: RunSpec) -> Permission:
    """Return what a person needs to run this. Two queries, of a swarm's network one more for each Engine."""
    mode = f"container:{spec.donor_id}" if spec.mode is Mode.CONTAINER else str(spec.mode)
    options = [key for endpoint in spec.networks for key in endpoint.driver_options]
    network_ids, protection = network_ids_of(engine_slug, spec), protection_of(engine_slug)
    needed = {
        permission_to_run(mode, options, spec.labels),
        permission_to_publish(spec.ports, read_bindings(engine_slug, network_ids) if spec.ports else ()),
        Permission.SHAPE if spec.publishes_all else Permission.RUN,  # an image may expose any number
        *(permission_to_join(engine_slug, network_id, known=protection) for network_id in network_ids),
    }
    return Permission.SHAPE if Permission.SHAPE in needed else Permission.RUN


def network_ids_of(engine_slug: str, spec: RunSpec) -> tuple[str, ...]:
    """Return the networks that it would be on; where none is named, the default bridge."""
    if spec.mode is not Mode.NETWORK:
        return ()
    return tuple(endpoint.network_id for endpoint in spec.networks) or (find_network(engine_slug, "bridge"),)


def asked_of_run(spec: RunSpec) -> dict[str, Any]:
    """Return what was asked for, as it is written down: of variables the names, of a command its program, of secrets nothing."""
    words = (*(spec.entrypoint or ()), *spec.command)
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
        "program": words[0] if words else "",
        "words": len(words),
    }
    return {key: value for key, value in asked.items() if value}


def _without_secrets(spec: RunSpec) -> RunSpec:
    """Return it as it may be kept for ever: no value of a variable, none of a label that looks like a secret, and of the words
    of a command, any of which may be one, the program alone."""
    labels = {key: MASK if is_secret_key(key) else value for key, value in spec.labels.items()}
    entrypoint, command = spec.entrypoint, spec.command
    if entrypoint:
        entrypoint, command = entrypoint[:1], (MORE,) if entrypoint[1:] or command else ()
    elif command:
        command = (command[0], *(MORE for _word in command[1:2]))
    environment = dict.fromkeys(spec.environment, MASK)
    return replace(spec, labels=labels, environment=environment, entrypoint=entrypoint, command=command)


def _refuse_protected(engine: Engine, spec: RunSpec) -> None:
    protection = protection_of(engine.slug)
    for network_id in network_ids_of(engine.slug, spec) or [""]:
        if lock := protection.lock_on_pair(network_id, spec.donor_id):
            raise NotAllowed(lock.sentence)


def _require_for_image(actor: Actor, engine: Engine, client: EngineClient, reference: str) -> None:
    """Ask the policy once more, now that the image is known: its labels become the container's. Raises NotAllowed.

    Docker takes the beginning of an id as well: of that nobody knows here which image is meant.
    """
    known = [image for image in client.list_images() if image.answers_to(reference)]
    is_meant = bool(known) or not may_be_id(reference)  # what has no such name Docker itself refuses
    if is_meant and not any(has_own_labels(image.labels) for image in known):
        return
    words = _("The image has labels that begin with netadmin., which needs the permission “%(permission)s”.")
    if not known:
        words = _("Which image is meant can't be told by this: a part of an id needs the permission “%(permission)s”.")
    refuse_without(actor, Permission.SHAPE, engine.slug, words)


def _refuse_renamed(client: EngineClient, spec: RunSpec) -> None:
    """Look whether what was chosen by id is still what goes by the name that will be sent."""
    for endpoint in spec.networks:
        network_id, name = endpoint.network_id, endpoint.network_name
        fact = read_elsewhere(client, network_id, name) if endpoint.is_elsewhere else client.inspect_network(network_id)
        if fact.name != endpoint.network_name:
            raise NotAllowed(_("This network is called %(name)s now; look again before you use it.") % {"name": fact.name})
