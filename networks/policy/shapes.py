"""Which permission a change needs by its shape: harmless bridges, and a few at once, are for operators (rule S12)."""

from __future__ import annotations

from collections.abc import Mapping

from networks.policy.permissions import Permission

# All other options are taken to touch the host: bridge name, host binding, gateway mode, trusted interfaces, parent, …
HARMLESS_OPTIONS = frozenset(
    {
        "com.docker.network.driver.mtu",
        "com.docker.network.bridge.enable_icc",
        "com.docker.network.bridge.enable_ip_masquerade",
        "com.docker.network.container_iface_prefix",
    }
)
# Beyond, one slip takes a whole machine's networks away.
MOST_AT_ONCE = 5


def permission_to_create(driver: str, options: Mapping[str, str]) -> Permission:
    """Return what a person needs to create a network with this driver and these options."""
    if driver in ("", "bridge") and HARMLESS_OPTIONS.issuperset(options):
        return Permission.CONNECT
    return Permission.SHAPE


def permission_for_several(count: int) -> Permission:
    """Return what a person needs to change this many things at once."""
    return Permission.CONNECT if count <= MOST_AT_ONCE else Permission.SHAPE
