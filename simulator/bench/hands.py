"""Carries out what the bench's buttons mean, as a scenario carries out its steps, and takes it down.

Rule: what is done to a camera is done with nothing else of a run: nobody looks out for its recordings, and no
history is kept but for the one step.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.ledger import LEDGER_NAME, Open, iter_ledger
from protocol.footage.receipt import RECEIPT_NAME
from simulator.bench.journal import DoneOrder
from simulator.bench.said import came_of
from simulator.errors import FleetRefusalError, RefusalError, ScenarioError, SimulatorError
from simulator.scenario.acts.perform import perform
from simulator.scenario.context import ScenarioContext
from simulator.scenario.language.unfold import PlannedStep
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.steps.base import CameraStep, RefusableStep
from simulator.scenario.steps.strangers import Forge
from simulator.scenario.watch import MadeRecording, RecordingWatch

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.bench.journal import BenchJournal
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.site import Site
    from simulator.scenario.steps.order import Step

KNOWS_RECORDINGS: Final = frozenset({"damage_card", "replay"})
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
        context = self._context(step, camera)
        at_s = self._journal.at_s
        try:
            perform(PlannedStep(step, "1"), context)
        except (RefusalError, FleetRefusalError) as error:
            if isinstance(step, RefusableStep):
                self._journal.did(DoneOrder(at_s, step, refused=True), camera, str(error))
            else:
                self._journal.say(camera, str(error), "failed")
            raise
        except SimulatorError as error:
            self._journal.say(camera, str(error), "failed")
            raise
        sentence = came_of(step, context.recorder.history.operations, context.recorder.events)
        self._journal.did(DoneOrder(at_s, step), camera, sentence)
        return sentence

    def _context(self, step: Step, name: str) -> ScenarioContext:
        watch = RecordingWatch(self._site.api)
        if isinstance(step, Forge) and step.by not in {each.name for each in self._group}:
            raise ScenarioError(
                f"There is no camera {step.by} on this bench whose certificate could be used."
            )
        if step.do in KNOWS_RECORDINGS:
            for made in _made(self._group[name]):
                watch.add(made)
            watch.look()
        return ScenarioContext(self._group, self._site.service, watch, HistoryRecorder())


def _made(camera: VirtualCamera) -> list[MadeRecording]:
    """What a camera has recorded, as far as its folders say."""
    current = camera.ask("status")["recording"] if camera.powered else None
    found = []
    for folder in camera.spec.recordings()[-NEWEST:]:
        number = int(folder.name)
        made = MadeRecording(camera.place.camera, camera.name, number, folder, 0.0, 0.0, recording_id(folder))
        made.ended = number != current
        made.held = 0.0 if (folder / RECEIPT_NAME).exists() else None
        found.append(made)
    return found


def recording_id(folder: Path) -> str:
    """Return the id of a recording in a folder; empty where its ledger cannot be read."""
    with contextlib.suppress(OSError, FormatError):
        first = next(iter_ledger((folder / LEDGER_NAME).read_bytes())).record
        return first.recording.hex() if isinstance(first, Open) else ""
    return ""
