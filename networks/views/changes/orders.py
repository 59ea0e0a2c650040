"""One order to one container: carried out at once where nothing breaks, else said first and confirmed."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from networks.actions.containers import ORDERS
from networks.actions.recording import ActionResult
from networks.engine.cli import command_of_order
from networks.forms.containers.ordering import TYPED, OrderForm, say_touched
from networks.forms.containers.several import say_lack
from networks.models import Engine
from networks.partials.lifecycle.acts import STARTING, button_of, may_order, order_title, orders_in
from networks.partials.lifecycle.impact import tell_impact
from networks.partials.lifecycle.modes import why_no_rename, why_no_start
from networks.partials.lifecycle.returning import say_begun
from networks.policy.permissions import Permission, permissions_of
from networks.policy.protection import protection_of
from networks.policy.shadowed_names import read_uneasy
from networks.preflight.findings import Fix
from networks.queries.addresses.marks import foretell
from networks.queries.addresses.room import Room
from networks.queries.details import read_gone
from networks.queries.donors import AWAY
from networks.queries.engine_context import ContainerChoice
from networks.queries.engines import read_engine
from networks.queries.lifecycle.orders import ENDING, Impact, breakages_of_order, read_impact
from networks.refusals.meaning import RefusalContext
from networks.views.acting import Refusal, actor_of, explain_refusal, explain_result, mark_refused_field, open_page_of, say_unseen
from networks.views.generic import EnginePage, wanted_name


class ContainerOrder(EnginePage[OrderForm]):
    """The page of one order. `order`: such as "stop". A button elsewhere posts to it without a word of what breaks.

    `before`: what the container was when it was asked.
    """

    template_name = "lifecycle/order.html"
    order = ""
    before: Impact | None = None

    def setup(self, request: HttpRequest, *args: Any, **where: Any) -> None:
        """Tell by the order whether it ends something."""
        super().setup(request, *args, **where)
        self.verb = f"{self.order}_container"
        self.takes_away = self.verb in ENDING

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        engine, may_act = self.open()
        impact = self._read(docker_id)
        if impact is None or self._why_not(impact):  # somebody was quicker, or it was never offered
            return self.show(status=409)
        is_button = "shown" not in request.POST
        if is_button and (self._asks(impact) or not may_act):
            return self.show()
        form = self._form(impact, request.POST)
        if form.is_valid() and self.takes_away:
            # Just before it is done: nothing tells of a stopped container that was connected but a whole read.
            if not may_act or not self.read_anew():
                return self.show(form, status=409)
            now = self._read(docker_id)
            if now is None:
                return self.show(status=409)
            form = self._form(now, request.POST)
        if not form.is_valid() or not may_act:
            return self.show(form, status=422)
        result = ORDERS[self.verb](actor_of(request), engine, docker_id, name=impact.name, **form.further)
        if not (result.is_ok or result.is_under_way):
            self.before = impact
            return self.show(form, result=result, status=409)
        if result.is_ok:
            say_unseen(request, result)
        return self._back(impact)

    def _read(self, docker_id: str) -> Impact | None:
        impact = read_impact(self.slug, docker_id)
        if impact is None or not self.takes_away:
            return impact
        return foretell(Room(read_engine(self.slug)), [impact])[0]

    def _asks(self, impact: Impact) -> bool:
        """Tell whether the page has to be seen before this is done."""
        return self.verb in TYPED or self.order == "rename" or bool(breakages_of_order(self.verb, impact))

    def _back(self, impact: Impact) -> HttpResponseBase:
        came_from = urlsplit(self.request.headers.get("Referer", ""))
        is_gone = self.order == "remove" or (self.order in ("stop", "kill") and impact.is_auto_removed)
        if is_gone or came_from.path == reverse("container_list"):
            query = came_from.query if came_from.path == reverse("container_list") else ""
            return redirect(reverse("container_list") + (f"?{query}" if query else ""))
        return redirect("container_detail", self.slug, impact.docker_id)

    def _why_not(self, impact: Impact) -> str:
        slug = self.slug
        protection, held = protection_of(slug), permissions_of(self.request.user, slug)
        if lock := protection.containers.get(impact.docker_id):
            return lock.sentence
        is_asked = self.order in STARTING and Permission.SHAPE not in held
        if is_asked and (why := read_uneasy(slug, [impact.docker_id], protection).get(impact.docker_id)):
            return why
        if not may_order(impact.network_mode, held):
            return _("It uses the host's or another container's network: to start or stop it takes the role admin.")
        if self.order in orders_in(impact.state) and self.order not in orders_in(impact.state, impact.stopping):
            return say_begun(impact.stopping)
        if self.order in orders_in(impact.state) or (self.order == "stop" and not impact.is_running):
            if self.order == "rename":
                return why_no_rename(impact)
            return self._why_no_start(impact) if self.order in STARTING else ""
        if self.order == "unpause":
            return _("It is not paused.")
        if self.order == "pause" and impact.state == "paused":
            return _("It is paused already.")
        if self.order == "start" and impact.is_running:
            return _("It is paused: resume it instead.") if impact.state == "paused" else _("It is already running.")
        return _("It is not running.") if not impact.is_running else ""

    def _why_no_start(self, impact: Impact) -> str:
        if said := why_no_start(impact):
            return said
        return say_lack(lack) if (lack := self._room.lack_at_start(impact)) else ""

    @cached_property
    def _room(self) -> Room:
        return Room(read_engine(self.slug))

    def _form(self, impact: Impact, data: QueryDict | None = None) -> OrderForm:
        return OrderForm(
            data,
            verb=self.verb,
            name=impact.name,
            wait_s=impact.stop_wait_s,
            wanted=wanted_name(impact.name, impact.docker_id) if self.verb in TYPED else "",
            breakages=breakages_of_order(self.verb, impact) if data is None or "shown" in data else (),
            initial={"wait_s": impact.stop_wait_s},
        )

    def make_context(self, engine: Engine, form: OrderForm | None, result: ActionResult | None) -> dict[str, Any]:
        slug, docker_id = self.slug, self.kwargs["docker_id"]
        impact = self._read(docker_id)
        gone = None if impact else read_gone(slug, "container", docker_id)
        known = impact or self.before or gone
        if known is None:
            raise Http404(docker_id)
        if impact is None and result is None:
            self.status = 404
        name = known.name
        form = form or (self._form(impact) if impact else None)
        around = RefusalContext(slug, container=ContainerChoice(docker_id, name, impact.state if impact else "", ""))
        if form is not None and result is not None and form.is_bound:
            mark_refused_field(form, explain_result(result, around))
        asked: dict[str, Any] = {"new_name": "NEW_NAME"} if self.order == "rename" else {}
        asked |= {"wait_s": impact.stop_wait_s} if impact else {}
        return {
            "order": self.order,
            "impact": impact,
            "told": tell_impact(self.verb, impact) if impact else (),
            "docker_id": docker_id,
            "name": name,
            "gone": gone,
            "form": form,
            "form_id": "order-form",
            "unseen": [say_touched(each) for each in form.unseen] if form else [],
            "why_not": self._why_not(impact) if impact and not result else "",
            "title": order_title(self.order),
            "button": button_of(self.order, name),
            "is_danger": self.verb in TYPED,
            "command": command_of_order(self.verb, name, docker_id, asked),
            "mends": (mends := _mends(slug, impact, self._room) if self.order in STARTING else ()),
            "refusal": _refusal(result, around, mends, self.before, impact) if result else None,
        }


def _refusal(
    result: ActionResult, around: RefusalContext, fixes: tuple[Fix, ...], before: Impact | None, now: Impact | None
) -> Refusal:
    """Return what to show of an order that was not carried out; where Docker had begun, that it had."""
    has_ended = before is not None and before.is_running and not (now and now.is_running)
    changed = _("It had been ended before Docker refused the rest, and doesn't run now.") if has_ended else ""
    return explain_refusal(result, fixes, around=around, changed=changed, is_typed=False)


def _mends(engine_slug: str, impact: Impact | None, room: Room) -> tuple[Fix, ...]:
    """Return the pages on which what keeps a container from starting is mended."""
    if impact is None:
        return ()
    if impact.missing:
        return (Fix(_("Repair…"), "", url=reverse("container_move", args=[engine_slug, impact.docker_id])),)
    if impact.stack in AWAY:
        return (open_page_of(impact.donor_name, reverse("container_detail", args=[engine_slug, impact.donor_id])),)
    if lack := room.lack_at_start(impact):
        return (open_page_of(lack.network_name, reverse("network_detail", args=[engine_slug, lack.network_id])),)
    return ()
