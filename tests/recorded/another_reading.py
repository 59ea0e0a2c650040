"""Another reading of Docker's JSON than the product's: every member is taken from where recorded Engines always have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

NONE: tuple[Any, ...] = ()
NO_DNS = ("bridge", "host", "none")
ASSIGNED = ("EndpointID", "IPAddress", "Gateway", "GlobalIPv6Address", "IPv6Gateway", "MacAddress")


def plain(value: Any) -> Any:
    """Return a fact as JSON would write it."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(member) for member in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def moment(text: str, *, is_whole: bool = False) -> str | None:
    """Return Docker's time as Python writes one in UTC, cut to microseconds or seconds; None for its zero time."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    cut = rest[:6].ljust(6, "0")
    if whole.startswith("0001-"):
        return None
    return f"{whole}+00:00" if is_whole or cut == "000000" else f"{whole}.{cut}+00:00"


def network(answer: dict[str, Any]) -> dict[str, Any]:
    """Read a network the short way: every member is where it always is."""
    counted = answer["Status"]["IPAM"].get("Subnets") if "Status" in answer else None
    return {
        "docker_id": answer["Id"],
        "name": answer["Name"],
        "driver": answer["Driver"],
        "scope": answer["Scope"],
        "created_at": moment(answer["Created"]),
        "is_internal": answer["Internal"],
        "is_attachable": answer["Attachable"],
        "is_ingress": answer["Ingress"],
        "is_config_only": answer["ConfigOnly"],
        "config_from": answer["ConfigFrom"]["Network"],
        "has_ipv4": answer.get("EnableIPv4", True),
        "has_ipv6": answer["EnableIPv6"],
        "ipam_driver": answer["IPAM"]["Driver"],
        "ipam_options": answer["IPAM"]["Options"] or {},
        "pools": [
            {
                "subnet": pool["Subnet"],
                "gateway": pool.get("Gateway"),
                "ip_range": pool.get("IPRange"),
                "aux_addresses": pool.get("AuxiliaryAddresses", {}),
            }
            for pool in answer["IPAM"]["Config"] or NONE
        ],
        "options": answer["Options"],
        "labels": answer["Labels"],
        "counts": counted
        and {
            subnet: {"in_use": count["IPsInUse"], "available": count["DynamicIPsAvailable"]} for subnet, count in counted.items()
        },
        "peers": [],
    }


def endpoint(name: str, answer: dict[str, Any], short_id: str, state: str, *, is_inspected: bool) -> dict[str, Any]:
    asked = answer["IPAMConfig"] or {}
    if state not in ("running", "paused"):  # up to 28 a list names what a start that was refused had been given
        answer = answer | dict.fromkeys(ASSIGNED, "") | {"IPPrefixLen": 0, "GlobalIPv6PrefixLen": 0}
    detail = {
        "aliases": [alias for alias in answer["Aliases"] or NONE if alias != short_id],
        "dns_names": [] if name in NO_DNS else answer["DNSNames"] or [],
        "links": answer["Links"] or [],
        "driver_options": answer["DriverOpts"] or {},
    }
    return {
        "network_name": name,
        "network_id": answer["NetworkID"],
        "endpoint_id": answer["EndpointID"],
        "ipv4": answer["IPAddress"] or None,
        "ipv4_prefix_length": answer["IPPrefixLen"] or None,
        "ipv4_gateway": answer["Gateway"] or None,
        "ipv6": answer["GlobalIPv6Address"] or None,
        "ipv6_prefix_length": answer["GlobalIPv6PrefixLen"] or None,
        "ipv6_gateway": answer["IPv6Gateway"] or None,
        "mac": answer["MacAddress"],
        "requested_ipv4": asked.get("IPv4Address"),
        "requested_ipv6": asked.get("IPv6Address"),
        "link_local_ips": asked.get("LinkLocalIPs", []),
        "gateway_priority": answer.get("GwPriority", 0),
        "leftover": None,
        "has_detail": is_inspected,
    } | (detail if is_inspected else {"aliases": [], "dns_names": [], "links": [], "driver_options": {}})


def container(answer: dict[str, Any], *, is_inspected: bool) -> dict[str, Any]:
    """Read what list and inspection both tell."""
    config = answer["Config"] if is_inspected else answer
    state = answer["State"]["Status"] if is_inspected else answer["State"]
    mode = answer["HostConfig"]["NetworkMode"]
    networks = {} if mode.startswith("container:") else answer["NetworkSettings"]["Networks"]
    ports = _inspected_ports(answer) if is_inspected else [_listed_port(each) for each in answer["Ports"]]
    return {
        "docker_id": answer["Id"],
        "name": (answer["Name"] if is_inspected else answer["Names"][0])[1:],
        "image": config["Image"],
        "image_id": answer["Image"] if is_inspected else answer["ImageID"],
        "command": " ".join([answer["Path"], *answer["Args"]]) if is_inspected else answer["Command"],
        "state": state,
        "created_at": moment(answer["Created"], is_whole=True) if is_inspected else _second(answer["Created"]),
        "network_mode": mode,
        "endpoints": [
            endpoint(name, networks[name], answer["Id"][:12], state, is_inspected=is_inspected) for name in sorted(networks)
        ],
        "ports": sorted(ports, key=lambda port: (port["private_port"], port["protocol"], port["address"])),
        "leftover_ports": [],
        "labels": config["Labels"],
        "exit_code": _exit_code(answer, state, is_inspected=is_inspected),
        "health": "",
    }


def _second(number: int) -> str:
    return datetime.fromtimestamp(number, UTC).isoformat()


def _exit_code(answer: dict[str, Any], state: str, *, is_inspected: bool) -> int | None:
    if state != "exited":
        return None
    return int(answer["State"]["ExitCode"]) if is_inspected else int(answer["Status"].split("(")[1].split(")")[0])


def _listed_port(port: dict[str, Any]) -> dict[str, Any]:
    words = {"private_port": port["PrivatePort"], "protocol": port["Type"]}
    return words | {"public_port": port.get("PublicPort"), "address": port.get("IP", "")}


def _inspected_ports(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "private_port": int(key.split("/")[0]),
            "protocol": key.split("/")[1],
            "public_port": int(bound["HostPort"]) if bound["HostPort"] else None,
            "address": bound["HostIp"],
        }
        for key, bindings in answer["NetworkSettings"]["Ports"].items()
        for bound in bindings or [{"HostIp": "", "HostPort": ""}]
    ]


def life(answer: dict[str, Any]) -> dict[str, Any]:
    """Read what only an inspection tells."""
    state, host = answer["State"], answer["HostConfig"]
    policy = host["RestartPolicy"]["Name"]
    return {
        "started_at": moment(state["StartedAt"]),
        "finished_at": moment(state["FinishedAt"]),
        "hostname": answer["Config"]["Hostname"],
        "pid": state["Pid"],
        "restart_policy": "" if policy == "no" else policy,
        "is_auto_removed": host["AutoRemove"],
        "is_out_of_memory": state["OOMKilled"],
        "stop_wait_s": answer["Config"].get("StopTimeout"),
        "ending": "",
        "stopping": "",
        "killed_at": None,
        "has_detail": True,
    }
