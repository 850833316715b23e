"""The account of a pre-record: what is held, and why anything is missing (C7)."""

from hypothesis import given
from hypothesis import strategies as st

from device.ring.prerecord import Before, account
from device.ring.ring import RingChunk
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import Missing

SECOND = 1_000_000_000
WINDOW = 180 * SECOND
LONG_AGO = Before(0, GapCause.JUST_BOOTED)


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
