"""Containers and networks as lines of a list to choose from."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.queries.ground import ContainerChoice, NetworkChoice


def label_container(choice: ContainerChoice) -> str:
    """Return a container as a line of a list: "wordpress · running · on bridge"."""
    if choice.network_mode.startswith("container:"):
        place = str(_("in another container's network"))
    elif choice.networks:
        place = str(_("on %(networks)s")) % {"networks": ", ".join(choice.networks)}
    else:
        place = str(_("on no network"))
    # the words for states are those of templatetags/ui.py; one that nobody knows stays as Docker has it
    return " · ".join((choice.name, gettext(choice.state), place))


def label_network(choice: NetworkChoice) -> str:
    """Return a network as a line of a list: "front · bridge · 10.20.0.0/24"."""
    subnets = ", ".join(str(pool.subnet) for pool in choice.pools)
    use = ""
    if choice.is_config_only:
        use = gettext("Config-only")
    elif choice.is_for_services:
        use = gettext("services only")
    via = gettext("through %(engine)s") % {"engine": choice.via} if choice.via else ""
    return " · ".join(filter(None, (choice.name, choice.driver, subnets, use, via)))
