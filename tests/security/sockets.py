"""Every address of a socket, read from the routes that Channels gets, and a browser's end of it behind the real gate."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.urls import get_resolver

from netadmin.asgi import application
from networks.partials.screens import has_screen
from networks.policy.url_permissions import walk_routes
from networks.push.routing import websocket_routes
from tests.push.wire import Wire
from tests.security.places import CONTAINER_ID, ENGINE, NETWORK_ID

HOST = "localhost:8000"
ORIGIN = f"http://{HOST}"
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def live_pages() -> list[str]:
    """Return the names of all pages that a socket keeps live."""
    return sorted({route.name for route in walk_routes(get_resolver().url_patterns) if has_screen(route.name)})


def socket_paths(engine_slug: str = ENGINE) -> list[str]:
    """Return the path of every kind of live socket: each route that leads to pages, with each page that it can show."""
    found = set()
    for route in websocket_routes:
        pattern = route.pattern.regex.pattern
        groups = route.pattern.regex.groupindex
        for page in live_pages() if "page" in groups else []:
            docker_id = CONTAINER_ID if page.startswith("container") else NETWORK_ID
            places = {"page": page, "engine_slug": engine_slug, "docker_id": docker_id}
            path = "/" + GROUP.sub(lambda place, places=places: places.get(place[1], "1"), pattern)  # type: ignore[misc]
            if not ("docker_id" in groups and page.endswith("_list")):
                found.add(path.replace("^", "").replace("$", ""))
    return sorted(found)


def open_socket(path: str, cookie: str = "", **headers: str) -> Wire:
    """Open a socket as a browser on one of our pages does. `headers`: more of them, or others; underscores become hyphens."""
    sent = {"host": HOST, "origin": ORIGIN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if cookie:
        sent["cookie"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": b"lang=en",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 5000),
    }
    return Wire(application, scope)
