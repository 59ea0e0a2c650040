"""The form of a new network: what was typed, to a NetworkSpec."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Finding, Level, Misread
from networks.addressing.pools import Pool, check_between, check_pool
from networks.addressing.reading import parse_address, parse_network
from networks.engine.cli import Line, create_network_lines, quoted
from networks.engine.specs import NetworkSpec, PoolSpec
from networks.forms.findings import FindingsForm
from networks.forms.network_checks import (
    SINGLE_DRIVERS,
    check_driver,
    check_families,
    check_name,
    check_options,
    check_pool_list,
)
from networks.forms.pairs import parse_aux_addresses, parse_pairs
from networks.policy.permissions import Permission
from networks.policy.shapes import permission_to_create
from networks.queries.ground import Ground

_FLAGS = {"subnet": "--subnet", "ip_range": "--ip-range", "gateway": "--gateway"}
MAX_POOLS = 16  # rows; Docker has no limit, but nobody types more
POOL_COUNT = "pools-count"


class PoolForm(FindingsForm):
    """One row of pools. `pool`: what could be read of it; `unread`: what could not, by field."""

    subnet = forms.CharField(label=_("Subnet"), required=False, max_length=60)
    ip_range = forms.CharField(label=_("IP range"), required=False, max_length=60)
    gateway = forms.CharField(label=_("Gateway"), required=False, max_length=60)
    aux_addresses = forms.CharField(label=_("Reserved"), required=False, max_length=2000)

    pool = Pool()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unread: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        """Read the four fields, then check them against each other."""
        cleaned = self.cleaned_data
        read: dict[str, Any] = {}
        for name in ("subnet", "ip_range", "gateway"):
            text = cleaned.get(name, "").strip()
            if not text:
                continue
            try:
                read[name] = parse_address(text, name) if name == "gateway" else parse_network(text, name)
            except Misread as error:
                self.unread[name] = text
                self.add_finding(error.finding)
        read["aux_addresses"], unreadable = parse_aux_addresses(cleaned.get("aux_addresses", ""))
        self.add_findings(unreadable)
        self.pool = Pool(**read)
        if "subnet" not in self.errors:
            self.add_findings(check_pool(self.pool))
        return cleaned


class NetworkForm(FindingsForm):
    """A new network. `pools`: its rows. Needs the Engine's `ground` and whether the person `may_shape`."""

    name = forms.CharField(label=_("Name"), required=False, strip=True, max_length=2000)
    driver = forms.CharField(label=_("Driver"), required=False, initial="bridge", max_length=255)
    is_internal = forms.BooleanField(label=_("Internal"), required=False, help_text=_("no way to the outside"))
    is_attachable = forms.BooleanField(label=_("Attachable"), required=False, help_text=_("only matters on swarm networks"))
    enable_ipv6 = forms.BooleanField(label=_("IPv6"), required=False, help_text=_("off: IPv6 pools would be dropped"))
    labels = forms.CharField(
        label=_("Labels"), required=False, widget=forms.Textarea, max_length=100_000, help_text=_("key=value, one a line")
    )
    options = forms.CharField(
        label=_("Driver options"), required=False, widget=forms.Textarea, max_length=100_000, help_text=_("key=value, one a line")
    )

    def __init__(self, *args: Any, ground: Ground, may_shape: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground = ground
        self.may_shape = may_shape
        self.fields["driver"].widget = forms.Select(choices=self._drivers())
        self.pools = [PoolForm(self.data if self.is_bound else None, prefix=f"pools-{n}") for n in range(self._count_pools())]
        self._name, self._driver = "", "bridge"
        self._labels: dict[str, str] = {}
        self._options: dict[str, str] = {}

    @property
    def all_findings(self) -> list[Finding]:
        """Return the findings of the form and of its pools."""
        return [finding for form in (self, *self.pools) for finding in form.findings]

    @property
    def has_one_pool(self) -> bool:
        """Tell whether there is a single row of pools, which stays."""
        return len(self.pools) == 1

    def is_valid(self) -> bool:
        """Tell whether Docker may be asked."""
        return super().is_valid() and all(pool.is_valid() for pool in self.pools)

    def clean(self) -> dict[str, Any]:
        """Check everything, pools included; what can be read of a faulty form is checked as well."""
        cleaned = self.cleaned_data
        self._labels, unreadable = parse_pairs(cleaned.get("labels", ""), "labels")
        self.add_findings(unreadable)
        self._options, unreadable = parse_pairs(cleaned.get("options", ""), "options")
        self.add_findings(unreadable)
        self._name, self._driver = cleaned.get("name", ""), cleaned.get("driver") or "bridge"
        name, driver = self._name, self._driver
        if not name and "name" not in self.errors:
            self.add_finding(Finding(Level.BAD, "name", "name_missing"))
        self.add_findings(check_name(name, self.ground))
        may_create = self.may_shape or permission_to_create(driver, self._options) is Permission.CONNECT
        self.add_findings(check_driver(driver, self._options, self.ground, may_shape=may_create))
        self.add_findings(check_options(driver, self._options, self.ground))
        self._check_pools(driver, has_ipv6=bool(cleaned.get("enable_ipv6")))
        return cleaned

    def to_spec(self) -> NetworkSpec:
        """Return what was typed; of a faulty form, what could be read of it."""
        cleaned = getattr(self, "cleaned_data", {})
        specs = (
            PoolSpec(form.pool.subnet, form.pool.ip_range, form.pool.gateway, form.pool.aux_addresses) for form in self.pools
        )
        return NetworkSpec(
            name=self._name or "NAME",
            driver=self._driver,
            pools=tuple(spec for spec in specs if spec != PoolSpec()),
            enable_ipv6=True if cleaned.get("enable_ipv6") else None,
            is_internal=bool(cleaned.get("is_internal")),
            is_attachable=bool(cleaned.get("is_attachable")),
            labels=self._labels,
            options=self._options,
        )

    def command_lines(self) -> list[Line]:
        """Return the command that makes it; what could not be read stands there as it was typed."""
        lines = create_network_lines(self.to_spec())
        unread = [(_FLAGS[name], quoted(text)) for form in self.pools for name, text in form.unread.items()]
        return [*lines[:2], *unread, *lines[2:]]

    def _check_pools(self, driver: str, *, has_ipv6: bool) -> None:
        read = []
        for form in self.pools:
            form.is_valid()
            read.append(form.pool)
        for index, finding in check_between(read):
            self.pools[index].add_finding(finding)
        for index, finding in check_pool_list(read, driver, has_ipv6=has_ipv6, ground=self.ground):
            form = self.pools[index]
            # Of a subnet that is wrong for another reason, nobody wants to hear that it is free.
            if finding.level is not Level.OK or "subnet" not in form.errors:
                form.add_finding(finding)
        typed_nothing = not any(form.errors for form in self.pools)
        for finding in check_families(read, has_ipv6=has_ipv6, ground=self.ground, driver=driver):
            if finding.level is not Level.OK or typed_nothing:
                self.add_finding(finding)

    def _count_pools(self) -> int:
        typed = str(self.data.get(POOL_COUNT, "")) if self.is_bound else ""
        return min(max(int(typed), 1), MAX_POOLS) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1

    def _drivers(self) -> list[tuple[str, str]]:
        names = [name for name in self.ground.drivers if name not in SINGLE_DRIVERS] or ["bridge"]
        typed = str(self.data.get("driver", "")) if self.is_bound else ""
        if typed and typed not in names:
            names.append(typed)  # what was typed stays
        return [(name, name) for name in names]
