"""How a recording was begun, what was kept from before, and by which clock that is dated, in words.

A camera also begins a recording without a press: one that goes on from another, and one in the place of
another that it could not go on with. Nothing of those is called a press (F8).
"""

from __future__ import annotations

from datetime import datetime

from fleet.footage.recordings.summary import ROLL_OVER, RecordingSummary
from fleet.web.views.moments import counter, length, moment
from fleet.web.views.recording.causes import missing_words


def moment_word(recording: RecordingSummary) -> str:
    """Say what the moment is that a recording is headed by."""
    if not recording.is_dated:
        return "first heard of"
    return "pressed" if recording.is_pressed else "begun"


def prerecord_words(recording: RecordingSummary) -> str:
    """Say in a list how much was kept from before the press; empty while that is not known."""
    if recording.prerecord_s is None:
        return ""
    if recording.trigger == ROLL_OVER and not recording.prerecord_s:
        return "goes on from the one before"
    before = "before the press" if recording.is_pressed else "before it was begun"
    return f"{counter(recording.prerecord_s) if recording.prerecord_s else 'none'} {before}"


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
    return f"{text} ({reasons})." if reasons else f"{text}."


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
