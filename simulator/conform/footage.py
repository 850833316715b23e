"""Recordings made in memory, as small as they may be, that a fleet can verify and open.

The pictures are encoded once, by the device's own encoders; each recording seals and signs them anew.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from device.config.file import check_config
from protocol.footage.format.model import ClockLabel, Track
from protocol.footage.format.segment import RunRecord, segment_name, write_run_record
from protocol.footage.format.sizes import FIRST_PREVIOUS
from protocol.footage.ledger.ledger import Close, EventKind, Keys, LedgerEvent, Open, iter_ledger
from protocol.footage.ledger.writer import LedgerWriter
from protocol.footage.sealing.keys import Recipient, new_part_key, seal_keys
from protocol.footage.sealing.sealed_chunk import SealedChunk, seal_chunk
from protocol.messages.uploads import CompleteRequest, SegmentInfo
from protocol.units import NS_PER_S, NS_PER_US
from simulator.cameras.loop import loop_of
from simulator.cameras.spec import plan_cameras
from simulator.sources.choose import SceneSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from device.capture.prefill import EncodedLoop
    from protocol.footage.format.model import PlainChunk
    from protocol.footage.format.signing import Signer

PRERECORD: Final = 2
CHUNKS: Final = 4
BOOT_NS: Final = 1_000 * NS_PER_S
WIDTH, HEIGHT, FPS, LOOP_S = 320, 180, 10, 8


def encode() -> EncodedLoop:
    """Encode the few seconds of picture and sound that all recordings are made from."""
    scene = SceneSpec(None, width=WIDTH, height=HEIGHT, fps=FPS)
    [spec] = plan_cameras(["conform"], Path("nowhere"), scene, window_s=LOOP_S, seed=0)
    return loop_of(scene.open(), check_config(spec.config()).capture(""), longest_s=LOOP_S)


@dataclass(frozen=True, slots=True)
class FootageSealer:
    """What a recording is signed and sealed with.

    Attributes:
        camera: The camera's id.
        signer: Signs with the key of the first certificate.
        certificates: The camera's chain (DER), the authority's last.
        recipients: Whom to seal to.
        utc_us: The wall clock, in microseconds since 1970.
    """

    camera: str
    signer: Signer
    certificates: tuple[bytes, ...]
    recipients: tuple[Recipient, ...]
    utc_us: Callable[[], int]


@dataclass(frozen=True, slots=True)
class MadeFootage:
    """A recording as a camera would send it.

    Attributes:
        number: The camera's number for it.
        id: Its id in hex.
        segments: Its segment files by name, in order.
        ledger: Its whole ledger.
    """

    number: int
    id: str
    segments: dict[str, bytes]
    ledger: bytes

    @property
    def records(self) -> tuple[int, ...]:
        """Where in the ledger each of its records ends, in bytes."""
        return tuple(each.end for each in iter_ledger(self.ledger))

    def word(self, *, ended: str = "closed", ledger: bytes | None = None) -> CompleteRequest:
        """The camera's word that this is all.

        Args:
            ended: ``closed`` or ``cut off``.
            ledger: The ledger that it speaks of, where that is not the whole.
        """
        told = self.ledger if ledger is None else ledger
        return CompleteRequest(
            recording=self.id,
            ended="closed" if ended == "closed" else "cut off",
            ledger_length=len(told),
            ledger_sha256=hashlib.sha256(told).hexdigest(),
            segments=tuple(
                SegmentInfo(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
                for name, data in self.segments.items()
            ),
        )


def make_footage(loop: EncodedLoop, sealer: FootageSealer, number: int) -> MadeFootage:
    """Make a recording of four seconds, two of them from before the press, a chunk in each segment."""
    making = _Making(loop, sealer, number)
    return making.made()


@dataclass(slots=True)
class _Making:
    """One recording while it is made."""

    loop: EncodedLoop
    sealer: FootageSealer
    number: int
    run: bytes = field(default_factory=lambda: os.urandom(16))
    recording: bytes = field(default_factory=lambda: os.urandom(16))
    keys: dict[tuple[int, Track], bytes] = field(default_factory=dict)

    def made(self) -> MadeFootage:
        plain = list(self.loop.chunks(BOOT_NS, CHUNKS, label=self._label))[:CHUNKS]
        chunks: list[SealedChunk] = []
        segments: dict[str, bytes] = {}
        for seq, each in enumerate(plain):
            previous = chunks[-1].digest if chunks else FIRST_PREVIOUS
            sealed = self._seal(each, seq, previous)
            head = self._run_record(seq, previous, each.start_ns)
            chunks.append(sealed)
            segments[segment_name(self.run, seq)] = head + sealed.record
        return MadeFootage(self.number, self.recording.hex(), segments, self._ledger(chunks))

    def _label(self, at_ns: int) -> ClockLabel:
        return ClockLabel(self.sealer.utc_us() + (at_ns - BOOT_NS) // NS_PER_US, synchronised=True)

    def _seal(self, plain: PlainChunk, seq: int, previous: bytes) -> SealedChunk:
        keys = {part.track: new_part_key(os.urandom) for part in plain.parts}
        self.keys |= {(seq, track): key for track, key in keys.items()}
        return seal_chunk(
            plain,
            camera=self.sealer.camera,
            run=self.run,
            seq=seq,
            previous=previous,
            keys=keys,
            sign=self.sealer.signer,
        )

    def _run_record(self, seq: int, previous: bytes, start_ns: int) -> bytes:
        record = RunRecord(
            camera=self.sealer.camera,
            run=self.run,
            index=seq,
            first_seq=seq,
            previous=previous,
            certificates=self.sealer.certificates,
            window_ns=PRERECORD * NS_PER_S,
            label=self._label(start_ns),
            started_ns=start_ns,
        )
        return write_run_record(record, self.sealer.signer)

    def _ledger(self, chunks: Sequence[SealedChunk]) -> bytes:
        writer = LedgerWriter(self.sealer.signer)
        press_ns, end_ns = chunks[PRERECORD].header.start_ns, chunks[-1].header.end_ns
        opening = Open(
            recording=self.recording,
            number=self.number,
            previous_open=None,
            camera=self.sealer.camera,
            run=self.run,
            assignment=None,
            trigger="button",
            marks=(),
            asked_ns=PRERECORD * NS_PER_S,
            first_seq=0,
            last_seq=PRERECORD - 1,
            held_ns=press_ns - chunks[0].header.start_ns,
            missing=(),
            press_ns=press_ns,
            label=self._label(press_ns),
            recipients=tuple(each.info for each in self.sealer.recipients),
            certificates=self.sealer.certificates,
        )
        records: list[Open | Keys | LedgerEvent | Close] = [
            opening,
            self._sealed_keys(0, PRERECORD - 1),
            LedgerEvent(EventKind.PRESS, press_ns, self._label(press_ns), {}),
            *(self._sealed_keys(seq, seq) for seq in range(PRERECORD, len(chunks))),
            Close(
                reason="stopped",
                at_ns=end_ns,
                label=self._label(end_ns),
                last_seq=len(chunks) - 1,
                chunks=len(chunks),
                segments=len(chunks),
                duration_ns=end_ns - chunks[0].header.start_ns,
            ),
        ]
        return b"".join(writer.append(each) for each in records)

    def _sealed_keys(self, first: int, last: int) -> Keys:
        return seal_keys(
            self.sealer.recipients, recording=self.recording, first_seq=first, last_seq=last, keys=self.keys
        )
