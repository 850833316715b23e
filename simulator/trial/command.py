"""``lapel-simulator try``: from what was typed to a report that is always written.

Rules:

* What cannot be used is refused in one sentence before anything starts, and that is a report too.
* The report says from the beginning that the trial has not ended, and is replaced as a whole.
* A second Ctrl-C ends it where it stands; the report then has what is known by then.
"""

from __future__ import annotations

import contextlib
import re
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from device.config.file import check_config
from device.errors import ConfigError
from protocol.addresses import without_secrets
from simulator.cameras.spec import RealSources
from simulator.errors import ScenarioError, SimulatorError
from simulator.interrupt import ignore_from_here, interruptible
from simulator.keeping import UNFINISHED, kept_in, write_report
from simulator.progress import TerminalProgress
from simulator.report.report import without_files
from simulator.room import room_of
from simulator.trial.look import check_sound, look_at, whole_path
from simulator.trial.plan import NO_SOUND, TrialPlan, choose_size, choose_sound
from simulator.trial.report import as_json, in_words
from simulator.trial.result import TrialResult
from simulator.trial.trial import STOPPED, Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.interrupt import Interruption

_SIZE: Final = re.compile(r"(\d{1,5})x(\d{1,5})")
SIGNALLED: Final = 128
"""What a shell adds to the number of the signal that ended a program."""
_FROM_STANDARD_INPUT: Final = "-"
_LONGEST: Final = 4_096


@dataclass(frozen=True, slots=True)
class TrialCommand:
    """What was typed, as ``lapel-simulator try --help`` names it."""

    source: str
    seconds: int
    sound: str | None
    size: str | None
    fps: int
    overlay: bool
    json_file: Path | None
    keep: Path | None

    def run(self, say: Callable[[str], None]) -> int:
        """Do it, and give the exit status, as ``docs/simulator.md`` has them.

        Args:
            say: Gets the report, line by line.

        Raises:
            ScenarioError: What was typed cannot be used.
            SimulatorError: The last report cannot be written.
        """
        self._report(TrialResult(without_secrets(self.source), self.seconds, trouble=UNFINISHED))
        try:
            with kept_in(self.keep) as folder:
                return self._perform(folder, say)
        except SimulatorError as error:
            ignore_from_here()
            with contextlib.suppress(ScenarioError):  # the report still says that it has not ended
                self._report(TrialResult(without_secrets(self.source), self.seconds, trouble=str(error)))
            raise

    def _perform(self, folder: Path, say: Callable[[str], None]) -> int:
        plan, room = self._plan(), room_of(folder)
        room.check()
        with interruptible() as stopping:
            with TerminalProgress() as progress, room.watched():
                trial = Trial(plan, folder, stopping, progress)
                try:
                    result = trial.perform()
                except KeyboardInterrupt:
                    result = trial.result(STOPPED)
                except BaseException as error:
                    stopping.settle()
                    self._report(trial.result(f"It broke off ({type(error).__name__})."))
                    raise
            if not result.passed and room.trouble is not None:
                result = replace(result, trouble=room.trouble)
            if self.keep is None:
                gone = tuple(replace(each, made=without_files(each.made)) for each in result.recordings)
                result = replace(result, recordings=gone)
            return self._end(result, stopping, say)

    def _end(self, result: TrialResult, stopping: Interruption, say: Callable[[str], None]) -> int:
        """Say what it came to, which no signal changes from then on, and write it."""
        if stopping.asked:
            result = replace(result, trouble=STOPPED)
        try:
            for line in in_words(result):
                say(line)
        except KeyboardInterrupt:
            result = replace(result, trouble=STOPPED)
        except OSError as error:
            result = replace(result, trouble=f"What it came to cannot be said: {error.strerror}.")
        stopping.settle()
        if stopping.asked and result.trouble != STOPPED:
            result = replace(result, trouble=STOPPED)
            with contextlib.suppress(OSError):  # the status and the report say it all the same
                say(STOPPED)
        try:
            self._report(result)
        except ScenarioError as error:
            raise SimulatorError(str(error)) from error
        if result.trouble == STOPPED:
            return SIGNALLED + (stopping.by or signal.SIGINT)
        return (0 if result.passed else 1) if result.trouble is None else SimulatorError.exit_status

    def _plan(self) -> TrialPlan:
        picture = whole_path(_read_source() if self.source == _FROM_STANDARD_INPUT else self.source)
        wanted = _read_size(self.size)
        seen = look_at(picture)
        sound = choose_sound(picture, self.sound, seen)
        if self.sound is not None:
            sound = whole_path(sound) if sound != NO_SOUND else sound
            check_sound(sound)
        width, height = choose_size(wanted, seen)
        plan = TrialPlan(RealSources(picture, sound, self.overlay), self.seconds, width, height, self.fps)
        try:
            check_config(plan.spec(Path()).config())
        except ConfigError as error:
            raise ScenarioError(str(error)) from error
        return plan

    def _report(self, result: TrialResult) -> None:
        if self.json_file is not None:
            write_report(self.json_file, as_json(result))


def _read_source() -> str:
    source = sys.stdin.readline(_LONGEST).strip()
    if not source:
        raise ScenarioError("There is no source on standard input; pipe one line with it in.")
    return source


def _read_size(size: str | None) -> tuple[int, int] | None:
    if size is None:
        return None
    found = _SIZE.fullmatch(size)
    if found is None:
        raise ScenarioError(f"{size!r} is no size; write it as 1280x720.")
    return int(found[1]), int(found[2])
