"""What happened in a recording: one line for each thing, in words and in order.

Rules:
- the camera's signed words are repeated, not judged; the verdict is another part of the page;
- an event of a kind unknown here is listed all the same, by its own name;
- lines carry their place in the footage, so that the player can go there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent
from fleet.web.views.gaps import ShownGap, shown_gaps
from fleet.web.views.moments import sentence_list, time_of_day, utc_title
from protocol.footage.verifying.report import WITHOUT_END
from protocol.units import utc_moment

_WORDS = {
    "bookmark": ("bookmark", "Bookmark by the officer."),
    "mute": ("microphone-off", "Sound switched off by the officer."),
    "unmute": ("microphone", "Sound switched on again."),
    "low battery": ("battery-2", "The battery ran low."),
    "low storage": ("database", "The storage ran low."),
    "fault": ("alert-triangle", "The camera reported a fault."),
    "rolled over": ("arrow-right", "The recording goes on in the next one."),
    "consent given": ("circle-check", "Consent was given."),
    "consent refused": ("eye-off", "Consent was refused."),
    "consent overridden": ("alert-triangle", "Recording went on without consent, for safety."),
    "private": ("eye-off", "Camera and microphone were closed."),
}
_TRIGGERS = {"button": " of the button", "control": " from a program on the camera"}
_SAID_OTHERWISE = ("press", "gap", "stop")
"""The first line says the press, gaps have lines with their lengths, and the end has its own."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the list.

    Attributes:
        clock: the time of day, with seconds.
        title: the exact time in UTC.
        icon: a name in the icon sprite.
        text: what happened, a sentence.
        offset_s: where it is in the footage, None when it is not in it.
        tone: quiet, live or warn.
    """

    clock: str
    title: str
    icon: str
    text: str
    offset_s: float | None
    tone: str = "quiet"


def event_lines(
    recording: RecordingSummary, events: RecordingEvents, *, final: bool = True
) -> tuple[EventLine, ...]:
    """List what happened in a recording from its beginning to its end, then to the receipt.

    Args:
        recording: which.
        events: what its ledger says.
        final: whether all of it is here, so that the end is known.
    """
    first = utc_moment(events.first_utc_us)
    pressed = recording.reckoned or recording.pressed or recording.announced  # by the clock of all its events
    press = _line(pressed, "player-record", _press(recording), events.press_s, "live")
    placed = [(each.offset_s, _event(each)) for each in events.events if each.kind not in _SAID_OTHERWISE]
    placed += [(gap.offset_s, _gap(first, gap)) for gap in shown_gaps(events.gaps)]
    before = [pair for pair in placed if pair[0] < events.press_s]
    after = [pair for pair in placed if pair[0] >= events.press_s]
    lines = [*_in_order(before), press, *_in_order(after)]
    if final:
        lines.append(_end(first, events))
    if recording.receipted is not None:
        text = "All of it arrived, was verified, and the fleet signed a receipt."
        lines.append(_line(recording.receipted, "shield-check", text, None))
    return tuple(lines)


def why_no_lines(recording: RecordingSummary) -> str:
    """Say why nothing is listed, where nothing is."""
    if recording.state == "failed":
        return "What arrived does not verify, so what it says happened is not told here."
    return "It is told once all of it is here and verified."


def _in_order(placed: Sequence[tuple[float, EventLine]]) -> list[EventLine]:
    return [line for _, line in sorted(placed, key=lambda pair: pair[0])]


def _end(first: datetime, events: RecordingEvents) -> EventLine:
    if events.close is None:
        at = first + timedelta(seconds=events.duration_s)
        text = f"The footage stops here, and {WITHOUT_END}."
        return _line(at, "plug-connected-x", text, events.duration_s, "warn")
    reason = events.close.detail.get("reason", "")
    text = f"The end: {reason}." if reason else "The end."
    return _line(utc_moment(events.close.at_utc_us), "player-stop", text, events.close.offset_s)


def _press(recording: RecordingSummary) -> str:
    trigger = recording.trigger
    how = _TRIGGERS.get(trigger, f" ({trigger})" if trigger else "")
    if recording.prerecord_s is None:
        return f"Press{how}."
    asked = f" of {recording.asked_s:g} s asked for" if recording.asked_s else ""
    held = f"Press{how}; {recording.prerecord_s:.1f} s of pre-record held{asked}"
    reasons = sentence_list([f"{each.duration_s:.1f} s missing: {each.reason}" for each in recording.missing])
    return f"{held} ({reasons})." if reasons else f"{held}."


def _event(event: TimelineEvent) -> EventLine:
    icon, text = _WORDS.get(event.kind, ("info-circle", f"{event.kind.capitalize()}."))
    if event.kind == "clock step":
        icon, text = "clock-exclamation", "The camera's clock was set; order and lengths are not affected."
    note = event.detail.get("note") or event.detail.get("text") or event.detail.get("category")
    if note:
        text = f"{text.rstrip('.')}: {note}."
    return _line(utc_moment(event.at_utc_us), icon, text, event.offset_s)


def _gap(first: datetime, gap: ShownGap) -> EventLine:
    at = first + timedelta(seconds=gap.offset_s)
    return _line(at, "alert-triangle", f"{gap.words}.", gap.offset_s, "warn")


def _line(at: datetime, icon: str, text: str, offset_s: float | None, tone: str = "quiet") -> EventLine:
    return EventLine(time_of_day(at, seconds=True), utc_title(at), icon, text, offset_s, tone)
