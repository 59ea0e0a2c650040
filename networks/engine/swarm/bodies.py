"""Specs of swarms as the documents that the Engine takes."""

from __future__ import annotations

from typing import Any

from networks.engine.swarm.specs import InitSpec, JoinSpec


def init_body(spec: InitSpec) -> dict[str, Any]:
    """Return the body of POST /swarm/init."""
    body: dict[str, Any] = {
        "ListenAddr": spec.listen_address,
        "AdvertiseAddr": spec.advertise_address,
        "DataPathPort": spec.data_path_port,
        "ForceNewCluster": False,
        "AutoLockManagers": False,
        "Spec": {},
    }
    if spec.pools:
        body |= {"DefaultAddrPool": [str(pool) for pool in spec.pools], "SubnetSize": spec.subnet_size}
    return body


def join_body(spec: JoinSpec) -> dict[str, Any]:
    """Return the body of POST /swarm/join: it holds the token."""
    return {
        "ListenAddr": spec.listen_address,
        "AdvertiseAddr": spec.advertise_address,
        "RemoteAddrs": list(spec.remote_addresses),
        "JoinToken": spec.token,
    }
