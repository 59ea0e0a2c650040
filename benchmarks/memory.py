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

FEW, MANY, CHANGES = 100, 500, 60
SOCKETS_PER_PERSON = 40
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
    few, many, changes = (5, 20, 5) if ground.is_brief else (FEW, MANY, CHANGES)
    with Served(ground.folder / "served", ground.engine.url) as served:
        bare = subprocess.run([sys.executable, "-c", BARE], cwd=ROOT, env=served.environment, check=True, capture_output=True)
        cookies = served.cookies(many // SOCKETS_PER_PERSON + 2)
        served.wait_until_settled(len(ground.world.containers))
        started_mb = memory_mb(served.pid)
        visitor = served.visitor(cookies[0])
        for path in PAGES * 3:
            visitor.page(path)
        with open_page(served, "/networks/", cookies[0]):
            _change(ground, served, changes)
        used_mb = memory_mb(served.pid)
        # What any sixty changes add, whoever looks, isn't the stalled one's; what they free is no room for it, either.
        read_mb = _growth(ground, served, cookies, changes, stalled=0)
        stalled_mb = _growth(ground, served, cookies, changes, stalled=1) - max(0.0, read_mb)
        # The first hundred fill what was free already.
        few_mb = _with_sockets(ground, served, cookies, few)
        many_mb = _with_sockets(ground, served, cookies, many)
    each_kb = (many_mb - few_mb) * 1024 / (many - few)
    return {
        "bare_libraries_mb": round(int(bare.stdout) / 1024, 1),
        "after_start_mb": round(started_mb, 1),
        "after_every_page_mb": round(used_mb, 1),
        "sockets": [few, many],
        "with_sockets_mb": [round(few_mb, 1), round(many_mb, 1)],
        "kb_each_socket": round(each_kb, 1),
        "changes_read_mb": round(read_mb, 2),
        "one_that_never_reads_mb": round(stalled_mb, 2),
        "targets": [
            target("T6", "resident memory, every page looked at", used_mb, 160, unit="MB"),
            target("T6", "each further socket", each_kb, 60, unit="kB"),
            target("T6", f"a browser that never reads {changes} changes", stalled_mb, 2, unit="MB"),
        ],
    }


def _growth(ground: Ground, served: Served, cookies: list[str], changes: int, *, stalled: int) -> float:
    """Return by how much the memory grows over so many changes with two sockets, one of which may stall."""
    live = live_of(served.visitor(cookies[0]).page("/networks/"))
    with Crowd(Places(served.port, live, cookies[1:], 2, stalled=stalled)):
        before_mb = memory_mb(served.pid)
        _change(ground, served, changes)
        return memory_mb(served.pid) - before_mb


def _with_sockets(ground: Ground, served: Served, cookies: list[str], count: int) -> float:
    live = live_of(served.visitor(cookies[0]).page("/networks/"))
    with Crowd(Places(served.port, live, cookies[1:], count)):
        _change(ground, served, 2)
        return memory_mb(served.pid)


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
