"""The fleet's rounds in virtual time: left out where nothing can be found, and else at their own instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from fleet.cameras.broker_client import SILENCE_EVERY
from simulator.driven.loop import DrivenLoop
from simulator.driven.rounds import SilenceRounds
from simulator.driven.time import DrivenTime

WEEK_S = 7 * 86_400


@dataclass
class Looking:
    """Something that looks again and again, as the fleet does."""

    time: DrivenTime
    loop: DrivenLoop
    online: bool = False
    looks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rounds = SilenceRounds(self.time.seconds, lambda: self.online, SILENCE_EVERY)
        self.task = self.loop.create_task(self._look())
        self.loop.pump()

    async def _look(self) -> None:
        while True:
            self.looks.append(self.time.seconds())
            await self.rounds.rest()

    def told(self) -> None:
        """The fleet is told something."""
        self.rounds.stir()
        self.loop.pump()


@pytest.fixture
def looking() -> Iterator[Looking]:
    time = DrivenTime()
    loop = DrivenLoop(time)
    looking = Looking(time, loop)
    yield looking
    looking.task.cancel()
    loop.pump()
    loop.close()


def test_a_week_in_which_nobody_is_online_is_passed_in_one_go(looking: Looking) -> None:
    looking.time.pass_by(WEEK_S)

    assert looking.looks == [0.0]


def test_what_the_fleet_is_told_brings_the_next_look_at_its_own_instant(looking: Looking) -> None:
    looking.time.pass_by(WEEK_S + 2)
    looking.told()
    looking.online = True  # what it was told is taken in a little later
    looking.time.pass_by(2 * SILENCE_EVERY)

    assert looking.looks == [0.0, WEEK_S + SILENCE_EVERY, WEEK_S + 2 * SILENCE_EVERY]


def test_looks_go_on_for_as_long_as_somebody_is_online(looking: Looking) -> None:
    looking.online = True
    looking.told()
    looking.time.pass_by(4 * SILENCE_EVERY)
    looking.online = False
    looking.time.pass_by(WEEK_S)

    assert looking.looks == [SILENCE_EVERY * number for number in range(6)]


def test_what_is_told_at_the_instant_of_a_look_is_not_missed(looking: Looking) -> None:
    looking.rounds.stir()
    looking.rounds.stir()
    looking.loop.pump()
    looking.time.pass_by(WEEK_S)

    assert looking.looks == [0.0, SILENCE_EVERY]
