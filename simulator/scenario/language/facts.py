"""What is certain of cameras and fleet at a point of a scenario, before any of it runs. Pure.

Rule: three values. True and False are certain; None is what depends on luck, on the seed or on how steps that
go on side by side fall. Only what is certain makes a step impossible.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.scenario.language.locate import Path

Facts = TypeVar("Facts", "CertainCamera", "CertainFleet")


@dataclass(frozen=True, slots=True)
class CertainCamera:
    """What is certain of one camera.

    Attributes:
        enrolled: It takes part.
        powered: It has power.
        gone: It was destroyed.
        recording: It records.
        private: Private is on.
        docked: It is in its dock.
        assigned: An officer wears it.
        revoked: The fleet refuses it.
        cut: Its network lets nothing pass.
        unsent: Something that it recorded was not waited for.
        recorded: It has recorded something.
        on_hold: A hold was placed on something that it recorded, and none was ended since.
        pressed: The step that began what it records.
    """

    enrolled: bool | None = True
    powered: bool | None = True
    gone: bool | None = False
    recording: bool | None = False
    private: bool | None = False
    docked: bool | None = False
    assigned: bool | None = True
    revoked: bool | None = False
    cut: bool | None = False
    unsent: bool | None = False
    recorded: bool | None = False
    on_hold: bool | None = False
    pressed: Path | None = None


NOT_ENROLLED: Final = CertainCamera(enrolled=False, powered=False, assigned=False)
"""A camera that takes no part yet."""


@dataclass(frozen=True, slots=True)
class CertainFleet:
    """What is certain of the fleet: that it runs, and that its broker does."""

    runs: bool | None = True
    broker: bool | None = True


@dataclass(frozen=True, slots=True)
class CertainWorld:
    """What is certain of everything.

    Attributes:
        cameras: Each camera, by its name.
        fleet: The fleet.
    """

    cameras: Mapping[str, CertainCamera]
    fleet: CertainFleet = CertainFleet()

    def with_camera(self, name: str, facts: CertainCamera) -> CertainWorld:
        """Return it with one camera changed."""
        return replace(self, cameras={**self.cameras, name: facts})

    @property
    def taking_part(self) -> tuple[str, ...]:
        """The cameras that a step means which names none."""
        return tuple(
            name
            for name, each in self.cameras.items()
            if each.enrolled is not False and each.gone is not True
        )


def either(one: CertainWorld, other: CertainWorld) -> CertainWorld:
    """Return what is certain when it is the one or the other."""
    cameras = {name: _either(each, other.cameras[name]) for name, each in one.cameras.items()}
    return CertainWorld(cameras, _either(one.fleet, other.fleet))


def side_by_side(before: CertainWorld, ends: list[CertainWorld]) -> CertainWorld:
    """Return what is certain after several lists of steps, each of which alone would end like this."""
    whole = before
    for each in ends:
        cameras = {
            name: _laid_over(each.cameras[name], whole.cameras[name], then)
            for name, then in before.cameras.items()
        }
        whole = CertainWorld(cameras, _laid_over(each.fleet, whole.fleet, before.fleet))
    return whole


def disturbed(before: CertainWorld, others: list[CertainWorld]) -> CertainWorld:
    """Return what is certain while others go on, each of which alone would end like this."""
    for each in others:
        before = either(before, each)
    return before


def _either(one: Facts, other: Facts) -> Facts:
    differing = {
        each.name: None
        for each in fields(one)
        if getattr(one, each.name) != getattr(other, each.name) and each.name != "pressed"
    }
    return replace(one, **differing)


def _laid_over(after: Facts, whole: Facts, before: Facts) -> Facts:
    """Return the whole with what one list changed; what another has changed as well is not certain."""
    changed = {}
    for name in (each.name for each in fields(after)):
        was, is_now, by_others = (getattr(each, name) for each in (before, after, whole))
        if is_now != was:
            both = by_others not in (was, is_now) and name != "pressed"
            changed[name] = None if both else is_now
    return replace(whole, **changed)
