"""Add, change and remove an Engine; what follows it hears of that by itself. Only superusers do (rule S12)."""

from __future__ import annotations

from dataclasses import replace

from networks.actions.actors import Actor
from networks.actions.own.recorded import NotAllowedHere, carry_out_here
from networks.actions.recording import ActionResult, Intent
from networks.models import Engine, SyncRequest
from networks.models.access import EngineDraft, keep_credentials
from networks.models.said import say as _
from networks.policy.permissions import Permission
from networks.sync.engines import LOCAL_SLUG


def create_engine(actor: Actor, draft: EngineDraft) -> ActionResult:
    """Add an Engine; it is followed from now on."""

    def create() -> None:
        if Engine.objects.filter(slug=draft.slug).exists():
            raise NotAllowedHere(_("There is already an Engine with this short name."))
        engine = Engine.objects.create(
            slug=draft.slug, name=draft.name, url=draft.access.url, netns=draft.netns, registries=list(draft.registries)
        )
        keep_credentials(engine, draft.access)

    return carry_out_here(actor, _intent("create_engine", draft), Permission.SUPERUSER, create, draft.slug)


def change_engine(actor: Actor, engine: Engine, draft: EngineDraft) -> ActionResult:
    """Change where an Engine is, what it is called, and its credentials; it is followed anew. Its short name stays."""

    def change() -> None:
        found = Engine.objects.select_for_update().filter(pk=engine.pk).first()
        if found is None:
            raise NotAllowedHere(_("Someone has removed this Engine in the meantime."))
        if found.slug == LOCAL_SLUG and found.url != draft.access.url:
            raise NotAllowedHere(_("The URL of this Engine is DOCKER_HOST, which is read at each start."))
        found.name, found.url, found.netns = draft.name, draft.access.url, draft.netns
        found.registries = list(draft.registries)
        found.save(update_fields=["name", "url", "netns", "registries"])
        keep_credentials(found, draft.access)

    intent = _intent("change_engine", draft)
    old = {"url": engine.url, "name": engine.name, "netns": engine.netns, "registries": engine.registries}
    was = {name: value for name, value in old.items() if value and intent.asked.get(name, "") != value}
    asked = {**dict.fromkeys(was, ""), **intent.asked, "was": was} if was else intent.asked
    return carry_out_here(actor, replace(intent, asked=asked), Permission.SUPERUSER, change, engine.slug)


def remove_engine(actor: Actor, engine: Engine) -> ActionResult:
    """Forget an Engine: its snapshot, its grants and its credentials. What people did there stays written."""

    def remove() -> None:
        if engine.slug == LOCAL_SLUG:
            raise NotAllowedHere(_("This Engine comes from DOCKER_HOST: it would be back at the next start."))
        SyncRequest.objects.filter(engine_id=engine.pk).delete()
        Engine.objects.filter(pk=engine.pk).delete()

    intent = Intent("remove_engine", engine.name, asked={"url": engine.url})
    return carry_out_here(actor, intent, Permission.SUPERUSER, remove, engine.slug)


def _intent(verb: str, draft: EngineDraft) -> Intent:
    asked = {"url": draft.access.url, "name": draft.name, "netns": draft.netns, "registries": list(draft.registries)}
    return Intent(verb, draft.name, asked={name: value for name, value in asked.items() if value})
