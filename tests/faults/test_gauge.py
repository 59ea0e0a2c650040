"""The gauge of the soak finds a leak, and doesn't take noise for one."""

from __future__ import annotations

import os
import random

from tests.faults.gauge import Held, growth, held_by, memory_slope


def history(*, mb_per_minute: float, noise_mb: float) -> list[Held]:
    draw = random.Random(7)  # noqa: S311 drawn to be repeatable
    return [
        Held(second, 120 + mb_per_minute * second / 60 + draw.uniform(0, noise_mb) + 30 * (second % 300 == 0), 40, 20)
        for second in range(0, 3000, 10)
    ]


def test_it_finds_a_slow_leak_under_noise() -> None:
    slope = memory_slope(history(mb_per_minute=0.2, noise_mb=5))

    assert 1.7 < slope < 2.3


def test_it_takes_noise_and_heaps_of_garbage_for_what_they_are() -> None:
    assert abs(memory_slope(history(mb_per_minute=0, noise_mb=5))) < 0.2


def test_it_tells_counts_that_grow_from_counts_that_swing() -> None:
    assert growth([40, 44, 41, 43] * 10) <= 0
    assert growth([40 + number // 4 for number in range(40)]) > 0


def test_it_reads_what_a_process_holds() -> None:
    pipe = os.pipe()
    try:
        with_pipe = held_by(os.getpid(), 0)
    finally:
        for end in pipe:
            os.close(end)
    without = held_by(os.getpid(), 1)

    assert with_pipe.descriptors == without.descriptors + 2
    assert with_pipe.memory_mb > 10
    assert with_pipe.threads >= 1
