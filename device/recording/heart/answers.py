"""The sentences that people hear of the camera's state and its recordings. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from device.recording.heart.marked import BOOKMARK_WORDS
from device.recording.heart.outcome import Outcome
from device.recording.state import Action, Event, State, step
from protocol.footage.format.model import Track
from protocol.mode import Mode
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from device.recording.heart.heart import Heart
    from device.recording.heart.holder import Foreseen
    from device.recording.heart.messages import Current, HasEnded

REFUSALS = {
    Mode.OFF: "The camera is off.",
    Mode.STANDBY: "Nothing is being recorded.",
    Mode.READY: "Nothing is being recorded.",
    Mode.PRIVATE: "Nothing is being recorded: the camera is private.",
    Mode.DOCKED: "The camera is docked: lift it out first.",
    Mode.LOCKED: "The camera is locked: the safety team can unlock it.",
}
"""Why something cannot be done, by where the camera is."""

_UNANSWERED = "The card does not answer"
_NOT_ARRIVED = "The last footage of the recording before has not arrived"

GOES_ON = "A press came during the stop: the recording goes on."


def is_running(current: Current) -> str:
    """Whoever presses in a recording hears which one it is."""
    return f"Recording {current.number} is running."


def marked_in(current: Current, words: str) -> str:
    """Whoever has a moment marked hears in which recording."""
    if words == BOOKMARK_WORDS:
        return f"Bookmarked in recording {current.number}."
    return f"{words} is in recording {current.number}."


def not_safe_yet(what: str, why: str | None) -> str:
    """Whoever has a moment marked that no ledger takes yet hears why."""
    return f"{what} is not safe yet: {why or 'the card did not take it.'}"


def moved(before: State, now: State) -> str:
    """What a change has come to, a fault aside: that is said elsewhere."""
    was, is_ = (replace(state, faulty=False).mode for state in (before, now))
    return f"The camera was {was} and is {is_}."


def not_noted(state: State, why: str) -> str:
    """The card may say other than it is whether the camera is private."""
    if state.private:
        return f"The card may not have kept that the camera is private, so the next start may open it: {why}"
    return f"The card may still say that the camera is private, so it may be after the next start: {why}"


def has_ended(message: HasEnded, state: Mode) -> Outcome:
    """A recording has ended, with the camera in that state now."""
    ok = message.ended == "closed"
    whole = "is closed" if ok else "could not be completed and ends as it is"
    if message.lost:
        missing_ns = max(
            sum(gap.duration_ns for gap in message.lost if gap.track is track) for track in Track
        )
        whole += f", without its last {missing_ns / NS_PER_S:.1f} s, which are lost"
    sentence = f"Recording {message.number} {whole}: {message.duration_s:.1f} s."
    return Outcome(
        ok,
        state,
        sentence,
        message.number,
        message.prerecord_s,
        recording=message.recording,
        duration_s=message.duration_s,
    )


def held_up_by(heart: Heart, *, busy: bool) -> str:
    """Why something is not done in time; the rest of the sentence says what follows.

    It is footage that a recording waits for with the card idle, or else the card.

    Args:
        heart: What the camera knows now.
        busy: Whether something is being dealt with.
    """
    waits_for_footage = heart.ending is not None and heart.storing is None and not busy
    return _NOT_ARRIVED if waits_for_footage else _UNANSWERED


def is_refused(then: State, event: Event) -> bool:
    """Whether an event that finds the camera in that state changes nothing."""
    return Action.REFUSE in step(then, event)[1]


def press_noted(heart: Heart, then: Foreseen) -> str:
    """Whoever presses while the card hangs hears what will come of it, as far as that is certain.

    In a recording it is marked there, or takes back what ends it, or begins another.

    Args:
        heart: What the camera knows now.
        then: What it will be as the press finds it.
    """
    if is_refused(then.state, Event.PRESS):
        return f"the press is noted, but the camera is {then.state.home} by then and records nothing"
    if heart.current is None or heart.ends_for_good:
        return "the press is noted, and its recording begins as soon as it does"
    return "the press is noted, and done as soon as it does"


def stop_noted(heart: Heart, then: Foreseen) -> str:
    """Whoever stops while the card hangs hears that; where nothing may be recorded by then, no more."""
    if heart.camera.recording or then.state.recording:
        return "the recording stops as soon as it does"
    return "the stop is noted, and done as soon as it does"


def mark_noted(words: str, heart: Heart, then: Foreseen) -> str:
    """Whoever has a moment marked while the card hangs hears that, and on what it depends."""
    noted = f"{words[:1].lower()}{words[1:]} is noted, and made as soon as it does"
    is_certain = heart.current is not None and heart.ending is None and then.is_current
    return noted if is_certain else f"{noted}, if something is being recorded by then"


def change_noted(then: State, event: Event) -> str:
    """Whoever asks for a change while the card hangs hears whether it will be one."""
    if is_refused(then, event):
        is_ = replace(then, faulty=False).mode
        return f"the change is noted, but the camera is {is_} by then and stays so"
    return "the change is noted, and made as soon as it does"


def late(heart: Heart, sentence: str, *, is_current: bool = True, refused: bool = False) -> Outcome:
    """Whoever asked hears that it is still to come, or that nothing will come of it.

    Args:
        heart: What the camera knows now.
        sentence: What is said.
        is_current: Whether it concerns the recording under way, as far as anybody knows.
        refused: Whether nothing will come of it.
    """
    current = heart.current if is_current and not heart.parked else None  # what is parked is not for that one
    return Outcome(
        ok=False,
        state=Mode.FAULT,
        sentence=sentence,
        number=None if current is None else current.number,
        prerecord_s=None if current is None else current.prerecord_s,
        recording=None if current is None else current.recording,
        refused=refused,
    )


def nothing_recorded(left: int | None, doubtful: int | None, state: Mode, fault: str | None) -> Outcome:
    """A recording was stopped that could never be opened.

    Args:
        left: The number of the one in whose place it was wanted, which failed; what it holds is safe.
        doubtful: The number of one that may be on the card, which the next start decides.
        state: The camera's state now.
        fault: Why.
    """
    why = fault or "the card did not take it."
    if left is not None:
        sentence = f"Recording {left} ends as it is, and nothing could follow it: {why}"
    elif doubtful is not None:
        sentence = f"The next start of the camera will tell whether recording {doubtful} is safe: {why}"
    else:
        sentence = f"Nothing could be recorded: {why}"
    return Outcome(ok=False, state=state, sentence=sentence, number=doubtful if left is None else left)
