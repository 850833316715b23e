"""The link to the fleet as one thing: made, started and stopped by the camera's ``device.camera``.

Rules:

- Everything that waits for a network runs in threads of the link. What the recorder calls (``publish``,
  ``status_changed``, and the callbacks) puts a message into a queue and returns.
- Whatever goes wrong is said in ``state().troubles`` and in the status; nothing raises into the recorder.
- A broken link is normal. Nothing is lost by it, and nothing is deleted because of it (C8).

Example:
    link = Link(identity, config.link, shelf, state=state, status=status, on_desired=wanted.put)
    news.listen(link.publish)
    link.start()
"""

from __future__ import annotations

import logging
import os
import random
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from device.errors import DeviceError
from device.link.circuit_breaker import CircuitBreaker
from device.link.fleet_http import FleetHttp
from device.link.identity.client import RenewalClient
from device.link.identity.mutual_tls import enrolled_context
from device.link.identity.renewal import ask_with_good_one, try_to_renew
from device.link.identity.resealing import reseal
from device.link.messages.announce import announcements, event
from device.link.messages.client import DesiredStateClient
from device.link.messages.consent_events import ConsentSender
from device.link.messages.desired_state import DesiredStateSync
from device.link.messages.mqtt import Messenger
from device.link.messages.session import Session
from device.link.status import LinkStatus
from device.link.uploads.backlog import Backlog
from device.link.uploads.client import UploadClient
from device.link.uploads.contents import Contents
from device.link.uploads.direct import DirectWay
from device.link.uploads.plan import SendSegment
from device.link.uploads.progress import upload_progress
from device.link.uploads.steps import Steps
from device.link.uploads.throttle import Throttle
from device.link.uploads.uploader import Uploader
from device.storage.filesystem import Filesystem, PosixFilesystem
from protocol.messages.base import MAX_SHORT_TEXT
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import MAX_FAULTS, Status
from protocol.units import utc_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from device.config.sections import LinkSection
    from device.consent.log import ConsentLog
    from device.link.identity.identity import CameraIdentity
    from device.link.messages.arrivals import ObeysCommands
    from device.link.messages.mqtt import MakeSession
    from device.link.messages.session import BrokerSession
    from device.shelf import Shelf
    from protocol.footage.ledger.ledger import Open
    from protocol.footage.sealing.keys import Recipient
    from protocol.messages.desired import Desired
    from protocol.messages.enrolment import RecipientKey

log = logging.getLogger(__name__)

STOP_WAIT_S = 2.0
"""Threads that hang in the network are left behind: they are daemons."""
SESSION_ID_BYTES = 8
KBIT_BYTES = 125


class Link:
    """Uploads, messages and the desired state between this camera and its fleet.

    Args:
        identity: who the camera is.
        settings: the ``[link]`` table of the configuration.
        shelf: the recordings on the camera.
        consent: what was said at the door; None where nothing is handed over.
        commands: obeys commands; None for a camera that takes none.
        state: the camera's state folder.
        status: how the camera is, without ``session``, ``online`` and ``upload``, which the link fills in.
            Called in the link's thread.
        on_desired: makes the camera what the fleet wants, from the start with what is kept on the card.
            Called in the link's thread; it may raise a ``DeviceError`` to refuse.
        on_recipients: has recordings sealed to these from now on, once that is kept; returns at once.
        filesystem: the card.
        clock: seconds that only go forward.
        now: wall time, for labels and to explain certificates.
        chance: evenly distributed numbers in [0, 1), for pauses.
        random_bytes: draws ids.
        transport: carries requests; None for the network.
        session: makes a connection to the broker.
    """

    def __init__(
        self,
        identity: CameraIdentity,
        settings: LinkSection,
        shelf: Shelf,
        *,
        consent: ConsentLog | None = None,
        commands: ObeysCommands | None = None,
        state: Path,
        status: Callable[[], Status],
        on_desired: Callable[[Desired], None],
        on_recipients: Callable[[tuple[Recipient, ...]], None],
        filesystem: Filesystem | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
        random_bytes: Callable[[int], bytes] = os.urandom,
        transport: httpx.BaseTransport | None = None,
        session: Callable[..., BrokerSession] = Session,
    ) -> None:
        self._identity = identity
        self._shelf = shelf
        self._state = state
        self._status = status
        self._on_recipients = on_recipients
        self._card = filesystem or PosixFilesystem()
        self._now = now
        self._context = enrolled_context(identity)
        self._contents = Contents(self._card)
        self._throttle = Throttle(settings.upload_kbit * KBIT_BYTES or None, clock)
        at_once, told = settings.uploads_at_once + 2, None if commands is None else commands.fleet_time
        self._http = FleetHttp(
            identity.cameras_url, self._context, at_once=at_once, transport=transport, fleet_time=told
        )
        breaker = partial(CircuitBreaker, settings.retry_max_s, chance)
        self._uploader = self._uploads(settings.uploads_at_once, breaker(), clock)
        self._messenger = Messenger(
            identity.camera,
            self._broker(session),
            status=self._compose,
            on_desired=lambda each: self._desired_sync.offer(each),  # noqa: PLW0108 - it is made later
            commands=commands,
            on_connected=self._connected,
            breaker=breaker(),
            status_s=settings.status_s,
            new_id=lambda: random_bytes(SESSION_ID_BYTES).hex(),
            clock=clock,
        )
        self._desired_sync = self._sync(on_desired, breaker(), clock)
        self._consent = ConsentSender(self._http, consent, self._desired_sync.ask)
        shelf.on_change(self._uploader.changed)

    def _uploads(self, at_once: int, breaker: CircuitBreaker, clock: Callable[[], float]) -> Uploader:
        client, shelf = UploadClient(self._http), self._shelf
        self._direct = DirectWay(client, at_once=at_once + 1, clock=clock)
        steps = Steps(client, shelf, self._contents, self._throttle, self._receipted, self._direct)
        return Uploader(shelf, Backlog(self._contents, breaker, at_once), steps, at_once=at_once, clock=clock)

    def _sync(
        self, on_desired: Callable[[Desired], None], breaker: CircuitBreaker, clock: Callable[[], float]
    ) -> DesiredStateSync:
        return DesiredStateSync(
            self._identity.camera,
            self._state,
            ask=partial(ask_with_good_one, DesiredStateClient(self._http).desired, self._renewed),
            on_desired=on_desired,
            report=self._messenger.publish,
            on_recipients=self._seal_to,
            on_answer=self._answered,
            breaker=breaker,
            filesystem=self._card,
            clock=clock,
        )

    def _broker(self, session: Callable[..., BrokerSession]) -> MakeSession:
        """Return what connects to the broker of this camera's fleet."""
        own = self._identity
        new = partial(session, own.camera, own.mqtt_host, own.mqtt_port, self._context)
        return lambda on_message, on_acknowledged: new(on_message=on_message, on_acknowledged=on_acknowledged)

    def start(self) -> None:
        """Begin; returns at once, whatever the network does."""
        self._desired_sync.start()
        if self._identity.validity_problem(self._now()) is not None:
            self._desired_sync.ask()  # the broker lets it in no more, which has it asked otherwise
        self._uploader.start()
        self._messenger.start()

    def stop(self) -> None:
        """Say goodbye and stop, within ``STOP_WAIT_S`` seconds. What is under way is abandoned, not lost."""
        for part in (self._throttle, self._uploader, self._desired_sync, self._messenger):
            part.stop()
        deadline = time.monotonic() + STOP_WAIT_S
        for thread in (self._messenger.thread, self._desired_sync.thread, *self._uploader.threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        self._http.close()
        self._direct.close()

    def begin(self) -> None:
        """Begin without threads: from now on somebody calls ``step``."""
        self._desired_sync.begin()

    def step(self, over: Callable[[Callable[[], None]], None]) -> float:
        """Do what is due, and wait for nothing.

        Args:
            over: Calls what it is given once the request that was just made is over.

        Returns: The seconds after which to step again, unless something happens before.
        """
        while True:
            waits = self._messenger.step(), self._desired_sync.step(), self._uploader.step(over)
            if not (self._messenger.called or self._desired_sync.called or self._uploader.called):
                return min(wait for wait in waits if wait is not None)

    def finish(self) -> None:
        """Say goodbye without threads. What is under way is abandoned, not lost."""
        self._throttle.stop()
        self._messenger.finish()
        self._http.close()
        self._direct.close()

    def publish(self, news: CameraEvent) -> None:
        """Pass news on to the fleet. Returns at once, from any thread."""
        self._messenger.publish(news)

    def status_changed(self) -> None:
        """Have the status sent soon. Returns at once, from any thread."""
        self._messenger.status_changed()

    def hint(self) -> None:
        """The network may be back: try at once. Returns at once, from any thread."""
        self._messenger.hint()
        self._uploader.hint()

    @property
    def desired(self) -> Desired | None:
        """The desired state in force."""
        return self._desired_sync.kept

    def state(self) -> LinkStatus:
        """How the link is doing."""
        view = self._uploader.view
        troubles = (self._identity.validity_problem(self._now()), self._messenger.trouble, *view.troubles)
        return LinkStatus(
            enrolled=True,
            connected=self._messenger.connected,
            uploads_connected=view.connected,
            upload=upload_progress(view),
            uploading=tuple(sorted(step.name for step in view.busy if isinstance(step, SendSegment))),
            bytes_per_s=self._throttle.bytes_per_s,
            troubles=tuple(dict.fromkeys(text for text in (*troubles, self._direct.trouble) if text)),
        )

    def _compose(self, *, session: str, online: bool) -> Status:
        """The camera's own status, completed with what the link knows."""
        own, link = self._status(), self.state()
        faults = tuple(text[:MAX_SHORT_TEXT] for text in (*own.faults, *link.troubles))[:MAX_FAULTS]
        update = {"session": session, "online": online, "upload": link.upload, "faults": faults}
        return own.model_copy(update=update)

    def _connected(self) -> None:
        """There is a connection: settle what was missed, in both directions."""
        self._desired_sync.ask()
        self._uploader.hint()
        now_us, recordings = utc_us(self._now()), self._shelf.recordings()
        for news in announcements(recordings, self._contents.opening, now_us):
            self._messenger.publish(news)

    def _receipted(self, opening: Open) -> None:
        """The fleet holds a recording, and the camera has its receipt."""
        self.publish(event(NewsKind.RECEIPT_ACCEPTED, opening, utc_us(self._now())))

    def _answered(self) -> None:
        if self._identity.renewal_due(self._now()):
            self._renewed()
        self._consent.send()

    def _renewed(self) -> bool:
        renewals = RenewalClient(self._http)
        newer = try_to_renew(self._state, self._identity, renewals, self._card, self._context)
        self._identity = newer or self._identity
        return newer is not None

    def _seal_to(self, told: tuple[RecipientKey, ...]) -> None:
        recipients = tuple(each.to_recipient() for each in told)
        if recipients == self._identity.recipients:
            return
        try:
            self._identity = reseal(self._state, self._identity, recipients, self._card)
        except DeviceError as error:
            log.warning("recordings are sealed to the same keys as before, trying again later: %s", error)
            return
        self._on_recipients(recipients)
        self._messenger.status_changed()
