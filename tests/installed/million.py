"""As many records as years of work leave."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_ACTIONS = """
INSERT INTO networks_action (at, who, user_id, from_address, engine_slug, verb, what, docker_id, command, asked)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT strftime('%Y-%m-%d %H:%M:%S', 1700000000 + i * 60, 'unixepoch'), 'ann', 2, '192.0.2.7', 'local',
       CASE i % 3 WHEN 0 THEN 'create_network' WHEN 1 THEN 'connect_container' ELSE 'disconnect_container' END,
       'network' || (i % 977), lower(hex(randomblob(32))), 'docker network connect network' || (i % 977) || ' web',
       '{"network": "network' || (i % 977) || '", "container": "web", "aliases": ["a", "b"]}'
FROM n
"""
_OUTCOMES = """
INSERT INTO networks_outcome (action_id, at, kind, status, sentence, said, duration_ms)
SELECT id, at, 'ok', 200, '', NULL, 12.5 FROM networks_action WHERE from_address = '192.0.2.7'
"""


def fill_records(path: Path, many: int) -> None:
    """Write so many actions, with an outcome each."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_ACTIONS, [many])
        database.execute(_OUTCOMES)
