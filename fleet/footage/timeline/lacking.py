"""How much of a recording lacks picture or sound. Pure."""

from __future__ import annotations

from fleet.footage.timeline.events import RecordingEvents


def lacking_s(events: RecordingEvents) -> float:
    """Return for how many seconds picture or sound is missing; where both are, that counts once.

    Gaps are told apart by where they are shown; what is shown shorter than it is counts whole.
    """
    total = start = end = unseen = 0.0
    for gap in sorted(events.gaps, key=lambda each: each.offset_s):
        shown = gap.duration_s if gap.shown_s is None else min(gap.shown_s, gap.duration_s)
        if gap.offset_s > end:
            total += end - start + unseen
            start, end, unseen = gap.offset_s, gap.offset_s, 0.0
        end = max(end, gap.offset_s + shown)
        unseen = max(unseen, gap.duration_s - shown)
    return round(total + end - start + unseen, 6)
