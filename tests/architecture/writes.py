"""Find, in a syntax tree, where rows of some models are written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

SNAPSHOT_MODELS = {"Network", "Pool", "Container", "Endpoint", "Tombstone", "EngineStatus", "Event"}
SNAPSHOT_MODELS |= {"AddressAssignment", "WatchedSpan"}
RELATED_NAMES = {"networks", "pools", "containers", "endpoints", "tombstones"}
MAKING = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MAKING |= {f"a{name}" for name in MAKING}
CHANGING = {"save", "update", "delete", "asave", "aupdate", "adelete"}
NARROWING = {"all", "filter", "exclude"}


def snapshot_writes(tree: ast.Module) -> Iterator[str]:
    """Yield a line number and the call for each write of a snapshot model that the syntax shows."""
    return writes_of(tree, SNAPSHOT_MODELS, RELATED_NAMES)


def writes_of(tree: ast.Module, watched: set[str], related: Set[str] = frozenset()) -> Iterator[str]:
    """Yield a line number and the call for each write of these models that the syntax shows. `related`: names of managers.

    Seen: through a model's manager, through a related manager, on an instance just made, and on a name that was bound
    to such instances in the same module. An instance that is not saved is no write.
    """
    models = {*_imported_models(tree, watched), *(f"models.{name}" for name in watched)}
    rows = _names_bound_to_rows(tree, models)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node.func, models, rows, related):
            yield f"{node.lineno}: {ast.unparse(node.func)}"


def _imported_models(tree: ast.Module, watched: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("networks.models"):
            yield from (alias.asname or alias.name for alias in node.names if alias.name in watched)


def _is_model(node: ast.AST, models: set[str]) -> bool:
    if isinstance(node, ast.Attribute):  # models.Network
        return isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in models
    return isinstance(node, ast.Name) and node.id in models


def _names_bound_to_rows(tree: ast.Module, models: set[str]) -> set[str]:
    bound: set[str] = set()
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            targets, value = [node.target], node.iter
        elif isinstance(node, ast.NamedExpr):
            targets, value = [node.target], node.value
        if value is not None and _yields_rows(value, models):
            bound |= {target.id for target in targets if isinstance(target, ast.Name)}
    return bound


def _yields_rows(value: ast.expr, models: set[str]) -> bool:
    """Tell whether an expression's outermost call is of a model's manager, or gets a model to look in."""
    if isinstance(value, ast.Await):
        return _yields_rows(value.value, models)
    if not isinstance(value, ast.Call):
        return False
    return any(_is_model(part, models) for part in (*_chain(value.func), *value.args))


def _writes(func: ast.Attribute, models: set[str], rows: set[str], related: Set[str]) -> bool:
    if func.attr not in MAKING | CHANGING:
        return False
    chain = list(_chain(func.value))
    names = {part.attr for part in chain if isinstance(part, ast.Attribute)}
    if any(_is_model(part, models) for part in chain):
        return True
    if any(isinstance(part, ast.Name) and part.id in rows for part in chain):
        return True
    # engine.networks.create(…), engine.networks.filter(…).delete(); not the .update() of a set that is called so
    return bool(names & related) and (func.attr in MAKING or bool(names & NARROWING))


def _chain(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the links of an attribute chain from its end to its root: a.b(c).d yields .d, .b, a."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            yield node
            node = node.value
        else:
            yield node
            return
