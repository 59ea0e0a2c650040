"""Why a network or a container can't be connected to anything, and which page has what works instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from networks.engine.allow_list import Noun
from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.specs import Mode
from networks.forms.connecting import ConnectForm
from networks.models import Container
from networks.policy.protection import Protection
from networks.preflight.findings import Fix, say_advice, say_finding
from networks.preflight.pair import check_container, check_joining
from networks.preflight.places import check_plugin
from networks.queries.containers import ID_LENGTH
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.templatetags.wording import spell
from networks.views.acting import open_page_of


@dataclass(frozen=True, slots=True)
class NoFormReason:
    """Why no form is shown. `advice`: what works instead, "" for nothing; `fixes`: links to it, the best first."""

    sentence: str
    advice: str = ""
    fixes: tuple[Fix, ...] = ()
    is_protected: bool = False


def why_not_connectable(engine_slug: str, form: ConnectForm, given: Noun, protection: Protection) -> NoFormReason | None:
    """Return why the half whose page this is can be connected to nothing; None where it can, or isn't there any more."""
    half = form.network if given == "network" else form.container
    if half is None or form.is_given_gone:
        return None
    if lock := (protection.networks if given == "network" else protection.containers).get(half.docker_id):
        return NoFormReason(lock.sentence, is_protected=True)
    if isinstance(half, NetworkChoice):
        return _of_network(engine_slug, half)
    return _of_container(engine_slug, half, form.containers)


def _of_network(engine_slug: str, network: NetworkChoice) -> NoFormReason | None:
    found = next(check_joining(network), None)
    if found is None:
        found = next(check_plugin(engine_slug, network.driver), None)
        return NoFormReason(say_finding(found), say_advice(found)) if found else None
    create = _link(_("Create a network…"), "network_create", engine_slug)
    if found.key == "network_config_only":
        advice = _("Create a network that takes its configuration from it, and connect the container to that one.")
        return NoFormReason(say_finding(found), advice, (create,))
    if found.key in ("network_ingress", "network_for_services"):
        advice = _("Create an overlay network that is attachable, and connect the container to that one.")
        return NoFormReason(say_finding(found), advice, (create,))
    mode = Mode.HOST if network.driver == "host" else Mode.NONE
    run = _link(_("Run a container there…"), "container_run", engine_slug, mode=mode.value)
    return NoFormReason(say_finding(found), _("A container joins it only when it is created."), (run,))


def _of_container(engine_slug: str, container: ContainerChoice, others: Iterable[ContainerChoice]) -> NoFormReason | None:
    found = next(check_container(container), None)
    if found is None:
        return None
    if found.key == "container_leaving":
        url = reverse("container_detail", args=[engine_slug, container.docker_id])
        return NoFormReason(say_finding(found), "", (open_page_of(container.name, url),))
    if found.key == "container_none":
        move = _link(_("Move it to a network…"), "container_move", engine_slug, container.docker_id)
        advice = _("It can be moved: it leaves none first and is connected then, as one job.")
        return NoFormReason(say_finding(found), advice, (move,))
    if found.key == "container_mode_lost" and len(container.lost_mode) < ID_LENGTH:
        advice = _("Create a network with that name, whatever its subnet: then it can be connected again.")
        return NoFormReason(say_finding(found), advice, (_link(_("Create a network…"), "network_create", engine_slug),))
    known = Container.objects.filter(engine__slug=engine_slug, docker_id=container.docker_id)
    image = known.values_list("image", flat=True).first() or ""
    anew = _link(_("Recreate it…"), "container_run", engine_slug, image=image)
    advice = _(
        "The network mode is chosen when a container is created. Recreated from its image, it can be on any network; its "
        "command, variables and volumes have to be given again."
    )
    donor_id = container.network_mode.removeprefix(DONOR_PREFIX)
    donor = next((each for each in others if each.docker_id == donor_id), None) if found.key == "container_shared" else None
    if donor is None:
        return NoFormReason(say_finding(found), advice, (anew,))
    name = {"name": spell(donor.name)[:60]}
    if next(check_container(donor), None):
        fix = _link(_("Open %(name)s") % name, "container_detail", engine_slug, donor.docker_id)
    else:
        fix = _link(_("Connect %(name)s…") % name, "container_connect", engine_slug, donor.docker_id)
    shared = _("Containers that share the stack of %(name)s get its networks too.") % name
    return NoFormReason(say_finding(found), f"{shared} {advice}", (fix, anew))


def _link(label: str, page: str, *where: str, **filled: str) -> Fix:
    """Return a link to a page, the form on it filled in with this much."""
    query = urlencode({name: value for name, value in filled.items() if value})
    url = reverse(page, args=where)
    return Fix(label, "", url=f"{url}?{query}" if query else url, is_primary=True)
