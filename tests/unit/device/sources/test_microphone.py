"""The microphone: what is missing is a sentence, stamps are the hardware's, the callback never waits."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from device.frames import SoundBlock
from device.settings import AudioSettings
from device.sources.base import Pause, SourceError
from device.sources.microphone import _SILENT, Microphone
from device.sources.portaudio import PortAudioLibrary, load_portaudio
from protocol.footage.format.model import ClockLabel

NS = 1_000_000_000


class _Clock:
    def boot_ns(self) -> int:
        return 50 * NS

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False)


class _PortAudioError(Exception):
    pass


@dataclass
class _FakePortAudio:
    """A system with two microphones, of which one is in use and one is slow."""

    inputs: tuple[str, ...] = ("Built-in", "USB mic")
    refuses: tuple[object, ...] = ()
    rates: tuple[int, ...] = (48_000,)
    PortAudioError: type[Exception] = _PortAudioError
    _StreamBase: type = NoneType
    _initialized: int = 1
    opened: dict[str, Any] = field(default_factory=dict)

    def query_devices(self, device: object = "all", _kind: str = "") -> object:
        devices = [
            {"index": index, "name": name, "max_input_channels": 1, "default_samplerate": 44_100.0}
            for index, name in enumerate(self.inputs)
        ]
        devices.append(
            {"index": 9, "name": "Speaker", "max_input_channels": 0, "default_samplerate": 44_100.0}
        )
        if device == "all":
            return devices
        heard = [known for known in devices if known["max_input_channels"]]
        found = [known for known in heard if device in (None, known["index"], known["name"])]
        if not found or device in self.refuses:
            raise ValueError(f"No input device matching {device!r}")
        return found[0]

    def check_input_settings(self, *, samplerate: int, **_: object) -> None:
        if samplerate not in self.rates:
            raise _PortAudioError("Invalid sample rate")

    def InputStream(self, **wanted: object) -> object:  # noqa: N802 - sounddevice's name
        self.opened = wanted
        return SimpleNamespace(start=lambda: None, close=self.opened.clear)


def _block(microphone: Microphone) -> SoundBlock:
    block = microphone.read()
    assert isinstance(block, SoundBlock)
    return block


def _with(monkeypatch: pytest.MonkeyPatch, portaudio: _FakePortAudio, source: str = "default") -> Microphone:
    monkeypatch.setitem(sys.modules, "sounddevice", portaudio)
    return Microphone(AudioSettings(source=source), _Clock(), PortAudioLibrary(load_portaudio))


def test_without_portaudio_one_sentence_names_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """sounddevice fails to import with OSError where the system library is missing."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SourceError, match="libportaudio2") as caught:
        Microphone(AudioSettings(), _Clock()).open()
    assert str(caught.value).count(".") == 1


def test_an_unknown_microphone_lists_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r'The microphone Lapel does not open: .*0 "Built-in", 1 "USB mic"'):
        _with(monkeypatch, _FakePortAudio(), "Lapel").open()


def test_a_machine_without_a_microphone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r"system's own microphone .* no microphone connected"):
        _with(monkeypatch, _FakePortAudio(inputs=())).open()


def test_this_machine_answers_with_a_sentence_too() -> None:
    """Whatever this machine has or lacks, a microphone that cannot exist is refused in words."""
    with pytest.raises(SourceError) as caught:
        Microphone(AudioSettings(source="no such microphone 123"), _Clock()).open()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("source", "device"), [("default", None), ("1", 1), ("USB mic", "USB mic")])
def test_the_source_names_the_input(monkeypatch: pytest.MonkeyPatch, source: str, device: object) -> None:
    portaudio = _FakePortAudio()
    _with(monkeypatch, portaudio, source).open()
    assert portaudio.opened["device"] == device
    assert (portaudio.opened["samplerate"], portaudio.opened["channels"]) == (48_000, 1)


def test_a_card_that_cannot_do_48_khz_keeps_its_own_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = _FakePortAudio(rates=(44_100,))
    microphone = _with(monkeypatch, portaudio)
    microphone.open()
    assert portaudio.opened["samplerate"] == 44_100
    _speak(microphone, 882)
    block = _block(microphone)
    assert block is not None
    assert block.rate == 44_100


def _speak(microphone: Microphone, count: int = 960, *, age_s: float = 0.03, overflow: bool = False) -> None:
    times = SimpleNamespace(currentTime=7.0, inputBufferAdcTime=7.0 - age_s)
    status = SimpleNamespace(input_overflow=overflow)
    microphone._heard(np.zeros((count, 1), np.float32), count, times, status)


def test_a_block_is_stamped_with_the_time_of_its_first_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone = _with(monkeypatch, _FakePortAudio())
    microphone.open()
    _speak(microphone, age_s=0.03)
    block = _block(microphone)
    assert block is not None
    assert block.boot_ns == 50 * NS - 30_000_000
    assert not block.after_hole


def test_a_driver_that_tells_no_time_is_taken_to_be_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone = _with(monkeypatch, _FakePortAudio())
    microphone.open()
    _speak(microphone, age_s=7.0)  # inputBufferAdcTime is 0
    block = _block(microphone)
    assert block is not None
    assert block.boot_ns == 50 * NS - 20_000_000


def test_what_nobody_fetches_is_dropped_and_the_next_block_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone = _with(monkeypatch, _FakePortAudio())
    microphone.open()
    for _ in range(24):
        _speak(microphone)
    blocks = [_block(microphone) for _ in range(20)]  # two seconds
    assert not any(block.after_hole for block in blocks)
    _speak(microphone)
    last = _block(microphone)
    assert last.after_hole


def test_an_overflow_in_the_card_is_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone = _with(monkeypatch, _FakePortAudio())
    microphone.open()
    _speak(microphone, overflow=True)
    block = _block(microphone)
    assert block is not None
    assert block.after_hole


def test_a_microphone_that_falls_silent_is_a_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("device.sources.microphone._WAIT_S", 0.001)
    microphone = _with(monkeypatch, _FakePortAudio())
    microphone.open()
    assert [microphone.read() for _ in range(_SILENT - 1)] == [Pause()] * (_SILENT - 1)
    with pytest.raises(SourceError, match="stopped giving sound"):
        microphone.read()
    microphone.close()
