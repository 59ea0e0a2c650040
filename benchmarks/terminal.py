"""A terminal: from a key to its echo against a bare `docker exec` pty, and ten megabytes of output in a real Chromium."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from typing import Any

from playwright.sync_api import Page

from benchmarks.browsing import open_page
from benchmarks.commands import Ground, run
from benchmarks.figures import Report, percentile, summary, target
from benchmarks.served import Served
from tests.private_engine import wait_until
from tests.push.site import NAME, PASSWORD

# `cat` on a terminal: the kernel echoes each key, so that nothing is measured but the way.
PROGRAM = "cat"
BYTES = 10_000_000
FLOOD = f"seq 1 2000000 | head -c {BYTES}"
_SWITCH = f"""
from django.contrib.auth.models import User
from networks.models import Engine, Grant
Engine.objects.update(is_terminal_on=True)
admin, local = User.objects.get(username={NAME!r}), Engine.objects.get(slug="local")
Grant.objects.create(user=admin, engine=local, role="", has_terminal=True)
"""
# A socket of the page's own, as terminal.js opens it, without the screen: a screen draws at most sixty times a second.
_OPEN = """([path, command]) => new Promise((resolve, reject) => {
  const socket = new WebSocket(path);
  socket.binaryType = "arraybuffer";
  window.bench = socket;
  socket.onopen = () => socket.send(JSON.stringify({open: {shell: "own", command, user: "", columns: 100, rows: 30}}));
  socket.onmessage = (event) => { if (typeof event.data === "string" && event.data.includes("opened")) resolve(true); };
  socket.onclose = (event) => reject(new Error("closed: " + event.code));
})"""
_KEY = """() => new Promise((resolve) => {
  const begun = performance.now();
  window.bench.onmessage = (event) => { if (typeof event.data !== "string") resolve(performance.now() - begun); };
  window.bench.send(Uint8Array.of(97));
})"""
# On the real page: until the last byte is on the screen, and the longest that no frame was drawn meanwhile.
_FLOOD = """() => new Promise((resolve) => {
  const rows = document.querySelector(".xterm-rows");
  const begun = performance.now();
  let before = begun, longest = 0;
  const look = (now) => {
    longest = Math.max(longest, now - before);
    before = now;
    if (rows.textContent.includes("the end of it")) resolve({took: performance.now() - begun, longest});
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


class BarePty:
    """`docker exec -it` on a pty of ours."""

    def __init__(self, socket: str, container: str, *command: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execvp("docker", ["docker", "-H", f"unix://{socket}", "exec", "-it", container, *command])  # noqa: S606

    def read(self, within_s: float = 10.0) -> bytes:
        """Return what comes next, b"" at the end."""
        if not select.select([self.descriptor], [], [], within_s)[0]:
            raise TimeoutError("docker exec said nothing")
        try:
            return os.read(self.descriptor, 65_536)
        except OSError:  # how Linux tells the end of a pty
            return b""

    def key_ms(self) -> float:
        """Return how long a key takes to come back."""
        begun_ns = time.perf_counter_ns()
        os.write(self.descriptor, b"a")
        self.read()
        return (time.perf_counter_ns() - begun_ns) / 1e6

    def close(self) -> None:
        """End it."""
        os.close(self.descriptor)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def measure(ground: Ground) -> Report:
    """Measure on a container of its own, in turn, so that both meet the same noise."""
    keys = ground.rounds(400, 10)
    container = ground.engine.run("terminal-bench", "--init")
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookie = served.cookies()[0]
        served.wait_until_settled(len(ground.world.containers) + 1)
        served.manage("shell", "-v", "0", "-c", _SWITCH)
        with open_page(served, f"/containers/local/{container}/", cookie) as page:
            page.goto(f"{served.url}/containers/local/{container}/terminal/")
            page.fill("[name=password]", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_selector("#terminal-open")
            bare, ours = _measure_keys(ground, page, container, keys)
            bare_flood_ms = _bare_flood_ms(ground)
            flood = _flood(page)
    endings = _endings(ground, container)
    base = percentile(bare, 95)
    return {
        "bare_key_to_echo_ms": summary(bare),
        "key_to_echo_ms": summary(ours),
        "bare_10_mb_ms": round(bare_flood_ms),
        "10_mb_on_the_screen_ms": round(flood["took"]),
        "longest_without_a_frame_ms": round(flood["longest"]),
        "ending_ms": endings,
        "targets": [
            target("terminal", "key to echo, p95 over 1.5 × bare", percentile(ours, 95) - 1.5 * base, 5, unit="ms"),
            target("terminal", "10 MB on the screen: longest without a frame", flood["longest"], 500, unit="ms"),
        ],
    }


def _measure_keys(ground: Ground, page: Page, container: str, count: int) -> tuple[list[float], list[float]]:
    path = page.evaluate("document.getElementById('terminal').dataset.socket")
    page.evaluate(_OPEN, [path, PROGRAM])
    terminal = BarePty(ground.engine.socket, container, PROGRAM)
    try:
        time.sleep(0.5)  # until the command has said hello to the Engine
        bare, ours = [], []
        for number in range(count + 3):
            if number % 2:
                bare.append(terminal.key_ms())
                ours.append(float(page.evaluate(_KEY)))
            else:
                ours.append(float(page.evaluate(_KEY)))
                bare.append(terminal.key_ms())
        return bare[3:], ours[3:]
    finally:
        terminal.close()
        page.evaluate("window.bench.onclose = null; window.bench.close(1000)")


def _bare_flood_ms(ground: Ground) -> float:
    terminal = BarePty(ground.engine.socket, "terminal-bench", "sh", "-c", FLOOD)
    begun_ns = time.perf_counter_ns()
    try:
        while terminal.read():
            pass
        return (time.perf_counter_ns() - begun_ns) / 1e6
    finally:
        terminal.close()


def _flood(page: Page) -> dict[str, Any]:
    page.click("#terminal-open")
    # Not wait_for_function: the page's policy lets nobody evaluate a string.
    wait_until(lambda: page.evaluate("document.querySelector('.xterm-rows')?.textContent.includes('#')"), "the prompt")
    page.keyboard.type(f"{FLOOD}; echo the en''d of it")
    page.evaluate(f"window.flood = ({_FLOOD})(); true")
    page.keyboard.press("Enter")
    found: dict[str, Any] = page.evaluate("window.flood")
    return found


def _endings(ground: Ground, container: str) -> dict[str, Any]:
    """Return by means how long it takes to end a process; in a process of its own, which has Django."""
    command = [sys.executable, "-m", "benchmarks.endings", ground.engine.socket, container, str(ground.rounds(40, 2))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    run("terminal", measure)
