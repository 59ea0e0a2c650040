"""Lifting what a label protects: whoever can make a label isn't thereby stronger than a superuser (rule S13)."""

from __future__ import annotations

from networks.actions.actors import Actor
from networks.actions.own.recorded import NotAllowedHere, carry_out_here
from networks.actions.recording import ActionResult, Intent
from networks.models import Container, Engine, Network
from networks.models.said import say as _
from networks.policy.permissions import Permission
from networks.queries.networks import asks_protection


def lift_protection(actor: Actor, engine: Engine, docker_id: str, *, name: str) -> ActionResult:
    """Let a network or container be changed whose label netadmin.protect forbids it: that one alone, by its id, until it is gone.

    What is Docker's own, or Netadmin's, stays protected: that isn't the label's doing.
    """
    return _write(actor, engine, docker_id, name, is_lifted=True)


def restore_protection(actor: Actor, engine: Engine, docker_id: str, *, name: str) -> ActionResult:
    """Let the label count again."""
    return _write(actor, engine, docker_id, name, is_lifted=False)


def _write(actor: Actor, engine: Engine, docker_id: str, name: str, *, is_lifted: bool) -> ActionResult:
    def write() -> None:
        row = Engine.objects.select_for_update().get(pk=engine.pk)
        kept = _present(row) - {docker_id}
        if is_lifted and not _bears_label(row, docker_id):
            raise NotAllowedHere(_("%(name)s isn't protected by a label.") % {"name": name})
        Engine.objects.filter(pk=row.pk).update(unprotected=sorted(kept | {docker_id}) if is_lifted else sorted(kept))

    verb = "lift_protection" if is_lifted else "restore_protection"
    return carry_out_here(actor, Intent(verb, name, docker_id), Permission.SUPERUSER, write, engine.slug)


def _present(engine: Engine) -> set[str]:
    """Return the lifted ids of what is still there: another of the same name is protected again."""
    ids = set(map(str, engine.unprotected))
    found: set[str] = set()
    for model in (Network, Container):
        found |= set(model._default_manager.filter(engine=engine, docker_id__in=ids).values_list("docker_id", flat=True))
    return found


def _bears_label(engine: Engine, docker_id: str) -> bool:
    labels: list[dict[str, str]] = []
    for model in (Network, Container):
        labels += model._default_manager.filter(engine=engine, docker_id=docker_id).values_list("labels", flat=True)
    return any(asks_protection(each) for each in labels)
