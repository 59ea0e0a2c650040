"""What other versions of Docker answer, made of what this machine's Engine answers: members, wordings, versions.

Source: Engine API version history, 1.43 to 1.56, and what their users report. The Engine here is 26.1 (1.45).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from networks.addressing.pool_checks import default_gateway
from tests.faults.wire import Answer
from tests.refusals import Refusal

HERE = 45  # what the Engine of this machine speaks at most: 1.45
_PREFIX = re.compile(r"^/v1\.(\d+)(?=/)")
_ONE_NETWORK = re.compile(r"^/networks/[0-9a-f]{64}$")
_ONE_CONTAINER = re.compile(r"^/containers/[0-9a-f]{64}/json$")

# 1.52: of the endpoint on the default bridge, once at the top of NetworkSettings
_GONE_FROM_SETTINGS = (
    *("Bridge", "HairpinMode", "LinkLocalIPv6Address", "LinkLocalIPv6PrefixLen", "SecondaryIPAddresses"),
    *("SecondaryIPv6Addresses", "EndpointID", "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress"),
    *("IPPrefixLen", "IPv6Gateway", "MacAddress"),
)
# (since, pattern in the sentence of 26.1, what later ones say), versions as (28, 1)
_WORDINGS: tuple[tuple[tuple[int, int], str, str], ...] = (
    ((27, 0), r"^Pool overlaps with other one", "invalid pool request: Pool overlaps with other one"),
    (
        (27, 0),
        r"could not find an available, non-overlapping IPv4 address pool among the defaults.*",
        "all predefined address pools have been fully subnetted",
    ),
    ((28, 0), r"^invalid name: $", "invalid name: name is empty"),
    ((28, 1), r"(network \S+) id \S+ has active endpoints", r'\1 has active endpoints (name:"web" id:"0123456789ab")'),
    ((29, 0), r"user specified IP address (is supported on) user defined", r"user-specified IP address \1 user-defined"),
    ((29, 0), r"alias is supported only for containers in user defined", "aliases are only supported for user-defined"),
    ((29, 0), r"no configured subnet or ip-range contain the IP address", "no configured subnet contains IP address"),
)
_HOST_BEFORE = "container cannot be disconnected from host network or connected to host network"
_HOST_SINCE_28 = {
    "connect": "cannot connect container to host network - container must be created in host network mode",
    "disconnect": "cannot disconnect container from host network - container was created in host network mode",
}


@dataclass(frozen=True)
class DockerDisguise:
    """One version of Docker. `newest`, `oldest`: the minor numbers of the API that it speaks."""

    version: str
    newest: int
    oldest: int

    @property
    def major_minor(self) -> tuple[int, int]:
        """The version as two numbers."""
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)

    def admit(self, method: str, target: str) -> str | Answer:
        """Refuse versions that it doesn't speak, and ask for the rest in one that the Engine here speaks."""
        prefix = _PREFIX.match(target)
        if prefix is None:
            return target
        asked = int(prefix[1])
        if asked < self.oldest:
            return _refusal(
                f"client version 1.{asked} is too old. Minimum supported API version is 1.{self.oldest}, "
                "please upgrade your client to a newer version"
            )
        if asked > self.newest:
            return _refusal(f"client version 1.{asked} is too new. Maximum supported API version is 1.{self.newest}")
        return f"/v1.{min(asked, HERE)}{target[prefix.end() :]}"

    def dress(self, method: str, target: str, answer: Answer) -> Answer:
        """Return the answer as this version gives it in the API version that was asked for."""
        api, path = self._api_of(target), _PREFIX.sub("", target).partition("?")[0]
        answer.headers |= {"api-version": f"1.{self.newest}", "server": f"Docker/{self.version} (linux)"}
        if answer.is_stream:
            if api >= 52:
                answer.headers["content-type"] = "application/jsonl" if api >= 53 else "application/x-ndjson"
            return answer
        if path == "/images/create":
            answer.body = b"".join(self._dress_progress(line, api) for line in answer.body.splitlines(keepends=True))
            return answer
        if answer.headers.get("content-type") != "application/json" or not answer.body:
            return answer
        value = json.loads(answer.body)
        if answer.status >= 400:
            value["message"] = self.word(str(value.get("message", "")), path)
        elif dresser := self._dresser(path):
            value = dresser(value, api)
        answer.body = _written(value)
        return answer

    def dress_event(self, line: bytes, target: str) -> bytes:
        """Leave out of an event what 1.52 did."""
        if self._api_of(target) < 52 or not line.strip():
            return line
        event = json.loads(line)
        for name in ("status", "id", "from"):
            event.pop(name, None)
        return _written(event)

    def word(self, sentence: str, path: str) -> str:
        """Return a refusal in this version's words."""
        if self.major_minor >= (28, 0) and _HOST_BEFORE in sentence:
            return _HOST_SINCE_28[path.rpartition("/")[2]]
        for since, pattern, later in _WORDINGS:
            if self.major_minor >= since:
                sentence = re.sub(pattern, later, sentence)
        return sentence

    def _api_of(self, target: str) -> int:
        prefix = _PREFIX.match(target)
        return int(prefix[1]) if prefix else self.newest

    def _dresser(self, path: str) -> Callable[[Any, int], Any] | None:
        if path == "/networks":
            return lambda value, api: [_network(each, api, is_inspected=False) for each in value]
        if path == "/containers/json":
            return lambda value, api: [_listed(each, api) for each in value]
        if _ONE_NETWORK.match(path):
            return self.inspected
        if _ONE_CONTAINER.match(path):
            return _inspected
        return {"/version": self._version, "/info": self._info}.get(path)

    def inspected(self, network: dict[str, Any], api: int) -> dict[str, Any]:
        """Return one network as this version gives it."""
        return _network(network, api, is_inspected=True)

    def _version(self, value: dict[str, Any], api: int) -> dict[str, Any]:
        value |= {"Version": self.version, "ApiVersion": f"1.{self.newest}", "MinAPIVersion": f"1.{self.oldest}"}
        for component in value.get("Components", ()):
            if component.get("Name") == "Engine":
                component["Version"] = self.version
                component["Details"] |= {"ApiVersion": f"1.{self.newest}", "MinAPIVersion": f"1.{self.oldest}"}
        return value

    def _info(self, value: dict[str, Any], api: int) -> dict[str, Any]:
        value["ServerVersion"] = self.version
        if api >= 49:
            value["FirewallBackend"] = {"Driver": "iptables"}
        if api >= 50:
            value["DiscoveredDevices"] = []
            value.pop("BridgeNfIptables", None)
            value.pop("BridgeNfIp6tables", None)
        if api >= 52:
            value.pop("KernelMemoryTCP", None)
        if api >= 53:
            value["NRI"] = {"Info": [["plugin-path", "/opt/nri/plugins"]]}
        return value

    def _dress_progress(self, line: bytes, api: int) -> bytes:
        step = json.loads(line) if line.strip() else None
        if api < 48 or not isinstance(step, dict):
            return line
        step.pop("progress", None)
        if "errorDetail" in step:
            step.pop("error", None)
        return _written(step) + b"\r\n"


def _network(network: dict[str, Any], api: int, *, is_inspected: bool) -> dict[str, Any]:
    if api >= 48:
        network = _with_after(network, "Driver", "EnableIPv4", True)
    if api >= 52 and is_inspected:
        subnets = {pool["Subnet"]: _count(pool, network["Containers"] or {}) for pool in network["IPAM"]["Config"] or ()}
        network["Status"] = {"IPAM": {"Subnets": subnets}}
    return network


def _count(pool: dict[str, Any], containers: dict[str, Any]) -> dict[str, int]:
    """Count as 1.52 does: the subnet's own addresses, gateway, aux addresses and endpoints are in use."""
    subnet, ip_range = ip_network(pool["Subnet"]), ip_network(pool.get("IPRange") or pool["Subnet"])
    taken = {subnet.network_address, *([subnet.broadcast_address] if subnet.version == 4 else ())}
    # 26.1 doesn't name a gateway that nobody typed, later ones do.
    taken.add(ip_address(pool["Gateway"]) if pool.get("Gateway") else default_gateway(subnet, ip_range))
    taken |= {ip_address(text) for text in (pool.get("AuxiliaryAddresses") or {}).values()}
    for guest in containers.values():
        texts = (guest[f"IPv{version}Address"].partition("/")[0] for version in (4, 6))
        taken |= {ip_address(text) for text in texts if text and ip_address(text) in subnet}
    available = ip_range.num_addresses - sum(address in ip_range for address in taken)
    return {"IPsInUse": len(taken), "DynamicIPsAvailable": min(available, 2**64 - 1)}


def _listed(container: dict[str, Any], api: int) -> dict[str, Any]:
    _endpoints(container, api)
    if api >= 48:
        container["ImageManifestDescriptor"] = None
    if api >= 52:
        container["Health"] = {"Status": "none", "FailingStreak": 0}
    return container


def _inspected(container: dict[str, Any], api: int) -> dict[str, Any]:
    _endpoints(container, api)
    if api >= 52:
        container["NetworkSettings"] = {
            name: value for name, value in container["NetworkSettings"].items() if name not in _GONE_FROM_SETTINGS
        }
        container["Config"].pop("OnBuild", None)
    return container


def _endpoints(container: dict[str, Any], api: int) -> None:
    for endpoint in container["NetworkSettings"]["Networks"].values():
        if api < 44:
            endpoint.pop("DNSNames", None)
        if api >= 48:
            endpoint["GwPriority"] = 0


def _with_after(value: dict[str, Any], name: str, added: str, what: Any) -> dict[str, Any]:
    """Return an object with a further member where Docker writes it."""
    made: dict[str, Any] = {}
    for key, member in value.items():
        made[key] = member
        if key == name:
            made[added] = what
    return made


def _refusal(sentence: str) -> Answer:
    return Answer(400, "Bad Request", {"content-type": "application/json"}, _written({"message": sentence}))


def _written(value: Any) -> bytes:
    """Write as Go does: nothing between members, three signs escaped."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode(errors="surrogatepass")


@dataclass(frozen=True)
class PodmanDisguise(DockerDisguise):
    """Podman 5's compatible API and its known oddities: whose id an event has, its verbs, status 500 for refusals."""

    def dress(self, method: str, target: str, answer: Answer) -> Answer:
        """Refuse with status 500, whatever the reason."""
        answer = super().dress(method, target, answer)
        if answer.status in (400, 403, 409):
            answer.status = 500
        return answer

    def dress_event(self, line: bytes, target: str) -> bytes:
        """Name the container as the actor of a connection, and the network among the attributes."""
        if not line.strip():
            return line
        event = json.loads(line)
        event["Action"] = {"destroy": "remove", "die": "died"}.get(event["Action"], event["Action"])
        attributes = event["Actor"]["Attributes"]
        if event["Type"] == "network" and "container" in attributes:
            event["Actor"]["ID"] = attributes.pop("container")
            attributes["network"] = attributes["name"]
        for name in ("status", "id", "from"):
            event.pop(name, None)
        return _written(event)


PODMAN = PodmanDisguise("5.4.2", 41, 24)
DISGUISES = {
    "24.0": DockerDisguise("24.0.9", 43, 12),
    "28.5": DockerDisguise("28.5.2", 51, 24),
    "29.0": DockerDisguise("29.0.4", 52, 44),
    "29.6": DockerDisguise("29.6.1", 55, 40),
}


@dataclass
class Refuser:
    """An Engine that refuses every change with one sentence; a disguise for the proxy."""

    refusal: Refusal | None = None

    def admit(self, method: str, target: str) -> str | Answer:
        """Refuse what would change something."""
        if method == "GET" or self.refusal is None:
            return target
        body = json.dumps({"message": self.refusal.sentence}).encode()
        return Answer(self.refusal.status, "No", {"content-type": "application/json"}, body)

    def dress(self, method: str, target: str, answer: Answer) -> Answer:
        """Leave an answer as it is."""
        return answer

    def dress_event(self, line: bytes, target: str) -> bytes:
        """Leave an event as it is."""
        return line
