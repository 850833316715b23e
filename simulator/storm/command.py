"""``lapel-simulator storm``: seed after seed, until one does not pass; that one is made short and kept.

Rules:

* A report is there from the beginning, and says that the storm is not over until it is.
* One that was interrupted has not passed, whatever its seeds did until then. A seed that was under way is not
  counted, and what was shortened by then is written all the same.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError, SimulatorError
from simulator.interrupt import interruptible
from simulator.keeping import write_report, write_text
from simulator.progress import TerminalProgress
from simulator.report.outcome import RunOutcome
from simulator.report.surroundings import machine, versions
from simulator.storm.draw import draw_shift
from simulator.storm.one_run import run_shift
from simulator.storm.report import FailedSeed, StormResult, as_json, in_words
from simulator.storm.shift import as_scenario
from simulator.storm.shrink import shrink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.interrupt import Interruption
    from simulator.storm.judge import SeedVerdict
    from simulator.storm.shift import DrawnShift


@dataclass(slots=True)
class StormCommand:
    """What was typed, as ``lapel-simulator storm --help`` names it.

    Attributes:
        seeds: How many.
        first: The first of them.
        most_tries: How many shifts are tried to shorten one that fails.
        keep_going: Whether it goes on after a seed that did not pass.
        folder: Where scenarios of seeds that did not pass go.
        json_file: Where the report goes; None for nowhere.
        without: Kinds of trouble that no shift has.
        run: Runs a shift.
    """

    seeds: int
    first: int
    most_tries: int
    keep_going: bool
    folder: Path
    json_file: Path | None
    without: tuple[str, ...] = ()
    run: Callable[[DrawnShift, Interruption], SeedVerdict] = run_shift
    result: StormResult = field(init=False)

    def __post_init__(self) -> None:
        self.result = StormResult(self.first, self.seeds, self.without)

    def perform(self, say: Callable[[str], None]) -> int:
        """Do it, and give the exit status, as ``docs/simulator.md`` has them.

        Args:
            say: Gets the report, line by line.

        Raises:
            ScenarioError: A report or a scenario cannot be written.
            SimulatorError: The last report cannot be written.
        """
        self._write(over=False)
        began = time.monotonic()
        with interruptible() as stopping:
            try:
                with TerminalProgress() as progress:
                    self._all(stopping, progress)
            except KeyboardInterrupt:
                self.result = replace(self.result, by=stopping.by or 0)
            except ScenarioError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the report says so
                said = f"internal error: {type(error).__name__}: {error}"
                self.result = replace(self.result, error=said)
            self.result = replace(self.result, took_s=time.monotonic() - began)
            self._tell(stopping, say)
            try:
                self._write()
            except ScenarioError as error:
                raise SimulatorError(str(error)) from error
            return self.result.exit_status

    def _tell(self, stopping: Interruption, say: Callable[[str], None]) -> None:
        """Say what it came to; from then on no signal changes it."""
        self._take_in(stopping)
        before = self.result.outcome
        try:
            for line in in_words(self.result):
                say(line)
        except KeyboardInterrupt:
            self.result = replace(self.result, by=stopping.by or 0)
        except OSError as error:
            self.result = replace(self.result, error=f"what it came to cannot be said: {error.strerror}")
        stopping.settle()
        self._take_in(stopping)
        if self.result.outcome is RunOutcome.INTERRUPTED and before is not RunOutcome.INTERRUPTED:
            with contextlib.suppress(OSError):  # the status and the report say it all the same
                say(f"Outcome: {self.result.outcome}.")

    def _take_in(self, stopping: Interruption) -> None:
        if stopping.asked and self.result.by is None:
            self.result = replace(self.result, by=stopping.by)

    def _all(self, stopping: Interruption, progress: TerminalProgress) -> None:
        for seed in range(self.first, self.first + self.seeds):
            progress.doing(f"Seed {seed}")
            shift = draw_shift(seed, self.without)
            verdict = self.run(shift, stopping)
            if stopping.asked or verdict.outcome is RunOutcome.INTERRUPTED:
                progress.failed()
                return
            self.result = replace(self.result, verdicts=(*self.result.verdicts, verdict))
            if verdict.failed:
                progress.failed()
                self._shorten(shift, verdict, stopping, progress)
                if not self.keep_going:
                    return
            self._write(over=False)

    def _shorten(
        self, shift: DrawnShift, verdict: SeedVerdict, stopping: Interruption, progress: TerminalProgress
    ) -> None:
        failed = FailedSeed(verdict, len(shift.steps))
        self.result = replace(self.result, failed=(*self.result.failed, failed))
        self._write(over=False)
        progress.doing(f"Shortening seed {verdict.seed}", of=self.most_tries)

        def fails(other: DrawnShift) -> bool:
            again = not stopping.asked and self.run(other, stopping).fails_like(verdict)
            progress.done()
            return again

        found = shrink(shift, fails, most_tries=self.most_tries)
        file = self.folder / f"storm_{verdict.seed}.toml"
        remarks = (
            f"Drawn from the seed {verdict.seed}, and shortened from {len(shift.steps)} steps.",
            *(f"It did not pass: {each}" for each in verdict.sentences),
        )
        write_text(file, as_scenario(found.shift, remarks=remarks))
        failed = replace(
            failed,
            scenario=str(file),
            shortest=len(found.shift.steps),
            tries=found.tries,
            smallest=found.smallest and not stopping.asked,
        )
        self.result = replace(self.result, failed=(*self.result.failed[:-1], failed))

    def _write(self, *, over: bool = True) -> None:
        if self.json_file is not None:
            write_report(self.json_file, as_json(self.result, versions(), machine(), over=over))
