"""Between encoders and chunker: bounded, in order, and no wake-up for what can wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import pytest

from device.capture.material_queue import PACKETS, Boundary, Material, MaterialQueue, is_urgent
from device.encode.packets import Absent, EncodedPacket, Lost, StreamParams
from protocol.footage.format.model import GapCause, Track

PATIENCE_S = 20
PARAMS = {track: StreamParams(track, "", 90_000, b"") for track in Track}


def _packet(track: Track, at: int = 0, *, keyframe: bool) -> EncodedPacket:
    return EncodedPacket(track, at, 1, keyframe, b"", PARAMS[track])


DELTA = _packet(Track.VIDEO, keyframe=False)
SOUND = _packet(Track.AUDIO, keyframe=True)
KEY = _packet(Track.VIDEO, keyframe=True)
STATEMENTS = (
    Lost(Track.VIDEO, 0, 1, GapCause.OVERFLOW),
    Absent(Track.AUDIO, 0, 1, GapCause.NO_MICROPHONE),
)


def _beside(do: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("item", [KEY, *STATEMENTS, Boundary.CUT, Boundary.END])
def test_what_may_complete_a_chunk_wakes_the_chunker(item: Material | Boundary) -> None:
    queue = MaterialQueue()
    taken: list[Material | Boundary] = []
    waits = _beside(lambda: taken.extend(queue.take(10 * PATIENCE_S)))
    queue.put(DELTA)
    queue.put(SOUND)
    queue.put(item)
    waits.join(PATIENCE_S)
    assert not waits.is_alive()
    taken.extend(queue.take(0))
    assert taken == [DELTA, SOUND, item]


def test_packets_in_between_wait_until_it_looks_by_itself() -> None:
    queue = MaterialQueue()
    assert not is_urgent(DELTA)
    assert not is_urgent(SOUND)
    queue.put(DELTA)
    queue.put(SOUND)
    assert not queue.empty
    assert queue.take(0.01) == (DELTA, SOUND)
    assert queue.take(0.01) == ()
    assert queue.empty


def test_whoever_finds_it_full_waits_for_room_and_wakes_the_chunker() -> None:
    # proves C6
    queue = MaterialQueue()
    packets = [_packet(Track.VIDEO, at, keyframe=False) for at in range(PACKETS + 1)]
    puts = _beside(lambda: deque(map(queue.put, packets)))
    taken = list(queue.take(10 * PATIENCE_S))
    puts.join(PATIENCE_S)
    assert not puts.is_alive()
    assert [*taken, *queue.take(0)] == packets


def test_nobody_waits_for_what_is_abandoned() -> None:
    queue = MaterialQueue()
    for _ in range(PACKETS):
        queue.put(DELTA)
    puts = _beside(lambda: queue.put(DELTA))
    queue.abandon()
    puts.join(PATIENCE_S)
    assert not puts.is_alive()
    assert queue.abandoned
    assert len(queue.take(10 * PATIENCE_S)) == PACKETS
    queue.put(KEY)
    assert queue.take(10 * PATIENCE_S) == ()
