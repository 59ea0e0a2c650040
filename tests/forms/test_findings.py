"""What checks say: each sentence is in the catalogue, and each of its places is filled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import parse, python_modules

MARKS = {"_", "gettext_noop"}
SAYING = {"bad", "warn", "fine"}
PLACE = re.compile(r"%\((\w+)\)s")
AS_IT_IS = "%(reason)s"  # a sentence that another one made, and translated


def test_it_marks_each_sentence_and_fills_its_places() -> None:
    found = [fault for path in python_modules("networks/") for fault in faults_of(path)]
    checked = sum(len(sentences_of(path)) for path in python_modules("networks/"))

    assert found == []
    assert checked > 200


def faults_of(path: Path) -> Iterator[str]:
    for call, sentence in sentences_of(path):
        given = {each.arg for each in call.keywords}
        if None not in given and not given.issuperset(PLACE.findall(sentence)):  # None: "**", whose names stand elsewhere
            yield f"{path}:{call.lineno}: {sentence}"


def sentences_of(path: Path) -> list[tuple[ast.Call, str]]:
    """Return the calls that say a sentence as it stands in the same function, with that sentence."""
    found = []
    for function in ast.walk(parse(path)):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = {
            (target.id, assign.lineno): assign.value
            for assign in ast.walk(function)
            if isinstance(assign, ast.Assign)
            for target in assign.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SAYING:
                message = call.args[2]
                if isinstance(message, ast.Name):
                    above = [line for name, line in named if name == message.id and line <= call.lineno]
                    message = named[message.id, max(above)] if above else message
                if isinstance(message, ast.Constant):
                    assert message.value == AS_IT_IS, f"{path}:{call.lineno}"
                elif isinstance(message, ast.Call) and isinstance(message.func, ast.Name):
                    [sentence] = message.args
                    assert isinstance(sentence, ast.Constant), f"{path}:{call.lineno}"
                    assert message.func.id in MARKS, f"{path}:{call.lineno}"
                    found.append((call, str(sentence.value)))
    return found
