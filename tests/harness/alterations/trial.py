"""Alters single bytes of a recording and demands of the verifier that it says what and where."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.format.model import Track
from protocol.footage.format.segment import iter_segment
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.report import Report, Verdict
from protocol.footage.verifying.verify import verify_recording
from tests.support.media.recordings import TestIdentity, make_identity, record
from tests.support.vectors.forging import records

IDENTITY: Final = make_identity()
Files = dict[str, bytes]


def small() -> Files:
    """Two segments, a chunk outside, both ends signed, a receipt; as few bytes as that takes."""
    tracks = frozenset({Track.VIDEO})
    return record(
        IDENTITY, outside=1, prerecord=2, live=0, per_segment=2, receipt=True, tracks=tracks, size=8
    ).files


def large() -> Files:
    """Forty seconds of pre-record and thirty live, video and sound: some 20 MB in nine segments."""
    return record(IDENTITY, outside=2, prerecord=40, live=30, per_segment=8, receipt=True, size=140_000).files


@dataclass(frozen=True)
class Alteration:
    """One byte of one file, made another."""

    name: str
    at: int
    mask: int

    def of(self, files: Files) -> Files:
        changed = bytearray(files[self.name])
        changed[self.at] ^= self.mask
        return {**files, self.name: bytes(changed)}


@dataclass
class Tally:
    """How many alterations were tried, by what they fell on, and what was not found."""

    tried: Counter[str] = field(default_factory=Counter)
    several: int = 0
    missed: list[str] = field(default_factory=list)


class Trial:
    """One recording, and where its records and the ciphertexts in them lie."""

    def __init__(self, files: Files, identity: TestIdentity = IDENTITY) -> None:
        self.files = files
        self._identity = identity
        self._ends = {name: list(accumulate(map(len, records(data)))) for name, data in files.items()}
        self._parts = {
            name: list(_parts(data))
            for name, data in files.items()
            if name not in (LEDGER_NAME, RECEIPT_NAME)
        }

    def judge(self, alteration: Alteration) -> Report:
        return verify_recording(alteration.of(self.files), authorities=[self._identity.authority])

    def problem(self, alteration: Alteration, report: Report) -> str | None:
        """Say what the report lacks: it must name the file and a byte of the record that was altered."""
        name, at = alteration.name, alteration.at
        if report.verdict is not Verdict.ALTERED or not report.findings:
            return f"{alteration} was not found: {report.sentence}"
        first = report.findings[0]
        start, end = self.record_around(name, at)
        if first.file != name or first.offset is None or not start <= first.offset <= end:
            return f"{alteration} is in the record of bytes {start} to {end}, yet: {report.sentence}"
        if f"{name}, byte {first.offset}" not in report.sentence:
            return f"{alteration} is not placed in the sentence: {report.sentence}"
        return None

    def count(self, tally: Tally, alteration: Alteration, report: Report) -> None:
        """Add an alteration to a tally."""
        tally.tried[self.what(alteration)] += 1
        tally.several += len(report.findings) > 1
        problem = self.problem(alteration, report)
        if problem is not None:
            tally.missed.append(problem)

    def record_around(self, name: str, at: int) -> tuple[int, int]:
        """Return where the record that a byte belongs to begins and ends."""
        ends = self._ends[name]
        which = bisect_right(ends, at)
        return (ends[which - 1] if which else 0), ends[which]

    def what(self, alteration: Alteration) -> str:
        """Return what a byte belongs to: picture and sound, their description, the ledger or the receipt."""
        if alteration.name in (LEDGER_NAME, RECEIPT_NAME):
            return alteration.name.removesuffix(".cbor")
        parts = self._parts[alteration.name]
        inside = any(start <= alteration.at < end for start, end in parts)
        return "picture and sound" if inside else "run and chunk records"

    def every(self, masks: Iterable[int]) -> Iterator[Alteration]:
        """Give every byte of every file, changed by each mask."""
        for mask in masks:
            for name, data in self.files.items():
                yield from (Alteration(name, at, mask) for at in range(len(data)))

    def drawn(self, count: int, seed: int) -> Iterator[Alteration]:
        """Draw alterations: half of them anywhere, half of them outside of picture and sound.

        A recording is nearly all ciphertext; drawn from all bytes alike, few would fall on anything else.
        """
        draw = random.Random(seed)
        names = sorted(self.files)
        sizes = [len(self.files[name]) for name in names]
        for number in range(count):
            while True:
                [name] = draw.choices(names, sizes)
                made = Alteration(name, draw.randrange(len(self.files[name])), draw.randrange(1, 256))
                if number % 2 or self.what(made) != "picture and sound":
                    yield made
                    break


def _parts(segment: bytes) -> Iterator[tuple[int, int]]:
    for item in iter_segment(segment):
        if isinstance(item, ChunkRecord):
            for track, start in item.part_offsets.items():
                yield start, start + len(item.parts[track])
