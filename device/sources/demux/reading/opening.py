"""Opening a file or an address with PyAV: what FFmpeg is told, and what of it matters afterwards.

Rules:

- A stream answers within the patience that it is given or is given up (``source_memory``), and so is one
  whose connection hangs while it is read; one picture each seven seconds is an answer.
- A cover picture is no video, and neither is text: FFmpeg would show both.
- Of several pictures or sounds the one counts that the source itself calls the usual one; of sounds, one that
  belongs to the picture: what FFmpeg's own player takes (``av_find_best_stream``). Of a list of segments in
  several sizes the largest counts. The others are not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import av
from av.stream import Discard, Disposition

from device.sources.demux.open_track import audio_track, video_track
from device.sources.demux.picture import LARGEST
from device.sources.demux.reading.address import file_path, is_paced, is_stream, open_address
from device.sources.demux.reading.links import FileSpan, LinkFile, links
from device.sources.demux.reading.troubles import too_large
from device.sources.demux.reading.trust import UntrustedError
from protocol.footage.format.model import Track
from protocol.units import NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext

    from device.settings import StreamAccess
    from device.sources.base import SourceError
    from device.sources.demux.open_track import OpenTrack
    from device.sources.demux.reading.segment_relay import SegmentRelay

_Kind = TypeVar("_Kind", bound="Stream")

_NO_VIDEO: Final = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
_BY_REPORTS: Final = frozenset({"rtsp", "sdp", "rtp", "sap"})
_SHOWING_ALONE: Final = frozenset({"matroska,webm", "nut", "asf", *_BY_REPORTS})
_LADDERS: Final = frozenset({"hls", "dash"})
_NO_TIMESTAMPS: Final = 0x0080  # AVFMT_NOTIMESTAMPS


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A container that is open.

    Attributes:
        container: For the thread that reads packets.
        tracks: The one of each kind that is filmed.
        refused: What is wrong with one that is not.
        live: Whether whoever sends keeps the pace, or nobody knows where it ends.
        stamped: Whether its stamps mean anything; else the coming of a packet is its time.
        says_when_shown: Whether it has stamps for showing a picture, besides those for decoding it.
        says_when_decoded: Whether those for decoding it are its own. Where there are none and pictures are
            decoded in another order than they are shown in, FFmpeg reckons them.
        stamps_each: Whether each packet has a stamp for decoding of its own. In transport and program streams
            the first of several in a piece has (ISO/IEC 13818-1, 2.4.3.7), and FFmpeg reckons the others.
        corrected: Whether stamps may be put right on the way. By RTP FFmpeg reckons each track's from its own
            first packet until a sender's report says more (RFC 3550, 6.4.1): the track that began earlier
            goes back then, and that is no jump.
        start_ns: The first instant of a file that is shown, on its own stamps; below 0 where a counter of
            stamps is about to begin anew. What is there only to warm a decoder up lies before it.
        duration_ns: Its stated length.
        still: Whether it is of a format for single pictures.
        file: What it is read from, where it is one of several in a file.
        relay: What fetches its segments, where FFmpeg does not.
    """

    container: InputContainer
    tracks: dict[Track, OpenTrack]
    refused: dict[Track, SourceError]
    live: bool
    stamped: bool
    says_when_shown: bool
    says_when_decoded: bool
    stamps_each: bool
    corrected: bool
    start_ns: int | None
    duration_ns: int | None
    still: bool
    file: LinkFile | None = None
    relay: SegmentRelay | None = None

    def believe(self) -> None:
        """Go on with it.

        Raises:
            UntrustedError: Nobody vouches for a part of it.
        """
        if self.relay is not None and self.relay.refused is not None:
            raise UntrustedError(self.relay.refused)

    def close(self) -> None:
        """Let go of it."""
        self.container.close()
        for each in (self.file, self.relay):
            if each is not None:
                each.close()


def links_of(source: str) -> list[FileSpan]:
    """The files that a file is made of, one behind the other; nothing for one alone and for an address.

    Raises:
        OSError: It cannot be read.
    """
    path = file_path(source)
    return links(path) if not is_stream(source) and Path(path).is_file() else []


def open_source(
    source: str, access: StreamAccess, patience_s: float, link: FileSpan | None = None
) -> OpenSource:
    """Open a file or an address.

    Args:
        source: A path or an address.
        access: How a stream is reached.
        patience_s: How long an address may take to answer.
        link: Of several files in one, which.

    Raises:
        SourceError: It does not open. Also ``av.FFmpegError``, ``OSError`` and ``ValueError`` as they come.
    """
    stream = is_stream(source)
    path = source if stream else file_path(source)
    if not stream and not Path(path).is_file():
        raise FileNotFoundError(path)
    file = LinkFile(path, link) if link is not None else None
    relay: SegmentRelay | None = None
    if stream:
        container, relay = open_address(source, access, patience_s)
    else:
        container = av.open(cast("BinaryIO", file) if file is not None else path, "r")
    duration, start = container.duration, cast("int | None", container.start_time)
    unstamped = bool(container.format.flags & _NO_TIMESTAMPS)
    tracks = _tracks(container, live=stream, unstamped=unstamped)
    refused = _refused(source, tracks)
    says_when_decoded = container.format.name not in _SHOWING_ALONE or not _reorders(tracks)
    corrected = container.format.name in _BY_REPORTS
    return OpenSource(
        container,
        {name: track for name, track in tracks.items() if name not in refused},
        refused,
        live=stream and (not duration or is_paced(source)),
        stamped=not stream or not unstamped,
        says_when_shown=container.format.name != "avi",
        says_when_decoded=says_when_decoded,
        stamps_each=says_when_decoded
        and not corrected
        and not any(track.codec_may_change for track in tracks.values()),
        corrected=corrected,
        start_ns=None if start is None else start * NS_PER_US,
        duration_ns=duration * NS_PER_US if duration else None,
        still=container.format.name == "image2" or container.format.name.endswith("_pipe"),
        file=file,
        relay=relay,
    )


def _tracks(container: InputContainer, *, live: bool, unstamped: bool) -> dict[Track, OpenTrack]:
    found: dict[Track, OpenTrack] = {}
    streams, name = container.streams, container.format.name
    videos = [each for each in streams.video if _is_video(each)] if name != "tty" else []
    if name in _LADDERS:
        videos.sort(key=lambda each: -each.width * each.height)
        video = videos[0] if videos else None
    else:
        video = _usual(streams.best("video"), videos)
    if video is not None:
        found[Track.VIDEO] = video_track(video, live=live, unstamped=unstamped)
    audio = _usual(streams.best("audio", related=video), [each for each in streams.audio if _decodes(each)])
    if audio is not None:
        found[Track.AUDIO] = audio_track(audio)
    for stream in streams:
        if stream not in (video, audio):
            stream.discard = Discard.all
    return found


def _usual(best: Stream | None, all_of_a_kind: list[_Kind]) -> _Kind | None:
    """The stream that is the best one, if it can be decoded, else the first that can."""
    return next((each for each in all_of_a_kind if each is best), next(iter(all_of_a_kind), None))


def _is_video(stream: Stream) -> bool:
    """Whether a stream of pictures moves, and can be decoded."""
    return _decodes(stream) and not stream.disposition & _NO_VIDEO


def _decodes(stream: Stream) -> bool:
    """Whether there is a decoder; PyAV's types do not say that it may lack."""
    return getattr(stream, "codec_context", None) is not None


def _refused(source: str, tracks: dict[Track, OpenTrack]) -> dict[Track, SourceError]:
    """Say of pictures that the camera has no memory for that they are too large; the sound goes on."""
    video = tracks.get(Track.VIDEO)
    if video is None or video.width * video.height <= LARGEST:
        return {}
    return {Track.VIDEO: too_large(source, video.width, video.height)}


def _reorders(tracks: dict[Track, OpenTrack]) -> bool:
    """Whether pictures may come in another order than they are shown in."""
    video = tracks.get(Track.VIDEO)
    return video is not None and cast("VideoCodecContext", video.decoder).has_b_frames


def packets(source: OpenSource) -> Iterator[Packet[Any] | None]:
    """The packets of the tracks of a source, to its end; None where there is nothing yet.

    FFmpeg asks to be asked again behind each 64 KiB in which it finds no packet of a transport stream
    (``MAX_RESYNC_SIZE``), as where a recorder left zeros.

    Raises:
        UntrustedError: Nobody vouches for a part of it. Also ``av.FFmpegError`` and ``OSError`` as they come.
    """
    streams = [source.container.streams[track.index] for track in source.tracks.values()]
    while True:
        try:
            for packet in source.container.demux(*streams):
                source.believe()
                if not _is_over(packet):
                    yield packet
        except av.BlockingIOError:
            yield None
        else:
            source.believe()
            return


def _is_over(packet: Packet[Any]) -> bool:
    """Whether a packet is PyAV's own way to say that nothing follows; other empty ones have a stamp."""
    return not packet.size and packet.dts is None and packet.pts is None
