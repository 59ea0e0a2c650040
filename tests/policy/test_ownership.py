"""Whose a folder is, and advice that changes nothing of the system's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from networks.policy.ownership import tell_owner


def test_it_gives_no_folder_of_the_systems_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    data_dir = tmp_path / "netadmin"

    outside = tell_owner(data_dir, data_dir)
    data_dir.mkdir()
    inside = tell_owner(data_dir / "secret_key", data_dir)

    assert f"make {data_dir}, and chown it to 4711" in outside
    assert "chown -R" not in outside
    assert f"chown -R 4711 {data_dir}" in inside
