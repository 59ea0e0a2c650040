"""The sentence of each finding, in the reader's language. Keys come from `addressing/` and from the forms' own checks."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Finding
from networks.preflight import launch_wording as of_launching
from networks.preflight import option_words as of_drivers
from networks.preflight import rights_wording as of_rights
from networks.preflight import subnet_wording as of_subnets
from networks.preflight import swarm_sentences as of_swarm

SENTENCES: dict[str, Promise] = {
    # containers
    "container_name_wrong": _("A name has at least two letters, digits, _ . or -, and begins with a letter or a digit."),
    "container_name_same": _("It is called that already."),
    # the Engine's machine
    "host_gateway": _("%(subnet)s contains %(what)s, the host's default gateway (%(by)s)."),
    "host_lan": _("%(subnet)s collides with %(what)s, the host's network on %(by)s, which carries its default route."),
    "host_address": _("%(subnet)s contains %(what)s, the host's address on %(by)s."),
    "host_on_link": _("%(subnet)s collides with %(what)s, which the host reaches directly on %(by)s."),
    "host_name_server": _("%(subnet)s contains %(what)s, a name server of the host."),
    "host_route": _("%(subnet)s collides with %(what)s, which the host reaches through the router %(by)s."),
    "host_nowhere": _("%(subnet)s collides with %(what)s, which a route of the host blocks."),
    "host_hidden": _("%(subnet)s hides %(what)s, to which the host has a route, from the network's containers."),
    "host_unknown": _("The host's own routes, addresses and name servers could not be checked: they are not seen from here."),
    "name_servers_unknown": _("The host's name servers could not be checked: they are not seen from here."),
    "host_in_range": _("%(address)s is the host's address on %(link)s, and Docker may hand it out."),
    "no_router": _("Docker gives the containers %(gateway)s as their gateway, and the host knows no router on %(link)s."),
    "not_the_router": _("The router on %(link)s is %(address)s, not %(gateway)s."),
    "other_router": _("The router on %(link)s is %(address)s; if no gateway is set here, Docker uses %(gateway)s."),
    "any_of_size": _("Docker chooses a free subnet with prefix length /%(length)s."),
    "any_of_size_not_yet": _("Engine %(version)s would treat this as an ordinary subnet. Leave it empty and Docker chooses."),
    "subnet_by_docker": _("Docker chooses the subnet. Containers then can't request a fixed address."),
    "subnet_by_ipam": _("The IPAM driver %(driver)s is asked for a subnet. Containers then can't request a fixed address."),
    # names
    "name_missing": _("A network needs a name."),
    "name_invalid": _("A name begins with a letter or digit; letters, digits, “_”, “.” and “-” may follow."),
    "name_too_long": _("This name has %(length)s characters; the limit here is %(limit)s."),
    "name_predefined": _("Docker keeps the name %(name)s for itself and makes no network of that name."),
    "name_of_swarm": _("In a swarm Docker has a network called %(name)s itself. One of that name can't be removed here."),
    "name_taken": _("There is already a network called %(name)s."),
    "name_like_mode": _(
        "docker run reads --network %(name)s as another container's network: only this network's ID works there."
    ),
    "name_like_id": _("This name looks like an ID: a short ID of another network may be mistaken for it."),
    "name_free": _("No other network is called %(name)s."),
    # drivers and options
    "driver_single": _("There can be only one network with the driver %(driver)s, and Docker made it already."),
    "driver_needs_swarm": _("An overlay network needs a swarm, and this Engine is not a swarm manager."),
    "driver_known": _("This Engine has the driver %(driver)s."),
    "pairs_unreadable": _("“%(line)s” is not key=value."),
    "pairs_twice": _("%(key)s is set twice."),
    "label_blank": _("The docker command doesn't accept a space in a label's name: “%(key)s”."),
    "pairs_many": _("There are %(count)s lines; this form accepts %(limit)s. The docker command accepts more."),
    "option_unknown": _("Docker does not know the option %(key)s; it accepts and ignores it."),
    "option_not_yet": _("Engine %(version)s ignores %(key)s. It came with Engine %(since)s."),
    "option_not_bool": _("%(key)s must be true or false."),
    "option_not_choice": _("%(key)s can't be %(value)s. Docker knows %(known)s."),
    "option_above": _("%(key)s has its own field above, and that is filled in."),
    "choice_not_yet": _("Engine %(version)s does not know %(value)s. It came with Engine %(since)s."),
    "isolated_not_internal": _("Docker requires an isolated network to be internal."),
    "bridge_name_long": _("The bridge name %(value)s has %(length)s characters; Linux allows 15."),
    "bridge_name_invalid": _("%(value)s can't be the name of a Linux device."),
    "bridge_name_taken": _("The network %(owner)s already uses the bridge %(value)s."),
    "vlan_invalid": _("%(value)s can't be a VLAN: its number goes up to %(limit)s."),
    "prefix_invalid": _("%(value)s can't be the start of a Linux device's name: letters and digits, up to %(limit)s."),
    "vxlan_invalid": _("VXLAN IDs are numbers from 1 to 16777215, separated by commas."),
    "not_an_ipv4": _("“%(typed)s” is not an IPv4 address."),
    "not_an_ipv6": _("“%(typed)s” is not an IPv6 address."),
    "mtu_invalid": _("An MTU is a number from 68 to 65535."),
    "mtu_ipv6": _("IPv6 needs an MTU of 1280 or more."),
    "bridge_two_pools": _("A bridge network has at most one pool for IPv4 and one for IPv6."),
    "no_parent": _("Without the option parent, the containers reach only each other."),
    "attachable_idle": _("This changes nothing: on a network of one machine any container may be."),
    "services_only": _("Only services of the swarm could be on it: no container that is run or connected by hand."),
    # IPv6
    "ipv6_off": _("Docker would silently drop %(subnet)s: IPv6 is off for this network."),
    "ipv6_not_on": _("Docker silently drops %(subnet)s, unless this Engine was started with IPv6 on for new networks."),
    "ipv6_without_pool": _("Engine %(version)s does not choose an IPv6 subnet by itself."),
    "only_ipv6_pool": _("Docker adds an IPv4 subnet that it chooses itself."),
    "ipv4_by_ipam": _("The IPAM driver %(driver)s is asked for an IPv4 subnet as well."),
    "ipv6_both": _("IPv6 is on above and off here."),
    "ipv4_off": _("IPv4 is off for this network, and a pool has an IPv4 subnet."),
    "no_family": _("With IPv4 off and without IPv6, no container would get an address."),
    # what only some networks have
    "member_not_yet": _("Engine %(version)s does not know this. It came with Engine %(since)s."),
    "config_only_alone": _("A config-only network can't have this; the networks that use its configuration can."),
    "config_only_use": _("No container can join it: it only provides configuration for other networks."),
    "config_both": _("A config-only network can't take its configuration from another one."),
    "config_from_missing": _("This Engine has no config-only network called %(name)s."),
    "config_from_alone": _("Pools, options, labels, IPAM and IPv6 come from %(name)s; remove what is set here."),
    "ingress_needs_overlay": _("Only an overlay network can be the swarm's ingress."),
    "scope_needs_swarm": _("The scope swarm needs a swarm, and this Engine is not a swarm manager."),
    "scope_local_overlay": _("An overlay network always spans the swarm; it can't be local."),
    "ipam_driver_unknown": _(
        "Nothing shows that this Engine has the IPAM driver “%(driver)s”. Docker would look for it for 15 s."
    ),
    "ipam_null_own": _("The IPAM driver null hands out no addresses, but Docker's own drivers need them."),
    "ipam_null_pools": _("The IPAM driver null hands out no addresses, so it takes no pools."),
    # connecting
    "container_missing": _("Choose a container."),
    "network_missing": _("Choose a network."),
    "container_gone": _("This container is not there any more."),
    "network_gone": _("This network is not there any more."),
    "container_removed": _("The container %(name)s was removed."),
    "network_removed": _("The network %(name)s was removed."),
    "container_replaced": _("The container %(name)s was removed; another one has that name now."),
    "network_replaced": _("The network %(name)s was removed; another one has that name now."),
    "network_host": _("host is a special network: containers join it when they are made, and stay."),
    "network_none": _("none is a special network: containers join it when they are made, and leave it for other networks."),
    "network_config_only": _("%(network)s only holds settings for other networks: no container can be on it."),
    "network_ingress": _("%(network)s brings the published ports of services in: no container of your own can be on it."),
    "network_for_services": _("%(network)s is for services of the swarm alone: it was not made attachable."),
    "container_mode_lost": _(
        "While %(container)s runs, Docker connects it to nothing: its own network, %(network)s, isn't there any more."
    ),
    "container_leaving": _("Docker is removing %(container)s, or could not: it can't be connected or disconnected."),
    "container_host": _("%(container)s uses the host's own network, so it can't be connected to others."),
    "container_host_idle": _(
        "%(container)s was made with the host's own network and starts in it, whatever it is connected to: Docker would connect "
        "it while it is stopped, and then not start it, or give the new address to the host itself."
    ),
    "container_shared": _("%(container)s shares another container's network, so it has no connections of its own."),
    "container_none": _("%(container)s is on none, and a container on none can be on no other network."),
    "already_connected": _("%(container)s is on %(network)s already."),
    "protected": _("%(reason)s"),
    "container_can": _("%(container)s can join %(network)s."),
    "let_out_already": _(
        "Docker gave %(container)s an interface on %(network)s itself: it is its way out of an overlay network."
    ),
    "container_stopped": _("%(container)s is not running: it joins once it starts, and only if it can."),
    "pool_full": _("Docker has no address left for %(container)s on %(network)s: every address of %(subnets)s is taken."),
    "pool_full_then": _("Docker has no address left for %(container)s on %(network)s once the others have theirs."),
    "pool_full_later": _("%(container)s can join %(network)s, but not start there while every address of %(subnets)s is taken."),
    "pool_full_new": _("Docker would not start it on %(network)s: every address of %(subnets)s is taken."),
    "subnets_clash": _(
        "%(container)s is on %(other)s, which has the same subnet as %(network)s: Docker puts no container on both."
    ),
    "subnets_clash_later": _(
        "%(container)s is on %(other)s, which has the same subnet as %(network)s: on both, Docker doesn't start it."
    ),
    "static_on_default_bridge": _("Docker's default bridge doesn't support fixed addresses; a network of your own does."),
    "alias_on_default_bridge": _("Docker's default bridge has no aliases; a network of your own does."),
    "alias_invalid": _("“%(alias)s” is not a valid DNS name."),
    "link_local_not": _("%(address)s is not link-local: such addresses are in 169.254.0.0/16 or fe80::/10."),
    "link_local_no_ipv6": _("%(address)s needs IPv6, which is off for this network."),
    "link_on_default_bridge": _(
        "On Docker's default bridge, links can be set only when a container is created; on a network of your own, at any time."
    ),
    "link_unreadable": _("“%(typed)s” is not container:name."),
    "link_container_missing": _("This Engine has no container called %(name)s."),
    "link_to_itself": _("%(name)s can't be linked to itself."),
    "link_elsewhere": _("%(name)s is not on %(network)s, so this link doesn't resolve yet."),
    "priority_invalid": _("A priority is a whole number from -%(limit)s to %(limit)s."),
    "mac_unreadable": _("“%(typed)s” is not a MAC address. It looks like 02:42:ac:48:00:0a."),
    "mac_multicast": _("%(mac)s is a multicast address; an interface can't have it."),
    "mac_zero": _("%(mac)s can't be the address of an interface."),
    "mac_held": _("%(name)s already has %(mac)s: with a duplicate MAC address, packets get lost."),
    "mac_no_flag": _("The docker command has no option for the MAC address here; only the API accepts it."),
    "interface_name_invalid": _(
        "%(value)s can't be the name of an interface: up to %(limit)s characters, no space, “/”, “:” or “%%”."
    ),
    "sysctl_unreadable": _("“%(typed)s” must look like net.ipv4.conf.IFNAME.forwarding=1, with ipv4, ipv6 or mpls."),
    "endpoint_not_yet": _("Engine %(version)s would accept this and ignore it. It came with Engine %(since)s."),
    "endpoint_option_above": _("%(key)s has its own field above, and that is filled in."),
    "ipv4_family": _("%(address)s is an IPv6 address."),
    "ipv6_family": _("%(address)s is an IPv4 address."),
    "ipv4_no_pool": _("This network has no IPv4 subnet."),
    "ipv6_no_pool": _("This network has no IPv6 subnet."),
    "address_outside": _("%(address)s is not inside %(subnet)s."),
    "address_of_subnet": _("%(address)s is reserved by %(subnet)s itself; no container can have it."),
    "address_is_gateway": _("%(address)s is the gateway of this network."),
    "address_likely_gateway": _(
        "%(address)s is the network's gateway, most likely: none was named, and Docker takes the first address then."
    ),
    "address_is_reserved": _("%(address)s is reserved as %(name)s."),
    "address_held": _("%(name)s has %(address)s."),
    "address_wished": _("%(name)s, which is stopped, requests %(address)s and could no longer start."),
    "address_of_host": _("%(address)s is the host's address on %(name)s."),
    "address_is_router": _("%(address)s is a router of the host (%(name)s)."),
    "address_is_name_server": _(
        "%(address)s is a name server of the host. That is fine if this container is to be that name server."
    ),
    "address_free": _("%(address)s is free, as far as Docker knows."),
    # pruning
    "until_unreadable": _("“%(typed)s” is not a time: write an age, such as 24h, or a date, such as 2026-11-24."),
    "quote_open": _("A quotation mark is not closed."),
    # confirming
    "typed_name_wrong": _("Type it exactly as shown above."),
    "typed_count_wrong": _("Type the number shown above."),
    "breaks_more": _("More would break now than this page showed."),
    **of_drivers.SENTENCES,
    **of_swarm.SENTENCES,
    **of_launching.SENTENCES,
    **of_rights.SENTENCES,
    **of_subnets.SENTENCES,
}

# What Docker would do, or what helps, where the sentence alone doesn't say enough.
_CUT_OFF = _(
    "Docker accepts it. The host then looks for that network behind the new bridge: it may lose its "
    "connection, and you yours to it."
)
_UNREACHED = _("Docker accepts it. The host then can't reliably reach addresses in that range.")
_FREE_ONE = _("Stop or disconnect a container that is on it, or use another network.")
TEXTS: dict[str, Promise] = {
    "host_gateway": _CUT_OFF,
    "address_free": _("Where Docker chose the subnet itself it may refuse a chosen address, and it doesn't tell whether it did."),
    "host_lan": _CUT_OFF,
    "host_address": _UNREACHED,
    "host_on_link": _UNREACHED,
    "host_name_server": _("Docker accepts it. The host, and containers that use it, may then fail to resolve names."),
    "host_route": _("Docker accepts it. The host and the new network's containers then can't reach that network."),
    "host_unknown": _("Look yourself where the Engine runs: ip route; ip address; cat /etc/resolv.conf"),
    "name_servers_unknown": _("Look yourself where the Engine runs: cat /etc/resolv.conf"),
    "pool_full": _FREE_ONE,
    "pool_full_later": _FREE_ONE,
    "pool_full_new": _FREE_ONE,
    "in_default_pools": _("Nothing breaks: Docker skips it from now on, and has one subnet less to choose from."),
    "let_out_already": _("Docker refuses a second one, and a disconnect after that would take the way out away."),
    **of_drivers.TEXTS,
    **of_swarm.TEXTS,
    **of_launching.TEXTS,
}

# What the button says that takes the suggestion.
WAYS: dict[str, Promise] = {
    "ipv6_off": _("Turn IPv6 on"),
    "ipv6_not_on": _("Turn IPv6 on"),
    "ipv6_without_pool": _("Add %(suggestion)s"),
    "address_held": _("Use %(suggestion)s, the next free one"),
    "overlaps": _("Use %(suggestion)s, which is free"),
    "pool_full": _("Request %(suggestion)s, which is free"),
    "pool_full_new": _("Request %(suggestion)s, which is free"),
    "host_name_server": _("Use %(suggestion)s, which is free"),
    "host_on_link": _("Use %(suggestion)s, which is free"),
    "host_address": _("Use %(suggestion)s, which is free"),
    "host_lan": _("Use %(suggestion)s, which is free"),
    "host_gateway": _("Use %(suggestion)s, which is free"),
    "address_of_host": _("Use %(suggestion)s, the next free one"),
    "address_is_router": _("Use %(suggestion)s, the next free one"),
    "address_is_name_server": _("Use %(suggestion)s, the next free one"),
    "host_in_range": _("Reserve it"),
    "not_the_router": _("Use %(suggestion)s"),
    "other_router": _("Use %(suggestion)s"),
    "option_unknown": _("Remove the option"),
    "option_not_yet": _("Remove the option"),
    "member_not_yet": _("Leave it to Docker"),
    "isolated_not_internal": _("Make it internal"),
    "attachable_idle": _("Drop it"),
    "services_only": _("Make it attachable"),
    "ipv4_off": _("Turn IPv4 on"),
    "no_family": _("Turn IPv6 on"),
    "ipv6_both": _("Drop it here"),
    "config_only_alone": _("Drop it"),
    "config_both": _("Drop it"),
    "config_from_missing": _("Drop it"),
    "config_from_alone": _("Take no configuration from it"),
    "ingress_needs_overlay": _("Use the driver overlay"),
    "scope_needs_swarm": _("Leave it to the driver"),
    "scope_local_overlay": _("Leave it to the driver"),
    "ipam_driver_unknown": _("Use Docker's own"),
    "ipam_null_pools": _("Use Docker's own"),
    "ipam_null_own": _("Use Docker's own"),
    "range_ends_block": _("Leave out the IP range"),
    "range_without_gateway": _("Leave out the IP range"),
    "static_on_default_bridge": _("Let Docker choose"),
    "any_of_size_not_yet": _("Let Docker choose"),
    "alias_on_default_bridge": _("Remove them"),
    "container_replaced": _("Choose the new one"),
    "network_replaced": _("Choose the new one"),
    "link_on_default_bridge": _("Remove them"),
    "endpoint_not_yet": _("Leave it to Docker"),
    "endpoint_option_above": _("Drop it here"),
    **of_drivers.WAYS,
    **of_swarm.WAYS,
    **of_launching.WAYS,
    **of_rights.WAYS,
}


def say_finding(finding: Finding) -> str:
    """Return the sentence of a finding."""
    return str(SENTENCES[finding.key]) % finding.parameters


def say_advice(finding: Finding) -> str:
    """Return what Docker would do, or what helps, "" where the sentence says enough."""
    return str(TEXTS[finding.key]) if finding.key in TEXTS else ""


def label_fix(finding: Finding) -> str:
    """Return the label of the button that takes a finding's suggestion."""
    template = str(WAYS[finding.key]) if finding.key in WAYS else gettext("Did you mean %(suggestion)s?")
    return template % {"suggestion": finding.suggestion}
