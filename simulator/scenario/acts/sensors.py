"""Carries out what a tester does to lens, microphone, card and clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cameras.card import KIB, MIB, CardConditions
from simulator.cameras.spoilt_clock import ClockConditions
from simulator.errors import StepError
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.sensors import (
    ChangeCard,
    ChangeClock,
    CoverLens,
    DamageCard,
    MuteMicrophone,
    StallSensor,
    UncoverLens,
    UnmuteMicrophone,
    UnstallSensor,
)

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext

STALLS = {
    "lens": ("stall", "gave no pictures"),
    "microphone": ("stalled microphone", "gave no sound"),
}
"""What a sensor that has stalled is in the report, and in words."""


@act_with.register(CoverLens)
def _(step: CoverLens, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    camera.cover(on=True)
    camera.settle()
    context.recorder.happened("lens", f"the lens of {camera.name} was covered", camera.name)


@act_with.register(UncoverLens)
def _(step: UncoverLens, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    camera.cover(on=False)
    camera.settle()
    context.recorder.over("lens", camera.name)


@act_with.register(StallSensor)
def _(step: StallSensor, camera: VirtualCamera, context: ScenarioContext) -> None:
    camera.stall(step.sensor, on=True)
    camera.settle()
    kind, gave_none = STALLS[step.sensor]
    context.recorder.happened(kind, f"the {step.sensor} of {camera.name} {gave_none}", camera.name)


@act_with.register(UnstallSensor)
def _(step: UnstallSensor, camera: VirtualCamera, context: ScenarioContext) -> None:
    camera.stall(step.sensor, on=False)
    camera.settle()
    context.recorder.over(STALLS[step.sensor][0], camera.name)


@act_with.register(MuteMicrophone)
def _(step: MuteMicrophone, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    camera.mute(on=True)
    camera.settle()
    context.recorder.happened("microphone", f"the microphone of {camera.name} was muted", camera.name)


@act_with.register(UnmuteMicrophone)
def _(step: UnmuteMicrophone, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    camera.mute(on=False)
    camera.settle()
    context.recorder.over("microphone", camera.name)


@act_with.register(ChangeCard)
def _(step: ChangeCard, camera: VirtualCamera, context: ScenarioContext) -> None:
    camera.change_card(card_of(step, camera.spoilt.card))
    context.recorder.over("card", camera.name)
    words = {
        "good": "" if step.size_mib is None else f"now holds {step.size_mib} MiB",
        "full": f"was filled up to {step.free_mib} MiB",
        "slow": "became slow",
        "failing": f"failed {step.failing_percent:g} % of what it was asked",
        "read_only": "became read-only",
    }[step.state]
    if words:
        context.recorder.happened("card", f"the card of {camera.name} {words}", camera.name)


def card_of(step: ChangeCard, before: CardConditions) -> CardConditions:
    """Return what a card is like after a step; its size stays until it is given anew, or it is good again."""
    kept = None if step.state == "good" else before.size_bytes
    return CardConditions(
        size_bytes=kept if step.size_mib is None else step.size_mib * MIB,
        free_bytes=step.free_mib * MIB if step.state == "full" else None,
        bytes_per_s=None if step.write_kib_s is None else float(step.write_kib_s * KIB),
        sync_s=step.sync_ms / 1000,
        failing=step.failing_percent / 100 if step.state == "failing" else 0.0,
        read_only=step.state == "read_only",
    )


@act_with.register(DamageCard)
def _(step: DamageCard, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    lacking = context.watch.lacking(camera.name)
    if not lacking:
        raise StepError(f"{camera.name} has no recording to damage that the fleet has not signed for")
    for each in lacking:
        if each.listed is not None:
            told = f"the fleet knows of recording {each.number} of {camera.name} already"
            raise StepError(f"{told}: cut its network before the press")
        segments = own_segments(each.folder)
        if not segments:
            raise StepError(f"recording {each.number} of {camera.name} has no footage to damage")
        change_a_byte(segments[len(segments) // 2])
        each.damaged = True
        said = f"the card of {camera.name} damaged recording {each.number}"
        context.recorder.happened("card", said, camera.name)


def own_segments(folder: Path) -> list[Path]:
    """The segments of a recording that no other shares as its pre-record, in order."""
    shared = {file.stat().st_ino for file in folder.parent.glob("*/*.seg") if file.parent != folder}
    return sorted(file for file in folder.glob("*.seg") if file.stat().st_ino not in shared)


def change_a_byte(file: Path) -> None:
    """Change the byte in the middle of a file, behind the camera's back, as a card does whose cells fail."""
    mode = file.stat().st_mode
    file.chmod(0o600)
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        [byte] = opened.read(1)
        opened.seek(-1, 1)
        opened.write(bytes([byte ^ 0xFF]))
    file.chmod(mode)


@act_with.register(ChangeClock)
def _(step: ChangeClock, camera: VirtualCamera, context: ScenarioContext) -> None:
    before = camera.spoilt.clock
    after = clock_of(step, before)
    camera.change_clock(after)
    context.recorder.over("clock", camera.name)
    if after == ClockConditions():
        return
    words = "was not set" if after.unset else f"was {after.ahead_s:+g} s from the true time"
    context.recorder.happened("clock", f"the clock of {camera.name} {words}", camera.name)


def clock_of(step: ChangeClock, before: ClockConditions) -> ClockConditions:
    """Return what a clock is like after a step."""
    if step.state == "unset":
        return ClockConditions(unset=True)
    if step.step_s is not None:
        return ClockConditions(before.ahead_s + step.step_s, unset=before.unset)
    return ClockConditions(step.offset_s or 0.0)
