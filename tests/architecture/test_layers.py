"""The import contracts of pyproject.toml, which fail the build, and no use of a library's insides below the models."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

from tests.architecture.tree import ROOT, parse, python_modules

# A process of its own: the linter must see the packages as they are on disk, not as Django has loaded them.
LINT = "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"


def test_it_keeps_every_import_contract() -> None:
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


SEAMS = ("networks/engine/", "networks/hostnet/", "networks/addressing/")


def test_it_uses_no_underscored_name_of_a_library() -> None:
    """docker-py's `_url`, `_post_json` and `_get` were used once; any release of a library may change what it calls so."""
    assert [f"{path}: {name}" for path in python_modules(*SEAMS) for name in names_of_others(parse(path))] == []


def names_of_others(tree: ast.Module) -> Iterator[str]:
    """Yield what is read of something else than `self` and `cls`, and what is imported, under a name with an underscore."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_underscored(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if is_underscored(alias.name))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "setattr", "hasattr"):
            asked = str(getattr(node.args[1], "value", ""))
            if is_underscored(asked):
                yield asked


def is_underscored(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_it_knows_whose_name_it_is() -> None:
    reach = "from requests import _models\napi._post_json(api._url('/x'))\ngetattr(api, '_version')\nself._sent = api.sent"

    assert sorted(names_of_others(ast.parse(reach))) == ["_models", "_version", "api._post_json", "api._url"]
