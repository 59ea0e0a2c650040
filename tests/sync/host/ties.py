"""Which link of a host is which interface of which container, found by entering each container: nothing of ours."""

from __future__ import annotations

import json
import subprocess
from typing import Any, NamedTuple

from tests.private_engine import PrivateEngine
from tests.sync.operations import World
from tests.sync.truth import ask

# As the container's own file system shows it: index here, and of the far end.
LIST_FILES = 'for link in /sys/class/net/*; do echo "${link##*/} $(cat $link/ifindex) $(cat $link/iflink)"; done'


class Tie(NamedTuple):
    """A veth of the host (its index) and what is at its far end."""

    index: int
    container_id: str
    ifname: str
    network_id: str


class Plugged(World):
    """Mostly running containers on several networks, with stacks that are shared, and a macvlan among the networks."""

    def begin(self, engine: PrivateEngine) -> None:
        """Make what there is to move."""
        engine.check_inside("ip", "link", "add", "lab0", "type", "veth", "peer", "name", "lab1")
        body = {"Name": "lan", "Driver": "macvlan", "Options": {"parent": "lab0"}}
        status, answer = ask(self.socket_path, "POST", "/networks/create", body)
        assert status == 201, answer
        self.networks.append(answer["Id"])
        for verb in ("create_network",) * 4 + ("run",) * 6 + ("connect",) * 4:
            self.count += 1
            getattr(self, verb)()

    def draw_mode(self) -> str:
        shared = [f"container:{key}" for key in self.containers[:2]]
        return self.rng.choice(["bridge", "none", "host", *shared, *self.networks, *self.networks])

    def step(self) -> str:
        self.count += 1
        verbs = ["run", "connect", "connect", "connect", "disconnect", "disconnect", "start", "start", "start"]
        verbs += ["stop", "kill", "restart", "restart", "pause", "rename", "create_network", "remove_network", "remove_container"]
        verb = self.rng.choice(verbs)
        self.done += int(getattr(self, verb)() < 400)
        return verb


def true_ties(engine: PrivateEngine, *, by_files: bool = False) -> set[Tie]:
    """Enter each running container with `nsenter` and ask `ip` there; with `by_files`, its /sys/class/net as well."""
    host = {row["ifindex"]: row for row in _links(engine.entering)}
    found = set()
    for listed in ask(engine.socket, "GET", "/containers/json")[1]:
        status, row = ask(engine.socket, "GET", f"/containers/{listed['Id']}/json")
        pid = row["State"]["Pid"] if status == 200 else 0
        if not pid or row["HostConfig"]["NetworkMode"].startswith(("host", "container:")):
            continue
        try:
            inside = _links(["nsenter", f"--net=/proc/{pid}/ns/net", "--"])
        except RuntimeError:  # it ended just now
            continue
        networks = {end["MacAddress"]: end["NetworkID"] for end in row["NetworkSettings"]["Networks"].values()}
        for link in inside:
            if link.get("linkinfo", {}).get("info_kind") == "veth":
                assert host.get(link["link_index"], {}).get("link_index", link["ifindex"]) == link["ifindex"]
                found.add(Tie(link["link_index"], row["Id"], link["ifname"], networks.get(link["address"], "?")))
        if by_files:
            _check_files(pid, inside)
    return found


def _links(entering: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run([*entering, "ip", "-d", "-j", "link"], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def _check_files(pid: int, inside: list[dict[str, Any]]) -> None:
    command = ["nsenter", "-t", str(pid), "-n", "-m", "sh", "-c", LIST_FILES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    told = {tuple(line.split()) for line in done.stdout.splitlines()}
    veths = {(one["ifname"], str(one["ifindex"]), str(one["link_index"])) for one in inside if "link_index" in one}
    assert veths <= told, f"{veths} by ip, {told} by files"
