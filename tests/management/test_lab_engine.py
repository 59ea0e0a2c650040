"""`manage.py lab_engine`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.management import lab_dockerd as places
from networks.management.commands.lab_engine import Command
from networks.management.lab_dockerd import OWN_NAME, LabEngineTrouble, LabFolder, place_in, refuse_where_impossible
from networks.models import Action, Engine
from tests.builders import make_engine
from tests.leftovers import name_prefix, processes_of, take_away

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place() -> Iterator[LabFolder]:
    """Name a place of this test's own, which the next run clears if this one is killed."""
    folder = Path(tempfile.mkdtemp(prefix=name_prefix()))
    folder.rmdir()
    yield LabFolder(folder, folder.name)
    take_away(folder.name, folder)


def run(place: LabFolder, way: str) -> str:
    command, out = Command(), StringIO()
    command.place = place
    call_command(command, way, stdout=out)
    return out.getvalue()


@pytest.mark.engine
def test_it_starts_a_second_engine_with_the_lab_and_takes_it_away_without_a_trace(place: LabFolder) -> None:
    assert "is up, with the sample lab on it" in run(place, "up")
    pid = place.pid()
    client = EngineClient(place.url, Profile.READ)
    picture = client.picture()
    client.close()
    engine = Engine.objects.get(slug="lab")

    assert pid
    assert {"mybridge", "my_custom_network"} <= {network.name for network in picture.networks}
    assert len(picture.containers) == 7
    assert (engine.url, engine.netns) == (place.url, place.netns)
    assert place.folder.stat().st_mode & 0o777 == 0o700

    assert f"It runs already (process {pid})." in run(place, "up")
    assert place.pid() == pid

    assert "is gone" in run(place, "down")
    assert not place.is_there()
    assert not processes_of(place.name)
    assert not list(Path("/sys/fs/cgroup").glob(f"*/{place.name}"))
    assert place.name not in Path("/proc/self/mountinfo").read_text()
    assert not Engine.objects.filter(slug="lab").exists()
    assert "is gone" in run(place, "down")


@pytest.mark.engine
def test_it_leaves_the_one_of_another_data_directory_alone() -> None:
    data_dirs = [Path(tempfile.mkdtemp(prefix=name_prefix())) for _ in range(2)]
    first, second = (place_in(data_dir, data_dirs[0].name) for data_dir in data_dirs)
    try:
        run(first, "up")
        pid = first.pid()
        assert place_in(data_dirs[0], data_dirs[0].name) == first
        Engine.objects.all().delete()  # another data directory has another database

        run(second, "up")

        assert second.pid() not in (0, pid)
        assert (first.pid(), Path(first.netns).exists()) == (pid, True)
        run(second, "down")
        client = EngineClient(first.url, Profile.READ)
        assert len(client.picture().containers) == 7
        client.close()
        assert not second.is_there()
        Engine.objects.all().delete()
        run(first, "down")
    finally:
        for place, data_dir in ((first, data_dirs[0]), (second, data_dirs[1])):
            take_away(place.name, data_dir)


def test_it_knows_the_one_that_was_made_when_all_had_one_name(tmp_path: Path) -> None:
    assert place_in(tmp_path).name.startswith("netadmin-lab-")
    (tmp_path / "lab-engine").mkdir()
    assert place_in(tmp_path).name == "netadmin-lab"
    (tmp_path / "lab-engine" / OWN_NAME).touch()
    assert place_in(tmp_path).name.startswith("netadmin-lab-")


@pytest.mark.engine
def test_it_says_the_last_words_of_a_dockerd_that_does_not_come_up(place: LabFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.management.lab_dockerd.ADDRESS_POOL", "base=nonsense")

    with pytest.raises(CommandError, match=r"(?s)dockerd did not come up. Its last words: .*nonsense"):
        run(place, "up")

    assert not place.is_there()
    assert not Engine.objects.filter(slug="lab").exists()


def test_it_leaves_an_engine_of_somebody_else_alone(place: LabFolder) -> None:
    make_engine("lab")

    for way in ("up", "down"):
        with pytest.raises(CommandError, match="is another one"):
            run(place, way)

    assert Engine.objects.filter(slug="lab").exists()
    assert not place.is_there()


def test_it_says_what_is_missing(place: LabFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.os, "geteuid", lambda: 1000)
    with pytest.raises(LabEngineTrouble, match="sudo"):
        refuse_where_impossible(place)

    monkeypatch.setattr(places.os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda program: None if program == "dockerd" else f"/usr/bin/{program}")
    with pytest.raises(LabEngineTrouble, match="missing: dockerd"):
        refuse_where_impossible(place)

    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    with pytest.raises(LabEngineTrouble, match="is too long for a socket"):
        refuse_where_impossible(LabFolder(Path("/tmp") / ("x" * 100)))


def test_it_takes_no_other_process_for_its_dockerd(place: LabFolder, tmp_path: Path) -> None:
    here = LabFolder(tmp_path)
    here.pid_file.write_text("1")

    assert here.pid() == 0
    assert Action.objects.count() == 0
