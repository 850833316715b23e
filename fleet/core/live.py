"""The in-process bus that tells open pages and tasks what has changed.

Rules:
- a message is a hint (topic, subject), never data: whoever gets it reads the database;
- ``publish`` never blocks and may be called from any thread;
- a subscriber that falls behind loses messages and is told so once with ``RESYNC``, upon which it reads
  everything;
- nothing depends on a hint for correctness;
- the bus's ``position`` moves with each hint, so that somebody who read at one position, and finds it
  unmoved later, has missed none.

Topics in use: ``camera`` (status or enrolment), ``presence`` (a camera is heard or not, or does something
else), ``desired`` (a camera's desired document), ``command`` (one that waits to be sent), ``number`` (of a
camera, which was given), ``assignment``, ``officer``, ``recording``, ``incident``, ``alert``, ``message``
(one that goes out), ``review``, ``viewing``, ``watching`` (a viewing that ended), ``vault`` (sealed by
hand, or that was lifted), ``user`` (an account or an invitation), ``account`` (what its person is told of
one's account), ``audit`` (something after which the
audit log gets a checkpoint), and ``access`` (somebody signed out, or may do less). The subject is the id of
the thing.

With several processes PostgreSQL carries what a transaction announces to the others (``fleet.processes``);
what is published without one is of this process alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """Something changed.

    Attributes:
        topic: the kind of thing.
        subject: its id.
    """

    topic: str
    subject: str


RESYNC = Hint("resync", "")
"""Messages were dropped: read everything again."""

ACCESS = "access"
"""The topic of a change in what somebody may do; the subject is the user's or the token's id."""

USER = "user"
"""The topic of a change of an account or an invitation; the subject is its id."""

ACCOUNT = "account"
"""The topic of what somebody is told of their own account; the subject is the user's id."""

VERIFICATION = "verification"
"""The topic of how far the audit log's verification is, and of its end; there is no subject."""

AUDIT = "audit"
"""The topic of an entry that asks for a checkpoint of the log; the subject is what was done."""

_END = Hint("end", "")
_NAME_BYTES = 8

CHANNEL = "lapel_hints"
"""By this name PostgreSQL carries hints from process to process."""


class Subscription:
    """One subscriber's bounded, deduplicated queue; iterate it asynchronously. Ends when the bus closes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, depth: int) -> None:
        self._loop = loop
        self._depth = depth
        self._waiting: dict[
            Hint, None
        ] = {}  # an ordered set: a second hint about the same thing says nothing new
        self._arrived = asyncio.Event()
        self._ended = False

    def offer(self, *hints: Hint) -> bool:
        """Hand over hints from any thread; False when the subscriber's loop is gone."""
        try:
            self._loop.call_soon_threadsafe(self._put, hints)
        except RuntimeError:  # the loop closed without leaving the subscription, as after a crash of its task
            return False
        return True

    def end(self) -> None:
        """End this subscription alone. From any thread."""
        self.offer(_END)

    def _put(self, hints: Sequence[Hint]) -> None:
        for hint in hints:
            if hint is _END:
                self._ended = True
            elif hint is RESYNC or len(self._waiting) >= self._depth:
                self._waiting = {RESYNC: None}
            elif RESYNC not in self._waiting:
                self._waiting[hint] = None
        self._arrived.set()

    def waiting(self) -> list[Hint]:
        """Return what waits to be read, and have it read."""
        found, self._waiting = list(self._waiting), {}
        return found

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Hint:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        hint = next(iter(self._waiting))
        del self._waiting[hint]
        return hint


class Live:
    """The bus: publish from anywhere, subscribe from a coroutine."""

    def __init__(self, *, depth: int = 64) -> None:
        self._depth = depth
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._closed = False
        self._name = secrets.token_hex(_NAME_BYTES)
        self._published = 0

    @property
    def position(self) -> str:
        """How many hints there were so far, as text that no other bus gives: one ends with its process."""
        with self._lock:
            return f"{self._name}-{self._published}"

    def publish(self, topic: str, subject: str) -> None:
        """Tell every subscriber that ``subject`` of ``topic`` changed. Never blocks; any thread."""
        self.publish_all([(topic, subject)])

    def publish_all(self, hints: Iterable[tuple[str, str]]) -> None:
        """Tell every subscriber of many changes at once, each as ``publish`` does."""
        told = tuple(Hint(topic, subject) for topic, subject in dict.fromkeys(hints))
        if told:
            self._send(*told)

    def carried(self, topic: str, subject: str) -> str:
        """Return a hint as it goes to other processes."""
        return f"{self._name} {topic} {subject}"

    def hear(self, carried: str) -> None:
        """Publish a hint of another process; one of this process has been published already."""
        name, _, rest = carried.partition(" ")
        topic, _, subject = rest.partition(" ")
        if name != self._name:
            self.publish(topic, subject)

    def resync(self) -> None:
        """Tell every subscriber to read everything again: hints of other processes may have been lost."""
        self._send(RESYNC)

    def close(self) -> None:
        """End every subscription, so that open event streams finish and the service can stop."""
        with self._lock:
            self._closed = True
        self._send(_END)

    @contextlib.asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        """Subscribe for the length of the block: ``async with live.subscribe() as hints``, then iterate."""
        subscription = Subscription(asyncio.get_running_loop(), self._depth)
        with self._lock:
            self._subscriptions.add(subscription)
            closed = self._closed
        if closed:
            subscription.offer(_END)
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)

    def _send(self, *hints: Hint) -> None:
        with self._lock:
            self._published += len(hints)
            subscriptions = tuple(self._subscriptions)
        gone = [each for each in subscriptions if not each.offer(*hints)]
        if gone:
            with self._lock:
                self._subscriptions.difference_update(gone)
