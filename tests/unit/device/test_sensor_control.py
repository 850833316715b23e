"""Sensors that do not open are tried again, but not in a loop."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from device import sensor_control
from device.errors import DeviceError
from device.ring.window import Window
from device.sensor_control import OPEN_STILL, SensorControl
from protocol.footage.format.model import GapCause


def test_an_encoder_that_does_not_open_again_is_tried_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried, in_a_loop, tries = threading.Event(), threading.Event(), 0

    class Busy:
        def __init__(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - whatever a capture takes
            nonlocal tries
            tries += 1
            tried.set()
            if tries > 2:
                in_a_loop.set()
            raise DeviceError("The encoder is busy.")

    recorder = SimpleNamespace(
        sensors=False, recording=False, push=None, expire=lambda: None, tick=lambda: None
    )
    monkeypatch.setattr(sensor_control, "Capture", Busy)
    monkeypatch.setattr(sensor_control, "ANEW_S", 60)
    keeping = SensorControl(recorder, None, None)  # type: ignore[arg-type]  # neither is looked into
    keeping.start()
    try:
        recorder.sensors = True
        recorder.on_sensors()
        assert tried.wait(20)
        assert not in_a_loop.wait(0.3)
        assert keeping.troubles == ("The encoder is busy.",)
    finally:
        keeping.stop()


@pytest.mark.parametrize("cause", GapCause)
def test_what_is_older_is_dropped_only_where_it_is_not_the_wearer_s_own(cause: GapCause) -> None:
    window = Window(None, None)  # type: ignore[arg-type]  # neither is looked into
    window.begin(7, cause)
    assert window.since_ns == (7 if cause in {"private", "not assigned", "docked"} else 0)


class Kept:
    """A capture that closes when it is told to, or not."""

    def __init__(self) -> None:
        self.closed = self.broken = False
        self.closes = True
        self.troubles: tuple[str, ...] = ()
        self.conditions = None

    def start(self) -> None:
        pass

    def mark_recording(self, *, recording: bool) -> None:
        pass

    def stop(self) -> None:
        self.closed = self.closes


@dataclass(frozen=True)
class NoSensors:
    """Nothing to perceive with."""

    prefill: None = None


# proves C11
def test_a_sensor_that_does_not_close_is_told_of_until_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = Kept()
    capture.closes = False
    recorder = SimpleNamespace(
        sensors=True, recording=False, push=None, expire=lambda: None, tick=lambda: None
    )
    monkeypatch.setattr(sensor_control, "Capture", lambda *_, **__: capture)
    keeping = SensorControl(recorder, NoSensors(), None)  # type: ignore[arg-type]  # neither is looked into
    keeping._follow()
    recorder.sensors = False
    keeping._follow()
    assert not keeping.wait_until_closed(0)
    assert keeping.troubles == (OPEN_STILL,)
    capture.closed = True
    assert keeping.wait_until_closed(0)
    assert not keeping.troubles


# proves C11
def test_sensors_that_are_about_to_open_are_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = SimpleNamespace(
        sensors=True, recording=False, push=None, expire=lambda: None, tick=lambda: None
    )
    answers: list[bool] = []

    def make(*_: Any, **__: Any) -> Kept:  # noqa: ANN401 - whatever a capture takes
        recorder.sensors = False  # it is made private while the capture is made
        answers.append(keeping.wait_until_closed(0))
        return Kept()

    monkeypatch.setattr(sensor_control, "Capture", make)
    keeping = SensorControl(recorder, NoSensors(), None)  # type: ignore[arg-type]  # neither is looked into
    keeping._follow()
    assert answers == [False]
    assert keeping.wait_until_closed(0)
