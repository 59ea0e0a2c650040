"""Whose a file is, told where it is not ours: what the system says of it is no more than "Permission denied"."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def tell_owner(path: Path, data_dir: Path) -> str:
    """Return whose a path is, or its folder where there is no such file, and what gives it to us; "" where it is ours.

    Nothing outside of the data directory is to be changed but that it is made. A blank comes before it.
    """
    owner = _owner_of(path)
    if owner is None:  # not there, or in a folder that lets nobody look in
        path = path.parent
        owner = _owner_of(path)
    if owner is None or owner == os.geteuid():
        return ""
    whose = f" {path.name or path} belongs to {_name(owner)}, and Netadmin runs as {_name(os.geteuid())}:"
    if not path.is_relative_to(data_dir):  # somebody else's folder, perhaps the system's
        return f"{whose} make {data_dir}, and chown it to {os.geteuid()}"
    return f"{whose} chown -R {os.geteuid()} {data_dir}"


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
