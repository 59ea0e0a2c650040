"""Makes sessions, as logging in would: `python -m benchmarks.sessions COUNT`, beside a server's database.

Each is another superuser's, for how many sockets one person may have open is bounded. The first is the first admin's.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netadmin.settings")
django.setup()

from django.conf import settings  # noqa: E402  settings need django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402


def make_sessions(count: int) -> list[str]:
    """Return the keys of so many new sessions."""
    people = get_user_model()._default_manager.filter(is_superuser=True).order_by("pk")
    for number in range(people.count(), count):
        get_user_model()._default_manager.create_superuser(f"superuser-{number}")
    keys = []
    for admin in people[:count]:
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(admin.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = admin.get_session_auth_hash()
        store.create()
        keys.append(str(store.session_key))
    return keys


if __name__ == "__main__":
    print("\n".join(make_sessions(int(sys.argv[1]))))
