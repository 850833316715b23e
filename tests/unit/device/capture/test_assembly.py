"""How time passes for the chunker: no faster than what waits can be worked off."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.capture.assembly import Assembly, earliest, moved_on, patient
from device.capture.chunk_queue import ChunkQueue
from device.capture.chunker import SUSPENDED_NS
from device.capture.frame_queue import LONGEST_NS
from device.clock import SystemClock
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

TIMES = st.integers(0, 10**15)


@given(TIMES, TIMES)
def test_a_process_that_was_held_up_catches_up_in_steps(before: int, later: int) -> None:
    clock = before + later
    now = moved_on(before, clock)
    assert before <= now <= clock
    assert now == clock if later > SUSPENDED_NS else now - before <= NS_PER_S // 5


@given(TIMES, TIMES)
def test_time_waits_for_a_picture_that_waits_but_not_for_an_encoder_that_hangs(now: int, age: int) -> None:
    # proves C6
    found = patient(now, now - age)
    if age <= LONGEST_NS:
        assert found == now - age
    assert now - LONGEST_NS - NS_PER_S <= found <= now


@given(TIMES)
def test_time_passes_where_nothing_waits(now: int) -> None:
    assert patient(now, None) == now


def test_time_waits_for_the_encoder_and_for_a_file_that_is_behind() -> None:
    assert earliest(None, None) is None
    assert earliest(5, None) == earliest(None, 5) == earliest(9, 5) == 5


def test_an_encoder_that_never_ends_is_waited_for_only_so_long() -> None:
    assembly, taken = _assembly()
    assembly.end_within(0)
    assembly.end_within(3600)
    assembly.run()
    assert assembly.overdue
    taken.deliver(lambda _: None)  # and nobody waits for what it would have given


def test_an_encoder_that_ends_in_time_is_not_overdue() -> None:
    assembly, _ = _assembly()
    assembly.end_within(0)
    assembly.end()
    assembly.run()
    assert not assembly.overdue


def _assembly() -> tuple[Assembly, ChunkQueue]:
    chunk_queue = ChunkQueue([Track.VIDEO])
    return Assembly(SystemClock(), chunk_queue, frame_ns=NS_PER_S // 12, sound=False), chunk_queue
