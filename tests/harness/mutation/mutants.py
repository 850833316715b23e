"""Mutants of a module: the same source with one thing wrong in each. Pure: source text in, source text out.

Wherever a statement does a durable step, or decides about one, there is a mutant

- without it: a call, a ``raise``, the note of a failure or a length;
- with it in the wrong order: changed places with the step before;
- with a weaker sync: ``sync_data`` where ``sync`` was, so that the mode is not durable;
- with a condition that always holds, and one in which it never does;
- without the ``with`` around it that names an error or keeps one back.

    for mutant in mutants("device.storage.durable", source): …

A mutant's name says where and what, and does not change when lines move.
"""

from __future__ import annotations

import ast
import copy
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

STEPS = frozenset(
    {
        *("write", "write_all", "append", "finish", "flush", "allocate"),
        *("sync_data", "sync", "sync_dir", "_sync"),
        *("rename", "move", "link", "link_into", "publish", "replace", "write_new", "_write_file"),
        *("write_claim", "publish_claim", "withdraw_folder", "link_missing", "link_waiting"),
        *("write_anew", "write_ledger_anew", "sync_ledger", "sync_file", "_complete", "_with_room"),
        *("truncate", "_undo", "cut_tail", "chmod", "close", "abandon", "end_at"),
        *("create", "mkdir", "make_folder", "begin_folder"),
        *("unlink", "rmdir", "remove", "remove_folder", "settle", "remove_recording", "_discard"),
        *("begin", "_finish", "keep", "_count", "_write", "_take_back", "forget"),
    }
)
"""Calls, by the name after the last dot, that change what is on the card or what is promised of it."""

NOTES = frozenset(
    {
        *("_failure", "_cut", "_file", "length", "failed", "_leftover"),
        *("published", "_claim_left", "failing", "_in_doubt", "ended", "given_up"),
    }
)
"""Attributes in which a file or a recording keeps what it may still promise."""

LONGEST = 90
"""Characters of a statement that a mutant's name shows."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one thing wrong.

    Attributes:
        module: Its dotted name.
        name: Where and what, such as ``durable.publish: without sync_dir(filesystem, folder)``.
        deletes: Whether a step was taken away, or a failure of one kept back, rather than something changed.
        source: All of its source.
    """

    module: str
    name: str
    deletes: bool
    source: str


@dataclass(frozen=True, slots=True)
class _Change:
    """Some statements of a block give way to others."""

    what: str
    at: int
    length: int
    instead: tuple[ast.stmt, ...]
    deletes: bool = False


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    seen: Counter[str] = Counter()
    for where, block in _blocks(tree, module.rpartition(".")[2]):
        for at in range(len(block)):
            for change in _changes(block, at):
                name = f"{where}: {change.what}"
                seen[name] += 1
                again = f" ({seen[name]})" if seen[name] > 1 else ""
                yield Mutant(module, name + again, change.deletes, _with(tree, block, change))


def _with(tree: ast.Module, block: list[ast.stmt], change: _Change) -> str:
    before = list(block)
    block[change.at : change.at + change.length] = change.instead
    text = ast.unparse(tree)
    block[:] = before
    return text


def _blocks(node: ast.AST, where: str) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Every list of statements inside functions, with the function's name."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}"
    if isinstance(node, ast.FunctionDef) and node.name == "__init__":
        return  # without a line of it there is no object at all
    for _, value in ast.iter_fields(node):
        if not isinstance(value, list):
            continue
        if value and isinstance(value[0], ast.stmt) and not isinstance(node, ast.Module | ast.ClassDef):
            yield where, value
        for child in value:
            yield from _blocks(child, where)


def _changes(block: list[ast.stmt], at: int) -> Iterator[_Change]:
    statement = block[at]
    if _is_step(statement) or isinstance(statement, ast.Raise) or _is_note(statement):
        refuses = isinstance(statement, ast.Raise) and statement.exc is not None
        yield _Change(f"without {_brief(statement)}", at, 1, (ast.Pass(),), deletes=not refuses)
    if at and _does_steps(statement) and _does_steps(block[at - 1]):
        what = f"{_brief(statement)} before {_brief(block[at - 1])}"
        yield _Change(what, at - 1, 2, (statement, block[at - 1]))
    if isinstance(statement, ast.Expr) and (weak := _weakened(statement)) is not None:
        yield _Change(f"{_brief(weak)} for {_brief(statement)}", at, 1, (weak,))
    if isinstance(statement, ast.If):
        for holds, word in ((True, "always"), (False, "never")):
            changed = copy.copy(statement)
            changed.test = ast.Constant(holds)
            yield _Change(f"{word} if {ast.unparse(statement.test)}", at, 1, (changed,))
    if isinstance(statement, ast.With) and _guards(statement) and _does_steps(statement):
        yield _Change(f"without with {ast.unparse(statement.items[0])}", at, 1, tuple(statement.body))


def _guards(statement: ast.With) -> bool:
    """Whether it names an error or keeps one back; a lock does neither."""
    manager = statement.items[0].context_expr
    return isinstance(manager, ast.Call) and _called(manager) in {"doing", "suppress"}


def _is_step(statement: ast.stmt) -> bool:
    """Whether a statement is a step and nothing else."""
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and _does_steps(statement)
    )


def _does_steps(statement: ast.stmt) -> bool:
    """Whether there is a step in a statement."""
    return any(isinstance(node, ast.Call) and _called(node) in STEPS for node in ast.walk(statement))


def _is_note(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AugAssign):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Attribute) and target.attr in NOTES for target in targets)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _weakened(statement: ast.Expr) -> ast.Expr | None:
    """The same with ``sync_data`` for ``sync``; None where there is no ``sync``."""
    weak = copy.deepcopy(statement)
    syncs = [node for node in ast.walk(weak) if isinstance(node, ast.Attribute) and node.attr == "sync"]
    for node in syncs:
        node.attr = "sync_data"
    return weak if syncs else None


def _brief(statement: ast.stmt) -> str:
    """A statement's first line, and of one that only wraps others (``with``, ``try``) what is in it."""
    if isinstance(statement, ast.With | ast.Try):
        return _brief(statement.body[0])
    return textwrap.shorten(ast.unparse(statement).partition("\n")[0], LONGEST, placeholder=" …")
