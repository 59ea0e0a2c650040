"""The sentences of findings about swarms; see forms/sentences.py, which says them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "swarm_address_unreadable": _("“%(typed)s” is no IP address and no link's name."),
    "swarm_address_nowhere": _("%(address)s can't be reached by others: it means this machine itself, or none."),
    "swarm_address_loopback": _("%(address)s is loopback: no other machine can join this swarm."),
    "swarm_address_not_here": _("The machine has no address %(address)s, as far as can be seen from here."),
    "swarm_address_several": _("The machine has several addresses: Docker refuses to choose one of them."),
    "swarm_address_none": _("The machine has no address that another one could reach: Docker finds none to choose."),
    "swarm_address_known": _("%(address)s is the machine's own, on %(link)s."),
    "swarm_address_by_docker": _("Docker chooses the address that others reach this machine by."),
    "swarm_port_invalid": _("A port is a number from 1 to 65535."),
    "swarm_no_remote": _("The address of a manager is needed, such as 192.0.2.1:2377."),
    "swarm_no_manager": _("Choose whose swarm it shall join."),
    "swarm_no_token": _("A join token is needed."),
    "swarm_token_shape": _("A join token begins with SWMTKN-1- and has two parts after it."),
    "swarm_pool_size": _("Blocks of /%(size)s are bigger than the pool %(subnet)s, or too small: /29 is the smallest."),
    "swarm_pool_ipv6": _("%(subnet)s is IPv6: overlay networks get IPv4 blocks of their own."),
    "swarm_pool_twice": _("%(subnet)s overlaps %(other)s, another of these pools."),
    "swarm_pool_network": _("%(other)s of the network %(owner)s lies in %(subnet)s: no container can use both once they meet."),
    "swarm_pool_host": _("%(subnet)s holds %(what)s, which the host has: a container on that block loses sight of it."),
    "swarm_pool_free": _("%(subnet)s meets no network and no route of this machine; it has room for %(count)s overlay networks."),
    "swarm_pool_docker": _("Docker takes 10.0.0.0/8 where no pool is named."),
    "swarm_listens": _("The machine listens on %(address)s for other nodes; with nodes they speak on 7946 and UDP %(port)s too."),
}
TEXTS: dict[str, Promise] = {
    "swarm_pool_network": _(
        "Docker takes blocks of the pool in turn and doesn't look at networks of one machine alone. The pools can't be changed "
        "later."
    ),
    "swarm_pool_host": _("The pools can't be changed later: choose one that no machine of the swarm uses."),
    "swarm_address_loopback": _("It works alone, to try overlay networks on one machine."),
}
WAYS: dict[str, Promise] = {
    "swarm_address_several": _("Use %(suggestion)s"),
    "swarm_address_not_here": _("Use %(suggestion)s"),
    "swarm_pool_size": _("Use /%(suggestion)s"),
}
