"""Puts what happened with several cameras together into one scenario. Pure.

Rules:

* A step that cannot come about, by what scenarios know of cameras, is none: it stands as a remark.
* At the end all is mended, and all that can arrive is waited for. That is no part of what the folder tells.
* The text is one that ``lapel-simulator check`` finds nothing wrong with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import merge
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from simulator.errors import ScenarioError
from simulator.replay.happened import happened
from simulator.scenario.language.read import read_scenario
from simulator.scenario.language.requirements import needs_of
from simulator.scenario.language.virtual import POSSIBLE
from simulator.scenario.steps.base import CameraStep
from simulator.scenario.steps.order import Step
from simulator.scenario.writing.standing import StandingCamera, StandingWorld
from simulator.scenario.writing.text import ScenarioHead, WrittenStep, scenario_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from simulator.replay.found import FoundCamera
    from simulator.replay.happened import HappenedStep

LEAD_S: Final = 2.0
"""So long after all cameras are up the first thing happens."""
LONGEST_S: Final = 2_678_400.0
DAY_S: Final = 86_400
SHORTEST_WINDOW_S, LONGEST_WINDOW_S, USUAL_WINDOW_S = 5, 3600, 180
SMALL: Final = {"source": "synthetic", "width": 160, "height": 120, "fps": 5}
VERDICTS: Final = ("intact", "intact with gaps", "without an end")
KNOWN: Final = (
    "Known from the ledgers, which the cameras signed: presses, bookmarks, ends, their times, what "
    "pre-record lacked and why, and what the cameras said was wrong.\n"
    "Not known: presses that were refused, the network, the fleet, what the lens saw, and how large "
    "the pictures were. A remark stands where a time was chosen."
)
AT_THE_END: Final = (
    "From here on the folder tells nothing: all is put in order, so that everything can arrive."
)

_STEP: Final[TypeAdapter[Any]] = TypeAdapter(Step)


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """How a scenario is to be made.

    Attributes:
        origin: What the folder is called.
        virtual: Whether in virtual time.
        idle_s: To how much a time in which nothing happens is shortened; None for not at all.
        tables: What a camera's configuration says, table by table.
    """

    origin: str
    virtual: bool = True
    idle_s: float | None = None
    tables: Mapping[str, Mapping[str, Any]] | None = None


def replayed(cameras: Sequence[FoundCamera], plan: ReplayPlan) -> str:
    """Return what was found as a scenario.

    Raises:
        ScenarioError: It would last longer than a scenario may.
    """
    days = merge(*(happened(each) for each in cameras), key=lambda each: each.at_s)
    timed = _from_the_beginning(list(days), plan.idle_s)
    standing = StandingWorld({each.name: StandingCamera() for each in cameras})
    steps = [*_possible(timed, standing, virtual=plan.virtual)]
    ending = list(standing.mended())
    if ending:
        ending[0] = replace(ending[0], remarks=(*ending[0].remarks, AT_THE_END))
    text = scenario_text(_head(cameras, plan), (*steps, *ending))
    wrong = read_scenario(text).problems
    if wrong:
        raise ScenarioError(f"What the folder tells makes no scenario that can be run: {wrong[0].sentence}.")
    return text


def _from_the_beginning(steps: Sequence[HappenedStep], idle_s: float | None) -> list[HappenedStep]:
    """Count from the first thing that happened, and shorten what is idle."""
    at_s, before_s, timed = LEAD_S, None, []
    for each in steps:
        pause_s = 0.0 if before_s is None else each.at_s - before_s
        at_s += pause_s if idle_s is None else min(pause_s, idle_s)
        before_s = each.at_s
        timed.append(replace(each, at_s=at_s))
    if at_s > LONGEST_S:
        raise ScenarioError(
            f"What the folder tells took {at_s / DAY_S:.0f} days, and a scenario lasts at most "
            f"{LONGEST_S / DAY_S:.0f}; shorten what is idle with --idle SECONDS."
        )
    return timed


def _possible(
    steps: Iterable[HappenedStep], standing: StandingWorld, *, virtual: bool
) -> Iterator[WrittenStep]:
    """Keep what can come about; the rest becomes remarks of what follows it."""
    waiting: tuple[str, ...] = ()
    for each in steps:
        keys = each.keys
        if keys is None:
            waiting = (*waiting, *each.remarks)
            continue
        why = _why_not(_STEP.validate_python(keys), standing, virtual=virtual)
        if why:
            left_out = f"Left out at {each.at_s:.2f} s: {keys['do']} of {keys['cameras'][0]}, since {why}."
            waiting = (*waiting, *each.remarks, left_out)
            continue
        rest = {key: value for key, value in keys.items() if key != "do"}
        written = {"do": keys["do"], "at_s": round(each.at_s, 2), **rest}
        yield WrittenStep(written, (*waiting, *each.remarks))
        waiting = ()
        standing.take(_STEP.validate_python(keys))


def _why_not(step: Step, standing: StandingWorld, *, virtual: bool) -> str:
    if virtual and step.do not in POSSIBLE:
        return "virtual time has no such step (--time real has it)"
    if not isinstance(step, CameraStep):
        return ""
    facts = standing.cameras[step.cameras[0]].facts
    for need in needs_of(step, facts):
        is_so = getattr(facts, need.fact)
        if is_so is not None and is_so is not need.wanted:
            return f"it {need.otherwise} by then"
    return ""


def _head(cameras: Sequence[FoundCamera], plan: ReplayPlan) -> ScenarioHead:
    remarks = [f"Made by lapel-simulator replay from {plan.origin}.", KNOWN]
    for each in cameras:
        remarks.append(f"{each.name} is {each.called}: {len(each.recordings)} recordings.")
        if each.receipts:
            gone = ", ".join(map(str, each.receipts))
            remarks.append(
                f"{each.name} keeps nothing but receipts of {gone}: when they were made is not known."
            )
        remarks += [f"{each.name}: {said}" for said in each.unreadable]
    if plan.idle_s is not None:
        remarks.append(
            f"Where nothing happened for longer than {plan.idle_s:g} s, {plan.idle_s:g} s are left."
        )
    return ScenarioHead(
        "replayed",
        "What the ledgers in a folder tell",
        ("replay",),
        1,
        {
            "run": {"time": "virtual" if plan.virtual else "real"},
            "cameras": _cameras_table(cameras, plan),
            "promises": {"verdicts": VERDICTS, "listed_within_s": DAY_S, "full_prerecord": False},
        },
        tuple(remarks),
    )


def _cameras_table(cameras: Sequence[FoundCamera], plan: ReplayPlan) -> dict[str, Any]:
    known = max((each.window_s for each in cameras), default=0.0)
    window_s = min(LONGEST_WINDOW_S, max(SHORTEST_WINDOW_S, round(known or USUAL_WINDOW_S)))
    small: dict[str, Any] = dict(SMALL) if plan.virtual else {}
    tables = {name: dict(keys) for name, keys in (plan.tables or {}).items()}
    video = tables.get("video", {})
    seen: dict[str, Any] = {key: video.pop(key) for key in ("width", "height", "fps") if key in video}
    settings = {
        f"settings.{name}.{key}": value for name, keys in tables.items() for key, value in keys.items()
    }
    return {"count": len(cameras), **small, **seen, "window_s": window_s, **settings}
