"""What became of what a camera was asked to do and sign, in words. Pure.

Rules (F8):
- that something was done is told as the camera's word; that it is signed is told once that is here, verified;
- nothing says that a camera is private, or records, because it was asked: where it has not answered, that is
  not known, and it is said so even where nobody has noted it yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import UNDER_WAY, CommandState, state_at
from fleet.visits.models import ConsentEntry
from fleet.visits.rules.asking import WhyNoCamera
from fleet.visits.rules.consent import ConsentKind
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import iso, moment

YOURS = "Your camera"
_CLOSING = frozenset({ConsentKind.REFUSED, ConsentKind.WITHDRAWN})
_BY_HAND = "Make it private by its own button."
_BY_HAND_IF_ANY = "If you have one, make it private by its own button."
_NOT_ASKED = {
    WhyNoCamera.LATE: "was not asked: more than a minute had passed, or a clock, the phone's or the "
    "service's, is wrong.",
    WhyNoCamera.OLD_PAGE: "was not asked: the page was more than ten minutes old, and when it was said is "
    "not known.",
    WhyNoCamera.UNHEARD: "was not asked: the service did not hear it.",
    WhyNoCamera.DOUBLED: "was not asked: two devices use its identity.",
    WhyNoCamera.OWN_WORDS: "was not asked: it signs none but the four reasons to choose from.",
}
_NOBODYS = "No camera was asked: by the hand-out list the officer had none."
_NONE_OF_YOURS = "No camera was asked: by the hand-out list you had none."
_LOST = "A camera was asked, and what became of it is not known."


@dataclass(frozen=True, slots=True)
class AskedView:
    """What became of it.

    Attributes:
        text: in a sentence or two.
        tone: ``bad`` where somebody has to look after it; empty else.
        until: until when that can be so without anything new, as a program reads it; empty where it stays.
        lapsed: what is said from then on.
    """

    text: str
    tone: str = ""
    until: str = ""
    lapsed: str = ""


def asked_view(
    entry: ConsentEntry, command: CameraCommand | None, now: datetime, *, yours: bool
) -> AskedView | None:
    """Return what became of the camera's part of an entry; None where none was to be asked.

    Args:
        entry: what was said.
        command: by which its camera was asked; None where none was.
        now: the time.
        yours: whether whoever reads it wears that camera, and can do something about it.
    """
    closes = ConsentKind(entry.kind) in _CLOSING
    if command is not None:
        who = YOURS if yours else f"Camera {command.camera_id}"
        is_open = command.closed is None  # as far as it has said since
        return _with_advice(outcome_view(command, now, who), closes=closes and yours and is_open)
    if entry.command_id is not None:
        return AskedView(_LOST, "bad")
    if not entry.not_asked:
        return None
    if entry.not_asked == WhyNoCamera.NONE:
        none = AskedView(_NONE_OF_YOURS if yours else _NOBODYS, "bad" if closes else "")
        return _with_advice(none, closes=closes and yours, advice=_BY_HAND_IF_ANY)
    text = f"{YOURS if yours else 'The camera of the officer'} {_NOT_ASKED[WhyNoCamera(entry.not_asked)]}"
    return _with_advice(AskedView(text, "bad" if closes else ""), closes=closes and yours)


def outcome_view(row: CameraCommand, now: datetime, who: str, *, told: bool = True) -> AskedView:
    """Return how a command ended, or that it has not.

    Args:
        row: the command.
        now: the time.
        who: the camera, as a sentence begins with it.
        told: whether whoever reads it is told what was said, and what the camera says of it.
    """
    state = state_at(row.facts, now)
    unanswered = f"{who} has not answered; {_unknown(row, now, told=told)}"
    if state is CommandState.ISSUED:  # and it may be sent while the page that says so hears of nothing
        unsent = f"It has not been sent to {_inside(who)} yet."
        lapsed = f"Whether it was sent to {_inside(who)} in time, and done there, is not known."
        return AskedView(unsent, "", iso(row.expires), lapsed)
    if state in UNDER_WAY:
        text = f"{who} was asked to do it and to sign it, and has not answered yet."
        return AskedView(f"{text}{_signed(row)}", "", iso(row.expires), f"{unanswered}{_signed(row)}")
    text, tone = _ended(row, state, who, unanswered, told=told)
    return AskedView(f"{text}{_signed(row)}", tone)


def _ended(
    row: CameraCommand, state: CommandState, who: str, unanswered: str, *, told: bool
) -> tuple[str, str]:
    says = f" It says: {isolated(row.sentence)}" if told and row.sentence else ""
    match state:
        case CommandState.DONE:
            return f"{who} says that it did it.{says}", ""
        case CommandState.REFUSED:
            return f"{who} did not do it.{says}", "bad"
        case CommandState.EXPIRED:
            return _expired(row, who, says), "bad"
        case CommandState.FAILED:
            return f"{who} failed at it, and may have done part of it.{says}", "bad"
        case _:
            return unanswered, "bad"


def _expired(row: CameraCommand, who: str, says: str) -> str:
    if row.sent is not None:
        return f"{who} did not do it: it came too late.{says}"
    if row.ended is not None and row.issued <= row.ended < row.expires:  # it ended while its time lasted
        return f"It was not sent to {_inside(who)}: by the hand-out list its wearer had changed by then."
    return f"It could not be sent to {_inside(who)} in time, so it was not done there."


def _inside(who: str) -> str:
    return f"{who[:1].lower()}{who[1:]}"


def _unknown(row: CameraCommand, now: datetime, *, told: bool) -> str:
    if not row.closes or not told:
        return "whether it did it is not known."
    if row.closed is not None:
        return f"it says that its sensors were closed {moment(row.closed, now, seconds=True).text}."
    return "whether it is private is not known."


def _signed(row: CameraCommand) -> str:
    if row.signed is not None:
        return f" It has signed it, as its event {row.event}."
    if row.event is None:
        return ""
    return f" What it signed, its event {row.event}, has not arrived yet, or is an entry of its own."


def _with_advice(view: AskedView, *, closes: bool, advice: str = _BY_HAND) -> AskedView:
    if not closes:
        return view
    text = f"{view.text} {advice}" if view.tone else view.text
    return AskedView(text, view.tone, view.until, f"{view.lapsed} {advice}" if view.lapsed else "")
