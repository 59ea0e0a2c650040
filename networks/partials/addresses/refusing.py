"""Why an address can't be kept where it is, and what would help: in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from networks.forms.findings import Way
from networks.forms.preflight.pair import check_container, check_network
from networks.forms.sentences import say
from networks.partials.links import url_of
from networks.policy.protection import protection_of
from networks.queries.addresses.keeping import HAS_ADDRESS, addresses_of
from networks.queries.ground import ContainerChoice, NetworkChoice
from networks.queries.rows import EndpointRow
from networks.templatetags.wording import spell

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why not, what would help, and where that is done. `is_kept`: it isn't needed, for the address was asked for."""

    title: str
    text: str = ""
    ways: tuple[Way, ...] = ()
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
) -> WhyNot | None:
    """Return why this endpoint's address isn't kept, None where it may be. `takes_chosen`: None where nothing tells."""
    names = {"network": spell(network.name)[:_SHOWN], "container": spell(container.name)[:_SHOWN]}
    special = [*check_network(network), *check_container(container)]
    lock = protection_of(engine_slug).lock_on_pair(network.docker_id, container.docker_id)
    if special or lock:
        return WhyNot(_("It can't be kept"), say(special[0]) if special else lock.sentence if lock else "")
    if refusal := _why_no_chosen(engine_slug, network, container, names, takes_chosen=takes_chosen):
        return refusal
    if endpoint is None:
        title = _("%(container)s is not on %(network)s") % names
        return None if is_left_off else WhyNot(title, _("It has no address there that could be kept."))
    if container.state not in HAS_ADDRESS:
        words = _("It gets one when it starts. To choose it before, take it off the network and connect it with an address.")
        return WhyNot(_("%(container)s does not run, so it has no address") % names, words)
    if not addresses_of(endpoint):
        words = _("%(address)s was asked for: %(container)s gets it at every start, or does not start while another has it.")
        address = endpoint.ipv4 or endpoint.ipv6
        return WhyNot(_("It is kept already"), words % (names | {"address": address}), is_kept=True)
    if not may_give_options:
        words = _("Its driver options may touch the host, and to give them again takes the role admin on this Engine.")
        return WhyNot(_("Your role doesn't let you connect it as it is now"), words)
    return None


def _why_no_chosen(
    engine_slug: str, network: NetworkChoice, container: ContainerChoice, names: Mapping[str, str], *, takes_chosen: bool | None
) -> WhyNot | None:
    if network.name == "bridge" and network.driver == "bridge":
        return WhyNot(
            _("Docker's default bridge takes no chosen address"),
            _(
                "It hands its addresses out in turn, so a restart in another order may move them. On a network of your own whose"
                " subnet was typed, an address can be kept: make one, and connect %(container)s to it."
            )
            % names,
            _ways(engine_slug, container),
        )
    if takes_chosen is False:
        return WhyNot(
            _("Docker takes no chosen address on %(network)s") % names,
            _(
                "Docker chose its subnet by itself, and then takes none: the Engine said so when it was asked. It can't be"
                " changed afterwards. Make a network with a typed subnet (in Compose: ipam, config, subnet), and connect"
                " %(container)s to that."
            )
            % names,
            _ways(engine_slug, container),
        )
    return None


def _ways(engine_slug: str, container: ContainerChoice) -> tuple[Way, ...]:
    create = Way(_("Create a network…"), "", is_primary=True, url=url_of("network_create", engine_slug))
    connect = Way(
        _("Connect %(container)s…") % {"container": spell(container.name)[:_SHOWN]},
        "",
        url=url_of("container_connect", engine_slug, container.docker_id),
    )
    return create, connect
