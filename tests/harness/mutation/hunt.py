"""Hunts mutants: which test fails on each, from the one that did so last time to all that there are.

``killers.toml`` keeps the test that each mutant died of, so that nearly every hunt ends with its first test.
It is a hint alone: when that test passes, all of the tests are tried.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.harness.mutation.fork_server import NO_TEST
from tests.harness.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[3]
RECORD = Path(__file__).with_name("killers.toml")

DEVICE = "tests/unit/device"
REPLAY = "tests/harness/mutation/replay.py"
TESTS = (
    *(
        f"{DEVICE}/{name}.py"
        for name in (
            "storage/test_durable",
            "storage/test_claim",
            "recording/test_publishing",
            "recording/test_attempts",
            "recording/test_prepared",
            "recording/test_storage_faults",
            "recovery/test_recovery",
            "recovery/test_claims",
            "test_shelf",
            "recording/test_recorder",
        )
    ),
    REPLAY,
)
"""What a mutant has to get past, the quickest first."""

ALL = (*TESTS, f"{DEVICE}/test_small_parts.py", f"{DEVICE}/recording/test_fault_table.py")
"""The same for those that take durable steps, with a table that takes its time."""

DURABLE = ("device.storage.append_file", "device.storage.durable", "device.storage.claim")
"""The modules that make the promises, every mutant of which is hunted."""

_SAID = (f"{DEVICE}/test_consent_log.py", f"{DEVICE}/test_door.py")
_RUNNER = f"{DEVICE}/commands/test_runner.py"
_TOLD = f"{DEVICE}/commands/test_told_time.py"

KEEPERS: Mapping[str, tuple[str, ...]] = {
    "device.storage.private_mark": (
        f"{DEVICE}/storage/test_private_mark.py",
        f"{DEVICE}/test_private_again.py",
    ),
    "device.door.private": (f"{DEVICE}/test_private_again.py",),
    "device.door.door": _SAID,
    "device.door.orders": (f"{DEVICE}/test_orders.py",),
    "device.consent.log": _SAID,
    "device.commands.journal": (f"{DEVICE}/commands/test_journal.py", _RUNNER),
    "device.commands.obeying": (_RUNNER,),
    "device.commands.decision": (f"{DEVICE}/commands/test_decision.py",),
    "device.commands.fleet_time": (_TOLD, _RUNNER),
    "device.commands.told_time": (_TOLD, _RUNNER),
    "device.commands.answers": (f"{DEVICE}/commands/test_answers.py",),
}
"""Who keeps on the card what was said and commanded, and that the camera is private, and who decides on it.

Every mutant of theirs is hunted, too, with the tests that watch over each.
"""

CALLERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "device.recording.commit",
            "device.ring.segment_log",
            "device.recording.recording",
            "device.recording.recording_files",
            "device.recording.publisher",
            "device.recovery.recovery",
            "device.recovery.claims",
            "device.recovery.unfinished",
        ),
        ALL,
    ),
    "device.recovery.repair": ALL,
    **dict.fromkeys(
        (
            "device.shelf",
            "device.recording.effect_handler",
            "device.recording.opener",
            "device.storage.space",
        ),
        ALL,
    ),
    "device.storage.check": ("tests/integration/device/test_in_process.py", *TESTS),
    "device.link.messages.desired_store": ("tests/unit/device/link/messages/test_desired_store.py",),
    "device.link.identity.identity": ("tests/unit/device/link/identity/test_identity.py",),
    "device.commands.runner": (_RUNNER, f"{DEVICE}/test_told_of_commands.py"),
    "device.running": ("tests/integration/device/test_in_process.py",),
}
"""Who takes durable steps, and the tests that watch over it."""


@dataclass(frozen=True)
class Hunter:
    """Runs tests against mutants in processes of their own."""

    process: subprocess.Popen[str]

    def killer(self, mutant: Mutant, tests: Sequence[str], hint: str | None = None) -> str | None:
        """The test that fails on a mutant; None for a mutant that survives."""
        if hint is not None:
            with suppress(LookupError):  # it was given another name since then
                if found := self.failing(mutant.module, mutant.source, [hint]):
                    return found
        return self.failing(mutant.module, mutant.source, tests)

    def failing(self, module: str, source: str | None, tests: Sequence[str]) -> str | None:
        """The first test that fails, with ``source`` in a module's place; None when all pass.

        Raises:
            LookupError: One of the tests does not exist. That is no mutant's death.
        """
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("internal error: a hunter speaks through pipes")
        self.process.stdin.write(
            json.dumps({"module": module, "source": source, "tests": list(tests)}) + "\n"
        )
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise ChildProcessError("the process that runs the tests is gone")
        found: str | None = json.loads(answer)
        if found is not None and found.startswith(NO_TEST):
            raise LookupError(found)
        return found


@contextmanager
def hunter(tests: Sequence[str] = TESTS) -> Iterator[Hunter]:
    """A hunter with these tests, until the end of the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.harness.mutation.fork_server", *tests],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Hunter(process)
        if process.stdin is not None:
            process.stdin.close()


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module of the working tree."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return list(mutants(module, path.read_text(encoding="utf-8")))


def recorded() -> Mapping[str, str]:
    """Which test each mutant died of, by the mutant's name."""
    if not RECORD.exists():
        return {}
    by_test = tomllib.loads(RECORD.read_text(encoding="utf-8"))
    return {name: test for test, names in by_test.items() for name in names}


HEAD = (
    "# Which test each mutant of the durable modules died of; "
    "made by: python -m tests.harness.mutation --write"
)


def record(killers: Mapping[str, str]) -> None:
    """Keep which test each mutant died of."""
    lines = [HEAD]
    for test in dict.fromkeys(killers.values()):
        lines += ["", f"{json.dumps(test)} = ["]
        lines += [
            f"    {json.dumps(name, ensure_ascii=False)}," for name, by in killers.items() if by == test
        ]
        lines += ["]"]
    RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")
