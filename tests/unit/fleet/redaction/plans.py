"""Plans, masks and drafts that Hypothesis draws."""

from __future__ import annotations

from hypothesis import strategies as st

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState, TimeSpan
from fleet.redaction.rules.plan import Fill, Muting, RedactionPlan, Widening

SECOND = 10**9
WIDTH, HEIGHT = 640, 360


@st.composite
def areas(draw: st.DrawFn) -> Area:
    left, top = draw(st.integers(0, WIDTH - 2)), draw(st.integers(0, HEIGHT - 2))
    return Area(left, top, draw(st.integers(left + 1, WIDTH)), draw(st.integers(top + 1, HEIGHT)))


@st.composite
def masks(draw: st.DrawFn, number: int = 1, *, whole: bool = False) -> Mask:
    times = sorted(draw(st.sets(st.integers(0, 20 * SECOND), min_size=1, max_size=6)))
    keys = tuple(KeyFrame(at, draw(areas())) for at in times)
    marks = (
        sorted(draw(st.sets(st.integers(times[0] + 1, times[-1] - 1), max_size=4)))
        if (len(times) > 1 and times[-1] - times[0] > SECOND and not whole)
        else []
    )
    shown = tuple(TimeSpan(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False))
    state = draw(st.sampled_from(MaskState))
    return Mask(number, keys, shown, state, "a bystander", draw(st.booleans()))


widenings = st.builds(Widening, st.integers(0, 100), st.integers(0, 40), st.integers(0, 2 * SECOND))


@st.composite
def plans(draw: st.DrawFn) -> RedactionPlan:
    numbers = sorted(draw(st.sets(st.integers(1, 30), max_size=5)))
    found = tuple(draw(masks(number)) for number in numbers)
    mutes = []
    for number in range(40, 40 + draw(st.integers(0, 3))):
        start = draw(st.integers(0, 20 * SECOND))
        mutes.append(Muting(number, TimeSpan(start, start + draw(st.integers(1, SECOND))), "a name"))
    return RedactionPlan(found, tuple(mutes), draw(widenings), draw(st.sampled_from(Fill)))
