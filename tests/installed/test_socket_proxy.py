"""The list of calls as the socket proxy has it is the list of the process, call by call."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.allow_list import CALLS, AllowList, Call, Profile, target_pattern
from networks.engine.errors import NotAllowed
from networks.management.socket_proxy import CONFIGURATION, make_configuration
from tests.architecture.tree import read

RULE = re.compile(
    r"^    http-request allow if (?:\{ env\(SOCKET_PROXY_ALLOWS\) -m sub (\w+) \} )?"
    r"\{ method (\w+) \} \{ pathq -m reg '(.+)' \}$",
    re.MULTILINE,
)
IDS = {"network": "b" * 64, "container": "a" * 64, "image": f"sha256:{'c' * 64}", "exec": "e" * 64, "node": "n" * 25}
# What a pattern of a parameter's value is filled with, and what lies beside it.
VALUES = (
    "1",
    "0",
    "false",
    "true",
    "-",
    "10",
    "3600",
    "3601",
    "1000",
    "1001",
    "busybox",
    "1700000000.123456789",
    "%7B%7D",
    "",
    "a b",
    "'",
)
VERSIONS = ("", "/v1.44", "/v1.4444", "/v2.1", "//v1.44", "/v1.44/v1.44")
CUTS = ("", "/", "?", "&", "#", "/..", "\n", "%2F")


def is_permitted(call: Call, method: str, target: str) -> bool:
    """Tell whether the process itself would let a target pass by this very call."""
    try:
        AllowList(call.profile).check(method, target)
    except NotAllowed:
        return False
    return True


def passes(rules: list[tuple[str, str, str]], profile: Profile, method: str, target: str) -> bool:
    """Tell whether one of the proxy's rules lets a target pass, where this profile is allowed."""
    return any(
        method == its_method and (not its_profile or its_profile == profile) and re.search(pattern.replace("$", r"\Z"), target)
        for its_profile, its_method, pattern in rules
    )


def test_it_is_made_of_the_list() -> None:
    assert read(CONFIGURATION) == make_configuration()


def test_it_has_a_rule_for_each_call_and_no_other() -> None:
    rules = RULE.findall(read(CONFIGURATION))

    assert sorted(rules) == sorted(
        ("" if call.profile is Profile.READ else str(call.profile), call.method, target_pattern(call)) for call in CALLS
    )
    # Besides: what forms send is refused before all of them, and what none lets through behind.
    assert re.findall(r"http-request (?!allow)(\S+)", read(CONFIGURATION)) == ["10s", "return", "return"]
    assert "{ req.hdr(content-type) -m sub -i form }" in read(CONFIGURATION).partition("http-request allow")[0]


@given(st.data())
def test_it_lets_pass_what_the_process_lets_pass(data: st.DataObject) -> None:
    rules = RULE.findall(make_configuration())
    call = data.draw(st.sampled_from(CALLS))
    path = re.sub(r"\{(\w+)\}", lambda place: data.draw(st.sampled_from([IDS[place[1]], *IDS.values(), "web", ".."])), call.path)
    names = st.sampled_from([*call.query, "all", "x", ""])
    asked = data.draw(st.lists(st.tuples(names, st.sampled_from(VALUES)), max_size=3))
    query = "&".join(f"{name}={value}" for name, value in asked)
    target = data.draw(st.sampled_from(VERSIONS)) + path + (f"?{query}" if asked else "") + data.draw(st.sampled_from(CUTS))
    method = data.draw(st.sampled_from([call.method, call.method, "GET", "POST", "DELETE", "PUT", "HEAD"]))

    assert passes(rules, call.profile, method, target) == is_permitted(call, method, target)


@pytest.mark.parametrize(
    "target",
    [
        "/v1.44/containers/json?all=1",
        "/v1.44/events?filters=%7B%22type%22%3A%5B%22network%22%5D%7D&since=1700000000.123456789",
        f"/v1.44/containers/{'a' * 64}/stats?stream=false&one-shot=true",
        "/_ping",
    ],
)
def test_it_lets_pass_what_a_follower_asks(target: str) -> None:
    assert passes(RULE.findall(make_configuration()), Profile.READ, "GET", target)
