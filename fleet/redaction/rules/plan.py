"""All that is hidden in a copy of a recording: masks in the picture, mutes in the sound. Pure.

A plan says nothing of what it is a plan of but times and pixels. ``ApprovedPlan`` refuses one that is not
decided: what is made comes from a plan in which a person looked at every proposal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from fleet.redaction.rules.area import Area, hull
from fleet.redaction.rules.mask import Mask, MaskState, TimeSpan, check_reason
from fleet.redaction.rules.refusal import RedactionRefusalError
from protocol.units import NS_PER_S

MOST_MASKS = 1_000
MOST_MUTES = 1_000
MOST_KEYS_TOGETHER = 200_000
LONGEST_WIDENING_NS = 2 * NS_PER_S
MOST_PERCENT = 100
MOST_PIXELS = 500


class Fill(StrEnum):
    """What stands where something is hidden."""

    SOLID = "solid"
    PIXELS = "pixels"
    BLUR = "blur"

    @property
    def warning(self) -> str:
        """What whoever chooses it has to be told; empty for a solid fill."""
        if self is Fill.SOLID:
            return ""
        return "Blur and pixels can be undone: whoever gets the copy may see who it is. A solid fill cannot."


@dataclass(frozen=True, slots=True)
class Widening:
    """How much more is hidden than was drawn.

    Attributes:
        percent: of a mask's width to the left and right, and of its height above and below.
        pixels: at each side, besides.
        time_ns: a mask also hides where it was so long before, and where it will be so long after.
    """

    percent: int = 15
    pixels: int = 4
    time_ns: int = 200_000_000

    def __post_init__(self) -> None:
        if not (0 <= self.percent <= MOST_PERCENT and 0 <= self.pixels <= MOST_PIXELS):
            raise RedactionRefusalError(
                f"Masks are widened by 0 to {MOST_PERCENT} percent and by 0 to {MOST_PIXELS} pixels."
            )
        if not 0 <= self.time_ns <= LONGEST_WIDENING_NS:
            raise RedactionRefusalError("Masks are widened by 0 to 2 seconds.")


@dataclass(frozen=True, slots=True)
class Muting:
    """Sound that is made silent.

    Attributes:
        id: its number in the plan, from 1; never given again.
        span: from when to when, after the start of the recording.
        reason: why.
    """

    id: int
    span: TimeSpan
    reason: str

    def __post_init__(self) -> None:
        if not 1 <= self.id < 2**31:
            raise RedactionRefusalError("A mute has a number from 1.")
        check_reason(self.reason, needed=True)


@dataclass(frozen=True, slots=True)
class RedactionPlan:
    """What is hidden.

    Attributes:
        masks: in the order of their numbers.
        mutes: likewise.
        widening: how much more than was drawn.
        fill: what stands in its place.

    Raises:
        RedactionRefusalError: a number stands twice, or there are too many.
    """

    masks: tuple[Mask, ...] = ()
    mutes: tuple[Muting, ...] = ()
    widening: Widening = field(default_factory=Widening)
    fill: Fill = Fill.SOLID

    def __post_init__(self) -> None:
        for items, most in ((self.masks, MOST_MASKS), (self.mutes, MOST_MUTES)):
            if len(items) > most:
                raise RedactionRefusalError(f"A plan has at most {most} masks and {most} mutes.")
            numbers = [item.id for item in items]
            if sorted(set(numbers)) != numbers:
                raise RedactionRefusalError("Masks and mutes stand in the order of their numbers, each once.")
        if sum(len(mask.keys) for mask in self.masks) > MOST_KEYS_TOGETHER:
            raise RedactionRefusalError(f"A plan has at most {MOST_KEYS_TOGETHER} key frames.")

    @property
    def undecided(self) -> int:
        """How many proposals nobody has accepted or refused."""
        return Counter(mask.state for mask in self.masks)[MaskState.PROPOSED]

    def hidden_at(self, at_ns: int, until_ns: int, width: int, height: int) -> tuple[Area, ...]:
        """Return the areas that are hidden in one picture: on even pixels, within it.

        Args:
            at_ns: when the picture is shown, after the start of the recording.
            until_ns: when the next one is.
            width: of the picture in pixels.
            height: likewise.
        """
        wide = self.widening
        found = []
        for mask in self.masks:
            if not mask.is_hidden:
                continue
            swept = mask.swept(at_ns - wide.time_ns, max(at_ns, until_ns - 1) + wide.time_ns)
            if swept is None:
                continue
            area = self._widened(swept).within(width, height)
            if area is not None:
                found.append(area)
        return tuple(found)

    def hidden_in_still(self, width: int, height: int) -> tuple[Area, ...]:
        """Return the areas that are hidden in a photograph: on even pixels, within it.

        It has no time: each mask lies over all of it, wherever it ever was.

        Args:
            width: of the picture in pixels.
            height: likewise.
        """
        those = (hull(key.area for key in mask.keys) for mask in self.masks if mask.is_hidden)
        found = (self._widened(each).within(width, height) for each in those)
        return tuple(each for each in found if each is not None)

    def _widened(self, area: Area) -> Area:
        wide = self.widening
        across, down = (-(-size * wide.percent // 100) for size in (area.width, area.height))
        return area.grown(across + wide.pixels, down + wide.pixels)

    def touches_picture(self, start_ns: int, end_ns: int) -> bool:
        """Whether anything is hidden in the picture from ``start_ns`` to before ``end_ns``."""
        wide = self.widening.time_ns
        return any(
            mask.swept(start_ns - wide, end_ns - 1 + wide) is not None
            for mask in self.masks
            if mask.is_hidden
        )

    def touches_sound(self, start_ns: int, end_ns: int) -> bool:
        """Whether anything is muted from ``start_ns`` to before ``end_ns``."""
        return any(mute.span.meets(start_ns, end_ns) for mute in self.mutes)


@dataclass(frozen=True, slots=True)
class ApprovedPlan:
    """A plan in which nothing is left to decide, so that a copy may be made of it.

    Attributes:
        plan: what is hidden.

    Raises:
        RedactionRefusalError: a proposal was neither accepted nor refused.
    """

    plan: RedactionPlan

    def __post_init__(self) -> None:
        if self.plan.undecided:
            raise RedactionRefusalError(
                f"Of the proposals, {self.plan.undecided} are neither accepted nor refused: look at each."
            )
