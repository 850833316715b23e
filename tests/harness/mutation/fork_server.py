"""Runs tests against mutants: ``python -m tests.harness.mutation.fork_server TESTS``, one a line.

It is a pytest session that collects its tests once and then, instead of running them, forks for each line.
The child gives the functions of one module the mutant's code and runs the tests that the line names, up to
the first that fails. Nothing is written but in temporary folders, and the next child starts from the module
as it is.

A line in is JSON with ``module``, ``source`` (null for the module as it is) and ``tests``: names of tests, or
of files for all tests in them. A line out is the name of the first test that failed, or null.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TextIO

import hypothesis
import pytest

LIMIT_S = 300
"""A test that takes longer has failed: a mutant may wait for ever."""

OPTIONS = (
    *("-q", "-s", "--tb=no", "-p", "no:cacheprovider", "-o", f"timeout={LIMIT_S}"),
    *("-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin"),
)
"""A failure's name is all that is wanted. No other plugin is loaded."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
"""Where tests write if it is there: they watch which syncs are asked for, and none need reach a disk."""

ROOT = Path(__file__).resolve().parents[3]

NO_TEST = "there is no test"
"""How an answer begins that names no test that failed, but one that was asked for and is not there."""


def transplant(module: ModuleType, source: str) -> None:
    """Give every function and method of a module the code that it has in another source.

    Whoever has imported them keeps the same objects, and so runs the other code.
    """
    other = dict(vars(module))
    exec(compile(source, f"<mutant of {module.__name__}>", "exec"), other)  # noqa: S102 - a mutant is to be run
    for name, thing in list(vars(module).items()):
        if getattr(thing, "__module__", None) == module.__name__:
            _give(thing, other[name])


def _give(old: Any, new: Any) -> None:  # noqa: ANN401 - whatever a module or a class holds
    if isinstance(old, type):
        for name, thing in list(vars(old).items()):
            _give(thing, vars(new).get(name))
        return
    for wrapping in ("__wrapped__", "__func__", "fget"):
        if hasattr(old, wrapping):
            _give(getattr(old, wrapping), getattr(new, wrapping))
    if isinstance(old, FunctionType):
        old.__code__ = new.__code__


class ForkServer:
    """A pytest plugin that serves tasks instead of running the session's tests.

    Args:
        tasks: Where tasks come from.
        answers: Where answers go.
    """

    def __init__(self, tasks: TextIO, answers: TextIO) -> None:
        self._tasks = tasks
        self._answers = answers
        self._failed: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self._failed is None:
            self._failed = report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        gc.collect()
        gc.freeze()  # what is loaded by now stays, so no child need look through it
        for line in self._tasks:
            self._answers.write(self._in_a_child(json.loads(line), session.items) + "\n")
            self._answers.flush()
        return True

    def _in_a_child(self, task: dict[str, Any], items: Sequence[pytest.Item]) -> str:
        reader, writer = os.pipe()
        if (child := os.fork()) == 0:
            os.write(writer, json.dumps(self._run(task, items)).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answer:
            said = answer.read()
        _, status = os.waitpid(child, 0)
        return said or json.dumps(f"the process ended with {status}")

    def _run(self, task: dict[str, Any], items: Sequence[pytest.Item]) -> str | None:
        if task["source"] is not None:
            transplant(importlib.import_module(task["module"]), task["source"])
        for test in task["tests"]:
            chosen = [item for item in items if test in {item.nodeid, item.nodeid.partition("::")[0]}]
            if not chosen:
                return f"{NO_TEST} {test}"
            for item, following in zip(chosen, [*chosen[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._failed is not None:
                    return self._failed
        return None


def main() -> None:
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    tasks, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True)
    hypothesis.settings.load_profile("mutants")
    folder = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="lapel-mutants-", dir=folder) as scratch:
        options = [*OPTIONS, f"--basetemp={scratch}/tests"]
        sys.exit(pytest.main([*options, *sys.argv[1:]], plugins=[ForkServer(tasks, answers)]))


if __name__ == "__main__":
    main()
