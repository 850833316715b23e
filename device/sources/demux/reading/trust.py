"""Who vouches for a stream over TLS: the machine's authorities, those of a file, or nobody.

Rules:

- A stream that is reached over TLS is believed only where its certificate is for the host in the address and
  an authority vouches for it (RFC 9525). FFmpeg by itself would take any.
- Also where an address of HTTP or RTSP without TLS leads to one with it; but what a list of segments (HLS)
  names that was asked for without TLS is anybody's, as the list may be.
- All that is asked for over HTTPS is fetched by ``segment_relay``: FFmpeg does not pass on to the segments of
  a list what it was told of the list.
- What was reached over TLS otherwise fetches nothing from elsewhere; an address with TLS that it is led to is
  believed by the same rule.
- What is neither known to have TLS, and is then checked, nor known to have none is not opened.
- With ``anybody`` nothing of this holds, as for a camera of one's own network that vouches for itself.

It does not show a certificate of its own to anybody.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from device.settings import ANYBODY, SYSTEM

_PORTS: Final = {"https": 443, "rtsps": 322, "rtmps": 443, "tls": 443}
_WITHOUT_TLS: Final = frozenset(
    {"http", "rtsp", "satip", "rtp", "srtp", "rtmp", "rtmpe", "rtmpt", "rtmpte", "mmsh", "mmst"}
    | {"srt", "rist", "udp", "udplite", "tcp", "sctp", "unix", "ftp"}
)
_LEADS_TO_TLS: Final = frozenset({*_PORTS, "http", "rtsp"})
_LISTS: Final = (  # where Debian, Fedora, Alpine and SUSE keep it
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
)
_ASK_S: Final = 3.0
_MOST_ANSWER: Final = 4096
_LEADS: Final = re.compile(
    r"(?:RTSP|HTTP)/1\.\d 3\d\d .*?\r?\nLocation:\s*([a-z]+)://", re.DOTALL | re.IGNORECASE
)
_BY_HTTP: Final = {"rtmpt": "POST /open/1", "mmsh": "GET", "http": "GET"}
_FOLLOWED: Final = {"rtmpt": {"HTTP"}, "mmsh": {"HTTP"}, "http": {"HTTP", "HTTPS"}}
"""Addresses that are asked for by HTTP, and where they are followed when they lead elsewhere."""


class UntrustedError(OSError):
    """Nobody vouches for a stream; says what is wrong with its certificate."""


class LedAwayError(OSError):
    """An address leads to another one where nobody vouches for a stream; says by which protocol."""


class LedElsewhereError(OSError):
    """An address leads to another one that is not followed; says by which protocol."""


class NoAuthoritiesError(OSError):
    """There is nothing by which to tell whom to trust; one sentence that says what to do."""


def is_over_tls(source: str) -> bool:
    """Whether an address is one of TLS."""
    return _scheme(source) in _PORTS


def is_known(source: str) -> bool:
    """Whether it is known of an address that it is one of TLS, or that it is not."""
    return _scheme(source) in _WITHOUT_TLS or is_over_tls(source)


def tls_options(source: str, trust: str) -> dict[str, str]:
    """What FFmpeg is told (ffmpeg-protocols(1), "tls"); nothing for what has no TLS.

    Raises:
        NoAuthoritiesError: There is no list of authorities, or the file cannot be read.
    """
    scheme = _scheme(source)
    if trust == ANYBODY or scheme not in _LEADS_TO_TLS:
        return {}
    try:
        return {"tls_verify": "1", "ca_file": _authorities(trust)}
    except NoAuthoritiesError:
        if scheme in _PORTS:
            raise
        return {"tls_verify": "1"}  # which trusts whom FFmpeg knows, and that may be nobody


def tls_context(trust: str) -> ssl.SSLContext:
    """The same for connections of Python's.

    Raises:
        NoAuthoritiesError: There is no list of authorities, or the file cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=_authorities(trust))
    except (OSError, ssl.SSLError) as error:
        if isinstance(error, NoAuthoritiesError):
            raise
        raise _unreadable(trust) from error


def distrust(source: str, trust: str) -> str | None:
    """What is wrong with the certificate that an address shows; None where nothing is seen to be.

    It asks: for FFmpeg says "input/output error" of that as of everything.
    """
    if trust == ANYBODY or not is_over_tls(source):
        return None
    parts = urlsplit(source)
    context = tls_context(trust)
    try:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        with socket.create_connection((host, port), _ASK_S) as connection:
            context.wrap_socket(connection, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (OSError, ValueError):
        return None
    return None


def leads_to(source: str, trust: str) -> str | None:
    """By which protocol without TLS an address of RTSP leads elsewhere; None where none is seen.

    It asks, and says no password: for FFmpeg says "invalid argument" of that as of everything.
    """
    if _scheme(source) != "rtsps":
        return None
    parts = urlsplit(source)
    try:
        host, port = parts.hostname or "", parts.port or _PORTS["rtsps"]
        shown = f"rtsps://{f'[{host}]' if ':' in host else host}:{port}{parts.path}"
        with (
            socket.create_connection((host, port), _ASK_S) as connection,
            tls_context(trust).wrap_socket(connection, server_hostname=host) as asked,
        ):
            for number, what in enumerate(("OPTIONS", "DESCRIBE"), 1):
                asked.sendall(f"{what} {shown} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode())
                found = _LEADS.match(asked.recv(_MOST_ANSWER).decode("utf-8", "replace"))
                if found is not None:
                    scheme = found[1].lower()
                    return scheme.upper() if scheme in _WITHOUT_TLS else None
    except (OSError, ValueError):
        return None
    return None


def leads_elsewhere(source: str) -> str | None:
    """By which protocol an address that is asked for by HTTP leads elsewhere; None where it does not.

    It asks, and says no password: FFmpeg says "invalid argument" of an address that it does not follow.
    """
    asked = _BY_HTTP.get(_scheme(source))
    if asked is None:
        return None
    parts = urlsplit(source)
    path = "" if " " in asked else f" {parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    try:
        host, port = parts.hostname or "", parts.port or 80
        shown = f"[{host}]" if ":" in host else host
        with socket.create_connection((host, port), _ASK_S) as connection:
            connection.sendall(
                f"{asked}{path} HTTP/1.1\r\nHost: {shown}:{port}\r\nContent-Length: 0\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            found = _LEADS.match(connection.recv(_MOST_ANSWER).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return None
    led = found[1].upper() if found is not None else ""
    return led if led and led not in _FOLLOWED[_scheme(source)] else None


def _authorities(trust: str) -> str:
    """The path of a list of certificates in PEM."""
    if trust != SYSTEM:
        with contextlib.suppress(OSError):
            if "-----BEGIN CERTIFICATE-----" in Path(trust).read_text(encoding="utf-8", errors="replace"):
                return trust
        raise _unreadable(trust)
    own = ssl.get_default_verify_paths().cafile
    found = next((path for path in (own, *_LISTS) if path and Path(path).is_file()), None)
    if found is None:
        raise NoAuthoritiesError(
            "This machine has no list of authorities to tell whom to trust: install ca-certificates, "
            "or name a file of certificates in video.trust."
        )
    return found


def _unreadable(trust: str) -> NoAuthoritiesError:
    return NoAuthoritiesError(
        f"{trust} cannot be read as certificates (PEM): give another file in video.trust, or system."
    )


def _scheme(source: str) -> str:
    return source.partition("://")[0].lower() if "://" in source else ""
