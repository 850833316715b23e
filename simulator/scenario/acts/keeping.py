"""Carries out what people say at the fleet that decides how long a recording is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.errors import RefusalError, StepError
from simulator.oracle.history import OperationAnswer, OperationKind
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.keeping import HoldRecording, JudgeRecording, ReleaseHold

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.watch import MadeRecording

HEARD_OF_S = 30
"""So long may the fleet take to hear of a recording."""


@act_with.register(HoldRecording)
def _(step: HoldRecording, camera: VirtualCamera, context: ScenarioContext) -> None:
    made, api = _meant(step.recording, camera, context), context.watch.api
    review = context.utc().date() + timedelta(days=step.review_days)
    draft = {"kind": step.kind, "owner": step.owner, "reason": step.reason, "review": review.isoformat()}

    def place() -> OperationAnswer:
        hold = api.hold(made.recording, draft)
        said = f"recording {made.number} is held for {step.owner}"
        return OperationAnswer(ok=True, sentence=said, recording=made.recording, hold=hold)

    context.placing(made.recording, step.owner, step.reason)
    context.recorder.tried(OperationKind.HOLD, camera, place)


@act_with.register(ReleaseHold)
def _(step: ReleaseHold, camera: VirtualCamera, context: ScenarioContext) -> None:
    made, api = _meant(step.recording, camera, context), context.watch.api
    lasting = api.holds(made.recording)
    if not lasting:
        raise RefusalError(f"recording {made.number} of {camera.name} has no hold that could be ended")
    for each in lasting:

        def end(hold: str = each.id) -> OperationAnswer:
            api.release(hold, step.reason)
            said = f"a hold on recording {made.number} was ended"
            return OperationAnswer(ok=True, sentence=said, recording=made.recording, hold=hold)

        context.recorder.tried(OperationKind.RELEASE, camera, end)


@act_with.register(JudgeRecording)
def _(step: JudgeRecording, camera: VirtualCamera, context: ScenarioContext) -> None:
    made = _meant(step.recording, camera, context)

    def say() -> OperationAnswer:
        context.watch.api.judge(made.recording, incident=step.incident, category=step.category)
        words = "an incident" if step.incident else "no incident"
        said = f"recording {made.number} was said to show {words}"
        return OperationAnswer(ok=True, sentence=said, recording=made.recording, incident=step.incident)

    context.recorder.tried(OperationKind.JUDGE, camera, say)


def _meant(number: int | None, camera: VirtualCamera, context: ScenarioContext) -> MadeRecording:
    """Return the recording that a step means, once the fleet has heard of it.

    Raises:
        StepError: The camera made none of that number in this run, or the fleet does not hear of it.
        FleetServiceError: The fleet does not answer.
    """
    own = [each for each in context.watch.made if each.name == camera.name]
    made = next((each for each in reversed(own) if number in (None, each.number)), None)
    if made is None:
        which = "nothing" if number is None else f"no recording {number}"
        raise StepError(f"{camera.name} has recorded {which} in this run")

    def heard() -> bool:
        return any(each.id == made.recording for each in context.watch.api.recordings(made.camera))

    if not context.until(heard, HEARD_OF_S):
        raise StepError(
            f"the fleet did not hear of recording {made.number} of {camera.name} in {HEARD_OF_S} s"
        )
    return made
