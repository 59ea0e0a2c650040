"""The project's own files, as git sees them: committed, or new and not ignored."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOREIGN = ("static/vendor/", "tests/vendor/", "node_modules/")


def own_files() -> tuple[Path, ...]:
    """Return every file of the project that exists, relative to its root; what others wrote (vendored) left out."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = sorted(set(filter(None, listing.split("\0"))))
    return tuple(Path(name) for name in names if not name.startswith(FOREIGN) and (ROOT / name).is_file())


def files_ending(*suffixes: str, below: tuple[str, ...] = ("",)) -> list[Path]:
    """Return the project's files of these suffixes below these folders."""
    return [path for path in own_files() if path.suffix in suffixes and path.as_posix().startswith(below)]


def python_modules(*below: str) -> list[Path]:
    """Return the project's Python modules; migrations, which Django writes, left out."""
    return [path for path in files_ending(".py", below=below or ("",)) if "migrations" not in path.parts]


def read(path: Path) -> str:
    """Return a file's text."""
    return (ROOT / path).read_text()


@cache
def parse(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(read(path), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method in a syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
