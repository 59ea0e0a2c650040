"""The image that test containers run: the sample lab's root file system, under a name of the tests' own."""

from __future__ import annotations

from networks.actions.sample_lab.image import build_rootfs, find_static_busybox

IMAGE = "netadmin-test:1"


def build_test_rootfs() -> bytes:
    """Return a tar archive of the root file system. Raises FileNotFoundError without a static busybox."""
    busybox = find_static_busybox()
    if busybox is None:
        raise FileNotFoundError("No static busybox on this machine: install the package busybox-static")
    return build_rootfs(busybox.read_bytes())
