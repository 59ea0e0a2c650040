"""A process beside a terminal's, in its container: when its input ends, it ends whatever bears the terminal's mark.

The Engine ends that input with the connection that it hangs on, and the kernel ends the connection with this process, even one
that is killed. A terminal's own process hears nothing of that.
"""

from __future__ import annotations

from dataclasses import dataclass

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.specs import MARK_NAME, ExecSpec
from networks.engine.transport.raw import TerminalStream

SHELLS = ("/bin/sh", "/bin/bash", "/bin/ash")
# By the shell's own words alone, so that it runs in images that hold nothing else. A line dismisses it; its own environment
# has no mark.
_SCRIPT = (
    "read -r line && exit; for name in HUP KILL; do for p in /proc/[0-9]*; do "
    'while read -r e || [ -n "$e" ]; do case "$e" in *"$1"*) kill -$name "${p#/proc/}";; esac; done <"$p/environ"; '
    "done; done 2>/dev/null; :"
)
_NAME = "terminal-sentinel"  # its $0


@dataclass(frozen=True, slots=True)
class Sentinel:
    """One that stands. Both ends may be called again; the first counts."""

    stream: TerminalStream

    def release(self) -> None:
        """Let it end what bears the mark. Returns at once."""
        self.stream.close()

    def dismiss(self) -> None:
        """Let it go without ending anything. Returns at once."""
        self.stream.write(b"\n")
        self.stream.close()


def post_sentinel(client: EngineClient, spec: ExecSpec) -> Sentinel | None:
    """Post one beside what `spec` has begun; None where the Engine takes none, such as in a paused container.

    In an image without a shell it ends at once, and nobody hears of that.
    """
    shell = spec.command[0] if spec.command[0] in SHELLS else SHELLS[0]
    words = (shell, "-c", _SCRIPT, _NAME, f"{MARK_NAME}={spec.mark}")
    try:
        exec_id = client.create_exec(ExecSpec(spec.container_id, words, spec.user), has_terminal=False)
        return Sentinel(client.open_input(exec_id))
    except EngineError:
        return None
