"""Every sentence that stands in a file of Python code, with its gaps as ``{}``. Pure.

A sentence is a text of three words or more, or the docstring of a command, which is its help. Other
docstrings and comments are for whoever reads the code.

Not done: sentences that are put together of parts of fewer than three words each.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator

GAP = "{}"
_WORD = re.compile(r"[A-Za-z]{2,}")
_OPTION = re.compile(r"\btyper\.|\w(Option|Argument)\b")
_FEWEST_WORDS = 3
_DEFINITIONS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_DIGEST_LETTERS = 12


def python_sentences(source: str) -> list[str]:
    """Return the sentences of a file, in their order, each once."""
    found = (" ".join(each.split()) for each in _texts(ast.parse(source)))
    return [each for each in dict.fromkeys(found) if _is_sentence(each)]


def digest_of(sentences: Iterable[str]) -> str:
    """Return what stands for these sentences: it is another as soon as one of them is."""
    return hashlib.sha256("\n".join(sentences).encode()).hexdigest()[:_DIGEST_LETTERS]


def fragments(sentence: str) -> list[str]:
    """Return what stands between the gaps of a sentence, if it is three words or more."""
    return [each for each in (part.strip() for part in sentence.split(GAP)) if _is_sentence(each)]


def _is_sentence(text: str) -> bool:
    return " " in text and len(_WORD.findall(text)) >= _FEWEST_WORDS


def _texts(node: ast.AST) -> Iterator[str]:
    text = _text(node)
    if text is not None:
        yield text
        inner = (
            [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
            if isinstance(node, ast.JoinedStr)
            else []
        )
        for each in inner:
            yield from _texts(each)
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, _DEFINITIONS) and _is_docstring(child) and not _is_command(node):
            continue
        yield from _texts(child)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else GAP for each in node.values)
    return None


def _is_docstring(node: ast.AST) -> bool:
    """A bare text: of a module, class or function, or of the constant before it."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_command(node: ast.AST) -> bool:
    """Whether a function is a command of a command line, whose docstring is its help.

    It is decorated as one, or has options: some are made commands elsewhere.
    """
    if isinstance(node, ast.FunctionDef):
        arguments = (*node.args.args, *node.args.kwonlyargs)
        if any(each.annotation and _OPTION.search(ast.unparse(each.annotation)) for each in arguments):
            return True
    decorators = getattr(node, "decorator_list", [])
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in {"command", "callback"}
        for each in decorators
    )
