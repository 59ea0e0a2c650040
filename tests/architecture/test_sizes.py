"""The ceilings of files, functions and folders. They never rise: what outgrows one becomes two."""

from __future__ import annotations

from collections import Counter

from tests.architecture.tree import files_ending, functions, parse, python_modules, read

PYTHON_LINES = 300
FUNCTION_LINES = 50
TEMPLATE_LINES = 120
SCRIPT_LINES = 250
FILES_PER_FOLDER = 10
# One file a noun (or a command): these grow with what Docker has, not with our untidiness.
NOUN_FOLDERS = {
    f"networks/{name}" for name in ("models", "actions", "forms", "views", "queries", "partials", "management/commands")
}
FILES_PER_NOUN_FOLDER = 16


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
    lines = {str(path): read(path).count("\n") for path in files_ending(".html", ".txt", below=("templates/",))}

    assert {path: count for path, count in lines.items() if count > TEMPLATE_LINES} == {}


def test_it_keeps_scripts_short() -> None:
    lines = {str(path): read(path).count("\n") for path in files_ending(".js", ".mjs", below=("static/",))}

    assert {path: count for path, count in lines.items() if count > SCRIPT_LINES} == {}


def test_it_keeps_folders_small() -> None:
    modules = [path for path in python_modules("networks/", "netadmin/") if path.name != "__init__.py"]
    counts = Counter(path.parent.as_posix() for path in modules)

    ceilings = {folder: FILES_PER_NOUN_FOLDER if folder in NOUN_FOLDERS else FILES_PER_FOLDER for folder in counts}
    assert {folder: count for folder, count in counts.items() if count > ceilings[folder]} == {}
