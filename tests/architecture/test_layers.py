"""The import contracts of pyproject.toml: an import that runs upwards fails the build."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.tree import ROOT

# A process of its own: the linter must see the packages as they are on disk, not as Django has loaded them.
LINT = "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"


def test_it_keeps_every_import_contract() -> None:
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
