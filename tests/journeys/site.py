"""Netadmin as people run it (`manage.py serve`), in a quiet place, with people in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.journeys.quiet_place import QuietPlace
from tests.management.serving import ROOT, Serving
from tests.prepared import prepare
from tests.private_engine import wait_until

ADMIN, PASSWORD = "admin", "a long enough pass phrase"

_ADD_PEOPLE = """
from django.contrib.auth.models import User
from networks.models import Engine, Grant
for name, role in {people!r}.items():
    person = User.objects.create_user(name, password={password!r})
    if role:
        Grant.objects.create(user=person, engine=Engine.objects.get(slug="local"), role=role)
"""


class Site:
    """A running server; a context manager. `has_admin`: its first admin comes from the environment, else by the token.
    `more`: further variables of its environment.
    """

    def __init__(
        self,
        folder: Path,
        docker_host: str,
        place: QuietPlace,
        *,
        port: int = 8000,
        has_admin: bool = True,
        more: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.url = f"http://localhost:{port}"
        prepare(folder / "data")
        (folder / "password").write_text(PASSWORD)
        first_admin = (("NETADMIN_ADMIN_USERNAME", ADMIN), ("NETADMIN_ADMIN_PASSWORD_FILE", str(folder / "password")))
        self.serving = Serving(
            folder / "data", docker_host, port, launch=place.entering, extra=(*more, *(first_admin if has_admin else ()))
        )

    def __enter__(self) -> Self:
        self.serving.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.serving.end()

    def start_again(self) -> None:
        """Start the ended server anew, and wait until it serves."""
        ready = self.log().count("Ctrl-C ends it")
        self.serving.start()
        wait_until(lambda: self.log().count("Ctrl-C ends it") > ready, "the server to serve again", deadline_s=60)

    def stop(self, number: int) -> int:
        """Send it a signal; return the status with which it ends."""
        return self.serving.signal(number)

    def log(self) -> str:
        """Return what the server has written until now."""
        return self.serving.log()

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py beside the server; return what it prints."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
        environment |= {"NETADMIN_DATA_DIR": str(self.serving.data_dir), "DOCKER_HOST": self.serving.docker_host}
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    def script(self, python: str) -> None:
        """Run a script in `manage.py shell`."""
        self.manage("shell", "-v", "0", "-c", python)

    def add_people(self, people: dict[str, str]) -> None:
        """Add people by name, each with this role on the Engine ("" for none) and the one PASSWORD."""
        self.script(_ADD_PEOPLE.format(people=people, password=PASSWORD))

    def snapshot(self) -> dict[str, object]:
        """Return what the database remembers of the Engine."""
        return dict(json.loads(self.manage("snapshot", "--json")))
