"""The sentences of what is checked before a container is run."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.queries.engine_context import ContainerChoice, NetworkChoice

SENTENCES: dict[str, Promise] = {
    "image_missing": _("Choose an image."),
    "image_there": _("This Engine has the image %(image)s."),
    "image_absent": _("This Engine doesn't have the image %(image)s: pull it first."),
    "images_unknown": _("Whether the image is there could not be checked: the Engine doesn't answer."),
    "run_name_invalid": _("“%(name)s” can't be a container's name: letters, digits, “_”, “.” and “-”, at least two."),
    "run_name_taken": _("Another container is called %(name)s."),
    "run_name_free": _("No other container is called %(name)s."),
    "port_unreadable": _("“%(typed)s” is not a port mapping. It looks like 8080:80, or 127.0.0.1:8080:80/udp."),
    "port_protocol": _("“%(protocol)s” is not one of tcp, udp and sctp."),
    "port_number": _("“%(typed)s”: ports go from 1 to 65535, and a range starts at its lower end."),
    "ports_many": _("These are more than %(limit)s ports: the rest was not read."),
    "port_range": _("“%(typed)s”: both ranges need the same number of ports, at most %(limit)s."),
    "port_held": _("The container %(name)s already publishes port %(port)s."),
    "port_of_process": _("The process %(name)s on the Engine's machine uses port %(port)s."),
    "port_perhaps_of_process": _(
        "The process %(name)s on the Engine's machine uses port %(port)s by IPv6, and by IPv4 as well unless it keeps to IPv6."
    ),
    "port_twice": _("Port %(port)s is given twice, for one address or for all of them."),
    "port_address_unseen": _("The machine has no address %(address)s, as far as can be seen from here."),
    "ports_free": _("The ports are free: no container publishes them, and no visible process listens on them."),
    "ports_unused": _("In this mode no port is published: Docker would silently drop them."),
    "ports_unpublished": _(
        "Docker publishes no port there: none of these networks is a bridge or an overlay that leads outside."
    ),
    "ports_on_host": _("On the host's network every port is the host's own: Docker publishes none."),
    "donor_missing": _("Choose the container to share the network with."),
    "donor_gone": _("This container is not there any more."),
    "donor_stopped": _("%(name)s isn't running, so it has no network to share."),
    "donor_shared": _(
        "%(name)s itself shares another container's network. "
        "This one shares what %(name)s is in now, and starts only while it runs."
    ),
    "donor_runs": _("It shares the whole network of %(name)s: addresses, ports, names. It is cut off when %(name)s restarts."),
    "donor_on_host": _("It shares the host's whole network with %(name)s, and keeps it when %(name)s stops or restarts."),
    "shared_conflict": _("A container that shares another's network can't have this of its own: Docker refuses it."),
    "sysctl_not_net": _("%(key)s is not a network setting: only net.* can be set here."),
    "sysctl_on_host": _("On the host's network this would change the host's setting: Docker refuses it."),
    "network_elsewhere_too": _(
        "A container can start on one network that this Engine doesn't list yet: connect it to %(network)s when it runs."
    ),
    "subnets_clash_new": _("%(network)s has the same subnet as %(other)s: Docker puts no container on both."),
    "network_twice": _("%(network)s is given twice."),
    "bridge_with_others": _(
        "docker run accepts the default bridge only as the single network. Connect the container to it afterwards."
    ),
    "mac_first_only": _("Engine %(version)s sets one MAC address, on the first network."),
    "variable_unreadable": _("Line %(number)s must look like NAME=value."),
    "variables_kept": _("Values of variables are sent to Docker; they are not shown, stored or logged."),
    "restart_most_alone": _("Maximum retries can be set only with “on failure”."),
    "restart_most_invalid": _("“%(typed)s” is not a number of retries."),
    "stop_signal_invalid": _("“%(typed)s” is not a signal. It looks like SIGTERM, or 15."),
    "host_name_invalid": _("“%(typed)s” is not a valid host name."),
    "ends_at_once": _("Without -it, a shell that waits for input ends at once."),
}
TEXTS: dict[str, Promise] = {
    "image_absent": _("The progress of the pull is shown here; what you typed is kept."),
    "donor_runs": _("The container whose network is shared publishes the ports, not this one."),
}
WAYS: dict[str, Promise] = {
    "ports_unused": _("Remove the ports"),
    "ports_on_host": _("Remove the ports"),
    "ports_unpublished": _("Remove the ports"),
    "shared_conflict": _("Drop it"),
    "sysctl_on_host": _("Drop it"),
    "restart_most_alone": _("Drop it"),
}


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
