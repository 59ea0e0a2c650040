"""How to get a client: one place that turns a URL and a profile into an EngineClient."""

from __future__ import annotations

from networks.engine.calls import NOTHING_PROTECTED, Profile, ProtectedIds
from networks.engine.client import EngineClient
from networks.engine.docker_client import DockerClient


def connect_engine(
    url: str, profile: Profile, *, is_read_only: bool = False, protected: ProtectedIds = NOTHING_PROTECTED
) -> EngineClient:
    """Return a client for the calling thread; nothing is sent before its first call.

    `url`: "unix:///path" today. `is_read_only`: only the read profile's calls leave, whatever `profile` says (rule S14).
    `protected`: what no change may name (rule S13).
    """
    return DockerClient(url, profile, is_read_only=is_read_only, protected=protected)
