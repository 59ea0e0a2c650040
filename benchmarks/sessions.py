"""Makes sessions of the first admin, as logging in would: `python -m benchmarks.sessions COUNT`, beside a server's database."""

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
    admin = get_user_model()._default_manager.get(is_superuser=True)
    keys = []
    for _ in range(count):
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(admin.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = admin.get_session_auth_hash()
        store.create()
        keys.append(str(store.session_key))
    return keys


if __name__ == "__main__":
    print("\n".join(make_sessions(int(sys.argv[1]))))
