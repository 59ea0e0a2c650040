"""Names that say nothing are refused: of files, and of top-level functions and classes, as whole words."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.architecture.tree import files_ending, parse, python_modules, read

# Where the field has a word for a thing (manager, handler, registry, store, service, cache), that word is used.
REFUSED = {"util", "utils", "helper", "helpers", "common", "misc", "obj", "item"}
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def refused_words(name: str) -> set[str]:
    """Return the refused words in a name, written in snake_case, kebab-case or CamelCase."""
    snake = CAMEL.sub("_", name).lower().replace("-", "_").replace(".", "_")
    return REFUSED & set(snake.split("_"))


def test_it_refuses_file_names_that_say_nothing() -> None:
    named = files_ending(".py", ".js", ".html", ".css", ".sh")

    assert [str(path) for path in named if refused_words(path.stem)] == []


def test_it_refuses_functions_and_classes_whose_names_say_nothing() -> None:
    assert [fault for path in python_modules() for fault in refused_definitions(path)] == []


def refused_definitions(path: Path) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [f"{path}:{node.name}" for node in parse(path).body if isinstance(node, kinds) and refused_words(node.name)]


def test_it_knows_whole_words_only() -> None:
    assert refused_words("CommonFields") == {"common"}
    assert refused_words("http-utils") == {"utils"}
    assert refused_words("ConnectionManager") == refused_words("commonly_used") == refused_words("object_of") == set()


# Django wants each command called so; each chapter that listens to signals connects its own; a pool is one of Docker's,
# as plain values (addressing) and as a row (models).
MANY_MAY_BE_CALLED = {"Command", "connect_receivers", "Pool"}


def test_it_gives_no_two_public_things_the_same_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for path in python_modules("networks/"):
        if "migrations" not in path.parts:
            for node in parse(path).body:
                if isinstance(node, kinds) and not node.name.startswith("_"):
                    places[node.name].append(str(path))

    twice = {name: paths for name, paths in places.items() if len(paths) > 1}
    assert {name: paths for name, paths in twice.items() if name not in MANY_MAY_BE_CALLED} == {}
    assert twice.keys() >= MANY_MAY_BE_CALLED


def test_it_writes_dockers_own_keys_down_once() -> None:
    """Keys of options and labels, and the states of a container as a set."""
    spelled = re.compile(r"""["']com\.docker\.|\{"running", "paused"|\("running", "paused\"\)""")
    allowed = {"networks/engine/docker_names.py", "networks/engine/states.py"}
    modules = [path for path in python_modules("networks/") if "migrations" not in path.parts]

    assert {str(path) for path in modules if spelled.search(read(path))} - allowed == set()


def test_it_cites_no_rule_that_nothing_here_defines() -> None:
    cited = re.compile(r"\b[Rr]ules? [A-Z]\d|\([SR]\d{1,2}\)")
    texts = [*python_modules(), *files_ending(".js", ".html", ".md")]

    assert [str(path) for path in texts if path.name != "test_names.py" and cited.search(read(path))] == []
