"""The budget of what costs and is asked for by nobody who signed in: one for all of it, and a small one (F9).

Stretching passwords, links for an account, the provider's sign-in, references, releases and enrolment codes
share it. Whoever is signed in, and cameras, have all the rest of the service, whatever strangers ask for.

Rules:
- what waits for its turn takes no thread; so many wait, and one more is told to try again;
- of one address, or one network of IPv6, there is a share, so that a stranger leaves turns for others;
- a browser that somebody signed in with before waits apart, with others of its kind, of each person so many;
- what was turned away is counted, and logged once a minute without a stranger's words.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from fleet.core.problems import ProblemError
from fleet.people.limits.fair_queue import Come, FairQueue, QueueLimits

log = logging.getLogger(__name__)

LIMITS: Final = QueueLimits(at_once=6, waiting=58, each_peer=24)
"""Six of the 40 worker threads. A shift that signs in at once, behind one address, waits for a moment."""
KNOWN: Final = QueueLimits(at_once=3, waiting=40, each_peer=6)
"""Of browsers that somebody signed in with before, beside those: a peer is a person."""
_EACH_S = 60.0
_NETWORK = 64  # bits: what one subscriber has of IPv6


@dataclass(eq=False)
class _Ticket:
    """One that came: it waits on ``turn``, in the loop that is its own."""

    turn: asyncio.Future[None]

    def call(self, problem: ProblemError | None = None) -> None:
        self.turn.get_loop().call_soon_threadsafe(self._tell, problem)

    def _tell(self, problem: ProblemError | None) -> None:
        if self.turn.done():
            return  # it was given up
        if problem is None:
            self.turn.set_result(None)
        else:
            self.turn.set_exception(problem)


class AnonymousBudget:
    """Gives queue. Safe to use from several event loops.

    Attributes:
        refused: how many were told to try again, since the process began.
    """

    def __init__(self, limits: QueueLimits = LIMITS, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin; ``clock`` gives seconds that only go forward."""
        self.refused = 0
        self._queue: FairQueue[_Ticket] = FairQueue(limits)
        self._known: FairQueue[_Ticket] = FairQueue(KNOWN)
        self._clock = clock
        self._lock = threading.Lock()
        self._unsaid, self._said_at = 0, -_EACH_S

    @contextlib.asynccontextmanager
    async def turn(self, address: str, known: str = "") -> AsyncIterator[None]:
        """Wait for a turn, and hold it for the length of the block.

        Args:
            address: where the request comes from.
            known: who signed in before with the browser that asks; empty where nobody is known to have.

        Raises:
            ProblemError: 503 too many ask already, in all or from this address.
        """
        ticket = _Ticket(asyncio.get_running_loop().create_future())
        queue, peer = (self._known, known) if known else (self._queue, peer_of(address))
        with self._lock:
            came, going = queue.come(ticket, peer)
        if going is not None:
            going.call(self._busy())
        if came is Come.GOES:
            raise self._busy()
        try:
            if came is Come.WAITS:
                await ticket.turn
            yield
        finally:
            with self._lock:
                following = queue.leave(ticket)
            if following is not None:
                following.call()

    def _busy(self) -> ProblemError:
        now = self._clock()
        with self._lock:
            self.refused, self._unsaid = self.refused + 1, self._unsaid + 1
            count = self._unsaid
            if is_due := now - self._said_at >= _EACH_S:
                self._unsaid, self._said_at = 0, now
        if is_due:
            log.warning("Requests of nobody signed in that were told to try again: %d.", count)
        detail = "Too many who are not signed in ask at this moment; try again in a few seconds."
        return ProblemError(503, "anonymous_busy", detail, headers={"Retry-After": "3"})


def peer_of(address: str) -> str:
    """Return what shares a budget with an address: its network in IPv6, itself in IPv4 and where it is none.

    >>> peer_of("2001:db8:1:2:3::4"), peer_of("::ffff:192.0.2.1"), peer_of("192.0.2.1"), peer_of("testclient")
    ('2001:db8:1:2::/64', '192.0.2.1', '192.0.2.1', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), _NETWORK), strict=False))
    return str(found)
