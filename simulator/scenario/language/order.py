"""Orders of steps that cannot come about, found before anything starts. Pure.

Rules:

* A step is impossible where what it needs is certainly not so; what depends on luck is left to the run.
* A step that expects a refusal may ask for the impossible: that is what it is for. What comes of one that may
  be refused is not certain.
* What is pressed is stopped, and what was recorded is waited for; both are forgotten easily.
* A repeated step is looked at twice: it must be possible again after itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from simulator.scenario.language.facts import (
    NOT_ENROLLED,
    CertainCamera,
    CertainWorld,
    disturbed,
    either,
    side_by_side,
)
from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake
from simulator.scenario.language.requirements import (
    OF_FLEET,
    TO_ARRIVE,
    UnsureStep,
    after,
    fleet_after,
    needs_of,
)
from simulator.scenario.steps.base import CameraStep, RefusableStep
from simulator.scenario.steps.order import Parallel, RandomChoice, Repeat
from simulator.scenario.steps.strangers import Forge
from simulator.scenario.steps.waiting import Expect, Wait, WaitHeld

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from simulator.scenario.language.locate import Path
    from simulator.scenario.language.requirements import StepNeed
    from simulator.scenario.model import Scenario
    from simulator.scenario.steps.base import ScenarioStep
    from simulator.scenario.steps.order import Step


_DESTROYED: Final = (("smash",), 'no camera is destroyed; add a step do = "smash"')
SUBJECTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "playable_after_s": _DESTROYED,
    "playable_before_s": _DESTROYED,
    "lost_at_most_s": (("kill_camera",), 'no camera loses its power; add a step do = "kill_camera"'),
}
"""Promises of what a step has to bring about: which steps do, and what to say where there is none."""

HOW_MANY_LATER: Final = "set cameras.later to how many join later"


def order_problems(scenario: Scenario, unsure: Mapping[Path, UnsureStep] | None = None) -> Iterator[Mistake]:
    """Say which steps cannot come about, and what was forgotten.

    Args:
        scenario: The scenario.
        unsure: The steps in it that stand for others, which could not be read.
    """
    unsure = unsure or {}
    if scenario.pilot is not None:
        return
    if not scenario.steps:
        yield Mistake("there are no steps; add at least one [[steps]]", ("steps",))
        return
    cameras = scenario.cameras
    here = {name: CertainCamera() for name in cameras.names}
    later = dict.fromkeys(cameras.later_names, NOT_ENROLLED)
    yield from _named_in_promises(scenario)
    yield from _nothing_to_judge(scenario, unsure.values())
    walk = _Walk(unsure)
    end = walk.through(scenario.steps, CertainWorld({**here, **later}), ("steps",))
    yield from walk.problems
    yield from _forgotten(end)


def _named_in_promises(scenario: Scenario) -> Iterator[Mistake]:
    known = (*scenario.cameras.names, *scenario.cameras.later_names)
    for key, names in scenario.promises.named.items():
        for name in names:
            if name not in known:
                yield Mistake(
                    f"promises.{key} names {name}, but the cameras are {_span(known)}"
                    f"{did_you_mean(name, known)}",
                    ("promises", key, name),
                )


def _nothing_to_judge(scenario: Scenario, unsure: Collection[UnsureStep]) -> Iterator[Mistake]:
    """Promises of what none of the steps brings about."""
    there = {*_words(scenario.steps), *(word for each in unsure for word in each.words)}
    for key, (words, needed) in SUBJECTS.items():
        if not all(each.words for each in unsure):
            break  # it may be just that step
        if getattr(scenario.promises, key) is not None and not there & set(words):
            yield Mistake(f"promises.{key} judges nothing: {needed}", ("promises", key))
    if scenario.promises.gone_within_s is not None and not scenario.fleet.deletes:
        said = "promises.gone_within_s judges nothing: set fleet.deletes = true, so that the fleet deletes"
        yield Mistake(said, ("promises", "gone_within_s"))


def _words(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield step.do
        lists = step.branches if isinstance(step, Parallel) else ()
        lists = step.choices if isinstance(step, RandomChoice) else lists
        for each in (step.steps,) if isinstance(step, Repeat) else lists:
            yield from _words(each)


def _forgotten(end: CertainWorld) -> Iterator[Mistake]:
    """What a scenario leaves undone."""
    for name, each in end.cameras.items():
        path = ("steps",) if each.pressed is None else (*each.pressed, "do")
        if each.recording is True:
            yield Mistake(f'{name} still records at the end: add a step do = "stop"', path)
        elif each.unsent is True and each.revoked is False and each.gone is False:
            if each.powered is False:
                yield Mistake(
                    f"what {name} recorded cannot arrive, since its power is off at the end: add a step "
                    'do = "restart_camera", and wait_held',
                    path,
                )
            else:
                yield Mistake(
                    f'nothing waits until the fleet holds what {name} recorded: add a step do = "wait_held"',
                    path,
                )


@dataclass(slots=True)
class _Walk:
    """Goes through the steps with what is certain, and notes what is impossible."""

    unsure: Mapping[Path, UnsureStep]
    problems: list[Mistake] = field(default_factory=list)
    seen: list[CertainWorld] = field(default_factory=list)
    again: bool = False

    def through(self, steps: Sequence[Step], facts: CertainWorld, path: Path) -> CertainWorld:
        """Return what is certain after a list of steps."""
        earliest_s = 0.0
        for position, step in enumerate(steps):
            here = (*path, position)
            if step.at_s is not None and step.at_s < earliest_s:
                said = f"is to begin at {step.at_s:g} s, and what comes before it takes {earliest_s:g} s"
                self._say(step, here, said, "at_s")
            earliest_s = max(earliest_s, step.at_s or 0.0)
            earliest_s += step.seconds if isinstance(step, Wait) else 0.0
            facts = self._step(step, facts, here)
            self.seen.append(facts)
        return facts

    def _step(self, step: Step, facts: CertainWorld, path: Path) -> CertainWorld:
        if path in self.unsure:
            return self.unsure[path].after(facts)
        if isinstance(step, Repeat):
            return self._repeat(step, facts, path)
        if isinstance(step, Parallel):
            return self._parallel(step, facts, path)
        if isinstance(step, RandomChoice):
            ends = [
                self.through(each, facts, (*path, "choices", position))
                for position, each in enumerate(step.choices)
            ]
            found = ends[0]
            for each in ends[1:]:
                found = either(found, each)
            return found
        refused = step.refused if isinstance(step, RefusableStep) else False
        if refused is False:
            for need in _broken(OF_FLEET.get(step.do, ()), facts.fleet):
                self._say(step, path, f"cannot come about: {need.otherwise}")
        if not isinstance(step, CameraStep):
            return replace(facts, fleet=fleet_after(step, facts.fleet))
        return self._cameras(step, facts, path, refused=refused)

    def _cameras(
        self, step: CameraStep, facts: CertainWorld, path: Path, *, refused: bool | str
    ) -> CertainWorld:
        names = self._known(step, facts, path)
        if step.do == "enrol" and not step.cameras and not names:
            self._say(step, path, f"enrols nobody: {HOW_MANY_LATER}")
        if isinstance(step, Forge):
            self._forged(step, facts, path)
        if step.any_of is not None and step.any_of > len(names):
            self._say(step, path, f"any_of is {step.any_of}, and there are {len(names)}", "any_of")
        if refused is True:
            return facts
        for name in names:
            before = facts.cameras[name]
            needs = needs_of(step, before) if refused is False else ()
            broken = tuple(_broken(needs, before))
            for need in broken:
                self._say(step, path, f"cannot come about: {name} {need.otherwise}")
            done = self._waited(step, before, facts, name, path)
            done = after(step, done, path)
            changed = facts.with_camera(name, done)
            perhaps = bool(refused or broken) or (step.any_of is not None and step.any_of < len(names))
            facts = either(changed, facts) if perhaps else changed
        # Whoever names a camera that is not there meant one of the others.
        return facts if set(step.cameras) <= set(facts.cameras) else UnsureStep((step.do,)).after(facts)

    def _known(self, step: CameraStep, facts: CertainWorld, path: Path) -> tuple[str, ...]:
        """The cameras that a step means; it says which there are not."""
        if not step.cameras:
            if step.do == "enrol":
                return tuple(name for name, each in facts.cameras.items() if each.enrolled is not True)
            return facts.taking_part
        known = tuple(facts.cameras)
        for position, name in enumerate(step.cameras):
            if name not in known:
                meant = did_you_mean(name, known) if step.do != "enrol" else f"; {HOW_MANY_LATER}"
                said = f"names {name}, but the cameras are {_span(known)}{meant}"
                self._say(step, path, said, "cameras", position)
            elif name in step.cameras[:position]:
                self._say(step, path, f"names {name} twice", "cameras", position)
        return tuple(name for name in dict.fromkeys(step.cameras) if name in known)

    def _forged(self, step: Forge, facts: CertainWorld, path: Path) -> None:
        """Say what is wrong with whose certificate is to be used."""
        known = tuple(facts.cameras)
        if step.by not in known:
            said = f"names {step.by}, but the cameras are {_span(known)}{did_you_mean(step.by, known)}"
            self._say(step, path, said, "by")
        elif step.cameras == (step.by,):
            self._say(step, path, f"forges what {step.by} says with its own certificate: name another", "by")

    def _waited(
        self, step: CameraStep, before: CertainCamera, facts: CertainWorld, name: str, path: Path
    ) -> CertainCamera:
        """What is certain once a step has waited for the fleet to hold what there is."""
        waits = isinstance(step, WaitHeld) or (isinstance(step, Expect) and step.state == "held")
        if not waits or before.unsent is not True:
            return before
        if before.recording is not True:
            for need in _broken(TO_ARRIVE, before):
                self._say(step, path, f"cannot come about: {name} {need.otherwise}")
            if facts.fleet.runs is False:
                self._say(step, path, "cannot come about: the fleet is stopped")
        return replace(before, unsent=before.recording)

    def _repeat(self, step: Repeat, facts: CertainWorld, path: Path) -> CertainWorld:
        inner = (*path, "steps")
        facts = self.through(step.steps, facts, inner)
        if step.times > 1 and not self.problems:
            outer, self.again = self.again, True
            facts = self.through(step.steps, facts, inner)
            self.again = outer
        return facts

    def _parallel(self, step: Parallel, facts: CertainWorld, path: Path) -> CertainWorld:
        alone, ends = [_Walk(self.unsure) for _ in step.branches], []
        for position, (walk, each) in enumerate(zip(alone, step.branches, strict=True)):
            ends.append(walk.through(each, facts, (*path, "branches", position)))
        for position, each in enumerate(step.branches):
            # Whatever another goes through may be so at any moment of this one.
            others = [seen for other, walk in enumerate(alone) if other != position for seen in walk.seen]
            self.through(each, disturbed(facts, others), (*path, "branches", position))
        return side_by_side(facts, ends)

    def _say(self, step: ScenarioStep, path: Path, said: str, *more: str | int) -> None:
        number = ".".join(str(part + 1) for part in path if isinstance(part, int))
        again = " when it is repeated" if self.again else ""
        self.problems.append(Mistake(f"step {number} ({step.do}) {said}{again}", (*path, *(more or ("do",)))))


def _broken(needs: Iterable[StepNeed], facts: object) -> Iterator[StepNeed]:
    """The requirements that are certainly not met, the first alone: the others follow from it mostly."""
    for need in needs:
        is_so = getattr(facts, need.fact)
        if is_so is not None and is_so is not need.wanted:
            yield need
            return


def _span(names: Sequence[str]) -> str:
    return f"{names[0]} to {names[-1]}"
