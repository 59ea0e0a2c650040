"""What is read of what a provider says, and what isn't believed."""

from __future__ import annotations

from typing import Any

import pytest

from networks.policy.login.claims import Claims, ClaimsFault, is_fresh, read_claims

TOKEN = {"iss": "https://login.example", "sub": "17", "nonce": "n-1", "auth_time": 1000}


def read(token: dict[str, Any], userinfo: dict[str, Any] | None = None, claim: str = "groups") -> Claims:
    return read_claims(TOKEN | token, userinfo or {}, nonce="n-1", groups_claim=claim)


def test_it_reads_who_somebody_is_and_in_which_groups() -> None:
    claims = read({"groups": ["dev"]}, {"sub": "17", "preferred_username": "mina", "groups": ["ops", "dev"]})

    assert claims == Claims("https://login.example", "17", "mina", frozenset({"ops", "dev"}), 1000.0)


@pytest.mark.parametrize(
    ("userinfo", "groups"),
    [
        ({}, {"of-token"}),
        ({"sub": "17"}, {"of-token"}),
        ({"sub": "17", "groups": []}, set()),
        ({"sub": "17", "groups": ["a"]}, {"a"}),
        ({"sub": "17", "groups": "a"}, {"a"}),
        ({"sub": "17", "groups": {"a": 1}}, set()),
        ({"sub": "17", "groups": [1, None, "", ["b"], "c", "x" * 256]}, {"c"}),
    ],
)
def test_it_takes_groups_from_userinfo_before_the_token(userinfo: dict[str, Any], groups: set[str]) -> None:
    assert read({"groups": ["of-token"]}, userinfo).groups == groups


def test_it_finds_groups_by_a_path_and_by_a_name_with_dots() -> None:
    deep = {"realm_access": {"roles": ["ops"]}, "https://acme.example/groups": ["dev"]}

    assert read(deep, claim="realm_access.roles").groups == {"ops"}
    assert read(deep, claim="https://acme.example/groups").groups == {"dev"}
    assert read(deep, claim="realm_access.roles.more").groups == frozenset()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"preferred_username": " mina "}, "mina"),
        ({"email": "mina@example.org"}, "mina"),
        ({"preferred_username": 7, "email": None}, ""),
        ({}, ""),
    ],
)
def test_it_reads_what_they_want_to_be_called(told: dict[str, Any], name: str) -> None:
    assert read(told).name == name


@pytest.mark.parametrize(
    ("token", "userinfo", "fault"),
    [
        ({"nonce": "n-2"}, {}, "nonce"),
        ({"nonce": None}, {}, "nonce"),
        ({"sub": ""}, {}, "sub"),
        ({"sub": 17}, {}, "sub"),
        ({"sub": "a\0"}, {}, "sub"),
        ({"sub": "x" * 256}, {}, "sub"),
        ({"iss": None}, {}, "iss"),
        ({}, {"sub": "18"}, "userinfo: sub"),
        ({}, {"groups": ["ops"]}, "userinfo: sub"),
    ],
)
def test_it_believes_nothing_that_does_not_fit_together(token: dict[str, Any], userinfo: dict[str, Any], fault: str) -> None:
    with pytest.raises(ClaimsFault, match=fault):
        read(token, userinfo)


def test_it_believes_no_answer_to_a_question_that_had_no_nonce() -> None:
    with pytest.raises(ClaimsFault, match="nonce"):
        read_claims({**TOKEN, "nonce": ""}, {}, nonce="", groups_claim="groups")


@pytest.mark.parametrize(
    ("auth_time", "is_proof"),
    [(None, False), (True, False), ("1000", False), (939, False), (940, True), (1003, True), (1066, False)],
)
def test_it_takes_for_a_proof_only_what_came_after_the_question(auth_time: Any, is_proof: bool) -> None:
    assert is_fresh(read({"auth_time": auth_time}), asked_at=1000, now=1005) is is_proof
