"""A camera that starts with a full ring goes on live where the footage that was encoded ahead ends."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from device.config.file import check_config
from device.frames import VideoFrame
from device.settings import AUDIO_RATE
from protocol.footage.format.model import PlainChunk, Track
from simulator.cameras.loop import beginning_at, loop_of
from simulator.cameras.sensors import VirtualSensors
from simulator.cameras.spec import plan_cameras
from simulator.sources.choose import SceneSpec
from simulator.sources.live import SensorFaults

if TYPE_CHECKING:
    from device.capture.prefill import EncodedLoop
    from device.settings import CaptureSettings
    from simulator.cameras.spec import CameraSpec

NANOSECONDS = 1_000_000_000
SCENE = SceneSpec(None, width=160, height=120, fps=10)
WINDOW_S = 12


def plan(seed: int = 3, names: tuple[str, ...] = ("cam-01",)) -> tuple[CameraSpec, ...]:
    return plan_cameras(names, Path("nowhere"), SCENE, window_s=WINDOW_S, seed=seed)


@pytest.fixture(scope="module")
def settings() -> CaptureSettings:
    return check_config(plan()[0].config()).capture("")


@pytest.fixture(scope="module")
def loop(settings: CaptureSettings) -> EncodedLoop:
    return loop_of(SCENE.open(), settings, longest_s=16)


def pictures(chunk: PlainChunk) -> list[np.ndarray]:
    [part] = [part for part in chunk.parts if part.track is Track.VIDEO]
    with av.open(io.BytesIO(part.data), "r") as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def sample_times(chunk: PlainChunk) -> list[int]:
    """Where the chunk's AAC frames begin, in samples since boot."""
    [part] = [part for part in chunk.parts if part.track is Track.AUDIO]
    with av.open(io.BytesIO(part.data), "r") as container:
        times = [packet.pts for packet in container.demux(audio=0) if packet.size]
    return [time for time in times if time is not None]


def test_the_same_seed_gives_the_same_cameras_and_another_gives_others() -> None:
    names = ("cam-01", "cam-02", "cam-03")

    assert plan(5, names) == plan(5, names)
    assert plan(5, names) != plan(6, names)
    assert len({spec.begin_s for spec in plan(5, names)}) == 3


def test_a_loop_begins_anywhere(loop: EncodedLoop) -> None:
    moved = beginning_at(loop, 16 + 5)

    videos = [packet for packet in moved.packets if packet.track is Track.VIDEO]
    original = [packet for packet in loop.packets if packet.track is Track.VIDEO]
    assert [packet.data for packet in videos] == [packet.data for packet in original[50:] + original[:50]]
    assert videos[0].keyframe
    assert [packet.pts_ns for packet in videos] == [packet.pts_ns for packet in original]


# proves C6
def test_footage_encoded_ahead_is_joined_by_footage_encoded_live(
    loop: EncodedLoop, settings: CaptureSettings
) -> None:
    spec = plan()[0]
    virtual = VirtualSensors(spec, loop=loop, faults=SensorFaults())
    sensors = virtual.sensors()
    assert sensors.prefill is not None
    behind = virtual.clock.behind_ns
    began_ns = virtual.clock.boot_ns()
    chunks = list(sensors.prefill())

    assert behind == (WINDOW_S + 1) * NANOSECONDS
    assert virtual.clock.behind_ns == 0
    assert len(chunks) == WINDOW_S + 1
    assert 0 <= chunks[0].start_ns - began_ns < NANOSECONDS // 10
    assert not any(chunk.gaps for chunk in chunks)
    for before, after in pairwise(chunks):
        assert before.start_ns + before.duration_ns == after.start_ns

    source = sensors.open_video(settings.video)
    source.open()
    frame = source.read()
    end_ns = chunks[-1].start_ns + chunks[-1].duration_ns
    assert isinstance(frame, VideoFrame)
    assert frame.boot_ns == end_ns
    # What is live next is what the scene shows next: the clapper of the second after the last one.
    position = (spec.begin_s + WINDOW_S + 1) % loop.seconds * 10
    scene = SCENE.open()
    assert np.array_equal(frame.image, next(scene.pictures(position)))
    last = pictures(chunks[-1])[-1]
    expected = next(scene.pictures((position - 1) % (loop.seconds * 10)))
    assert np.abs(last.astype(int) - expected.astype(int)).mean() < 4


def test_the_sound_encoded_ahead_has_no_hole(loop: EncodedLoop) -> None:
    sensors = VirtualSensors(plan()[0], loop=loop, faults=SensorFaults()).sensors()
    assert sensors.prefill is not None
    chunks = list(sensors.prefill())
    times = [time for chunk in chunks for time in sample_times(chunk)]

    assert set(np.diff(times)) <= {1023, 1024, 1025}
    assert times[0] * NANOSECONDS // AUDIO_RATE - chunks[0].start_ns <= NANOSECONDS * 1024 // AUDIO_RATE


def test_wall_time_does_not_step_between_what_was_encoded_ahead_and_live(loop: EncodedLoop) -> None:
    virtual = VirtualSensors(plan()[0], loop=loop, faults=SensorFaults())
    prefill = virtual.sensors().prefill
    assert prefill is not None
    offsets = [chunk.label.utc_us - chunk.start_ns // 1000 for chunk in prefill()]
    live = virtual.clock.label().utc_us - virtual.clock.boot_ns() // 1000

    assert np.abs(np.diff([*offsets, live])).max() < 500_000


def test_a_ring_is_filled_once_only(loop: EncodedLoop) -> None:
    prefill = VirtualSensors(plan()[0], loop=loop, faults=SensorFaults()).sensors().prefill
    assert prefill is not None

    assert list(prefill())
    assert not list(prefill())


def test_without_footage_ahead_a_camera_begins_in_the_present() -> None:
    virtual = VirtualSensors(plan()[0], loop=None, faults=SensorFaults())

    assert virtual.sensors().prefill is None
    assert virtual.clock.behind_ns == 0
