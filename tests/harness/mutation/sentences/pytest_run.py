"""Runs tests of this process one by one, with a condition turned or none, and says what they saw.

A pytest session collects its tests once and then, instead of running them, gives them to whoever asks. What a
file's tests share stays up between them, so a page costs no fleet of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import hypothesis
import pytest

from tests.harness.mutation.sentences.loading import load_so_that_conditions_turn
from tests.harness.mutation.sentences.turning import TURNING

LIMIT_S = 60
"""A test that takes longer has failed: a turned condition may make it wait for ever."""

OPTIONS = (
    *("-q", "-s", "--tb=no", "-p", "no:cacheprovider", "-o", f"timeout={LIMIT_S}"),
    *("-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin", "-p", "anyio"),
)
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


class Tests:
    """The tests that were collected, to be run by name."""

    def __init__(self, session: pytest.Session) -> None:
        self._items = {item.nodeid: item for item in session.items}
        self._between = dict[pytest.Module, pytest.Function]()
        self.failed = False

    def names(self) -> Collection[str]:
        """Return the names of all, in their order."""
        return self._items.keys()

    def passes(self, name: str, *, last: bool = False) -> bool:
        """Run a test; what its file shares stays up, unless it is the last."""
        item = self._items[name]
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None if last else self._after(item))
        return not self.failed

    def turn(self, name: str, condition: str, *, holds: bool) -> bool:
        """Run a test with a condition turned, and return whether it passes."""
        TURNING.name, TURNING.holds = condition, holds
        try:
            return self.passes(name)
        finally:
            TURNING.name = ""

    def _after(self, item: pytest.Item) -> pytest.Item:
        """Another test of the same file, which never runs."""
        module = item.getparent(pytest.Module)
        if module is None:
            raise ValueError(f"internal error: {item.nodeid} is in no file")
        if module not in self._between:
            self._between[module] = pytest.Function.from_parent(
                module, name="test_after", callobj=lambda: None
            )
        return self._between[module]


class _Session:
    def __init__(self, use: Callable[[Tests], None]) -> None:
        self._use = use
        self._tests: Tests | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self._tests is not None:
            self._tests.failed = True

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        hypothesis.settings.load_profile("turned")
        self._tests = Tests(session)
        self._use(self._tests)
        return True


def with_tests(files: Sequence[str], use: Callable[[Tests], None]) -> None:
    """Collect some files' tests, with all conditions ready to be turned, and use them."""
    load_so_that_conditions_turn()
    hypothesis.settings.register_profile(
        "turned",
        database=None,
        derandomize=True,
        deadline=None,
        max_examples=25,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    folder = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="lapel-turned-", dir=folder) as scratch:
        status = pytest.main([*OPTIONS, f"--basetemp={scratch}/tests", *files], plugins=[_Session(use)])
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        sys.exit(int(status))


def seconds(of: Callable[[], object]) -> float:
    """Return how long something took of a processor, in seconds."""
    before = time.process_time()
    of()
    return time.process_time() - before
