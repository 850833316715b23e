"""What the benchmarks read from the kernel, and how a camera's own cost is told from what it must do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from benchmarks._support.filming import Meter, Phase
from benchmarks._support.processor import children, foreign_threads_s, resident_mb, share_mb, used_s

WORK_S = 0.1


def _work() -> None:
    until = time.thread_time() + WORK_S
    while time.thread_time() < until:
        pass


class _Busy:
    def known(self) -> None:
        _work()

    def beside(self) -> None:
        _work()


def test_what_a_process_used_grows_with_its_work() -> None:
    before = used_s(os.getpid())
    _work()
    assert used_s(os.getpid()) >= before + WORK_S / 2


def test_threads_of_python_are_not_foreign() -> None:
    worked, may_end = threading.Event(), threading.Event()

    def work() -> None:
        _work()
        worked.set()
        may_end.wait()

    before = foreign_threads_s()
    thread = threading.Thread(target=work)
    thread.start()
    worked.wait()
    assert foreign_threads_s() - before < WORK_S / 2
    may_end.set()
    thread.join()


def test_what_a_process_holds_and_whom_it_started() -> None:
    held = b"x" * 20_000_000
    assert resident_mb() > len(held) / 1e6
    assert 0 < share_mb(os.getpid()) <= resident_mb(os.getpid()) + 1
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in children(os.getpid())


def test_what_is_wrapped_is_not_beside() -> None:
    class Busy(_Busy):
        pass

    meter = Meter()
    meter.wrap(Busy, "known")
    before, phase = meter.spent_s, Phase(meter)
    Busy().known()
    thread = threading.Thread(target=Busy().known)
    thread.start()
    thread.join()
    assert meter.spent_s - before >= 2 * WORK_S
    _, known = phase.percent()
    assert known > 0
    spent = meter.spent_s
    Busy().beside()
    assert meter.spent_s == spent
