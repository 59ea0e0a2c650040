"""T6: what the process holds with 500 containers, what each open socket adds, and what a browser that never reads can cost."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.browsing import open_page
from benchmarks.commands import Ground, run
from benchmarks.crowd import Crowd, Places
from benchmarks.figures import Report, target
from benchmarks.served import Served, live_of, memory_mb
from benchmarks.worlds import make_network
from tests.private_engine import wait_until
from tests.push.site import ROOT

SOCKETS, CHANGES = 200, 60
SOCKETS_PER_SESSION = 40
PAGES = ("/", "/networks/", "/containers/", "/events/")

# The libraries alone, as the server imports them.
BARE = """
import django, os, re, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "netadmin.settings"
django.setup()
import netadmin.asgi, netadmin.urls, daphne.server, docker, allauth.account.urls
print(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def measure(ground: Ground) -> Report:
    """Look at every page, then open sockets, then stall one."""
    sockets, changes = (10, 5) if ground.is_brief else (SOCKETS, CHANGES)
    with Served(ground.folder / "served", ground.engine.url) as served:
        bare = subprocess.run([sys.executable, "-c", BARE], cwd=ROOT, env=served.environment, check=True, capture_output=True)
        cookies = served.cookies(sockets // SOCKETS_PER_SESSION + 2)
        served.wait_until_settled(len(ground.world.containers))
        started_mb = memory_mb(served.pid)
        visitor = served.visitor(cookies[0])
        for path in PAGES * 3:
            visitor.page(path)
        with open_page(served, "/networks/", cookies[0]):
            _change(ground, served, changes)
        used_mb = memory_mb(served.pid)
        live = live_of(visitor.page("/networks/"))
        with Crowd(Places(served.port, live, cookies[1:], sockets)):
            _change(ground, served, 2)
            crowded_mb = memory_mb(served.pid)
        _change(ground, served, 2)
        before_mb = memory_mb(served.pid)
        live = live_of(visitor.page("/networks/"))
        with Crowd(Places(served.port, live, cookies[1:], 2, stalled=1)):
            _change(ground, served, changes)
            stalled_mb = memory_mb(served.pid)
    each_kb = (crowded_mb - used_mb) * 1024 / sockets
    return {
        "bare_libraries_mb": round(int(bare.stdout) / 1024, 1),
        "after_start_mb": round(started_mb, 1),
        "after_every_page_mb": round(used_mb, 1),
        "sockets": sockets,
        "with_sockets_mb": round(crowded_mb, 1),
        "kb_each_socket": round(each_kb, 1),
        "one_that_never_reads_mb": round(stalled_mb - before_mb, 2),
        "targets": [
            target("T6", "resident memory, every page looked at", used_mb, 160, unit="MB"),
            target("T6", "each further socket", each_kb, 60, unit="kB"),
            target("T6", f"a browser that never reads {changes} changes", stalled_mb - before_mb, 2, unit="MB"),
        ],
    }


def _change(ground: Ground, served: Served, times: int) -> None:
    """Create and remove a network so many times, until the server has written all of it."""
    for number in range(times):
        docker_id = make_network(ground.raw, number, prefix="moved")
        ground.raw.call("DELETE", f"/networks/{docker_id}")
    gone = "SELECT count(*) FROM networks_network WHERE name LIKE 'moved-%'"
    wait_until(lambda: served.query(gone) == [(0,)], "the last change")
    time.sleep(0.3)  # the frames of it


if __name__ == "__main__":
    run("memory", measure)
