"""The page that connects a container and a network, whichever of the two it starts from."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.networks import connect_container
from networks.actions.recording import ActionResult
from networks.addressing.findings import bad
from networks.engine.bodies import connect_body
from networks.engine.cli import connect_lines
from networks.engine.guard import Noun, is_full_id
from networks.forms.connecting import RARE_FIELDS, ConnectForm, ContainerToConnectForm, NetworkToConnectForm
from networks.forms.edits import take_suggestion
from networks.models import OutcomeKind
from networks.policy.host_space import host_side_of
from networks.policy.permissions import Permission, permissions_of
from networks.policy.protection import Lock, Protection
from networks.preflight.connect_checks import changes_since, is_as_asked, seen_of
from networks.preflight.findings import Fix
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
    Aside,
    actor_of,
    explain_refusal,
    explain_result,
    make_aside,
    make_asked,
    mark_refused_field,
    open_page,
    say_unseen,
    spell_choices,
)
from networks.views.changes.unconnectable import why_not_connectable
from networks.views.shell import engines_seen

EDITABLE = frozenset({"network_id", "container_id", "ipv4", "ipv6", "aliases", *RARE_FIELDS})


class ConnectPage(View):
    """Shows, checks and does it; the subclass makes the form and says where it belongs."""

    given: Noun  # the half whose page this is: "network" or "container"
    other: Noun  # the half that is chosen

    @abstractmethod
    def make_form(self, data: QueryDict, *, gone: Gone | None = None, **options: Any) -> ConnectForm:
        """Return the form; raises Http404 when the given half isn't there, unless it is known to be `gone`."""

    @abstractmethod
    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        """Return name, hue and "is_network" of the given half."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        data = QueryDict(mutable=True)
        if chosen := request.GET.get(self.other):
            data[f"{self.other}_id"] = chosen
        for family in ("ipv4", "ipv6"):  # picked in the grid of a network's addresses
            if address := request.GET.get(family):
                data[family] = address[:TEXT_LIMIT]
        return self._show(request, self.make_form(data, is_draft=True))

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        data = request.POST
        try:
            if "preview" in data or "use" in data:
                form = self.make_form(take_suggestion(data, EDITABLE), is_draft=True)
                return self._show(request, form, is_preview="preview" in data)
            form = self.make_form(data)
        except Http404:
            return self._show_gone(request, data)
        is_fit = form.is_valid()
        if (done := self._done_already(request, form)) is not None:
            return done
        changes = changes_since(data.get("seen", ""), form.container)
        is_fit = is_fit and lock_of(form, form.protection) is None
        if not is_fit or changes or form.network is None or form.container is None:
            return self._show(request, form, changes=changes, status=422 if not is_fit else 409)
        engine, _may_act = open_page(request, engine_slug)
        network_name, container_name = form.network.name, form.container.name
        result = connect_container(
            actor_of(request),
            engine,
            form.to_spec(),
            network_name=network_name,
            container_name=container_name,
            is_elsewhere=bool(form.network.via),
        )
        if not result.is_ok:
            known = explain(result.sentence)
            # After other refusals the Engine may list a connection all the same, which isn't one.
            done = self._done_already(request, form) if known is not None and known.key == "already_connected" else None
            return done or self._show(request, form, result=result, changed=self._say_left(form), status=409)
        say_unseen(request, result)
        return redirect(f"{self.given}_detail", engine_slug, docker_id)

    def _done_already(self, request: HttpRequest, form: ConnectForm) -> HttpResponseBase | None:
        """Return the answer to a request that was sent twice: what it asks for is so already. None where it isn't."""
        slug, network, container = self.kwargs["engine_slug"], form.network, form.container
        if network is None or container is None:
            return None
        endpoint = read_endpoint(slug, network.name, container.docker_id)
        if endpoint is None or not is_as_asked(form.to_spec(), endpoint):
            return None
        open_page(request, slug)
        names = {"network": spell(network.name)[:60], "container": spell(container.name)[:60]}
        messages.info(request, _("%(container)s is on %(network)s already, as you asked. Nothing more was done.") % names)
        return redirect(f"{self.given}_detail", slug, self.kwargs["docker_id"])

    def _say_left(self, form: ConnectForm) -> str:
        """Return that the container's record names the network that it was refused, "" where it doesn't."""
        slug, network, container = self.kwargs["engine_slug"], form.network, form.container
        if network is None or container is None or network.name in container.networks:
            return ""
        if not is_named_in_record(slug, network.name, container.docker_id):
            return ""
        words = _("Docker's record of %(container)s names %(network)s all the same: what that means stands on its page.")
        return words % {"network": spell(network.name)[:60], "container": spell(container.name)[:60]}

    def _show_gone(self, request: HttpRequest, data: QueryDict) -> HttpResponse:
        """Show that the given half was removed, with what was typed. Raises Http404 where it never was here."""
        slug, docker_id = self.kwargs["engine_slug"], self.kwargs["docker_id"]
        gone = read_gone(slug, self.given, docker_id) if is_full_id(self.given, docker_id) else None
        if gone is None:
            raise Http404(docker_id)
        form = self.make_form(data, gone=gone, is_draft=True)
        namesake = find_namesake(slug, self.given, gone.name)
        url = reverse(f"{self.given}_connect", args=[slug, namesake]) if namesake else ""
        words = _("The network %(name)s was removed.") if self.given == "network" else _("The container %(name)s was removed.")
        changes = [words % {"name": gone.name}]
        if namesake:
            changes.append(_("Another one has this name now."))
        is_preview = "preview" in data
        return self._show(request, form, changes=changes, successor_url=url, is_preview=is_preview, status=404)

    def _show(
        self,
        request: HttpRequest,
        form: ConnectForm,
        *,
        result: ActionResult | None = None,
        changes: list[str] | None = None,
        changed: str = "",
        successor_url: str = "",
        is_preview: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug)
        form.is_valid()
        protection = form.protection
        if lock := lock_of(form, protection):
            form.add_finding(bad(form.half, "protected", "%(reason)s", reason=lock.sentence))
        refusal = None
        around = RefusalContext(slug, form.network, form.container, form.to_spec())
        why_not = why_not_connectable(slug, form, self.given, protection)
        if result is not None:
            mark_refused_field(form, explain_result(result, around))
            refusal = explain_refusal(result, _ways(result), around=around, changed=changed, is_typed=why_not is None)
        if not is_preview:
            spell_choices(form, form.half)
        context = {
            "engine": engine,
            "form": form,
            "half": form[form.half],
            "title": self.make_title(form),
            "page_url": f"{self.given}_detail",
            "docker_id": self.kwargs["docker_id"],
            "button": _("Connect %(name)s") % {"name": spell(form.container.name)[:60]} if form.container else _("Connect"),
            "aside": _aside_of(form, result),
            "refusal": refusal,
            "changes": changes or [],
            "successor_url": successor_url,
            "form_id": "connect",
            "may_act": may_act,
            "is_gone": form.is_given_gone,
            "why_not": why_not,
        }
        # A preview is put into the page whatever it says, so it never fails.
        template = "networks/_connect_preview.html" if is_preview else "networks/connect.html"
        return render(request, template, context, status=200 if is_preview else status)

    def _options(self, options: dict[str, Any], containers: tuple[ContainerChoice, ...]) -> dict[str, Any]:
        """Return what every form here must know: containers, the Engine's version, what the person may do, what has gone."""
        slug = self.kwargs["engine_slug"]
        may_shape = Permission.SHAPE in permissions_of(self.request.user, slug)
        engine = read_engine(slug)
        known = {"containers": containers, "version": engine_version(engine), "host": host_side_of(slug), "may_shape": may_shape}
        return {**known, "engine_slug": slug, "room": Room(engine), "find_successor": self._find_successor, **options}

    def _find_successor(self, docker_id: str) -> tuple[str, str]:
        """Return name and successor's id of the chosen half, if it went within the last day; ("", "") where it didn't."""
        slug = self.kwargs["engine_slug"]
        gone = read_gone(slug, self.other, docker_id)
        return (gone.name, find_namesake(slug, self.other, gone.name)) if gone else ("", "")


class NetworkConnect(ConnectPage):
    """Put a container on this network."""

    given: Noun = "network"
    other: Noun = "container"

    def make_form(self, data: QueryDict, *, gone: Gone | None = None, **options: Any) -> ConnectForm:
        slug, docker_id = self.kwargs["engine_slug"], self.kwargs["docker_id"]
        network = NetworkChoice(docker_id, gone.name, "") if gone else find_choice(slug, docker_id)
        (network,) = with_elsewhere([network], slug, engines_seen(self.request))[:1]
        known = self._options(options, container_choices(slug))
        return ContainerToConnectForm(data, network=network, is_given_gone=gone is not None, **known)

    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        network = form.network
        return {"name": network.name, "hue": network.hue, "is_network": True} if network else {}


class ContainerConnect(ConnectPage):
    """Put this container on a network."""

    given: Noun = "container"
    other: Noun = "network"

    def make_form(self, data: QueryDict, *, gone: Gone | None = None, **options: Any) -> ConnectForm:
        slug, docker_id = self.kwargs["engine_slug"], self.kwargs["docker_id"]
        containers = container_choices(slug)
        there = next((each for each in containers if each.docker_id == docker_id), None)
        container = ContainerChoice(docker_id, gone.name, "", "") if gone else there
        if container is None:
            raise Http404(docker_id)
        networks = with_elsewhere(network_choices(slug), slug, engines_seen(self.request))
        known = self._options(options, containers) | {"networks": networks}
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


def _aside_of(form: ConnectForm, result: ActionResult | None) -> Aside:
    spec = form.to_spec()
    network = form.network.name if form.network else "NETWORK"
    container = form.container.name if form.container else "CONTAINER"
    asked = make_asked(f"POST /networks/{spec.network_id}/connect", connect_body(spec), sees_secrets=form.may_shape)
    shows_request = form.data.get("show") == "api"
    aside = make_aside(connect_lines(spec, network, container), form.findings, result, asked=asked, shows_request=shows_request)
    return replace(aside, seen=seen_of(form.container))


def _ways(result: ActionResult) -> tuple[Fix, ...]:
    """Return the way out of a connection that could not be asked for."""
    return (Fix(_("Try again"), "connect", name="do", is_primary=True),) if result.kind is OutcomeKind.FAILED else ()
