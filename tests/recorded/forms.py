"""Requests that were recorded, typed into the forms that send them; and the field that a form marks when it is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import QueryDict

from networks.addressing.host import HostSide
from networks.engine.docker_names import SYSCTLS
from networks.engine.specs import ConnectSpec
from networks.forms.connecting import ContainerToConnectForm, NetworkToConnectForm
from networks.forms.containers.launch import RunForm
from networks.forms.containers.launch_edits import around_row, find_refused_row
from networks.forms.containers.ordering import OrderForm
from networks.forms.networks import NetworkForm
from networks.preflight.findings import FindingsForm
from networks.preflight.known_options import OPTIONS
from networks.preflight.launch_checks import LaunchContext
from networks.queries.choices import container_choices, network_choices
from networks.queries.engine_context import ContainerChoice, NetworkChoice, engine_version, read_ground
from networks.queries.engines import read_engine
from networks.refusals.catalogue import explain_each
from networks.refusals.fixes import work_out
from networks.refusals.meaning import Explanation, RefusalContext
from networks.views.acting import mark_refused_field
from tests.recorded.reading import Answered, answered

OF_OPTIONS = {option.key: option.field for option in OPTIONS}
SLUG = "local"


class Pressed:
    """What a person sees of a refusal. `keys`: what it means, by the catalogue; `marked`: the form's field, "" for none."""

    def __init__(self, refusal: Answered, version: str) -> None:
        self.refusal = refusal
        self.keys = tuple(meaning.key for meaning in explain_each(refusal.message))
        self.text = ""
        self.marked = ""
        path = urlsplit(refusal.request.split(" ")[1]).path.split("/")[1:]
        if path == ["networks", "create"]:
            self._create()
        elif path[-1] in ("connect", "disconnect"):
            self._connect(path[1], is_connect=path[-1] == "connect")
        elif path[:2] == ["containers", "create"] or "(start)" in refusal.case:
            self._run(version)
        else:
            self._order(path)

    def _explain(self, around: RefusalContext) -> Explanation | None:
        known = work_out(explain_each(self.refusal.message), self.refusal.message, around)
        self.text = known.text if known else ""
        return known

    def _see(self, *forms: FindingsForm) -> None:
        """Find what is marked: one field, though both pages of a connection have most of them."""
        said = [(form, name) for form in forms for name in form.fields if self.text in map(str, form.errors.get(name, ()))]
        self.marked = " ".join(sorted({str(form.add_prefix(name)) for form, name in said}))

    def _create(self) -> None:
        form = NetworkForm(type_network(self.refusal.body), ground=read_ground(SLUG), may_shape=True)
        form.is_valid()
        known = self._explain(RefusalContext(SLUG, spec=form.to_spec(), pools=[each.pool for each in form.pools]))
        _forget(form, *form.pools)
        if known:
            form.mark_refused(known.field, self.refusal.message, known.text)
        self._see(form, *form.pools)

    def _connect(self, network_name: str, *, is_connect: bool) -> None:
        network = next((each for each in network_choices(SLUG) if each.name == network_name), None)
        containers = container_choices(SLUG)
        container = next((each for each in containers if each.name == self.refusal.body["Container"]), None)
        spec = _connect_spec(self.refusal.body, network, container)
        known = self._explain(RefusalContext(SLUG, network, container, spec))
        halves: list[FindingsForm] = []
        if is_connect:
            halves = [
                ContainerToConnectForm(QueryDict(), network=network or NOWHERE, containers=containers),
                NetworkToConnectForm(QueryDict(), container=container or NOBODY, networks=network_choices(SLUG)),
            ]
        for form in halves:  # on the page of either
            _forget(form)
            mark_refused_field(form, known)
        self._see(*halves)

    def _run(self, version: str) -> None:
        told = {each.case: each for each in answered(version)}
        asked = told[self.refusal.case.replace("(start)", "(create)")]
        ground = LaunchContext(
            SLUG,
            containers=container_choices(SLUG),
            networks={each.docker_id: each for each in (*network_choices(SLUG), NOWHERE)},  # one was removed since
            version=engine_version(read_engine(SLUG)),
            host=HostSide(),
        )
        form = RunForm(_typed_container(asked, ground), ground=ground, may_shape=True)
        form.is_valid()
        row = find_refused_row(form, self.refusal.message)
        known = self._explain(around_row(form, row))
        _forget(form, *form.rows)
        if known:
            form.mark_refused(known.field, known.text, row)
        self._see(form, *form.rows)

    def _order(self, path: list[str]) -> None:
        verb = "rename_container" if path[-1] == "rename" else "remove_container"
        form = OrderForm({"shown": "1"}, verb=verb, name="web")
        network = next((each for each in network_choices(SLUG) if path == ["networks", each.name]), None)
        known = self._explain(RefusalContext(SLUG, network))
        _forget(form)
        mark_refused_field(form, known)
        self._see(form)


NOWHERE = NetworkChoice("0" * 64, "nosuch", "bridge")
NOBODY = ContainerChoice("0" * 64, "nosuch", "running", "")


def _forget(*forms: FindingsForm) -> None:
    """Leave out what the forms themselves find: most of it they would never have sent."""
    for form in forms:
        form.is_valid()
        form.errors.clear()


def type_network(body: Mapping[str, Any]) -> QueryDict:
    """Return a creation as a browser would send it."""
    typed = QueryDict(mutable=True)
    typed.update({"name": body["Name"], "driver": body.get("Driver", "bridge")})
    pools = body.get("IPAM", {}).get("Config", [])
    typed["pools-count"] = str(max(1, len(pools)))
    for row, pool in enumerate(pools):
        kept_back = ", ".join(f"{name}={address}" for name, address in pool.get("AuxiliaryAddresses", {}).items())
        words = {"subnet": pool.get("Subnet"), "gateway": pool.get("Gateway"), "ip_range": pool.get("IPRange")}
        typed.update({f"pools-{row}-{name}": text for name, text in (words | {"aux_addresses": kept_back}).items() if text})
    free = []
    for key, value in body.get("Options", {}).items():
        if key in OF_OPTIONS:
            typed[OF_OPTIONS[key]] = value
        else:
            free.append(f"{key}={value}")
    typed["options"] = "\n".join(free)
    flags = {"EnableIPv6": "enable_ipv6", "Internal": "is_internal", "Ingress": "is_ingress", "ConfigOnly": "is_config_only"}
    typed.update({name: "on" for member, name in flags.items() if body.get(member)})
    if "EnableIPv4" in body:
        typed["enable_ipv4"] = str(body["EnableIPv4"]).lower()
    typed["config_from"] = body.get("ConfigFrom", {}).get("Network", "")
    typed["scope"] = body.get("Scope", "")
    return typed


def type_connection(body: Mapping[str, Any], container: ContainerChoice) -> QueryDict:
    """Return a connection as a browser would send it from its network's page."""
    end = body.get("EndpointConfig", {})
    asked = end.get("IPAMConfig", {})
    typed = QueryDict(mutable=True)
    typed.update(
        {"container_id": container.docker_id, "ipv4": asked.get("IPv4Address", ""), "ipv6": asked.get("IPv6Address", "")}
    )
    typed.update({"aliases": ", ".join(end.get("Aliases", [])), "links": ", ".join(end.get("Links", []))})
    typed.update({"mac": end.get("MacAddress", ""), "gateway_priority": str(end.get("GwPriority", ""))})
    typed["sysctls"] = end.get("DriverOpts", {}).get(SYSCTLS, "")
    return typed


def _connect_spec(body: Mapping[str, Any], network: NetworkChoice | None, container: ContainerChoice | None) -> ConnectSpec:
    asked = dict(_addresses(body.get("EndpointConfig", {}).get("IPAMConfig", {})))
    return ConnectSpec((network or NOWHERE).docker_id, (container or NOBODY).docker_id, ipv4=asked.get(4), ipv6=asked.get(6))


def _addresses(asked: Mapping[str, str]) -> Iterator[tuple[int, Any]]:
    for name, family in (("IPv4Address", 4), ("IPv6Address", 6)):
        try:
            yield family, ip_address(asked.get(name, ""))
        except ValueError:
            continue


def _typed_container(asked: Answered, ground: LaunchContext) -> QueryDict:
    body, host = asked.body, asked.body.get("HostConfig", {})
    typed = QueryDict(mutable=True)
    typed.update({"image": body["Image"], "command": " ".join(body.get("Cmd", []))})
    typed.update({"name": dict(parse_qsl(urlsplit(asked.request).query)).get("name", "")})
    mode, _, donor = host.get("NetworkMode", "bridge").partition(":")
    typed["mode"] = mode if mode in ("host", "none", "container") else "network"
    typed["donor_id"] = next((each.docker_id for each in ground.containers if each.name == donor), "")
    bound = host.get("PortBindings", {}).items()
    typed["ports"] = "\n".join(f"{each['HostIp']}:{each['HostPort']}:{key}".lstrip(":") for key, ports in bound for each in ports)
    names = list(body.get("NetworkingConfig", {}).get("EndpointsConfig", {mode: {}}).items())
    typed["networks-count"] = str(len(names))
    for row, (name, end) in enumerate(names):
        chosen = next((each.docker_id for each in ground.networks.values() if each.name == name), "")
        typed[f"networks-{row}-network_id"] = chosen
        typed[f"networks-{row}-ipv4"] = end.get("IPAMConfig", {}).get("IPv4Address", "")
        typed[f"networks-{row}-aliases"] = ", ".join(end.get("Aliases", []))
    return typed
