"""Every refusal that real Engines gave is explained, at the field of the form that it is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from networks.engine.errors import Conflict, NotFound, Refused
from networks.engine.parsing.refusals import refusal as parse_refusal
from tests.recorded.explained import BEFORE_29, EXPLAINED, NAMED, OF_NO_FORM
from tests.recorded.following import followed
from tests.recorded.forms import Pressed
from tests.recorded.reading import VERSIONS, refused


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", VERSIONS)
def test_it_explains_every_refusal_at_its_field(tmp_path: Path, version: str) -> None:
    with followed(tmp_path, version):
        pressed = {case: Pressed(each, version) for case, each in refused(version).items() if case not in OF_NO_FORM}

    keys: dict[str, tuple[str, ...]] = {case: (key,) for case, (key, _field) in EXPLAINED.items()}
    if version < "29":
        keys |= BEFORE_29
    if version < "28":  # which says the same of both
        keys["disconnect host-mode"] = ("host_network",)
    assert {case: (each.keys, each.marked) for case, each in pressed.items()} == {
        case: (keys[case], EXPLAINED[case][1]) for case in pressed
    }
    assert {case: each.text for case, each in pressed.items() if case in NAMED} == {
        case: text for case, text in NAMED.items() if case in pressed
    }


def test_it_expects_what_was_recorded_and_no_more() -> None:
    cases = {case for version in VERSIONS for case in refused(version)}

    assert set(EXPLAINED) | OF_NO_FORM == cases
    assert not set(EXPLAINED) & OF_NO_FORM
    assert set(BEFORE_29) | set(NAMED) <= set(EXPLAINED)


@pytest.mark.parametrize("version", VERSIONS)
def test_it_takes_every_refusal_for_one(version: str) -> None:
    for each in refused(version).values():
        error = parse_refusal(each.status, json.dumps({"message": each.message}).encode(), each.request, 1.0)

        assert type(error) is {404: NotFound, 409: Conflict}.get(each.status, Refused)
        assert error.sentence == each.message.strip()
