"""On a real Engine's random world no page says anything that isn't so; and whoever checks that finds planted lies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.private_engine import PrivateEngine
from tests.truth.known import ROOT, is_checked, plain_sentences, swept_sentences, unheard
from tests.truth.lived_in import LivedIn
from tests.truth.planting import PLANTED, plant
from tests.truth.reality import Reality
from tests.truth.sweep import Findings, Sweep, addresses_of
from tests.truth.trials import Trials

pytestmark = pytest.mark.django_db(transaction=True)


def sweep_world(engine: PrivateEngine, data_dir: Path, seed: int, *, containers: int, operations: int, trials: int) -> None:
    """Make a world, read it, plant lies into it, and try what only doing shows. Fails with every lie, and the seed."""
    with LivedIn(engine, data_dir, seed) as lived:
        lived.build(containers=containers, operations=operations)
        assert any(" crash " in line for line in lived.world.diary)
        assert any(" move " in line and line.endswith(": 200") for line in lived.world.diary)
        sweep = Sweep(engine, lived.client, lived.slug, data_dir)
        findings = sweep.run()
        missed = assert_finds(sweep)
        trying = Trials(sweep, seed, trials)
        findings.lies += trying.run(findings.to_try)
        say(findings, seed, trying.done, lived.world.diary)

    wrong = [*map(str, findings.lies), *(f"planted, and not found: {lie}" for lie in missed)]
    assert not wrong, f"seed {seed}:\n" + "\n".join(wrong)


def assert_finds(sweep: Sweep) -> list[str]:
    """Return which planted lies were not found; most of them have to have a place."""
    reality = Reality(sweep.engine)
    planted = list(plant(sweep, list(addresses_of(reality, sweep.slug)), reality))
    assert len(planted) > len(PLANTED) * 2 // 3, f"only {[lie.found_as for lie, _ in planted]} had a place"
    return [f"{lie.page}: {lie.found_as}" for lie, found in planted if lie.found_as not in {one.claim.kind for one in found}]


def say(findings: Findings, seed: int, tried: int, diary: list[str]) -> None:
    """Say what was read; a failing run shows it."""
    print("\n".join(diary))
    print("\n".join(f"not known: {shape}  ({url})" for shape, url in sorted(findings.unknown.items())))
    total = sum(findings.checked.values())
    print(f"seed {seed}: {findings.pages} pages, {total} claims of {len(findings.checked)} kinds, {tried} trials")


def test_it_finds_nothing_that_is_not_so(fresh_engine: PrivateEngine, tmp_path: Path) -> None:
    sweep_world(fresh_engine, tmp_path, 0, containers=8, operations=25, trials=3)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(1, 11))
def test_it_finds_nothing_in_a_large_world(fresh_engine: PrivateEngine, tmp_path: Path, seed: int) -> None:
    sweep_world(fresh_engine, tmp_path, seed, containers=40, operations=300, trials=60)


def test_it_knows_of_every_sentence_whether_it_is_checked() -> None:
    known = set(plain_sentences())

    unknown = [text for text in swept_sentences() if text not in known and not is_checked(text)]

    assert unknown == [], "neither checked nor known to say nothing: give it a checker, else python -m tests.truth.known --write"


def test_it_says_so_as_a_command() -> None:
    told = subprocess.run([sys.executable, "-m", "tests.truth.known"], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_it_has_no_checker_of_words_that_nobody_says() -> None:
    assert unheard() == []


def test_it_lists_no_sentence_that_no_page_has_any_more() -> None:
    assert sorted(set(plain_sentences()) - set(swept_sentences())) == []
