"""The statements of a module, without walking through every expression: most of a tree is expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Give each statement below a node, in the order of the text; of those within expressions, none."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        below = [each for name in _BLOCKS for each in _block(node, name)]
        waiting += reversed(below)


def _block(node: ast.AST, name: str) -> list[ast.AST]:
    held = getattr(node, name, None)
    return held if isinstance(held, list) else []  # a lambda and a conditional hold one expression
