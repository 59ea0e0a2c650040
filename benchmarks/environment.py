"""The environment of a Netadmin that a benchmark starts."""

from __future__ import annotations

import os
from pathlib import Path


def environment_for(folder: Path) -> dict[str, str]:
    """Return the environment with our settings, the data in this folder, and nothing that the caller's own Netadmin is told."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "netadmin.settings",
        "NETADMIN_DATA_DIR": str(folder),
        "NETADMIN_LOG_LEVEL": "WARNING",
    }
