"""What carries a camera's requests, and the simulator's own, to the fleet in this process."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from simulator.driven.wire.handshake import RefusedHandshakeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.driven.wire.line import DrivenLine


class InProcess(httpx.BaseTransport):
    """Carries requests to whoever answers them.

    Args:
        answer: Answers a request whose body is all there.
        line: The camera's line; None for one that is always there.
        weigh: How many bytes a body counts for; by default as many as it has.
    """

    def __init__(
        self,
        answer: Callable[[httpx.Request], httpx.Response],
        line: DrivenLine | None = None,
        weigh: Callable[[bytes], int] = len,
    ) -> None:
        self._answer = answer
        self._line = line
        self._weigh = weigh

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.ConnectTimeout: The line is cut.
            httpx.ReadError: The other end does not accept who asks.
        """
        line = self._line
        if line is not None and not line.there:
            line.given_up()
            raise httpx.ConnectTimeout("timed out", request=request)
        body = request.read()
        whole = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        try:
            answer = self._answer(whole)
        except RefusedHandshakeError as error:
            refused = ssl.SSLError(1, error.alert)
            refused.reason = error.alert
            raise httpx.ReadError(error.alert, request=request) from refused
        if line is not None:
            line.passed(self._weigh(body))
        return answer
