"""SECURITY.md publishes exactly the calls that may reach an Engine."""

from __future__ import annotations

import re

from netadmin.env import BASE_DIR
from tests.permitted_calls import call_table

BLOCK = re.compile(r"<!-- calls -->\n(.*)<!-- /calls -->", re.DOTALL)


def rendered() -> str:
    rows = ["| profile | call | parameters | for |", "|---|---|---|---|"]
    rows += [
        f"| {profile} | `{method} {path}` | {parameters} | {reason} |"
        for profile, method, path, parameters, reason in call_table()
    ]
    return "\n".join(rows) + "\n"


def test_it_publishes_every_call_and_no_other() -> None:
    published = BLOCK.search((BASE_DIR / "SECURITY.md").read_text(encoding="utf-8"))

    assert published is not None
    assert published[1] == rendered()
