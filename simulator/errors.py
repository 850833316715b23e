"""The simulator's own errors.

Every message is one clear sentence which says what was wrong and what to do. The command line prints it and
ends with ``exit_status``, never with a traceback.
"""

from __future__ import annotations

from typing import ClassVar

from protocol.addresses import without_secrets


class SimulatorError(Exception):
    """Something that the simulator was asked for could not be done.

    Args:
        sentence: May quote the address of a camera or stream; what could open it is left out.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, sentence: str) -> None:
        super().__init__(without_secrets(sentence))


class ScenarioError(SimulatorError):
    """A scenario, an option or a media folder that cannot be used as given."""

    exit_status: ClassVar[int] = 2


class FleetServiceError(SimulatorError):
    """The fleet did not start, did not answer, or refused."""


class FleetUnreachableError(FleetServiceError):
    """The fleet did not answer at all: asking again at once is of no use."""


class CameraError(SimulatorError):
    """A virtual camera did not start, did not answer, or refused."""


class RefusalError(CameraError):
    """A virtual camera said no, or the fleet said no to it."""


class FleetRefusalError(FleetServiceError):
    """The fleet answered, and said no."""


class CancelledError(SimulatorError):
    """Somebody asked to stop before everything was up."""


class StepError(SimulatorError):
    """A step of a scenario did not come about; the run goes on to its report and does not pass."""
