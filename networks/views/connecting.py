"""The page that connects a container and a network, whichever of the two it starts from."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.networks import connect_container
from networks.actions.recording import ActionResult
from networks.engine.cli import connect_lines
from networks.forms.connecting import RARE_FIELDS, ConnectForm
from networks.forms.edits import take_suggestion
from networks.forms.findings import Way
from networks.models import OutcomeKind
from networks.policy.permissions import Permission, permissions_of
from networks.queries.ground import read_version
from networks.templatetags.wording import spell
from networks.views.acting import (
    actor_of,
    explain_refusal,
    make_aside,
    mark_refused_field,
    open_page,
    say_unseen,
    spell_choices,
)

EDITABLE = frozenset({"ipv4", "ipv6", "aliases", *RARE_FIELDS})


class ConnectPage(View):
    """Shows, checks and does it; the subclass makes the form and says where it belongs."""

    page_url = ""  # the URL name of the page of the half that is given
    query = ""  # the query parameter that chooses the other half

    @abstractmethod
    def make_form(self, engine_slug: str, docker_id: str, data: QueryDict, *, is_draft: bool) -> ConnectForm:
        """Return the form; raises Http404 when the given half isn't there."""

    def form_options(self, engine_slug: str) -> dict[str, Any]:
        """Return what every form here must know: the Engine's version, and what the person may do."""
        may_shape = Permission.SHAPE in permissions_of(self.request.user, engine_slug)
        return {"version": read_version(engine_slug), "may_shape": may_shape}

    @abstractmethod
    def make_title(self, form: ConnectForm) -> dict[str, Any]:
        """Return name, hue and "is_network" of the given half."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        data = QueryDict(mutable=True)
        if chosen := request.GET.get(self.query):
            data[f"{self.query}_id"] = chosen
        return self._show(request, self.make_form(engine_slug, docker_id, data, is_draft=True))

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        data = request.POST
        if "preview" in data or "use" in data:
            form = self.make_form(engine_slug, docker_id, take_suggestion(data, EDITABLE), is_draft=True)
            return self._show(request, form, is_preview="preview" in data)
        form = self.make_form(engine_slug, docker_id, data, is_draft=False)
        if not form.is_valid() or form.network is None or form.container is None:
            return self._show(request, form, status=422)
        engine, _may_act = open_page(request, engine_slug)
        names = {"network_name": form.network.name, "container_name": form.container.name}
        result = connect_container(actor_of(request), engine, form.to_spec(), **names)
        if not result.is_ok:
            mark_refused_field(form, result)
            return self._show(request, form, result=result, status=409)
        say_unseen(request, result)
        return redirect(self.page_url, engine_slug, docker_id)

    def _show(
        self,
        request: HttpRequest,
        form: ConnectForm,
        *,
        result: ActionResult | None = None,
        is_preview: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        engine, may_act = open_page(request, self.kwargs["engine_slug"])
        form.is_valid()
        network = form.network.name if form.network else "NETWORK"
        container = form.container.name if form.container else "CONTAINER"
        spell_choices(form, form.half)
        context = {
            "engine": engine,
            "form": form,
            "half": form[form.half],
            "title": self.make_title(form),
            "page_url": self.page_url,
            "docker_id": self.kwargs["docker_id"],
            "button": _("Connect %(name)s") % {"name": spell(container)[:60]} if form.container else _("Connect"),
            "aside": make_aside(connect_lines(form.to_spec(), network, container), form.findings, result),
            "refusal": explain_refusal(result, _ways(result)) if result else None,
            "form_id": "connect",
            "may_act": may_act,
        }
        return render(request, "networks/_form_aside.html" if is_preview else "networks/connect.html", context, status=status)


def _ways(result: ActionResult) -> tuple[Way, ...]:
    """Return ways out of a connection that was not made."""
    if result.kind is OutcomeKind.REFUSED and "address" in result.sentence.lower():
        return (Way(_("Let Docker choose"), "ipv4=", is_primary=True),)
    return (Way(_("Try again"), "connect", name="do", is_primary=True),) if result.kind is OutcomeKind.FAILED else ()
