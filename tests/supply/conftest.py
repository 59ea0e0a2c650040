"""A folder with lock files of the tests' own, small enough to be read at a glance."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

HASH = {letter: letter * 64 for letter in "abcdef"}
LOCK = f"""\
alpha-tool==1.0 \\
    --hash=sha256:{HASH["b"]} \\
    --hash=sha256:{HASH["a"]}
    # via -r requirements.in
Beta.Core==2.1 ; sys_platform == 'win32' \\
    --hash=sha256:{HASH["c"]}
    # via
    #   -r requirements.in
    #   alpha-tool
gamma==3.0 ; python_full_version < '3.12' \\
    --hash=sha256:{HASH["d"]}
    # via alpha-tool
gamma==3.1+local ; python_full_version >= '3.12' \\
    --hash=sha256:{HASH["e"]}
    # via alpha-tool
"""
DEVELOPMENT_LOCK = f"""\
alpha-tool==1.0 \\
    --hash=sha256:{HASH["a"]}
    # via
    #   -c requirements.txt
    #   checker
checker==9.0 \\
    --hash=sha256:{HASH["f"]}
    # via -r requirements-dev.in
"""
INTEGRITY = "sha512-" + base64.b64encode(bytes(range(64))).decode()
MANIFEST = {
    "packages": [
        {
            "name": "@scope/widget",
            "version": "4.0.0",
            "licence": "MIT",
            "files": [{"path": "static/vendor/widget.js", "from": ["widget.js"], "sha256": HASH["a"]}],
        },
        {
            "name": "prober",
            "version": "5.0.1",
            "licence": "Ours-1.0",
            "files": [{"path": "tests/vendor/prober.js", "from": ["prober.js"], "sha256": HASH["b"]}],
        },
    ]
}
ASSET_LOCK = {
    "packages": {
        "": {"name": "assets"},
        "node_modules/@scope/widget": {"version": "4.0.0", "integrity": INTEGRITY},
        "node_modules/prober": {"version": "5.0.1", "integrity": INTEGRITY, "dev": True},
    }
}
PROJECT = '[project]\nname = "netadmin"\nversion = "0.9.1"\ndescription = "A sample"\nlicense = "MIT"\n'


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """Return a folder that holds what the bill of materials is made of."""
    root = tmp_path / "locked"
    (root / "static/vendor").mkdir(parents=True)
    (root / "requirements.txt").write_text(LOCK)
    (root / "requirements-dev.txt").write_text(DEVELOPMENT_LOCK)
    (root / "static/vendor/manifest.json").write_text(json.dumps(MANIFEST))
    (root / "package-lock.json").write_text(json.dumps(ASSET_LOCK))
    (root / "pyproject.toml").write_text(PROJECT)
    return root
