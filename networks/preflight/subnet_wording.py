"""The sentences of what is checked of a network's pools."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    # subnets
    "no_prefix_length": _("“%(typed)s” has no prefix length, such as /24."),
    "netmask": _("Docker wants a prefix length, not a mask."),
    "not_a_subnet": _("“%(typed)s” is not a subnet. It looks like 10.20.0.0/24."),
    "host_bits_set": _("%(typed)s is an address within a subnet, not the subnet itself."),
    "whole_address_space": _("%(subnet)s covers all addresses."),
    "loopback": _("%(subnet)s is in the loopback range: packets to it never leave the machine. Docker may accept it."),
    "multicast": _("%(subnet)s is in the multicast range: no container can have such an address. Docker may accept it."),
    "loopback_in_it": _(
        "%(subnet)s has the loopback range in it: packets to those never leave the machine. Docker may accept it."
    ),
    "multicast_in_it": _(
        "%(subnet)s has the multicast range in it: no container can have those addresses. Docker may accept it."
    ),
    "ipv4_mapped": _("%(subnet)s is an IPv4 range written as IPv6: Docker reads it as IPv4 and refuses it."),
    "link_local_part": _(
        "%(subnet)s overlaps fe80::/64, which each bridge has: Docker accepts exactly that subnet, or one apart from it."
    ),
    "too_small": _("%(subnet)s has no address left for a container. Docker may accept it."),
    "link_local": _("%(subnet)s is link-local: routers don't forward such packets."),
    "public": _("%(subnet)s is public address space: these containers can't reach its real owners."),
    "reserved": _("%(subnet)s is reserved; some systems refuse to use it."),
    "shared_space": _("%(subnet)s is used by providers (CGNAT) and some VPNs: where that is the case, they become unreachable."),
    "documentation": _("%(subnet)s is reserved for examples in documentation; some routers drop it."),
    "too_big": _("%(subnet)s is very large: no other address in it can be reached from here."),
    "no_room": _("%(subnet)s has no address left for a container: the gateway and the reserved addresses take them all."),
    "little_room": _("%(subnet)s has room for few containers: %(count)s."),
    "subnet_missing": _("This range, gateway or reserved address needs a subnet."),
    "overlaps": _("%(subnet)s overlaps %(other)s, which the network %(owner)s has."),
    "shared_subnet": _("The network %(owner)s has the same subnet: the IP ranges must not overlap."),
    "overlaps_other_scope": _("%(subnet)s overlaps %(other)s of the network %(owner)s: no container can use both."),
    "in_default_pools": _(
        "%(subnet)s is inside %(pool)s, from which Docker takes subnets for networks without one of their own."
    ),
    "overlaps_own_pool": _("%(subnet)s overlaps %(other)s, another pool of this network."),
    "subnet_free": _("%(subnet)s is free: no other network overlaps it."),
    "subnet_free_all": _(
        "%(subnet)s is free: no network overlaps it, and no address, name server or route (main table) of the host."
    ),
    # ranges, gateways, reserved addresses
    "range_outside": _("%(ip_range)s is not inside the subnet %(subnet)s."),
    "range_ends_block": _("%(ip_range)s ends with the last address of a /64: Engine %(version)s hands out none of such a range."),
    "range_without_gateway": _(
        "%(ip_range)s has no address for the gateway: Docker takes it from the range where none is named."
    ),
    "last_of_block": _("%(address)s is the last address of a /64, which Engine %(version)s can't give to anything."),
    "range_bigger": _("%(ip_range)s is larger than its subnet %(subnet)s."),
    "range_full": _("%(ip_range)s has no address left to hand out: each container would have to request one outside it."),
    "not_an_address": _("“%(typed)s” is not an IP address."),
    "address_with_prefix_length": _("Write the address without a prefix length."),
    "gateway_outside": _("%(address)s is not inside the subnet %(subnet)s."),
    "gateway_is_network_address": _("%(address)s is the address of the subnet itself."),
    "gateway_is_broadcast_address": _("%(address)s is the broadcast address of %(subnet)s."),
    "aux_addresses_outside": _("%(address)s is not inside the subnet %(subnet)s."),
    "aux_addresses_is_network_address": _("%(address)s is the address of the subnet itself."),
    "aux_addresses_is_broadcast_address": _("%(address)s is the broadcast address of %(subnet)s."),
    "aux_is_gateway": _("%(address)s is the gateway already."),
    "aux_twice": _("%(address)s is reserved twice, as %(other)s and as %(name)s."),
    "aux_name_twice": _("%(name)s is reserved in another pool too; the docker command takes a name once."),
    "aux_unreadable": _("“%(typed)s” is not name=address."),
}
