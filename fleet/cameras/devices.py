"""Telling two devices that use one camera's identity from one that was started again. Pure.

Rules (F8):
- a run is one start of one device, named at random: whoever is started again has another run, and never goes
  back to the one before;
- so a run that is heard again, in a new connection, after another run was heard, is a second device: its card
  was copied, or the same identity was put on two;
- what the broker delivers a second time has the session of the first time, and shows nothing;
- that they are used at once is said of the present only while it was seen within ``AT_ONCE``.

What the broker kept, or said for a camera (its will), is not given to this: only what a camera says itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fleet.cameras.rules import is_lately

AT_ONCE = timedelta(seconds=90)
MOST_RUNS = 8
MOST_SESSIONS = 4


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run that was heard, and the newest of the connections in which it was."""

    run: str
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Devices:
    """What was heard of the devices that use one identity.

    Attributes:
        runs: the runs heard, that of the newest message last.
        since: since when two devices are known to have used it at once; None: never.
        last: when that was last seen.
    """

    runs: tuple[RunSeen, ...] = ()
    since: datetime | None = None
    last: datetime | None = None


def heard_from(before: Devices, run: str, session: str, at: datetime) -> Devices:
    """Return what is known after a live message of ``run`` in the connection ``session``."""
    if not run:
        return before
    known = next((each for each in before.runs if each.run == run), None)
    if known is None:
        return replace(before, runs=(*before.runs, RunSeen(run, (session,)))[-MOST_RUNS:])
    is_newest = before.runs[-1].run == run
    if session in known.sessions:
        return before
    again = RunSeen(run, (*known.sessions, session)[-MOST_SESSIONS:])
    runs = (*(each for each in before.runs if each.run != run), again)
    if is_newest:
        return replace(before, runs=runs)
    return Devices(runs, before.since or at, at)


def are_at_once(last: datetime | None, now: datetime) -> bool:
    """Say whether two devices use the identity now, by when that was last seen."""
    return last is not None and is_lately(last, now=now, within=AT_ONCE)


def runs_to_json(runs: Sequence[RunSeen]) -> list[list[object]]:
    """Return runs as the table keeps them."""
    return [[each.run, list(each.sessions)] for each in runs]


def runs_from_json(kept: Sequence[Sequence[object]]) -> tuple[RunSeen, ...]:
    """Read what ``runs_to_json`` made."""
    return tuple(RunSeen(str(run), tuple(map(str, _listed(sessions)))) for run, sessions in kept)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
