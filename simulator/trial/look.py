"""A first look at an input: whether it can be filmed at all, how large it is, and whether it has sound.

A file that cannot be filmed is refused here, in the words of the camera's own source where it has any. An
address may answer later, so one that does not answer now is no error: then nothing is known of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import av.error

from device.capture.sensors import real_sensors
from device.frames import VideoFrame
from device.settings import AudioSettings, StreamAccess, VideoSettings
from device.sources.base import SourceError
from device.sources.demux.fields import is_field_alone
from device.sources.demux.picture import pixel_aspect
from device.sources.demux.reading.address import file_path
from device.sources.demux.reading.opening import open_source
from protocol.footage.format.model import Track
from simulator.errors import ScenarioError
from simulator.trial.plan import NO_SOUND, InputKind, InputShape, kind_of

if TYPE_CHECKING:
    from av.container import InputContainer

    from device.sources.base import VideoSource
    from device.sources.demux.reading.opening import OpenSource

TIMEOUT_S: Final = 5.0
READS: Final = 20
"""Each waits for about a picture; a video that is slower than that is looked at no longer."""
_QUARTER: Final = 90


def whole_path(source: str) -> str:
    """Name a file that is there by its whole path: the camera's process may work elsewhere."""
    if kind_of(source) is InputKind.FILE and Path(file_path(source)).exists():
        return str(Path(file_path(source)).resolve())
    return source


def look_at(source: str) -> InputShape | None:
    """Look at a picture source for a moment.

    Returns:
        What was seen; None of a device, and of an address that does not answer now.

    Raises:
        ScenarioError: It is a file that cannot be filmed.
    """
    kind = kind_of(source)
    if kind is InputKind.DEVICE:
        return None
    if kind is InputKind.FILE:
        _open_as_the_camera_does(source)
    try:
        opened = open_source(source, StreamAccess(), TIMEOUT_S)
        with opened.container:
            return _shape(opened)
    except (av.error.FFmpegError, OSError, ValueError):
        return None


def check_sound(source: str) -> None:
    """Refuse a sound source that is a file without sound, or that is none.

    Raises:
        ScenarioError: It cannot be heard.
    """
    if source == NO_SOUND or kind_of(source) is not InputKind.FILE or not Path(source).exists():
        return  # a microphone's name, or one that may come later
    audio = real_sensors().open_audio
    if audio is None:
        return
    heard = audio(AudioSettings(source=source))
    try:
        heard.open()
    except SourceError as error:
        raise ScenarioError(str(error)) from error
    finally:
        heard.close()


def _open_as_the_camera_does(path: str) -> None:
    if Path(path).is_dir():
        raise ScenarioError(f"{path} is a folder; give a file, a device or an address.")
    video = real_sensors().open_video(VideoSettings(source=path))
    try:
        video.open()
        _read_two(video)
    except SourceError as error:
        raise ScenarioError(str(error)) from error
    finally:
        video.close()


def _read_two(video: VideoSource) -> None:
    """Read until a second picture came: what has only one says so then."""
    pictures = 0
    for _ in range(READS):
        item = video.read()
        pictures += isinstance(item, VideoFrame)
        if item is None or pictures > 1:
            return


def _shape(source: OpenSource) -> InputShape | None:
    track = source.tracks.get(Track.VIDEO)
    if track is None:
        return None
    frame = next(iter(source.container.decode(video=_place(source.container, track.index))), None)
    if frame is None:
        return None
    aspect = pixel_aspect(track.pixel_aspect)
    width, height = round(frame.width * aspect), frame.height
    codec = track.decoder.codec.canonical_name
    if frame.interlaced_frame and is_field_alone(codec, frame.width, frame.height, aspect):
        height *= 2
    if frame.rotation % (2 * _QUARTER):
        width, height = height, width
    return InputShape(width, height, Track.AUDIO in source.tracks)


def _place(container: InputContainer, index: int) -> int:
    """Which of the pictures' streams that is."""
    return next(place for place, each in enumerate(container.streams.video) if each.index == index)
