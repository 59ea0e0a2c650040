"""What can't be done while a server runs on this database: it would go on with what it has in memory."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError

from networks.models import Engine
from networks.sync.follow.lease import lease_of


def refuse_while_serving(data_dir: Path, why: str = "Netadmin is running, and would go on writing: stop it first.") -> None:
    """Return where no server follows an Engine from here. Raises CommandError, with `why`, else."""
    for slug in Engine.objects.values_list("slug", flat=True):
        lease = lease_of(data_dir, f"follower-{slug}")
        if not lease.take():
            raise CommandError(why)
        lease.give_back()
