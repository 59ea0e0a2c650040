"""Writes the figures of the last runs into docs/performance.md: `python -m benchmarks.table`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.commands import OUT
from benchmarks.figures import Report

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by python -m benchmarks.table -->\n", "<!-- end of figures -->\n"
ORDER = (
    "sync",
    "event_to_dom",
    "fan_out",
    "pages",
    "memory",
    "at_rest",
    "burst",
    "start",
    "do_no_harm",
    "writers",
    "jobs",
    "activity",
    "address_history",
    "consequences",
    "previews",
    "addresses",
    "host_map",
    "host_links",
    "interfaces",
    "terminal",
    "engines",
    "run_container",
)


def lines(before: str) -> Iterator[str]:
    """Yield the lines of the table, one for each target of every benchmark that was run at its largest size.

    `before`: the table as it stands; a benchmark that was not run here since keeps its lines.
    """
    yield "| target | what | measured | wanted | reached | command | load |\n|---|---|---|---|---|---|---|\n"
    for name in ORDER:
        path = OUT / f"{name}-large.json"
        if path.exists():
            report: Report = json.loads(path.read_text())
            load = f"{report['load_before']:.1f}"
            for entry in report["targets"]:
                wanted = entry["limit"].replace("<=", "≤").replace(">=", "≥")
                is_reached = "yes" if entry["is_reached"] else "**no**"
                measured = f"{entry['measured']:g}"
                yield (
                    f"| {entry['target']} | {entry['what']} | {measured} | {wanted} | {is_reached} "
                    f"| `python -m benchmarks.{name}` | {load} |\n"
                )
        else:
            yield from (line for line in before.splitlines(keepends=True) if f"| `python -m benchmarks.{name}` |" in line)


def main() -> None:
    """Put the table between its two marks."""
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    table, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{''.join(lines(table))}{END}{after}")


if __name__ == "__main__":
    main()
