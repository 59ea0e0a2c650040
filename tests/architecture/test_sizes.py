"""The ceilings of files, functions and folders. They never rise: what outgrows one becomes two."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.architecture.tree import files_ending, functions, parse, python_modules, read

PYTHON_LINES = 300
FUNCTION_LINES = 50
TEMPLATE_ROWS = 200
TEMPLATE_CHARACTERS = 160  # in a row
SCRIPT_LINES = 250
FILES_PER_FOLDER = 20


def test_it_keeps_python_files_short() -> None:
    lines = {str(path): read(path).count("\n") for path in python_modules()}

    assert {path: count for path, count in lines.items() if count > PYTHON_LINES} == {}


def test_it_keeps_functions_short() -> None:
    lines = {
        f"{path}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in python_modules()
        for function in functions(parse(path))
    }

    assert {name: count for name, count in lines.items() if count > FUNCTION_LINES} == {}


def test_it_keeps_templates_short() -> None:
    rows = {str(path): read(path).count("\n") for path in templates()}

    assert {path: count for path, count in rows.items() if count > TEMPLATE_ROWS} == {}


def test_it_makes_no_template_row_too_long_to_read() -> None:
    long = {f"{path}:{number}" for path in templates() for number, row in rows_of(path) if len(row) > TEMPLATE_CHARACTERS}

    assert long == set()


def templates() -> list[Path]:
    return files_ending(".html", ".txt", below=("templates/",))


def rows_of(path: Path) -> list[tuple[int, str]]:
    return list(enumerate(read(path).splitlines(), start=1))


def test_it_keeps_scripts_short() -> None:
    lines = {str(path): read(path).count("\n") for path in files_ending(".js", ".mjs", below=("static/",))}

    assert {path: count for path, count in lines.items() if count > SCRIPT_LINES} == {}


def test_it_keeps_folders_small() -> None:
    modules = [path for path in python_modules("networks/", "netadmin/") if path.name != "__init__.py"]
    counts = Counter(path.parent.as_posix() for path in modules)

    assert {folder: count for folder, count in counts.items() if count > FILES_PER_FOLDER} == {}
