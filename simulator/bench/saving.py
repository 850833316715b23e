"""What was done on the bench as a scenario that ``lapel-simulator run`` takes. Pure.

Rules:

* Steps have the times at which they were done. What was refused has to be refused again.
* It ends in order: what is broken is mended, what records is stopped, and all that can arrive is waited for.
* It is checked as ``lapel-simulator check`` does; what is wrong with it stands in its first lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.scenario.language.facts import NOT_ENROLLED
from simulator.scenario.language.read import read_scenario
from simulator.scenario.steps.base import CameraStep
from simulator.scenario.steps.people import Enrol
from simulator.scenario.writing.standing import StandingCamera, StandingWorld, keys_of
from simulator.scenario.writing.text import ScenarioHead, WrittenStep, scenario_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from simulator.bench.journal import DoneOrder, JournalPages

NAME = "from_the_bench"
VERDICTS = ("intact", "intact with gaps", "without an end")
DAY_S = 86_400
ENDED_BY_ITSELF = "It had no power, and nobody had pulled it: it had ended by itself, see its log."
NO_ROOM = "The fleet of the bench refused it; the fleet of a run admits as many cameras as there are."
IN_ORDER = "From here on nothing was done on the bench: all is put in order, so that everything arrives."
NOTHING = WrittenStep({"do": "wait", "seconds": 1}, ("Nothing was done.",))
PROMISES = (
    "What is promised always is judged. How soon a recording is listed and how full a ring was depends on "
    "what was done; tighten [promises] to what this scenario is to guard."
)


@dataclass(frozen=True, slots=True)
class BenchCameras:
    """What the bench's cameras are.

    Attributes:
        names: Their names, in order.
        later: Names of those that can be enrolled after these, in order.
        window_s: How much pre-record they keep, in seconds.
        seed: What decided where in the scene each begins.
        scene: What of ``[cameras]`` says what they see: ``source``, ``width``, ``height``, ``fps``.
    """

    names: tuple[str, ...]
    window_s: int
    seed: int
    scene: Mapping[str, Any]
    later: tuple[str, ...] = ()


def saved_scenario(cameras: BenchCameras, pages: JournalPages, began: str) -> str:
    """Return what was done as a scenario.

    Args:
        cameras: The cameras.
        pages: What was done.
        began: When, in words.
    """
    standing = standing_after(cameras.names, pages.before, cameras.later)
    opening = list(standing.as_steps())
    orders = [each for each in pages.orders if not _is_older(each, pages)]
    steps = [*opening, *_done(orders, standing, pages.used)] or [NOTHING]
    mending = list(standing.mended())
    if mending:
        mending[0] = replace(mending[0], remarks=(IN_ORDER, *mending[0].remarks))
    head = _head(cameras, pages, began)
    text = scenario_text(head, (*steps, *mending))
    wrong = [each.words("check") for each in read_scenario(text).problems]
    return (
        text
        if not wrong
        else scenario_text(replace(head, remarks=(*head.remarks, *wrong)), (*steps, *mending))
    )


def standing_after(
    names: Sequence[str], orders: Iterable[DoneOrder], later: Sequence[str] = ()
) -> StandingWorld:
    """Return how cameras and fleet are after what was done."""
    cameras = {name: StandingCamera() for name in names}
    standing = StandingWorld(cameras | {name: StandingCamera(NOT_ENROLLED) for name in later})
    for each in orders:
        if not each.refused:
            standing.take(each.step)
    return standing


def _is_older(order: DoneOrder, pages: JournalPages) -> bool:
    """Whether a step concerned a recording that the scenario does not make."""
    if order.recording is None or not isinstance(order.step, CameraStep):
        return False
    return order.recording <= pages.used.get(order.step.cameras[0], 0)


def _done(
    orders: Iterable[DoneOrder], standing: StandingWorld, used: Mapping[str, int]
) -> Iterator[WrittenStep]:
    for each in orders:
        at = {"at_s": round(each.at_s, 2)}
        step = each.step
        camera = step.cameras[0] if isinstance(step, CameraStep) else None
        remarks: tuple[str, ...] = ()
        if step.do == "restart_camera" and camera and standing.cameras[camera].facts.powered is True:
            yield WrittenStep({"do": "kill_camera", **at, "cameras": [camera]}, (ENDED_BY_ITSELF,))
        keys = dict(keys_of(step, camera))
        if each.recording is not None and camera is not None:
            keys["recording"] = each.recording - used.get(camera, 0)
        refused: dict[str, Any] = {"refused": True} if each.refused else {}
        if each.refused and step.do == "enrol":
            # For how many cameras it has room is the fleet's affair, and a run's has room for all.
            refused, remarks = {"refused": "perhaps"}, (NO_ROOM,)
        yield WrittenStep({"do": keys.pop("do"), **at, **keys, **refused}, remarks)
        if not each.refused:
            standing.take(step)


def _head(cameras: BenchCameras, pages: JournalPages, began: str) -> ScenarioHead:
    remarks = [f"Done on the bench from {began}, in {pages.lasted_s:.0f} s.", PROMISES]
    if pages.full:
        remarks.append(
            "More was done than a scenario of the bench holds: what came after these steps is not here."
        )
    remarks += [
        f"At {each.at_s:.1f} s a step {each.step.do} concerned recording {each.recording} of "
        f"{each.step.cameras[0]}, which was there before this scenario began: it is left out."
        for each in pages.orders
        if isinstance(each.step, CameraStep) and _is_older(each, pages)
    ]
    enrolled = {each.step.cameras[0] for each in pages.orders if isinstance(each.step, Enrol)}
    more = {"later": len(enrolled)} if enrolled else {}
    return ScenarioHead(
        NAME,
        "What a tester did on the bench",
        ("bench",),
        cameras.seed,
        {
            "cameras": {"count": len(cameras.names), **more, **cameras.scene, "window_s": cameras.window_s},
            "promises": {"verdicts": VERDICTS, "listed_within_s": DAY_S, "full_prerecord": False},
        },
        tuple(remarks),
    )
