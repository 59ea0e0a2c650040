"""Django with a database of the benchmark's own, in this process."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import django
from django.core.management import call_command


def set_up(folder: Path, docker_host: str = "unix:///nowhere", *, is_migrated: bool = False) -> None:
    """Set Django up as `manage.py serve` would, with its data in this folder. To be called once, before models are imported."""
    environment = environment_for(folder) | {"DOCKER_HOST": docker_host}
    os.environ.clear()
    os.environ |= environment
    django.setup()
    if not is_migrated:
        call_command("migrate", interactive=False, verbosity=0)
    gc.collect()
    gc.freeze()


def environment_for(folder: Path) -> dict[str, str]:
    """Return the environment with our settings, the data in this folder, and nothing that the caller's own Netadmin is told."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "netadmin.settings",
        "NETADMIN_DATA_DIR": str(folder),
        "NETADMIN_LOG_LEVEL": "WARNING",
    }
