"""The account of a pre-record: what is held, and why anything is missing (C7)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.ring.chunk import RingChunk
from device.ring.prerecord import Before, Coverage, PreRecord, Tail
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import Missing

SECOND = 1_000_000_000
WINDOW = 180 * SECOND
LONG_AGO = Before(0, GapCause.JUST_BOOTED)


def account(
    chunks: tuple[RingChunk, ...], *, press_ns: int, asked_ns: int, before: Before, stalled: GapCause
) -> PreRecord:
    """What a window that these chunks came into says."""
    coverage = Coverage()
    for chunk in chunks:
        coverage.add(chunk)
    return coverage.account(
        chunks, press_ns=press_ns, now_ns=press_ns, asked_ns=asked_ns, before=before, tail=Tail(stalled)
    )


def run(first_s: float, count: int, *, seq: int = 0, gaps: tuple[Gap, ...] = ()) -> tuple[RingChunk, ...]:
    """Chunks of one second each; ``gaps`` are the first one's."""
    start = round(first_s * SECOND)
    return tuple(
        RingChunk(seq + at, "a", start + at * SECOND, SECOND, 1, gaps=gaps if at == 0 else ())
        for at in range(count)
    )


def test_a_full_window_misses_nothing() -> None:
    # proves C7
    told = account(
        run(320.4, 179), press_ns=500 * SECOND, asked_ns=WINDOW, before=LONG_AGO, stalled=GapCause.STALLED
    )
    assert (told.asked_ns, told.held_ns, told.missing) == (WINDOW, 179 * SECOND, ())


def test_just_booted_is_said_with_its_length() -> None:
    # proves C7
    before = Before(440 * SECOND, GapCause.JUST_BOOTED)
    told = account(
        run(441, 58), press_ns=500 * SECOND, asked_ns=WINDOW, before=before, stalled=GapCause.STALLED
    )
    assert told.held_ns == 58 * SECOND
    assert told.missing == (Missing(121 * SECOND, GapCause.JUST_BOOTED),)


def test_a_press_in_the_first_seconds_after_boot_misses_the_time_before_the_boot_too() -> None:
    before = Before(2 * SECOND, GapCause.JUST_BOOTED)
    told = account(run(2, 8), press_ns=10 * SECOND, asked_ns=WINDOW, before=before, stalled=GapCause.STALLED)
    assert told.missing == (Missing(172 * SECOND, GapCause.JUST_BOOTED),)
    assert told.held_ns == 8 * SECOND


def test_from_nothing_everything_is_missing_for_one_reason() -> None:
    # proves C11
    before = Before(500 * SECOND, GapCause.PRIVATE)
    told = account((), press_ns=500 * SECOND, asked_ns=WINDOW, before=before, stalled=GapCause.STALLED)
    assert told.held_ns == 0
    assert told.missing == (Missing(WINDOW, GapCause.PRIVATE),)


def test_what_was_before_the_camera_was_handed_out_is_missing_because_it_was_nobodys() -> None:
    # proves C7
    handed_out = Before(470 * SECOND, GapCause.NOT_ASSIGNED)
    told = account(
        run(471, 28), press_ns=500 * SECOND, asked_ns=WINDOW, before=handed_out, stalled=GapCause.STALLED
    )
    assert (told.asked_ns, told.held_ns) == (WINDOW, 28 * SECOND)
    assert told.missing == (Missing(151 * SECOND, GapCause.NOT_ASSIGNED),)


def test_a_hole_is_explained_by_the_gap_that_the_next_chunk_states() -> None:
    gap = Gap(Track.VIDEO, 400 * SECOND, 5 * SECOND, GapCause.STORAGE)
    chunks = run(321, 79) + run(405, 95, seq=79, gaps=(gap,))
    told = account(chunks, press_ns=500 * SECOND, asked_ns=WINDOW, before=LONG_AGO, stalled=GapCause.STALLED)
    assert told.missing == (Missing(5 * SECOND, GapCause.STORAGE),)


def test_a_ring_cut_short_by_its_bytes_says_overflow() -> None:
    told = account(
        run(400, 100), press_ns=500 * SECOND, asked_ns=WINDOW, before=LONG_AGO, stalled=GapCause.STALLED
    )
    assert told.missing == (Missing(80 * SECOND, GapCause.OVERFLOW),)


def test_footage_that_stopped_coming_is_said() -> None:
    told = account(
        run(321, 150), press_ns=500 * SECOND, asked_ns=WINDOW, before=LONG_AGO, stalled=GapCause.STORAGE
    )
    assert told.missing == (Missing(29 * SECOND, GapCause.STORAGE),)


def test_footage_older_than_the_opening_of_the_sensors_counts() -> None:
    before = Before(499 * SECOND, GapCause.JUST_BOOTED)
    told = account(
        run(320, 180), press_ns=500 * SECOND, asked_ns=WINDOW, before=before, stalled=GapCause.STALLED
    )
    assert (told.held_ns, told.missing) == (180 * SECOND, ())


@given(
    lengths=st.lists(
        st.tuples(st.integers(1, 2 * SECOND), st.integers(0, 4 * SECOND)), min_size=0, max_size=120
    ),
    tail=st.integers(0, 10 * SECOND),
    since=st.integers(0, 400 * SECOND),
)
def test_the_account_adds_up_but_for_the_two_edges(
    lengths: list[tuple[int, int]], tail: int, since: int
) -> None:
    # proves C7
    at, chunks = 300 * SECOND, []
    for seq, (length, hole) in enumerate(lengths):
        at += hole
        chunks.append(RingChunk(seq, "a", at, length, 1))
        at += length
    press = at + tail
    inside = tuple(each for each in chunks if each.start_ns >= press - WINDOW)
    told = account(
        inside,
        press_ns=press,
        asked_ns=WINDOW,
        before=Before(min(since, press), GapCause.JUST_BOOTED),
        stalled=GapCause.STALLED,
    )
    unsaid = told.asked_ns - told.held_ns - sum(each.duration_ns for each in told.missing)
    small_holes = sum(hole for _, hole in lengths if hole <= 50_000_000)
    assert 0 <= unsaid <= 4 * SECOND + small_holes + 50_000_000
    assert all(each.duration_ns > 0 for each in told.missing)


def test_what_came_after_the_press_is_neither_held_nor_missing() -> None:
    # A commit that is tried again has the press of the first attempt: the window has moved on since.
    # proves C7
    chunks = run(480, 15) + run(510, 5, seq=15)
    told = account(chunks, press_ns=490 * SECOND, asked_ns=WINDOW, before=LONG_AGO, stalled=GapCause.STALLED)
    assert (told.held_ns, told.missing) == (10 * SECOND, (Missing(170 * SECOND, GapCause.OVERFLOW),))
    late = account(
        chunks[15:], press_ns=490 * SECOND, asked_ns=WINDOW, before=LONG_AGO, stalled=GapCause.STALLED
    )
    assert (late.held_ns, late.missing) == (0, (Missing(WINDOW, GapCause.OVERFLOW),))


@given(
    lengths=st.lists(
        st.tuples(st.integers(1, 2 * SECOND), st.sampled_from((0, 40_000_000, 60_000_000, 3 * SECOND))),
        min_size=1,
        max_size=40,
    ),
    gone=st.integers(0, 40),
    since=st.integers(290 * SECOND, 400 * SECOND),
    tail=st.integers(-20 * SECOND, 10 * SECOND),
    window=st.integers(5 * SECOND, WINDOW),
)
def test_what_is_followed_as_chunks_come_and_go_is_what_they_add_up_to(
    lengths: list[tuple[int, int]], gone: int, since: int, tail: int, window: int
) -> None:
    # proves C7
    at, chunks = 300 * SECOND, []
    for seq, (length, hole) in enumerate(lengths):
        at += hole
        gap = (Gap(Track.VIDEO, at - hole, hole, GapCause.STORAGE),) if hole == 3 * SECOND else ()
        chunks.append(RingChunk(seq, "a", at, length, 1, gaps=gap))
        at += length
    coverage = Coverage()
    for chunk in chunks:
        coverage.add(chunk)
    for old, following in zip(chunks[:gone], [*chunks[1:], None], strict=False):
        coverage.remove(old, following)
    press, inside = at + tail, tuple(chunks[gone:])
    before = Before(since, GapCause.JUST_BOOTED)
    told = coverage.account(
        inside, press_ns=press, now_ns=press, asked_ns=window, before=before, tail=Tail(GapCause.STALLED)
    )
    assert told == added_up(inside, press, window, before)


def added_up(chunks: tuple[RingChunk, ...], press: int, asked: int, before: Before) -> PreRecord:
    """The same from all chunks, one by one."""
    since = min(before.since_ns, chunks[0].start_ns) if chunks else before.since_ns
    start = press - asked
    at = filling = min(max(since, start), press)
    held, lost = 0, dict[GapCause, int]()

    def miss(duration: int, cause: GapCause, least: int) -> None:
        if duration > least:
            lost[cause] = lost.get(cause, 0) + duration

    miss(filling - start, before.cause, 50_000_000)
    for chunk in chunks:
        held += max(0, min(chunk.end_ns, press) - max(chunk.start_ns, start))
        edge = chunk is chunks[0]
        usual = GapCause.ENCODER if not edge else before.cause if filling > start else GapCause.OVERFLOW
        cause = chunk.gaps[0].cause if chunk.gaps else usual
        miss(min(chunk.start_ns, press) - at, cause, 2 * SECOND if edge and at == start else 50_000_000)
        at = max(at, chunk.end_ns)
    miss(press - at, GapCause.STALLED, 2 * SECOND)
    return PreRecord(asked, held, tuple(Missing(duration, cause) for cause, duration in lost.items()))
