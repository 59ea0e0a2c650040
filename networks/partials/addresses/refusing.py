"""Why an address can't be kept where it is, and what would help: in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.engine.states import WITH_STACK
from networks.partials.screen import url_of
from networks.policy.protection import protection_of
from networks.preflight.findings import Fix, say_finding
from networks.preflight.pair import check_container, check_network
from networks.queries.addresses.keeping import unrequested_addresses
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.rows import EndpointRow
from networks.templatetags.wording import spell

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class KeepRefusal:
    """Why not, what would help, and where that is done. `is_kept`: it isn't needed, for the address was asked for."""

    title: str
    text: str = ""
    fixes: tuple[Fix, ...] = ()
    is_kept: bool = False


def why_not_kept(
    engine_slug: str,
    network: NetworkChoice,
    container: ContainerChoice,
    endpoint: EndpointRow | None,
    *,
    takes_chosen: bool | None,
    is_left_off: bool,
    may_give_options: bool,
) -> KeepRefusal | None:
    """Return why this endpoint's address isn't kept, None where it may be. `takes_chosen`: None where nothing tells."""
    names = {"network": spell(network.name)[:_SHOWN], "container": spell(container.name)[:_SHOWN]}
    special = [*check_network(network), *check_container(container)]
    lock = protection_of(engine_slug).lock_on_pair(network.docker_id, container.docker_id)
    if special or lock:
        return KeepRefusal(_("The address can't be kept"), say_finding(special[0]) if special else lock.sentence if lock else "")
    if refusal := _why_no_chosen(engine_slug, network, container, names, takes_chosen=takes_chosen):
        return refusal
    if endpoint is None:
        title = _("%(container)s is not on %(network)s") % names
        return None if is_left_off else KeepRefusal(title, _("It has no address there to keep."))
    if container.state not in WITH_STACK:
        words = _("It gets one when it starts. To choose it before, take it off the network and connect it with an address.")
        return KeepRefusal(_("%(container)s does not run, so it has no address") % names, words)
    if not unrequested_addresses(endpoint):
        addresses = [address for address in (endpoint.ipv4, endpoint.ipv6) if address]
        words = ngettext(
            "%(addresses)s was requested: %(container)s gets it at every start, and can't start while another container has it.",
            "%(addresses)s were requested: %(container)s gets them at every start, and can't start while another one has either.",
            len(addresses),
        )
        return KeepRefusal(_("It is kept already"), words % (names | {"addresses": ", ".join(addresses)}), is_kept=True)
    if not may_give_options:
        words = _("Its driver options may affect the host, and setting them again needs the role admin on this Engine.")
        return KeepRefusal(_("Your role doesn't let you connect it as it is now"), words)
    return None


def _why_no_chosen(
    engine_slug: str, network: NetworkChoice, container: ContainerChoice, names: Mapping[str, str], *, takes_chosen: bool | None
) -> KeepRefusal | None:
    if network.name == "bridge" and network.driver == "bridge":
        return KeepRefusal(
            _("An address can't be chosen on Docker's default bridge"),
            _(
                "It hands out the lowest free address, so a restart in another order may change them. On a network of your own "
                "with a subnet that you typed, an address can be kept: create one, and connect %(container)s to it."
            )
            % names,
            _ways(engine_slug, container),
        )
    if takes_chosen is False:
        return KeepRefusal(
            _("An address can't be chosen on %(network)s") % names,
            _(
                "Docker chose its subnet itself, and then accepts no chosen address: the Engine said so when asked. This "
                "can't be changed later. Create a network with a subnet of your own (in Compose: ipam, config, subnet), "
                "and connect %(container)s to it."
            )
            % names,
            _ways(engine_slug, container),
        )
    return None


def _ways(engine_slug: str, container: ContainerChoice) -> tuple[Fix, ...]:
    create = Fix(_("Create a network…"), "", is_primary=True, url=url_of("network_create", engine_slug))
    connect = Fix(
        _("Connect %(container)s…") % {"container": spell(container.name)[:_SHOWN]},
        "",
        url=url_of("container_connect", engine_slug, container.docker_id),
    )
    return create, connect
