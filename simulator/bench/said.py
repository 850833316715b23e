"""What came of a step on the bench, in one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.messages.status import LOW_BATTERY_PERCENT
from simulator.cameras.card import MIB, CardConditions
from simulator.network.conditions import LineState
from simulator.scenario.steps.people import Enrol
from simulator.scenario.steps.sensors import UnstallSensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from device.battery.charge import Charge
    from simulator.cameras.spec import SpoiltParts
    from simulator.cameras.spoilt_clock import ClockConditions
    from simulator.oracle.history import Operation
    from simulator.scenario.recorder import RunEvent
    from simulator.scenario.steps.base import ScenarioStep

MENDED: Final[Mapping[str, str]] = {
    "network": "Its network is good again.",
    "card": "Its card is in good order.",
    "clock": "Its clock is right again.",
    "uncover": "Nothing is before its lens any more.",
    "unstall lens": "Its lens gives pictures again.",
    "unstall microphone": "Its microphone gives sound again.",
    "unmute": "Nothing is over its microphone any more.",
    "restart_camera": "It has power again.",
    "battery": "Its gauge says so from now on.",
    "assign": "By the hand-out list an officer has it.",
    "unassign": "By the hand-out list nobody has it any more.",
    "revoke": "It is out of service: the fleet is to refuse it from now on.",
    "start_fleet": "The fleet runs again.",
    "start_broker": "The broker goes on.",
}

STRANGERS: Final = frozenset({"forge", "replay"})


def came_of(step: ScenarioStep, operations: Sequence[Operation], events: Sequence[RunEvent]) -> str:
    """Say what came of a step that came about.

    Args:
        step: Which.
        operations: What was asked for in it.
        events: What else happened in it.
    """
    answer = operations[-1].answer if operations else None
    if step.do == "press" and answer is not None:
        asked, answered = operations[-1].asked_s, operations[-1].answered_s
        took_ms = ((answered or asked) - asked) * 1000
        held_s = answer.prerecord_s or 0.0
        return (
            f"Recording {answer.number} is durable, with {held_s:.1f} s before the press; "
            f"acknowledged in {took_ms:.0f} ms."
        )
    if answer is not None and answer.sentence and step.do not in STRANGERS:
        return f"{answer.sentence[:1].upper()}{answer.sentence[1:].rstrip('.')}."
    if isinstance(step, Enrol):
        return "It was enrolled and switched on; nobody wears it yet."
    if events:
        said = events[-1].sentence
        return f"{said[:1].upper()}{said[1:]}{_taken(step, operations)}."
    word = f"{step.do} {step.sensor}" if isinstance(step, UnstallSensor) else step.do
    return MENDED.get(word, "Done.")


def _taken(step: ScenarioStep, operations: Sequence[Operation]) -> str:
    """What of forged messages was taken; nothing for any other step."""
    if step.do != "forge":
        return ""
    taken = [each.answer.sentence for each in operations if each.answer is not None and each.answer.ok]
    return f", and was taken: {'; '.join(taken)}" if taken else "; the broker took none of them"


def broken_in_words(line: LineState, spoilt: SpoiltParts) -> str:
    """Say what of a camera is not in good order, beside its sensors; nothing where all of it is."""
    network = LineState.NO_DNS if not spoilt.names else line
    parts = [
        "" if network is LineState.GOOD else f"network {network.replace('_', ' ')}",
        _card(spoilt.card),
        _clock(spoilt.clock),
        _battery(spoilt.charge),
    ]
    return "; ".join(filter(None, parts))


def _card(card: CardConditions) -> str:
    if card.read_only:
        return "card read-only"
    if card.failing:
        return f"card failing ({card.failing * 100:g} %)"
    if card.free_bytes is not None:
        return f"card filled up to {card.free_bytes / MIB:g} MiB"
    if card.bytes_per_s is not None or card.sync_s:
        return "card slow"
    return "" if card.size_bytes is None else f"card of {card.size_bytes / MIB:g} MiB"


def _clock(clock: ClockConditions) -> str:
    if clock.unset:
        return "clock never set"
    return f"clock {clock.ahead_s:+g} s" if clock.ahead_s else ""


def _battery(charge: Charge | None) -> str:
    if charge is None or charge.charging or charge.percent > LOW_BATTERY_PERCENT:
        return ""
    return f"battery at {charge.percent} %"
