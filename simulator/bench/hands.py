"""Carries out what the bench's buttons mean, as a scenario carries out its steps, and takes it down.

Rule: what is done to a camera is done with nothing else of a run: nobody looks out for its recordings, and no
history is kept but for the one step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.receipt import RECEIPT_NAME
from simulator.bench.journal import DoneOrder
from simulator.bench.said import came_of
from simulator.cameras.spec import recording_id
from simulator.errors import FleetRefusalError, RefusalError, ScenarioError, SimulatorError, StepError
from simulator.scenario.acts.perform import perform
from simulator.scenario.context import ScenarioContext
from simulator.scenario.language.unfold import PlannedStep
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.steps.base import CameraStep, RefusableStep
from simulator.scenario.steps.keeping import KeepingStep
from simulator.scenario.steps.strangers import Forge
from simulator.scenario.watch import MadeRecording, RecordingWatch

if TYPE_CHECKING:
    from simulator.bench.journal import BenchJournal
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.site import Site
    from simulator.scenario.steps.order import Step

KNOWS_RECORDINGS: Final = frozenset({"damage_card", "replay", "hold", "release", "judge"})
"""Steps that need to know what a camera has recorded."""
NEWEST: Final = 20
"""So many recordings of a camera are looked at for them."""


class BenchHands:
    """Carries out steps with the cameras of a group and their fleet, one at a time for each camera.

    Args:
        group: The cameras, enrolled.
        site: Their fleet.
        journal: Takes down what is done.
    """

    def __init__(self, group: CameraGroup, site: Site, journal: BenchJournal) -> None:
        self._group = group
        self._site = site
        self._journal = journal

    def do(self, step: Step) -> str:
        """Carry out a step and return what came of it, in one sentence.

        Raises:
            SimulatorError: It did not come about, or was refused.
        """
        camera = step.cameras[0] if isinstance(step, CameraStep) else ""
        context, at_s = self._context(step, camera), self._journal.at_s
        number = _number(step, context)
        try:
            perform(PlannedStep(step, "1"), context)
        except (RefusalError, FleetRefusalError) as error:
            if isinstance(step, RefusableStep):
                self._journal.did(DoneOrder(at_s, step, True, number), camera, str(error))
            else:
                self._journal.say(camera, str(error), "failed")
            raise
        except SimulatorError as error:
            self._journal.say(camera, str(error), "failed")
            raise
        sentence = came_of(step, context.recorder.history.operations, context.recorder.events)
        self._journal.did(DoneOrder(at_s, step, recording=number), camera, sentence)
        return sentence

    def _context(self, step: Step, name: str) -> ScenarioContext:
        watch = RecordingWatch(self._site.api)
        if isinstance(step, Forge) and step.by not in {each.name for each in self._group}:
            raise ScenarioError(
                f"There is no camera {step.by} on this bench whose certificate could be used."
            )
        if step.do in KNOWS_RECORDINGS:
            for made in _made(self._group[name], getattr(step, "recording", None)):
                watch.add(made)
            watch.look()
        return ScenarioContext(self._group, self._site.service, watch, HistoryRecorder())


def last_number(camera: VirtualCamera) -> int:
    """Return the number of a camera's newest recording, as far as its folders say; 0 where there is none."""
    return max((int(folder.name) for folder in camera.spec.recordings()), default=0)


def _number(step: Step, context: ScenarioContext) -> int | None:
    """Return the number of the recording that a step concerns by itself; None where it concerns none.

    Raises:
        StepError: There is no such recording.
    """
    if not isinstance(step, KeepingStep):
        return None
    [name] = step.cameras
    own = [each.number for each in context.watch.made if each.name == name]
    if not own:
        raise StepError(f"{name} keeps no recording that could be meant.")
    if step.recording is not None and step.recording not in own:
        raise StepError(f"{name} keeps no recording {step.recording}.")
    return step.recording or own[-1]


def _made(camera: VirtualCamera, wanted: int | None) -> list[MadeRecording]:
    """What a camera has recorded, as far as its folders say: the newest, and the one that is wanted."""
    current = camera.ask("status")["recording"] if camera.powered else None
    found = []
    folders = camera.spec.recordings()
    for folder in [*(each for each in folders[:-NEWEST] if int(each.name) == wanted), *folders[-NEWEST:]]:
        number = int(folder.name)
        made = MadeRecording(camera.place.camera, camera.name, number, folder, 0.0, 0.0, recording_id(folder))
        made.ended = number != current
        made.held = 0.0 if (folder / RECEIPT_NAME).exists() else None
        found.append(made)
    return found
