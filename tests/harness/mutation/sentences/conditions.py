"""Every condition of a module that decides what is said, made so that it can be turned. Pure.

A condition is the test of an ``if``, of a ternary or of a filter, an operand of ``and`` and ``or``, a guard
or a case of a ``match``, a comparison whose outcome is kept, and what a function that answers yes or no
returns. Each is asked through ``turned`` (``turning``), by its name, and so can be had to hold always, or
never, while the code that is loaded stays the same.

Left as they are: what stands outside functions, what goes round and round until it no longer holds, what a
database compares, and what stands in for none (``name or ""``).

    turned_module("fleet/web/views/tile.py", source).tree, .mutants
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field

CALLED = "_turned"
OTHERWISE = "_turned_or"
BOTH = frozenset({True, False})
LONGEST = 90
"""Characters of a condition that its name shows."""


@dataclass(frozen=True)
class Turned:
    """A module whose conditions can be turned.

    Attributes:
        tree: Its code.
        mutants: Each condition's name, and which of always (True) and never (False) it may be turned to.
    """

    tree: ast.Module
    mutants: dict[str, frozenset[bool]]


def turned_module(path: str, source: str) -> Turned:
    """Make the conditions of a module's functions so that they can be turned."""
    tree = ast.parse(source)
    turner = _Turner(path)
    tree = turner.visit(tree)
    at = 1 if ast.get_docstring(tree, clean=False) is not None else 0
    while at < len(tree.body) and _is_future(tree.body[at]):
        at += 1
    names = [ast.alias("turned", CALLED), ast.alias("turned_or", OTHERWISE)]
    tree.body.insert(at, ast.ImportFrom("tests.harness.mutation.sentences.turning", names, 0))
    ast.fix_missing_locations(tree)
    return Turned(tree, turner.names.mutants)


@dataclass
class Names:
    """Gives conditions names that do not change when lines move."""

    mutants: dict[str, frozenset[bool]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def name(self, where: str, text: str, to: frozenset[bool]) -> str:
        """Return the next condition's name, and keep what it may be turned to."""
        short = " ".join(text.split())
        name = f"{where}: {short if len(short) <= LONGEST else short[: LONGEST - 1] + '…'}"
        self.seen[name] += 1
        if self.seen[name] > 1:
            name += f" ({self.seen[name]})"
        self.mutants[name] = to
        return name


class _Turner(ast.NodeTransformer):
    def __init__(self, path: str) -> None:
        self.where = [path]
        self.answers = [False]
        self.names = Names()

    # --- Where ---

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.where.append(node.name)
        node.body = [self.visit(each) if isinstance(each, _DEFINED) else each for each in node.body]
        self.where.pop()
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = [self.visit(each) if isinstance(each, _DEFINED) else each for each in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.where.append(node.name)
        self.answers.append(isinstance(node.returns, ast.Name) and node.returns.id == "bool")
        node.body = [self.visit(each) for each in node.body]
        self.answers.pop()
        self.where.pop()
        return node

    # --- Conditions ---

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self._condition(node.test, BOTH)
        node.body = [self.visit(each) for each in node.body]
        node.orelse = [self.visit(each) for each in node.orelse]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        node.test = self._condition(node.test, BOTH)
        node.body = self.visit(node.body)
        node.orelse = self.visit(node.orelse)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.target = self.visit(node.target)
        node.iter = self.visit(node.iter)
        node.ifs = [self._condition(each, BOTH) for each in node.ifs]
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        if node.guard is not None:
            node.guard = self._condition(node.guard, BOTH)
        elif not _only_refuses(node.body):
            text = f"case {ast.unparse(node.pattern)}"
            node.guard = self._asked(ast.Constant(value=True), text, frozenset({False}))
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        """Leave its condition: turned, it would go on for ever."""
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is not None:
            node.value = self._condition(node.value, BOTH) if self.answers[-1] else self.visit(node.value)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """One of several values is wanted: which, its first operands decide."""
        if isinstance(node.op, ast.Or) and _is_nothing(node.values[-1]):
            node.values = [self.visit(each) for each in node.values]
            return node
        if isinstance(node.op, ast.Or) and len(node.values) == 2 and _may_wait(node.values[1]):
            text = ast.unparse(node)
            first, second = (self.visit(each) for each in node.values)
            name = self._name(text, BOTH)
            otherwise = ast.Lambda(
                ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]), second
            )
            return ast.copy_location(
                ast.Call(ast.Name(OTHERWISE, ast.Load()), [ast.Constant(name), first, otherwise], []), node
            )
        to = frozenset({True, False}) if isinstance(node.op, ast.And) else frozenset({False})
        node.values = [
            *(self._condition(each, to) for each in node.values[:-1]),
            self.visit(node.values[-1]),
        ]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        text = ast.unparse(node)
        self.generic_visit(node)
        return node if _is_of_a_row(node) else self._asked(node, text, BOTH)

    def _condition(self, node: ast.expr, to: frozenset[bool]) -> ast.expr:
        """Ask a condition, and each part of it on which the whole may depend."""
        text = ast.unparse(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._condition(node.operand, frozenset(not each for each in to))
            return node
        if isinstance(node, ast.BoolOp):
            part = frozenset({isinstance(node.op, ast.And)})
            node.values = [self._condition(each, part) for each in node.values]
            return self._asked(node, text, to - part)  # what its parts do not show already
        if isinstance(node, ast.Compare):
            self.generic_visit(node)
        else:
            node = self.visit(node)
        return self._asked(node, text, to)

    def _asked(self, node: ast.expr, text: str, to: frozenset[bool]) -> ast.expr:
        if not to or (isinstance(node, ast.Constant) and text in {"True", "False"}):
            return node
        called = ast.Name(CALLED, ast.Load())
        return ast.copy_location(ast.Call(called, [ast.Constant(self._name(text, to)), node], []), node)

    def _name(self, text: str, to: frozenset[bool]) -> str:
        return self.names.name(":".join((self.where[0], ".".join(self.where[1:]))), text, to)


_DEFINED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _only_refuses(body: list[ast.stmt]) -> bool:
    """Whether a case says only that it cannot be."""
    text = ast.unparse(body[0])
    return isinstance(body[0], ast.Raise) or text.startswith("assert_never(")


def _is_of_a_row(node: ast.Compare) -> bool:
    """Whether a database makes a comparison: it is one of a table's column."""
    left = node.left.value if isinstance(node.left, ast.Attribute) else None
    return isinstance(left, ast.Name) and left.id[:1].isupper()


def _is_nothing(node: ast.expr) -> bool:
    """Whether a value only stands in for none, as in ``name or ""``."""
    return ast.unparse(node) in {"''", "()", "[]", "{}", "0", "False", "None"}


def _may_wait(node: ast.expr) -> bool:
    """Whether an expression may be asked for later, in a function of its own."""
    return not any(
        isinstance(each, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr) for each in ast.walk(node)
    )
