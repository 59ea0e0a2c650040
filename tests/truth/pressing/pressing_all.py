"""All kinds of buttons of one person pressed, one after the other, on one world."""

from __future__ import annotations

import random

from django.contrib.auth import get_user_model
from django.test import Client

from networks.models import Engine, Grant
from networks.policy.permissions import Permission, permissions_of
from networks.policy.url_permissions import ON_ENGINE, permission_for
from networks.sync.requests import request_sync
from tests.truth.lived_in import LivedIn
from tests.truth.pressing.addresses import name_of
from tests.truth.pressing.filling import PASSWORD
from tests.truth.pressing.gathering import Gathered, Kind, find_like, gather, lateness, picks_of
from tests.truth.pressing.markup import Button
from tests.truth.pressing.presser import Pressed, Presser


class PressingAll:
    """One person at work. `role`: on the world's Engine, "" for a superuser. `each`: how many of each kind of page and button.

    `pressed`: what came of each press; `missed`: kinds of which none was there any more when it was their turn.
    """

    def __init__(self, lived: LivedIn, seed: int, *, role: str = "", each: int = 1) -> None:
        self.lived = lived
        self.each = each
        self.pressed: list[Pressed] = []
        self.missed: list[Kind] = []
        self._seed = seed
        self._role = role
        self._rng = random.Random(seed)  # noqa: S311 drawn to be repeatable
        self._client = log_in(lived.slug, role)
        self.presser = Presser(self._client, lived.engine, self._rng, self._settle)

    @property
    def faults(self) -> list[Pressed]:
        """The presses that were neither carried out nor explained."""
        return [one for one in self.pressed if one.faults]

    def gather(self, *, is_brief: bool = False) -> Gathered:
        """Draw the pages that this person finds, and return what can be pressed there."""
        return gather(self.presser, self._rng, each=self.each, begin=["/"], is_brief=is_brief)

    def press_some(self, most: int) -> None:
        """Press so many kinds, drawn among those that ask the Engine for something, and a few of the others."""
        gathered = self.gather(is_brief=True)
        acting = [kind for kind in gathered.kinds if _is_acting(kind)]
        others = [kind for kind in gathered.kinds if not _is_acting(kind)]
        chosen = {*self._rng.sample(acting, min(most, len(acting))), *self._rng.sample(others, min(most // 5, len(others)))}
        for kind in gathered.kinds:
            if kind in chosen:
                self._press_kind(kind, gathered.buttons[kind])

    def press_all(self) -> None:
        """Press every kind. Twice: after the gentle ones there are kinds that weren't there before."""
        known: set[Kind] = set()
        for is_late in (False, True):
            gathered = self.gather()
            for kind in gathered.kinds:
                if kind not in known and (is_late or lateness(kind) < 2):
                    known.add(kind)
                    self._press_kind(kind, gathered.buttons[kind])

    def denied(self) -> list[str]:
        """Return the buttons that are on and that the policy would deny this person."""
        person = get_user_model().objects.get(pk=self._client.session["_auth_user_id"])
        held = permissions_of(person, self.lived.slug)
        found = []
        for button in (each for several in self.gather().buttons.values() for each in several):
            needed = permission_for(name_of(button.url))
            is_superusers = needed is Permission.SUPERUSER and not person.is_superuser
            if is_superusers or (needed in ON_ENGINE and needed not in held):
                found.append(f"{button.page_url}: [{button.label}] -> {button.url} needs {needed}")
        return found

    def tell(self) -> str:
        """Return what a failure prints: each fault with its page, button, forms and answers, and how to have it again."""
        lines = [one.tell() for one in self.faults]
        who = self._role or "superuser"
        return "\n".join([f"seed {self._seed}, {who}: {len(lines)} faults in {len(self.pressed)} presses", *lines])

    def _press_kind(self, kind: Kind, candidates: list[Button]) -> None:
        self._rng.shuffle(candidates)
        found = [one for one in (find_like(self.presser, kind, each) for each in candidates[: self.each]) if one]
        if not found:
            self.missed.append(kind)
        for button in found:
            page = self.presser.get(button.page_url)
            own = next((one for one in page.buttons if one.mark == button.mark), None)
            if own is not None:
                self.pressed.append(self.presser.press(own, picks_of(page, own, self._rng)))

    def _settle(self) -> None:
        request_sync(self.lived.slug, timeout_s=10)


def log_in(engine_slug: str, role: str = "") -> Client:
    """Return the browser of a person with this role, of a superuser where it is ""."""
    name = role or "mina"
    person = get_user_model().objects.create_user(name, password=PASSWORD, is_superuser=not role, is_staff=not role)
    if role:
        Grant.objects.create(user=person, engine=Engine.objects.get(slug=engine_slug), role=role)
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def _is_acting(kind: Kind) -> bool:
    return permission_for(kind[0]) in ON_ENGINE - {Permission.VIEW} and not kind[1].startswith(("use=", "do=check"))
