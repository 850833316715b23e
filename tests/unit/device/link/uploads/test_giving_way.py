"""Which transfers give way to an incident that is being filmed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.link.uploads.giving_way import SLOW_S, giving_way
from device.link.uploads.plan import Ask, SendLedger, SendSegment, Step

OLD, NEW = SendSegment(3, "a.seg"), SendSegment(5, "x.seg")
INCIDENT = frozenset({4, 5})


# proves L5
def test_only_what_is_older_than_the_incident_gives_way() -> None:
    under_way = {OLD: 9.0, SendSegment(4, "p.seg"): 9.0, SendSegment(5, "w.seg"): 9.0}
    assert giving_way([NEW], under_way, incident=INCIDENT, slow=True) == {OLD}


def test_on_a_quick_link_nothing_gives_way_unless_it_has_become_slow() -> None:
    assert giving_way([NEW], {OLD: SLOW_S / 2}, incident=INCIDENT, slow=False) == frozenset()
    assert giving_way([NEW], {OLD: SLOW_S * 1.1}, incident=INCIDENT, slow=False) == {OLD}
    assert giving_way([NEW], {OLD: SLOW_S / 2}, incident=INCIDENT, slow=True) == {OLD}


STEPS = st.one_of(
    st.builds(SendSegment, st.integers(1, 9), st.sampled_from("ab")),
    st.builds(Ask, st.integers(1, 9)),
    st.builds(SendLedger, st.integers(1, 9), st.just(0), st.just(1)),
)


@given(st.lists(STEPS), st.sets(st.integers(1, 9)), st.booleans())
def test_without_a_segment_of_an_incident_that_waits_nothing_gives_way(
    waiting: list[Step], incident: set[int], slow: bool
) -> None:
    broken_off = giving_way(waiting, {OLD: 9.0}, incident=incident, slow=slow)
    waits = any(isinstance(step, SendSegment) and step.number in incident for step in waiting)
    assert bool(broken_off) == (waits and min(incident) > OLD.number)
