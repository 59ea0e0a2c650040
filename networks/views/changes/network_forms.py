"""Create a network."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from networks.actions.networks import create_network
from networks.actions.recording import ActionResult
from networks.engine.bodies import network_body
from networks.forms.edits import suggest_pool, take_parent, take_suggestion
from networks.forms.networks import NetworkForm
from networks.forms.option_fields import VLAN
from networks.forms.pool_form import POOLS
from networks.models import Engine, OutcomeKind
from networks.policy.permissions import Permission
from networks.preflight.known_options import OPTION_FIELDS
from networks.preflight.places import read_whole_ground
from networks.refusals.meaning import RefusalContext
from networks.sync.attention import note_viewer
from networks.views.acting import actor_of, explain_refusal, explain_result, make_asked, spell_choices, try_again
from networks.views.generic import CheckedPage

NETWORK_FIELDS = frozenset(NetworkForm.base_fields) | OPTION_FIELDS | {VLAN}


class NetworkCreate(CheckedPage[NetworkForm]):
    """The form of a new network; its buttons `do` create, add-pool, suggest, drop-N, on-LINK, and `use` takes a suggestion."""

    template_name = "networks/create.html"
    preview_template = "networks/_create_preview.html"
    form_id = "create"

    def begin(self) -> QueryDict:
        return QueryDict("driver=bridge")

    def make_form(self, data: QueryDict, *, is_draft: bool = False) -> NetworkForm:
        note_viewer(self.slug, "network_create")  # the next form knows links that come while this one is filled
        ground = read_whole_ground(self.slug)
        return NetworkForm(data, ground=ground, may_shape=self.has(Permission.SHAPE), is_draft=is_draft)

    def edit(self, data: QueryDict) -> QueryDict | None:
        do = data.get("do", "create")
        if "use" in data:
            return take_suggestion(data, NETWORK_FIELDS)
        if do == "create":
            return None
        if do == "add-pool":
            return POOLS.add(data)
        if do == "suggest":
            edited = suggest_pool(data, self.make_form(data, is_draft=True))
            if edited is data:
                messages.info(self.request, _("There is no subnet to suggest: every pool has one, or none is free."))
            return edited
        if do.startswith("on-"):
            return take_parent(data, read_whole_ground(self.slug), do.removeprefix("on-"))
        index = do.removeprefix("drop-")
        return POOLS.drop(data, int(index)) if index.isascii() and index.isdigit() and len(index) < 3 else data

    def is_fit(self, form: NetworkForm) -> bool:
        # Who may not go on is refused by the action, which writes it down.
        return form.is_valid() or (form.is_harm_alone and not form.may_shape)

    def act(self, engine: Engine, form: NetworkForm) -> ActionResult:
        typed_subnet = form.cleaned_data.get("typed_subnet", "")
        return create_network(actor_of(self.request), engine, form.to_spec(), typed_subnet=typed_subnet)

    def mark_refused(self, form: NetworkForm, result: ActionResult) -> int:
        if known := explain_result(result, self._around(form)):
            form.mark_refused(known.field, result.sentence, known.text)
        return 403 if result.kind is OutcomeKind.DENIED and form.harm else 409

    def lead_on(self, result: ActionResult) -> HttpResponseBase:
        if result.is_seen and result.docker_id:
            return redirect("network_detail", self.slug, result.docker_id)
        return redirect("network_list")

    def _around(self, form: NetworkForm) -> RefusalContext:
        return RefusalContext(self.slug, spec=form.to_spec(), pools=[each.pool for each in form.pools])

    def describe(self, form: NetworkForm, result: ActionResult | None) -> dict[str, Any]:
        spell_choices(form, "driver")
        spell_choices(form, "config_from")
        asked = make_asked("POST /networks/create", network_body(form.to_spec()), sees_secrets=form.may_shape)
        return {
            "aside": self.aside(form.command_lines(), form.all_findings, result, asked),
            # Typed right, what was said of it before goes.
            "is_other_step": form.data.get("asks-for", "") != form.harm or bool(form.harm and form.is_confirmed),
            "is_other_driver": form.data.get("options-of", form.chosen_driver) != form.chosen_driver
            or ("options-of" in form.data and ("attachable-shown" in form.data) != form.offers_attachable),
            "refusal": explain_refusal(result, try_again(result, "create"), around=self._around(form)) if result else None,
        }
