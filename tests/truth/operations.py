"""The operations of a random world, each by plain HTTP: what the Engine refuses is part of the game."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.private_engine import PrivateEngine
from tests.sync.truth import ask
from tests.truth.drawing import CAST, DONORS, PARENT, Cell, Drawing

# (container's id, network's id): moves a container off none by Netadmin's own job; tells whether it was carried out.
Mover = Callable[[str, str], bool]

MOST_NETWORKS = 14


class Operations:
    """Each returns whom it was about, and the Engine's status (0: there was nobody for it)."""

    def __init__(self, engine: PrivateEngine, rng: random.Random, mover: Mover | None) -> None:
        self.engine = engine
        self.cells: list[Cell] = []
        self.containers: list[str] = []
        self._rng = rng
        self._drawing = Drawing(rng)
        self._mover = mover
        self._count = 0
        self._doomed: list[Path] = []
        self._kinds: dict[str, str] = {}

    def close_doomed(self) -> None:
        """Let go of the files that keep containers from being removed."""
        for path in self._doomed:
            subprocess.run(["chattr", "-i", str(path)], check=False, capture_output=True)

    def create(self, kind: str = "") -> tuple[str, int]:
        kind = kind or self._rng.choice(CAST)
        self._count += 1
        draft = self._drawing.draw_container(kind, self.cells, self._donors_for(kind))
        status, answer = self._post(f"/containers/create?name={kind}{self._count}", draft.body)
        if status != 201:
            return kind, status
        key = answer["Id"]
        self.containers.append(key)
        self._kinds[key] = kind
        if draft.starts:
            status = self._act(key, "start")
        if kind == "doomed":
            self._doom(key)
        return f"{kind}{self._count}", status

    def _donors_for(self, kind: str) -> list[str]:
        """Return whose network one of this kind may share; anybody's where the kind wants somebody who isn't there."""
        wanted = DONORS.get(kind, ())
        return [key for key in self.containers if self._kinds[key] in wanted] or self.containers

    def _doom(self, key: str) -> None:
        """Have it removed while one of its files can't be: Docker says of it "removing", and "dead" after its next start."""
        path = self.engine.folder / "data" / "containers" / key / "hostname"
        subprocess.run(["chattr", "+i", str(path)], check=False, capture_output=True)
        self._doomed.append(path)
        self._remove(key)

    def create_network(self, kind: str = "") -> tuple[str, int]:
        if len(self.cells) >= MOST_NETWORKS:
            return self.remove_network()
        cell, body = self._drawing.draw_network(kind)
        status, answer = self._post("/networks/create", body)
        if status == 201:
            self.cells.append(replace(cell, key=answer["Id"]))
        return cell.name, status

    def start(self) -> tuple[str, int]:
        return self._act_on_any("start", "exited", "created")

    def stop(self) -> tuple[str, int]:
        return self._act_on_any("stop", "running")

    def kill(self) -> tuple[str, int]:
        return self._act_on_any("kill", "running")

    def restart(self) -> tuple[str, int]:
        return self._act_on_any("restart", "running")

    def pause(self) -> tuple[str, int]:
        return self._act_on_any("pause", "running")

    def unpause(self) -> tuple[str, int]:
        return self._act_on_any("unpause", "paused")

    def rename(self) -> tuple[str, int]:
        return self._act_on_any(f"rename?name=renamed{self._count}")

    def connect(self) -> tuple[str, int]:
        row, cell = self._any(), self._any_cell()
        if row is None or cell is None:
            return "nobody", 0
        body = {"Container": row["Id"], "EndpointConfig": self._drawing.draw_wish(cell)}
        return f"{_name_of(row)} to {cell.name}", self._post(f"/networks/{cell.key}/connect", body)[0]

    def connect_refused(self) -> tuple[str, int]:
        """Connect one that runs to an ipvlan network: a kernel without ipvlan refuses, and the record keeps it. Draws nothing."""
        if not any(cell.kind == "level" for cell in self.cells):
            body = {"Name": "refusing", "Driver": "ipvlan", "Options": {"parent": PARENT}}
            self.cells.append(Cell(self._post("/networks/create", body)[1]["Id"], body["Name"], "level"))
        cell = next(cell for cell in self.cells if cell.kind == "level")
        rows = self._list()
        able = [row for row in rows if row["State"] == "running" and row["NetworkSettings"]["Networks"].keys() - {"host", "none"}]
        if not able:
            return "nobody", 0
        return f"{_name_of(able[0])} to {cell.name}", self._post(f"/networks/{cell.key}/connect", {"Container": able[0]["Id"]})[0]

    def disconnect(self) -> tuple[str, int]:
        joined = [(row, name) for row in self._list() for name in row["NetworkSettings"]["Networks"]]
        if not joined:
            return "nobody", 0
        row, name = self._rng.choice(joined)
        body = {"Container": row["Id"], "Force": self._rng.random() < 0.3}
        key = row["NetworkSettings"]["Networks"][name]["NetworkID"] or quote(name, safe="")
        return f"{_name_of(row)} from {name}", self._post(f"/networks/{key}/disconnect", body)[0]

    def remove_container(self) -> tuple[str, int]:
        row = self._any()
        return (_name_of(row), self._remove(row["Id"])) if row else ("nobody", 0)

    def restart_donor(self) -> tuple[str, int]:
        return self._act_on_donor("restart")

    def end_donor(self) -> tuple[str, int]:
        return self._act_on_donor("stop")

    def remove_donor(self) -> tuple[str, int]:
        donors = self._donors()
        if not donors:
            return "nobody", 0
        row = self._rng.choice(donors)
        return _name_of(row), self._remove(row["Id"])

    def _move_off_none(self) -> tuple[dict[str, Any], Cell] | None:
        on_none = [row for row in self._list() if "none" in row["NetworkSettings"]["Networks"]]
        cell = self._any_cell()
        return (self._rng.choice(on_none), cell) if on_none and cell else None

    def move(self) -> tuple[str, int]:
        """Have Netadmin move a container off none, as its page does; where nobody is on none, one is run there first."""
        if self._move_off_none() is None:
            self.create("none")
        chosen = self._move_off_none()
        if chosen is None or self._mover is None:
            return "nobody", 0
        row, cell = chosen
        return f"{_name_of(row)} to {cell.name}", 200 if self._mover(row["Id"], cell.key) else 409

    def move_by_hand(self) -> tuple[str, int]:
        chosen = self._move_off_none()
        if chosen is None:
            return "nobody", 0
        row, cell = chosen
        body = {"Container": row["Id"]}
        statuses = [self._post(path, body)[0] for path in ("/networks/none/disconnect", f"/networks/{cell.key}/connect")]
        return f"{_name_of(row)} to {cell.name}", max(statuses)

    def remove_network(self) -> tuple[str, int]:
        cell = self._any_cell()
        return (cell.name, self._drop(cell)) if cell else ("nothing", 0)

    def remove_idle_network(self) -> tuple[str, int]:
        """Remove a network that stopped containers alone are on: Docker says no word."""
        rows = self._list()
        running = {name for row in rows if row["State"] in ("running", "paused") for name in row["NetworkSettings"]["Networks"]}
        stopped = {name for row in rows for name in row["NetworkSettings"]["Networks"]} - running
        idle = [cell for cell in self.cells if cell.name in stopped]
        if not idle:
            return "nothing", 0
        cell = self._rng.choice(idle)
        return cell.name, self._drop(cell)

    def prune(self) -> tuple[str, int]:
        status, answer = self._post("/networks/prune", None)
        gone = answer.get("NetworksDeleted") or [] if status == 200 else []
        self.cells = [cell for cell in self.cells if cell.name not in gone]
        return " ".join(gone), status

    def crash(self) -> tuple[str, int]:
        self.engine.kill9()
        self.engine.restart()
        return self._begin_again()

    def lone_crash(self) -> tuple[str, int]:
        self.engine.kill9()
        self.engine.restart(ends_containerd=False)
        return self._begin_again()

    def restart_engine(self) -> tuple[str, int]:
        self.engine.restart()
        return self._begin_again()

    def _begin_again(self) -> tuple[str, int]:
        """Start half of what such a blow has ended, as whoever works there would."""
        ended = [row["Id"] for row in self._list() if row["State"] == "exited"]
        for key in self._rng.sample(ended, len(ended) // 2):
            self._act(key, "start")
        return "dockerd", 200

    def _drop(self, cell: Cell) -> int:
        status, _ = ask(self.engine.socket, "DELETE", f"/networks/{cell.key}")
        if status == 204:
            self.cells.remove(cell)
        return status

    def _remove(self, key: str) -> int:
        status, _ = ask(self.engine.socket, "DELETE", f"/containers/{key}?force=1")
        if status == 204:
            self.containers.remove(key)
        return status

    def _donors(self) -> list[dict[str, Any]]:
        wanted = {row["HostConfig"]["NetworkMode"].partition(":")[2] for row in self._list()}
        return [row for row in self._list() if row["Id"] in wanted]

    def _act_on_donor(self, verb: str) -> tuple[str, int]:
        donors = self._donors()
        if not donors:
            return "nobody", 0
        row = self._rng.choice(donors)
        return _name_of(row), self._act(row["Id"], verb)

    def _act_on_any(self, verb: str, *states: str) -> tuple[str, int]:
        row = self._any(*states)
        return (_name_of(row), self._act(row["Id"], verb)) if row else ("nobody", 0)

    def _any(self, *states: str) -> dict[str, Any] | None:
        rows = [row for row in self._list() if not states or row["State"] in states]
        return self._rng.choice(rows) if rows else None

    def _any_cell(self) -> Cell | None:
        return self._rng.choice(self.cells) if self.cells else None

    def _list(self) -> list[dict[str, Any]]:
        """Return the containers in the order in which they were made, which the same seed gives again."""
        rows = {row["Id"]: row for row in ask(self.engine.socket, "GET", "/containers/json?all=1")[1]}
        return [rows[key] for key in self.containers if key in rows]

    def _act(self, key: str, verb: str) -> int:
        return self._post(f"/containers/{key}/{verb}", None)[0]

    def _post(self, path: str, body: object) -> tuple[int, Any]:
        return ask(self.engine.socket, "POST", path, body)


def _name_of(row: dict[str, Any]) -> str:
    return str(row["Names"][0]).lstrip("/")
