"""Versions are ordered as PyPI and npm order them, and ranges cover what OSV's schema says that they cover."""

from __future__ import annotations

import itertools

import pytest

from networks.management.versions import NPM, PYPI, NoVersion, Range, can_compare, covers, is_listed, key_for, next_fix

TWO_BRANCHES = Range(
    "ECOSYSTEM", (("introduced", "0"), ("fixed", "4.2.30"), ("introduced", "5.0"), ("fixed", "5.2.20"), ("introduced", "6.0a1"))
)
LAST = Range("ECOSYSTEM", (("introduced", "2.0"), ("last_affected", "2.3")))


@pytest.mark.parametrize(
    ("ecosystem", "ascending"),
    [
        (PYPI, ["1.0.dev3", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0+local.1", "1.0.post1", "1.1", "1.10", "1!0.1"]),
        # The order that Semantic Versioning 2.0 itself gives as its example, and what it says of numbers.
        (NPM, ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1"]),
        (NPM, ["0.0.0-0", "0.0.1", "0.9.0", "0.10.0", "1.0.0-0", "1.0.0", "1.0.1-x", "1.0.1", "10.0.0"]),
    ],
)
def test_it_orders_versions(ecosystem: str, ascending: list[str]) -> None:
    for lower, higher in itertools.combinations(ascending, 2):
        assert key_for(ecosystem, lower) < key_for(ecosystem, higher), (lower, higher)


def test_it_takes_no_notice_of_builds_and_spellings() -> None:
    assert key_for(NPM, "1.2.3+build.7") == key_for(NPM, "1.2.3")
    assert key_for(PYPI, "v1.2.0-RC.1") == key_for(PYPI, "1.2rc1")


@pytest.mark.parametrize(
    ("ecosystem", "text"),
    [(NPM, text) for text in ("", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-a..b", "1.2.3 ", "١.2.3", "latest")]
    + [(PYPI, text) for text in ("", "latest", "1.0-final-x", "1.0 2.0", "1" * 201)],
)
def test_it_refuses_what_is_no_version(ecosystem: str, text: str) -> None:
    with pytest.raises(NoVersion):
        key_for(ecosystem, text)


@pytest.mark.parametrize(
    ("version", "is_covered"),
    [
        ("0.1.dev0", True),
        ("4.2.29", True),
        ("4.2.30rc1", True),
        ("4.2.30", False),
        ("4.2.30.post1", False),
        ("5.0rc1", False),
        ("5.0", True),
        ("5.2.19", True),
        ("5.2.20.dev1", True),
        ("5.2.20", False),
        ("5.9", False),
        ("6.0a1", True),
        ("6.0", True),
        ("99", True),
    ],
)
def test_it_covers_each_branch_up_to_its_fix(version: str, is_covered: bool) -> None:
    assert covers(PYPI, version, TWO_BRANCHES) is is_covered
    for events in itertools.permutations(TWO_BRANCHES.events):  # in whatever order a record has them
        assert covers(PYPI, version, Range("ECOSYSTEM", events)) is is_covered


@pytest.mark.parametrize(
    ("version", "is_covered"),
    [("2.0rc1", False), ("2.0", True), ("2.3", True), ("2.3.0", True), ("2.3.post1", False), ("2.3.1", False)],
)
def test_it_covers_what_is_affected_last(version: str, is_covered: bool) -> None:
    assert covers(PYPI, version, LAST) is is_covered


def test_it_covers_a_single_version() -> None:
    single = Range("SEMVER", (("last_affected", "1.1.0"), ("introduced", "1.1.0")))

    assert [covers(NPM, version, single) for version in ("1.0.9", "1.1.0", "1.1.1")] == [False, True, False]


def test_it_covers_on_where_a_branch_begins_with_the_fix_of_the_last() -> None:
    joined = Range("SEMVER", (("introduced", "0"), ("fixed", "2.0.0"), ("introduced", "2.0.0"), ("fixed", "2.0.4")))

    assert [covers(NPM, version, joined) for version in ("1.9.9", "2.0.0", "2.0.4")] == [True, True, False]


def test_it_covers_nothing_from_a_limit_on() -> None:
    bounded = Range("SEMVER", (("introduced", "0"), ("limit", "2.0.0"), ("limit", "1.0.0")))
    endless = Range("SEMVER", (("introduced", "0"), ("limit", "1.0.0"), ("limit", "*")))

    assert [covers(NPM, version, bounded) for version in ("1.5.0", "2.0.0")] == [True, False]
    assert covers(NPM, "7.0.0", endless)
    assert can_compare(NPM, endless)


@pytest.mark.parametrize("version", ["0.0.0-0", "0.0.0", "1.0.0-alpha", "9.9.9"])
def test_it_takes_zero_for_the_beginning(version: str) -> None:
    assert covers(NPM, version, Range("SEMVER", (("introduced", "0"),)))


def test_it_knows_what_can_not_be_compared() -> None:
    commits = Range("GIT", (("introduced", "0"), ("fixed", "8f14e45fceea167a5a36dedd4bea2543c5f2b8a1")))
    odd = Range("ECOSYSTEM", (("introduced", "0"), ("fixed", "next release")))

    assert [can_compare(PYPI, one) for one in (commits, odd, LAST, TWO_BRANCHES)] == [False, False, True, True]
    with pytest.raises(NoVersion):
        covers(PYPI, "1.0", odd)


def test_it_finds_a_version_in_a_list_in_whatever_spelling() -> None:
    assert is_listed(PYPI, "1.2", ["1.1", "1.2.0"])
    assert is_listed(PYPI, "1.0rc1", ["1.0-RC1"])
    assert is_listed(NPM, "1.2.3", ["1.2.3+later"])
    assert not is_listed(PYPI, "1.2", ["1.20", "1.2.post1", "final", ""])
    assert not is_listed(NPM, "1.2.3", ["1.2.3-rc.1"])


@pytest.mark.parametrize(("version", "fix"), [("4.1", "4.2.30"), ("5.2.19", "5.2.20"), ("6.1", "")])
def test_it_names_the_next_fix(version: str, fix: str) -> None:
    assert next_fix(PYPI, version, [TWO_BRANCHES]) == fix


def test_it_names_no_fix_that_another_range_covers() -> None:
    first = Range("ECOSYSTEM", (("introduced", "0"), ("fixed", "2.0")))
    second = Range("ECOSYSTEM", (("introduced", "1.5"), ("fixed", "2.10")))

    assert next_fix(PYPI, "1.0", [first, second]) == "2.10"
