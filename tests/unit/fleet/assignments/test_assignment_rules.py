from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.assignments.rules import AssignmentPeriod, conflict, worn_at

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
CAMERAS = ("cam-01", "cam-02", "cam-03")
OFFICERS = ("one", "two", "three")

steps = st.lists(st.tuples(st.sampled_from(CAMERAS), st.sampled_from(OFFICERS), st.booleans()), max_size=40)


@given(steps)
def test_no_sequence_of_steps_gives_anyone_two(taken: list[tuple[str, str, bool]]) -> None:
    periods: list[AssignmentPeriod] = []
    for number, (camera, officer, ends) in enumerate(taken):
        moment = START + timedelta(minutes=number)
        if ends:
            periods = [
                AssignmentPeriod(s.id, s.camera, s.officer, s.officer_name, s.started, moment)
                if s.camera == camera and s.ended is None
                else s
                for s in periods
            ]
        elif conflict((s for s in periods if s.ended is None), camera=camera, officer=officer) is None:
            periods.append(AssignmentPeriod(str(number), camera, officer, f"Officer {officer}", moment, None))
        out = [s for s in periods if s.ended is None]
        assert len({s.camera for s in out}) == len(out) == len({s.officer for s in out})
    for camera in CAMERAS:
        own = [s for s in periods if s.camera == camera]
        for minute in range(len(taken)):
            utc = START + timedelta(minutes=minute)
            covering = [s for s in own if s.started <= utc and (s.ended is None or utc < s.ended)]
            assert worn_at(own, utc=utc) == (covering[0] if covering else None)
            assert len(covering) <= 1


def test_the_refusal_names_who_wears_what() -> None:
    out = [AssignmentPeriod("1", "cam-01", "one", "Officer 1", START, None)]
    assert (
        conflict(out, camera="cam-01", officer="two")
        == "Officer 1 has cam-01, by the hand-out list; check it in first."
    )
    assert conflict(out, camera="cam-02", officer="one") == (
        "Officer 1 has cam-01 already, by the hand-out list; check that in first."
    )
    assert (
        conflict(out, camera="cam-01", officer="one") == "Officer 1 has cam-01 already, by the hand-out list."
    )
    assert conflict(out, camera="cam-02", officer="two") is None


def test_an_assignment_ends_at_its_end() -> None:
    end = START + timedelta(hours=8)
    periods = [AssignmentPeriod("1", "cam-01", "one", "Officer 1", START, end)]
    assert worn_at(periods, utc=START) is periods[0]
    assert worn_at(periods, utc=end - timedelta(microseconds=1)) is periods[0]
    assert worn_at(periods, utc=end) is None
    assert worn_at(periods, utc=START - timedelta(microseconds=1)) is None
