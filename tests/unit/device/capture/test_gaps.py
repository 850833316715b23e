"""Too many gaps become fewer and wider, never fewer and narrower."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.gaps import condense
from protocol.footage.format.model import Gap, GapCause, Track


@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.integers(1, 50), st.sampled_from(list(GapCause))), max_size=200
    ),
    st.integers(1, 24),
)
def test_condensed_gaps_cover_what_they_stand_for(spans: list[tuple[int, int, GapCause]], most: int) -> None:
    gaps = [Gap(Track.VIDEO, start, length, cause) for start, length, cause in spans]
    fewer = condense(gaps, most)
    assert len(fewer) <= most
    assert [gap.start_ns for gap in fewer] == sorted(gap.start_ns for gap in fewer)
    for gap in gaps:
        end = gap.start_ns + gap.duration_ns
        assert any(one.start_ns <= gap.start_ns and end <= one.start_ns + one.duration_ns for one in fewer)
    if len(gaps) <= most:
        assert sorted(fewer, key=repr) == sorted(gaps, key=repr)


def test_the_longest_gives_the_cause() -> None:
    gaps = [
        Gap(Track.AUDIO, 0, 10, GapCause.OVERFLOW),
        Gap(Track.AUDIO, 20, 500, GapCause.NO_MICROPHONE),
        Gap(Track.AUDIO, 600, 10, GapCause.OVERFLOW),
    ]
    assert condense(gaps, 1) == [Gap(Track.AUDIO, 0, 610, GapCause.NO_MICROPHONE)]
