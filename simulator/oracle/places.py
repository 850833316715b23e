"""A recording and the places where it is: what was acknowledged, and what was found under its id. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.oracle.acknowledged import acknowledged_recordings
from simulator.oracle.check import Check

if TYPE_CHECKING:
    from simulator.oracle.acknowledged import AcknowledgedRecording
    from simulator.oracle.check import Figure, Result
    from simulator.oracle.history import History
    from simulator.oracle.world import CameraCopy, FleetCopy, LedgerFacts, World

SOUND = ("intact", "intact with gaps", "without an end")
"""The verdicts under which nothing of a recording was changed since it was signed."""


@dataclass(frozen=True, slots=True)
class RecordingPlaces:
    """One recording wherever it is.

    Attributes:
        camera: What the fleet calls the camera.
        number: The camera's number for it; 0 where nobody says it.
        recording: Its id; empty for a folder that cannot be read.
        acknowledged: What was acknowledged of it; None when nothing was.
        copies: What cameras keep of it; more than one is one too many.
        held: What the fleet has of it; likewise.
        trouble: Why the fleet could not be asked; empty when it could.
        destroyed: Whether its camera was destroyed, with all that it kept.
        revoked: Whether its camera was revoked.
        damaged: Whether its camera's card damaged it before it had arrived.
        deleted: Whether the fleet deleted it rightly: its last day was over.
    """

    camera: str
    number: int
    recording: str
    acknowledged: AcknowledgedRecording | None
    copies: tuple[CameraCopy, ...]
    held: tuple[FleetCopy, ...]
    trouble: str = ""
    destroyed: bool = False
    revoked: bool = False
    damaged: bool = False
    deleted: bool = False

    @property
    def excused(self) -> bool:
        """Whether the fleet need not hold it: its last day was over, or its camera's end came before it."""
        ended = self.destroyed or self.revoked or self.deleted
        return ended and not any(each.held for each in self.held)

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return f"{self.camera} recording {self.number or 'without a number'}"

    @property
    def empty(self) -> bool:
        """Whether it ended before its first picture: its camera's copy says so, and the fleet's report."""
        copy, held = self.copy, self.fleet
        if copy is None or copy.ledger is None or copy.duration_s > 0:
            return False
        return held is None or held.report is None or held.report.chunks == copy.chunks

    @property
    def signed_ledger(self) -> LedgerFacts | None:
        """What the fleet signed for of one without footage, of which it shows no timeline.

        A receipt is for one ledger, to the byte: where the camera's fits, what the camera's ledger says is
        what the fleet had.
        """
        copy = self.copy
        return copy.ledger if copy is not None and copy.receipt and self.empty else None

    @property
    def copy(self) -> CameraCopy | None:
        """What its camera keeps."""
        return self.copies[0] if self.copies else None

    @property
    def fleet(self) -> FleetCopy | None:
        """What the fleet has."""
        return self.held[0] if self.held else None


def places(history: History, world: World) -> tuple[RecordingPlaces, ...]:
    """Return every recording, each camera's by number: what was acknowledged, and what else is there."""
    acknowledged = acknowledged_recordings(history)
    found = [_place(each.camera, each.number or 0, each.recording, each, world) for each in acknowledged]
    known = {(each.camera, each.recording) for each in acknowledged}
    for copy in world.cameras:
        if not copy.recording:
            found.append(RecordingPlaces(copy.camera, copy.number, "", None, (copy,), ()))
        elif (copy.camera, copy.recording) not in known:
            known.add((copy.camera, copy.recording))
            found.append(_place(copy.camera, copy.number, copy.recording, None, world))
    for held in world.fleet or ():
        if (held.camera, held.id) not in known:
            known.add((held.camera, held.id))
            found.append(_place(held.camera, held.number, held.id, None, world))
    ends = {each.camera: history.revoked_s(each.camera) is not None for each in found}
    told = (
        replace(
            each,
            destroyed=each.camera in world.destroyed,
            revoked=ends[each.camera],
            damaged=each.recording in world.damaged,
        )
        for each in found
    )
    return tuple(sorted(told, key=lambda each: (each.camera, each.number)))


def place_check(
    place: RecordingPlaces,
    name: str,
    promise: str,
    result: Result,
    sentence: str,
    *,
    figure: Figure | None = None,
    asked: bool = True,
) -> Check:
    """A check of one recording.

    Args:
        place: The recording.
        name: The check's short name.
        promise: What it is part of.
        result: What it came to.
        sentence: What was seen, as what the recording is or has: its name is put before it.
        figure: What was measured, and the bound.
        asked: Whether it was asked for.
    """
    said = f"{place.words} {sentence}"
    return Check(
        name,
        result,
        said,
        place.camera,
        place.number,
        place.recording,
        promise,
        asked=asked,
        figure=figure,
    )


def _place(
    camera: str, number: int, recording: str, known: AcknowledgedRecording | None, world: World
) -> RecordingPlaces:
    trouble = world.trouble if world.fleet is None else ""
    return RecordingPlaces(
        camera, number, recording, known, world.on_camera(recording), world.at_fleet(recording), trouble
    )
