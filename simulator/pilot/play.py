"""Plays a pilot: every act at its moment, whatever became of those before."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from simulator.errors import CancelledError, SimulatorError
from simulator.pilot.acts import do
from simulator.pilot.agenda import LookAtNoon, agenda_of
from simulator.pilot.oracle.seen import ActFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from simulator.pilot.agenda import WhatIsDone
    from simulator.pilot.context import PilotContext


def play(context: PilotContext, begins: date, doing: Callable[[date, int, int], None]) -> None:
    """Play a pilot to its end.

    Args:
        context: On what.
        begins: The day on which the run begins.
        doing: Is told each day, with which act of how many begins it.

    Raises:
        CancelledError: Somebody asked to stop.
    """
    notes, day = context.notes, None
    acts = agenda_of(context.script, begins)
    for number in range(1, context.script.officers + 1):
        context.api.officer(f"Officer {number}")
    for number, act in enumerate(acts, 1):
        if act.at.date() != day:
            day = act.at.date()
            doing(day, number, len(acts))
        context.pass_by((act.at.astimezone(UTC) - context.utc()).total_seconds())
        notes.acts += not isinstance(act.what, LookAtNoon)
        try:
            do(act.what, context)
        except CancelledError:
            raise
        except (SimulatorError, KeyError) as error:
            said = f"{type(error).__name__} {error}" if isinstance(error, KeyError) else str(error)
            notes.faults.append(ActFault(name_of(act.what), said.rstrip(".")))
            context.told(f"{name_of(act.what)} did not come about: {said}")


def name_of(what: WhatIsDone) -> str:
    """Name an act, for a reader of the script."""
    words = type(what).__name__
    for field in ("visit", "request"):
        inner = getattr(what, field, None)
        if inner is not None:
            step = getattr(what, "step", None)
            of_step = "" if step is None else f", {step.do} on {step.on}"
            return f"{words} of {field} {inner.name}{of_step}"
    return f"{words} of {getattr(what, 'day', 'several')}"
