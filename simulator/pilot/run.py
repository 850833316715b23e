"""Plays a pilot on a fleet in virtual time, looks at what came of it, and has it judged."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.driven.wire.transport import InProcess
from simulator.errors import CancelledError
from simulator.pilot.context import PilotContext
from simulator.pilot.desk import PilotDesk
from simulator.pilot.look import look_at_all
from simulator.pilot.oracle.judge import judge_pilot
from simulator.pilot.play import play
from simulator.report.report import EventRecord, RecordingRecord, StepRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from simulator.bringup import Progress
    from simulator.cameras.camera import VirtualCamera
    from simulator.driven.fleet import DrivenFleet
    from simulator.driven.time import DrivenTime
    from simulator.fleet.api import FleetApi
    from simulator.pilot.script.model import PilotScript
    from simulator.report.draft import Draft

WORD = "pilot"
"""What the report calls a pilot, which stands where steps do, and what is done in it."""
LOOK_S = 1.0
"""Between two looks whether something has come about."""


@dataclass(frozen=True, slots=True)
class PilotRun:
    """A pilot on a fleet that is up.

    Attributes:
        script: What is played.
        fleet: The fleet.
        api: Its API as a program asks it.
        cameras: The cameras, in the order of the officers who wear them.
        time: The one clock.
        draft: The report in the making.
        progress: Shows how far it is.
    """

    script: PilotScript
    fleet: DrivenFleet
    api: FleetApi
    cameras: Sequence[VirtualCamera]
    time: DrivenTime
    draft: Draft
    progress: Progress

    def play(self, between: Callable[[], None]) -> None:
        """Play and judge it; what came of it is in the draft.

        Args:
            between: Called once everything was played, before it is looked at.

        Raises:
            CancelledError: Somebody asked to stop.
        """
        for camera in self.cameras:
            camera.shut_down()  # each is switched on for its visits
        carried = InProcess(self.fleet.ask_dashboard)
        with PilotDesk(self.fleet.url, carried, self._sign_in, self.time.seconds) as desk:
            context = PilotContext(
                script=self.script,
                desk=desk,
                api=self.api,
                cameras=dict(enumerate(self.cameras, 1)),
                seconds=self.time.seconds,
                utc=self.time.utc,
                pass_by=self.time.pass_by,
                until=self._until,
                draw=random.Random(f"pilot {self.draft.seed}"),  # noqa: S311 - must repeat
            )
            step = StepRecord(1, WORD, began_s=self.time.seconds(), result="under way")
            self.draft.steps.append(step)
            try:
                play(context, self.time.utc().date(), self._doing)
                between()
                self.progress.doing("Looking at what the fleet says")
                self.draft.recordings = tuple(self._recordings())
                self.draft.checks = judge_pilot(self.script, look_at_all(context))
            except CancelledError:
                ended_s = self.time.seconds()
                self.draft.steps[-1] = replace(step, ended_s=ended_s, result="interrupted")
                raise
            finally:
                self.draft.events = tuple(
                    EventRecord(each.at_s, WORD, each.sentence, camera=each.camera)
                    for each in context.notes.events
                )
            self.draft.steps[-1] = replace(step, ended_s=self.time.seconds(), result="came about")

    def _recordings(self) -> Iterator[RecordingRecord]:
        """Each recording as fleet and camera have it now; the sealed copies are not verified anew."""
        for camera in self.cameras:
            for each in sorted(self.api.recordings(camera.place.camera), key=lambda listed: listed.number):
                yield RecordingRecord(
                    camera=each.camera,
                    number=each.number,
                    recording=each.id,
                    prerecord_s=each.prerecord_s or 0.0,
                    duration_s=each.duration_s or 0.0,
                    verdict="none",
                    sentence="The copy on the camera was not looked at.",
                    fleet_state=each.state,
                    acknowledged=True,
                    on_camera=camera.spec.recording(each.number).exists(),
                )

    def _sign_in(self, name: str, roles: tuple[str, ...]) -> tuple[str, str]:
        signed = self.fleet.sign_in(name, roles)
        return signed.cookie, signed.csrf

    def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        end_s = self.time.seconds() + seconds
        while not holds():
            if self.time.seconds() >= end_s:
                return False
            self.time.pass_by(LOOK_S)
        return True

    def _doing(self, day: date, number: int, acts: int) -> None:
        self.progress.doing(f"{day}: act {number} of {acts}")
