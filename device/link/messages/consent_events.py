"""Hands what was said at the door to the fleet: in its order, one after the other, until it holds all of it.

Called each time that the fleet has answered (``device.link.messages.desired_state``), so that nothing is
tried while it does not.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from device.link.errors import RefusedError
from device.link.fleet_http import JSON_HEADERS, FleetHttp
from protocol.messages.consent import ConsentTaken, SignedConsent

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.consent.log import ConsentLog

log = logging.getLogger(__name__)


class ConsentSender:
    """Sends what waits.

    Args:
        http: The connections.
        events: What was said; None for a camera that keeps none.
        ask: Has the fleet asked soon; called after each that was kept.
    """

    def __init__(self, http: FleetHttp, events: ConsentLog | None, ask: Callable[[], None]) -> None:
        self._http = http
        self._events = events
        if events is not None:
            events.on_change(ask)

    def send(self) -> None:
        """Send all that waits, in order.

        Raises:
            LinkError: The fleet does not answer, or not now; what waits stays.
        """
        if self._events is None:
            return
        for number in self._events.waiting():
            self._send(self._events, number)

    def _send(self, events: ConsentLog, number: int) -> None:
        try:
            signed = events.read(number)
        except OSError as error:
            log.warning("consent event %d cannot be read, and stays on the card: %s", number, error)
            events.refused(number)
            return
        body = SignedConsent.of(signed).model_dump_json().encode()
        try:
            answer = self._http.send("POST", "/consent", content=body, headers=JSON_HEADERS)
        except RefusedError as error:
            if error.code != "not_valid":  # a fleet of an earlier version does not know the way
                raise
            log.warning(
                "the fleet does not take consent event %d, which stays on the card: %s", number, error
            )
            events.refused(number)
            return
        self._http.read(answer, ConsentTaken)
        events.taken(number)
