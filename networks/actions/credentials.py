"""The secret key: another one, with everything that the old one sealed sealed anew."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from networks.actions.actors import CONSOLE, Actor
from networks.actions.own_changes import NotAllowedHere, carry_out_here
from networks.actions.recording import ActionResult, Intent
from networks.models import Container, Engine, Network
from networks.models.access import reseal_credentials
from networks.models.installation import note_key
from networks.models.stored_sentences import say as _
from networks.policy.login.two_factor import reseal_second_steps
from networks.policy.permissions import Permission
from networks.queries.networks import asks_protection


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where the secret key is kept, and those before it, the newest first; both for their owner's eyes alone."""

    data_dir: Path

    @property
    def current(self) -> Path:
        """The key."""
        return self.data_dir / "secret_key"

    @property
    def old(self) -> Path:
        """The keys before it, one a line."""
        return self.data_dir / "secret_key_fallbacks"


def rotate_key(files: KeyFiles) -> tuple[ActionResult, int]:
    """Make a new key and seal everything anew; return how many secrets. The old key still opens what it signed, such as sessions.

    The old key is kept first, the new one written last: whatever fails, what is sealed opens with one of those that are kept.
    """
    count = 0

    def rotate() -> None:
        nonlocal count
        new, old = secrets.token_urlsafe(64), [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        with _said_in_words():
            write_private(files.old, "\n".join(dict.fromkeys(old)))
            settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, old
            count = reseal_credentials() + reseal_second_steps()
            write_private(files.current, new)
            note_key(new)

    return carry_out_here(CONSOLE, Intent("rotate_key", "secret key"), Permission.SUPERUSER, rotate), count


def forget_old_keys(files: KeyFiles) -> tuple[ActionResult, int]:
    """Seal everything anew with the key of now, then forget those before it: whom only they let in logs in again.

    They go once what was sealed anew is on the disk. Those that NETADMIN_SECRET_KEY_FALLBACKS names stay until it is changed.
    """
    count = 0

    def forget() -> None:
        nonlocal count
        if not settings.SECRET_KEY_FALLBACKS and not files.old.exists():
            raise NotAllowedHere(_("There are no old keys to forget."))
        count = reseal_credentials() + reseal_second_steps()

    result = carry_out_here(CONSOLE, Intent("forget_old_keys", "secret key"), Permission.SUPERUSER, forget)
    if result.is_ok and files.old.exists():
        forgotten = set(files.old.read_text(encoding="ascii").split())
        files.old.unlink()
        settings.SECRET_KEY_FALLBACKS = [key for key in settings.SECRET_KEY_FALLBACKS if key not in forgotten]
    return result, count


@contextmanager
def _said_in_words() -> Iterator[None]:
    """Raise NotAllowedHere, in words, where the disk refuses a file of keys."""
    try:
        yield
    except OSError as error:
        words = _("The files of the secret key can't be written: %(words)s.")
        raise NotAllowedHere(words % {"words": error.strerror or str(error)}) from error


def write_private(path: Path, text: str) -> None:
    """Put a text under a name, whole or not at all, readable by its owner alone."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def lift_protection(actor: Actor, engine: Engine, docker_id: str, *, name: str) -> ActionResult:
    """Let a network or container be changed whose label netadmin.protect forbids it: that one alone, by its id, until it is gone.

    What is Docker's own, or Netadmin's, stays protected: that isn't the label's doing.
    """
    return _write_lifted(actor, engine, docker_id, name, is_lifted=True)


def restore_protection(actor: Actor, engine: Engine, docker_id: str, *, name: str) -> ActionResult:
    """Let the label count again."""
    return _write_lifted(actor, engine, docker_id, name, is_lifted=False)


def _write_lifted(actor: Actor, engine: Engine, docker_id: str, name: str, *, is_lifted: bool) -> ActionResult:
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
