"""The sentences of findings about swarms; see preflight/sentences.py, which says them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "swarm_address_unreadable": _("“%(typed)s” is neither an IP address nor the name of a link."),
    "swarm_address_nowhere": _("Others can't reach %(address)s: it means this machine itself, or no address."),
    "swarm_address_loopback": _("%(address)s is loopback: no other machine can join this swarm."),
    "swarm_address_not_here": _("The machine doesn't have the address %(address)s, as far as can be seen from here."),
    "swarm_address_several": _("The machine has several addresses: Docker won't choose one."),
    "swarm_address_none": _("The machine has no address that others could reach: Docker has none to choose."),
    "swarm_address_known": _("%(address)s is the machine's own, on %(link)s."),
    "swarm_address_by_docker": _("Docker chooses the address that others reach this machine by."),
    "swarm_port_invalid": _("A port is a number from 1 to 65535."),
    "swarm_no_remote": _("The address of a manager is needed, such as 192.0.2.1:2377."),
    "swarm_no_manager": _("Choose the swarm to join."),
    "swarm_no_token": _("A join token is needed."),
    "swarm_token_shape": _("A join token begins with SWMTKN-1- and has two parts after it."),
    "swarm_pool_size": _("Blocks of /%(size)s are bigger than the pool %(subnet)s, or too small: /29 is the smallest."),
    "swarm_pool_ipv6": _("%(subnet)s is IPv6: overlay networks get IPv4 blocks from these pools."),
    "swarm_pool_twice": _("%(subnet)s overlaps %(other)s, another of these pools."),
    "swarm_pool_network": _(
        "%(other)s of the network %(owner)s is inside %(subnet)s: once the two overlap, no container can use both."
    ),
    "swarm_pool_host": _("%(subnet)s contains %(what)s, which the host uses: a container on that block can't reach it."),
    "swarm_pool_free": _(
        "%(subnet)s overlaps no network and no route of this machine; overlay networks that fit into it: %(count)s."
    ),
    "swarm_pool_docker": _("Docker uses 10.0.0.0/8 if no pool is given."),
    "swarm_listens": _("The machine listens on %(address)s for other nodes; nodes also talk on 7946 and UDP %(port)s."),
}
TEXTS: dict[str, Promise] = {
    "swarm_pool_network": _(
        "Docker takes blocks from the pool in turn and ignores the networks of single machines. The pools can't be changed later."
    ),
    "swarm_pool_host": _("The pools can't be changed later: choose one that no machine of the swarm uses."),
    "swarm_address_loopback": _("It is enough for trying overlay networks on one machine."),
}
WAYS: dict[str, Promise] = {
    "swarm_address_several": _("Use %(suggestion)s"),
    "swarm_address_not_here": _("Use %(suggestion)s"),
    "swarm_pool_size": _("Use /%(suggestion)s"),
}
