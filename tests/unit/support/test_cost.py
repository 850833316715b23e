"""What a test costs in processor time, out of what the kernel says of processes."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.reports.cost import used_by_tree


def stat(parent: int, own: int, ended: int, name: str = "some) (name 7") -> str:
    """As ``/proc/PID/stat`` has it: the process's ticks in two parts, and those of children that ended."""
    fields = [
        "R",
        str(parent),
        *["0", "0", "0", "0", "0", "0", "0", "0", "0"],
        str(own),
        "1",
        str(ended),
        "2",
        "20",
        "0",
    ]
    return f"4711 ({name}) {' '.join(fields)}"


def test_what_runs_and_what_has_ended_counts_and_nobody_elses() -> None:
    stats = [(30, stat(20, 300, 0)), (20, stat(10, 50, 7)), (10, stat(1, 5, 0)), (40, stat(1, 9000, 9000))]
    assert used_by_tree(10, stats) == (300 + 1 + 0 + 2) + (50 + 1 + 7 + 2) + (5 + 1 + 0 + 2)


def test_a_process_that_has_gone_meanwhile_counts_nothing() -> None:
    assert used_by_tree(10, []) == 0


def test_the_kernel_says_it_in_that_order() -> None:
    text = Path("/proc/self/stat").read_text()
    used = os.times()
    ticks = os.sysconf("SC_CLK_TCK")
    assert abs(used_by_tree(os.getpid(), [(os.getpid(), text)]) / ticks - sum(used[:4])) < 1
