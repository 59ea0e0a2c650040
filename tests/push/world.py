"""A drawer's world without Docker and database: a screen that a test changes, and how often it was drawn."""

from __future__ import annotations

import threading
from dataclasses import replace

from networks.partials.screen import DrawnRow, Screen, ScreenKey

KEY = ScreenKey("network_list", "local", "", "", "en", "connect,view")


def drawn(name: str, version: int = 1, padding: int = 0, figures: str = "") -> DrawnRow:
    cells = f'<td>{name}</td><td>{version}{figures}</td><td>{"x" * padding}<button type="button">Remove {name}</button></td>'
    return DrawnRow(f"net-{name}", str(version), f'<tr id="net-{name}">{cells}</tr>', figures)


class World:
    """What `draw` shows now. Rights stand in a part, so that it is seen whose screen it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.revision = 1
        self.rows: dict[str, int] = {"a": 1, "b": 1}
        self.draws = 0
        self.is_broken = False
        self.is_reversed = False
        self.state = "live"
        self.padding = 0
        self.figures = ""  # what every row shows that changes by itself

    def draw(self, key: ScreenKey) -> Screen:
        with self._lock:
            self.draws += 1
            if self.is_broken:
                raise LookupError("nothing can be drawn")
            names = sorted(self.rows, reverse=self.is_reversed)
            rows = tuple(drawn(name, self.rows[name], self.padding, self.figures) for name in names)
            chip = f'<span id="engine-state" data-state="{self.state}">{self.state}</span>'
            parts = {"lede": f'<p id="lede">{len(rows)}, {key.rights}</p>', "engine-state": chip}
            return Screen("e", self.revision, {"network-rows": rows}, parts)

    def read_revision(self, _slug: str) -> tuple[str, int]:
        return ("e", self.revision)

    def change(self, **rows: int | None) -> None:
        """Give rows these versions; None removes one."""
        with self._lock:
            self.revision += 1
            for name, version in rows.items():
                if version is None:
                    self.rows.pop(name, None)
                else:
                    self.rows[name] = version

    def screen(self, **changes: str) -> Screen:
        return self.draw(replace(KEY, **changes))  # type: ignore[arg-type]
