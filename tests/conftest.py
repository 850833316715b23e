"""What holds for every test: how many examples Hypothesis tries, and which files begin first."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

from tests.support.order import place

_SHOWN = 40
# Taken out of the environment: what a test starts, pytest for one, fails on purpose.
_FAILED_TESTS = os.environ.pop("LAPEL_FAILED_TESTS", "")

# Examples write to a real disk on a machine that others use, so how long one takes says nothing.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What a change is judged by draws the same examples each time; `make hunt` draws others, and more of them.
settings.register_profile("usual", settings.get_profile("unhurried"), max_examples=40, derandomize=True)
settings.register_profile("quick", settings.get_profile("unhurried"), max_examples=10, derandomize=True)
settings.register_profile("thorough", settings.get_profile("unhurried"), max_examples=400)
# Who has chosen a profile before (``tests.harness.mutation``) keeps its examples.
settings.load_profile("usual" if settings.get_current_profile_name() == "default" else "unhurried")


@pytest.hookimpl(tryfirst=True)  # before those that are not asked for are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Call slow what a fleet is put together for, and begin with the files that take longest.

    The tests of a file keep their order.
    """
    for item in items:
        if isinstance(item, pytest.Function) and "services" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: place(item.nodeid.partition("::")[0]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a test that failed what the fleets that were started last logged last."""
    report = yield
    fleets: ModuleType | None = sys.modules.get("tests.support.fleet.fleet")
    if report.failed and fleets is not None:
        for path in fleets.LOGS[-2:]:
            if path.exists():
                lines = path.read_text(errors="replace").splitlines()[-_SHOWN:]
                report.sections.append((f"the end of {path.parent.name}/{path.name}", "\n".join(lines)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add what failed to the file that ``make test`` ends with, a line each."""
    stats = terminalreporter.stats
    failed = [*stats.get("failed", ()), *stats.get("error", ())]
    if _FAILED_TESTS and failed:
        with Path(_FAILED_TESTS).open("a") as file:
            file.writelines(f"{each.nodeid}: {_in_a_line(each)}\n" for each in failed)


def _in_a_line(report: pytest.CollectReport | pytest.TestReport) -> str:
    text = getattr(getattr(report.longrepr, "reprcrash", None), "message", "") or report.longreprtext
    return next(iter(text.splitlines()), "")[:300]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Take back how a command that a test ran set up logging: what it would write to is closed after it.

    Its hooks go too: an error in another test's thread is again pytest's to tell of.
    """
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    try:
        return (yield)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook, threading.excepthook = hooks


# What is being collected stays: to walk through it again and again takes a fifth of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """Have the garbage collector walk no longer through what was collected, which stays to the end anyway."""
    gc.enable()
    gc.collect()
    gc.freeze()
