"""How the link is doing, for the status that people see. Counting only; nothing here decides anything."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from device.link.uploads.plan import Known, SendSegment, Step
from device.shelf import ShelvedRecording
from protocol.messages.status import UploadProgress

RATE_OVER_S = 5.0
"""The rate is an average over this long."""


@dataclass(frozen=True, slots=True)
class View:
    """What the uploader last knew.

    Attributes:
        recordings: those without a receipt.
        known: what is known of the fleet's copies, by number.
        busy: steps that were under way.
        connected: the last attempt got an answer.
        troubles: one sentence for each thing that is wrong.
    """

    recordings: tuple[ShelvedRecording, ...] = ()
    known: Mapping[int, Known] = field(default_factory=dict)
    busy: frozenset[Step] = frozenset()
    connected: bool = True
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The link at one moment.

    Attributes:
        enrolled: the camera has an identity.
        connected: there is a session with the broker.
        uploads_connected: the last request to the fleet was answered.
        upload: what is still to be sent, as the status message carries it.
        uploading: names of the segments on their way at this moment.
        bytes_per_s: bytes sent per second, an average over the last seconds.
        troubles: one sentence for each thing that is wrong with the link; empty when all is well.
    """

    enrolled: bool = False
    connected: bool = False
    uploads_connected: bool = False
    upload: UploadProgress = field(default_factory=UploadProgress)
    uploading: tuple[str, ...] = ()
    bytes_per_s: int = 0
    troubles: tuple[str, ...] = ()


def upload_progress(view: View) -> UploadProgress:
    """What is still to be sent.

    Args:
        view: what the uploader last knew.
    """
    left = 0
    for recording in view.recordings:
        known = view.known.get(recording.number, Known())
        left += max(0, recording.ledger_length - known.ledger_length)
        left += sum(size for name, size in recording.closed_segments if name not in known.segments)
    numbers = [step.number for step in view.busy if isinstance(step, SendSegment)]
    current = max(numbers or [step.number for step in view.busy], default=None)
    return UploadProgress(recordings=len(view.recordings), bytes_left=left, current=current)


class Meter:
    """Bytes per second over the last few seconds. Thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Count bytes that were just handed to the network."""
        with self._lock:
            self._sent.append((self._clock(), count))
            self._drop_old()

    def rate(self) -> int:
        """The average over the last `RATE_OVER_S` seconds, in bytes per second."""
        with self._lock:
            self._drop_old()
            return round(sum(count for _, count in self._sent) / RATE_OVER_S)

    def _drop_old(self) -> None:
        oldest = self._clock() - RATE_OVER_S
        while self._sent and self._sent[0][0] < oldest:
            self._sent.popleft()
