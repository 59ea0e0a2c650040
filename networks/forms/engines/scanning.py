"""Asking a machine for its host key, to be compared and accepted by a person; nothing is trusted by it."""

from __future__ import annotations

import shutil
import subprocess

from networks.engine.access.facts import EngineAddress
from networks.engine.access.faults import AccessFault
from networks.forms.engines.material import read_host_key

_WITHIN_S = 6
_KINDS = ("ed25519", "ecdsa", "rsa")  # the first of them that the machine has


def scan_host_key(address: EngineAddress) -> tuple[str, str]:
    """Return the host key that a machine shows, and "" or why there is none, in ssh-keyscan's words."""
    scanner = shutil.which("ssh-keyscan")
    if scanner is None:
        return "", "ssh-keyscan: not found (Debian: openssh-client)"
    command = [scanner, "-T", "4", "-p", str(address.port), "-t", ",".join(_KINDS), "--", address.host]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN_S, check=False)  # noqa: S603 parsed
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)[:300]
    lines = sorted((line for line in done.stdout.splitlines() if not line.startswith("#")), key=_rank)
    for line in lines:
        try:
            return read_host_key(line), ""
        except AccessFault:
            continue
    return "", done.stderr.strip()[-300:] or "no answer"


def _rank(line: str) -> int:
    return next((number for number, kind in enumerate(_KINDS) if kind in line), len(_KINDS))
