"""What each test costs in processor time, with its child processes: ``-p tests.support.reports.cost``.

Where tests share a few processors, the time on the clock says mostly who else was running. What is
counted here is what the test process and everything it started used, whether that has ended or still
runs. It does not see a process that has left the tree (a daemon, a browser whose driver ended without
waiting for it), and what runs on between two tests counts for the later one.
"""

from __future__ import annotations

import collections
import os
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

_PROPERTY = "processor seconds"
_LISTED = 40
# Of /proc/PID/stat, behind the name: the parent, the process's own ticks, those of children that ended.
_PARENT, _OWN, _ENDED = 1, slice(11, 13), slice(13, 15)


def used_by_tree(root: int, stats: Iterable[tuple[int, str]]) -> int:
    """Count the ticks that a process, its living descendants, and those that they waited for have used.

    Args:
        root: The process at the top.
        stats: Process and the text of its ``/proc/PID/stat`` (proc(5)), in any order.
    """
    children: dict[int, list[int]] = collections.defaultdict(list)
    ticks: dict[int, int] = {}
    for pid, text in stats:
        fields = text.rpartition(")")[2].split()
        children[int(fields[_PARENT])].append(pid)
        ticks[pid] = sum(int(field) for field in fields[_OWN] + fields[_ENDED])
    found, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        found += ticks.get(pid, 0)
        waiting += children[pid]
    return found


def _stats() -> Iterable[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                yield int(folder.name), (folder / "stat").read_text()
            except OSError:
                continue


def _seconds() -> float:
    return used_by_tree(os.getpid(), _stats()) / os.sysconf("SC_CLK_TCK")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count from before the first fixture; the figure goes with the report of the teardown."""
    item.stash[_started] = _seconds()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "teardown":
        report.user_properties.append((_PROPERTY, round(max(0.0, _seconds() - item.stash[_started]), 2)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The dearest tests and files, and what all of them cost."""
    tests: dict[str, float] = collections.defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == _PROPERTY and isinstance(value, float):
                    tests[report.nodeid] += value
    files: dict[str, float] = collections.defaultdict(float)
    for test, seconds in tests.items():
        files[test.partition("::")[0]] += seconds
    terminalreporter.section(f"processor time: {sum(tests.values()):.0f} s")
    for counted in (files, tests):
        for name, seconds in sorted(counted.items(), key=lambda each: each[1], reverse=True)[:_LISTED]:
            terminalreporter.write_line(f"{seconds:8.1f}  {name}")
        terminalreporter.write_line("")


_started = pytest.StashKey[float]()
