"""What ties a recording to its camera's others: its number, the one it names before it, its run's chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.sizes import DIGEST_BYTES
from protocol.footage.ledger.unconfirmed import Unconfirmed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol.footage.verifying.results.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class RecordingLink:
    """One recording as its neighbours see it. All of it was signed by the camera.

    Attributes:
        authority: SHA-256 fingerprint (hex) of the authority that named the camera. Two fleets may each have
            a camera of the same name.
        camera: The camera's id.
        number: The camera's counter.
        recording: The recording's id as hex.
        run: The run's id as hex.
        press_ns: The press, on the boot-time clock of that run.
        open_digest: The digest of the ledger's ``open``.
        previous_open: That of the recording before, as the camera knew it; None for the camera's first.
        unconfirmed: Numbers before it that were never confirmed, as it says itself: what is here of one of
            them was never acknowledged, so it is not named as the one before.
        first_seq: The number of the first chunk in ``chunks``.
        chunks: The digests of the headers of the recording's chunks end to end, and before them that of the
            chunk before, where there was one. Empty where that is not known.
        records: The digests of the ledger's records end to end. Empty where that is not known.
    """

    authority: str
    camera: str
    number: int
    recording: str
    run: str
    press_ns: int
    open_digest: bytes
    previous_open: bytes | None
    unconfirmed: tuple[Unconfirmed, ...] = ()
    first_seq: int = 0
    chunks: bytes = b""
    records: bytes = b""

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        """Give the digest of each chunk that is known, with the chunk's number."""
        for at in range(0, len(self.chunks), DIGEST_BYTES):
            yield self.first_seq + at // DIGEST_BYTES, self.chunks[at : at + DIGEST_BYTES]

    def passes_over(self, before: RecordingLink) -> bool:
        """Whether it says of an earlier one that it was never confirmed, and means that very recording."""
        return Unconfirmed(before.number, before.open_digest) in self.unconfirmed

    def to_json(self) -> JsonValue:
        """What names the recording and the one before it, as JSON."""
        return {
            "run": self.run,
            "open_digest": self.open_digest.hex(),
            "previous_open": self.previous_open.hex() if self.previous_open is not None else None,
        }
