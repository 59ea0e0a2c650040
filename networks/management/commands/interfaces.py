"""`manage.py interfaces`: the host's links, and which container is at the far end of each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.engine.errors import EngineError
from networks.hostnet.errors import HostError
from networks.hostnet.facts import HostView
from networks.hostnet.linux.opening import open_host
from networks.management.prepared import EngineCommand
from networks.partials.interfaces.sight import obstacles_of, say_belonging, say_view
from networks.sync.host.board import HostLink, HostPicture, Peer
from networks.sync.host.watcher import OpenReader
from networks.sync.once import look_once, sync_once
from networks.templatetags.wording import spell


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
        "why": explain_sight(view) or None,
        "links": [_link(link) for link in picture.links],
    }


def explain_sight(view: HostView) -> str:
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
    members = ("container_id", "container_name", "ifname", "network_id", "network_name")
    return {member: getattr(peer, member) or None for member in members}


HEAD = ("NAME", "KIND", "STATE", "MTU", "MAC", "MASTER", "ADDRESSES", "RX BYTES", "TX BYTES", "NETWORK", "FAR END", "BELONGS TO")


class Command(EngineCommand):
    """Reads the host once, in its own process; what the links are called comes from the snapshot."""

    help = "Print the host's links: kind, addresses, counters, and which container is at the far end of each veth."
    json_help = "one JSON object"
    open_reader: OpenReader = staticmethod(open_host)

    def handle(self, *args: Any, **options: Any) -> None:
        engine = self.choose_engine(options["engine"])
        try:
            sync_once(engine, settings.NETADMIN_DATA_DIR)  # where a process follows, the snapshot is new anyway
        except EngineError as error:
            self.stderr.write(f"{engine.slug} can't be read, names are those that are remembered: {error.sentence}")
        try:
            picture = look_once(engine, self.open_reader)
        except HostError as error:
            raise CommandError(f"The host's links can't be read: {error.sentence}") from error
        if options["json"]:
            self.print_json(host_document(picture))
            return
        if why := explain_sight(picture.view):
            self.stderr.write(why)
        self.print_columns(HEAD, map(_line, picture.links))


def _line(link: HostLink) -> tuple[str, ...]:
    fact, peer = link.fact, link.peer
    network = link.network_name or (peer.network_name if peer else "")
    far_end = f"{spell(peer.container_name)[:60]} {spell(peer.ifname)}" if peer else "-"
    return (
        spell(fact.name),
        fact.kind,
        "up" if fact.is_up else "down",
        str(fact.mtu),
        fact.mac or "-",
        spell(link.master_name) or "-",
        ",".join(str(address.interface) for address in fact.addresses) or "-",
        str(fact.counters.rx_bytes),
        str(fact.counters.tx_bytes),
        spell(network)[:60] or "-",
        far_end,
        say_belonging(link.belonging) or "-",
    )
