"""Carries the steps out one after the other, and writes down how each went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.errors import CancelledError, SimulatorError
from simulator.oracle.check import Check, Figure, Result
from simulator.report.report import StepRecord
from simulator.scenario.acts.perform import IN_WORDS, perform, wait_for_turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.bringup import Progress
    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.language.unfold import PlannedStep

PROMISE = "the steps come about"


def carry_out(
    steps: Sequence[PlannedStep],
    context: ScenarioContext,
    progress: Progress,
    records: list[StepRecord],
) -> Check:
    """Carry the steps out until one does not come about.

    Args:
        steps: What to do.
        context: With what.
        progress: Shows how far it is.
        records: Gets how each step went, as it goes.

    Raises:
        CancelledError: Somebody asked to stop.
    """
    recorder, began = context.recorder, context.watch.now()
    for number, planned in enumerate(steps, 1):
        step = planned.step
        wait_for_turn(step, began, context)
        record = StepRecord(number, step.do, tuple(getattr(step, "cameras", ())), recorder.at_s)
        recorder.step = number
        progress.doing(f"{number}/{len(steps)} {IN_WORDS[step.do]}")
        failure = None
        records.append(replace(record, result="under way"))
        try:
            perform(planned, context)
            context.after_step()
        except SimulatorError as error:
            failure = str(error).rstrip(".")
        record = replace(record, ended_s=recorder.at_s)
        if context.stopping.is_set():
            progress.failed()
            records[-1] = replace(record, result="interrupted")
            raise CancelledError(f"Stopped in step {number} ({step.do}).")
        if failure is not None:
            progress.failed()
            records[-1] = replace(record, result="failed", sentence=failure)
            return _check(number - 1, len(steps), f"step {number} ({step.do}) did not come about: {failure}")
        records[-1] = replace(record, result="came about")
    recorder.step = None
    return _check(len(steps), len(steps), f"all {len(steps)} steps came about")


def _check(came: int, steps: int, sentence: str) -> Check:
    figure = Figure(float(came), float(steps), "steps", "exactly")
    result = Result.HELD if came == steps else Result.BROKEN
    return Check("steps", result, sentence, promise=PROMISE, figure=figure)
