"""Memory that was freed goes back to the machine, and threads that come and go don't each fill a heap of their own."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

from networks.management.allocator import ARENAS

# Blocks of 1 KiB, from malloc itself: Python's own allocator has nothing to do with them.
PROGRAM = """
import ctypes, json, re, sys, threading, time
from networks.management.allocator import bound_allocator

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.open_memstream.restype = ctypes.c_void_p
is_bound = sys.argv[1] == "bound" and bound_allocator(trim_every_s=0.1)

def resident_mb():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def heaps():
    # By glibc's own account: in the list of what is mapped a library may begin where a heap could.
    text, size = ctypes.c_char_p(), ctypes.c_size_t()
    file = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
    libc.malloc_info(0, file)
    libc.fclose(file)
    return text.value.count(b"<heap nr=")

def page(blocks):
    held = [libc.malloc(1024) for _ in range(blocks)]
    barrier.wait()
    for block in held[:-1]:  # the last one keeps all before it from being given back by free()
        libc.free(block)

before_mb = resident_mb()
barrier = threading.Barrier(12)
threads = [threading.Thread(target=page, args=(5_000,)) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
until = time.monotonic() + (10 if is_bound else 0.5)
while resident_mb() - before_mb > 15 and time.monotonic() < until:
    time.sleep(0.02)
print(json.dumps({"heaps": heaps(), "kept_mb": resident_mb() - before_mb}))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="there are such heaps in glibc only")
def test_it_gives_back_what_was_freed() -> None:
    def run(how: str) -> dict[str, float]:
        done = subprocess.run([sys.executable, "-c", PROGRAM, how], check=True, capture_output=True, text=True, timeout=60)
        return dict(json.loads(done.stdout))

    left_alone, bound = run("left alone"), run("bound")

    # 60 MB were taken and freed.
    assert left_alone["kept_mb"] > 30
    assert bound["kept_mb"] <= 15
    assert left_alone["heaps"] > bound["heaps"]
    assert bound["heaps"] == ARENAS
