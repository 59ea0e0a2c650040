"""Makes the files beside it out of whole recordings: `python -m tests.recorded.reduce FOLDER` (README.md says what is kept)."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SUMS = HERE / "SHA256SUMS"
KEPT = ("version", "info", "networks", "containers", "older_api", "events", "refusals")
# Of the machine on which it was recorded, and of no Engine's answer in general.
_OF_THE_MACHINE = {
    *("ResolvConfPath", "HostnamePath", "HostsPath", "LogPath", "SandboxKey", "GraphDriver", "Storage"),
    *("DockerRootDir", "DriverStatus", "Containerd", "CDISpecDirs", "Runtimes", "SystemTime", "Warnings", "MemTotal", "NCPU"),
    *("NFd", "NGoroutines", "Components", "BuildTime", "GitCommit", "ContainerdCommit", "RuncCommit", "InitCommit"),
    *("MaskedPaths", "ReadonlyPaths", "UserlandProxyPath"),
}
_OF_A_REFUSAL = ("case", "request", "body", "status", "message")


def reduce(whole: dict[str, Any]) -> dict[str, Any]:
    """Return what tests need of one recording."""
    kept: dict[str, Any] = _without({name: whole[name] for name in KEPT}, _OF_THE_MACHINE)
    if backend := kept["info"].get("FirewallBackend"):
        backend["Info"] = []
    kept["networks"] = [{"list": each["list"], "inspect": each["inspect"]} for each in kept["networks"]]
    kept["refusals"] = [_reduce_refusal(each) for each in kept["refusals"] if each["status"] is not None]
    return kept


def _reduce_refusal(answered: dict[str, Any]) -> dict[str, Any]:
    """Return a request with its answer; one that is no JSON (the Engine's word on a version below 1.24) as it stands."""
    text = answered.get("answer") if answered["status"] >= 400 and answered["message"] is None else None
    return {name: answered[name] for name in _OF_A_REFUSAL} | ({"text": text} if text else {})


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(member, names) for name, member in value.items() if name not in names}
    return [_without(member, names) for member in value] if isinstance(value, list) else value


def _written(folder: Path) -> Iterator[str]:
    """Write each recording with the firewall that every version has, and yield its line of the checksums."""
    for path in sorted(folder.glob("engine-*-iptables.json.gz")):
        kept = reduce(json.loads(gzip.decompress(path.read_bytes())))
        body = gzip.compress(json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode(), mtime=0)
        name = path.name.replace("-iptables", "")
        (HERE / name).write_bytes(body)
        yield f"{hashlib.sha256(body).hexdigest()}  {name}\n"


if __name__ == "__main__":
    SUMS.write_text("".join(_written(Path(sys.argv[1]))))
