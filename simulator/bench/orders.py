"""What the bench's buttons mean: each is a step of a scenario, with one camera or with the fleet. Pure.

So whatever is done on the bench has a scenario's words, and is done as a scenario does it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from simulator.errors import ScenarioError
from simulator.scenario.steps.order import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_VALUE: Final = 40


class BenchButton(StrEnum):
    """The buttons of a camera: the officer's first, then the tester's, then those at the dashboard."""

    PRESS = "press"
    STOP = "stop"
    BOOKMARK = "bookmark"
    PRIVATE_ON = "private-on"
    PRIVATE_OFF = "private-off"
    DOCK = "dock"
    UNDOCK = "undock"
    CONSENT_GIVEN = "consent-given"
    CONSENT_REFUSED = "consent-refused"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CONSENT_OVERRIDDEN = "consent-overridden"
    ASKED_FOR = "asked-for"
    NOT_ASKED = "not-asked"
    UNPLUG = "unplug"
    PLUG_IN = "plug-in"
    POWER_OFF = "power-off"
    POWER_ON = "power-on"
    COVER = "cover"
    UNCOVER = "uncover"
    STALL = "stall"
    UNSTALL = "unstall"
    STALL_MICROPHONE = "stall-microphone"
    UNSTALL_MICROPHONE = "unstall-microphone"
    MUTE = "mute"
    UNMUTE = "unmute"
    NETWORK = "network"
    CARD = "card"
    DAMAGE_CARD = "damage-card"
    CLOCK = "clock"
    BATTERY = "battery"
    SMASH = "smash"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    REVOKE = "revoke"
    FORGE = "forge"
    REPLAY = "replay"
    HOLD = "hold"
    RELEASE = "release"
    INCIDENT = "incident"
    NO_INCIDENT = "no-incident"
    ENROL = "enrol"


class FleetButton(StrEnum):
    """The buttons of a fleet that the bench started."""

    STOP_FLEET = "stop-fleet"
    KILL_FLEET = "kill-fleet"
    START_FLEET = "start-fleet"
    HANG_BROKER = "hang-broker"
    KILL_BROKER = "kill-broker"
    START_BROKER = "start-broker"


MEANS: Final[Mapping[BenchButton | FleetButton, Mapping[str, Any]]] = {
    BenchButton.PRESS: {"do": "press"},
    BenchButton.STOP: {"do": "stop"},
    BenchButton.BOOKMARK: {"do": "bookmark"},
    BenchButton.PRIVATE_ON: {"do": "private", "state": "on"},
    BenchButton.PRIVATE_OFF: {"do": "private", "state": "off"},
    BenchButton.DOCK: {"do": "dock"},
    BenchButton.UNDOCK: {"do": "undock"},
    BenchButton.CONSENT_GIVEN: {"do": "consent", "kind": "given"},
    BenchButton.CONSENT_REFUSED: {"do": "consent", "kind": "refused"},
    BenchButton.CONSENT_WITHDRAWN: {"do": "consent", "kind": "withdrawn"},
    BenchButton.CONSENT_OVERRIDDEN: {"do": "consent", "kind": "overridden"},
    BenchButton.ASKED_FOR: {"do": "consent", "kind": "asked for"},
    BenchButton.NOT_ASKED: {"do": "consent", "kind": "not asked"},
    BenchButton.UNPLUG: {"do": "network", "state": "cut"},
    BenchButton.PLUG_IN: {"do": "network", "state": "good"},
    BenchButton.POWER_OFF: {"do": "kill_camera"},
    BenchButton.POWER_ON: {"do": "restart_camera", "timeout_s": 60},
    BenchButton.COVER: {"do": "cover"},
    BenchButton.UNCOVER: {"do": "uncover"},
    BenchButton.STALL: {"do": "stall"},
    BenchButton.UNSTALL: {"do": "unstall"},
    BenchButton.STALL_MICROPHONE: {"do": "stall", "sensor": "microphone"},
    BenchButton.UNSTALL_MICROPHONE: {"do": "unstall", "sensor": "microphone"},
    BenchButton.MUTE: {"do": "mute"},
    BenchButton.UNMUTE: {"do": "unmute"},
    BenchButton.NETWORK: {"do": "network"},
    BenchButton.CARD: {"do": "card"},
    BenchButton.DAMAGE_CARD: {"do": "damage_card"},
    BenchButton.CLOCK: {"do": "clock"},
    BenchButton.BATTERY: {"do": "battery"},
    BenchButton.SMASH: {"do": "smash"},
    BenchButton.ASSIGN: {"do": "assign"},
    BenchButton.UNASSIGN: {"do": "unassign"},
    BenchButton.REVOKE: {"do": "revoke"},
    BenchButton.FORGE: {"do": "forge"},
    BenchButton.REPLAY: {"do": "replay"},
    BenchButton.HOLD: {"do": "hold"},
    BenchButton.RELEASE: {"do": "release"},
    BenchButton.INCIDENT: {"do": "judge", "incident": True},
    BenchButton.NO_INCIDENT: {"do": "judge", "incident": False},
    BenchButton.ENROL: {"do": "enrol"},
    FleetButton.STOP_FLEET: {"do": "stop_fleet", "how": "clean"},
    FleetButton.KILL_FLEET: {"do": "stop_fleet", "how": "kill"},
    FleetButton.START_FLEET: {"do": "start_fleet"},
    FleetButton.HANG_BROKER: {"do": "stop_broker", "how": "hang"},
    FleetButton.KILL_BROKER: {"do": "stop_broker", "how": "kill"},
    FleetButton.START_BROKER: {"do": "start_broker"},
}

SAID_TO_THEM: Final = (
    BenchButton.CONSENT_GIVEN,
    BenchButton.CONSENT_REFUSED,
    BenchButton.CONSENT_WITHDRAWN,
    BenchButton.CONSENT_OVERRIDDEN,
    BenchButton.ASKED_FOR,
)
"""Words that follow a text that was read to them; where nobody was asked none was."""

FIELDS: Final[Mapping[BenchButton, tuple[str, ...]]] = {
    BenchButton.NETWORK: (
        "state", "line", "way", "kbit_s", "latency_ms", "jitter_ms", "loss_percent", "slice_bytes",
        "slice_delay_ms", "up_s", "down_s",
    ),
    BenchButton.CARD: ("state", "size_mib", "free_mib", "write_kib_s", "sync_ms", "failing_percent"),
    BenchButton.CLOCK: ("state", "offset_s", "step_s"),
    BenchButton.BATTERY: ("percent", "state"),
    BenchButton.FORGE: ("by",),
    BenchButton.NOT_ASKED: ("why",),
    BenchButton.HOLD: ("recording", "kind", "owner", "reason", "review_days"),
    BenchButton.RELEASE: ("recording", "reason"),
    BenchButton.INCIDENT: ("recording", "category"),
    BenchButton.NO_INCIDENT: ("recording", "category"),
    **dict.fromkeys(SAID_TO_THEM, ("wording",)),
}  # fmt: skip
"""What may be given with a button, by the names that scenarios have."""

AT_DASHBOARD: Final = frozenset(
    {BenchButton.HOLD, BenchButton.RELEASE, BenchButton.INCIDENT, BenchButton.NO_INCIDENT}
)
"""What is done at the fleet alone, and keeps nobody from the camera's own buttons."""

IN_WORDS: Final = frozenset({"owner", "reason"})
"""Fields in a person's own words, which are no numbers; the step says how long they may be."""

_STEP: Final[TypeAdapter[Any]] = TypeAdapter(Step)


def camera_order(button: BenchButton, camera: str, given: Mapping[str, str]) -> Step:
    """Return the step that a camera's button means.

    Args:
        button: Which.
        camera: With which camera.
        given: What a form holds; an empty field was not given.

    Raises:
        ScenarioError: It is no step with that; the sentence says what is wrong.
    """
    filled = {key: value.strip() for key, value in given.items() if value.strip()}
    unknown = [key for key in filled if key not in FIELDS.get(button, ())]
    if unknown:
        raise ScenarioError(f'The button "{button}" takes no {unknown[0][:LONGEST_VALUE]}.')
    values = {key: text if key in IN_WORDS else _value(text) for key, text in filled.items()}
    return step_of({**MEANS[button], **values, "cameras": [camera]})


def fleet_order(button: FleetButton) -> Step:
    """Return the step that one of the fleet's buttons means."""
    return step_of(MEANS[button])


def step_of(keys: Mapping[str, Any]) -> Step:
    """Return the step that has these keys.

    Raises:
        ScenarioError: There is none; the sentence says what is wrong.
    """
    try:
        found: Step = _STEP.validate_python(keys)
    except ValidationError as error:
        raise ScenarioError(_sentence(error)) from error
    return found


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return f"{said[:1].upper()}{said[1:]}."
    return f"{first['loc'][-1]}: {said[:1].lower()}{said[1:]}."


def _value(text: str) -> int | float | str:
    """Read a field as a scenario would have it: a number where it is one."""
    if len(text) > LONGEST_VALUE:
        raise ScenarioError(f"A field holds at most {LONGEST_VALUE} characters.")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
