"""Steps that are made of steps: again and again, side by side, one of several. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.oracle.asked import Seconds
from simulator.scenario.steps.base import ScenarioStep
from simulator.scenario.steps.buttons import Bookmark, Dock, Press, Private, StopRecording, Undock
from simulator.scenario.steps.consent import SayConsent
from simulator.scenario.steps.keeping import HoldRecording, JudgeRecording, ReleaseHold
from simulator.scenario.steps.lines import ChangeNetwork
from simulator.scenario.steps.people import Assign, Enrol, Revoke, Unassign
from simulator.scenario.steps.power import ChangeCharge, KillCamera, RestartCamera, Smash
from simulator.scenario.steps.sensors import (
    ChangeCard,
    ChangeClock,
    CoverLens,
    DamageCard,
    MuteMicrophone,
    StallSensor,
    UncoverLens,
    UnmuteMicrophone,
    UnstallSensor,
)
from simulator.scenario.steps.site import StartBroker, StartFleet, StopBroker, StopFleet
from simulator.scenario.steps.strangers import Forge, Replay
from simulator.scenario.steps.waiting import Expect, Wait, WaitHeld, WaitRingFull

ROUNDS = 10_000


class Repeat(ScenarioStep):
    """Do the same steps again and again.

    Attributes:
        times: How often.
        every_s: How long from the beginning of a round to that of the next, or at once where a round takes
            longer; None for one after the other.
        steps: What each round is.
    """

    do: Literal["repeat"]
    times: int = Field(ge=1, le=ROUNDS)
    every_s: Seconds | None = None
    steps: tuple[Step, ...] = Field(strict=False, min_length=1)


class Parallel(ScenarioStep):
    """Do several lists of steps side by side; it is done when all are.

    Attributes:
        branches: The lists.
    """

    do: Literal["parallel"]
    branches: tuple[Steps, ...] = Field(strict=False, min_length=2)


class RandomChoice(ScenarioStep):
    """Do one of several lists of steps, drawn by the seed.

    Attributes:
        choices: The lists; one may be empty, for nothing at all.
    """

    do: Literal["random"]
    choices: tuple[Steps, ...] = Field(strict=False, min_length=2)


Step = Annotated[
    WaitRingFull
    | Press
    | StopRecording
    | Bookmark
    | Private
    | SayConsent
    | Dock
    | Undock
    | Wait
    | WaitHeld
    | ChangeNetwork
    | CoverLens
    | StallSensor
    | UnstallSensor
    | UncoverLens
    | MuteMicrophone
    | UnmuteMicrophone
    | ChangeCard
    | DamageCard
    | ChangeClock
    | ChangeCharge
    | KillCamera
    | RestartCamera
    | Smash
    | Enrol
    | Assign
    | Unassign
    | Revoke
    | HoldRecording
    | ReleaseHold
    | JudgeRecording
    | Forge
    | Replay
    | StopFleet
    | StartFleet
    | StopBroker
    | StartBroker
    | Expect
    | Repeat
    | Parallel
    | RandomChoice,
    Field(discriminator="do"),
]
"""Any step."""

Steps = Annotated[tuple[Step, ...], Field(strict=False)]
"""A list of steps."""

for _each in (Repeat, Parallel, RandomChoice):
    _each.model_rebuild()
