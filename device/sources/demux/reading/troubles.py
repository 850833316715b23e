"""What is wrong with a file or an address that does not open: one sentence, which names what to look at.

Nothing is said of an address but what was seen: one that answers with an error does answer, and FFmpeg says
"input/output error" of a name that nobody knows as well as of a page in place of a stream.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import av
import av.error

from device.sources.base import SourceError
from device.sources.demux.reading.address import file_path, is_stream
from device.sources.demux.reading.trust import (
    LedAwayError,
    LedElsewhereError,
    NoAuthoritiesError,
    UntrustedError,
)
from protocol.footage.format.model import Track

_NOT_LET_IN: Final = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)
_ANSWERED: Final = (av.error.HTTPClientError, av.error.HTTPServerError)
_UNANSWERED: Final = (av.error.ExitError, ConnectionError, TimeoutError)
_OF_A_STREAM: Final = (
    (
        UntrustedError,
        "shows a certificate that is not trusted ({said}): name who vouches in video.trust.",
    ),
    (
        LedAwayError,
        "leads to an address of {said}, where nobody vouches for what is shown: give one of RTSPS instead.",
    ),
    (
        LedElsewhereError,
        "leads to an address of {said}, where the camera does not follow: give one that leads nowhere else.",
    ),
    (
        _NOT_LET_IN,
        "does not let the camera in ({said}): check user name and password in its address.",
    ),
    (_ANSWERED, "answers with an error ({said}): check its address."),
    (_UNANSWERED, "does not answer ({said}): check its address and the network."),
)
CHANGED: Final = (av.PatchWelcomeError, av.ArgumentError)
"""What FFmpeg says where other tracks or another codec follow in the same stream, as in chained Ogg."""

_SEQUENCE: Final = re.compile(r"%\d*d")
_LIST_OF_DASH: Final = ".mpd"
_LIST_OF_HLS: Final = ".m3u8"


def why(error: BaseException) -> str:
    """FFmpeg's or the system's own words for what went wrong."""
    if isinstance(error, av.ExitError):
        return "nothing came in time"
    if isinstance(error, av.PatchWelcomeError):
        return "it changed into something that cannot be followed"
    if isinstance(error, UntrustedError):
        return f"nobody vouches for a part of it, {error}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def cannot_open(source: str, track: Track, error: Exception) -> SourceError:
    """Say that a source does not open, in the words of the setting that named it."""
    if isinstance(error, NoAuthoritiesError):
        return SourceError(str(error))
    if is_stream(source):
        return SourceError(f"The stream {source} {_of_a_stream(source, error)}")
    return SourceError(_of_a_file(source, track, error))


def _of_a_file(source: str, track: Track, error: Exception) -> str:
    what, name = ("video", "pictures") if track is Track.VIDEO else ("sound", "sound")
    key = "video.source" if track is Track.VIDEO else "audio.source"
    if isinstance(error, FileNotFoundError):
        return _no_file(source, what, key)
    if isinstance(error, PermissionError):
        return f"{source} may not be read by the camera's user: give it the right to."
    if source.lower().endswith(_LIST_OF_DASH):
        return f"{source} is a list for DASH, which the camera does not play: give one video file."
    return f"{source} cannot be read as {name} ({why(error)}): give another file."


def _no_file(source: str, what: str, key: str) -> str:
    path = Path(file_path(source))
    if path.is_dir():
        return f"{source} is a folder: give one file in {key}."
    if path.exists():
        return f"{source} is a pipe or a device, and no file: give a file in {key}."
    if _SEQUENCE.search(source):
        return f"{source} stands for a sequence of pictures: make one video of them."
    return f"The {what} file {source} does not exist: check {key}."


def _of_a_stream(source: str, error: Exception) -> str:
    said = str(error) if isinstance(error, UntrustedError) else why(error)
    if isinstance(error, av.ProtocolNotFoundError):
        spoken = "RTSP, RTMP, HLS, HTTP and UDP"
        return f"is of a kind that the camera does not speak: have its server send it by one of {spoken}."
    for kinds, words in _OF_A_STREAM:
        if isinstance(error, kinds):
            return words.format(said=said)
    scheme, path = urlsplit(source).scheme.lower(), urlsplit(source).path.lower()
    if scheme == "tls" and path.endswith(_LIST_OF_HLS):
        return "is a list of segments, which the camera fetches by HTTPS: give its address there."
    if path.endswith(_LIST_OF_DASH):
        return "is a list for DASH, which the camera does not play: give its address for HLS or RTSP."
    return f"gives nothing that can be filmed ({said}): check its address and the network."


def broke_off(source: str, track: Track, error: Exception) -> SourceError:
    """Say that a source that was open gives nothing more."""
    what = "The sound" if track is Track.AUDIO else "The picture"
    return SourceError(f"{what} of {source} broke off: {why(error)}.")


def unanswered(source: str, seconds: float) -> SourceError:
    """Say that a source does not open."""
    return SourceError(f"{source} has not answered for {seconds:.0f} s: {_check(source)}.")


def fell_silent(source: str, seconds: float) -> SourceError:
    """Say that nothing comes of a source that was open."""
    sent = "sent" if is_stream(source) else "given"
    return SourceError(f"{source} has {sent} nothing for {seconds:.0f} s: {_check(source)}.")


def _check(source: str) -> str:
    return "check it and its network" if is_stream(source) else "check what it is stored on"


def is_still(source: str) -> SourceError:
    """Say that a source is one picture."""
    return SourceError(f"{source} is a single picture, not a video: give a video, a stream or a camera.")


def has_none(source: str, track: Track) -> SourceError:
    """Say that a source lacks a track."""
    kind = "stream" if is_stream(source) else "file"
    if track is Track.VIDEO:
        return SourceError(f"{source} holds no pictures that can be read: give another {kind}.")
    return SourceError(f"{source} holds no sound: give another {kind}, or set audio.source to none.")


def too_large(source: str, width: int, height: int) -> SourceError:
    """Say that pictures have more pixels than the camera has memory for."""
    kind = "a stream" if is_stream(source) else "a file"
    return SourceError(
        f"The pictures of {source} are too large for the camera ({width} by {height}): "
        f"give {kind} of at most 8192 by 4608."
    )
