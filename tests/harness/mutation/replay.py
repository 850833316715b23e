"""A part of the crash replay, small enough for every mutant; run by name, for pytest does not collect it."""

from __future__ import annotations

from tests.harness.crash.trial import Tally, Trial

EVERY = 7
STATES = 8


def test_a_crash_loses_nothing() -> None:
    trial, tally = Trial(1), Tally()
    for index in range(0, len(trial.points), EVERY):
        tally.add(trial.at(index, drawn=1, limit=STATES))
    assert tally.losses == []
    assert len(tally.states) > 100
