"""The host's links as one document: what `manage.py interfaces --json` prints."""

from __future__ import annotations

from typing import Any

from networks.hostnet.facts import View
from networks.partials.hosts.sight import obstacles_of, say_view
from networks.sync.host.picture import HostLink, HostPicture, Peer


def host_document(picture: HostPicture) -> dict[str, Any]:
    """Return {"view", "can_enter_containers", "why", "links"}.

    "view": "host", "namespaces" or "none"; "why": what is in the way of seeing more, in sentences, null where nothing is.
    A link: "name", "kind", "mtu", "mac" (null for none), "master" (a name, null for none), "addresses" (with prefix length),
    "flags", "rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "network_id" and "network_name" (of the network whose bridge it
    is, else null), "peer" (null where its far end is in no container): "container_id", "container_name", "ifname", "network_id",
    "network_name" (both null where it isn't known which endpoint that is), "belongs_to" (null where nothing but Docker or the
    machine is known): "software", "by" ("kind", "master": by the kernel's word; "name": by its name alone), "vxlan" (null for
    other kinds): "id" (null where it is chosen packet by packet), "port".
    """
    view = picture.view
    return {
        "view": view.tier.value,
        "can_enter_containers": view.enters_containers,
        "why": explain(view) or None,
        "links": [_link(link) for link in picture.links],
    }


def explain(view: View) -> str:
    """Return in sentences what is in the way of seeing more, and what helps; "" where nothing is."""
    obstacles = " ".join(sentence for pair in obstacles_of(view) for sentence in pair)
    return f"{say_view(view)} {obstacles}" if obstacles else ""


def _link(link: HostLink) -> dict[str, Any]:
    fact = link.fact
    return {
        "name": fact.name,
        "kind": fact.kind,
        "mtu": fact.mtu,
        "mac": fact.mac or None,
        "master": link.master_name or None,
        "addresses": [str(address.interface) for address in fact.addresses],
        "flags": list(fact.flags),
        "rx_bytes": fact.counters.rx_bytes,
        "tx_bytes": fact.counters.tx_bytes,
        "rx_packets": fact.counters.rx_packets,
        "tx_packets": fact.counters.tx_packets,
        "network_id": link.network_id or None,
        "network_name": link.network_name or None,
        "belongs_to": {"software": link.belonging.software, "by": link.belonging.proof} if link.belonging else None,
        "vxlan": fact.vxlan._asdict() if fact.vxlan else None,
        "peer": _peer(link.peer) if link.peer else None,
    }


def _peer(peer: Peer) -> dict[str, Any]:
    return {
        "container_id": peer.container_id,
        "container_name": peer.container_name,
        "ifname": peer.ifname,
        "network_id": peer.network_id or None,
        "network_name": peer.network_name or None,
    }
