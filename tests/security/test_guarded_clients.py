"""Whoever may change an Engine gets the client by one door, where the mode and the protection of the moment are put in."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import parse, python_modules

DOOR = "networks/actions/clients.py"


def test_it_opens_changing_clients_in_one_place_only() -> None:
    calls = {
        f"{path}:{node.lineno}": ast.unparse(node)
        for path in python_modules("networks/")
        if path.as_posix() != DOOR
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "EngineClient"
    }

    assert calls  # the follower's
    assert {place: call for place, call in calls.items() if re.search(r"Profile\.READ[,)]", call) is None} == {}
