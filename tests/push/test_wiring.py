"""This process's hub is woken by what sync and policy say, and asgi leads to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from networks.partials.screens import has_screen
from networks.policy.socket_rights import rights_changed
from networks.push.protocol import Close
from networks.push.routing import hub, watch, websocket_application
from networks.sync.signals import engine_changed, host_changed
from tests.push.wire import Wire
from tests.push.world import KEY


def test_it_draws_anew_when_sync_says_that_an_engine_changed() -> None:
    view = hub.drawer.view_of(KEY)
    view.is_dirty = False

    engine_changed.send(sender=None, engine_slug="another")
    was_dirty = view.is_dirty
    engine_changed.send(sender=None, engine_slug=KEY.engine_slug)

    assert (was_dirty, view.is_dirty) == (False, True)


def test_it_draws_only_what_shows_the_host_when_that_changed() -> None:
    listed, shown = hub.drawer.view_of(KEY), hub.drawer.view_of(replace(KEY, page="interface_list"))
    listed.is_dirty = shown.is_dirty = False

    host_changed.send(sender=None, engine_slug=KEY.engine_slug)

    assert (listed.is_dirty, shown.is_dirty) == (False, True)


def test_it_looks_at_once_when_policy_says_that_rights_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bool] = []
    monkeypatch.setattr(watch, "wake", lambda: looks.append(True))

    rights_changed.send(sender=None, user_id=1)

    assert looks == [True]


@pytest.mark.parametrize("page", ["overview", "network_list", "network_detail", "container_list", "container_detail"])
def test_it_knows_the_live_pages(page: str) -> None:
    assert has_screen(page)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/ws/live/network_list/local/", Close.LOG_IN),
        ("/ws/live/network_detail/local/0123456789ab/", Close.LOG_IN),
        ("/ws/live/network_detail/local/../", Close.FORBIDDEN),
        ("/ws/else/", Close.FORBIDDEN),
        ("/", Close.FORBIDDEN),
    ],
)
async def test_it_lets_nobody_in_by_any_other_way(path: str, code: Close) -> None:
    scope: dict[str, Any] = {"type": "websocket", "path": path, "query_string": b"", "headers": []}

    assert await Wire(websocket_application, scope).closed() == code
