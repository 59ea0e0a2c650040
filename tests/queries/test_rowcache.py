"""Rows that are kept: always what a whole read would give, and only what changed is read."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

import pytest

from networks.queries.cache.row_cache import EVERYTHING, KEEP_S, RowCache
from networks.queries.ordering import natural
from networks.queries.rows import EngineRow


@dataclass(frozen=True)
class Row:
    """A row as short as can be."""

    docker_id: str
    name: str
    revision: int


@dataclass
class Table:
    """A snapshot as the database would have it, and what was asked of it."""

    rows: dict[str, Row] = field(default_factory=dict)
    gone: list[tuple[str, int]] = field(default_factory=list)
    revision: int = 0
    asked: list[int] = field(default_factory=list)

    def read(self, _slug: str, since: int) -> list[Row]:
        self.asked.append(since)
        return [row for row in self.rows.values() if row.revision > since]

    def read_gone(self, _slug: str, since: int) -> list[tuple[str, int]]:
        return [(docker_id, revision) for docker_id, revision in self.gone if revision > since]

    def save(self, docker_id: str, name: str) -> None:
        self.revision += 1
        self.rows[docker_id] = Row(docker_id, name, self.revision)

    def remove(self, docker_id: str) -> None:
        self.revision += 1
        if self.rows.pop(docker_id, None):
            self.gone.append((docker_id, self.revision))

    def engine(self, epoch: str = "one") -> EngineRow:
        return replace(ENGINE, epoch=epoch, revision=self.revision)


ENGINE = EngineRow(
    slug="local",
    name="local",
    url="unix:///x",
    state="live",
    state_since=None,
    as_of=None,
    next_try_at=None,
    epoch="one",
    revision=0,
    last_error="",
    version="",
    api_version="",
)


@pytest.fixture
def table() -> Table:
    made = Table()
    for name in ("web-10", "web-2", "Alpha"):
        made.save(name.lower() * 2, name)
    return made


@pytest.fixture
def cache(table: Table) -> RowCache[Row]:
    return RowCache(table.read, table.read_gone)


def names(rows: object) -> list[str]:
    return [row.name for row in rows]  # type: ignore[attr-defined]


def test_it_gives_the_rows_in_natural_order(table: Table, cache: RowCache[Row]) -> None:
    assert names(cache.rows(table.engine())) == ["Alpha", "web-2", "web-10"]


def test_it_asks_nothing_where_nothing_changed(table: Table, cache: RowCache[Row]) -> None:
    first = cache.rows(table.engine())

    assert cache.rows(table.engine()) is first
    assert table.asked == [EVERYTHING]


def test_it_reads_what_changed_and_keeps_the_very_same_rows_else(table: Table, cache: RowCache[Row]) -> None:
    before = cache.rows(table.engine())
    table.save("web-2web-2", "web-30")
    table.save("new", "beta")

    after = cache.rows(table.engine())

    assert names(after) == ["Alpha", "beta", "web-10", "web-30"]
    assert names(before) == ["Alpha", "web-2", "web-10"]
    assert after[0] is before[0]
    assert table.asked == [EVERYTHING, 3]


def test_it_keeps_the_very_same_rows_at_a_revision_of_other_things(table: Table, cache: RowCache[Row]) -> None:
    before = cache.rows(table.engine())
    table.revision += 1

    assert cache.rows(table.engine()) is before
    assert table.asked == [EVERYTHING, 3]


def test_it_leaves_out_what_is_gone_and_takes_what_came_back(table: Table, cache: RowCache[Row]) -> None:
    cache.rows(table.engine())
    table.remove("alphaalpha")
    table.remove("web-2web-2")
    table.save("web-2web-2", "web-2")

    assert names(cache.rows(table.engine())) == ["web-2", "web-10"]


def test_it_leaves_out_what_went_after_it_was_read(table: Table, cache: RowCache[Row]) -> None:
    cache.rows(table.engine())
    table.save("short", "short-lived")
    row = table.rows["short"]
    table.remove("short")
    table.rows["short"] = row  # as a reader saw it before it went

    assert "short-lived" not in names(cache.rows(table.engine()))


@pytest.mark.parametrize("epoch", ["two", ""])
def test_it_reads_everything_of_another_history_or_none(table: Table, cache: RowCache[Row], epoch: str) -> None:
    cache.rows(table.engine(epoch))
    cache.rows(table.engine("three" if epoch else ""))

    assert table.asked == [EVERYTHING, EVERYTHING]


def test_it_reads_everything_when_the_revision_went_back(table: Table, cache: RowCache[Row]) -> None:
    cache.rows(table.engine())
    table.revision = 1
    cache.rows(table.engine())

    assert table.asked == [EVERYTHING, EVERYTHING]


def test_it_reads_everything_where_tombstones_may_be_gone(
    table: Table, cache: RowCache[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("networks.queries.cache.row_cache.time.monotonic", lambda: now)
    cache.rows(table.engine())
    now += KEEP_S + 1
    table.remove("alphaalpha")
    table.gone.clear()

    assert names(cache.rows(table.engine())) == ["web-2", "web-10"]


def test_it_is_always_what_a_whole_read_gives() -> None:
    chance = random.Random(1)  # noqa: S311 not for secrets
    table = Table()
    cache = RowCache(table.read, table.read_gone)
    for _ in range(600):
        for _ in range(chance.randrange(4)):
            docker_id = f"id-{chance.randrange(30)}"
            if chance.random() < 0.4:
                table.remove(docker_id)
            else:
                table.save(docker_id, f"Name-{chance.randrange(12)}")
        expected = sorted(table.rows.values(), key=lambda row: (natural(row.name), row.docker_id))
        assert list(cache.rows(table.engine())) == expected
