"""Every sentence that stands in Python code was read, and asked in which state it would be false (F8).

The register is ``python_sentences.toml``: for each file what stands for its sentences as they were read, and
what holds them. That is a test that says one of them, or a word for why no state makes them false:

- ``check``: each is the message of an error that is raised where the thing that it names was just found;
- ``internal``: each tells of an error in the program itself;
- ``log``: each is told in a log, of what just failed;
- ``meaning``: each says what a key, an option, a right, a step or a column is, or what to do, and claims
  nothing of cameras, people or footage.

A sentence that is new or another fails, until its file was read again
(``python -m tests.support.said.register FILE``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.said.python_text import GAP, digest_of, fragments, python_sentences
from tests.support.said.register import ROOT, Register, as_text, note, register, said

pytestmark = pytest.mark.slow

WHY = {"check", "internal", "log", "meaning"}
_INTERNAL = "internal error"


def lines() -> Iterator[tuple[str, list[str]]]:
    for folder, files in register().items():
        for name, line in files.items():
            yield f"{folder}/{name}", line


REGISTER = dict(lines())
SAID = said()


def test_every_sentence_in_python_was_read() -> None:
    # proves F8
    other = {
        file: sentences
        for file, sentences in SAID.items()
        if file not in REGISTER or REGISTER[file][0] != digest_of(sentences)
    }
    assert other == {}, "read these, test the state in which each would be false, and note it in the register"


def test_the_register_has_no_file_that_says_nothing() -> None:
    assert set(REGISTER) - set(SAID) == set()


@cache
def texts(test: str) -> tuple[str, ...]:
    """What stands in a test's strings; patterns without their backslashes."""
    nodes = ast.walk(ast.parse((ROOT / test).read_text(encoding="utf-8")))
    found = (each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return tuple(" ".join(each.replace("\\", "").split()) for each in found)


def quotes(test: str, file: str) -> bool:
    """Whether a test says what a file says, or imports it."""
    parts = [part for each in SAID[file] for part in fragments(each)]
    for text in texts(test):
        if any(part.rstrip(".:;, ") in text for part in parts):
            return True
        if len(text.split()) > 2 and any(text.rstrip(".:;, ") in part for part in parts):
            return True
    return file.removesuffix(".py").replace("/", ".") in (ROOT / test).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", list(register()))
def test_what_holds_them_is_there(folder: str) -> None:
    # proves F8
    for name, (_, *held) in register()[folder].items():
        file = f"{folder}/{name}"
        assert held, file
        for each in held:
            assert each in WHY or quotes(each, file), f"{each} says nothing of {file}"


def test_messages_of_errors_and_logs_are_that() -> None:
    # proves F8: nothing else is called that
    for file, (_, *held) in REGISTER.items():
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        if "internal" in held:
            assert all(_INTERNAL in each for each in SAID[file]), file
        if held == ["check"]:
            assert set(SAID[file]) <= {*within(tree, ast.Raise), *named(tree)}, file
        if held == ["log"]:
            assert set(SAID[file]) <= set(logged(tree)), file


def within(tree: ast.AST, kind: type[ast.AST]) -> list[str]:
    """Sentences that stand within statements of a kind."""
    those = (node for node in ast.walk(tree) if isinstance(node, kind))
    return [each for node in those for each in python_sentences(ast.unparse(node))]


def named(tree: ast.AST) -> list[str]:
    """Sentences that have a name, under which they are raised."""
    those = (node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign))
    return [each for node in those for each in python_sentences(ast.unparse(node))]


def logged(tree: ast.AST) -> list[str]:
    """Sentences that are told in a log."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [
        each
        for node in calls
        if ast.unparse(node.func).startswith("log.")
        for each in python_sentences(ast.unparse(node))
    ]


def test_what_is_read_is_what_is_said() -> None:
    # proves F8: texts, their gaps, and the help of a command; no docstring of anything else
    source = '''
"""What a module is."""
@app.command()
def run(value):
    """Do what is asked."""
    name = "one two"
    raise Error(f"The {value} cannot be " "used now: {}")
def other():
    """What it does not say."""
'''
    assert python_sentences(source) == ["Do what is asked.", f"The {GAP} cannot be used now: {GAP}"]
    assert digest_of(["a"]) != digest_of(["b"])


def test_a_file_is_noted_with_what_holds_it() -> None:
    known: Register = {"fleet": {"old.py": ["1", "check"], "gone.py": ["2", "log"]}}
    note(known, "fleet/old.py", ["It is open."], [])
    note(known, "fleet/gone.py", [], [])
    note(known, "fleet/vault/new.py", ["It is shut."], ["meaning"])
    with pytest.raises(ValueError, match="Say what holds the sentences of fleet/new"):
        note(known, "fleet/new.py", ["It is there."], [])
    assert known["fleet"] == {"old.py": [digest_of(["It is open."]), "check"]}
    assert as_text(known).count('["fleet') == 2
