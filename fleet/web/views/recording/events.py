"""What happened in a recording: one line for each thing, in words and in order.

Rules:
- the camera's signed words are repeated, not judged; the verdict is another part of the page;
- an event of a kind unknown here is listed all the same, by its own name;
- lines carry their place in the footage, so that the player can go there;
- many gaps are one line with their sum, that unfolds; so is what happened too often to be read;
- what the hand-out list says is said to be from there: the camera did not sign it;
- who set a bookmark is not said: a program on the camera sets them too, and the ledger does not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fleet.footage.recordings.summary import ROLL_OVER, RecordingSummary
from fleet.footage.timeline.conditions import TimelineCondition
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent
from fleet.visits.rules.placing import WHY_WORDS
from fleet.web.facts import AssignmentFacts
from fleet.web.views.conditions import ICONS, condition_words
from fleet.web.views.moments import length, sentence_list, short_day, time_of_day, utc_title
from fleet.web.views.recording.causes import missing_words
from fleet.web.views.recording.gaps import ShownGap, gap_sum, shown_gaps
from fleet.web.views.recording.hands import hand_overs
from fleet.web.views.recording.shortened import Shortened
from fleet.web.zone import abbreviation, local
from protocol.footage.ledger.conditions import condition_of
from protocol.footage.verifying.report import WITHOUT_END
from protocol.units import utc_moment

_WORDS = {
    "bookmark": ("bookmark", "Bookmark."),
    "category": ("bookmark", "A category was given."),
    "mute": ("microphone-off", "Sound switched off."),
    "unmute": ("microphone", "Sound switched on again."),
    "low battery": ("battery-2", "The battery ran low."),
    "low storage": ("database", "The storage ran low."),
    "fault": ("alert-triangle", "The camera reported a fault."),
    "rolled over": ("arrow-right", "The recording goes on in the next one."),
    "consent given": ("circle-check", "Consent was given."),
    "consent refused": ("eye-off", "Consent was refused."),
    "consent overridden": ("alert-triangle", "Recording went on without consent, for safety."),
    "private": ("eye-off", "Camera and microphone were closed."),
    "clock step": (
        "clock-exclamation",
        "The camera's clock was set; order and lengths are not affected.",
    ),
}
_SAID = {
    "withdrawn": ("eye-off", "Consent was withdrawn."),
    "not asked": ("info-circle", "Nobody was asked."),
    "asked for": ("info-circle", "The person recorded asked that this be recorded too."),
}
"""What was said at the door, where a detail of the event says it more closely than its kind."""
_TRIGGERS = {
    "button": "Press of the button",
    "control": "Press by a program on the camera",
    "consent overridden": "Begun without consent, for safety",
    "asked for": "Begun because the person recorded asked for it",
    ROLL_OVER: "Goes on from the recording before it, without a press",
    "storage fault": "Begun again by the camera, which could not store the one before it",
    "internal fault": "Begun again by the camera after a fault of its own",
}
_NO_TRIGGER = "Press; what gave it is not known"
_WARNING = frozenset({"fault", "low battery", "low storage", "consent overridden", "clock step"})
_SAID_OTHERWISE = ("gap", "stop")
"""Gaps have lines with their lengths, and the end has its own; so have conditions (``condition_of``)."""
_MOST_GAPS = 5
"""More gaps than these are one line: a list of thirty hides the press."""
_MOST_ALIKE = 20
"""What happened more often than this is one line as well."""
_SAME_MOMENT_S = 0.001


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the list.

    Attributes:
        clock: the time of day, with seconds, and with the day where that is not the day it began.
        title: the exact time in UTC.
        icon: a name in the icon sprite.
        text: what happened, a sentence.
        offset_s: where it is in the footage, None when it is not in it.
        tone: quiet, live or warn.
        inner: what the line sums up, line by line.
        fold: what it sums up, by a name that stays the same while more of it arrives; empty for one thing.
    """

    clock: str
    title: str
    icon: str
    text: str
    offset_s: float | None
    tone: str = "quiet"
    inner: tuple[EventLine, ...] = ()
    fold: str = ""


def event_lines(
    recording: RecordingSummary,
    events: RecordingEvents,
    *,
    hands: Sequence[AssignmentFacts] = (),
    told_s: float | None = None,
    final: bool = True,
) -> tuple[EventLine, ...]:
    """List what happened in a recording from its beginning to its end, then to the receipt.

    Args:
        recording: which.
        events: what its ledger says.
        hands: who had the camera in that time, by the hand-out list; nothing where nothing dates the press.
        told_s: how long the camera says that it is; None while it has not said.
        final: whether all of it is here, so that the end is known.
    """
    first = utc_moment(events.first_utc_us)
    lines = _Lines(first, Shortened.of(events.gaps))
    pressed = _press_moment(recording)
    press = lines.make(pressed, "player-record", _press(recording), events.press_s, "live")
    placed = lines.events([each for each in events.events if _is_line(each, events)])
    placed += lines.gaps(shown_gaps(events.gaps))
    placed += [(each.offset_s, lines.condition(each, final=final)) for each in events.conditions]
    changes = hand_overs(
        hands,
        first,
        events.duration_s if final else told_s,
        here_s=events.duration_s,
        cut=lines.cut,
        press_s=events.press_s,
        is_pressed=recording.is_pressed,
    )
    placed += [
        (each.offset_s, lines.make(each.at, each.icon, each.text, each.offset_s, "warn")) for each in changes
    ]
    before = [pair for pair in placed if pair[0] < events.press_s]
    after = [pair for pair in placed if pair[0] >= events.press_s]
    told = [*_in_order(before), press, *_in_order(after)]
    if final:
        told.append(lines.end(events))
    if recording.receipted is not None:
        what = "All of it" if events.close is not None else "All that the camera sent"
        by = "" if recording.is_dated else ", by its own clock"
        text = f"{what} arrived, was verified, and the fleet signed a receipt{by}."
        told.append(lines.make(recording.receipted, "shield-check", text, None))
    return tuple(told)


def why_no_lines(recording: RecordingSummary) -> str:
    """Say why nothing is listed, where nothing is."""
    if recording.state == "failed" or recording.said is not None:
        return "What arrived does not verify, so what it says happened is not told here."
    if recording.is_stopped:
        done = recording.verified is not None
        return (
            "Nothing is here that tells what happened."
            if done
            else "It is told once what is here is verified."
        )
    return "It is told once all of it is here and verified."


@dataclass(frozen=True, slots=True)
class _Lines:
    """Makes lines of a recording that begins at ``first``, and of which some holes are cut."""

    first: datetime
    cut: Shortened

    def make(
        self,
        at: datetime,
        icon: str,
        text: str,
        offset_s: float | None,
        tone: str = "quiet",
    ) -> EventLine:
        clock = time_of_day(at, seconds=True)
        if local(at).date() != local(self.first).date():
            clock = f"{short_day(at)} {clock}"
        if abbreviation(at) != abbreviation(self.first) and not clock.endswith(abbreviation(at)):
            clock = f"{clock} {abbreviation(at)}"  # the list is headed by the zone that it begins in
        place = None if offset_s is not None and offset_s < 0 else offset_s  # it is before the first picture
        return EventLine(clock, utc_title(at), icon, text, place, tone)

    def at(self, place_s: float) -> datetime:
        """Return when it was at a place in what is shown."""
        return self.first + timedelta(seconds=self.cut.recorded(place_s))

    def events(self, events: Sequence[TimelineEvent]) -> list[tuple[float, EventLine]]:
        by_kind: dict[str, list[TimelineEvent]] = {}
        said = [event for event in events if "consent" in event.detail]  # of which each is to be read
        for event in events:
            if event not in said:
                by_kind.setdefault(event.kind, []).append(event)
        placed = [(event.offset_s, self.event(event)) for event in said]
        for kind, alike in by_kind.items():
            each = [(event.offset_s, self.event(event)) for event in alike]
            placed += each if len(each) <= _MOST_ALIKE else [self._often(kind, each)]
        return placed

    def _often(self, kind: str, each: Sequence[tuple[float, EventLine]]) -> tuple[float, EventLine]:
        inner, begins_s = _in_order(each), min(offset_s for offset_s, _ in each)
        what = "Pressed again." if kind == "press" else _words_of(kind)[1]
        text = f"{what.rstrip('.')}: {len(inner)} times from here on."
        return begins_s, replace(inner[0], text=text, inner=tuple(inner), fold=kind)

    def event(self, event: TimelineEvent) -> EventLine:
        at = utc_moment(event.at_utc_us)
        if event.kind == "press":
            how = _how(str(event.detail.get("trigger", "")))
            return self.make(at, "player-record", f"Pressed again. {how}.", event.offset_s)
        icon, text = _SAID.get(str(event.detail.get("consent", ""))) or _words_of(event.kind)
        note = WHY_WORDS.get(str(event.detail.get("why"))) if "consent" in event.detail else None
        note = note or str(next((event.detail[name] for name in _NOTES if event.detail.get(name)), ""))
        if note:
            text = f"{text.rstrip('.')}: {note.rstrip('.')}."
        tone = "warn" if event.kind in _WARNING else "quiet"
        return self.make(at, icon, text, event.offset_s, tone)

    def gaps(self, gaps: Sequence[ShownGap]) -> list[tuple[float, EventLine]]:
        each = [(gap.offset_s, self._gap(gap)) for gap in gaps]
        if len(each) <= _MOST_GAPS:
            return each
        ordered = sorted(each, key=lambda pair: pair[0])
        offset = ordered[0][0]
        text = f"{len(gaps)} gaps from here on: {gap_sum(gaps)}."
        inner = tuple(line for _, line in ordered)
        return [(offset, replace(inner[0], text=text, inner=inner, fold="gaps"))]

    def _gap(self, gap: ShownGap) -> EventLine:
        at = self.at(gap.offset_s)
        return self.make(at, "alert-triangle", f"{gap.words}.", gap.offset_s, "warn")

    def condition(self, each: TimelineCondition, *, final: bool) -> EventLine:
        at = self.at(each.offset_s)
        icon = ICONS.get(each.track, "alert-triangle")
        return self.make(at, icon, condition_words(each, final=final), each.offset_s, "warn")

    def end(self, events: RecordingEvents) -> EventLine:
        if events.close is None:
            at = self.at(events.duration_s)
            text = f"The footage stops here, and {WITHOUT_END}."
            return self.make(at, "plug-connected-x", text, events.duration_s, "warn")
        reason = events.close.detail.get("reason", "")
        text = f"The end: {reason}." if reason else "The end."
        return self.make(utc_moment(events.close.at_utc_us), "player-stop", text, events.close.offset_s)


_NOTES = ("note", "text", "category", "what")
"""Where a kind of event says more, in the camera's or the officer's own words."""


def _words_of(kind: str) -> tuple[str, str]:
    """Return the icon and the sentence of a kind of event; of one that is unknown here, its own name."""
    return _WORDS.get(kind, ("info-circle", f"{kind.capitalize()}."))


def _is_line(event: TimelineEvent, events: RecordingEvents) -> bool:
    """Whether an event has a line of its own; the press that began it is told with what was held."""
    if event.kind == "press":
        return abs(event.offset_s - events.press_s) > _SAME_MOMENT_S
    return event.kind not in _SAID_OTHERWISE and condition_of(event.kind, event.detail) is None


def _in_order(placed: Sequence[tuple[float, EventLine]]) -> list[EventLine]:
    return [line for _, line in sorted(placed, key=lambda pair: pair[0])]


def _press_moment(recording: RecordingSummary) -> datetime:
    """The press, by the clock that dates it; by the camera's own where nothing does, as all that it tells."""
    return recording.reckoned or recording.pressed or recording.announced


def _how(trigger: str) -> str:
    return _TRIGGERS.get(trigger) or (f"Press ({trigger})" if trigger else _NO_TRIGGER)


def _press(recording: RecordingSummary) -> str:
    how = _how(recording.trigger)
    if recording.prerecord_s is None or (recording.trigger == ROLL_OVER and not recording.prerecord_s):
        return f"{how}."
    asked = f" of {length(recording.asked_s)} asked for" if recording.asked_s else ""
    held = f"{how}; {length(recording.prerecord_s)} of pre-record held{asked}"
    reasons = sentence_list(missing_words(recording))
    return f"{held} ({reasons})." if reasons else f"{held}."
