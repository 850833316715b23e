"""The HTTP protocol of our listeners: uvicorn's, bounded, with the peer's certificate handed to each request.

uvicorn copies ``app_state`` into every request's ``state``; the certificate joins it when the connection is
made, after the TLS handshake has verified it. Routes read ``request.state.peer_certificate`` (DER, or
absent).

What uvicorn leaves unbounded is bounded here by the admission's bounds (F9): the bytes of a head and how many
headers it has, the time until it has come, and the time for which a body, or the reader of an answer, stands
still. A connection on which a request has come whole is *answered*; one that does not read what it is sent is
not, however long the answer is.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fleet.connections.admission import Admission, Guest, Why

if TYPE_CHECKING:
    import ssl

    from uvicorn.config import Config
    from uvicorn.server import ServerState

_LAST_WORDS_S = 1.0
_ANSWERS = {
    400: ("Bad Request", "This is no request that can be read."),
    408: ("Request Timeout", "The request did not come whole in time."),
    414: ("URI Too Long", "The address is longer than any here."),
    431: ("Request Header Fields Too Large", "The request begins with more than is read here."),
}
_quiet = logging.getLogger("uvicorn.error.connections")
_quiet.setLevel(logging.ERROR)  # what a stranger sends is counted by the admission, and is no line each


class BoundedProtocol(HttpToolsProtocol):
    """One connection: knows who is at its other end, and ends where it keeps others from an answer."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        admission: Admission,
        guest: Guest,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state)
        self.logger = _quiet
        self._admission = admission
        self._guest = guest
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head_bytes = 0
        self._passed = 0
        self._unanswered = 0
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Note the peer's certificate, then go on as uvicorn does."""
        self._guest.leave = transport.abort
        connection: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        certificate = connection.getpeercert(binary_form=True) if connection is not None else None
        if certificate is not None:
            self.app_state = {**self.app_state, "peer_certificate": certificate}
        super().connection_made(transport)
        self._wait_for_head()
        if certificate is not None:
            self._admission.know(self._guest, hashlib.sha256(certificate).hexdigest())

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        self._stop_reading_timer()
        self._stop_writing_timer()
        self._admission.gone(self._guest)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, within limits."""
        if self._is_over():
            return
        if self._in_head and self._reading is None:
            self._wait_for_head()
        passed = self._passed
        super().data_received(data)
        if self._in_head and self._passed == passed:
            self._head_bytes += len(data)
            if self._head_bytes > self._admission.bounds.head_bytes:
                self._refuse(431, Why.HEAD)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn's own sentence says no more."""
        del msg
        self._refuse(400, Why.INVALID)

    def on_headers_complete(self) -> None:
        """Have it answered if it begins with no more than a request may."""
        bounds = self._admission.bounds
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        self._in_head, self._head_bytes, self._passed = False, 0, self._passed + 1
        if len(self.url) > bounds.target_bytes:
            self._refuse(414, Why.HEAD)
        elif len(self.headers) > bounds.headers or size > bounds.head_bytes:
            self._refuse(431, Why.HEAD)
        if not self._is_over():
            self._wait_for_body()
            self._unanswered += 1
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take more of a body."""
        if not self._is_over():
            self._wait_for_body()
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request has come whole: until it is answered, nobody lets go of this connection."""
        self._in_head, self._passed = True, self._passed + 1
        self._stop_reading_timer()
        if self._is_over():
            return
        if self._is_answering():
            self._admission.answer(self._guest)
        else:  # it was answered before it had come whole, and no more may come
            self._wait_for_head()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Note that it was answered."""
        self._unanswered -= 1
        if not self._is_answering():
            self._admission.let_loose(self._guest)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for the other end to read, but not for ever."""
        super().pause_writing()
        self._admission.let_loose(self._guest)
        self._stop_writing_timer()
        self._writing = self.loop.call_later(self._admission.bounds.still_s, self._is_not_read)

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._stop_writing_timer()
        if self._in_head and self._is_answering():
            self._admission.answer(self._guest)

    def _is_over(self) -> bool:
        return self._is_refused or self.transport.is_closing()

    def _is_answering(self) -> bool:
        return self._unanswered > 0

    def _refuse(self, status: int, why: Why) -> None:
        """Answer that, and end the connection; one on which something else is being answered just ends."""
        if self._is_answering():
            self._admission.end(self._guest, why)
            return
        self._admission.ended[why] += 1
        reason, sentence = _ANSWERS[status]
        head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        rest = f"content-length: {len(sentence)}\r\nconnection: close\r\n\r\n{sentence}"
        self.transport.pause_reading()
        self.transport.write(f"{head}{rest}".encode("ascii"))
        # Not closed: TLS would go on reading until the other end says goodbye, and discard what comes.
        self._is_refused = True
        self._stop_reading_timer()
        self.loop.call_later(_LAST_WORDS_S, self.transport.abort)

    def _wait_for_head(self) -> None:
        self._stop_reading_timer()
        self._reading = self.loop.call_later(self._admission.bounds.head_s, self._took_too_long)

    def _wait_for_body(self) -> None:
        self._stop_reading_timer()
        self._reading = self.loop.call_later(self._admission.bounds.still_s, self._stands_still)

    def _stop_reading_timer(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_writing_timer(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _took_too_long(self) -> None:
        self._reading = None
        if self._head_bytes:
            self._refuse(408, Why.SLOW)
        else:
            self._admission.end(self._guest, Why.SLOW)

    def _stands_still(self) -> None:
        self._reading = None
        if self.flow.read_paused:  # it is we who do not read
            self._wait_for_body()
        else:
            self._admission.end(self._guest, Why.STILL)

    def _is_not_read(self) -> None:
        self._writing = None
        self._admission.end(self._guest, Why.STILL)
