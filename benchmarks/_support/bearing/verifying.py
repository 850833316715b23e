"""How fast the fleet verifies a recording that it holds, beside SHA-256 over the same bytes.

The whole of it, as after a camera's word that this is all: read back from the store, compared with what was
acknowledged, verified, opened, kept and signed for. In this process and by its processor time, so that other
work on the machine counts little.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from fleet.footage.recordings.models import Recording, RecordingState
from tests.support.fleet.fleet_footage import Link, running
from tests.support.media.recordings import record

if TYPE_CHECKING:
    from pathlib import Path

    from fleet.server.compose import FleetServices

PART_BYTES = 500_000
"""Of picture and of sound each: 8 Mbit/s, a second a segment, as a camera sends it."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What it took.

    Attributes:
        size: Bytes of the recording.
        fleet_s: Seconds of processor time for the fleet's verification, in each round.
        hash_s: The same for SHA-256 over the same bytes.
    """

    size: int
    fleet_s: tuple[float, ...]
    hash_s: tuple[float, ...]


def measure(root: Path, chunks: int, rounds: int) -> Verified:
    """Measure, the two in turns.

    Args:
        root: The fleet keeps its state in a folder below it.
        chunks: How long the recording is, in seconds.
        rounds: How often.

    Raises:
        RuntimeError: The recording is not held.
    """
    with running(root / "fleet") as fleet:
        take = record(fleet.identity(), prerecord=chunks // 2, live=chunks - chunks // 2, size=PART_BYTES)
        camera = Link(fleet, take)
        camera.everything()
        camera.complete().raise_for_status()
        camera.wait_for_receipt(within_s=120.0).raise_for_status()
    files = take.files
    took: list[tuple[float, float]] = []
    with running(root / "fleet", fleet.services.config) as fleet:
        for _ in range(rounds):
            began = time.process_time()
            _verify_again(fleet.services)
            middle = time.process_time()
            for data in files.values():
                hashlib.sha256(data).digest()
            took.append((middle - began, time.process_time() - middle))
    fleet_s, hash_s = zip(*took, strict=True)
    return Verified(sum(map(len, files.values())), fleet_s, hash_s)


def _verify_again(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        session.execute(update(Recording).values(state=RecordingState.VERIFYING))
        row = session.scalars(select(Recording.id)).one()
    services.footage.verification.run(row)
    with services.readers() as session:
        held = session.get_one(Recording, row)
        if held.state != RecordingState.HELD or held.verdict != "intact":
            raise RuntimeError(f"internal error: the recording is {held.state}: {held.sentence}")
