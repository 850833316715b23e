"""Handing over: never waiting, and every drop stated by the next chunk that is taken."""

from __future__ import annotations

import threading
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from device.capture.chunk_queue import ChunkQueue, joined
from protocol.footage.format.model import ClockLabel, Gap, GapCause, PlainChunk, PlainPart, Track

NS = 1_000_000_000
BOTH = (Track.VIDEO, Track.AUDIO)


def _chunk(second: int, *, start_ns: int | None = None, tracks: tuple[Track, ...] = BOTH) -> PlainChunk:
    start = second * NS if start_ns is None else start_ns
    parts = tuple(PlainPart(track, "any", b"part") for track in tracks)
    return PlainChunk(start, NS, ClockLabel(start // 1000, synchronised=False), parts)


def _drain(chunk_queue: ChunkQueue, after_ns: int | None = None) -> list[PlainChunk]:
    taken: list[PlainChunk] = []
    chunk_queue.close()
    chunk_queue.deliver(taken.append, after_ns)
    return taken


def test_what_is_offered_is_delivered_in_order() -> None:
    chunk_queue = ChunkQueue(BOTH)
    for second in range(5):
        chunk_queue.offer(_chunk(second))
    assert _drain(chunk_queue) == [_chunk(second) for second in range(5)]


def test_a_slow_consumer_costs_a_stated_gap() -> None:
    # proves C6
    chunk_queue = ChunkQueue(BOTH, depth=2)
    taken: list[PlainChunk] = []
    slow, room = threading.Event(), threading.Event()

    def take(chunk: PlainChunk) -> None:
        taken.append(chunk)
        room.set()
        slow.wait(10)

    thread = threading.Thread(target=chunk_queue.deliver, args=(take,))
    thread.start()
    chunk_queue.offer(_chunk(0))
    assert room.wait(10)
    for second in range(1, 6):  # two wait, three are dropped
        chunk_queue.offer(_chunk(second))
    assert chunk_queue.lost == 3
    slow.set()
    while len(taken) < 3:
        threading.Event().wait(0.001)
    chunk_queue.offer(_chunk(6))
    chunk_queue.close()
    thread.join(10)
    assert [chunk.start_ns // NS for chunk in taken] == [0, 1, 2, 6]
    assert taken[-1].gaps == tuple(Gap(track, 3 * NS, 3 * NS, GapCause.OVERFLOW) for track in BOTH)


def test_a_dropped_chunk_leaves_what_it_stated_to_the_next() -> None:
    # proves C6
    slept = Gap(Track.VIDEO, 5 * NS, 15 * NS, GapCause.SUSPENDED)
    chunk_queue = ChunkQueue(BOTH, depth=1)
    chunk_queue.offer(_chunk(4))
    chunk_queue.offer(replace(_chunk(20), gaps=(slept,)))
    chunk_queue._queue.get_nowait()
    chunk_queue.offer(_chunk(21))
    (taken,) = _drain(chunk_queue)
    assert set(taken.gaps) == {slept, *(Gap(track, 20 * NS, NS, GapCause.OVERFLOW) for track in BOTH)}


@given(st.integers(1, 5), st.lists(st.booleans(), max_size=40))
def test_chunks_and_stated_gaps_always_tile_the_time(depth: int, takes: list[bool]) -> None:
    chunk_queue = ChunkQueue((Track.VIDEO,), depth=depth)
    taken: list[PlainChunk] = []
    second = 0
    for take in takes:
        if take and chunk_queue._queue.qsize():
            chunk = chunk_queue._queue.get_nowait()
            assert chunk is not None
            taken.append(chunk)
        else:
            chunk_queue.offer(_chunk(second, tracks=(Track.VIDEO,)))
            second += 1
    taken += _drain(chunk_queue)
    at = 0
    for chunk in taken:
        stated = sum(gap.duration_ns for gap in chunk.gaps)
        assert chunk.start_ns - stated == at
        at = chunk.start_ns + chunk.duration_ns
    assert len(taken) + chunk_queue.lost == second


def test_live_footage_that_follows_closely_joins_what_was_before() -> None:
    chunk = joined(_chunk(0, start_ns=10 * NS + 30_000_000), 10 * NS, BOTH)
    assert (chunk.start_ns, chunk.duration_ns, chunk.gaps) == (10 * NS, NS + 30_000_000, ())


def test_live_footage_that_follows_later_states_the_gap() -> None:
    chunk = joined(_chunk(12), 10 * NS, BOTH)
    assert chunk.start_ns == 12 * NS
    assert chunk.gaps == tuple(Gap(track, 10 * NS, 2 * NS, GapCause.JUST_BOOTED) for track in BOTH)


def test_only_the_first_live_chunk_is_joined() -> None:
    chunk_queue = ChunkQueue(BOTH)
    chunk_queue.offer(_chunk(0, start_ns=10 * NS + 1))
    chunk_queue.offer(_chunk(0, start_ns=11 * NS + 1))
    first, second = _drain(chunk_queue, after_ns=10 * NS)
    assert first.start_ns == 10 * NS
    assert second.start_ns == 11 * NS + 1
