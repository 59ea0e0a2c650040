"""What `manage.py lab up --modes` adds to the sample lab: a shared stack, a macvlan network, on a swarm an overlay one."""

from __future__ import annotations

from collections.abc import Callable

from networks.actions.sample_lab.plan import DONOR, GUEST, MACVLAN, ON, OVERLAY, SERVE, WAIT, LabPlan
from networks.engine.client import EngineClient
from networks.engine.errors import Refused
from networks.engine.facts import EnginePicture
from networks.engine.specs import ContainerSpec, NetworkSpec
from networks.models.stored_sentences import say as _

# A link that leads nowhere: the lab's containers must not appear on anybody's LAN. None: Docker makes a dummy of its own, where
# the kernel has such links; ifb0 is there on kernels without them.
PARENTS = (None, "ifb0")

Tell = Callable[[str], None]


def bring_up_modes(run: EngineClient, network: EngineClient, tell: Tell, plan: LabPlan, image: str) -> None:
    """Build what is missing of it. What this machine has not is told, and left out."""
    picture, prefix, labels, home = run.picture(), plan.prefix, plan.labels, plan.network_names[0]
    _bring_up_pair(run, tell, picture, ContainerSpec(prefix + DONOR, image, home, SERVE, labels), prefix + GUEST)
    name = prefix + MACVLAN
    macvlans = [NetworkSpec(name, "macvlan", labels=labels, options={"parent": link} if link else {}) for link in PARENTS]
    _bring_up_network(run, network, tell, picture, macvlans, ContainerSpec(prefix + ON[MACVLAN], image, name, WAIT, labels))
    if run.info().swarm.is_manager:
        name = prefix + OVERLAY
        overlay = [NetworkSpec(name, "overlay", is_attachable=True, labels=labels)]
        _bring_up_network(run, network, tell, picture, overlay, ContainerSpec(prefix + ON[OVERLAY], image, name, WAIT, labels))
    else:
        tell(_("This Engine is not a swarm manager: no overlay network."))


def _bring_up_pair(run: EngineClient, tell: Tell, picture: EnginePicture, donor: ContainerSpec, guest: str) -> None:
    there = {fact.name: fact for fact in picture.containers}
    lender, borrower = there.get(donor.name), there.get(guest)
    if lender is None or lender.state != "running":
        if lender is not None:
            run.remove_container(lender.docker_id)
        donor_id = run.run_container(donor)
        tell(_("Started %(name)s on %(network)s.") % {"name": donor.name, "network": donor.network})
    else:
        donor_id = lender.docker_id
        tell(_("The container %(name)s is there already.") % {"name": donor.name})
    mode = f"container:{donor_id}"
    if borrower is not None and borrower.state == "running" and borrower.network_mode == mode:
        tell(_("The container %(name)s is there already.") % {"name": guest})
        return
    if borrower is not None:  # in a stack that is dead
        run.remove_container(borrower.docker_id)
    run.run_container(ContainerSpec(guest, donor.image, mode, WAIT, donor.labels))
    tell(_("Started %(name)s in the stack of %(donor)s.") % {"name": guest, "donor": donor.name})


def _bring_up_network(
    run: EngineClient, network: EngineClient, tell: Tell, picture: EnginePicture, specs: list[NetworkSpec], guest: ContainerSpec
) -> None:
    """Create a network by the first of these specs that the Engine takes, with one container on it; else tell why not."""
    found = next((fact for fact in picture.containers if fact.name == guest.name), None)
    if found is not None and found.state == "running":
        tell(_("The container %(name)s is there already.") % {"name": guest.name})
        return
    if found is not None:
        run.remove_container(found.docker_id)
    network_id = next((fact.docker_id for fact in picture.networks if fact.name == guest.network), "")
    refusal = ""
    for spec in [] if network_id else specs:
        try:
            network_id = network.create_network(spec)
        except Refused as error:
            refusal = error.sentence
        else:
            tell(_("Created the network %(name)s.") % {"name": spec.name})
            break
    try:
        if network_id:
            run.run_container(guest)
            tell(_("Started %(name)s on %(network)s.") % {"name": guest.name, "network": guest.network})
    except Refused as error:
        network.remove_network(network_id)
        network_id, refusal = "", error.sentence
    if not network_id:
        driver, words = specs[0].driver, " ".join(refusal.split())
        tell(_("No %(driver)s network on this machine: %(words)s") % {"driver": driver, "words": words})
