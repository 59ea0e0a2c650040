"""Add, change and remove an Engine; what follows it hears of that by itself. Only superusers do."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from networks.actions.actors import Actor
from networks.actions.own_changes import NotAllowedHere, carry_out_here
from networks.actions.recording import ActionResult, Intent
from networks.engine.access.facts import AccessFault, EngineAccess, Unopened
from networks.engine.access.openers import opener_for
from networks.engine.access.tunnel import end_tunnel, has_tunnel
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, Incompatible, ProtocolFault, Unreachable
from networks.engine.facts import EngineInfo
from networks.models import Engine, EngineStatus, SyncRequest
from networks.models.access import EngineDraft, keep_credentials
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Permission
from networks.sync.engines import is_own

OPEN_WITHIN_S = 4.0
ALL_WITHIN_S = 8.5  # no request takes over 10 s


class Failed(StrEnum):
    """The step that a trial ended at."""

    NOTHING = ""
    ADDRESS = "address"
    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    SSH = "ssh"
    SILENT = "silent"
    NOT_DOCKER = "not_docker"
    TOO_OLD = "too_old"
    KNOWN = "known"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. `words`: the system's, ssh's or the Engine's own, hostile text. `known_as`: the name of the Engine that
    has the same ID. `info`: who answered, where somebody did."""

    failed: Failed = Failed.NOTHING
    words: str = ""
    info: EngineInfo | None = None
    api_version: str = ""
    known_as: str = ""
    took_ms: float = 0.0


def try_engine(actor: Actor, access: EngineAccess, *, name: str, slug: str = "") -> Trial:
    """Ask for a ping, the version and who answers; written down like a change, for it goes where somebody typed.

    `slug`: of the Engine that it is, "" for a new one: another with the same ID is said to be known.
    """
    began_at = time.monotonic()
    intent = Intent("try_engine", name or access.url, asked={"url": access.url})
    result = carry_out_here(actor, intent, Permission.SUPERUSER, lambda: None, slug)
    if not result.is_ok:
        return Trial(Failed.DENIED, result.sentence)
    return replace(_try(access, slug), took_ms=(time.monotonic() - began_at) * 1000)


def _try(access: EngineAccess, slug: str) -> Trial:
    with _own_tunnel(access):
        try:
            opener_for(access)(OPEN_WITHIN_S).close()
        except AccessFault as error:
            return Trial(Failed.ADDRESS, error.sentence)
        except Unopened as error:
            return Trial(Failed(error.step.value), error.strerror or str(error))
        except OSError as error:
            return Trial(Failed.CONNECT, error.strerror or str(error) or type(error).__name__)
        return _ask(access, slug)


def _ask(access: EngineAccess, slug: str) -> Trial:
    client = EngineClient(access, Profile.READ)
    late = threading.Timer(ALL_WITHIN_S - OPEN_WITHIN_S, client.close)
    late.daemon = True
    late.start()
    try:
        client.ping()
        api_version = client.negotiate()
        info = client.info()
    except Incompatible as error:
        return Trial(Failed.TOO_OLD, error.sentence)
    except ProtocolFault as error:
        return Trial(Failed.NOT_DOCKER, error.sentence)
    except Unreachable as error:
        return Trial(Failed.TLS if "certificate" in error.sentence else Failed.CONNECT, error.sentence)
    except EngineError as error:
        return Trial(Failed.NOT_DOCKER if error.status else Failed.SILENT, error.sentence)
    finally:
        late.cancel()
        client.close()
    known = EngineStatus.objects.filter(docker_id=info.engine_id).exclude(engine__slug=slug) if info.engine_id else None
    twin = known.values_list("engine__name", flat=True).first() if known is not None else None
    return Trial(Failed.KNOWN if twin else Failed.NOTHING, "", info, api_version, twin or "")


@contextlib.contextmanager
def _own_tunnel(access: EngineAccess) -> Iterator[None]:
    """End afterwards the tunnel that only the trial needed."""
    is_used = has_tunnel(access)
    try:
        yield
    finally:
        if not is_used:
            end_tunnel(access)


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
        if is_own(found) and found.url != draft.access.url:
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
        if is_own(engine):
            raise NotAllowedHere(_("This Engine comes from DOCKER_HOST: it would be back at the next start."))
        SyncRequest.objects.filter(engine_id=engine.pk).delete()
        Engine.objects.filter(pk=engine.pk).delete()

    intent = Intent("remove_engine", engine.name, asked={"url": engine.url})
    return carry_out_here(actor, intent, Permission.SUPERUSER, remove, engine.slug)


def _intent(verb: str, draft: EngineDraft) -> Intent:
    asked = {"url": draft.access.url, "name": draft.name, "netns": draft.netns, "registries": list(draft.registries)}
    return Intent(verb, draft.name, asked={name: value for name, value in asked.items() if value})
