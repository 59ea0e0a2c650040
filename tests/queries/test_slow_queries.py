"""A statement that takes longer than its budget is said in the log, without the values in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from structlog.testing import capture_logs

from networks.engine import slow_log
from networks.models.slow_queries import MOST_OF_STATEMENT, slow_queries, time_statement

# Counts for a while, in the database: 0.3 s and more.
SLOW = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000) SELECT max(n), %s FROM c"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    monkeypatch.setattr(slow_log, "log", slow_log.structlog.get_logger("heard"))
    monkeypatch.setattr(slow_queries, "_said", {})
    monkeypatch.setattr(slow_queries, "budget_ms", 30)
    with capture_logs() as said:
        yield said  # type: ignore[misc]


@pytest.mark.django_db
def test_it_is_on_every_connection() -> None:
    assert connection.execute_wrappers.count(time_statement) == 1


@pytest.mark.django_db
def test_it_says_what_was_slow_and_never_with_which_values(heard: list[dict[str, object]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SLOW, ["canary"])
        assert cursor.fetchone() == (2_000_000, "canary")
        cursor.execute("SELECT 1")

    (said,) = heard
    assert (said["event"], said["what"], said["budget_ms"]) == ("query_slow", SLOW, 30)
    assert isinstance(said["duration_ms"], int)
    assert said["duration_ms"] > 30
    assert "canary" not in str(said)


@pytest.mark.django_db
def test_it_cuts_a_long_statement(heard: list[dict[str, object]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SLOW.replace("max(n)", "max(n)" + " + 0" * 200), ["x"])

    assert [len(str(each["what"])) for each in heard] == [MOST_OF_STATEMENT]
