"""What the fleet has of a recording: its list, its verifier's report, its timeline, its export."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from protocol.footage.deletion import read_deletion
from protocol.footage.format.errors import FootageError
from protocol.footage.format.model import Track
from simulator.errors import FleetServiceError
from simulator.oracle.facts.at_fleet import CertifiedDeletion
from simulator.oracle.world import FleetCopy, FleetReport, LedgerFacts, digest_of_chunks
from simulator.scenario.export import read_export

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from simulator.fleet.api import FleetApi
    from simulator.oracle.facts.at_fleet import LastingHold
from simulator.oracle.world import ListedRecording

PURPOSE = "Simulator: checking what a scenario recorded"


def fleet_copy(
    listed: ListedRecording, api: FleetApi, exports: Path, cancelled: Callable[[], bool] = lambda: False
) -> FleetCopy:
    """Look at one recording of the fleet.

    Args:
        listed: As the fleet lists it.
        api: The fleet.
        exports: Where the exported file goes.
        cancelled: Asked again and again; once it says so, looking ends.

    Raises:
        CancelledError: Looking was ended.
    """
    copy = FleetCopy.of(listed)
    if copy.gone:
        return replace(copy, certificate=_certificate(copy, api))
    try:
        if copy.held:
            copy = replace(copy, report=_report(api.report(copy.id)))
            copy = replace(copy, ledger=_ledger(api.timeline(copy.id, PURPOSE)))
        else:
            copy = replace(copy, around_press=_around_press(copy.id, api))
        export = exports / f"{copy.camera}-{copy.number:08d}.mp4"
        if export.exists():
            export = exports / f"{copy.camera}-{copy.number:08d}-{copy.id}.mp4"
        api.export(copy.id, PURPOSE, export, cancelled=cancelled)
    except (FleetServiceError, KeyError, TypeError, ValueError) as error:
        return replace(copy, trouble=str(error).rstrip("."))
    return replace(copy, export=str(export), facts=read_export(export))


def holds_at(recording: str, api: FleetApi) -> tuple[LastingHold, ...] | None:
    """Return the holds that last on a recording; None where the fleet does not say."""
    try:
        return api.holds(recording)
    except (FleetServiceError, KeyError, TypeError):
        return None


def _certificate(copy: FleetCopy, api: FleetApi) -> CertifiedDeletion:
    """Read the certificate of a deletion, which the fleet signs once all of it is gone."""
    try:
        found = read_deletion(api.deletion(copy.id))
        said = found.said
        begun = datetime.fromisoformat(str(said["begun"]))
        ended = [datetime.fromisoformat(str(said[key])) for key in ("keys_destroyed", "bytes_deleted")]
    except (FleetServiceError, FootageError, KeyError, ValueError) as error:
        return CertifiedDeletion(fits=False, trouble=str(error).rstrip("."))
    named = (said.get("recording"), said.get("camera"), said.get("number"))
    if found.authority != api.authority or named != (copy.id, copy.camera, copy.number):
        return CertifiedDeletion(False, begun, "it is another fleet's, or another recording's")
    if not begun <= ended[0] <= ended[1]:
        return CertifiedDeletion(
            False, begun, "its keys did not go after it was decided and before its bytes"
        )
    return CertifiedDeletion(True, begun)


def _report(said: Mapping[str, Any]) -> FleetReport:
    return FleetReport(
        recording=said["recording"],
        camera=said["camera"],
        number=said["number"],
        chunks=digest_of_chunks(
            (
                each["seq"],
                each["file"],
                each["offset"],
                each["start_ns"],
                each["duration_ns"],
                each["status"],
            )
            for each in said["chunks"]
        ),
    )


def _around_press(recording: str, api: FleetApi) -> tuple[float, float] | None:
    """For how long the picture plays without a hole before the press, and from it on, in seconds."""
    try:
        shown = api.timeline(recording, PURPOSE)
    except FleetServiceError:
        # Nothing of it is there to be played.
        return None
    holes = [
        (each["offset_s"], each["offset_s"] + each.get("shown_s", each["duration_s"]))
        for each in shown["gaps"]
        if each["track"] == str(Track.VIDEO)
    ]
    return around(shown["press_s"], shown["duration_s"], holes)


def around(press_s: float, end_s: float, holes: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return how far something goes without a hole before an instant, and from it on.

    Args:
        press_s: The instant, from the beginning on.
        end_s: Its end.
        holes: Where it has holes, from and to.
    """
    if any(begin < press_s < end for begin, end in holes):
        return 0.0, 0.0
    before_s = press_s - max((end for _, end in holes if end <= press_s), default=0.0)
    after_s = min((begin for begin, _ in holes if begin >= press_s), default=end_s) - press_s
    return before_s, max(0.0, after_s)


def _ledger(shown: Mapping[str, Any]) -> LedgerFacts:
    kinds = [str(each["kind"]) for each in shown["events"]]
    said = tuple(
        str(each["detail"]["consent"]) for each in shown["events"] if "consent" in (each.get("detail") or {})
    )
    closed = shown["close"] is not None
    return LedgerFacts(closed, kinds.count("press"), kinds.count("bookmark"), said=said)
