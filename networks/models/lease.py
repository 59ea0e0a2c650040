"""What one process at a time may do, where several machines share PostgreSQL: a row with a fencing number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models

LASTS_S = 15.0


class LeaseRow(models.Model):
    """Who follows an Engine, or writes the record out. On SQLite the kernel's file locks do this, and there are no rows.

    `fence`: counts the holders; what an old one writes is refused by it. `beat` counts its renewals. `holder`: "" where it is
    free. `renewed_at`: by the clock of the database's server.
    """

    name = models.CharField(max_length=80, unique=True)
    fence = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=200, blank=True, default="")
    beat = models.BigIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "networks_lease"

    def __str__(self) -> str:
        return f"{self.name}: {self.holder or 'free'} ({self.fence})"


class LeaseLost(Exception):
    """Somebody else has the lease: nothing was written."""


@dataclass(frozen=True, slots=True)
class LeaseState:
    """What a row says. `is_stale`: its holder hasn't renewed it for LASTS_S, by the server's clock."""

    fence: int
    beat: int
    holder: str
    is_stale: bool


_READ = (
    "SELECT fence, beat, holder, coalesce(renewed_at < clock_timestamp() - make_interval(secs => %s), true)"
    " FROM networks_lease WHERE name = %s"
)
_TAKE = (
    "UPDATE networks_lease SET fence = fence + 1, beat = 0, holder = %s, renewed_at = clock_timestamp()"
    " WHERE name = %s AND fence = %s AND beat = %s AND holder = %s RETURNING fence"
)
_RENEW = (
    "UPDATE networks_lease SET beat = beat + 1, renewed_at = clock_timestamp() WHERE name = %s AND fence = %s AND holder <> ''"
)
_FREE = "UPDATE networks_lease SET holder = '' WHERE name = %s AND fence = %s"
_HOLD = "SELECT 1 FROM networks_lease WHERE name = %s AND fence = %s AND holder <> '' FOR SHARE"


def read_lease(name: str) -> LeaseState:
    """Return what the row says, making it where there is none."""
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(_READ, [LASTS_S, name])
            row = cursor.fetchone()
        if row is not None:
            return LeaseState(*row)
        LeaseRow.objects.get_or_create(name=name)
    raise LeaseLost(name)


def renewed_at(name: str) -> datetime | None:
    """Return when its holder renewed it last, by the clock of the database's server; None where nobody ever had it."""
    return LeaseRow.objects.filter(name=name).values_list("renewed_at", flat=True).first()


def take_lease(name: str, holder: str, seen: LeaseState) -> int | None:
    """Take the lease if its row still says what was seen; return the new fence, None where somebody was quicker."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [holder, name, seen.fence, seen.beat, seen.holder])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def renew_lease(name: str, fence: int) -> bool:
    """Say that its holder lives; False where it isn't this one any more."""
    return _change(_RENEW, name, fence)


def free_lease(name: str, fence: int) -> None:
    """Let others take it at once; harmless where somebody else has it."""
    _change(_FREE, name, fence)


def hold_lease(name: str, fence: int) -> None:
    """Keep others from taking it until this transaction ends. Raises LeaseLost where somebody did."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [name, fence])
        if cursor.fetchone() is None:
            raise LeaseLost(name)


def _change(statement: str, name: str, fence: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, fence])
        return bool(cursor.rowcount)
