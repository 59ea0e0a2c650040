"""The form of a new container: what was typed, to a RunSpec."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Finding, bad, fine
from networks.engine.cli import Line, run_lines
from networks.engine.specs import Mode, RunSpec
from networks.forms.connecting import Choices
from networks.forms.containers import launch_reading
from networks.forms.containers.launch_endpoints import NETWORK_ROWS, EndpointForm
from networks.forms.fields import TypedField, label_container
from networks.forms.pairs import parse_pairs, parse_words
from networks.policy.protection import Protection, protection_of
from networks.preflight import launch_checks
from networks.preflight.findings import FindingsForm
from networks.preflight.launch_checks import LaunchContext
from networks.preflight.rights import check_labels, check_pull, check_run_rights

MODES = (
    (Mode.NETWORK.value, _("Networks")),
    (Mode.HOST.value, _("The host's network")),
    (Mode.NONE.value, _("None")),
    (Mode.CONTAINER.value, _("Another container's network")),
)
RESTARTS = (
    ("", _("no")),
    ("always", _("always")),
    ("unless-stopped", _("unless stopped")),
    ("on-failure", _("on failure")),
)


class RunForm(FindingsForm):
    """A new container. `rows`: its networks. Needs the Engine's `ground`, and whether the person `may_shape`."""

    image = TypedField(_("Image"), _("one on this Engine, or one to pull"))
    name = TypedField(_("Name"), _("empty: Docker makes up a name"))
    command = TypedField(_("Command"), _("as in a shell; empty: the image's command"))
    entrypoint = TypedField(_("Entrypoint"), _("runs instead of the image's entrypoint; the command is appended"))
    has_terminal = forms.BooleanField(label=_("Terminal (-it)"), required=False, help_text=_("keeps a shell running"))
    mode = forms.ChoiceField(label=_("Network mode"), required=False, choices=MODES, widget=forms.RadioSelect)
    donor_id = TypedField(_("Container to share the network with"), max_length=64)
    ports = TypedField(_("Ports to publish"), _("one per line, as in docker run -p: 8080:80, 127.0.0.1:53:53/udp"), is_long=True)
    publishes_all = forms.BooleanField(
        label=_("Publish all (-P)"), required=False, help_text=_("every port that the image exposes")
    )
    dns = TypedField(_("DNS servers"), _("addresses, separated by commas"))
    dns_options = TypedField(_("DNS options"), _("such as ndots:2, separated by commas"))
    dns_search = TypedField(_("Search domains"), _("separated by commas; a single dot: none"))
    extra_hosts = TypedField(_("Extra hosts"), _("name=address, one per line; host-gateway stands for the host"), is_long=True)
    hostname = TypedField(_("Host name"), _("empty: the container's id"))
    domainname = TypedField(_("Domain name"))
    sysctls = TypedField(_("Sysctls"), _("net.* of the container's network stack, one per line"), is_long=True)
    environment = TypedField(
        _("Variables"), _("NAME=value, one per line; values are sent to Docker and not stored"), is_long=True
    )
    labels = TypedField(_("Labels"), _("key=value, one per line"), is_long=True)
    restart = forms.ChoiceField(label=_("Restart"), required=False, choices=RESTARTS)
    restart_most = TypedField(_("Maximum retries"), _("with “on failure”; empty: no limit"))
    stop_signal = TypedField(_("Stop signal"), _("empty: the image's signal, or SIGTERM"))

    FOLDS = {
        "naming": ("hostname", "domainname", "dns", "dns_options", "dns_search", "extra_hosts"),
        "life": ("restart", "restart_most", "stop_signal", "labels"),
    }

    def __init__(self, *args: Any, ground: LaunchContext, may_shape: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground, self.may_shape = ground, may_shape
        self._donors = {each.docker_id: each for each in ground.containers}
        self.fields["donor_id"].widget = forms.Select(choices=CallableChoiceIterator(self._list_donors))
        shared: dict[str, Any] = {
            "networks": ground.networks,
            "version": ground.version,
            "host": ground.host,
            "may_shape": may_shape,
            "engine_slug": ground.engine_slug,
            "room": ground.room,
        }
        data = self.data if self.is_bound else None
        self.rows = [
            EndpointForm(data, prefix=f"networks-{row}", is_first=not row, is_draft=self.is_draft, **shared)
            for row in range(NETWORK_ROWS.count(self.data))
        ]
        self._read: dict[str, Any] = {}

    @cached_property
    def protection(self) -> Protection:
        """Return what is protected on the Engine. One query."""
        return protection_of(self.ground.engine_slug)

    @property
    def chosen_mode(self) -> Mode:
        """Return the mode that is chosen; networks where none is."""
        text = str(self.data.get("mode", "")) if self.is_bound else ""
        return Mode(text) if text in list(Mode) else Mode.NETWORK

    @property
    def parts(self) -> list[EndpointForm]:
        """Return the rows that count in this mode."""
        return self.rows if self.chosen_mode is Mode.NETWORK else []

    @property
    def is_image_absent(self) -> bool:
        """Tell whether the image would have to be pulled first."""
        return any(finding.key == "image_absent" for finding in self.findings)

    def clean(self) -> dict[str, Any]:
        """Check everything, rows included; what can be read of a faulty form is checked as well."""
        cleaned = self.cleaned_data
        self._read_texts(cleaned)
        for row in self.parts:
            row.is_valid()
        spec = self.to_spec()
        self.add_findings(self._check_image(spec.image))
        self.add_findings(launch_checks.check_run_name(spec.name, self.ground))
        typed = [name for name in self.fields if cleaned.get(name)]
        self.add_findings(launch_checks.check_mode(spec, typed, may_shape=self.may_shape))
        if spec.mode is Mode.CONTAINER:
            chosen = cleaned.get("donor_id", "")
            self.add_findings(launch_checks.check_donor(chosen, self._donors.get(chosen)))
        elif spec.mode is Mode.NETWORK:
            self.add_findings(launch_checks.check_ports(spec.ports, self.ground))
            chosen_rows = [row for row in self.rows if row.network]
            chosen = [row.network for row in chosen_rows if row.network]
            self.add_findings(check_run_rights(spec, chosen, self.protection, self.ground.engine_slug, may_shape=self.may_shape))
            self.add_findings(launch_checks.check_published(chosen, typed))
            for index, finding in launch_checks.check_together(spec.networks):
                chosen_rows[index].add_finding(finding)
            for index, row in enumerate(chosen_rows):
                self._check_beside(row, [each.network.name for each in chosen_rows[:index] if each.network])
        self.add_findings(check_labels(spec.labels, may_shape=self.may_shape))
        words = {name: cleaned.get(name, "").strip() for name in ("hostname", "domainname", "stop_signal")}
        self.add_findings(launch_checks.check_words(**words))
        if spec.environment:
            message = gettext_noop("Values of variables are sent to Docker; they are not shown, stored or logged.")
            self.add_finding(fine("environment", "variables_kept", message))
        return cleaned

    def _check_image(self, image: str) -> list[Finding]:
        """Return what there is to say of the image; of one that would have to be pulled, first who may."""
        found = [*launch_checks.check_image(image, self.ground)]
        if any(each.key == "image_absent" for each in found):
            found = [*check_pull(image, self.ground.engine_slug, may_shape=self.may_shape)] or found
        return found

    def _check_beside(self, row: EndpointForm, names: list[str]) -> None:
        """Look whether a row's network has the subnet of an earlier one's."""
        lack = self.ground.room.lack(row.network.docker_id, beside=names) if row.network else None
        if lack is not None and lack.clash:
            message = gettext_noop("%(network)s has the same subnet as %(other)s: Docker puts no container on both.")
            row.add_finding(bad("network_id", "subnets_clash_new", message, network=lack.network_name, other=lack.clash))

    def to_spec(self) -> RunSpec:
        """Return what was typed; of a faulty form, what could be read of it."""
        cleaned, read, mode = self.cleaned_data, self._read, self.chosen_mode
        donor = self._donors.get(cleaned.get("donor_id", "")) if mode is Mode.CONTAINER else None
        text = {name: cleaned.get(name, "").strip() for name in ("image", "name", "hostname", "domainname", "stop_signal")}
        endpoints = (row.to_endpoint() for row in self.parts)
        return RunSpec(
            **text,
            entrypoint=read.get("entrypoint") or None,
            command=read.get("command", ()),
            has_terminal=bool(cleaned.get("has_terminal")),
            mode=mode,
            networks=tuple(endpoint for endpoint in endpoints if endpoint is not None),
            donor_id=donor.docker_id if donor else "",
            donor_name=donor.name if donor else "",
            ports=read.get("ports", ()),
            publishes_all=bool(cleaned.get("publishes_all")),
            dns=read.get("dns", ()),
            dns_options=parse_words(cleaned.get("dns_options", "")),
            dns_search=parse_words(cleaned.get("dns_search", "")),
            extra_hosts=read.get("extra_hosts", ()),
            sysctls=read.get("sysctls", {}),
            environment=read.get("environment", {}),
            labels=read.get("labels", {}),
            restart=cleaned.get("restart", ""),
            restart_most=read.get("restart_most", 0),
        )

    def command_lines(self) -> list[Line]:
        """Return `docker run …`, one option a line; IMAGE stands for one that is still to be named."""
        spec = self.to_spec()
        return run_lines(spec if spec.image else replace(spec, image="IMAGE"))

    def mark_refused(self, about: str, text: str, row: EndpointForm | None) -> None:
        """Mark the field that an Engine's refusal is about. `about`: by the catalogue; `row`: the network that it is about."""
        program = "entrypoint" if any(self._read.get("entrypoint") or ()) else "command"  # whichever is begun
        about = {"container_id": "donor_id", "options": "driver_options", "command": program}.get(about, about)
        if about in self.fields:
            self.mark(about, text)
        elif row is not None and about in row.fields:
            row.mark(about, text)

    def _read_texts(self, cleaned: dict[str, Any]) -> None:
        parsers: dict[str, Callable[[str], tuple[Any, list[Finding]]]] = {
            "entrypoint": lambda text: launch_reading.parse_command(text, "entrypoint"),
            "command": lambda text: launch_reading.parse_command(text, "command"),
            "ports": launch_reading.parse_ports,
            "dns": lambda text: launch_reading.parse_addresses(text, "dns"),
            "extra_hosts": launch_reading.parse_hosts,
            "sysctls": launch_reading.parse_container_sysctls,
            "environment": launch_reading.parse_environment,
            "labels": lambda text: parse_pairs(text, "labels"),
        }
        for name, parse in parsers.items():
            self._read[name], findings = parse(cleaned.get(name, ""))
            self.add_findings(findings)
        tries = cleaned.get("restart_most", "").strip()
        if tries and cleaned.get("restart") != "on-failure":
            message = gettext_noop("Maximum retries can be set only with “on failure”.")
            fix = gettext_noop("Drop it")
            self.add_finding(bad("restart_most", "restart_most_alone", message, fills="restart_most", fix=fix))
        elif tries and not (tries.isascii() and tries.isdigit() and len(tries) < 10):
            message = gettext_noop("“%(typed)s” is not a number of retries.")
            self.add_finding(bad("restart_most", "restart_most_invalid", message, typed=tries))
        elif tries:
            self._read["restart_most"] = int(tries)

    def _list_donors(self) -> Choices:
        return [("", gettext("Choose…")), *((each.docker_id, label_container(each)) for each in self.ground.containers)]
