"""Since when the service is connected to its broker, or is not, and why: for whoever looks after it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from fleet.cameras.hearing.floods import FloodBook


@dataclass(frozen=True, slots=True)
class BrokerLinkState:
    """How the connection is.

    Attributes:
        connected: since when it stands; None while it does not.
        lost: when the last one ended; None if there was none, or it stands.
        why: what ended it; empty while that is not known.
        elsewhere: whether another process of this fleet has the broker, and this one none.
    """

    connected: datetime | None = None
    lost: datetime | None = None
    why: str = ""
    elsewhere: bool = False


class BrokerLink:
    """What the broker's client notes, and pages read. Safe to use from several threads.

    Attributes:
        floods: which cameras say more than is read of them.
    """

    def __init__(self) -> None:
        self.floods = FloodBook()
        self._state = BrokerLinkState()
        self._guard = threading.Lock()

    @property
    def state(self) -> BrokerLinkState:
        """How the connection is now, as far as the service has noticed."""
        with self._guard:
            return self._state

    def is_here(self) -> bool:
        """Say whether this process has the broker, or is alone: it speaks for the service itself."""
        return not self.state.elsewhere

    def stands(self, at: datetime) -> None:
        """Note that it stands since a time."""
        with self._guard:
            self._state = BrokerLinkState(connected=at)

    def is_elsewhere(self) -> None:
        """Note that another process has the broker."""
        with self._guard:
            self._state = BrokerLinkState(elsewhere=True)

    def ended(self, at: datetime, why: str) -> None:
        """Note that it ended, or that a new attempt failed: the time of the end stays then."""
        with self._guard:
            before = self._state
            if before.connected is None and before.lost is None:
                self._state = BrokerLinkState(why=why)
                return
            lost = at if before.connected is not None else before.lost
            self._state = BrokerLinkState(lost=lost, why=why or before.why)
