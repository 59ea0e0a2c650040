"""`manage.py setup_token`: the token that makes the first admin, once more."""

from __future__ import annotations

from typing import Any

from networks.management.prepared import PreparedCommand
from networks.policy.first_admin import ensure_setup_token, show_setup_token


class Command(PreparedCommand):
    """Prints the token that is valid now, or that none is needed."""

    help = "Print the one-time token that makes the first admin at /setup/."

    def handle(self, *args: Any, **options: Any) -> None:
        token = ensure_setup_token()
        if token is None:
            self.stdout.write("Set-up is done: there is a user. More people are made on the page People.")
        else:
            show_setup_token(token, self.stdout)
