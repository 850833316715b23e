"""Fetches a list of segments (HLS) over TLS for FFmpeg, each of them from somebody who is vouched for.

FFmpeg opens the segments of a list by itself and believes anybody there, whatever it was told of the list. So
it asks here, on this machine and without TLS, and what it asks for is fetched over TLS.

Rules:

- It answers under a path that nobody else on the machine can know, and fetches over TLS alone.
- Addresses in a list lead here, whole; what is not a list passes as it is, in pieces.
- Where nobody vouches for one of them, nothing of it passes, and ``refused`` says why: the source is no more
  to be believed.

PyAV's own way to do this (``io_open``) frees memory twice where opening fails (PyAV 18.1).
"""

from __future__ import annotations

import re
import secrets
import ssl
import threading
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx

from device.sources.demux.reading.source_memory import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_TLS: Final = "https"
_LIST: Final = b"#EXTM3U"
_MOST_OF_A_LIST: Final = 4 * 2**20
_URI: Final = re.compile(r'(?<=URI=")[^"]+')
_PASSED_ON: Final = ("Content-Type", "Content-Range", "Accept-Ranges")
_TOKEN_BYTES: Final = 16
_BAD_GATEWAY: Final = 502
_POLL_S: Final = 0.1


class SegmentRelay:
    """Answers FFmpeg, from when it is made until it is closed.

    Args:
        context: Whom to trust.

    Attributes:
        refused: What was wrong with a certificate that was shown; None where nothing was.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self.refused: str | None = None
        # A proxy or a list of authorities of the environment would answer in another's place.
        self._http = httpx.Client(verify=context, timeout=PATIENCE_S, trust_env=False, follow_redirects=True)
        self._token = secrets.token_hex(_TOKEN_BYTES)
        self._server = _Server(("127.0.0.1", 0), partial(_Question, self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="capture-relay", daemon=True
        )
        self._thread.start()

    def address(self, url: str) -> str:
        """Where this machine answers for an address; its file name stays at the end, FFmpeg looks at that."""
        parts = urlsplit(url)
        port, query = self._server.server_address[1], f"?{parts.query}" if parts.query else ""
        place = quote(parts._replace(query="", fragment="").geturl(), safe="")
        return f"http://127.0.0.1:{port}/{self._token}/{place}{query}"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._http.close()
        self._thread.join()

    def asked_for(self, path: str) -> str | None:
        """The address that a path means; None where it is nothing that this one gave."""
        place, mark, query = path.partition("?")
        _, token, *rest = place.split("/")
        if not secrets.compare_digest(token.encode(), self._token.encode()) or len(rest) != 1:
            return None
        return unquote(rest[0]) + mark + query

    def fetch(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Ask for an address; the answer's body is still to come.

        Raises:
            httpx.HTTPError: It does not answer, or nobody vouches for it.
        """
        try:
            answer = self._http.send(self._http.build_request("GET", url, headers=headers), stream=True)
        except httpx.ConnectError as error:
            self.refused = self.refused or _distrust(error)
            raise
        if answer.url.scheme == _TLS:
            return answer
        answer.close()
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
        if urlsplit(url).scheme in {"http", "ftp"}:
            self.refused = "it names an address without TLS"
        return self.address(url) if urlsplit(url).scheme == _TLS else reference


def _distrust(error: BaseException) -> str | None:
    """What was wrong with a certificate, where that is what an error says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return None


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
        super().__init__(*args)  # type: ignore[arg-type]  # as the server gives them

    def do_GET(self) -> None:
        """Answer with what is there."""
        url = self._relay.asked_for(self.path)
        if url is None:
            self.send_error(404)
            return
        headers = {"Range": self.headers["Range"]} if self.headers["Range"] else {}
        try:
            answer = self._relay.fetch(url, headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            self.send_error(_BAD_GATEWAY)
            return
        try:
            with suppress(httpx.HTTPError):
                self._pass(answer)
        finally:
            answer.close()

    def _pass(self, answer: httpx.Response) -> None:
        pieces = answer.iter_bytes()
        first = next(pieces, b"")
        while len(first) < len(_LIST) and (more := next(pieces, b"")):
            first += more
        self.send_response(answer.status_code)
        for name in _PASSED_ON:
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        if first.startswith(_LIST):
            self._pass_list(first, pieces, str(answer.url))
            return
        length = answer.headers.get("Content-Length")
        whole = length is not None and "Content-Encoding" not in answer.headers
        self.send_header("Content-Length" if whole else "Connection", length if whole and length else "close")
        self.close_connection = not whole
        self.end_headers()
        self.wfile.write(first)
        try:
            for piece in pieces:
                self.wfile.write(piece)
        except httpx.HTTPError:
            self.close_connection = True
            raise

    def _pass_list(self, first: bytes, pieces: Iterator[bytes], base: str) -> None:
        data = bytearray(first)
        for piece in pieces:
            data += piece
            if len(data) > _MOST_OF_A_LIST:
                self.close_connection = True
                return
        body = self._relay.led_here(data.decode("utf-8", "replace"), base).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: an address may hold a password."""
