"""Every enabled button of every page, pressed on a random world, is carried out or explained; nothing is left half made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.private_engine import PrivateEngine
from tests.truth.lived_in import LivedIn
from tests.truth.pressing.pressing_all import PressingAll

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("seed", [12])
def test_it_carries_out_or_explains_what_is_pressed(fresh_engine: PrivateEngine, tmp_path: Path, seed: int) -> None:
    with LivedIn(fresh_engine, tmp_path, seed=seed) as lived:
        lived.build(containers=8, operations=12, crashes=0)
        admin = PressingAll(lived, seed)
        admin.press_some(18)
        operator = PressingAll(lived, seed, role="operator")
        operator.press_some(6)
        viewer = PressingAll(lived, seed, role="viewer")
        denied = viewer.denied()

    assert len(admin.pressed) > 15
    assert len(operator.pressed) > 4
    assert admin.faults == [], admin.tell()
    assert operator.faults == [], operator.tell()
    assert denied == []


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 110))
def test_it_carries_out_or_explains_all_that_can_be_pressed(fresh_engine: PrivateEngine, tmp_path: Path, seed: int) -> None:
    with LivedIn(fresh_engine, tmp_path, seed=seed) as lived:
        lived.build(containers=30, operations=100, crashes=0)
        viewer, operator = (PressingAll(lived, seed, role=role) for role in ("viewer", "operator"))
        denied = [*viewer.denied(), *operator.denied()]
        operator.press_some(20)
        admin = PressingAll(lived, seed)
        admin.press_all()

    assert denied == []
    assert operator.faults == [], operator.tell()
    assert admin.faults == [], admin.tell()
