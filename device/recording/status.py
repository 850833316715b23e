"""How the camera is, at one moment: for the fleet, for ``lapel-device status``, and for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from protocol.messages.base import MAX_SECONDS, MAX_SHORT_TEXT
from protocol.messages.status import MAX_FAULTS, SensorCondition, Status
from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    from device.battery.charge import Charge
    from device.commands.view import CommandsView
    from device.storage.filesystem import Space
    from protocol.footage.format.model import ClockLabel
    from protocol.footage.ledger.conditions import ConditionSpan
    from protocol.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderStatus:
    """What the recorder knows.

    Attributes:
        state: The state's name.
        run: The 16 bytes that name this run.
        assignment: Whose recordings are, None for nobody's.
        recording: Number of the recording under way, None when there is none.
        recording_s: How long it has been running since the press, in seconds.
        prerecord_s: How far back the window reaches now, in seconds.
        window_s: How far it may reach.
        window_bytes: What it weighs on the card.
        made: The last number that was used.
        space: Room on the card, None until it was looked at.
        faults: What is wrong, one sentence each.
        by_hand_ns: When, on the boot-time clock, the sensors were last closed because somebody had made it
            private or docked it; None where they were not in this run.
        sealed_to: The ids of the keys that the next recording is sealed to, in hex.
    """

    state: Mode
    run: bytes
    assignment: str | None
    recording: int | None
    recording_s: float
    prerecord_s: float
    window_s: float
    window_bytes: int
    made: int
    space: Space | None
    faults: tuple[str, ...]
    by_hand_ns: int | None
    sealed_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """What the whole camera knows.

    Attributes:
        camera: The camera's id.
        recorder: What the recorder knows.
        faults: Everything that is wrong, one sentence each.
        conditions: What of it is wrong with picture and sound although they come; None where nothing is
            looked at.
        charge: What the battery holds; None where nothing tells.
        commands: What the fleet commanded last, and what came of it.
        label: When, as wall time.
        boot_ns: When, on the boot-time clock.
        firmware: The version that runs.
    """

    camera: str
    recorder: RecorderStatus
    faults: tuple[str, ...]
    conditions: tuple[ConditionSpan, ...] | None
    charge: Charge | None
    commands: CommandsView
    label: ClockLabel
    boot_ns: int
    firmware: str

    def to_message(self) -> Status:
        """As the fleet is told; the link fills in what it knows."""
        recorder, space = self.recorder, self.recorder.space
        return Status(
            camera=self.camera,
            session="none",
            state=recorder.state,
            run=recorder.run.hex(),
            assignment=recorder.assignment,
            recording=recorder.recording,
            prerecord_s=recorder.prerecord_s,
            window_s=recorder.window_s,
            storage_free_bytes=None if space is None else space.free,
            storage_total_bytes=None if space is None else space.total,
            made=recorder.made,
            faults=tuple(fault[:MAX_SHORT_TEXT] for fault in self.faults)[:MAX_FAULTS],
            conditions=self._conditions(),
            battery_percent=None if self.charge is None else self.charge.percent,
            firmware=self.firmware,
            at_utc_us=max(0, self.label.utc_us),
            clock_synchronised=self.label.synchronised,
            at_boot_us=self.boot_ns // NS_PER_US,
            closed_s=self._closed_s(),
            sealed_to=recorder.sealed_to,
        )

    def _closed_s(self) -> float | None:
        since_ns = self.recorder.by_hand_ns
        return None if since_ns is None else min(max(0, self.boot_ns - since_ns) / NS_PER_S, MAX_SECONDS)

    def _conditions(self) -> tuple[SensorCondition, ...] | None:
        if self.conditions is None:
            return None
        return tuple(
            SensorCondition(
                track=str(each.track),
                condition=each.condition,
                for_s=max(0, self.boot_ns - each.start_ns) / NS_PER_S,
            )
            for each in self.conditions
        )[:MAX_FAULTS]

    def to_json(self) -> dict[str, Any]:
        """As it goes over the control socket."""
        recorder, space = self.recorder, self.recorder.space
        return {
            "camera": self.camera,
            "state": str(recorder.state),
            "run": recorder.run.hex(),
            "assignment": recorder.assignment,
            "recording": recorder.recording,
            "recording_s": round(recorder.recording_s, 3),
            "prerecord_s": round(recorder.prerecord_s, 3),
            "window_s": recorder.window_s,
            "window_bytes": recorder.window_bytes,
            "made": recorder.made,
            "storage_free_bytes": None if space is None else space.free,
            "storage_total_bytes": None if space is None else space.total,
            "faults": list(self.faults),
            "conditions": None
            if self.conditions is None
            else [each.model_dump() for each in self._conditions() or ()],
            "battery_percent": None if self.charge is None else self.charge.percent,
            "battery_charging": None if self.charge is None else self.charge.charging,
            "utc_us": self.label.utc_us,
            "clock_synchronised": self.label.synchronised,
            "firmware": self.firmware,
            "commands": self.commands.to_json(),
        }
