"""Create a network, connect a container to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.networks import create_network
from networks.actions.recording import ActionResult
from networks.engine.bodies import network_body
from networks.forms.edits import suggest_pool, take_parent, take_suggestion
from networks.forms.networks import NetworkForm
from networks.forms.option_fields import VLAN
from networks.forms.pool_form import POOLS
from networks.models import OutcomeKind
from networks.policy.permissions import Permission, permissions_of
from networks.preflight.contexts import read_whole_ground
from networks.preflight.findings import Fix
from networks.preflight.known_options import OPTION_FIELDS
from networks.refusals.meaning import RefusalContext
from networks.sync.attention import note_viewer
from networks.views.acting import (
    actor_of,
    explain_refusal,
    explain_result,
    make_aside,
    make_asked,
    open_page,
    say_unseen,
    spell_choices,
)

NETWORK_FIELDS = frozenset(NetworkForm.base_fields) | OPTION_FIELDS | {VLAN}


class NetworkCreate(View):
    """The form of a new network; its buttons `do` create, add-pool, suggest, drop-N, on-LINK, and `use` takes a suggestion."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        return self._show(request, self._form(QueryDict("driver=bridge"), is_draft=True))

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        data = request.POST
        do = data.get("do", "create")
        if "preview" in data:
            return self._show(request, self._form(data, is_draft=True), template="networks/_create_preview.html")
        if "use" in data:
            return self._show(request, self._form(take_suggestion(data, NETWORK_FIELDS), is_draft=True))
        if do != "create":
            return self._show(request, self._form(self._edit(data, do), is_draft=True))
        form = self._form(data, is_draft=False)
        # Who may not go on is refused by the action, which writes it down.
        if not form.is_valid() and (form.may_shape or not form.is_harm_alone):
            return self._show(request, form, status=422)
        engine, _may_act = open_page(request, engine_slug)
        typed_subnet = form.cleaned_data.get("typed_subnet", "")
        result = create_network(actor_of(request), engine, form.to_spec(), typed_subnet=typed_subnet)
        if not result.is_ok:
            if known := explain_result(result, _around(engine_slug, form)):
                form.mark_refused(known.field, result.sentence, known.text)
            is_denied = result.kind is OutcomeKind.DENIED and form.harm
            return self._show(request, form, result=result, status=403 if is_denied else 409)
        say_unseen(request, result)
        if result.is_seen and result.docker_id:
            return redirect("network_detail", engine_slug, result.docker_id)
        return redirect("network_list")

    def _form(self, data: QueryDict, *, is_draft: bool) -> NetworkForm:
        slug = self.kwargs["engine_slug"]
        may_shape = Permission.SHAPE in permissions_of(self.request.user, slug)
        note_viewer(slug, "network_create")  # the next form knows links that come while this one is filled
        return NetworkForm(data, ground=read_whole_ground(slug), may_shape=may_shape, is_draft=is_draft)

    def _edit(self, data: QueryDict, do: str) -> QueryDict:
        if do == "add-pool":
            return POOLS.add(data)
        if do == "suggest":
            edited = suggest_pool(data, self._form(data, is_draft=True))
            if edited is data:
                messages.info(self.request, _("There is no subnet to suggest: every pool has one, or none is free."))
            return edited
        if do.startswith("on-"):
            return take_parent(data, read_whole_ground(self.kwargs["engine_slug"]), do.removeprefix("on-"))
        index = do.removeprefix("drop-")
        return POOLS.drop(data, int(index)) if index.isascii() and index.isdigit() and len(index) < 3 else data

    def _show(
        self,
        request: HttpRequest,
        form: NetworkForm,
        *,
        result: ActionResult | None = None,
        template: str = "networks/create.html",
        status: int = 200,
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug)
        form.is_valid()  # the pre-flight speaks while it is being filled
        spell_choices(form, "driver")
        spell_choices(form, "config_from")
        asked = make_asked("POST /networks/create", network_body(form.to_spec()), sees_secrets=form.may_shape)
        shows_request = form.data.get("show") == "api"
        context: dict[str, Any] = {
            "engine": engine,
            "form": form,
            "aside": make_aside(form.command_lines(), form.all_findings, result, asked=asked, shows_request=shows_request),
            # Typed right, what was said of it before goes.
            "is_other_step": form.data.get("asks-for", "") != form.harm or bool(form.harm and form.is_confirmed),
            "is_other_driver": form.data.get("options-of", form.chosen_driver) != form.chosen_driver
            or ("options-of" in form.data and ("attachable-shown" in form.data) != form.offers_attachable),
            "refusal": explain_refusal(result, _ways_to_create(result), around=_around(slug, form)) if result else None,
            "form_id": "create",
            "may_act": may_act,
        }
        return render(request, template, context, status=status)


def _around(engine_slug: str, form: NetworkForm) -> RefusalContext:
    return RefusalContext(engine_slug, spec=form.to_spec(), pools=[each.pool for each in form.pools])


def _ways_to_create(result: ActionResult) -> tuple[Fix, ...]:
    """Return ways out of a refused creation."""
    if result.kind is OutcomeKind.FAILED:
        return (Fix(_("Try again"), "create", name="do", is_primary=True),)
    return ()
