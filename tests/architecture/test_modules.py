"""What every module has, and where our own code may be imported."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import files_ending, functions, parse, python_modules, read

OURS = {"networks", "netadmin", "tests", "benchmarks"}
CHAPTERS_WITH_NAMES = {"networks/models/__init__.py"}


def test_it_gives_every_module_a_docstring() -> None:
    undescribed = [
        str(path)
        for path in python_modules()
        if not ast.get_docstring(parse(path)) and not (path.parts[0] == "tests" and not read(path))
    ]

    assert undescribed == []


def test_it_postpones_annotations_in_every_module() -> None:
    modules = [path for path in python_modules() if path.name != "__init__.py" or len(parse(path).body) > 1]

    assert [str(path) for path in modules if "from __future__ import annotations" not in read(path)] == []


def test_it_keeps_init_files_empty_but_for_the_docstring() -> None:
    chapters = [path for path in python_modules() if path.name == "__init__.py"]
    spoken = [str(path) for path in chapters if len(parse(path).body) > 1]

    assert sorted(set(spoken) - CHAPTERS_WITH_NAMES) == []


def test_it_has_nothing_that_only_tests_use() -> None:
    """A function or class is named somewhere else in the product; what a decorator hands over needs no name."""
    product = [*python_modules("networks/", "netadmin/", "manage.py"), *files_ending(".html", ".txt", below=("templates/",))]
    named = Counter(word for path in product for word in re.findall(r"\w+", read(path)))
    alone = [
        f"{path}: {node.name}"
        for path in python_modules("networks/")
        if path.parts[1] != "migrations" and str(path) != "networks/apps.py"  # Django finds those
        for node in parse(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list and named[node.name] == 1
    ]

    assert alone == []


def test_it_imports_our_own_code_at_the_top_only() -> None:
    assert [fault for path in python_modules() for fault in hidden_imports(path, parse(path))] == []


def test_it_sees_a_hidden_import() -> None:
    hidden = ast.parse("def f():\n    from networks.models import Engine\n")
    ready = ast.parse("class A(AppConfig):\n    def ready(self):\n        import networks.sync.signals\n")

    assert len(list(hidden_imports(Path("x.py"), hidden))) == 1
    assert list(hidden_imports(Path("x.py"), ready)) == []


def hidden_imports(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield the imports of our own code inside functions, AppConfig.ready() excepted."""
    allowed = {id(function) for function in readies(tree)}
    for function in functions(tree):
        if id(function) in allowed:
            continue
        for node in ast.walk(function):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            yield from (f"{path}:{node.lineno}: {name}" for name in names if name.split(".")[0] in OURS)


def readies(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every AppConfig.ready()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("AppConfig" in ast.unparse(base) for base in node.bases):
            yield from (function for function in node.body if getattr(function, "name", "") == "ready")


def test_it_looks_into_the_machine_from_hostnet_only() -> None:
    """Who else names /proc or /sys: a command that runs inside a container, a file of this process, and the lab's own Engine."""
    allowed = {
        "networks/actions/terminals/sentinel.py",
        "networks/engine/access/tls.py",
        "networks/management/lab_dockerd.py",
    }
    looking = re.compile(r"/(proc|sys)(/|$)")
    others = [path for path in python_modules("networks/") if not {"hostnet", "migrations"} & set(path.parts)]
    found = {
        str(path)
        for path in others
        for call in ast.walk(parse(path))
        if isinstance(call, ast.Call)
        for given in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(given, ast.Constant) and isinstance(given.value, str) and looking.match(given.value)
    }

    assert found - allowed == set()
