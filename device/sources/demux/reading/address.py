"""Opening the address of a stream with PyAV: what FFmpeg is told, and who has to vouch for it.

It knows nothing of tracks; ``opening`` does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import av
import av.error

from device.settings import ANYBODY
from device.sources.demux.reading.source_memory import PATIENCE_S
from device.sources.demux.reading.trust import (
    LedAwayError,
    LedElsewhereError,
    UntrustedError,
    distrust,
    is_known,
    leads_elsewhere,
    leads_to,
    tls_context,
    tls_options,
)
from protocol.process.loading import loading_without

if TYPE_CHECKING:
    from av.container import InputContainer

    from device.settings import StreamAccess
    from device.sources.demux.reading.segment_relay import SegmentRelay

_PACED: Final = frozenset({"rtsp", "rtsps", "rtp", "rtmp", "rtmps", "rtmpt", "srt", "udp", "tcp", "rist"})
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_RELAYED: Final = "https"
_UNSPOKEN: Final = b"\xf8PRO"  # AVERROR_PROTOCOL_NOT_FOUND
_OPTIONS: Final = {"fpsprobesize": "0", "max_delay": "500000"}
_ON_THIS_MACHINE: Final = {
    "multiple_requests": "1",
    # It opens nothing but what the relay answers for, whatever a list names; "crypto" opens sealed segments.
    "protocol_whitelist": "http,tcp,crypto,data",
    # What begins with http:// is a proxy; without this option that of the environment is.
    "http_proxy": "none",
}
_FETCHES: Final = {
    # What an answer names or leads to would be fetched without the checks of the address itself: the segments
    # of a list behind tls://, what another server answers rtmpt:// and mmsh:// over TLS.
    "tls": "tls,tcp",
    "rtsps": "rtsps,tls,tcp",
    "rtmps": "rtmps,tls,tcp",
    "rtmpt": "rtmpt,ffrtmphttp,http,tcp",
    "rtmpte": "rtmpte,ffrtmpcrypt,ffrtmphttp,http,tcp",
    "mmsh": "mmsh,http,tcp",
    "mmst": "mmst,tcp",
}
"""By which protocols FFmpeg opens anything at all, by that of the address."""


def is_stream(source: str) -> bool:
    """Whether a source is the address of a network stream, and no file of this machine."""
    return _scheme(source) not in {"", "file"}


def is_paced(source: str) -> bool:
    """Whether the protocol is one whose server keeps the pace, also where it plays a file."""
    return _scheme(source) in _PACED


def file_path(source: str) -> str:
    """The path that a source means; it may be written as a ``file:`` address (RFC 8089)."""
    if not source.lower().startswith("file:/"):
        return source
    return unquote(urlsplit(source).path)


def open_address(
    source: str, access: StreamAccess, patience_s: float
) -> tuple[InputContainer, SegmentRelay | None]:
    """Open an address, and what fetches it where FFmpeg would believe anybody.

    Raises:
        UntrustedError: Nobody vouches for it.
        LedAwayError: It leads to where nobody does.
        LedElsewhereError: It leads to where it is not followed.
        OSError: It does not open. Also ``av.FFmpegError`` and ``ValueError`` as they come.
    """
    if access.trust != ANYBODY:
        if _scheme(source) == _RELAYED:
            return _open_by(_relay(access.trust), source, patience_s)
        if not is_known(source):
            said = "nobody can vouch for what it shows"
            raise av.ProtocolNotFoundError(av.error.tag_to_code(_UNSPOKEN), said)
    options = _options(source, access)
    try:
        return av.open(source, "r", options=options, timeout=(patience_s, PATIENCE_S)), None
    except OSError as error:
        wrong = distrust(source, access.trust)
        if wrong is None:
            raise
        raise UntrustedError(wrong) from error
    except av.ArgumentError as error:
        led = leads_to(source, access.trust) if "protocol_whitelist" in options else None
        if led is not None:
            raise LedAwayError(led) from error
        led = leads_elsewhere(source)
        if led is not None:
            raise LedElsewhereError(led) from error
        raise


def _relay(trust: str) -> SegmentRelay:
    """What fetches; loaded where it is needed, for it takes HTTPX along, and a server of HTTP: 11 MB."""
    with loading_without("httpx._main"):
        from device.sources.demux.reading.segment_relay import SegmentRelay  # noqa: PLC0415 - see above

    return SegmentRelay(tls_context(trust))


def _open_by(relay: SegmentRelay, source: str, patience_s: float) -> tuple[InputContainer, SegmentRelay]:
    """Open an address by the relay, which is closed where it does not open."""
    options = {**_OPTIONS, **_ON_THIS_MACHINE}
    try:
        address = relay.address(source)
        return av.open(address, "r", options=options, timeout=(patience_s, PATIENCE_S)), relay
    except BaseException as error:
        relay.close()
        if not isinstance(error, (av.FFmpegError, OSError, ValueError)):
            raise
        if relay.refused is not None:
            raise UntrustedError(relay.refused) from error
        if relay.unanswered is not None:
            raise relay.unanswered from error
        raise


def _scheme(source: str) -> str:
    found = _SCHEME.match(source)
    return found[1].lower() if found else ""


def _options(source: str, access: StreamAccess) -> dict[str, str]:
    """FFmpeg's options for an address (ffmpeg-protocols(1), ffmpeg-formats(1))."""
    options = {**_OPTIONS, **tls_options(source, access.trust)}
    if access.trust != ANYBODY and _scheme(source) in _FETCHES:
        options["protocol_whitelist"] = _FETCHES[_scheme(source)]
    if _scheme(source) in {"http", "https"}:
        # By itself FFmpeg asks for the connection to be closed, and then uses it once more unless the server
        # said that it closes it: half of the transport streams of such a server had no packet.
        options["multiple_requests"] = "1"
    if _scheme(source) in {"rtsp", "rtsps"}:
        transport = access.rtsp_transport
        options |= {"rtsp_transport": transport} if transport != "auto" else {"rtsp_flags": "prefer_tcp"}
        options["timeout"] = str(round(PATIENCE_S * 1_000_000))
    return options
