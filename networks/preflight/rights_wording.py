"""The sentences of what isn't for everybody who may use a form."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "space_public": _(
        "%(subnet)s is not private: the Engine's machine would send here what is meant for others. It needs the role admin."
    ),
    "space_unseen": _(
        "Netadmin can't see what of the Engine's machine %(subnet)s would take. To choose it needs the role admin. "
        "If the subnet is empty, Docker chooses one."
    ),
    "space_near": _(
        "The Engine's machine has its own network in %(what)s, so others there may have addresses of %(subnet)s. "
        "To choose it needs the role admin."
    ),
    "space_taken": _("%(subnet)s overlaps %(what)s, which the Engine's machine uses. To choose it needs the role admin."),
    "own_network_needs_admin": _("%(by)s, which Netadmin needs, is on %(network)s: to join it needs the role admin."),
    "own_network_alias": _("%(by)s, which Netadmin needs, is on %(network)s: nothing gets an alias there."),
    "name_borne": _("%(by)s, which is protected, is called %(name)s on %(network)s: nothing else gets that name there."),
    "labels_need_admin": _("Labels that begin with netadmin. may protect what has them: they need the role admin."),
    "shape_needed": _("A network with this driver or these options affects the host: it needs the role admin."),
    "endpoint_shape_needed": _(
        "Docker passes %(key)s to the driver, which may use it to affect the host: it needs the role admin."
    ),
    "registry_needs_admin": _(
        "To pull from %(registry)s needs the role admin: it isn't among the registries that are permitted on this Engine."
    ),
    "port_needs_admin": _("Port %(port)s is below %(limit)s, where a machine's own services are: it needs the role admin."),
    "port_of_netadmin": _("Netadmin's own port is among these: it needs the role admin."),
    "publish_all_needs_admin": _("An image may expose any number of ports: to publish them all needs the role admin."),
    "port_address_needs_admin": _(
        "To publish at %(address)s, where this Engine doesn't publish by itself, needs the role admin: leave the address out."
    ),
    "mode_needs_admin": _("The host's network, or another container's, needs the role admin."),
}
WAYS: dict[str, Promise] = {
    "own_network_alias": _("Drop it"),
    "publish_all_needs_admin": _("Drop it"),
}
