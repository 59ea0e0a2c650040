"""A container's states, in Docker's words: which of them hold what, and what a container counts as."""

from __future__ import annotations

from networks.engine.facts import Ending

# Docker's own State.Running: it holds its endpoints, so that Docker refuses to remove their networks.
RUNNING_STATES = frozenset({"running", "paused", "restarting"})
# With a network stack, and addresses in it. One that restarts has none between its runs (measured: 26.1).
WITH_STACK = frozenset({"running", "paused"})
# Docker is removing it, or could not: there is nothing left to be done with it but to remove it.
LEAVING = frozenset({"removing", "dead"})
# Its record is what it was left with. One that is created may be starting at this moment: nothing was left behind then.
ENDED = frozenset({"exited", "dead"})
# By which a process ends that was sent SIGHUP, SIGINT, SIGQUIT, SIGKILL or SIGTERM, as people do
ASKED_CODES = frozenset({129, 130, 131, 137, 143})


def container_group(state: str, exit_code: int | None, ending: str) -> str:
    """Return what a container counts as: running, paused (restarting too), stopped, or failed.

    Failed is one that is dead, or ended by another exit code than 0; but for the code of a signal that somebody sent, or that
    somebody may have sent while nobody looked. `ending`: see facts.Ending.
    """
    if state == "running":
        return "running"
    if state in ("paused", "restarting"):
        return "paused"
    if state == "dead":
        return "failed"
    is_told = ending == Ending.ASKED or (ending == Ending.UNKNOWN and exit_code in ASKED_CODES)
    return "failed" if exit_code and not is_told else "stopped"
