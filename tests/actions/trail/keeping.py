"""Keepers of a test's own: quick, in its own data directory, ended with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from networks.audit.destinations import Destination, FileDestination
from networks.audit.entries import LogLine, read_line
from networks.audit.log_writer import TrailWriter
from networks.audit.progress import read_trail, trail_reach
from networks.models import Action, Outcome, Trail
from tests.private_engine import wait_until

QUICK_S = 0.02


@contextmanager
def keeping(data_dir: Path, destination: Destination, *, at_once: int = 200) -> Iterator[TrailWriter]:
    """Have the trail written for as long as it is entered."""
    keeper = TrailWriter(data_dir, destination, every_s=QUICK_S, longest_s=4 * QUICK_S, at_once=at_once)
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop(30)


def is_all_written() -> bool:
    """Tell whether every row is remembered as written."""
    reach = trail_reach(read_trail())
    newest = [model.objects.order_by("-id").values_list("id", flat=True).first() or 0 for model in (Action, Outcome)]
    return (reach.action_id, reach.outcome_id) == (newest[0], newest[1])


def wait_until_written() -> Trail:
    """Wait until every row is remembered as written, and return what is remembered."""
    wait_until(is_all_written, "the record to be written")
    return read_trail()


def write_all(tmp_path: Path, log: Path, **more: int) -> Trail:
    """Have everything written by a process of its own, so to speak."""
    with keeping(tmp_path, FileDestination(log), **more):
        return wait_until_written()


def wait_until_failing(words: str) -> Trail:
    """Wait until it is known, in these words among others, that nothing can be written."""
    failing: Callable[[], Trail | None] = Trail.objects.filter(failing_since__isnull=False, sentence__contains=words).first
    wait_until(failing, words)
    return read_trail()


def lines_of(*paths: Path) -> list[LogLine]:
    """Read files of lines, all of which are whole."""
    texts = [text for path in paths for text in path.read_bytes().split(b"\n")]
    return [read_line(text) for text in texts if text]


def told(lines: list[LogLine]) -> list[tuple[str, int]]:
    """Return what lines are about, in order."""
    return [(str(line.entry["kind"]), int(line.entry["id"])) for line in lines]
