"""Django in this process, with a database of its own: importing this sets it up, before models are imported."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from benchmarks.environment import environment_for

# Several processes write into one database by naming its folder here.
SHARED = "BENCHMARK_FOLDER"


def _set_up() -> Path:
    shared = os.environ.get(SHARED)
    folder = Path(shared or tempfile.mkdtemp(prefix="netadmin-benchmark-"))
    if not shared:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = environment_for(folder)
    os.environ.clear()
    os.environ |= environment
    django.setup()
    return folder


FOLDER = _set_up()


def make_tables() -> None:
    """Make the tables, and spare the collector what was imported, as `manage.py serve` does."""
    call_command("migrate", interactive=False, verbosity=0)
    gc.collect()
    gc.freeze()
