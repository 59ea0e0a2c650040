"""Which networks `docker network prune` would remove, with its filters, and what stopped containers would lose by that."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from networks.addressing.findings import bad
from networks.engine.docker_names import PREDEFINED
from networks.models import Network
from networks.policy.protection import Lock, Reason, protection_of
from networks.preflight.findings import FindingsForm
from networks.queries.lifecycle.consequences import Consequences, consequences_of

# As Go writes durations; the Engine's are exact, and nobody prunes by less than a millisecond.
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|h|m|s))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_UNIX_TIME = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,9})?")
_LONGEST = 2_000  # characters
Label = tuple[str, str | None]  # (key, value), the value None where any will do


@dataclass(frozen=True, slots=True)
class PruneFilter:
    """The filters of `docker network prune`, read. `until`: only networks made before; `until_text`: as the Engine reads it.

    `labels`: all of them are wanted. `other_labels`: networks that have all of these stay, as Docker has it.
    """

    until: datetime | None = None
    until_text: str = ""
    labels: tuple[Label, ...] = ()
    other_labels: tuple[Label, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters as the command takes them: ("label", "env=test")."""
        until = [("until", self.until_text)] if self.until_text else []
        wanted = [("label", _written(label)) for label in self.labels]
        return until + wanted + [("label!", _written(label)) for label in self.other_labels]

    def matches(self, created_at: datetime | None, labels: Mapping[str, Any]) -> bool:
        """Tell whether Docker would look at a network with these. One whose birth nobody knows is taken for young."""
        if self.until is not None and (created_at is None or created_at > self.until):
            return False
        if not _has_all(labels, self.labels):
            return False
        return not (self.other_labels and _has_all(labels, self.other_labels))


@dataclass(frozen=True, slots=True)
class Prunable:
    """One network that Docker would remove. `found`: what breaks by that: nothing of what runs, until it is restarted."""

    docker_id: str
    name: str
    driver: str
    scope: str
    created_at: datetime | None
    found: Consequences

    @property
    def is_needed(self) -> bool:
        """Tell whether a container can't start, or be connected, without it."""
        return bool(self.found.affected or self.found.orphans)


@dataclass(frozen=True, slots=True)
class Pruning:
    """What a prune would do. `unused`: nobody needs them. `needed`: stopped containers do. `left_out`: protected, (name, why).

    `untold`: no container of this Engine is on them, but others may be, of whom it doesn't tell.
    """

    unused: tuple[Prunable, ...] = ()
    untold: tuple[Prunable, ...] = ()
    needed: tuple[Prunable, ...] = ()
    left_out: tuple[Lock, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it can be chosen."""
        return not (self.unused or self.untold or self.needed)


class PruneForm(FindingsForm):
    """The filters, typed. Not being bound to anything it is valid, and filters nothing."""

    until = forms.CharField(label=_("Created before"), required=False, max_length=_LONGEST, help_text=_("24h, 90m or 2026-11-24"))
    labels = forms.CharField(
        label=_("With label"), required=False, max_length=_LONGEST, help_text=_("key or key=value, several with spaces between")
    )
    other_labels = forms.CharField(label=_("Without label"), required=False, max_length=_LONGEST)

    def __init__(self, *args: Any, now: datetime | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._now = now or timezone.now()
        self.filter = PruneFilter()

    def clean(self) -> dict[str, Any]:
        """Read the filters."""
        typed = {name: str(self.cleaned_data.get(name, "")).strip() for name in self.fields}
        until = read_until(typed["until"], self._now) if typed["until"] else None
        if typed["until"] and until is None:
            message = gettext_noop("“%(typed)s” is not a time: write an age, such as 24h, or a date, such as 2026-11-24.")
            self.add_finding(bad("until", "until_unreadable", message, typed=typed["until"]))
        read: dict[str, tuple[Label, ...]] = {}
        for name in ("labels", "other_labels"):
            try:
                read[name] = tuple(_label_of(word) for word in shlex.split(typed[name]))
            except ValueError:
                self.add_finding(bad(name, "quote_open", gettext_noop("A quotation mark is not closed.")))
        if not self.errors:
            text = typed["until"] if _DURATION.fullmatch(typed["until"]) else until.isoformat() if until else ""
            self.filter = PruneFilter(until, text, read["labels"], read["other_labels"])
        return self.cleaned_data


def read_until(text: str, now: datetime) -> datetime | None:
    """Return the moment that `--filter until=` means: so long ago, a date (UTC where no zone is named), Unix time; else None."""
    try:
        if _DURATION.fullmatch(text):
            return now - timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)))
        if _UNIX_TIME.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def plan_pruning(engine_slug: str, asked: PruneFilter) -> Pruning:
    """Return what Docker would remove, by name, as far as the snapshot knows. Some eight statements, however many networks."""
    columns = ("docker_id", "name", "driver", "scope", "created_at", "labels")
    networks = Network.objects.filter(engine__slug=engine_slug, is_config_only=False, is_ingress=False).order_by("name")
    records = {
        record["docker_id"]: record
        for record in networks.values(*columns)
        if asked.matches(record["created_at"], record["labels"]) and record["name"] not in PREDEFINED
    }
    protection = protection_of(engine_slug)
    free = [each for each in consequences_of(engine_slug, records) if not each.running and not each.wavering]
    locks = {each.docker_id: protection.lock_on_removal(each.docker_id) for each in free}
    offered = [_prunable(records[each.docker_id], each) for each in free if locks[each.docker_id] is None]
    return Pruning(
        unused=tuple(each for each in offered if each.found.is_told and not each.is_needed),
        untold=tuple(each for each in offered if not each.found.is_told and not each.is_needed),
        needed=tuple(each for each in offered if each.is_needed),
        left_out=tuple(lock for lock in locks.values() if lock is not None and lock.reason is not Reason.PREDEFINED),
    )


def _prunable(record: Mapping[str, Any], found: Consequences) -> Prunable:
    return Prunable(record["docker_id"], record["name"], record["driver"], record["scope"], record["created_at"], found)


def _label_of(word: str) -> Label:
    key, equals, value = word.partition("=")
    return key, value if equals else None


def _written(label: Label) -> str:
    key, value = label
    return key if value is None else f"{key}={value}"


def _has_all(labels: Mapping[str, Any], wanted: tuple[Label, ...]) -> bool:
    return all(key in labels and value in (None, labels[key]) for key, value in wanted)
