"""Which permission a new network needs: harmless bridges are for operators, what touches the host is for admins (rule S12)."""

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


def permission_to_create(driver: str, options: Mapping[str, str]) -> Permission:
    """Return what a person needs to create a network with this driver and these options."""
    if driver in ("", "bridge") and HARMLESS_OPTIONS.issuperset(options):
        return Permission.CONNECT
    return Permission.SHAPE
