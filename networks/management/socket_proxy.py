"""The list of calls outside this process: haproxy's configuration, made of networks/engine/allow_list.py and nothing else.

    .venv/bin/python -m networks.management.socket_proxy

A bug that got past the list in here would still meet it there. Bodies aren't looked at: the list says which calls, not with what.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from networks.engine.allow_list import CALLS, Call, Profile, target_pattern
from networks.management.locks import ROOT

CONFIGURATION = Path("deploy/docker/haproxy.cfg")
DENIED = "The socket proxy lets no such call through."
AWAY = "The socket proxy reaches no Engine."

_HEAD = """\
# Made by `python -m networks.management.socket_proxy` of networks/engine/allow_list.py: change that, then make this anew.
# SOCKET_PROXY_ALLOWS names the profiles that may pass beside `read`, which always may: network run swarm terminal.

global
    log stdout format raw daemon notice
    maxconn 1000

defaults
    mode http
    timeout connect 3s
    timeout http-request 10s
    # The stream of events, and a terminal, may say nothing for as long as nothing happens. It is Netadmin who ends them.
    timeout client 24d
    timeout server 24d
    timeout tunnel 24d
    # A change is sent once. What comes in pieces, such as events and what is typed, leaves at once.
    retries 0
    http-reuse never
    option http-no-delay
    option abortonclose
    http-error status 503 content-type application/json string '{away}'

frontend calls
    bind unix@/run/socket-proxy/docker.sock mode 600
    # Docker reads what a form sends as if it stood in the address, where the rules look.
    http-request return status 403 content-type application/json string '{denied}' if {{ req.hdr(content-type) -m sub -i form }}
"""
_TAIL = """\

    http-request return status 403 content-type application/json string '{denied}'
    default_backend engine

backend engine
    server engine unix@/var/run/docker.sock
"""


def make_configuration() -> str:
    """Return haproxy's configuration: for each call one rule that lets it through, and one at the end for all others."""
    rules = "".join(_rules_of(profile) for profile in Profile)
    away, denied = (json.dumps({"message": words}) for words in (AWAY, DENIED))
    return _HEAD.format(away=away, denied=denied) + rules + _TAIL.format(denied=denied)


def _rules_of(profile: Profile) -> str:
    lines = [_rule(call) for call in CALLS if call.profile is profile]
    return f"\n    # {profile}\n" + "".join(f"    {line}\n" for line in lines)


def _rule(call: Call) -> str:
    target = target_pattern(call)
    if "'" in target or re.search(r"\s", target):
        raise ValueError(f"{target} would end haproxy's quotation")
    conditions = [f"{{ method {call.method} }}", f"{{ pathq -m reg '{target}' }}"]
    if call.profile is not Profile.READ:
        conditions.insert(0, f"{{ env(SOCKET_PROXY_ALLOWS) -m sub {call.profile} }}")
    return f"http-request allow if {' '.join(conditions)}"


if __name__ == "__main__":
    (ROOT / CONFIGURATION).write_text(make_configuration(), encoding="utf-8")
