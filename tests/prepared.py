"""A data directory as a first start leaves it: made once by each process of tests, copied for each server that they start."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.leftovers import name_prefix

ROOT = Path(__file__).parents[1]
_FIRST_START = """
import django
django.setup()
from networks.management.migrating import migrate_if_needed
from networks.management.prepared import collect_static_if_needed
migrate_if_needed()
collect_static_if_needed()
"""


def prepare(data_dir: Path) -> None:
    """Lay tables and static files into a data directory that is new: a server starts sooner on it."""
    shutil.copytree(_made_once(), data_dir, dirs_exist_ok=True)


@cache
def _made_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=name_prefix()))  # cleared by the reaper after a kill
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
    environment |= {"NETADMIN_DATA_DIR": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "netadmin.settings"}
    subprocess.run([sys.executable, "-c", _FIRST_START], cwd=ROOT, env=environment, check=True, timeout=120)
    (folder / "data" / "secret_key").unlink(missing_ok=True)  # each has its own
    return folder / "data"
