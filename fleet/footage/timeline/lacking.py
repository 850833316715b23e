"""How much of a recording lacks picture or sound. Pure."""

from __future__ import annotations

from fleet.footage.timeline.events import RecordingEvents


def lacking_s(events: RecordingEvents) -> float:
    """Return for how many seconds picture or sound is missing; where both are, that counts once.

    Gaps are told apart by where they are shown; what is shown shorter than it is counts whole. One before the
    first picture counts like any other: a camera may have had nothing when the button was pressed.
    """
    total = unseen = 0.0
    gaps = sorted(events.gaps, key=lambda each: each.offset_s)
    start = end = gaps[0].offset_s if gaps else 0.0
    for gap in gaps:
        shown = gap.duration_s if gap.shown_s is None else min(gap.shown_s, gap.duration_s)
        if gap.offset_s > end:
            total += end - start + unseen
            start, end, unseen = gap.offset_s, gap.offset_s, 0.0
        end = max(end, gap.offset_s + shown)
        unseen = max(unseen, gap.duration_s - shown)
    return round(total + end - start + unseen, 6)


def beside_s(events: RecordingEvents) -> float:
    """Return how much is missing before the first picture and after the last: no length of footage has it."""
    before = max((-gap.offset_s for gap in events.gaps), default=0.0)
    after = max(
        (
            gap.offset_s + gap.duration_s - events.duration_s
            for gap in events.gaps
            if gap.offset_s >= events.duration_s
        ),
        default=0.0,
    )
    return round(max(0.0, before) + max(0.0, after), 6)
