"""The sample lab: the world of Docker's first networking lesson, built and taken away again, all of it labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Network

from networks.actions.actors import Actor
from networks.actions.clients import open_client
from networks.actions.recording import ActionResult, Change, Intent, carry_out
from networks.actions.sample_lab.image import (
    IMAGE,
    PULLED_REPOSITORY,
    PULLED_TAG,
    REPOSITORY,
    TAG,
    build_rootfs,
    find_static_busybox,
)
from networks.actions.sample_lab.modes import Tell, bring_up_modes
from networks.actions.sample_lab.plan import LABEL, PREFIX_LABEL, LabPlan
from networks.actions.sample_lab.state import is_lab_label
from networks.addressing.pool_checks import TakenPool, overlapping
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed, NotFound
from networks.engine.facts import ContainerFact, EnginePicture, NetworkFact
from networks.engine.specs import ContainerSpec, NetworkSpec
from networks.models import Container, Engine, Network
from networks.models.stored_sentences import join_said
from networks.models.stored_sentences import say as _
from networks.policy.harmful_subnets import harmful_subnets, words_to_type
from networks.policy.permissions import Permission
from networks.policy.protection import refuse_containers, refuse_removal

MOST_NAMED = 20


@dataclass(slots=True)
class _Work:
    """One way up or down: the two clients that it takes, whom to tell, and where it is."""

    run: EngineClient
    network: EngineClient
    tell: Tell
    engine_slug: str
    plan: LabPlan
    with_modes: bool = False
    shown: frozenset[str] | None = None


def bring_up_lab(actor: Actor, engine: Engine, tell: Tell, *, prefix: str = "", with_modes: bool = False) -> ActionResult:
    """Build what is missing of the lab. `tell`: hears each step; `prefix`: stands before each of its names (`is_name_prefix`).

    Twin of `manage.py lab up`, with `--prefix` and `--modes`.
    """
    plan = LabPlan(prefix)
    return _carry_out(actor, engine, "up", tell, _bring_up, lambda: is_lab_there(engine, prefix), plan, with_modes=with_modes)


def take_down_lab(actor: Actor, engine: Engine, tell: Tell, *, shown: frozenset[str] | None = None) -> ActionResult:
    """Remove whatever carries the lab's label, and its image; nothing else. Twin of `manage.py lab down`.

    `shown`: ids of what a person saw and confirmed; where anything else carries the label by then, nothing is removed.
    """
    return _carry_out(actor, engine, "down", tell, _take_down, lambda: is_lab_gone(engine), LabPlan(), shown=shown)


def list_labelled(engine: Engine) -> list[NetworkFact | ContainerFact]:
    """Ask the Engine what carries the lab's label, containers first. Raises EngineError."""
    with closing(open_client(engine, Profile.READ)) as client:
        picture = client.picture()
    return [*filter(is_of_lab, picture.containers), *filter(is_of_lab, picture.networks)]


def is_lab_there(engine: Engine, prefix: str = "") -> bool:
    """Tell whether the snapshot has all containers of the lab with this prefix."""
    wanted = [name for name, _network, _command in LabPlan(prefix).containers]
    return Container.objects.filter(engine=engine, name__in=wanted).count() == len(wanted)


def is_lab_gone(engine: Engine) -> bool:
    """Tell whether the snapshot has nothing of the lab."""
    is_left = {"engine": engine, "labels__has_key": LABEL[0]}
    return not (Container.objects.filter(**is_left).exists() or Network.objects.filter(**is_left).exists())


def is_of_lab(fact: NetworkFact | ContainerFact) -> bool:
    """Tell whether a network or container carries the lab's label."""
    return is_lab_label(fact.labels)


def _carry_out(
    actor: Actor,
    engine: Engine,
    way: str,
    tell: Tell,
    work: Callable[[_Work], None],
    is_done: Callable[[], bool],
    plan: LabPlan,
    *,
    with_modes: bool = False,
    shown: frozenset[str] | None = None,
) -> ActionResult:
    def ask(client: EngineClient) -> str:
        network = open_client(engine, Profile.NETWORK)
        try:
            work(_Work(client, network, tell, engine.slug, plan, with_modes, shown))
        finally:
            network.close()
        return ""

    further = f"{f' --prefix {plan.prefix}' if plan.prefix else ''}{' --modes' if with_modes else ''}"
    asked: dict[str, object] = {"prefix": plan.prefix} if plan.prefix else {}
    if shown is not None:
        asked["ids"] = sorted(shown)
    intent = Intent(f"lab_{way}", "sample lab", command=f"manage.py lab {way}{further} --engine {engine.slug}", asked=asked)
    # A container on the host's own network belongs to it, so the permission to run containers is not enough.
    return carry_out(actor, engine, intent, Permission.SHAPE, Change(ask, is_done, profile=Profile.RUN), patience_s=None)


def _bring_up(work: _Work) -> None:
    picture, plan = work.run.picture(), work.plan
    _refuse_names(picture, plan, with_modes=work.with_modes)
    there = {fact.name for fact in picture.networks}
    specs = plan.networks(_choose_subnet(work, picture))
    _refuse_harm(work.engine_slug, [spec for spec in specs if spec.name not in there])
    image = _provide_image(work)
    for spec in specs:
        if spec.name in there:
            work.tell(_("The network %(name)s is there already.") % {"name": spec.name})
            continue
        work.network.create_network(spec)
        work.tell(_("Created the network %(name)s.") % {"name": spec.name})
    containers = {fact.name: fact for fact in picture.containers}
    for name, network, command in plan.containers:
        found = containers.get(name)
        if found and (found.state == "running" or name == plan.stopped):
            work.tell(_("The container %(name)s is there already.") % {"name": name})
            continue
        if found:  # of an earlier time, and ended since
            work.run.remove_container(found.docker_id)
        work.run.run_container(ContainerSpec(name, image, network, command, plan.labels))
        work.tell(_("Started %(name)s on %(network)s.") % {"name": name, "network": network})
    if work.with_modes:
        bring_up_modes(work.run, work.network, work.tell, plan, image)


def _refuse_names(picture: EnginePicture, plan: LabPlan, *, with_modes: bool) -> None:
    """Refuse before anything is made. Raises NotAllowed where somebody else has a name of it, or it is there by other names."""
    taken = plan.taken(
        (fact.name for fact in picture.networks if not is_of_lab(fact)),
        (fact.name for fact in picture.containers if not is_of_lab(fact)),
        with_modes=with_modes,
    )
    if taken:
        words = _("The lab needs these names, which are taken: %(names)s. Use a prefix to give it other names.")
        raise NotAllowed(words % {"names": ", ".join(taken)})
    facts: list[NetworkFact | ContainerFact] = [*picture.networks, *picture.containers]
    for fact in facts:
        if is_of_lab(fact) and fact.labels.get(PREFIX_LABEL, "") != plan.prefix:
            words = _("The lab is there already under other names, such as %(name)s. Remove it first.")
            raise NotAllowed(words % {"name": fact.name})


def _choose_subnet(work: _Work, picture: EnginePicture) -> IPv4Network:
    """Return where the lab's own subnet goes. Raises NotAllowed where others have all that it may be."""
    taken = [
        TakenPool(pool.subnet, fact.name)
        for fact in picture.networks
        if not is_of_lab(fact) and fact.scope == "local"
        for pool in fact.pools
    ]
    free = [subnet for subnet in work.plan.subnets if not overlapping(subnet, taken)]
    if free:
        return next((each for each in free if not harmful_subnets(work.engine_slug, work.plan.networks(each)[1])), free[0])
    subnet = work.plan.subnets[0]
    clash = overlapping(subnet, taken)[0]
    words = _("The lab needs %(subnet)s, but %(owner)s uses %(other)s, which overlaps it.")
    raise NotAllowed(words % {"subnet": subnet, "other": clash.subnet, "owner": clash.owner})


def _refuse_harm(engine_slug: str, specs: Iterable[NetworkSpec]) -> None:
    """Refuse before anything is made. Raises NotAllowed where a network would cut the Engine's machine off."""
    for spec in specs:
        if harmful := harmful_subnets(engine_slug, spec):
            words = _("The lab needs %(subnet)s, but the Engine's machine has addresses, routes or name servers in it.")
            raise NotAllowed(words % {"subnet": words_to_type(harmful)})


def _provide_image(work: _Work) -> str:
    """Return the reference of an image to run: imported from this machine's busybox, else pulled. Raises EngineError."""
    if work.run.has_image(IMAGE):
        return IMAGE
    busybox = find_static_busybox()
    if busybox is not None:
        work.run.import_image(build_rootfs(busybox.read_bytes()), REPOSITORY, TAG)
        work.tell(_("Made the image %(image)s from %(path)s.") % {"image": IMAGE, "path": busybox})
        return IMAGE
    reference = f"{PULLED_REPOSITORY}:{PULLED_TAG}"
    if not work.run.has_image(reference):
        work.tell(_("No static busybox on this machine: pulling %(image)s.") % {"image": reference})
        try:
            work.run.pull_image(PULLED_REPOSITORY, PULLED_TAG)
        except EngineError as error:
            way_out = _("Install the package busybox-static on this machine, or load an image called %(image)s.")
            words = join_said(error.sentence, way_out % {"image": reference})
            raise type(error)(words, status=error.status, request=error.request, duration_ms=error.duration_ms) from error
    return reference


def _take_down(work: _Work) -> None:
    picture = work.run.picture()
    containers = [fact for fact in picture.containers if is_of_lab(fact)]
    networks = [fact for fact in picture.networks if is_of_lab(fact)]
    _refuse_unseen(work.shown, [*containers, *networks])
    _refuse_guests(picture, networks)
    refuse_containers(work.engine_slug, containers)
    for network in networks:
        refuse_removal(work.engine_slug, network)
    image_ids = {fact.image_id for fact in containers if fact.image == IMAGE}
    if not image_ids and work.run.has_image(IMAGE):
        image_ids = {_image_id(work)}
    for container in containers:
        _unless_gone(work.run.remove_container, container.docker_id)
        work.tell(_("Removed the container %(name)s.") % {"name": container.name})
    for network in networks:
        _unless_gone(work.network.remove_network, network.docker_id)
        work.tell(_("Removed the network %(name)s.") % {"name": network.name})
    for image_id in sorted(image_ids):
        _unless_gone(work.run.remove_image, image_id)
        work.tell(_("Removed the image %(image)s.") % {"image": IMAGE})
    if not (containers or networks or image_ids):
        work.tell(_("No part of the lab is there."))


def _refuse_unseen(shown: frozenset[str] | None, going: Iterable[NetworkFact | ContainerFact]) -> None:
    """Refuse before anything is removed. Raises NotAllowed where something carries the label that nobody was shown."""
    unseen = [fact.name for fact in going if shown is not None and fact.docker_id not in shown]
    if unseen:
        words = _("More carries the lab's label now than was shown: %(names)s. Nothing was removed.")
        raise NotAllowed(words % {"names": ", ".join(sorted(unseen)[:MOST_NAMED])})


def _refuse_guests(picture: EnginePicture, networks: Iterable[NetworkFact]) -> None:
    """Refuse before anything is removed. Raises NotAllowed where somebody else's container is on a network of the lab."""
    names = {fact.name for fact in networks}
    guests = [
        f"{fact.name} ({endpoint.network_name})"
        for fact in picture.containers
        if not is_of_lab(fact)
        for endpoint in fact.endpoints
        if endpoint.network_name in names
    ]
    if guests:
        words = _("On the lab's networks there are also others' containers: %(names)s. Disconnect those first.")
        raise NotAllowed(words % {"names": ", ".join(sorted(guests))})


def _image_id(work: _Work) -> str:
    """Return the id of the lab's image, which only a container of it tells."""
    probe = work.run.run_container(ContainerSpec("netadmin-lab-probe", IMAGE, "none", ("true",), work.plan.labels))
    try:
        return work.run.inspect_container(probe).image_id
    finally:
        work.run.remove_container(probe)


def _unless_gone(remove: Callable[[str], None], docker_id: str) -> None:
    try:
        remove(docker_id)
    except NotFound:
        return
