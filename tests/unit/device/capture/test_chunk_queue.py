"""Handing over: never waiting, and every drop stated by the next chunk that is taken."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture import chunk_queue as queues
from device.capture.chunk_queue import ChunkQueue, joined
from protocol.footage.format.model import ClockLabel, Gap, GapCause, PlainChunk, PlainPart, Track

NS = 1_000_000_000
BOTH = (Track.VIDEO, Track.AUDIO)
PATIENCE_S = 60


def _chunk(second: int, *, start_ns: int | None = None, tracks: tuple[Track, ...] = BOTH) -> PlainChunk:
    start = second * NS if start_ns is None else start_ns
    parts = tuple(PlainPart(track, "any", b"part") for track in tracks)
    return PlainChunk(start, NS, ClockLabel(start // 1000, synchronised=False), parts)


def _drain(chunk_queue: ChunkQueue, after_ns: int | None = None) -> list[PlainChunk]:
    taken: list[PlainChunk] = []
    chunk_queue.close()
    chunk_queue.deliver(taken.append, after_ns)
    return taken


# proves C6
def test_where_delivery_broke_no_more_is_held_and_its_end_is_not_waited_for() -> None:
    chunk_queue = ChunkQueue(BOTH, depth=2)
    chunk_queue.leave()
    for second in range(5):
        chunk_queue.offer(_chunk(second))
    assert chunk_queue.lost == 3
    closing = threading.Thread(target=chunk_queue.close, daemon=True)
    closing.start()
    closing.join(PATIENCE_S)
    assert not closing.is_alive()


@dataclass
class Card:
    """Takes chunks of several captures, each in a thread of its own, and hangs until it is to answer."""

    taken: list[PlainChunk] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)
    answers: threading.Event = field(default_factory=threading.Event)

    def take(self, chunk: PlainChunk) -> None:
        self.hangs.set()
        assert self.answers.wait(PATIENCE_S)
        self.taken.append(chunk)

    def deliver(self, chunk_queue: ChunkQueue) -> threading.Thread:
        thread = threading.Thread(target=chunk_queue.deliver, args=(self.take,), daemon=True)
        thread.start()
        return thread

    @property
    def seconds(self) -> list[int]:
        return [chunk.start_ns // NS for chunk in self.taken]


def _closed(before: ChunkQueue | None, *seconds: int, depth: int = 30, goes_on: bool = False) -> ChunkQueue:
    """What a capture that is closed has left: these seconds."""
    line = None if before is None else before.line
    chunk_queue = ChunkQueue(BOTH, depth, behind=line, goes_on=goes_on)
    for second in seconds:
        chunk_queue.offer(_chunk(second))
    chunk_queue.close()
    return chunk_queue


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


# proves C3 and C6
def test_what_one_capture_left_is_handed_over_before_what_the_next_captures() -> None:
    card = Card()
    first = _closed(None, 0, 1)
    second = _closed(first, 5, 6)
    third = _closed(second, 9)
    threads = [card.deliver(each) for each in (third, second, first)]
    assert card.hangs.wait(PATIENCE_S)
    card.answers.set()
    for each in threads:
        each.join(PATIENCE_S)
        assert not each.is_alive()
    assert card.seconds == [0, 1, 5, 6, 9]
    assert not any(chunk.gaps for chunk in card.taken)
    assert third.line.behind is None, "what is over is not kept in memory"


# proves C6
def test_captures_that_wait_for_one_card_hold_together_what_one_may_hold() -> None:
    card = Card()
    first = _closed(None, 0, 1, 2, depth=4)
    threads = [card.deliver(first)]
    assert card.hangs.wait(PATIENCE_S)  # at the card, and two wait
    second = ChunkQueue(BOTH, 4, behind=first.line)
    second.offer(_chunk(5))
    threads.append(card.deliver(second))
    while not second._holds:
        threading.Event().wait(0.001)
    second.offer(_chunk(6))
    second.offer(_chunk(7))
    second.offer(_chunk(8))
    assert second.lost == 2
    card.answers.set()
    while len(card.taken) < 5:
        threading.Event().wait(0.001)
    second.offer(_chunk(9))
    second.close()
    for each in threads:
        each.join(PATIENCE_S)
    assert card.seconds == [0, 1, 2, 5, 6, 9]
    assert card.taken[-1].gaps == tuple(Gap(track, 7 * NS, 2 * NS, GapCause.OVERFLOW) for track in BOTH)


def test_a_capture_that_never_had_a_chunk_keeps_nothing_in_line() -> None:
    card = Card()
    first = _closed(None, 0)
    threads = [card.deliver(first)]
    assert card.hangs.wait(PATIENCE_S)
    last = first
    for _ in range(5):
        last = _closed(last)
        empty = card.deliver(last)
        empty.join(PATIENCE_S)
        assert not empty.is_alive(), "it waits for nobody"
    last = _closed(last, 3)
    assert tuple(last.line) == (last.line, first.line)
    threads.append(card.deliver(last))
    card.answers.set()
    for each in threads:
        each.join(PATIENCE_S)
    assert card.seconds == [0, 3]


# proves C6
@pytest.mark.parametrize("between", [0, 1, 2])
@pytest.mark.parametrize("ended", [True, False])
def test_what_goes_on_from_a_capture_that_broke_states_what_lies_between(
    between: int, *, ended: bool
) -> None:
    card = Card()
    card.answers.set()
    last = _closed(None, 0, 1)
    made = [last]
    for _ in range(between):
        last = _closed(last, goes_on=True)
        made.append(last)
    if ended:
        for each in made:
            card.deliver(each).join(PATIENCE_S)
    made.append(_closed(last, 6, goes_on=True))
    for each in made[-1:] if ended else reversed(made):
        thread = card.deliver(each)
    while len(card.taken) < 3:
        threading.Event().wait(0.001)
    thread.join(PATIENCE_S)
    assert card.taken[-1].gaps == tuple(Gap(track, 2 * NS, 4 * NS, GapCause.ENCODER) for track in BOTH)


def test_what_follows_a_capture_that_was_closed_states_nothing_of_the_time_between() -> None:
    broken = _closed(None, 0, 1)
    after_break = _closed(broken, goes_on=True)
    for each in (broken, after_break):
        each.deliver(lambda _: None)
    assert _drain(_closed(after_break, 6))[0].gaps == ()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_consumer_that_breaks_keeps_what_is_behind_it_waiting_no_more() -> None:
    def broken(_: PlainChunk) -> None:
        raise RuntimeError("no more")

    first, card = _closed(None, 0, 1, depth=2), Card()
    second = ChunkQueue(BOTH, 2, behind=first.line)
    thread = card.deliver(second)
    with pytest.raises(RuntimeError, match="no more"):
        first.deliver(broken)
    second.offer(_chunk(5))
    second.close()
    assert second.lost == 0, "what was lost waits no more"
    card.answers.set()
    thread.join(PATIENCE_S)
    assert card.seconds == [5]


def test_a_camera_that_ends_gives_up_what_its_card_does_not_take_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card, said = Card(), list[str]()
    first = _closed(None, 0, 1)
    second = _closed(first, 5)
    threads = [card.deliver(each) for each in (first, second)]
    assert card.hangs.wait(PATIENCE_S)
    monkeypatch.setattr(queues, "HAND_OVER_S", 0.01)
    second.line.finish(said.append)
    assert said == ["The last footage was not stored within 0 s and is lost: check the card."]
    card.answers.set()
    for each in threads:
        each.join(PATIENCE_S)
        assert not each.is_alive()
    assert card.seconds == [0], "no chunk is handed over once it was given up"


def test_a_camera_that_ends_waits_for_what_its_card_takes_and_says_nothing() -> None:
    card, said = Card(), list[str]()
    first = _closed(None, 0, 1)
    second = _closed(first, 5)
    threads = [card.deliver(each) for each in (first, second)]
    card.answers.set()
    second.line.finish(said.append)
    assert card.seconds == [0, 1, 5]
    assert not said
    for each in threads:
        each.join(PATIENCE_S)
