"""Messages: status, news, what the fleet wants, commands and their answers, over MQTT 5 (promise L1).

Rules:

- One thread does all of it. Others put messages into a queue and wake it; they never wait. Without the
  thread, ``step`` does the same in turns.
- Status is retained, and sent at every change and at least every ``status_s`` seconds. The will says
  offline, after a delay that a short cut does not outlast; both carry the session's id, so that a late
  will is recognised.
- Nothing depends on retained messages: after each connect ``on_connected`` asks over HTTPS and announces
  again.
- No connection: pauses grow, longer still where a certificate is not accepted; weeks are fine.

An MQTT session is not resumed: what was not acknowledged is in the outbox, or waits with the commands, and
goes again. What arrives is ``device.link.messages.arrivals``'s.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Protocol, TypeAlias

from device.link.errors import LinkError
from device.link.messages.arrivals import BrokerArrivals
from device.link.messages.outbox import Outbox
from device.link.messages.responses import ResponsesUnderWay
from device.link.messages.waker import Waker
from protocol.messages.desired import Reported
from protocol.messages.topics import Up, topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.link.circuit_breaker import CircuitBreaker
    from device.link.messages.arrivals import ObeysCommands
    from device.link.messages.session import BrokerSession
    from protocol.messages.desired import Desired
    from protocol.messages.events import CameraEvent
    from protocol.messages.status import Status

log = logging.getLogger(__name__)

GOODBYE_S = 1.0
LEAST_BETWEEN_S = 1.0
"""A status goes out at most this often, however much changes."""

MakeSession: TypeAlias = "Callable[[Callable[[str, bytes], None], Callable[[int], None]], BrokerSession]"


class StatusSource(Protocol):
    """Says how the camera is."""

    def __call__(self, *, session: str, online: bool) -> Status:
        """The camera's status at this moment, for the connection ``session``."""
        ...


class Messenger:
    """Keeps a connection to the broker, from ``start`` to ``stop``.

    Args:
        camera: the camera's id.
        make_session: makes a connection with its two callbacks, not yet opened.
        status: says how the camera is.
        on_desired: takes what the fleet wants; must return at once.
        commands: obeys commands; None for a camera that takes none.
        on_connected: called after each connect; must return at once.
        breaker: pauses between attempts.
        status_s: longest time between two status messages, in seconds.
        new_id: draws the id of a connection.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        camera: str,
        make_session: MakeSession,
        *,
        status: StatusSource,
        on_desired: Callable[[Desired], None],
        commands: ObeysCommands | None = None,
        on_connected: Callable[[], None],
        breaker: CircuitBreaker,
        status_s: float,
        new_id: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = camera
        self._make_session = make_session
        self._status = status
        self._arrivals = BrokerArrivals(camera, on_desired, commands)
        self._responses = ResponsesUnderWay(commands)
        self._on_connected = on_connected
        self._breaker = breaker
        self._status_s = status_s
        self._new_id = new_id
        self._clock = clock
        self._outbox = Outbox()
        self._inbox: queue.SimpleQueue[CameraEvent | Reported] = queue.SimpleQueue()
        self._reported: Reported | None = None
        self._status_wanted = False
        self._status_sent = 0.0
        self._hinted = False
        self._stopping = False
        self._session: BrokerSession | None = None
        self._id = ""
        self._waker = Waker()
        if commands is not None:
            commands.on_answer(self._waker.wake)
        self._thread = threading.Thread(target=self._run, name="messages", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye and end. Returns at once."""
        self._stopping = True
        self._waker.wake()

    @property
    def thread(self) -> threading.Thread:
        """What to wait for after ``stop``; it may hang in the network, and is a daemon."""
        return self._thread

    def publish(self, news: CameraEvent | Reported) -> None:
        """Send an event, or what the camera has taken on, and a status. Returns at once, from any thread."""
        self._inbox.put(news)
        self.status_changed()

    def status_changed(self) -> None:
        """Send the status soon. Returns at once, from any thread."""
        self._status_wanted = True
        self._waker.wake()

    def hint(self) -> None:
        """The network may be back: do not wait for the end of a pause. Returns at once, from any thread."""
        self._hinted = True
        self._waker.wake()

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return bool(self._id)

    @property
    def called(self) -> bool:
        """Whether news waits to be taken in."""
        return not self._inbox.empty()

    @property
    def trouble(self) -> str | None:
        """What is wrong, in one sentence."""
        return self._breaker.trouble

    def step(self) -> float:
        """Do what is due without the thread, and wait for nothing.

        Returns:
            The seconds after which to step again, unless something arrives or is to be sent before.
        """
        try:
            if self._session is None:
                self._take_in()
                wait = self._breaker.open_for(self._clock())
                if wait > 0 and not self._hinted:
                    return wait
                self._hinted = False
            session = self._session or self._open()
            self._take_in()
            session.poll(0.0, self._waker.out)
            return self._send(session)
        except LinkError as error:
            self._note(error)
            self._hang_up()
            return self._breaker.open_for(self._clock())

    def finish(self) -> None:
        """Say goodbye and end, without the thread."""
        if self._session is not None:
            self._send_status(self._session, online=False)
            self._hang_up()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._converse()
            except LinkError as error:
                self._note(error)
            except Exception as error:
                log.exception("internal error: the messages' thread failed and starts again")
                self._breaker.failed(
                    LinkError(f"An internal error stopped messages: {error}."), self._clock()
                )
            self._pause()

    def _note(self, error: LinkError) -> None:
        if str(error) != self._breaker.trouble:
            log.warning("%s", error)
        self._breaker.failed(error, self._clock())

    def _pause(self) -> None:
        self._hinted = False
        while not self._stopping and not self._hinted:
            wait = self._breaker.open_for(self._clock())
            if wait <= 0:
                return
            self._waker.wait(wait)
            self._take_in()

    def _converse(self) -> None:
        """One connection, from its beginning to its end."""
        try:
            session = self._open()
            while not self._stopping:
                self._take_in()
                session.poll(self._send(session), self._waker.out)
            self._say_goodbye(session)
        finally:
            self._hang_up()

    def _open(self) -> BrokerSession:
        """Connect, and say how the camera is."""
        id_ = self._new_id()
        session = self._session = self._make_session(self._arrivals.take, self._acknowledged)
        will = self._status(session=id_, online=False).to_json()
        session.open(topic(self._camera, "up", Up.STATUS), will, self._waker.out)
        self._breaker.answered()
        self._id = id_
        log.info("connected to the broker")
        for name in self._arrivals.topics:
            session.subscribe(name)
        self._on_connected()
        self._send_status(session, online=True)
        return session

    def _hang_up(self) -> None:
        session, self._session, self._id = self._session, None, ""
        self._outbox.cut()
        self._responses.cut()
        if session is not None:
            session.close()

    def _take_in(self) -> None:
        self._waker.clear()
        with contextlib.suppress(queue.Empty):
            while True:
                message = self._inbox.get_nowait()
                if isinstance(message, Reported):
                    self._reported = message
                else:
                    self._outbox.put(message)

    def _send(self, session: BrokerSession) -> float:
        """Send what is waiting; return the seconds until there is something to send by itself."""
        for event in self._outbox.to_send():
            message = session.publish(topic(self._camera, "up", Up.EVENT), event.model_dump_json().encode())
            self._outbox.sent(event, message)
        for response in self._responses.to_send():
            data = response.model_dump_json().encode()
            message = session.publish(topic(self._camera, "up", Up.RESPONSE), data)
            self._responses.sent(response, message)
        if self._reported is not None:
            report, self._reported = self._reported, None
            session.publish(
                topic(self._camera, "up", Up.REPORTED), report.model_dump_json().encode(), retain=True
            )
        now = self._clock()
        due = self._status_sent + (LEAST_BETWEEN_S if self._status_wanted else self._status_s)
        if due > now:
            return due - now
        self._send_status(session, online=True)
        return self._status_s

    def _send_status(self, session: BrokerSession, *, online: bool) -> None:
        self._status_wanted = False
        self._status_sent = self._clock()
        status = self._status(session=self._id, online=online)
        session.publish(topic(self._camera, "up", Up.STATUS), status.to_json(), retain=True)

    def _say_goodbye(self, session: BrokerSession) -> None:
        """The last status goes out in the open; the will is not sent after a proper end."""
        self._send_status(session, online=False)
        deadline = self._clock() + GOODBYE_S
        while (left := deadline - self._clock()) > 0 and session.unacknowledged:
            session.poll(left, self._waker.out)

    def _acknowledged(self, message: int) -> None:
        self._outbox.acknowledged(message)
        self._responses.acknowledged(message)
