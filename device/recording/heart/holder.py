"""Whose a camera is, and what of it ends as it goes to another. Pure.

It changes nothing: what is made of it is for ``device.recording.heart.commands``, and what is to come of what
waits for the card, for ``device.recording.heart.closing``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from device.recording.heart.messages import AskAssign, AskChange
from device.recording.state import Action, Event, step

if TYPE_CHECKING:
    from device.recording.heart.messages import Asked
    from device.recording.state import State


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a camera is, and under which assignment it was made private; it may be private no more."""

    assignment: str | None = None
    private_of: str | None = None

    def is_same(self, assign: AskAssign, state: State) -> bool:
        """Whether the camera is that already, in that state: then nothing changes."""
        return self.assignment == assign.assignment and state.assigned == assign.worn

    def ends(self, assign: AskAssign, state: State) -> bool:
        """Whether the camera goes from somebody to another, or to nobody, and begins afresh.

        In private whoever made it so counts, and not who the card says has it: that may be of before. Where
        that was nobody, or nobody can tell, it goes on.
        """
        was = self.private_of if state.private else self.assignment
        return not self.is_same(assign, state) and was is not None and was != assign.assignment

    def after(self, message: Asked, state: State) -> Holder:
        """Who has it once that is made, which finds the camera in that state."""
        match message:  # as ``heart.commands`` makes it
            case AskAssign() if message.assignment != self.assignment:
                return Holder(message.assignment, message.assignment)
            case AskChange(event=Event.PRIVATE_ON) if not state.private:
                if Action.REFUSE in step(state, Event.PRIVATE_ON)[1]:
                    return self
                ends = state.recording  # with which whose it was of before a start is of no account
                return replace(self, private_of=self.assignment if ends else _whose(message, self.assignment))
            case _:
                return self


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the camera will be once all is made that was asked for before something.

    Attributes:
        state: Where it will be.
        holder: Who will have it.
        goes_on: Whether nothing of that ends the recording under way, if there is one.
    """

    state: State
    holder: Holder
    goes_on: bool = True

    @property
    def is_current(self) -> bool:
        """Whether what comes then is of the recording under way, if there is one."""
        return self.state.recording and self.goes_on

    def after(self, message: Asked, event: Event) -> Foreseen:
        """The same once that is made, too. What is made by half comes to the same once more."""
        if not isinstance(message, AskAssign):
            return self._with(step(self.state, event)[0], message)
        if self.holder.is_same(message, self.state):
            return self
        state = self.state
        if self.holder.ends(message, state):
            state, _ = step(state, Event.UNASSIGNED)
        return self._with(step(state, event)[0], message)

    def _with(self, state: State, message: Asked) -> Foreseen:
        ends = self.state.recording and not state.recording
        return Foreseen(state, self.holder.after(message, self.state), self.goes_on and not ends)


def _whose(change: AskChange, assignment: str | None) -> str | None:
    """Whose a private time is: of whoever had the camera before a start, where that is said."""
    return assignment if change.of is None else change.of.assignment
