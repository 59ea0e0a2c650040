"""`manage.py interfaces`: the host's links, and which container is at the far end of each."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.engine.errors import EngineError
from networks.hostnet.errors import HostError
from networks.hostnet.linux.opening import open_host
from networks.management.choose import add_engine_argument, choose_engine
from networks.management.host_document import explain, host_document
from networks.management.prepared import PreparedCommand
from networks.partials.interfaces.belonging import say_belonging
from networks.sync.engines import ensure_local_engine
from networks.sync.host.once import look_once
from networks.sync.host.picture import HostLink
from networks.sync.host.watcher import OpenReader
from networks.sync.once import sync_once
from networks.templatetags.wording import spell

HEAD = ("NAME", "KIND", "STATE", "MTU", "MAC", "MASTER", "ADDRESSES", "RX BYTES", "TX BYTES", "NETWORK", "FAR END", "BELONGS TO")


class Command(PreparedCommand):
    """Reads the host once, in its own process; what the links are called comes from the snapshot."""

    help = "Print the host's links: kind, addresses, counters, and which container is at the far end of each veth."
    open_reader: OpenReader = staticmethod(open_host)

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_engine_argument(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_local_engine(settings.NETADMIN_DOCKER_HOST, settings.NETADMIN_NETNS)
        engine = choose_engine(options["engine"])
        try:
            sync_once(engine, settings.NETADMIN_DATA_DIR)  # where a process follows, the snapshot is new anyway
        except EngineError as error:
            self.stderr.write(f"{engine.slug} can't be read, names are those that are remembered: {error.sentence}")
        try:
            picture = look_once(engine, self.open_reader)
        except HostError as error:
            raise CommandError(f"The host's links can't be read: {error.sentence}") from error
        if options["json"]:
            self.stdout.write(json.dumps(host_document(picture), ensure_ascii=False, indent=2))
            return
        if why := explain(picture.view):
            self.stderr.write(why)
        lines = [HEAD, *map(_line, picture.links)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
        for line in lines:
            self.stdout.write("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


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
