"""A microphone through PortAudio.

Rules:

- It is looked for among the devices that there are when it opens (``device.sources.portaudio``), so one that
  is plugged in late, pulled out and plugged in again is found by whoever opens it again and again.
- A block is stamped with the time at which the hardware took its first sample, as PortAudio reports it, not
  with the time at which Python came to hear of it.
- The callback never waits: what nobody fetches is dropped and the next block says that samples are missing.
- A microphone that is pulled out ends its stream, and whoever reads is told at once.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from device.frames import SoundBlock
from device.settings import AUDIO_RATE, DEFAULT_MICROPHONE
from device.sources.base import Pause, SourceError
from device.sources.portaudio import PORTAUDIO, PortAudioLibrary
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from types import ModuleType

    from device.clock import Clock
    from device.settings import AudioSettings


_BLOCK_S: Final = 0.1
"""Each block wakes two threads, whose code is cold by then: 20 ms were four times the work."""

_QUEUE_BLOCKS: Final = 20
_WAIT_S: Final = 0.2
_SILENT: Final = 15
"""Waits in a row without a block after which it is given up: 3 s."""
_OLDEST_S: Final = 1.0


class _Times(Protocol):
    """PortAudio's ``PaStreamCallbackTimeInfo``: seconds on the stream's own clock."""

    inputBufferAdcTime: float  # noqa: N815 - PortAudio's name
    currentTime: float  # noqa: N815 - PortAudio's name


class Microphone:
    """One input of this machine, mono, at 48 kHz or its own rate where it cannot do that.

    Args:
        settings: Which input.
        clock: Stamps the blocks.
        library: PortAudio.
    """

    def __init__(self, settings: AudioSettings, clock: Clock, library: PortAudioLibrary = PORTAUDIO) -> None:
        self._settings = settings
        self._clock = clock
        self._library = library
        self._blocks: queue.SimpleQueue[SoundBlock | None] = queue.SimpleQueue()
        self._stream: Any = None  # sounddevice ships no types
        self._rate = AUDIO_RATE
        self._hole = False
        self._silent = 0

    def open(self) -> None:
        """Start listening.

        Raises:
            SourceError: PortAudio is missing, there is no such input, or it is in use.
        """
        wanted = self._settings.source
        device: int | str | None = int(wanted) if wanted.isdecimal() else wanted
        if wanted == DEFAULT_MICROPHONE:
            device = None
        with self._library.with_devices() as portaudio:
            try:
                about = portaudio.query_devices(device, "input")
                self._rate = self._usable_rate(portaudio, device, about)
                self._stream = self._start(portaudio, device)
            except (portaudio.PortAudioError, ValueError) as error:
                raise SourceError(_no_microphone(portaudio, wanted)) from error

    def read(self) -> SoundBlock | Pause:
        """Wait for the next block, but not for long.

        Raises:
            SourceError: It was unplugged or fell silent.
        """
        try:
            block = self._blocks.get(timeout=_WAIT_S)
        except queue.Empty:
            self._silent += 1
            if self._silent < _SILENT:
                return Pause()
            block = None
        if block is None:
            raise SourceError("The microphone stopped giving sound: check its cable.")
        self._silent = 0
        return block

    def close(self) -> None:
        """Stop listening."""
        if self._stream is not None:
            self._library.close(self._stream)
            self._stream = None

    def _usable_rate(self, portaudio: ModuleType, device: int | str | None, about: dict[str, Any]) -> int:
        try:
            portaudio.check_input_settings(device=device, channels=1, dtype="float32", samplerate=AUDIO_RATE)
        except portaudio.PortAudioError:
            return int(about["default_samplerate"])
        return AUDIO_RATE

    def _start(self, portaudio: ModuleType, device: int | str | None) -> object:
        stream = portaudio.InputStream(
            device=device,
            channels=1,
            samplerate=self._rate,
            dtype="float32",
            blocksize=round(self._rate * _BLOCK_S),
            callback=self._heard,
            finished_callback=self._finished,
        )
        try:
            stream.start()
        except portaudio.PortAudioError:
            stream.close()  # one that is left open would keep PortAudio from ever looking again
            raise
        return stream

    def _age_s(self, count: int, times: _Times) -> float:
        """How long ago the first sample was taken: a block's length for drivers that do not report it."""
        reported = times.currentTime - times.inputBufferAdcTime
        return reported if 0 <= reported < _OLDEST_S else count / self._rate

    def _heard(self, samples: np.ndarray, _count: int, times: _Times, status: Any) -> None:  # noqa: ANN401 - sounddevice ships no types
        """PortAudio's callback, on its own thread; its buffer is only lent."""
        begin = self._clock.boot_ns() - round(self._age_s(len(samples), times) * NS_PER_S)
        hole, self._hole = self._hole or bool(status.input_overflow), False
        block = SoundBlock(np.array(samples, np.float32), self._rate, begin, after_hole=hole)
        if self._blocks.qsize() >= _QUEUE_BLOCKS:
            self._hole = True
        else:
            self._blocks.put(block)

    def _finished(self) -> None:
        """PortAudio's word that the stream has ended, by itself or by ``close``."""
        self._blocks.put(None)


def _no_microphone(portaudio: ModuleType, wanted: str) -> str:
    inputs = [
        f'{device["index"]} "{device["name"]}"'
        for device in portaudio.query_devices()
        if device["max_input_channels"] > 0
    ]
    have = f"this machine has {', '.join(inputs)}" if inputs else "this machine has no microphone connected"
    name = "The system's own microphone" if wanted == DEFAULT_MICROPHONE else f"The microphone {wanted}"
    return f"{name} does not open: {have}; check audio.source, and that no other program uses it."
