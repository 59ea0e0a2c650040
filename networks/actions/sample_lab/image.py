"""The sample lab's image: a root file system around this machine's own static busybox, so that no registry is needed."""

from __future__ import annotations

import io
import struct
import tarfile
from pathlib import Path

REPOSITORY, TAG = "netadmin-lab", "1"
IMAGE = f"{REPOSITORY}:{TAG}"
PULLED_REPOSITORY, PULLED_TAG = "busybox", "stable"

# Where Debian, Ubuntu, Fedora, Alpine and Arch put it; Debian's busybox-static replaces /usr/bin/busybox.
PLACES = (
    *("/usr/bin/busybox", "/bin/busybox", "/usr/sbin/busybox", "/sbin/busybox"),
    *("/bin/busybox.static", "/usr/lib/busybox/busybox-static"),
)
APPLETS = (
    *("sh", "ash", "ip", "ifconfig", "route", "ping", "ping6", "wget", "nc", "httpd", "nslookup", "netstat", "traceroute"),
    *("arp", "telnet", "sleep", "cat", "ls", "echo", "env", "hostname", "ps", "top", "kill", "true", "false", "id", "head"),
    *("tail", "grep", "sed", "awk", "vi", "mount", "uname", "date", "tty", "clear"),
)
_PT_INTERP = 3
_MOST_BYTES = 16 * 1024 * 1024  # busybox has 1 to 3 MB


def find_static_busybox(places: tuple[str, ...] = PLACES) -> Path | None:
    """Return a busybox of this machine that runs without its libraries, None where there is none."""
    for place in map(Path, places):
        try:
            if place.is_file() and place.stat().st_size < _MOST_BYTES and is_static(place.read_bytes()):
                return place
        except OSError:
            continue
    return None


def is_static(program: bytes) -> bool:
    """Tell whether an ELF program names no loader (no PT_INTERP among its program headers)."""
    if program[:4] != b"\x7fELF" or len(program) < 64 or program[4] not in (1, 2):
        return False
    order = "<" if program[5] == 1 else ">"
    is_64 = program[4] == 2
    (offset,) = struct.unpack_from(f"{order}{'Q' if is_64 else 'I'}", program, 32 if is_64 else 28)
    size, count = struct.unpack_from(f"{order}HH", program, 54 if is_64 else 42)
    try:
        kinds = [struct.unpack_from(f"{order}I", program, offset + index * size)[0] for index in range(count)]
    except struct.error:
        return False
    return bool(kinds) and _PT_INTERP not in kinds


def build_rootfs(busybox: bytes) -> bytes:
    """Return a tar archive with busybox, a link for each applet, and a page for httpd."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for folder in ("bin", "dev", "etc", "proc", "root", "sys", "tmp", "www"):
            tar.addfile(_entry(folder, tarfile.DIRTYPE, 0o755))
        for path, content, mode in (
            ("bin/busybox", busybox, 0o755),
            ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644),
            ("etc/group", b"root:x:0:\n", 0o644),
            ("www/index.html", b"It answers: this is a container of Netadmin's sample lab.\n", 0o644),
        ):
            entry = _entry(path, tarfile.REGTYPE, mode)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for applet in APPLETS:
            link = _entry(f"bin/{applet}", tarfile.SYMTYPE, 0o777)
            link.linkname = "busybox"
            tar.addfile(link)
    return archive.getvalue()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry
