"""Fetches what is reached over HTTPS for FFmpeg, each part of it from somebody who is vouched for.

FFmpeg opens the segments of a list (HLS) by itself and believes anybody there, whatever it was told of the
list, and does so while it still finds out whether it is one. So it asks here, on this machine and without
TLS, and what it asks for is fetched over TLS.

Rules:

- It answers for an address that it sealed itself, so nobody else on the machine has it fetch anything, and
  who reads one learns no name, password or token; it fetches over TLS alone.
- Addresses in a list lead here, whole; what is not a list passes as it is, in pieces.
- Where nobody vouches for one of them, nothing of it passes, and ``refused`` says why: the source is no more
  to be believed.
- What breaks off here breaks off for FFmpeg too: no part of a list passes for all of it.

It goes through no proxy. PyAV's own way to do this (``io_open``) frees memory twice where opening fails
(PyAV 18.1).
"""

from __future__ import annotations

import base64
import re
import ssl
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from posixpath import basename
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from device.sources.demux.reading.source_memory import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_TLS: Final = "https"
_LIST: Final = b"#EXTM3U"
_MOST_OF_A_LIST: Final = 4 * 2**20
_URI: Final = re.compile(r'(?<=URI=")[^"]+')
_ASKED: Final = ("Range", "User-Agent")
_TYPE: Final = "Content-Type"
_PASSED_ON: Final = (_TYPE, "Content-Range", "Accept-Ranges")
_KEY_BITS: Final = 256
_NAME: Final = 40
"""Characters of a file's name that FFmpeg sees: it looks at the end."""
_OK: Final = 200
_PARTIAL: Final = 206
_UNAUTHORIZED: Final = 401
_BAD_GATEWAY: Final = 502
_POLL_S: Final = 0.1


class SegmentRelay:
    """Answers FFmpeg, from when it is made until it is closed.

    Args:
        context: Whom to trust.

    Attributes:
        refused: What was wrong with a certificate that was shown; None where nothing was.
        unanswered: Why nothing at all was answered so far; None where something was.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self.refused: str | None = None
        self.unanswered: OSError | None = None
        self._answered = False
        self._login: tuple[str, httpx.DigestAuth] | None = None
        self._seal = AESSIV(AESSIV.generate_key(_KEY_BITS))  # FFmpeg compares: the same for the same
        # A proxy or a list of authorities of the environment would answer in another's place. FFmpeg gives a
        # server up that says nothing before this does: it takes it for one that hangs, and not for the end.
        self._http = httpx.Client(
            verify=context,
            timeout=httpx.Timeout(2 * PATIENCE_S, connect=PATIENCE_S),
            trust_env=False,
            follow_redirects=True,
            headers={"Accept-Encoding": "identity"},
            event_hooks={"request": [self._over_tls_alone]},
        )
        self._server = _Server(("127.0.0.1", 0), partial(_Question, self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="capture-relay", daemon=True
        )
        self._thread.start()

    def address(self, url: str) -> str:
        """Where this machine answers for an address; its file name stays at the end, FFmpeg looks at that."""
        sealed = base64.urlsafe_b64encode(self._seal.encrypt(url.encode(), None)).decode()
        return f"http://127.0.0.1:{self._server.server_address[1]}/{sealed}/{_name(url)}"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._http.close()
        self._thread.join()

    def asked_for(self, path: str) -> str | None:
        """The address that a path means; None where it is nothing that this one gave."""
        _, sealed, *rest = path.split("/")
        if len(rest) != 1:
            return None
        try:
            url = self._seal.decrypt(base64.urlsafe_b64decode(sealed.encode()), None).decode()
        except (ValueError, InvalidTag):
            return None
        return url if rest[0] == _name(url) else None  # another name is what FFmpeg thinks lies beside it

    def fetch(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Ask for an address; the answer's body is still to come.

        Raises:
            httpx.HTTPError: It does not answer, or nobody vouches for it.
        """
        try:
            answer = self._ask(url, headers)
        except httpx.HTTPError as error:
            self.refused = self.refused or _distrust(error)
            if not self._answered:
                self.unanswered = _unanswered(error)
            raise
        self._answered, self.unanswered = True, None
        return answer

    def _ask(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Ask with the name and password of an address: in plain (RFC 7617), else as a digest (RFC 7616)."""
        request = self._http.build_request("GET", url, headers=headers)
        who = request.url.userinfo.decode() + "@" + request.url.host
        if self._login is not None and self._login[0] == who:
            return self._http.send(request, auth=self._login[1], stream=True)
        answer = self._http.send(request, stream=True)
        wants = answer.headers.get("WWW-Authenticate", "").lower()
        if answer.status_code != _UNAUTHORIZED or "digest" not in wants or not request.url.userinfo:
            return answer
        answer.close()
        digest = httpx.DigestAuth(request.url.username, request.url.password)
        self._login = (who, digest)
        return self._http.send(
            self._http.build_request("GET", url, headers=headers), auth=digest, stream=True
        )

    def _over_tls_alone(self, request: httpx.Request) -> None:
        """Look at each request before anything of it is sent, also where an answer leads elsewhere."""
        if request.url.scheme != _TLS:
            self.refused = "it leads to an address without TLS"
            raise httpx.UnsupportedProtocol(self.refused)

    def led_here(self, text: str, base: str) -> str:
        """The same list with each address in it as one of here.

        Args:
            text: The list (RFC 8216).
            base: Where it was found.
        """
        lines = (
            _URI.sub(lambda found: self._led(found[0], base), line)
            if line.startswith("#") or not line
            else self._led(line, base)
            for line in text.splitlines()
        )
        return "\n".join(lines) + "\n"

    def _led(self, reference: str, base: str) -> str:
        url = urljoin(base, reference.strip())
        scheme = urlsplit(url).scheme
        if scheme == _TLS:
            return self.address(url)
        if scheme != "data":
            self.refused = "it names an address that is not HTTPS"
        return reference


def _name(url: str) -> str:
    return quote(unquote(basename(urlsplit(url).path))[-_NAME:], safe="")


def _distrust(error: BaseException) -> str | None:
    """What was wrong with a certificate, where that is what an error says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return None


def _unanswered(error: httpx.HTTPError) -> OSError:
    """The same as an error of the system's, in its words where it has some."""
    if isinstance(error, httpx.TimeoutException):
        return TimeoutError("nothing came in time")
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    said = getattr(cause, "strerror", None) or str(error) or type(error).__name__
    return ConnectionError(said) if isinstance(error, httpx.NetworkError) else OSError(said)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """FFmpeg hangs up as it likes."""


class _Question(BaseHTTPRequestHandler):
    """One connection of FFmpeg's."""

    protocol_version = "HTTP/1.1"
    timeout = 2 * PATIENCE_S

    def __init__(self, relay: SegmentRelay, *args: object) -> None:
        self._relay = relay
        self._begun = False
        super().__init__(*args)  # type: ignore[arg-type]  # as the server gives them

    def do_GET(self) -> None:
        """Answer with what is there."""
        self._begun = False
        url = self._relay.asked_for(self.path)
        if url is None:
            self.send_error(404)
            return
        headers = {name: self.headers[name] for name in _ASKED if name in self.headers}
        try:
            answer = self._relay.fetch(url, headers)
            try:
                self._pass(answer)
            finally:
                answer.close()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            self.close_connection = True
            if not self._begun:
                self.send_error(_BAD_GATEWAY)

    def _pass(self, answer: httpx.Response) -> None:
        pieces = answer.iter_bytes()
        first = next(pieces, b"")
        while len(first) < len(_LIST) and (more := next(pieces, b"")):
            first += more
        if first.startswith(_LIST):
            body = self._relay.led_here(_whole(first, pieces), str(answer.url)).encode()
            status = _OK if answer.status_code == _PARTIAL else answer.status_code  # it has another length
            kind = {_TYPE: answer.headers[_TYPE]} if _TYPE in answer.headers else {}
            self._begin(status, {**kind, "Content-Length": str(len(body))})
            self.wfile.write(body)
            return
        passed = [*_PASSED_ON, *([] if "Content-Encoding" in answer.headers else ["Content-Length"])]
        self._begin(
            answer.status_code, {name: answer.headers[name] for name in passed if name in answer.headers}
        )
        self.wfile.write(first)
        for piece in pieces:
            self.wfile.write(piece)

    def _begin(self, status: int, headers: dict[str, str]) -> None:
        self._begun = True
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection or "Content-Length" not in headers:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: an address may hold a password."""


def _whole(first: bytes, pieces: Iterator[bytes]) -> str:
    """A list, of which the beginning is there.

    Raises:
        ValueError: It is longer than any that is played.
    """
    data = bytearray(first)
    for piece in pieces:
        data += piece
        if len(data) > _MOST_OF_A_LIST:
            raise ValueError("a list without an end")
    return data.decode("utf-8", "replace")
