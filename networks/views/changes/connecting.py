"""The page that connects a container and a network, whichever of the two it starts from."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from networks.actions.networks import connect_container
from networks.actions.recording import ActionResult
from networks.addressing.findings import bad
from networks.engine.allow_list import Noun, is_full_id
from networks.engine.bodies import connect_body
from networks.engine.cli import connect_lines
from networks.forms.connecting import RARE_FIELDS, ConnectForm, ContainerToConnectForm, NetworkToConnectForm
from networks.forms.edits import take_suggestion
from networks.policy.host_space import host_side_of
from networks.policy.permissions import Permission
from networks.policy.protection import Lock, Protection
from networks.preflight.connect_checks import changes_since, is_as_asked, seen_of
from networks.queries.addresses.room import Room
from networks.queries.choices import container_choices, network_choices
from networks.queries.details import Gone, read_gone
from networks.queries.engine_context import (
    ContainerChoice,
    NetworkChoice,
    engine_version,
    find_container,
    find_network,
    is_named_in_record,
    read_endpoint,
)
from networks.queries.engines import read_engine
from networks.queries.filters import TEXT_LIMIT
from networks.queries.swarm import with_elsewhere
from networks.refusals.catalogue import explain
from networks.refusals.meaning import RefusalContext
from networks.templatetags.wording import spell
from networks.views.acting import (
    actor_of,
    explain_refusal,
    explain_result,
    make_asked,
    mark_refused_field,
    spell_choices,
    try_again,
)
from networks.views.changes.unconnectable import why_not_connectable
from networks.views.generic import CheckedPage
from networks.views.shell import engines_seen

EDITABLE = frozenset({"network_id", "container_id", "ipv4", "ipv6", "aliases", *RARE_FIELDS})


class ConnectPage(CheckedPage[ConnectForm]):
    """Shows, checks and does it; the subclass makes the form and says where it belongs.

    `changes`: what isn't as it was shown any more. `successor_url`: the same page of what has the name now.
    """

    template_name = "networks/connect.html"
    preview_template = "networks/_connect_preview.html"
    form_id = "connect"
    given: Noun  # the half whose page this is: "network" or "container"
    other: Noun  # the half that is chosen
    changes: tuple[str, ...] = ()
    successor_url = ""

    @abstractmethod
    def make_form(self, data: QueryDict, *, is_draft: bool = False, gone: Gone | None = None) -> ConnectForm:
        """Return the form; raises Http404 when the given half isn't there, unless it is known to be `gone`."""

    @abstractmethod
    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        """Return name, hue and "is_network" of the given half."""

    def begin(self) -> QueryDict:
        data = QueryDict(mutable=True)
        if chosen := self.request.GET.get(self.other):
            data[f"{self.other}_id"] = chosen
        for family in ("ipv4", "ipv6"):  # picked in the grid of a network's addresses
            if address := self.request.GET.get(family):
                data[family] = address[:TEXT_LIMIT]
        return data

    def post(self, request: HttpRequest, **where: str) -> HttpResponseBase:
        try:
            return super().post(request, **where)
        except Http404:
            return self._show_gone(request.POST)

    def edit(self, data: QueryDict) -> QueryDict | None:
        return take_suggestion(data, EDITABLE) if "use" in data else None

    def submit(self, form: ConnectForm) -> HttpResponseBase:
        is_fit = form.is_valid()
        if (done := self._done_already(form)) is not None:
            return done
        self.changes = tuple(changes_since(self.request.POST.get("seen", ""), form.container))
        is_fit = is_fit and lock_of(form, form.protection) is None
        if not is_fit or self.changes or form.network is None or form.container is None:
            return self.show(form, status=422 if not is_fit else 409)
        engine, _may_act = self.open()
        result = connect_container(
            actor_of(self.request),
            engine,
            form.to_spec(),
            network_name=form.network.name,
            container_name=form.container.name,
            is_elsewhere=bool(form.network.via),
        )
        known = None if result.is_ok else explain(result.sentence)
        # After other refusals the Engine may list a connection all the same, which isn't one.
        done = self._done_already(form) if known is not None and known.key == "already_connected" else None
        return done or self.answer(form, result)

    def mark_refused(self, form: ConnectForm, result: ActionResult) -> int:
        mark_refused_field(form, explain_result(result, self._around(form)))
        return 409

    def lead_on(self, result: ActionResult) -> HttpResponseBase:
        return redirect(f"{self.given}_detail", self.slug, self.kwargs["docker_id"])

    def _done_already(self, form: ConnectForm) -> HttpResponseBase | None:
        """Return the answer to a request that was sent twice: what it asks for is so already. None where it isn't."""
        network, container = form.network, form.container
        if network is None or container is None:
            return None
        endpoint = read_endpoint(self.slug, network.name, container.docker_id)
        if endpoint is None or not is_as_asked(form.to_spec(), endpoint):
            return None
        self.open()
        names = {"network": spell(network.name)[:60], "container": spell(container.name)[:60]}
        messages.info(self.request, _("%(container)s is on %(network)s already, as you asked. Nothing more was done.") % names)
        return redirect(f"{self.given}_detail", self.slug, self.kwargs["docker_id"])

    def _say_left(self, form: ConnectForm) -> str:
        """Return that the container's record names the network that it was refused, "" where it doesn't."""
        network, container = form.network, form.container
        if network is None or container is None or network.name in container.networks:
            return ""
        if not is_named_in_record(self.slug, network.name, container.docker_id):
            return ""
        words = _("Docker's record of %(container)s names %(network)s all the same: what that means stands on its page.")
        return words % {"network": spell(network.name)[:60], "container": spell(container.name)[:60]}

    def _around(self, form: ConnectForm) -> RefusalContext:
        return RefusalContext(self.slug, form.network, form.container, form.to_spec())

    def _show_gone(self, data: QueryDict) -> HttpResponse:
        """Show that the given half was removed, with what was typed. Raises Http404 where it never was here."""
        slug, docker_id = self.slug, self.kwargs["docker_id"]
        gone = read_gone(slug, self.given, docker_id) if is_full_id(self.given, docker_id) else None
        if gone is None:
            raise Http404(docker_id)
        words = _("The network %(name)s was removed.") if self.given == "network" else _("The container %(name)s was removed.")
        self.changes = (words % {"name": gone.name},)
        if namesake := find_namesake(slug, self.given, gone.name):
            self.successor_url = reverse(f"{self.given}_connect", args=[slug, namesake])
            self.changes += (_("Another one has this name now."),)
        form = self.make_form(data, gone=gone, is_draft=True)
        if "preview" in data:  # it is put into the page whatever it says, so it never fails
            return self.show(form, template=self.preview_template)
        return self.show(form, status=404)

    def describe(self, form: ConnectForm, result: ActionResult | None) -> dict[str, Any]:
        if lock := lock_of(form, form.protection):
            form.add_finding(bad(form.half, "protected", "%(reason)s", reason=lock.sentence))
        why_not = why_not_connectable(self.slug, form, self.given, form.protection)
        refusal = None
        if result is not None:
            around, changed = self._around(form), self._say_left(form)
            ways = try_again(result, "connect")
            refusal = explain_refusal(result, ways, around=around, changed=changed, is_typed=why_not is None)
        if "preview" not in self.request.POST:
            spell_choices(form, form.half)
        spec = form.to_spec()
        names = form.network.name if form.network else "NETWORK", form.container.name if form.container else "CONTAINER"
        asked = make_asked(f"POST /networks/{spec.network_id}/connect", connect_body(spec), sees_secrets=form.may_shape)
        return {
            "half": form[form.half],
            "title": self.make_title(form),
            "page_url": f"{self.given}_detail",
            "docker_id": self.kwargs["docker_id"],
            "button": _("Connect %(name)s") % {"name": spell(form.container.name)[:60]} if form.container else _("Connect"),
            "aside": replace(self.aside(connect_lines(spec, *names), form.findings, result, asked), seen=seen_of(form.container)),
            "refusal": refusal,
            "changes": self.changes,
            "successor_url": self.successor_url,
            "is_gone": form.is_given_gone,
            "why_not": why_not,
        }

    def _known(self, containers: tuple[ContainerChoice, ...]) -> dict[str, Any]:
        """Return what every form here must know: containers, the Engine's version, what the person may do, what has gone."""
        engine = read_engine(self.slug)
        return {
            "containers": containers,
            "version": engine_version(engine),
            "host": host_side_of(self.slug),
            "may_shape": self.has(Permission.SHAPE),
            "engine_slug": self.slug,
            "room": Room(engine),
            "find_successor": self._find_successor,
        }

    def _find_successor(self, docker_id: str) -> tuple[str, str]:
        """Return name and successor's id of the chosen half, if it went within the last day; ("", "") where it didn't."""
        gone = read_gone(self.slug, self.other, docker_id)
        return (gone.name, find_namesake(self.slug, self.other, gone.name)) if gone else ("", "")


class NetworkConnect(ConnectPage):
    """Put a container on this network."""

    given: Noun = "network"
    other: Noun = "container"

    def make_form(self, data: QueryDict, *, is_draft: bool = False, gone: Gone | None = None) -> ConnectForm:
        slug, docker_id = self.slug, self.kwargs["docker_id"]
        network = NetworkChoice(docker_id, gone.name, "") if gone else find_choice(slug, docker_id)
        (network,) = with_elsewhere([network], slug, engines_seen(self.request))[:1]
        known = self._known(container_choices(slug))
        return ContainerToConnectForm(data, network=network, is_given_gone=gone is not None, is_draft=is_draft, **known)

    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        network = form.network
        return {"name": network.name, "hue": network.hue, "is_network": True} if network else {}


class ContainerConnect(ConnectPage):
    """Put this container on a network."""

    given: Noun = "container"
    other: Noun = "network"

    def make_form(self, data: QueryDict, *, is_draft: bool = False, gone: Gone | None = None) -> ConnectForm:
        slug, docker_id = self.slug, self.kwargs["docker_id"]
        containers = container_choices(slug)
        there = next((each for each in containers if each.docker_id == docker_id), None)
        container = ContainerChoice(docker_id, gone.name, "", "") if gone else there
        if container is None:
            raise Http404(docker_id)
        networks = with_elsewhere(network_choices(slug), slug, engines_seen(self.request))
        known = self._known(containers) | {"networks": networks, "is_draft": is_draft}
        return NetworkToConnectForm(data, container=container, is_given_gone=gone is not None, **known)

    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        container = form.container
        return {"name": container.name, "hue": 0, "is_network": False} if container else {}


def lock_of(form: ConnectForm, protection: Protection) -> Lock | None:
    """Return why one of the halves is protected."""
    network_id, container_id = (half.docker_id if half else "" for half in (form.network, form.container))
    return protection.lock_on_pair(network_id, container_id)


def find_choice(engine_slug: str, docker_id: str) -> NetworkChoice:
    """Return the network with this id. Raises Http404."""
    # Only what can be an id is looked for: a database may not take others, such as one with NUL.
    found = network_choices(engine_slug, [docker_id]) if is_full_id("network", docker_id) else ()
    if not found:
        raise Http404(docker_id)
    return found[0]


def find_namesake(engine_slug: str, kind: str, name: str) -> str:
    """Return the id of the network or container that has this name now, "" for none."""
    return find_network(engine_slug, name) if kind == "network" else find_container(engine_slug, name)
