"""What each step needs, and what it makes of cameras and fleet. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from protocol.footage.consent import SaidOfConsent
from simulator.network.conditions import LineState
from simulator.oracle.door.follows import CLOSES
from simulator.scenario.language.facts import CertainCamera, CertainFleet, CertainWorld
from simulator.scenario.steps.buttons import Private
from simulator.scenario.steps.consent import SayConsent
from simulator.scenario.steps.lines import ChangeNetwork
from simulator.scenario.steps.site import StopBroker
from simulator.scenario.steps.waiting import Expect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.scenario.language.locate import Path
    from simulator.scenario.steps.base import CameraStep, ScenarioStep


@dataclass(frozen=True, slots=True)
class StepNeed:
    """A fact that must not certainly be otherwise.

    Attributes:
        fact: Of a camera, or of the fleet.
        otherwise: What is said of a camera where it is not so; for the fleet, the whole sentence.
        wanted: As what.
    """

    fact: str
    otherwise: str
    wanted: bool


ENROLLED = StepNeed("enrolled", "is not enrolled yet", wanted=True)
HERE = StepNeed("gone", "was destroyed", wanted=False)
POWER = StepNeed("powered", "has no power", wanted=True)
RECORDS = StepNeed("recording", "does not record", wanted=True)
UNDOCKED = StepNeed("docked", "is in its dock", wanted=False)
NOT_PRIVATE = StepNeed("private", "is private", wanted=False)
WORN = StepNeed("assigned", "is worn by nobody", wanted=True)
NOT_REVOKED = StepNeed("revoked", "was revoked", wanted=False)
_REACHED = (ENROLLED, HERE, POWER)
_AT_FLEET = (ENROLLED, NOT_REVOKED)
_RECORDED = (ENROLLED, StepNeed("recorded", "has recorded nothing", wanted=True))

OF_CAMERAS: Mapping[str, tuple[StepNeed, ...]] = {
    "press": (*_REACHED, UNDOCKED),
    "stop": (*_REACHED, RECORDS),
    "bookmark": (*_REACHED, RECORDS),
    "private on": (*_REACHED, UNDOCKED, NOT_PRIVATE),
    "private off": (*_REACHED, StepNeed("private", "is not private", wanted=True)),
    "consent": _REACHED,
    "consent overridden": (*_REACHED, UNDOCKED),
    "dock": _REACHED,
    "undock": _REACHED,
    "wait_ring_full": (*_REACHED, UNDOCKED, NOT_PRIVATE, WORN),
    "battery": (ENROLLED, HERE),
    "kill_camera": _REACHED,
    "restart_camera": (ENROLLED, HERE, StepNeed("powered", "has power", wanted=False)),
    "smash": (ENROLLED, HERE),
    "cover": _REACHED,
    "uncover": _REACHED,
    "stall": _REACHED,
    "unstall": _REACHED,
    "mute": _REACHED,
    "unmute": _REACHED,
    "card": (ENROLLED, HERE),
    "damage_card": (
        ENROLLED,
        HERE,
        StepNeed("unsent", "has nothing that the fleet has not signed for", wanted=True),
        StepNeed("recording", "still records", wanted=False),
    ),
    "clock": (ENROLLED, HERE),
    "forge": _AT_FLEET,
    "replay": (*_AT_FLEET, POWER),
    "network": (ENROLLED,),
    "enrol": (StepNeed("enrolled", "is enrolled", wanted=False),),
    "assign": (*_AT_FLEET, StepNeed("assigned", "is worn by an officer", wanted=False)),
    "unassign": (*_AT_FLEET, WORN),
    "revoke": _AT_FLEET,
    "hold": _RECORDED,
    "release": (*_RECORDED, StepNeed("on_hold", "has no recording that is held", wanted=True)),
    "judge": _RECORDED,
    "wait_held": (ENROLLED,),
    "expect": (ENROLLED,),
    "expect of a recording": _RECORDED,
}
"""What a step needs of each camera."""

TO_ARRIVE = (POWER, HERE, NOT_REVOKED, StepNeed("cut", "has no network", wanted=False))
"""What a camera needs so that what it recorded arrives."""

_RUNS = StepNeed("runs", "the fleet is stopped", wanted=True)
_BROKER = StepNeed("broker", "the broker is stopped", wanted=True)
OF_FLEET: Mapping[str, tuple[StepNeed, ...]] = {
    "enrol": (_RUNS,),
    "assign": (_RUNS,),
    "unassign": (_RUNS,),
    "revoke": (_RUNS,),
    "hold": (_RUNS,),
    "release": (_RUNS,),
    "judge": (_RUNS,),
    "forge": (_RUNS, _BROKER),
    "replay": (_RUNS, _BROKER),
    "stop_fleet": (_RUNS,),
    "start_fleet": (StepNeed("runs", "the fleet runs", wanted=False),),
    "stop_broker": (_RUNS, _BROKER),
    "start_broker": (StepNeed("broker", "the broker runs", wanted=False),),
}
"""What a step needs of the fleet."""

_OFF = {"powered": False, "recording": False, "docked": False}
"""A camera that was private comes back private."""
_EFFECTS: Mapping[str, Mapping[str, bool | None]] = {
    "press": {"recording": True, "unsent": True, "recorded": True},
    "stop": {"recording": False},
    "private on": {"private": True, "recording": False},
    "private off": {"private": False},
    "dock": {"docked": True, "private": False, "recording": False},
    "undock": {"docked": False},
    "kill_camera": _OFF,
    "restart_camera": {"powered": True},
    "smash": {**_OFF, "gone": True, "unsent": False},
    "enrol": {"enrolled": True, "powered": True, "assigned": False},
    "assign": {"assigned": True},
    # What private becomes depends on whether it records.
    "unassign": {"assigned": False, "private": None},
    "revoke": {"revoked": True, "assigned": False},
    "hold": {"on_hold": True},
    # Another of its recordings may still be held.
    "release": {"on_hold": None},
    # What is damaged never arrives, and nobody waits for it.
    "damage_card": {"unsent": False},
}
_OF_FLEET: Mapping[str, Mapping[str, bool | None]] = {
    "stop_fleet": {"runs": False, "broker": True},
    "start_fleet": {"runs": True},
    "start_broker": {"broker": True},
}


_OF_CAMERA: Mapping[str, tuple[str, ...]] = {
    "network": ("cut",),
    "consent": ("private", "recording", "unsent", "recorded"),
    "assign": ("private",),
    "wait_held": ("unsent",),
    "expect": ("unsent",),
}
"""What a step changes of a camera beside its effects above."""


@dataclass(frozen=True, slots=True)
class UnsureStep:
    """A step of which it is not known what it is to do.

    Attributes:
        words: Its word, and those of the steps in it; none where that is not known.
        names: The cameras that it names; none for all.
        alone: Whether it is known what it may change.
    """

    words: tuple[str, ...]
    names: tuple[str, ...] = ()
    alone: bool = True

    def after(self, facts: CertainWorld) -> CertainWorld:
        """Return what is certain all the same once it has come about."""
        of_fleet = not self.alone or any(each in OF_FLEET for each in self.words)
        fleet = CertainFleet(runs=None, broker=None) if of_fleet else facts.fleet
        unknown: dict[str, Any] = dict.fromkeys(self._changed())
        named = self.names if self.alone and set(self.names) <= set(facts.cameras) else ()
        cameras = {
            name: replace(each, **unknown) if name in (named or facts.cameras) else each
            for name, each in facts.cameras.items()
        }
        return CertainWorld(cameras, fleet)

    def _changed(self) -> set[str]:
        if not self.alone:
            return {each.name for each in fields(CertainCamera)}
        found: set[str] = set()
        for word in self.words:
            found |= set(_OF_CAMERA.get(word, ()))
            for effect, changed in _EFFECTS.items():
                if effect == word or effect.startswith(f"{word} "):
                    found |= set(changed)
        return found


def needs_of(step: ScenarioStep, facts: CertainCamera) -> tuple[StepNeed, ...]:
    """Return what a step needs of a camera that is like this."""
    needs = OF_CAMERAS.get(word_of(step), ())
    if word_of(step) == "private on" and facts.recording is not False:
        # Private ends a recording that was begun in spite of it.
        return tuple(each for each in needs if each is not NOT_PRIVATE)
    return needs


def word_of(step: ScenarioStep) -> str:
    """Return what a step is called in these tables."""
    if isinstance(step, Expect) and step.state in ("kept", "deleted"):
        return "expect of a recording"
    if isinstance(step, SayConsent) and step.said.kind is SaidOfConsent.OVERRIDDEN:
        return "consent overridden"
    return f"{step.do} {step.state}" if isinstance(step, Private) else step.do


def after(step: CameraStep, facts: CertainCamera, path: Path) -> CertainCamera:
    """Return what is certain of a camera once a step with it has come about."""
    if isinstance(step, ChangeNetwork):
        cut = step.state is LineState.CUT and step.line == step.way == "both"
        return replace(facts, cut=cut)
    if isinstance(step, SayConsent):
        return after_consent(step, facts, path)
    word = word_of(step)
    changed = dict(_EFFECTS.get(word, {}))
    if word == "assign":
        # Whoever is handed a camera begins afresh, but for one that records in private.
        kept = facts.private if facts.recording is True else None
        changed["private"] = False if facts.recording is False else kept
    if word in ("assign", "unassign") and facts.private is False:
        changed["private"] = False
    pressed = path if word == "press" else facts.pressed
    return replace(facts, pressed=pressed, **changed)


def after_consent(step: SayConsent, facts: CertainCamera, path: Path) -> CertainCamera:
    """Return what is certain of a camera once it was told what was said at the door."""
    if step.said.kind in CLOSES and facts.docked is not True:
        is_open = facts.docked is False
        return replace(facts, private=True if is_open else None, recording=False if is_open else None)
    begun = replace(facts, recording=True, unsent=True, recorded=True, pressed=path)
    if step.said.kind is SaidOfConsent.OVERRIDDEN:
        return begun
    # What is closed is opened by a person, and not by whoever asks to be recorded.
    opens = (facts.private is False, facts.docked is False, facts.assigned is True)
    closed = True in (facts.private, facts.docked) or facts.assigned is False
    if step.said.kind is not SaidOfConsent.ASKED_FOR or facts.recording is True or closed:
        return facts
    return begun if all(opens) else replace(begun, recording=None, unsent=None, recorded=None)


def fleet_after(step: ScenarioStep, facts: CertainFleet) -> CertainFleet:
    """Return what is certain of the fleet once a step has come about."""
    if isinstance(step, StopBroker) and step.how == "hang":
        return replace(facts, broker=False)
    return replace(facts, **_OF_FLEET.get(step.do, {}))
