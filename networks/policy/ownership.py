"""Whose a file is, told where it is not ours: what the system says of it is no more than "Permission denied"."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def tell_owner(path: Path) -> str:
    """Return whose a path is, or its folder where there is no such file, and what gives it to us; "" where it is ours.

    A blank comes before it.
    """
    owner = _owner_of(path)
    if owner is None:  # not there, or in a folder that lets nobody look in
        path = path.parent
        owner = _owner_of(path)
    if owner is None or owner == os.geteuid():
        return ""
    folder = path if path.is_dir() else path.parent
    return f" {path.name} belongs to {_name(owner)}, and Netadmin runs as {_name(os.geteuid())}: chown -R {os.geteuid()} {folder}"


def _owner_of(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _name(uid: int) -> str:
    try:
        return f"{pwd.getpwuid(uid).pw_name} ({uid})"
    except KeyError:
        return str(uid)
