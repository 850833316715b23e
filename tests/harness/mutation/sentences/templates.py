"""Every condition of a template, made so that it can be turned. Pure: a parsed template in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from jinja2 import nodes

from tests.harness.mutation.sentences.conditions import BOTH, CALLED, Names


def turn_template(template: nodes.Template, path: str) -> dict[str, frozenset[bool]]:
    """Make a template's conditions so that they can be turned, and return what each may be turned to."""
    names = Names()
    _within(template, path, names)
    return names.mutants


def _within(node: nodes.Node, where: str, names: Names) -> None:
    if isinstance(node, nodes.Block | nodes.Macro):
        where = f"{where.partition(':')[0]}:{node.name}"
    if isinstance(node, nodes.If | nodes.CondExpr) or (isinstance(node, nodes.For) and node.test is not None):
        node.test = _condition(cast("nodes.Expr", node.test), where, names, BOTH)
    elif isinstance(node, nodes.Or):
        node.left = _condition(node.left, where, names, frozenset({False}))
    elif isinstance(node, nodes.And):
        node.left = _condition(node.left, where, names, BOTH)
    for child in node.iter_child_nodes():
        if not _is_asked(child):
            _within(child, where, names)


def _condition(node: nodes.Expr, where: str, names: Names, to: frozenset[bool]) -> nodes.Expr:
    if isinstance(node, nodes.Not):
        node.node = _condition(node.node, where, names, frozenset(not each for each in to))
        return node
    text = as_text(node)
    if isinstance(node, nodes.And | nodes.Or):
        part = frozenset({isinstance(node, nodes.And)})
        node.left = _condition(node.left, where, names, part)
        node.right = _condition(node.right, where, names, part)
        to -= part  # what its parts do not show already
    else:
        _within(node, where, names)
    if not to:
        return node
    name = names.name(where if ":" in where else f"{where}:", text, to)
    asked = nodes.Call(nodes.Name(CALLED, "load"), [nodes.Const(name), node], [], None, None)
    asked.set_lineno(node.lineno)
    return asked


def _is_asked(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == CALLED


def as_text(node: nodes.Node) -> str:
    """Return an expression as a template has it, or nearly."""
    form = _FORMS.get(type(node))
    return type(node).__name__ if form is None else form(node)


def _within_brackets(arguments: Sequence[nodes.Node]) -> str:
    return ", ".join(as_text(each) for each in arguments)


_FORMS: dict[type[nodes.Node], Callable[[Any], str]] = {
    nodes.Name: lambda node: str(node.name),
    nodes.Const: lambda node: repr(node.value),
    nodes.Getattr: lambda node: f"{as_text(node.node)}.{node.attr}",
    nodes.Getitem: lambda node: f"{as_text(node.node)}[{as_text(node.arg)}]",
    nodes.Filter: lambda node: f"{as_text(node.node) if node.node else ''} | {node.name}",
    nodes.Test: lambda node: f"{as_text(node.node)} is {node.name}",
    nodes.Compare: lambda node: " ".join([as_text(node.expr), *(as_text(each) for each in node.ops)]),
    nodes.Operand: lambda node: f"{node.op} {as_text(node.expr)}",
    nodes.Call: lambda node: f"{as_text(node.node)}({_within_brackets(node.args)})",
    nodes.Not: lambda node: f"not {as_text(node.node)}",
    nodes.And: lambda node: f"{as_text(node.left)} and {as_text(node.right)}",
    nodes.Or: lambda node: f"{as_text(node.left)} or {as_text(node.right)}",
}
