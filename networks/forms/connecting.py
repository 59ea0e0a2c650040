"""The forms that put a container on a network, from either side, and their common checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Finding, Misread, bad
from networks.addressing.host import HostSide
from networks.addressing.reading import IPAddress, parse_address
from networks.engine.specs import ConnectSpec, EndpointWishes
from networks.forms.fields import HalfSelect, TypedField, label_container, label_network
from networks.forms.pairs import parse_pairs, parse_words
from networks.policy.protection import Protection, protection_of
from networks.preflight.connect_checks import (
    NEW_MEMBERS,
    OPTION_FIELDS,
    check_driver_options,
    check_link_local,
    check_links,
    check_mac,
    check_wishes,
    is_too_new,
    not_yet,
    parse_endpoint_sysctls,
    parse_interface_name,
    parse_link_local,
    parse_mac,
    parse_priority,
)
from networks.preflight.findings import FindingsForm
from networks.preflight.pair import check_container, check_joining, check_pair
from networks.preflight.places import check_plugin
from networks.preflight.rights import check_company, check_endpoint_options
from networks.queries.addresses.room import Lack, Room
from networks.queries.engine_context import ContainerChoice, EngineVersion, NetworkChoice

# What most people never need, behind a fold.
RARE_FIELDS = ("gateway_priority", "mac", "link_local_ips", "links", "interface_name", "sysctls", "driver_options")
_NOT_CHOSEN = {
    "container_gone": gettext_noop("This container is not there any more."),
    "container_missing": gettext_noop("Choose a container."),
    "network_gone": gettext_noop("This network is not there any more."),
    "network_missing": gettext_noop("Choose a network."),
}
_REMOVED = {
    "container_removed": gettext_noop("The container %(name)s was removed."),
    "container_replaced": gettext_noop("The container %(name)s was removed; another one has that name now."),
    "network_removed": gettext_noop("The network %(name)s was removed."),
    "network_replaced": gettext_noop("The network %(name)s was removed; another one has that name now."),
}
Choices = list[tuple[str, str]]  # made when a page draws them: while one types, nobody needs them


class ConnectForm(FindingsForm):
    """What both sides ask for. The subclass knows one half of the pair; `choose` finds the other in what was sent.

    `containers`: all of the Engine, for links. `may_shape`: whether the person may hand options on to a driver.
    `engine_slug`: whose machine's plugins are looked at, "" for nobody's; `room`: what is left of its addresses.
    `is_given_gone`: the half whose page this is was removed. `find_successor`: from the id of a chosen half that isn't there to
    its name and the id of what is called so now, each "" where there is none.
    """

    ipv4 = TypedField(_("IPv4 address"), _("empty: Docker chooses"), max_length=60)
    ipv6 = TypedField(_("IPv6 address"), _("empty: Docker chooses"), max_length=60)
    aliases = TypedField(_("Aliases"), _("other names on this network, separated by commas"), max_length=4000)
    gateway_priority = TypedField(
        _("Gateway priority"), _("the default route goes through the network with the highest one"), max_length=20
    )
    mac = TypedField(_("MAC address"), _("empty: Docker chooses"), max_length=40)
    link_local_ips = TypedField(
        _("Link-local addresses"), _("in addition to the network's address, separated by commas"), max_length=4000
    )
    links = TypedField(_("Links"), _("container:name; the name is how this container finds it"), max_length=4000)
    interface_name = TypedField(_("Interface name"), _("inside the container; empty: eth and a number"), max_length=60)
    sysctls = TypedField(_("Sysctls"), _("for this interface, written as IFNAME"), max_length=4000)
    driver_options = TypedField(_("Driver options"), _("key=value, one per line"), is_long=True)
    FOLDS = {"rare": RARE_FIELDS}
    half = ""  # the name of the field that chooses

    network: NetworkChoice | None = None
    container: ContainerChoice | None = None

    def __init__(
        self,
        *args: Any,
        containers: Sequence[ContainerChoice] = (),
        version: EngineVersion | None = None,
        host: HostSide | None = None,
        may_shape: bool = False,
        engine_slug: str = "",
        room: Room | None = None,
        is_given_gone: bool = False,
        find_successor: Callable[[str], tuple[str, str]] = lambda docker_id: ("", ""),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.is_given_gone, self.may_shape, self.engine_slug = is_given_gone, may_shape, engine_slug
        self.containers, self.find_successor, self.room = containers, find_successor, room or Room(None)
        self.version, self.host = version or EngineVersion(), host or HostSide()
        self._read: dict[str, Any] = {}
        for name, member in NEW_MEMBERS.items():
            if is_too_new(name, self.version):
                self.fields[name].widget.attrs["disabled"] = True
                self.fields[name].help_text = gettext("from Engine %(version)s") % {"version": member.engine}

    @cached_property
    def protection(self) -> Protection:
        """Return what is protected on the Engine. One query."""
        return protection_of(self.engine_slug)

    def _line(self, docker_id: str, label: str) -> str:
        """Return a line of the list, with why it can't be chosen where that is so."""
        return f"{label} · {gettext('protected')}" if self.protection.is_locked(docker_id) else label

    def clean(self) -> dict[str, Any]:
        """Check the pair, then the addresses against the network's pools and endpoints, then the rest."""
        cleaned = self.cleaned_data
        self.choose(cleaned.get(self.half, ""))
        self._read = {"aliases": parse_words(cleaned.get("aliases", "")), "links": parse_words(cleaned.get("links", ""))}
        for field in ("ipv4", "ipv6"):
            self._take(field, lambda text, name=field: self._address(text, name))  # type: ignore[misc]
        self._read["link_local_ips"], unread = parse_link_local(parse_words(cleaned.get("link_local_ips", "")))
        self.add_findings(unread)
        self._take("mac", parse_mac)
        self._take("gateway_priority", parse_priority)
        self._read["driver_options"] = self._read_driver_options()
        if not self.is_given_gone:
            self._check_pair(chosen=cleaned.get(self.half, ""))
        return cleaned

    def choose(self, docker_id: str) -> None:
        """Set the half that was chosen."""
        raise NotImplementedError

    def to_spec(self) -> ConnectSpec:
        """Return what was typed; of a faulty form, what could be read of it."""
        network_id = self.network.docker_id if self.network else "NETWORK"
        container_id = self.container.docker_id if self.container else "CONTAINER"
        return ConnectSpec(network_id, container_id, links=self._read.get("links", ()), **self.wishes())

    def wishes(self) -> dict[str, Any]:
        """Return what was typed of an endpoint, by the names of EndpointWishes."""
        return {each.name: self._read[each.name] for each in fields(EndpointWishes) if each.name in self._read}

    def _check_pair(self, *, chosen: str) -> None:
        if self.network is None or self.container is None:
            name, successor = self.find_successor(chosen) if chosen else ("", "")
            self.add_finding(self._removed(name, successor) if name else self._not_chosen(chosen))
            why_not = check_joining(self.network) if self.network else check_container(self.container) if self.container else ()
            self.add_findings(replace(found, field=self.half) for found in (*why_not, *self._check_plugin()))
        else:
            of_pair = [*self._check_plugin()] or [*check_pair(self.network, self.container, self._lack())]
            self.add_findings(replace(found, field=self.half) for found in of_pair)
        if self.network is not None:
            self.add_findings(self._check_company(self.network, self.container.name if self.container else ""))
            self.add_findings(check_wishes(self.network, self._read, self.host, self.version))
            self.add_findings(check_link_local(self._read["link_local_ips"], self.network))
            self.add_findings(check_links(self._read["links"], self.network, self.container, self.containers))
            self.add_findings(check_mac(mac, self.network) if (mac := self._read.get("mac")) else ())

    def _not_chosen(self, chosen: str) -> Finding:
        key = f"{self.half.removesuffix('_id')}_{'gone' if chosen else 'missing'}"
        return bad(self.half, key, _NOT_CHOSEN[key])

    def _removed(self, name: str, successor: str) -> Finding:
        key = f"{self.half.removesuffix('_id')}_{'replaced' if successor else 'removed'}"
        return bad(self.half, key, _REMOVED[key], successor, fix=gettext_noop("Choose the new one"), name=name)

    def _check_company(self, network: NetworkChoice, name: str) -> Iterator[Finding]:
        return check_company(network, self.protection, name, self._read["aliases"], half=self.half, may_shape=self.may_shape)

    def _lack(self) -> Lack | None:
        """Return which address that isn't typed it would not get."""
        typed = [str(self._read[field]) for field in ("ipv4", "ipv6") if field in self._read]
        beside = self.container.networks if self.container else ()
        return self.room.lack(self.network.docker_id, typed, beside=beside) if self.network else None

    def _check_plugin(self) -> Iterator[Finding]:
        """Yield that the network's plugin can't serve."""
        if self.network is not None and self.engine_slug:
            yield from check_plugin(self.engine_slug, self.network.driver)

    def _take(self, field: str, parse: Callable[[str], Any]) -> None:
        """Read a field that may be empty; one that this Engine would ignore is refused."""
        if not (text := self.cleaned_data.get(field, "").strip()):
            return
        if self._is_ignored(field):
            self.add_finding(not_yet(field, self.version))
            return
        try:
            self._read[field] = parse(text)
        except Misread as error:
            self.add_finding(error.finding)

    def _is_ignored(self, field: str) -> bool:
        return is_too_new(field, self.version)

    def _read_driver_options(self) -> dict[str, str]:
        """Return the options of the fields that stand for one, and those typed as key=value."""
        self._take("sysctls", parse_endpoint_sysctls)
        self._take("interface_name", parse_interface_name)
        typed = {key: self._read[field] for field, key in OPTION_FIELDS.items() if self._read.get(field)}
        free, unread = parse_pairs(self.cleaned_data.get("driver_options", ""), "driver_options")
        free = {key: value.strip() for key, value in free.items()}  # as the docker command does
        self.add_findings(unread)
        self.add_findings(check_driver_options(free, self.network.driver if self.network else "", typed))
        for field, parse in (("sysctls", parse_endpoint_sysctls), ("interface_name", parse_interface_name)):
            key = OPTION_FIELDS[field]
            if key in free and is_too_new(field, self.version):
                self.add_finding(not_yet(field, self.version, "driver_options"))
            elif key in free and key not in typed:
                try:
                    free[key] = parse(free[key], "driver_options")
                except Misread as error:
                    self.add_finding(error.finding)
        options = {**free, **typed}
        self.add_findings(check_endpoint_options(options, may_shape=self.may_shape))
        return options

    def _address(self, text: str, field: str) -> IPAddress:
        address = parse_address(text, field)
        if f"ipv{address.version}" != field:
            families = {4: gettext_noop("%(address)s is an IPv4 address."), 6: gettext_noop("%(address)s is an IPv6 address.")}
            raise Misread(bad(field, f"{field}_family", families[address.version], address=address))
        return address


class ContainerToConnectForm(ConnectForm):
    """On a network's page: choose a container."""

    half = "container_id"
    container_id = TypedField(_("Container"), max_length=64)

    def __init__(self, *args: Any, network: NetworkChoice, containers: Sequence[ContainerChoice], **options: Any) -> None:
        super().__init__(*args, containers=containers, **options)
        self.network = network
        self._containers = {choice.docker_id: choice for choice in containers}
        self.fields["container_id"].widget = HalfSelect(self._list_containers, self._is_possible)
        self.order_fields(["container_id"])

    def choose(self, docker_id: str) -> None:
        """Set the container."""
        self.container = self._containers.get(docker_id)

    def _is_possible(self, docker_id: str) -> bool:
        """Tell whether it could be connected; one on none can be moved, which is said once it is chosen."""
        return not self.protection.is_locked(docker_id) and all(
            found.key == "container_none" for found in check_container(self._containers[docker_id])
        )

    def _list_containers(self) -> Choices:
        free = [choice for choice in self.containers if self.network and self.network.name not in choice.networks]
        return [
            ("", gettext("Choose…")),
            *((one.docker_id, self._line(one.docker_id, label_container(one))) for one in free),
        ]


class NetworkToConnectForm(ConnectForm):
    """On a container's page: choose a network."""

    half = "network_id"
    network_id = TypedField(_("Network"), max_length=64)

    def __init__(self, *args: Any, container: ContainerChoice, networks: Sequence[NetworkChoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.container = container
        self._networks = {choice.docker_id: choice for choice in networks}
        self.fields["network_id"].widget = HalfSelect(
            self._list_networks,
            lambda docker_id: not (self.protection.is_locked(docker_id) or any(check_joining(self._networks[docker_id]))),
        )
        self.order_fields(["network_id"])

    def choose(self, docker_id: str) -> None:
        """Set the network."""
        self.network = self._networks.get(docker_id)

    def _list_networks(self) -> Choices:
        free = [choice for choice in self._networks.values() if self.container and choice.name not in self.container.networks]
        return [("", gettext("Choose…")), *((one.docker_id, self._line(one.docker_id, label_network(one))) for one in free)]
