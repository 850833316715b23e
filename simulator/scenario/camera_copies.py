"""What a camera keeps of its recordings: each sealed copy verified, its ledger read, its receipt checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind, ledger_valid_prefix, read_ledger
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.consents.in_ledger import is_of_consent
from protocol.footage.verifying.verify import verify_recording
from protocol.units import NS_PER_S
from protocol.verify.folder import Folder, UnusableFolderError
from simulator.oracle.world import CameraCopy, FoundGap, LedgerFacts, digest_of_chunks

if TYPE_CHECKING:
    from pathlib import Path

    from protocol.footage.verifying.report import Report

UNREADABLE = -1
"""The number of a folder that is not called by one."""


def camera_copy(camera: str, folder: Path, authority: bytes) -> CameraCopy:
    """Look at one recording of a camera.

    Args:
        camera: What the fleet calls the camera.
        folder: Where the camera keeps the recording.
        authority: The fleet's authority (DER), which the camera's certificate must come from.
    """
    number = int(folder.name) if folder.name.isdigit() else UNREADABLE
    try:
        files = Folder(folder)
        report = verify_recording(files, authorities=[authority])
    except (FootageError, UnusableFolderError, OSError) as error:
        return CameraCopy(camera, number, str(folder), sentence=str(error))
    return CameraCopy(
        camera=report.camera or camera,
        number=number,
        folder=str(folder),
        recording=report.recording or "",
        ledger_number=report.number,
        verdict=str(report.verdict),
        sentence=report.sentence.rstrip("."),
        trigger=report.trigger,
        assignment=report.assignment,
        prerecord_s=_seconds(report.prerecord_ns),
        duration_s=_seconds(report.duration_ns),
        missing=tuple(f"{_seconds(each.duration_ns):.1f} s {each.reason}" for each in report.missing),
        reasons=tuple(str(each.reason) for each in report.missing),
        marks=report.marks,
        gaps=_gaps(report),
        ledger=_ledger(files),
        chunks=digest_of_chunks(
            (each.seq, each.file, each.offset, each.start_ns, each.duration_ns, str(each.status))
            for each in report.chunks
        ),
        receipt=_receipt(report, files),
    )


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


def _ledger(files: Folder) -> LedgerFacts | None:
    try:
        data = files[LEDGER_NAME]
        ledger = read_ledger(data[: ledger_valid_prefix(data)])
    except (KeyError, FormatError, UnusableFolderError, OSError):
        return None
    kinds = [each.kind for each in ledger.events]
    return LedgerFacts(
        ledger.close is not None,
        kinds.count(EventKind.PRESS),
        kinds.count(EventKind.BOOKMARK),
        tuple(each.number for each in ledger.unconfirmed),
        tuple(str(each.detail.get("consent")) for each in ledger.events if is_of_consent(each)),
    )


def _receipt(report: Report, files: Folder) -> bool | None:
    if report.receipt is not None:
        return report.receipt.fits and report.receipt.authority_checked
    return False if RECEIPT_NAME in files else None


def _seconds(nanoseconds: int | None) -> float:
    return (nanoseconds or 0) / NS_PER_S
