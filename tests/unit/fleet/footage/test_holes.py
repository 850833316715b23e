"""A recording whose camera's clock leapt by a century, from its ledger to the sentence a viewer reads."""

from __future__ import annotations

import json

from fleet.footage.timeline.events import RecordingEvents, place_events
from fleet.footage.timeline.holes import LONGEST_HOLE_NS, cut_holes
from fleet.web.views.recording.gaps import shown_gaps
from fleet.web.views.recording.timeline import draw_timeline
from protocol.footage.ledger.ledger import EventKind, read_ledger
from protocol.footage.verifying.verify import Verdict, verify_recording
from tests.support.media.recordings import SECOND_NS, Take, make_identity

CENTURY_NS = 100 * 365 * 86_400 * SECOND_NS


def leapt(hole_ns: int) -> Take:
    take = Take(make_identity())
    for _ in range(3):
        take.chunk()
    take.press()
    take.live()
    take.at_ns += hole_ns
    take.live()
    take.event(EventKind.BOOKMARK)
    take.close()
    return take


def events_of(take: Take) -> RecordingEvents:
    report = verify_recording(take.files, authorities=[take.identity.authority])
    assert report.verdict is Verdict.INTACT_WITH_GAPS
    assert report.first_ns is not None
    assert report.end_ns is not None
    spans = [(each.start_ns, each.start_ns + each.duration_ns) for each in report.chunks]
    cuts = cut_holes(spans)
    events = place_events(
        read_ledger(take.ledger), first_ns=report.first_ns, end_ns=report.end_ns, gaps=report.gaps, cuts=cuts
    )
    kept = json.dumps(events.to_json())
    assert RecordingEvents.from_json(json.loads(kept)) == events
    return events


def test_a_viewer_is_told_of_a_hole_that_is_not_shown_whole() -> None:
    events = events_of(leapt(CENTURY_NS))
    day_s = LONGEST_HOLE_NS / SECOND_NS
    assert events.duration_s == 5 + day_s
    assert [event.offset_s for event in events.events if event.kind == "bookmark"] == [5 + day_s]
    (gap,) = shown_gaps(events.gaps)
    assert (gap.offset_s, gap.duration_s, gap.span_s) == (4.0, CENTURY_NS / SECOND_NS, day_s)
    words = "No picture and no sound for 876000 h: the camera does not say why. Only 24 h of it are shown"
    assert gap.words == words
    line = draw_timeline(events)
    assert line is not None
    assert line.spans == [(4.0, 4 + day_s, words)]
    assert len(line.ticks) < 400


def test_a_hole_of_hours_is_told_as_it_is() -> None:
    events = events_of(leapt(3 * 3600 * SECOND_NS))
    (gap,) = shown_gaps(events.gaps)
    assert gap.shown_s is None
    assert gap.words == "No picture and no sound for 3 h: the camera does not say why"
    assert events.duration_s == 5 + 3 * 3600
