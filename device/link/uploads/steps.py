"""Carrying out one step of the plan: read the card, ask the fleet, and say what is known now.

Rules:

- A step returns an update, a pure function over what is known, or raises. It changes no state of its own.
- The footage of a segment is read twice from the card: once for its digest, which goes ahead of it, once
  to send it.
- A receipt goes to the shelf, which verifies and keeps it; ``on_receipt`` hears of it afterwards.
- Bytes are held back between blocks, never inside a lock. A segment is broken off there, too, when it is to
  give way (``device.link.uploads.giving_way``).

Which step comes next, and what an error leads to, is not decided here.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol, assert_never

from device.link.uploads.contents import Contents, Digest
from device.link.uploads.giving_way import GaveWayError
from device.link.uploads.plan import Ask, Complete, FetchReceipt, SendLedger, SendSegment, Step
from protocol.footage.ledger.ledger import LEDGER_NAME, Open
from protocol.messages.uploads import CompleteRequest, SegmentInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from device.link.uploads.backlog import KnownUpdate
    from device.link.uploads.client import UploadClient
    from device.link.uploads.direct import DirectWay
    from device.shelf import Shelf, ShelvedRecording
    from device.storage.segment import ClosedSegment


class Throttled(Protocol):
    """Called with the length of each block of footage before it is sent; returns when it may go.

    It may raise to abandon the step.
    """

    def __call__(self, count: int, /) -> None:
        """Wait until ``count`` bytes may go."""
        ...


class Steps:
    """Carries out steps. Thread-safe as far as its parts are."""

    def __init__(
        self,
        client: UploadClient,
        shelf: Shelf,
        contents: Contents,
        throttle: Throttled,
        on_receipt: Callable[[Open], None],
        direct: DirectWay | None = None,
    ) -> None:
        self._client = client
        self._direct = direct
        self._shelf = shelf
        self._contents = contents
        self._throttle = throttle
        self._on_receipt = on_receipt

    def carry_out(
        self, step: Step, recording: ShelvedRecording, gives_way: Callable[[], bool] = lambda: False
    ) -> KnownUpdate:
        """Carry out one step for the recording as it was when the step was planned.

        Args:
            step: What to do.
            recording: For which.
            gives_way: Whether a segment is to be broken off, asked before each block.

        Raises:
            GaveWayError: the segment was broken off.
            LinkError: the fleet cannot be reached, or refused.
            DeviceError: the receipt was not accepted.
            OSError: the card cannot be read.
            FormatError: the ledger on the card cannot be read.
        """
        match step:
            case Ask():
                return self._ask(step, recording)
            case SendLedger():
                return self._send_ledger(step, recording)
            case SendSegment():
                return self._send_segment(step, recording, gives_way)
            case Complete():
                return self._complete(step, recording)
            case FetchReceipt():
                return self._fetch_receipt(step, recording)
            case _:
                assert_never(step)

    def _ask(self, step: Ask, recording: ShelvedRecording) -> KnownUpdate:
        answer = self._client.held(step.number, self._id(recording))
        if answer is None:
            return lambda known, _now: known.answered(0, ())
        if self._direct is not None:
            self._direct.told(answer.direct)
        names = tuple(segment.name for segment in answer.segments)
        return lambda known, _now: known.answered(answer.ledger_length, names)

    def _send_ledger(self, step: SendLedger, recording: ShelvedRecording) -> KnownUpdate:
        path = recording.folder / LEDGER_NAME
        data = b"".join(self._contents.blocks(path, step.length, step.offset))
        self._throttle(len(data))
        digest = Digest(len(data), hashlib.sha256(data).digest())
        held = self._client.put_ledger(step.number, self._id(recording), step.offset, digest, data)
        return lambda known, now: known.took_ledger(held, now)

    def _send_segment(
        self, step: SendSegment, recording: ShelvedRecording, gives_way: Callable[[], bool]
    ) -> KnownUpdate:
        path = recording.folder / step.name
        digest = self._contents.digest(path, dict(recording.closed_segments)[step.name])
        name = self._id(recording)

        def blocks() -> Iterator[bytes]:
            return self._throttled(self._contents.blocks(path, digest.size), gives_way)

        if self._direct is None or not self._direct.send(step.number, name, step.name, digest, blocks):
            self._client.put_segment(step.number, name, step.name, digest, blocks())
        return lambda known, now: known.took_segment(step.name, now)

    def _complete(self, step: Complete, recording: ShelvedRecording) -> KnownUpdate:
        if recording.ended is None:
            raise ValueError("internal error: a running recording was declared complete")
        ledger = self._contents.prefix_digest(recording.folder / LEDGER_NAME, recording.ledger_length)
        request = CompleteRequest(
            recording=self._id(recording),
            ended=recording.ended,
            ledger_length=ledger.size,
            ledger_sha256=ledger.sha256.hex(),
            segments=tuple(self._segment_info(recording, segment) for segment in recording.closed_segments),
        )
        self._client.complete(step.number, request)
        return lambda known, _now: known.declared_complete()

    def _fetch_receipt(self, step: FetchReceipt, recording: ShelvedRecording) -> KnownUpdate:
        receipt = self._client.receipt(step.number, self._id(recording))
        if receipt is None:
            return lambda known, now: known.not_ready(now)
        opening = self._contents.opening(recording.folder)  # now: with its receipt a recording may leave
        self._shelf.accept_receipt(step.number, receipt)
        self._on_receipt(opening)
        # From here on the shelf's snapshot says that there is a receipt, and nothing more is planned.
        return lambda known, _now: known

    def _id(self, recording: ShelvedRecording) -> str:
        return self._contents.opening(recording.folder).recording.hex()

    def _segment_info(self, recording: ShelvedRecording, segment: ClosedSegment) -> SegmentInfo:
        digest = self._contents.digest(recording.folder / segment.name, segment.length)
        return SegmentInfo(name=segment.name, size=digest.size, sha256=digest.sha256.hex())

    def _throttled(self, blocks: Iterable[bytes], gives_way: Callable[[], bool]) -> Iterator[bytes]:
        for block in blocks:
            if gives_way():
                raise GaveWayError
            self._throttle(len(block))
            yield block
