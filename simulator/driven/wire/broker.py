"""A broker in memory, with what of MQTT 5 cameras and fleet rely on, as mosquitto does it.

Rules (a test plays the same script against a real mosquitto and compares what arrives):

* Each client is who its certificate says. A camera publishes under its own ``up`` and hears its own
  ``down``; what else it publishes is acknowledged and dropped. The fleet's own client may everything.
* At least once: a subscriber that is away, and whose session has not ended, gets what was published
  meanwhile.
* A retained message is handed to each new subscription; an empty one clears it.
* A connection that is lost without a goodbye sends its will, after its delay or when the session ends,
  whichever comes first. A client that comes back before that is not spoken for, with a clean session either.
* A client that connects again ends its connection from before.

What it leaves out: QoS 0 and 2, wills without a delay, shared subscriptions, sizes and quotas.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.messages.topics import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_QUEUED = 1000
"""Most messages that are kept for a client that is away (``max_queued_messages``)."""


@dataclass(frozen=True, slots=True)
class BrokerMessage:
    """One message.

    Attributes:
        topic: Its topic.
        payload: What it says.
        retained: Whether the broker kept it from before the subscription.
    """

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Will:
    """What is published, and kept, for a client that is lost.

    Attributes:
        topic: Where.
        payload: What.
        delay_s: How long after the loss, at most.
    """

    topic: str
    payload: bytes
    delay_s: float


@dataclass(slots=True)
class _Session:
    """What the broker knows of one client."""

    client: str
    expiry_s: float
    filters: list[str] = field(default_factory=list)
    connection: BrokerConnection | None = None
    will: Will | None = None
    queued: list[BrokerMessage] = field(default_factory=list)
    lost: int = 0  # counts losses, so that what was planned for an earlier one is left


class BrokerConnection:
    """One connection of a client. ``closed`` once the broker or the client has ended it.

    Args:
        broker: The broker.
        session: The client's session.
        on_message: Is called with each message, and must return at once.
        on_closed: Is called when the broker ends it, with whether another connection took it over.
    """

    def __init__(
        self,
        broker: MemoryBroker,
        session: _Session,
        on_message: Callable[[BrokerMessage], None],
        on_closed: Callable[[bool], None],
    ) -> None:
        self.closed = False
        self._broker = broker
        self._session = session
        self.on_message = on_message
        self.on_closed = on_closed

    def subscribe(self, pattern: str) -> None:
        """Hear what is published on a filter, and what is kept there."""
        self._broker.subscribe(self._session, pattern)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish; the broker has it when this returns."""
        if self._broker.may_publish(self._session.client, topic):
            self._broker.publish(topic, payload, retain=retain)

    def disconnect(self) -> None:
        """Say goodbye: no will is sent."""
        self._broker.end(self, self._session, goodbye=True)

    def hand_back(self, messages: list[BrokerMessage]) -> None:
        """Have what a connection that ended had not acknowledged wait for the client's next one, first."""
        self._session.queued[:0] = messages

    def lose(self) -> None:
        """Be gone without a goodbye."""
        self._broker.end(self, self._session, goodbye=False)


class MemoryBroker:
    """The broker.

    Args:
        after: Has something done after so many seconds.
        everything: The client that may publish and hear everything: the fleet.
    """

    def __init__(self, after: Callable[[float, Callable[[], None]], None], everything: str) -> None:
        self._after = after
        self._everything = everything
        self._sessions: dict[str, _Session] = {}
        self._kept: dict[str, bytes] = {}

    def connect(
        self,
        client: str,
        *,
        clean: bool,
        expiry_s: float,
        will: Will | None,
        on_message: Callable[[BrokerMessage], None],
        on_closed: Callable[[bool], None],
    ) -> BrokerConnection:
        """Connect a client, who must have been found to be who it says.

        Args:
            client: Who.
            clean: Whether its session begins anew.
            expiry_s: How long its session outlives the connection.
            will: What is sent for it when it is lost.
            on_message: See ``BrokerConnection``.
            on_closed: See ``BrokerConnection``.
        """
        before = self._sessions.get(client)
        if before is not None:
            self._take_over(before, clean=clean)
        session = _Session(client, expiry_s) if before is None or clean else before
        session.expiry_s, session.will = expiry_s, will
        self._sessions[client] = session
        connection = session.connection = BrokerConnection(self, session, on_message, on_closed)
        waiting, session.queued = session.queued, []
        for message in waiting:
            connection.on_message(message)
        return connection

    def subscribe(self, session: _Session, pattern: str) -> None:
        """Add a subscription, and hand out what is kept there."""
        if not self._may_hear(session.client, pattern):
            return
        if pattern not in session.filters:
            session.filters.append(pattern)
        for topic in sorted(self._kept):
            if matches(pattern, topic):
                self._hand(session, BrokerMessage(topic, self._kept[topic], retained=True))

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand a message to whoever hears it, and keep it if that is asked for."""
        if retain and payload:
            self._kept[topic] = payload
        elif retain:
            self._kept.pop(topic, None)
        for session in list(self._sessions.values()):
            if any(matches(pattern, topic) for pattern in session.filters):
                self._hand(session, BrokerMessage(topic, payload))

    def end(self, connection: BrokerConnection, session: _Session, *, goodbye: bool) -> None:
        """A connection is over, by a goodbye or not."""
        if connection.closed or session.connection is not connection:
            return
        connection.closed, session.connection = True, None
        session.lost += 1
        lost = session.lost
        if goodbye:
            session.will = None
        elif session.will is not None:
            delay_s = min(session.will.delay_s, session.expiry_s)
            self._after(delay_s, lambda: self._send_will(session) if session.lost == lost else None)
        self._after(session.expiry_s, lambda: self._forget(session) if session.lost == lost else None)

    def cut(self, client: str) -> None:
        """End a client's connection without a goodbye; no other notices, and what is kept stays."""
        session = self._sessions.get(client)
        connection = None if session is None else session.connection
        if session is not None and connection is not None:
            self.end(connection, session, goodbye=False)
            connection.on_closed(False)

    def may_publish(self, client: str, topic: str) -> bool:
        """Whether a client may publish on a topic."""
        return client == self._everything or topic.startswith(f"{ROOT}/{client}/up/")

    def _may_hear(self, client: str, pattern: str) -> bool:
        return client == self._everything or pattern.startswith(f"{ROOT}/{client}/down/")

    def _take_over(self, session: _Session, *, clean: bool) -> None:
        """The client is there again: its old connection ends, and its will does not count."""
        session.lost += 1
        connection = session.connection
        if connection is not None:
            connection.closed, session.connection = True, None
            connection.on_closed(True)
        if clean:
            self._sessions.pop(session.client, None)
        session.will = None

    def _hand(self, session: _Session, message: BrokerMessage) -> None:
        if session.connection is not None:
            session.connection.on_message(message)
        elif len(session.queued) < MOST_QUEUED:
            session.queued.append(message)

    def _send_will(self, session: _Session) -> None:
        will, session.will = session.will, None
        if will is not None and session.connection is None and self.may_publish(session.client, will.topic):
            self.publish(will.topic, will.payload, retain=True)

    def _forget(self, session: _Session) -> None:
        if session.connection is None and self._sessions.get(session.client) is session:
            self._send_will(session)
            del self._sessions[session.client]


def matches(pattern: str, topic: str) -> bool:
    """Tell whether a topic is one of a filter's (MQTT 5, section 4.7)."""
    wanted, levels = pattern.split("/"), topic.split("/")
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(levels) or level not in {"+", levels[index]}:
            return False
    return len(wanted) == len(levels)
