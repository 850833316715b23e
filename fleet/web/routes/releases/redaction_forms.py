"""Where somebody hides something, and a step as its forms send it, by the clock that the player shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Query

from fleet.redaction.rules.editing import mask_of
from fleet.redaction.rules.mask import LONGEST_NS
from fleet.redaction.rules.plan import MOST_MASKS, Fill
from fleet.redaction.rules.redaction_draft import RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.releases.redacting.drafts import Edit
from fleet.releases.redacting.editing_steps import EditKind, RedactionStep
from fleet.releases.rules.clock import PlayerClock
from fleet.releases.rules.plan import NS_PER_MS
from fleet.releases.rules.times import read_time
from fleet.web.routes.requests.forms import Line
from protocol.units import NS_PER_S

InAddress = Annotated[str, Query(max_length=100)]
_SIDES = 4
_MOST_MS = LONGEST_NS // NS_PER_MS
_DECIMAL = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class EditorPlace:
    """Where somebody hides something: release, recording, viewing, and how many masks are passed over."""

    release: str
    recording: str
    viewing: str
    skip: int


def place_of(
    release: str,
    recording: str,
    viewing: InAddress = "",
    skip: Annotated[int, Query(ge=0, le=MOST_MASKS)] = 0,
) -> EditorPlace:
    """FastAPI dependency: where somebody hides something, of the address."""
    return EditorPlace(release, recording, viewing, skip)


PlaceDep = Annotated[EditorPlace, Depends(place_of)]


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step as it was sent.

    Attributes:
        do: what is done.
        version: of the draft that was seen.
        number: of the mask or mute.
        at: where the player stood, in milliseconds.
        start: from when, as it was typed.
        end: to when, likewise.
        area: left, top, width and height in pixels.
        reason: why.
        fill: what stands where something is hidden.
        wider: by how many percent and pixels masks are widened, and by how many seconds before and after.
    """

    do: str
    version: str
    number: str
    at: str
    start: str
    end: str
    area: tuple[str, str, str, str]
    reason: str
    fill: str
    wider: tuple[str, str, str]

    @property
    def seen(self) -> int:
        """The version that was seen; -1 for none, which no draft has."""
        return _whole(self.version, -1)

    def edit(self, clock: PlayerClock) -> Edit:
        """Return what the step does to a draft."""
        return lambda draft: self._step(clock, draft).applied(draft)

    def _step(self, clock: PlayerClock, draft: RedactionDraft) -> RedactionStep:
        if self.do not in set(EditKind):
            raise RedactionRefusalError("Choose what is to be done.")
        do = EditKind(self.do)
        start = end = clock.recorded(min(_whole(self.at, 0), _MOST_MS) * NS_PER_MS)
        if do in {EditKind.MUTE, EditKind.LEAVE_OUT}:
            start, end = (clock.recorded(_typed(each) * NS_PER_MS) for each in (self.start, self.end))
        number = _whole(self.number, 0)
        if do is EditKind.REMOVE_KEY:
            keys = mask_of(draft.plan, number).keys
            start = min(keys, key=lambda key: abs(key.at_ns - start)).at_ns
        area: list[int] = []
        if do in {EditKind.DRAW, EditKind.MOVE}:
            left, top, width, height = (_whole(each, -1) for each in self.area)
            area = [left, top, left + width, top + height]
        return RedactionStep(
            do=do,
            number=number,
            at_ns=start,
            until_ns=end,
            area=area,
            reason=self.reason,
            fill=Fill(self.fill) if self.fill in set(Fill) else Fill.SOLID,
            percent=_whole(self.wider[0], -1),
            pixels=_whole(self.wider[1], -1),
            time_ns=_seconds(self.wider[2]),
        )


def step_form_of(  # noqa: PLR0917 - FastAPI gives them by name
    do: Line = "",
    version: Line = "",
    number: Line = "",
    at: Line = "",
    start: Line = "",
    end: Line = "",
    left: Line = "",
    top: Line = "",
    width: Line = "",
    height: Line = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
    fill: Line = "",
    percent: Line = "",
    pixels: Line = "",
    seconds: Line = "",
) -> StepForm:
    """Read the form."""
    area, wider = (left, top, width, height), (percent, pixels, seconds)
    return StepForm(do, version, number, at, start, end, area, reason, fill, wider)


StepFormDep = Annotated[StepForm, Depends(step_form_of)]


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_MS)) else otherwise


def _seconds(text: str) -> int:
    """Return a number of seconds in nanoseconds; -1 for none, by which nothing is widened."""
    found = _DECIMAL.fullmatch(text.strip())
    return -1 if found is None else int(found[1]) * NS_PER_S + int((found[2] or "0").ljust(9, "0"))


def _typed(text: str) -> int:
    found = read_time(text)
    if found is None:
        raise RedactionRefusalError("Type times as 1:05.3 or 65.3.")
    return min(found, _MOST_MS)
