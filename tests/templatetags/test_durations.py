"""How long something took, in words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from networks.templatetags.times import took


@pytest.mark.parametrize(("duration_ms", "english"), [(12.5, "12 ms"), (999.4, "999 ms"), (8205.3, "8.2 s"), (75_000, "75.0 s")])
def test_it_counts_seconds_once_there_are_any(duration_ms: float, english: str) -> None:
    assert took(duration_ms) == english


def test_it_speaks_korean() -> None:
    with override("ko"):
        assert took(8205.3) == "8.2초"
