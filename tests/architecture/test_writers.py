"""The snapshot and the activity have one writer each."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.tree import parse, python_modules
from tests.architecture.writes import snapshot_writes, writes_of

HEAD = "from networks.models import Engine, EngineStatus, Network\n"


def test_it_writes_the_snapshot_under_sync_only() -> None:
    others = [path for path in python_modules("networks/", "netadmin/") if path.parts[:2] != ("networks", "sync")]

    assert [f"{path}:{write}" for path in others for write in snapshot_writes(parse(path))] == []


def test_it_writes_the_activity_in_one_module_only() -> None:
    allowed = {"networks/audit/records.py", "networks/management/commands/prune_activity.py"}  # which deletes what is old
    others = [path for path in python_modules("networks/", "netadmin/") if path.as_posix() not in allowed]

    assert [f"{path}:{write}" for path in others for write in writes_of(parse(path), {"Action", "Outcome"})] == []


@pytest.mark.parametrize(
    "line",
    [
        "Network.objects.create(name='x')",
        "Network.objects.filter(pk=1).exclude(pk=2).update(name='x')",
        "EngineStatus.objects.all()[0].delete()",
        "Network(name='x').save()",
        "row = Network(name='x')\nrow.save()",
        "row = Network.objects.get(pk=1)\nrow.save()",
        "row = get_object_or_404(Network, pk=1)\nrow.delete()",
        "for row in Network.objects.all():\n    row.save()",
        "engine.networks.bulk_create(rows)",
        "engine.networks.filter(pk=1).delete()",
    ],
)
def test_it_sees_a_write(line: str) -> None:
    assert list(snapshot_writes(ast.parse(HEAD + line)))


@pytest.mark.parametrize(
    "line",
    [
        "Network.objects.filter(pk=1).values('name')",
        "Engine.objects.create(slug='x')",
        "self.networks.update(ids)",
        "form.save()",
        "status = EngineStatus(engine=engine)",
        "row = Network.objects.get(pk=1)\nforms.update(row.labels)",
    ],
)
def test_it_lets_reads_and_others_rows_be(line: str) -> None:
    assert list(snapshot_writes(ast.parse(HEAD + line))) == []
