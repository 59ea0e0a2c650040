"""Docker's own words, once: the networks that it makes itself, its drivers, and the keys of its options and labels."""

from __future__ import annotations

DEFAULT_BRIDGE = "bridge"
# Every Engine has these. Their names are no network's that anybody makes; what runs on host or none is refused nowhere.
PREDEFINED = frozenset({DEFAULT_BRIDGE, "host", "none"})
WITHOUT_ENDPOINTS = frozenset({"host", "none"})
# What a swarm makes for itself on each of its Engines.
MADE_BY_SWARM = frozenset({"docker_gwbridge", "ingress"})
KEPT_BY_DOCKER = PREDEFINED | MADE_BY_SWARM
# Names that Docker takes for one of these wherever a mode is meant.
RESERVED_NAMES = PREDEFINED | {"default"}
# The mode of a container that shares another's stack: this, and the other's ID.
DONOR_PREFIX = "container:"

# Drivers of which an Engine has one network each, made by itself.
SINGLE_DRIVERS = frozenset({"host", "null"})
# Drivers that Docker brings and that make networks for people.
BUILT_IN_DRIVERS = frozenset({"bridge", "macvlan", "ipvlan", "overlay"})
PARENTED = frozenset({"macvlan", "ipvlan"})  # whose networks are on a link of the machine
OWN_DRIVERS = BUILT_IN_DRIVERS | SINGLE_DRIVERS

_BRIDGE, _ENDPOINT = "com.docker.network.bridge.", "com.docker.network.endpoint."
BRIDGE_NAME = f"{_BRIDGE}name"
ICC = f"{_BRIDGE}enable_icc"
MASQUERADE = f"{_BRIDGE}enable_ip_masquerade"
GATEWAY_MODE = f"{_BRIDGE}gateway_mode_ipv"  # 4 or 6 behind it
HOST_BINDING = f"{_BRIDGE}host_binding_ipv4"
INHIBIT_IPV4 = f"{_BRIDGE}inhibit_ipv4"
TRUSTED_INTERFACES = f"{_BRIDGE}trusted_host_interfaces"
MTU = "com.docker.network.driver.mtu"
VXLAN_IDS = "com.docker.network.driver.overlay.vxlanid_list"
HOST_ADDRESS = "com.docker.network.host_ipv"  # 4 or 6 behind it
INTERFACE_PREFIX = "com.docker.network.container_iface_prefix"
SYSCTLS = f"{_ENDPOINT}sysctls"
INTERFACE_NAME = f"{_ENDPOINT}ifname"

PROJECT_LABEL = "com.docker.compose.project"
ONEOFF_LABEL = "com.docker.compose.oneoff"  # "True" where `docker compose run` made it
SERVICE_LABEL = "com.docker.swarm.service.id"  # on each container that a service made
