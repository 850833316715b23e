"""The ledger of a recording as a story: one line for each thing that happened, in words and in order.

Rules:
- the camera's signed words are told, not judged; the verdict is another part of the page;
- an event of a kind unknown here is still told, by its own name;
- lines carry their place in the footage, so that the player can go there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.web.facts import EventFacts, GapFacts, RecordingFacts, TaleFacts
from fleet.web.views.moments import SITE_ZONE, exactly, sentence_list, utc_title

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
_SENSES = {"video": "picture", "audio": "sound"}
_TRIGGERS = {"button": " of the button", "control": " from a program on the camera"}
_TOLD_OTHERWISE = ("press", "gap", "stop")
"""The first line tells the press, gaps have lines with their lengths, and the end has its own."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the story.

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


def story(facts: RecordingFacts, tale: TaleFacts) -> tuple[EventLine, ...]:
    """Tell a recording from its press to its end, then to the receipt."""
    lines = [_line(facts.press, "player-record", _press(facts), tale.press_s, "live")]
    told = [(each.offset_s, _event(each)) for each in tale.events if each.kind not in _TOLD_OTHERWISE]
    told += [(gap.offset_s, _gap(tale, gap)) for gap in tale.gaps]
    before = [pair for pair in told if pair[0] < tale.press_s]
    after = [pair for pair in told if pair[0] >= tale.press_s]
    lines = [*_in_order(before), *lines, *_in_order(after)]
    if tale.final:
        lines.append(_end(tale))
    if facts.received is not None:
        text = "All of it arrived, was verified, and the fleet signed a receipt."
        lines.append(_line(facts.received, "shield-check", text, None))
    return tuple(lines)


def _in_order(told: Sequence[tuple[float, EventLine]]) -> list[EventLine]:
    return [line for _, line in sorted(told, key=lambda pair: pair[0])]


def _end(tale: TaleFacts) -> EventLine:
    if tale.close is None:
        at = tale.first + timedelta(seconds=tale.duration_s)
        text = "The recording was cut off here: the power was lost, or the card failed."
        return _line(at, "plug-connected-x", text, tale.duration_s, "warn")
    reason = tale.close.detail.get("reason", "")
    text = f"The end: {reason}." if reason else "The end."
    return _line(tale.close.at, "player-stop", text, tale.close.offset_s)


def _press(facts: RecordingFacts) -> str:
    how = _TRIGGERS.get(facts.trigger, f" ({facts.trigger})" if facts.trigger else "")
    if facts.prerecord_s is None:
        return f"Press{how}."
    asked = f" of {facts.asked_s:g} s asked for" if facts.asked_s else ""
    held = f"Press{how}; {facts.prerecord_s:.1f} s of pre-record held{asked}"
    reasons = sentence_list([f"{seconds:.1f} s missing: {reason}" for seconds, reason in facts.missing])
    return f"{held} ({reasons})." if reasons else f"{held}."


def _event(event: EventFacts) -> EventLine:
    icon, text = _WORDS.get(event.kind, ("info-circle", f"{event.kind.capitalize()}."))
    if event.kind == "clock step":
        icon, text = "clock-exclamation", "The camera's clock was set; order and lengths are not affected."
    note = event.detail.get("note") or event.detail.get("text") or event.detail.get("category")
    if note:
        text = f"{text.rstrip('.')}: {note}."
    return _line(event.at, icon, text, event.offset_s)


def _gap(tale: TaleFacts, gap: GapFacts) -> EventLine:
    text = f"{gap_words(gap)}."
    return _line(tale.first + timedelta(seconds=gap.offset_s), "alert-triangle", text, gap.offset_s, "warn")


def gap_words(gap: GapFacts) -> str:
    """Say what is missing and why, and when the player shows only some of it; without a full stop."""
    what = " and ".join(f"no {_SENSES.get(track, track)}" for track in sorted(gap.tracks, reverse=True))
    words = f"{what.capitalize()} for {exactly(gap.duration_s)}: {gap.cause}"
    return words if gap.shown_s is None else f"{words}. Only {exactly(gap.shown_s)} of it are shown"


def _line(at: datetime, icon: str, text: str, offset_s: float | None, tone: str = "quiet") -> EventLine:
    return EventLine(f"{at.astimezone(SITE_ZONE):%H:%M:%S}", utc_title(at), icon, text, offset_s, tone)


def untold(facts: RecordingFacts) -> str:
    """Say why there is no story, where there is none."""
    if facts.state == "failed":
        return "What arrived does not verify, so what it says happened is not told here."
    return "It is told once all of it is here and verified."
