"""A hub of a made-up world for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from networks.push.registry import Hub
from tests.push.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    hub = Hub(world.draw, world.read_revision, gather_s=0.0)
    yield hub
    await hub.close_all()
    await hub.stop()
