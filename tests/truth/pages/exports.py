"""What is said without HTML: the documents that manage.py prints, the history as a file, and the links as ifconfig's text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import Client, override_settings

from tests.private_engine import PrivateEngine
from tests.truth.claims import Claim

_LINK = re.compile(r"^(\S+): flags=\d+<([A-Z,_]*)>\s+mtu (\d+)", re.MULTILINE)


def read_documents(engine: PrivateEngine, client: Client, slug: str, data_dir: Path) -> Iterator[Claim]:
    """Yield every claim of the documents. `data_dir`: of the process that follows, so that no other begins to."""
    follows = {"NETADMIN_DOCKER_HOST": engine.url, "NETADMIN_NETNS": f"/run/netns/{engine.netns}", "NETADMIN_DATA_DIR": data_dir}
    with override_settings(**follows):
        yield from _addresses(_print("addresses", slug))
        yield from _interfaces(_print("interfaces", slug))
        yield from _snapshot(_print("snapshot", slug))
    lines = b"".join(client.get(f"/addresses/history/export.jsonl?engine={slug}"))  # type: ignore[call-overload]
    for line in lines.decode().splitlines():
        yield from _history(json.loads(line))
    text = client.get(f"/interfaces/ifconfig.txt?engine={slug}")
    yield from _ifconfig(b"".join(text).decode())  # type: ignore[call-overload]


def _print(command: str, slug: str) -> Any:
    said = StringIO()
    call_command(command, engine=slug, json=True, stdout=said)
    return json.loads(said.getvalue())


def _addresses(document: dict[str, Any]) -> Iterator[Claim]:
    words = {"in_use": "in use", "requested": "asked for", "gateway": "gateway", "aux": "reserved"}
    for pool in document["pools"]:
        where, subject = f"manage.py addresses --json: {pool['subnet']}", (pool["network_id"], pool["subnet"])
        yield Claim("pool.network", subject, pool["network_name"], where)
        yield Claim("pool.range", subject, pool["ip_range"] or "", where)
        if ":" not in pool["subnet"]:
            yield Claim("pool.figures", subject, (pool["capacity"], pool["used"], pool["free"]), where)
        for one in pool["addresses"]:
            yield Claim("cell.state", (pool["network_id"], one["address"]), words[one["state"]], where)
            if one["state"] == "in_use":
                yield Claim("cell.holder", (pool["network_id"], one["address"]), one["container_id"], where)


def _interfaces(document: dict[str, Any]) -> Iterator[Claim]:
    for link in document["links"]:
        where, subject = f"manage.py interfaces --json: {link['name']}", (link["name"],)
        yield Claim("link.kind", subject, link["kind"], where)
        yield Claim("link.mac", subject, link["mac"] or "", where)
        yield Claim("link.mtu", subject, link["mtu"], where)
        held = tuple(sorted(one for one in link["addresses"] if not one.startswith("fe80")))
        yield Claim("link.addresses", subject, held, where)
        yield Claim("link.master", subject, link["master"] or "", where)
        if link["kind"] == "veth":
            peer = link["peer"]
            yield Claim("link.peer", subject, peer["container_id"] if peer else "", where)
            if peer:
                yield Claim("link.endpoint", subject, (peer["container_id"], peer["network_id"] or ""), where)
                yield Claim("link.ifname", subject, peer["ifname"], where)


def _snapshot(document: dict[str, Any]) -> Iterator[Claim]:
    where = "manage.py snapshot --json"
    yield Claim("networks.listed", (), tuple(sorted(net["id"] for net in document["networks"])), where)
    yield Claim("containers.listed", (), tuple(sorted(box["id"] for box in document["containers"])), where)
    for net in document["networks"]:
        for end in net["endpoints"]:
            subject = (end["container_id"], net["id"])
            yield Claim("endpoint.ipv4", subject, end["ipv4"] or "", f"{where}: {net['name']} {end['container_name']}")
            yield Claim("endpoint.ipv6", subject, end["ipv6"] or "", f"{where}: {net['name']} {end['container_name']}")
            yield Claim("endpoint.mac", subject, end["mac"] or "", f"{where}: {net['name']} {end['container_name']}")


def _history(line: dict[str, Any]) -> Iterator[Claim]:
    subject = (line["container_id"], line["network_id"], line["address"])
    yield Claim("history.now", subject, line["until"] is None, f"history's export: {line['address']} {line['container']}")


def _ifconfig(text: str) -> Iterator[Claim]:
    for block in text.split("\n\n"):
        if found := _LINK.search(block):
            where, subject = f"ifconfig.txt: {found[1]}", (found[1],)
            yield Claim("link.mtu", subject, int(found[3]), where)
            mac = re.search(r"^\s+ether (\S+)", block, re.MULTILINE)
            yield Claim("link.mac", subject, mac[1] if mac else "", where)
            held = tuple(sorted(re.findall(r"^\s+inet6? (\S+)", block, re.MULTILINE)))
            yield Claim("link.held", subject, held, where)
