"""The sensors of a virtual camera: its clock, its lens and its microphone, made from a scene.

Rules:

* Pictures and sound of one camera follow one timeline for as long as its process lives: sensors that close
  and open again come back to where the scene is by then.
* A camera that starts with a full ring gets it from footage encoded ahead, before its sensors open for the
  first time. The timeline begins where that footage ends, so that nothing is missing and nothing comes twice.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from device.capture.sensors import Sensors
from device.clock import SystemClock, label_at
from device.settings import AUDIO_RATE
from protocol.units import NS_PER_MS, NS_PER_S
from simulator.cameras.loop import beginning_at
from simulator.cameras.spoilt_clock import ClockConditions, SpoiltClock
from simulator.clock import CatchingUpClock
from simulator.sources.live import SceneTimeline, SensorFaults, VirtualSound, VirtualVideo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from device.capture.prefill import EncodedLoop
    from device.capture.sensors import Viewfinder
    from device.settings import AudioSettings, VideoSettings
    from protocol.footage.format.model import PlainChunk
    from simulator.cameras.spec import CameraSpec


# Footage of this many seconds more is asked for, so that the last chunk that is taken ends where a picture
# begins.
CHUNKS_MORE = 2


class VirtualSensors:
    """What one virtual camera perceives.

    Args:
        spec: The camera.
        loop: Its scene encoded ahead, to start with a full ring; None to start with an empty one.
        viewfinder: Where the bench looks at what it sees.
        faults: What a tester does to the lens and the microphone.
        filled: Is called once the ring has all of the footage that was encoded ahead.
        spoilt: What the wall clock is like at first.

    Attributes:
        wall: The clock as the camera has it.
    """

    def __init__(
        self,
        spec: CameraSpec,
        *,
        loop: EncodedLoop | None,
        viewfinder: Viewfinder | None = None,
        faults: SensorFaults,
        filled: Callable[[], None] = lambda: None,
        spoilt: ClockConditions = ClockConditions(),  # noqa: B008 - it is frozen
    ) -> None:
        # A chunk more than the window, so that the window is full whenever a press comes.
        behind_s = spec.window_s + 1 if loop is not None else 0
        self.clock = CatchingUpClock(SystemClock(), behind_s * NS_PER_S)
        self.wall = SpoiltClock(self.clock, spoilt)
        self._spec = spec
        self._scene = spec.scene.open()
        self._loop = loop
        self._viewfinder = viewfinder
        self._faults = faults
        self._filled = filled
        self._timeline: SceneTimeline | None = None

    def sensors(self) -> Sensors:
        """Return them as the device takes them."""
        return Sensors(
            clock=self.wall,
            open_video=self._video,
            open_audio=self._audio,
            prefill=self._prefill if self._loop is not None else None,
            viewfinder=self._viewfinder,
        )

    def _prefill(self) -> Iterator[PlainChunk]:
        try:
            yield from self._missed()
        finally:
            self._filled()

    def _missed(self) -> Iterator[PlainChunk]:
        """Live through what the clock is behind by, from footage encoded ahead."""
        missed_s = self.clock.behind_ns // NS_PER_S
        if self._loop is None or missed_s == 0:
            return
        # A whole millisecond lies on the grid of every track, so that nothing is rounded where live footage
        # joins.
        begin_ns = -(-self.clock.pause() // NS_PER_MS) * NS_PER_MS
        self.clock.move_to(begin_ns)
        loop = beginning_at(self._loop, self._spec.begin_s)
        chunks = loop.chunks(begin_ns, missed_s + CHUNKS_MORE, label=partial(label_at, self.wall))
        for chunk in islice(chunks, missed_s):
            yield chunk
            self.clock.move_to(chunk.start_ns + chunk.duration_ns)
        self.clock.run()
        end_ns = begin_ns + missed_s * NS_PER_S
        self._timeline = self._from(end_ns, (self._spec.begin_s + missed_s) % loop.seconds)

    def _video(self, settings: VideoSettings) -> VirtualVideo:
        del settings  # the scene has the size and the rate already
        return VirtualVideo(self._scene, self._begun(), self.clock, self._faults)

    def _audio(self, settings: AudioSettings) -> VirtualSound:
        del settings  # the scene has the rate already
        return VirtualSound(self._scene, self._begun(), self.clock, self._faults)

    def _begun(self) -> SceneTimeline:
        if self._timeline is None:
            self._timeline = self._from(self.clock.boot_ns(), self._spec.begin_s)
        return self._timeline

    def _from(self, epoch_ns: int, second: int) -> SceneTimeline:
        """Return the timeline that shows a second of the scene at an instant of the boot clock."""
        return SceneTimeline(epoch_ns, second * self._scene.fps, second * AUDIO_RATE)
