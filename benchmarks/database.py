"""Django with a database of the benchmark's own, in this process."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import django
from django.core.management import call_command


def set_up(folder: Path, docker_host: str = "unix:///nowhere") -> None:
    """Set Django up as `manage.py serve` would, with its data in this folder. To be called once, before models are imported."""
    for name in [name for name in os.environ if name.startswith(("NETADMIN_", "DJANGO_"))]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "netadmin.settings",
        "NETADMIN_DATA_DIR": str(folder),
        "NETADMIN_LOG_LEVEL": "WARNING",
        "DOCKER_HOST": docker_host,
    }
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    gc.collect()
    gc.freeze()
