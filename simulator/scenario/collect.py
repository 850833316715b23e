"""What a run left behind, one recording at a time: the sealed copy, the fleet's word, the export."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protocol.footage.format.errors import FootageError
from protocol.footage.verifying.verify import verify_recording
from protocol.units import NS_PER_S
from protocol.verify.folder import Folder, UnusableFolderError
from simulator.errors import FleetServiceError
from simulator.scenario.export import read_export
from simulator.scenario.result import FoundGap, RecordingResult, Timings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from protocol.footage.verifying.report import Report
    from simulator.cameras.camera import VirtualCamera
    from simulator.fleet.api import FleetApi, Listed
    from simulator.scenario.watch import MadeRecording

PURPOSE = "Simulator: checking what a scenario recorded"


def collect(
    camera: VirtualCamera, made: Sequence[MadeRecording], api: FleetApi, authority: bytes, exports: Path
) -> Iterator[RecordingResult]:
    """Yield everything that a camera recorded.

    Args:
        camera: The camera, which may run on.
        made: What the steps noted.
        api: The fleet.
        authority: The fleet's authority (DER), which the camera's certificate must come from.
        exports: Where exported recordings go.

    Raises:
        FleetServiceError: The fleet does not answer.
    """
    listed = {each.number: each for each in api.recordings(camera.place.camera)}
    noted = {each.number: each for each in made if each.name == camera.name}
    for folder in camera.spec.recordings():
        number = int(folder.name)
        result = verified(camera.place.camera, number, folder, authority)
        yield _completed(result, listed.get(number), noted.get(number), api, exports)


def verified(name: str, number: int, folder: Path, authority: bytes) -> RecordingResult:
    """Say what verifying a recording's sealed copy came to.

    Args:
        name: What the fleet calls its camera.
        number: The camera's own number for it.
        folder: The sealed copy.
        authority: The fleet's authority (DER).
    """
    try:
        report = verify_recording(Folder(folder), authorities=[authority])
    except (FootageError, UnusableFolderError) as error:
        return RecordingResult(name, number, "", 0.0, 0.0, "unreadable", str(error), str(folder))
    return RecordingResult(
        camera=name,
        number=number,
        recording=report.recording or "",
        prerecord_s=_seconds(report.prerecord_ns),
        duration_s=_seconds(report.duration_ns),
        verdict=str(report.verdict),
        sentence=report.sentence.rstrip("."),
        folder=str(folder),
        missing=_missing(report),
        gaps=_gaps(report),
    )


def _missing(report: Report) -> tuple[str, ...]:
    return tuple(f"{_seconds(each.duration_ns):.1f} s {each.reason}" for each in report.missing)


def _gaps(report: Report) -> tuple[FoundGap, ...]:
    first_ns = report.first_ns or 0
    return tuple(
        FoundGap(
            str(gap.track),
            _seconds(gap.start_ns - first_ns),
            _seconds(gap.duration_ns),
            str(gap.cause) if gap.cause else None,
        )
        for gap in report.gaps
    )


def _completed(
    result: RecordingResult, listed: Listed | None, made: MadeRecording | None, api: FleetApi, exports: Path
) -> RecordingResult:
    """Add what the fleet says, and the export with what it shows."""
    timings = _timings(made) if made is not None else Timings()
    result = replace(result, timings=timings)
    if listed is None:
        return result
    result = replace(result, fleet_state=listed.state)
    export = exports / f"{result.camera}-{result.number:08d}.mp4"
    try:
        api.export(listed.id, PURPOSE, export)
    except FleetServiceError as error:
        return replace(result, fleet_state=f"{listed.state}, and gives no export ({error})")
    return replace(result, export=str(export), facts=read_export(export))


def _timings(made: MadeRecording) -> Timings:
    return Timings(
        press_acknowledged_ms=made.acknowledged_ms,
        press_dashboard_s=None if made.listed is None else made.listed - made.pressed,
        stop_held_s=None if made.held is None or made.stopped is None else made.held - made.stopped,
    )


def _seconds(nanoseconds: int | None) -> float:
    return (nanoseconds or 0) / NS_PER_S
