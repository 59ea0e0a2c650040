"""How to get a client: one place that turns an access and a profile into an EngineClient."""

from __future__ import annotations

from networks.engine.access.facts import EngineAccess
from networks.engine.calls import NOTHING_PROTECTED, Profile, ProtectedIds
from networks.engine.client import EngineClient
from networks.engine.docker_client import DockerClient


def connect_engine(
    access: EngineAccess | str,
    profile: Profile,
    *,
    is_read_only: bool = False,
    protected: ProtectedIds = NOTHING_PROTECTED,
    timeout_s: float = 10.0,
) -> EngineClient:
    """Return a client for the calling thread; nothing is sent before its first call.

    `access`: a text is the URL of an Engine that needs no credentials; `models.access.access_of` gives that of any.
    Raises AccessFault for one of no use. `is_read_only`: only the read profile's calls leave, whatever `profile` says.
    `protected`: what no change may name. `timeout_s`: for a read; changes get three times that.
    """
    return DockerClient(access, profile, is_read_only=is_read_only, protected=protected, timeout_s=timeout_s)
