"""One target under atheris, in a process of its own: libFuzzer ends its process when it is done.

    python -m tests.harness.fuzz.worker TARGET [libFuzzer's options and folders]

Prints ``executed N, M MiB`` on stdout every so often; libFuzzer's own lines go to stderr.

Memory is judged here: libFuzzer's own limit reads the peak that Linux hands down from whoever started the
process (``getrusage``), which may be far larger.
"""

from __future__ import annotations

import random
import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["protocol"]):
    from tests.harness.fuzz.targets import TARGETS

EVERY = 500
MEMORY_MIB = 512
"""A process that needs more has failed; the format's largest part is 16 MiB, and inputs are far smaller."""


def peak_mib() -> int:
    """The most memory that this process has held, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


def main() -> None:
    """Run until libFuzzer has had its executions, or an input breaks a promise."""
    target = next(each for each in TARGETS if each.name == sys.argv[1])
    executed = 0
    warnings.simplefilter(
        "ignore"
    )  # of serial numbers below one and the like: cryptography's, and no failure

    def run(data: bytes) -> None:
        nonlocal executed
        executed += 1
        if executed % EVERY == 0:
            peak = peak_mib()
            sys.stdout.write(f"executed {executed}, {peak} MiB\n")
            sys.stdout.flush()
            assert peak <= MEMORY_MIB, f"one of the last {EVERY} inputs took {peak} MiB of memory"
        target.run(data)

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        changed = target.mutate(data, random.Random(seed), lambda each: atheris.Mutate(each, max_size))
        return changed[:max_size]

    atheris.Setup([sys.argv[0], *sys.argv[2:]], run, custom_mutator=None if target.blind else mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
