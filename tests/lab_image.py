"""The image that test containers run: a root file system around the machine's own static busybox."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

IMAGE = "netadmin-test:1"
APPLETS = (
    *("sh", "ip", "ifconfig", "ping", "ping6", "wget", "nc", "httpd", "sleep", "cat", "ls", "echo", "true", "false"),
    *("env", "hostname", "route", "nslookup", "netstat", "kill", "head", "tail", "grep", "ps", "id", "traceroute"),
)


def find_static_busybox() -> Path | None:
    """Return the machine's busybox when it runs without shared libraries, else None."""
    found = shutil.which("busybox", path="/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin")
    if found is None:
        return None
    # A dynamic program names its loader (/lib64/ld-linux…, /lib/ld-musl…) near its beginning.
    beginning = Path(found).read_bytes()[:4096]
    return None if b"/ld-" in beginning else Path(found)


def build_rootfs() -> bytes:
    """Return a tar archive of the root file system. Raises FileNotFoundError without a static busybox."""
    busybox = find_static_busybox()
    if busybox is None:
        raise FileNotFoundError("No static busybox on this machine: install the package busybox-static")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for folder in ("bin", "dev", "etc", "proc", "sys", "tmp", "www"):
            tar.addfile(_entry(folder, tarfile.DIRTYPE, 0o755))
        _add_file(tar, "bin/busybox", busybox.read_bytes(), 0o755)
        _add_file(tar, "etc/passwd", b"root:x:0:0:root:/:/bin/sh\n", 0o644)
        _add_file(tar, "www/index.html", b"netadmin\n", 0o644)
        for applet in APPLETS:
            link = _entry(f"bin/{applet}", tarfile.SYMTYPE, 0o777)
            link.linkname = "busybox"
            tar.addfile(link)
    return archive.getvalue()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry


def _add_file(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = _entry(name, tarfile.REGTYPE, mode)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
