"""How a recording was begun, what was kept from before, and by which clock that is dated, in words.

A camera also begins a recording without a press: one that goes on from another, and one in the place of
another that it could not go on with. Nothing of those is called a press (F8).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from fleet.footage.recordings.models import A_PART
from fleet.footage.recordings.summary import ROLL_OVER, RecordingSummary
from fleet.footage.timeline.events import RecordingEvents
from fleet.web.views.moments import counter, length, moment
from fleet.web.views.recording.causes import UNEXPLAINED, cause_words, missing_words
from fleet.web.views.recording.waiting import ON_ITS_WAY
from protocol.units import utc_moment


def moment_word(recording: RecordingSummary) -> str:
    """Say what the moment is that a recording is headed by.

    Whether a press began it is not known of every deleted one: not of those that were deleted long ago.
    """
    if not recording.is_dated:
        return "first heard of"
    is_known = bool(recording.trigger) or recording.gone is None
    return "pressed" if recording.is_pressed and is_known else "begun"


def prerecord_words(recording: RecordingSummary) -> str:
    """Say in a list how much was kept from before the press; empty while that is not known.

    Of a part nothing is said: its ledger tells what the camera held, and not what of it is here.
    """
    if recording.prerecord_s is None or recording.verdict == A_PART:
        return ""
    if recording.trigger == ROLL_OVER and not recording.prerecord_s:
        return "goes on from the one before"
    before = "before the press" if recording.is_pressed else "before it was begun"
    held = f"{counter(recording.prerecord_s) if recording.prerecord_s else 'none'} {before}"
    late_s = _late_s(recording)
    return f"{held}, begins {length(late_s)} after" if late_s else held


def begins_words(recording: RecordingSummary) -> str:
    """Say in a sentence that the footage begins after the press, and how long after; else nothing."""
    after = "the press" if recording.is_pressed else "it was begun"
    late_s = _late_s(recording)
    return f"The footage begins {length(late_s)} after {after}." if late_s else ""


def _late_s(recording: RecordingSummary) -> float:
    """How long after the press the footage begins; 0 where that is not known: a part may lack its first."""
    return (recording.late_s or 0.0) if recording.is_held else 0.0


def held_words(recording: RecordingSummary) -> str:
    """Say how much was kept from before the press, and what of it is missing and why, in a sentence."""
    before = "the press" if recording.is_pressed else "it was begun"
    if recording.prerecord_s is None:
        yet = " yet" if recording.is_open_to_more or recording.state == "verifying" else ""
        return f"How much was kept from before {before} is not known{yet}."
    if recording.trigger == ROLL_OVER and not recording.prerecord_s:
        return "None: it goes on from the recording before it."
    asked = f" of {length(recording.asked_s)} asked for" if recording.asked_s else ""
    text = f"{length(recording.prerecord_s)} from before {before}{asked}"
    reasons = "; ".join(missing_words(recording))
    text = f"{text} ({reasons})" if reasons else text
    if recording.verdict == A_PART:
        return f"The camera held {text}. This is a part, which may lack some of it."
    return f"{text}."


def late_words(recording: RecordingSummary, events: RecordingEvents | None) -> str:
    """Say that the footage begins after the press, how long after, and what explains it; else nothing.

    A camera that was closed, in the dock or just switched on has nothing yet when it is pressed.
    """
    if events is None or not events.late_s or not recording.is_held:
        return ""  # of what is not all here the first may not have arrived
    after = "the press" if recording.is_pressed else "it was begun"
    begins = f"The footage begins {length(events.late_s)} after {after}"
    ordered = sorted(events.gaps, key=lambda gap: gap.offset_s)
    stated = dict.fromkeys(gap.cause for gap in ordered if gap.offset_s < 0 and gap.cause != UNEXPLAINED)
    if stated:
        return f"{begins}; what is missing until then, as the camera signed it: {_causes(stated)}."
    if recording.missing:
        why = _causes(dict.fromkeys(each.reason for each in recording.missing))
        return f"{begins}: nothing from before it was held ({why}), and this is the first that was stored."
    return f"{begins}, and the camera gave no reason."


def _causes(causes: Iterable[str]) -> str:
    return "; ".join(map(cause_words, causes))


def footage_span(
    recording: RecordingSummary, events: RecordingEvents | None
) -> tuple[datetime, datetime | None]:
    """Return when the footage begins and ends: by its own first instant where that was seen.

    The end is None while it is not known.

    Args:
        recording: which.
        events: what happened in it, by the clock that dates it; None while none of it was looked at.
    """
    pressed = recording.reckoned or recording.pressed
    if pressed is not None and events is not None and events.duration_s:
        start = utc_moment(events.first_utc_us)
    else:
        start = (pressed or recording.announced) - timedelta(seconds=recording.prerecord_s or 0.0)
    if not recording.duration_s or not recording.is_over:
        return start, None
    return start, start + timedelta(seconds=recording.duration_s)


def is_start_unknown(recording: RecordingSummary, events: RecordingEvents | None) -> bool:
    """Say whether it is unknown when the footage begins: without pre-record it may begin after the press."""
    if recording.prerecord_s is None:
        return True
    return events is None and not recording.prerecord_s and recording.state in ON_ITS_WAY


def reckoned_words(recording: RecordingSummary) -> str:
    """Say by which clock the press is dated, where that was not its own."""
    if recording.reckoned is None or recording.reckoned_s is None:
        return ""
    when = "later" if recording.reckoned_s >= 0 else "earlier"
    apart = length(abs(recording.reckoned_s))
    return f"dated by the clock that was set {apart} {when}, without the camera being switched off between"


def clock_words(recording: RecordingSummary, now: datetime) -> str:
    """Say what is to be known of the times on a page; empty when the camera's clock was set."""
    if recording.pressed is None or recording.clock_synchronised:
        return ""
    said = moment(recording.pressed, now, seconds=True).text
    at, what = ("at the press", "the press was") if recording.is_pressed else ("then", "it was begun")
    if recording.reckoned is not None:
        return (
            f"The camera's clock was not set {at}: it showed {said}. The times here are "
            f"{reckoned_words(recording)}."
        )
    was = "was not set" if recording.clock_synchronised is False else "may not have been set"
    return (
        f"The camera's clock {was}. By that clock {what} at {said}; lengths and order hold, "
        "times of day do not."
    )
