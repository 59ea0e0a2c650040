"""What daphne serves: HTTP by Django, WebSockets by push, nothing from hosts and origins that aren't ours."""

from __future__ import annotations

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from netadmin.first_scope import FollowFromFirstScope
from netadmin.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netadmin.settings")

http_application = get_asgi_application()

# Only now: push imports models, and those need what the line above has set up.
from networks.push.routing import websocket_application  # noqa: E402

_routed = ProtocolTypeRouter({"http": http_application, "websocket": AuthMiddlewareStack(websocket_application)})
application = Gate(FollowFromFirstScope(_routed))
