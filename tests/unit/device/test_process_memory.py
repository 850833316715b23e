"""One heap for all threads of a camera."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_THREADS = """
import ctypes, sys, threading
from device.process.memory import keep_one_heap
if sys.argv[2] == "one":
    assert keep_one_heap()
held, barrier = [], threading.Barrier(6)
def work():
    barrier.wait()
    held.append(bytearray(100_000))
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.parametrize(("wanted", "one"), [("one", True), ("as they come", False)])
def test_all_threads_share_a_heap(wanted: str, one: bool, tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", _THREADS, str(told), wanted], check=True)
    assert (told.read_text().count("<heap nr=") == 1) is one
