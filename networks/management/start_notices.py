"""What `serve` says at its start of how it was started, where that risks more than it has to."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from networks.hostnet.own_process import own_marks


def start_notices() -> Iterator[str]:
    """Yield sentences, each with what to do; none where all is as it should be."""
    ids, _hostname = own_marks(settings.NETADMIN_PROC_DIR)
    if ids and os.geteuid() == 0:
        yield (
            "Netadmin runs as root in this container and needn't: leave its user as the image has it. "
            "Where it shall look into containers, start it as deploy/docker/host-view.yaml does."
        )
    data_dir = Path(settings.NETADMIN_DATA_DIR)
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    if mode & 0o077:
        yield (
            f"The data directory {data_dir} is open to others (its mode is {mode:o}), and whoever reads what is in it "
            f"can forge a login: chmod 700 {data_dir}"
        )
