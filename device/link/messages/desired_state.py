"""Takes on what the fleet wants: asks, compares, keeps, passes on, reports.

Rules:

- One thread; whoever brings a document puts it into a queue and goes on. Without it, ``begin`` and ``step``
  do the same in turns.
- The document that is kept on the card is passed on first, so that a camera without a network stays what it
  was asked to be last.
- After each connect, and every few hours, the camera asks over HTTPS: retained messages are a convenience.
- What could not be taken on is reported with its sentence; it is not tried again until something newer is
  wanted.
- Whom footage is sealed to, the fleet's answer over HTTPS says and no message: whoever has the broker must
  not have footage sealed to another key. A message that names others is a reason to ask, once a minute at
  most.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from enum import Enum, auto
from typing import TYPE_CHECKING

from device.errors import DeviceError
from device.link.errors import LinkError
from device.link.messages.desired_store import counts, load_desired, save_desired
from protocol.messages.base import MAX_SHORT_TEXT
from protocol.messages.desired import Desired, Reported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from device.link.circuit_breaker import CircuitBreaker
    from device.storage.filesystem import Filesystem
    from protocol.messages.enrolment import RecipientKey

log = logging.getLogger(__name__)

ASK_EVERY_S = 6 * 3600.0
ASK_FOR_KEYS_S = 60.0
"""A message gets no more than one question over HTTPS out of the camera in this time."""


class _Request(Enum):
    ASK = auto()
    STOP = auto()


class DesiredStateSync:
    """Keeps the desired document, from ``start`` to ``stop``.

    Args:
        camera: the camera's id.
        state: the camera's state folder.
        ask: asks the fleet; may take its time, and raise a ``LinkError``.
        on_desired: makes the camera what is wanted; may take its time, and raise a ``DeviceError`` to refuse.
        report: sends what the camera has taken on; returns at once.
        on_recipients: called in this object's thread with whom to seal to, each time that the fleet has
            answered; it keeps that, and tells whom it knows in the end.
        on_answer: called in this object's thread each time that the fleet has answered; with a ``LinkError``
            the fleet is asked again soon.
        breaker: pauses between attempts to ask.
        filesystem: the card.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        camera: str,
        state: Path,
        *,
        ask: Callable[[], Desired],
        on_desired: Callable[[Desired], None],
        report: Callable[[Reported], None],
        on_recipients: Callable[[tuple[RecipientKey, ...]], None],
        on_answer: Callable[[], None],
        breaker: CircuitBreaker,
        filesystem: Filesystem,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = camera
        self._state = state
        self._ask_fleet = ask
        self._on_desired = on_desired
        self._report = report
        self._on_recipients = on_recipients
        self._on_answer = on_answer
        self._breaker = breaker
        self._filesystem = filesystem
        self._clock = clock
        self._kept: Desired | None = None
        self._refused: tuple[str, ...] = ()
        self._ask_at = clock() + ASK_EVERY_S
        self._told: tuple[RecipientKey, ...] | None = None
        self._asked_for_keys: float | None = None
        self._inbox: queue.SimpleQueue[Desired | _Request] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="desired", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Take on nothing more. Returns at once."""
        self._inbox.put(_Request.STOP)

    @property
    def thread(self) -> threading.Thread:
        """What to wait for after ``stop``; it may hang in the network, and is a daemon."""
        return self._thread

    def offer(self, desired: Desired) -> None:
        """A document came. Returns at once, from any thread."""
        self._inbox.put(desired)

    def ask(self) -> None:
        """Ask the fleet soon. Returns at once, from any thread."""
        self._inbox.put(_Request.ASK)

    @property
    def kept(self) -> Desired | None:
        """The document in force."""
        return self._kept

    def begin(self) -> None:
        """Pass on the document that is kept."""
        kept = load_desired(self._state, self._camera, self._filesystem)
        if kept is not None:
            self._take_on(kept)

    def step(self) -> float:
        """Do what is due without the thread; return the seconds after which something is due by itself."""
        while not self._inbox.empty():
            self._deal_with(self._inbox.get())
        if self._ask_at <= self._clock():
            self._ask()
        return max(0.0, self._ask_at - self._clock())

    @property
    def called(self) -> bool:
        """Whether something waits to be dealt with."""
        return not self._inbox.empty()

    def _run(self) -> None:
        self.begin()
        while True:
            try:
                message = self._inbox.get(timeout=max(0.0, self._ask_at - self._clock()))
            except queue.Empty:
                message = _Request.ASK
            if message is _Request.STOP:
                return
            self._deal_with(message)

    def _deal_with(self, message: Desired | _Request) -> None:
        if isinstance(message, Desired):
            self._consider(message)
            self._ask_for_keys(message.recipients)
        elif message is _Request.ASK:
            self._ask()

    def _ask(self) -> None:
        try:
            desired = self._ask_fleet()
        except LinkError as error:
            self._pause(error)
            log.info("what the fleet wants is not known: %s", error)
            return
        self._breaker.answered()
        self._ask_at = self._clock() + ASK_EVERY_S
        if desired.camera == self._camera:
            self._told = desired.recipients
            if desired.recipients:
                self._on_recipients(desired.recipients)
        self._consider(desired)
        self._say()
        try:
            self._on_answer()
        except LinkError as error:
            self._pause(error)
            log.info("what follows from the fleet's answer is tried again: %s", error)

    def _pause(self, error: LinkError) -> None:
        """Ask again, after a pause that grows."""
        now = self._clock()
        self._breaker.failed(error, now)
        self._ask_at = now + self._breaker.open_for(now)

    def _ask_for_keys(self, named: tuple[RecipientKey, ...]) -> None:
        """Ask over HTTPS whether footage is to be sealed to those that a message named."""
        if not named or named == self._told:
            return
        now, before = self._clock(), self._asked_for_keys
        if before is None or now - before >= ASK_FOR_KEYS_S:
            self._asked_for_keys = now
            self._ask()
        else:
            self._ask_at = min(self._ask_at, before + ASK_FOR_KEYS_S)

    def _consider(self, desired: Desired) -> None:
        if not counts(self._kept, desired, self._camera):
            return
        try:
            save_desired(self._state, desired, self._filesystem)
        except DeviceError:
            # It is taken on all the same: a full card must not keep an officer from being handed this camera.
            log.exception("what the fleet wants could not be kept, and will be asked for after a restart")
        self._take_on(desired)

    def _take_on(self, desired: Desired) -> None:
        self._kept = desired
        try:
            self._on_desired(desired)
            self._refused = ()
        except DeviceError as error:
            log.warning("what the fleet wants cannot be done: %s", error)
            self._refused = (str(error)[:MAX_SHORT_TEXT],)
        self._say()

    def _say(self) -> None:
        if self._kept is not None:
            report = Reported(camera=self._camera, version=self._kept.version, refused=self._refused)
            self._report(report)
