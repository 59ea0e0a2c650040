"""Names that say nothing are refused: of files, and of top-level functions and classes, as whole words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.tree import files_ending, parse, python_modules

REFUSED = {"util", "utils", "helper", "helpers", "common", "core", "data", "info"}
REFUSED |= {"manager", "managers", "handler", "handlers", "service", "services"}
# Words of others: Docker's EngineInfo, and the data directory that people configure as NETADMIN_DATA_DIR.
ALLOWED = re.compile(r"engine_info|data_dir(ectory)?")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def refused_words(name: str) -> set[str]:
    """Return the refused words in a name, written in snake_case, kebab-case or CamelCase."""
    snake = CAMEL.sub("_", name).lower().replace("-", "_").replace(".", "_")
    return REFUSED & set(ALLOWED.sub("", snake).split("_"))


def test_it_refuses_file_names_that_say_nothing() -> None:
    named = files_ending(".py", ".js", ".html", ".css", ".sh")

    assert [str(path) for path in named if refused_words(path.stem)] == []


def test_it_refuses_functions_and_classes_whose_names_say_nothing() -> None:
    assert [fault for path in python_modules() for fault in refused_definitions(path)] == []


def refused_definitions(path: Path) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [f"{path}:{node.name}" for node in parse(path).body if isinstance(node, kinds) and refused_words(node.name)]


def test_it_knows_whole_words_only() -> None:
    assert refused_words("ConnectionManager") == {"manager"}
    assert refused_words("http-utils") == {"utils"}
    assert refused_words("EngineInfo") == refused_words("make_data_dir") == refused_words("information") == set()
    assert refused_words("management") == set()
