"""Whether a hypervisor runs this machine: it decides which frames reach a link of it. Source: cpuid(4), Xen's sysfs."""

from __future__ import annotations

import functools
import os

_MOST_BYTES = 65_536  # the first processor's flags; of many processors the others' are the same


@functools.cache
def is_virtual_machine() -> bool:
    """Tell whether this is a virtual machine; False where nothing says so, as on most ARM machines."""
    if os.path.isdir("/sys/hypervisor/properties"):
        return True
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as opened:
            lines = opened.read(_MOST_BYTES).splitlines()
    except OSError:
        return False
    return any(line.startswith("flags") and "hypervisor" in line.split() for line in lines)
