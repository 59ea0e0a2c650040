"""The form of a new network: what was typed, to a NetworkSpec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Finding, Level, bad
from networks.addressing.host import is_harmful
from networks.addressing.pool_checks import Pool, check_between
from networks.engine.cli import Line, create_network_lines, quoted
from networks.engine.docker_names import OWN_DRIVERS, SINGLE_DRIVERS
from networks.engine.specs import NetworkSpec
from networks.forms.fields import TypedField
from networks.forms.option_fields import VLAN, hidden_of_others, make_field, make_vlan_field, read_options, set_choices
from networks.forms.pairs import parse_pairs
from networks.forms.pool_form import POOLS, PoolForm
from networks.policy.harmful_subnets import are_typed, subnets_of, words_to_type
from networks.preflight.findings import FindingsForm
from networks.preflight.known_options import MAIN_OPTIONS, options_of
from networks.preflight.network_checks import check_driver, check_families, check_name, check_pool_list, check_special
from networks.preflight.option_checks import RequestedOptions, check_options
from networks.preflight.parents import ParentList, check_parent, check_vlan, list_parents
from networks.preflight.places import HARM, check_config, check_sight
from networks.preflight.rights import check_labels, check_space, may_create
from networks.queries.engine_context import EngineContext
from networks.refusals.fields import find_refused

_FLAGS = {"subnet": "--subnet", "ip_range": "--ip-range", "gateway": "--gateway"}


class NetworkForm(FindingsForm):
    """A new network. `pools`: its rows. Needs the Engine's `ground` and whether the person `may_shape`.

    The fields of driver options are those of the chosen driver. `harm`: the subnets that would cut the Engine's machine off, as
    they have to be typed, "" for none; once they were, by who may, they are amber and no longer red.
    """

    name = TypedField(_("Name"))
    driver = TypedField(_("Driver"), initial="bridge", max_length=255)
    is_internal = forms.BooleanField(label=_("Internal"), required=False, help_text=_("no traffic to the outside"))
    is_attachable = forms.BooleanField(
        label=_("Attachable"), required=False, help_text=_("of a swarm's networks: containers may join, not services alone")
    )
    enable_ipv6 = forms.BooleanField(label=_("IPv6"), required=False, help_text=_("off: IPv6 pools are dropped"))
    labels = TypedField(_("Labels"), _("key=value, one per line"), is_long=True)
    options = TypedField(_("Other driver options"), _("key=value, one per line: options without a field here"), is_long=True)
    ipam_driver = TypedField(_("IPAM driver"), _("who assigns the addresses; empty: Docker"), max_length=255)
    ipam_options = TypedField(
        _("IPAM options"), _("key=value, one per line; Docker's own IPAM driver ignores them"), is_long=True
    )
    is_config_only = forms.BooleanField(
        label=_("Config-only"),
        required=False,
        help_text=_("no usable network, only pools, options and labels that others take over"),
    )
    config_from = TypedField(
        _("Config-from"), _("take over pools, options and labels from a config-only network"), max_length=255
    )
    enable_ipv4 = forms.ChoiceField(label=_("IPv4"), required=False, help_text=_("off: containers have IPv6 alone"))
    is_ipv6_off = forms.BooleanField(
        label=_("Turn IPv6 off explicitly"), required=False, help_text=_("even if it is on by default on this Engine")
    )
    scope = forms.ChoiceField(
        label=_("Scope"), required=False, help_text=_("where the network exists: on this machine, or in the whole swarm")
    )
    is_ingress = forms.BooleanField(
        label=_("Ingress"), required=False, help_text=_("the network for a swarm's published ports; there can be one")
    )

    FOLDS = {
        "ipam": ("ipam_driver", "ipam_options"),
        "config": ("is_config_only", "config_from"),
        "scope": ("enable_ipv4", "is_ipv6_off", "scope", "is_ingress"),
    }

    typed_subnet = TypedField(_("The subnet, to confirm"), max_length=500)

    def __init__(self, *args: Any, ground: EngineContext, may_shape: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground = ground
        self.may_shape = may_shape
        self.harm = ""
        self.is_confirmed = False
        self.chosen_driver = (str(self.data.get("driver", "")).strip() if self.is_bound else "") or "bridge"
        self.fields["driver"].widget = forms.Select(choices=self._drivers())
        set_choices(self.fields, ground, str(self.data.get("config_from", "")) if self.is_bound else "")
        self.driver_options = options_of(self.chosen_driver)
        for option in self.driver_options:
            self.fields[option.field] = make_field(option, ground.api_version)
            if option.field == "parent":
                self.fields[VLAN] = make_vlan_field()
        self.pools = [PoolForm(self.data if self.is_bound else None, prefix=f"pools-{n}") for n in range(POOLS.count(self.data))]
        self._pairs: dict[str, dict[str, str]] = {"labels": {}, "options": {}, "ipam_options": {}}

    @property
    def parts(self) -> list[PoolForm]:
        """Return the rows of pools."""
        return self.pools

    @property
    def main_fields(self) -> list[BoundField]:
        """Return the fields of the driver's main options."""
        names = [option.field for option in self.driver_options if option in MAIN_OPTIONS]
        return [self[name] for name in self.fields if name in names or name == VLAN]

    @property
    def further_fields(self) -> list[BoundField]:
        """Return the fields of the driver's other options."""
        return [self[option.field] for option in self.driver_options if option not in MAIN_OPTIONS]

    @property
    def parents(self) -> ParentList:
        """Return the machine's links that the network may stand on."""
        return list_parents(self.chosen_driver, str(self["parent"].value() or ""), self.ground)

    @property
    def offers_attachable(self) -> bool:
        """Tell whether Attachable may change something: of a swarm's network, or of a plugin's. What was ticked stays."""
        is_of_swarm = self.chosen_driver == "overlay" or self["scope"].value() == "swarm"
        return is_of_swarm or self.chosen_driver not in OWN_DRIVERS or bool(self["is_attachable"].value())

    @property
    def has_further(self) -> bool:
        """Tell whether anything stands in the fold of the driver's other options."""
        return any(field.errors or field.value() for field in self.further_fields)

    @property
    def hidden_options(self) -> list[tuple[str, str]]:
        """Return name and value of what was typed for other drivers."""
        return hidden_of_others(self.chosen_driver, self.data) if self.is_bound else []

    @property
    def is_harm_alone(self) -> bool:
        """Tell whether nothing but the harm to the Engine's machine stands in the way."""
        red = [finding for finding in self.all_findings if finding.level is Level.BAD]
        errors = sum(len(each) for form in (self, *self.pools) for each in form.errors.values())
        return 0 < len(red) == errors and HARM.issuperset(finding.key for finding in red)

    def clean(self) -> dict[str, Any]:
        """Check everything, pools included; what can be read of a faulty form is checked as well."""
        cleaned = self.cleaned_data
        for name in self._pairs:
            self._pairs[name], unreadable = parse_pairs(cleaned.get(name, ""), name)
            self.add_findings(unreadable)
        typed = read_options(self.chosen_driver, cleaned)
        for key in typed.keys() & self._pairs["options"].keys():
            message = gettext_noop("%(key)s has its own field above, and that is filled in.")
            self.add_finding(bad("options", "option_above", message, key=key))
        self._pairs["options"] = {**typed, **self._pairs["options"]}
        if not cleaned.get("name") and "name" not in self.errors:
            self.add_finding(bad("name", "name_missing", gettext_noop("A network needs a name.")))
        if cleaned.get("is_ipv6_off") and cleaned.get("enable_ipv6"):
            message = gettext_noop("IPv6 is on above and off here.")
            self.add_finding(bad("is_ipv6_off", "ipv6_both", message, fills="is_ipv6_off", fix=gettext_noop("Drop it here")))
        for pool in self.pools:
            pool.is_valid()
        spec = self.to_spec()
        self.add_findings(check_name(cleaned.get("name", ""), self.ground))
        self.add_findings(check_driver(spec, self.ground, may_create=may_create(spec, may_shape=self.may_shape)))
        self.add_findings(check_labels(spec.labels, may_shape=self.may_shape))
        fields = {option.key: option.field for option in self.driver_options if option.key in typed}
        self.add_findings(
            check_options(
                RequestedOptions(spec.driver, spec.options, self.ground, fields, spec.is_internal, bool(spec.enable_ipv6))
            )
        )
        self.add_findings(check_vlan(cleaned.get("parent", ""), cleaned.get(VLAN, "")))
        self.add_findings(check_parent(spec, self.ground))
        self.add_findings(check_special(spec, self.ground))
        self._check_harm(spec)
        self._check_pools(spec)
        self.add_findings(check_sight(spec, self.ground))
        return cleaned

    def to_spec(self) -> NetworkSpec:
        """Return what was typed; of a faulty form, what could be read of it."""
        cleaned = getattr(self, "cleaned_data", {})
        ipv4 = {"true": True, "false": False}.get(cleaned.get("enable_ipv4", ""))
        ipv6 = True if cleaned.get("enable_ipv6") else False if cleaned.get("is_ipv6_off") else None
        return NetworkSpec(
            name=cleaned.get("name") or "NAME",
            driver=cleaned.get("driver") or self.chosen_driver,
            pools=tuple(form.pool for form in self.pools if form.pool != Pool()),
            enable_ipv4=ipv4,
            enable_ipv6=ipv6,
            is_internal=bool(cleaned.get("is_internal")),
            is_attachable=bool(cleaned.get("is_attachable")),
            is_ingress=bool(cleaned.get("is_ingress")),
            is_config_only=bool(cleaned.get("is_config_only")),
            config_from=cleaned.get("config_from", ""),
            scope=cleaned.get("scope", ""),
            ipam_driver=cleaned.get("ipam_driver") or "default",
            ipam_options=self._pairs["ipam_options"],
            labels=self._pairs["labels"],
            options=self._pairs["options"],
        )

    def command_lines(self) -> list[Line]:
        """Return the command that makes it; what could not be read stands there as it was typed."""
        lines = create_network_lines(self.to_spec())
        unread = [(_FLAGS[name], quoted(text)) for form in self.pools for name, text in form.unread.items()]
        return [*lines[:2], *unread, *lines[2:]]

    def mark_refused(self, about: str, sentence: str, meaning: str) -> None:
        """Mark the field that the Engine's sentence is about; `about` is how the catalogue of refusals calls it."""
        if found := find_refused(self, self.pools, about, sentence):
            form, field = found
            form.add_error(field, meaning)

    def _check_harm(self, spec: NetworkSpec) -> None:
        subnets = subnets_of(spec, self.ground.config_subnets.get(spec.config_from, ()))
        # Docker refuses the whole address space, so there is nothing to go on with.
        harmful = [subnet for subnet in subnets if subnet.prefixlen and is_harmful(subnet, self.ground.host)]
        self.harm = words_to_type(harmful)
        self.is_confirmed = self.may_shape and are_typed(self.cleaned_data.get("typed_subnet", ""), harmful)
        if self.harm and self.may_shape and not (self.is_confirmed or self.is_draft):
            self.add_error("typed_subnet", gettext("Type it exactly as shown above."))
        self.add_findings(self._settled(finding) for finding in check_config(spec, self.ground))

    def _settled(self, finding: Finding) -> Finding:
        """Return a finding that was confirmed as one to know about."""
        is_settled = self.is_confirmed and finding.key in HARM
        return replace(finding, level=Level.WARN, suggestion="") if is_settled else finding

    def _check_pools(self, spec: NetworkSpec) -> None:
        read = [form.pool for form in self.pools]
        for index, finding in (*check_between(read), *check_space(read, spec, self.ground, may_shape=self.may_shape)):
            self.pools[index].add_finding(finding)
        for index, finding in check_pool_list(read, spec, self.ground):
            form = self.pools[index]
            # Of a subnet that is wrong for another reason, nobody wants to hear that it is free.
            if finding.level is not Level.OK or "subnet" not in form.errors:
                form.add_finding(self._settled(finding))
        typed_nothing = not any(form.errors for form in self.pools)
        for finding in check_families(read, spec, self.ground):
            if finding.level is not Level.OK or typed_nothing:
                self.add_finding(finding)

    def _drivers(self) -> list[tuple[str, str]]:
        names = [name for name in self.ground.all_drivers if name not in SINGLE_DRIVERS] or ["bridge"]
        if self.chosen_driver not in names:
            names.append(self.chosen_driver)  # what was typed stays
        return [(name, name) for name in names]
