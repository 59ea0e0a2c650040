"""Jobs in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from networks.models import JobStep, StepState
from networks.partials.lifecycle.acts import button_of
from networks.queries.addresses.keeping import KEEP
from networks.queries.lifecycle.orders import MOVE
from networks.refusals.catalogue import explain
from networks.templatetags.wording import spell

_SHOWN = 60  # characters of a name in a title


_TITLES = {
    "remove_networks": ngettext_lazy("Remove %(count)s network", "Remove %(count)s networks", "count"),
    "empty_networks": ngettext_lazy("Empty %(count)s network", "Empty %(count)s networks", "count"),
    "connect_networks": ngettext_lazy("Connect %(name)s to %(count)s network", "Connect %(name)s to %(count)s networks", "count"),
    "start_containers": ngettext_lazy("Start %(count)s container", "Start %(count)s containers", "count"),
    "stop_containers": ngettext_lazy("Stop %(count)s container", "Stop %(count)s containers", "count"),
    "restart_containers": ngettext_lazy("Restart %(count)s container", "Restart %(count)s containers", "count"),
    "remove_containers": ngettext_lazy("Remove %(count)s container", "Remove %(count)s containers", "count"),
    "connect_containers": ngettext_lazy(
        "Connect %(count)s container to %(name)s", "Connect %(count)s containers to %(name)s", "count"
    ),
    MOVE: gettext_lazy("Move %(name)s"),
    "pull_image": gettext_lazy("Pull %(name)s"),
    KEEP: gettext_lazy("Keep the address of %(name)s"),
    "join_swarm": gettext_lazy("Join the swarm of %(name)s"),
}
_TAKE_OFF = ngettext_lazy("Take %(count)s container off %(name)s", "Take %(count)s containers off %(name)s", "count")


def job_title(verb: str, count: int, what: str = "") -> str:
    """Return what a job does, as a heading. `count`: of networks or containers; `what`: the half that all its steps share."""
    return _TITLES.get(verb, _TAKE_OFF) % {"count": count, "name": spell(what)[:_SHOWN] or "…"}


def step_meaning(step: JobStep) -> str:
    """Return what the Engine's refusal of a step means, and a way out; "" where there is none, or it isn't known."""
    known = explain(step.sentence) if step.state == StepState.REFUSED else None
    return f"{known.text} {known.advice}" if known else ""


def step_words(step: JobStep) -> str:
    names = {"network": spell(step.network_name)[:_SHOWN], "container": spell(step.container_name)[:_SHOWN]}
    match step.verb:
        case "join_swarm":
            return _TITLES["join_swarm"] % {"name": names["container"]}
        case "remove_network":
            text = _("Remove %(network)s")
        case "pull_image":
            text = _("Pull %(network)s")
        case "start_container" | "stop_container" | "restart_container" | "remove_container":
            return button_of(step.verb.removesuffix("_container"), step.container_name)
        case "connect_container":
            text = _("Connect %(container)s to %(network)s")
            if step.spec.get("kept"):
                text = _("Connect %(container)s to %(network)s with %(address)s")
                names["address"] = str(step.spec["kept"])
            elif step.job.verb != MOVE and (step.spec or step.job.verb == KEEP):
                text = _("Connect %(container)s to %(network)s as it was before")
        case _:
            text = _("Disconnect %(container)s from %(network)s")
    return text % names
