"""The sentences that people hear of the camera's state and its recordings. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from device.recording.heart.marked import BOOKMARK_WORDS
from device.recording.heart.outcome import Outcome
from protocol.footage.format.model import Track
from protocol.mode import Mode
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from device.recording.heart.heart import Heart
    from device.recording.heart.messages import Current, HasEnded
    from device.recording.state import State

REFUSALS = {
    Mode.OFF: "The camera is off.",
    Mode.STANDBY: "Nothing is being recorded.",
    Mode.READY: "Nothing is being recorded.",
    Mode.PRIVATE: "Nothing is being recorded: the camera is private.",
    Mode.DOCKED: "The camera is docked: lift it out first.",
    Mode.LOCKED: "The camera is locked: the safety team can unlock it.",
}
"""Why something cannot be done, by where the camera is."""

GOES_ON = "A press came during the stop: the recording goes on."


def is_running(current: Current) -> str:
    """Whoever presses in a recording hears which one it is."""
    return f"Recording {current.number} is running."


def marked_in(current: Current, words: str) -> str:
    """Whoever has a moment marked hears in which recording."""
    if words == BOOKMARK_WORDS:
        return f"Bookmarked in recording {current.number}."
    return f"{words} is in recording {current.number}."


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


def late(heart: Heart, sentence: str) -> Outcome:
    """Whoever asked hears that it is still to come, and which recording is under way."""
    current = None if heart.parked else heart.current  # what is parked is not for that one
    return Outcome(
        ok=False,
        state=Mode.FAULT,
        sentence=sentence,
        number=None if current is None else current.number,
        prerecord_s=None if current is None else current.prerecord_s,
        recording=None if current is None else current.recording,
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
