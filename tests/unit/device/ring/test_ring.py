"""The ring: bounded by time, bytes and count, in order, and honest about which segments it still needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from device.ring.chunk import RingChunk
from device.ring.ring import Ring
from protocol.footage.format.model import Track
from tests.support.tries import tries

SECOND = 1_000_000_000
WINDOW = 10 * SECOND
MAX_BYTES = 2_000
MAX_CHUNKS = 14


def chunk(seq: int, start_ns: int, *, segment: str = "a", size: int = 100) -> RingChunk:
    return RingChunk(seq, segment, start_ns, SECOND, size)


@pytest.mark.parametrize(("age_ns", "inside"), [(WINDOW, True), (WINDOW + 1, False), (0, True)])
def test_a_chunk_leaves_when_its_start_is_older_than_the_window(age_ns: int, *, inside: bool) -> None:
    ring = Ring(WINDOW, MAX_BYTES, MAX_CHUNKS)
    ring.add(chunk(0, 50 * SECOND))
    gone = ring.expire(50 * SECOND + age_ns)
    assert bool(ring.chunks) is inside
    assert bool(gone) is not inside


def test_a_chunk_out_of_order_is_refused() -> None:
    ring = Ring(WINDOW, MAX_BYTES, MAX_CHUNKS)
    ring.add(chunk(5, 0))
    for seq in (4, 5, 7):
        with pytest.raises(ValueError, match="internal error"):
            ring.add(chunk(seq, SECOND))


@dataclass
class Kept:
    """What the model knows of a chunk."""

    start_ns: int
    size: int
    segment: str


@dataclass
class Model:
    """The plain truth that the ring is compared with."""

    inside: dict[int, Kept] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)


class RingMachine(RuleBasedStateMachine):
    """Chunks come, time passes, segments change; after every step the ring is what its rules say."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring(WINDOW, MAX_BYTES, MAX_CHUNKS)
        self.now = 100 * SECOND
        self.seq = 0
        self.segment = 0
        self.model = Model()
        self.removed: set[str] = set()
        self.claimed: frozenset[str] = frozenset()

    @rule(
        size=st.integers(min_value=1, max_value=700),
        length=st.integers(min_value=SECOND // 4, max_value=2 * SECOND),
        tracks=st.sets(st.sampled_from(Track)),
    )
    def chunk_comes(self, size: int, length: int, tracks: set[Track]) -> None:
        name = f"{self.segment:04d}"
        self.ring.add(RingChunk(self.seq, name, self.now, length, size, tuple(tracks)))
        self.model.inside[self.seq] = Kept(self.now, size, name)
        self.model.named.add(name)
        self.seq += 1
        self.now += length
        self.expire()

    @rule(length=st.integers(min_value=0, max_value=4 * SECOND))
    def time_passes(self, length: int) -> None:
        self.now += length
        self.expire()

    @rule()
    def next_segment(self) -> None:
        self.segment += 1

    @precondition(lambda self: self.seq % 5 == 4)
    @rule()
    def everything_goes(self) -> None:
        assert [each.seq for each in self.ring.clear()] == sorted(self.model.inside)
        self.model.inside.clear()

    @rule(claims=st.booleans())
    def a_recording_claims_what_is_inside(self, *, claims: bool) -> None:
        """Or lets go of what it had claimed."""
        held = self.ring.range
        self.claimed = frozenset(held.segments if claims and held is not None else ())

    @rule()
    def remove_segments(self) -> None:
        writing = f"{self.segment:04d}"
        needed = {each.segment for each in self.model.inside.values()}
        expected = self.model.named - needed - self.claimed - {writing}
        taken = self.ring.take_unneeded({writing, *self.claimed})
        assert set(taken) == expected
        assert not set(taken) & self.removed
        self.removed |= set(taken)
        self.model.named -= set(taken)

    def expire(self) -> None:
        gone = [each.seq for each in self.ring.expire(self.now)]
        assert gone == sorted(self.model.inside)[: len(gone)], "chunks leave in order, oldest first"
        for seq in gone:
            too_old = self.model.inside[seq].start_ns < self.now - WINDOW
            weight = sum(each.size for each in self.model.inside.values())
            assert too_old or weight > MAX_BYTES or len(self.model.inside) > MAX_CHUNKS
            del self.model.inside[seq]

    @invariant()
    def holds_what_the_rules_say(self) -> None:
        assert [each.seq for each in self.ring.chunks] == sorted(self.model.inside)
        assert self.ring.size == sum(each.size for each in self.model.inside.values()) <= MAX_BYTES
        assert len(self.ring.chunks) <= MAX_CHUNKS
        assert all(each.start_ns >= self.now - WINDOW for each in self.ring.chunks)
        assert set(self.ring.segments) == {each.segment for each in self.model.inside.values()}
        self.a_commit_takes_what_is_inside()

    def a_commit_takes_what_is_inside(self) -> None:
        held, chunks = self.ring.range, self.ring.chunks
        if not chunks:
            assert held is None
            return
        assert held is not None
        assert (held.first, held.last, held.count) == (chunks[0], chunks[-1], len(chunks))
        assert tuple(held.segments) == tuple(dict.fromkeys(each.segment for each in chunks))
        parts = Counter(track for each in chunks for track in each.tracks)
        assert {track: held.parts.get(track, 0) for track in Track} == {
            track: parts[track] for track in Track
        }
        assert held.tracks == set(parts)


TestRing = RingMachine.TestCase
TestRing.settings = settings(max_examples=tries(60), stateful_step_count=40, deadline=None)


@given(lengths=st.lists(st.integers(min_value=SECOND // 2, max_value=2 * SECOND), min_size=30, max_size=60))
def test_a_full_ring_holds_the_window_less_one_chunk_at_most(lengths: list[int]) -> None:
    ring = Ring(WINDOW, 10**9, 10**6)
    now = 0
    for seq, length in enumerate(lengths):
        ring.add(RingChunk(seq, "a", now, length, 1))
        now += length
        ring.expire(now)
    held = now - ring.chunks[0].start_ns
    assert WINDOW - 2 * SECOND < held <= WINDOW
