"""Cameras enrolled with a real fleet, without sensors; their footage is made in memory."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from device.commands.runner import CommandRunner
from device.config.sections import LinkSection
from device.consent.log import ConsentLog
from device.link.identity.enrol import enrol
from device.link.identity.identity import CameraIdentity
from device.link.link import Link
from device.shelf import Shelf, ShelvedRecording
from device.storage.filesystem import PosixFilesystem
from device.storage.layout import StateFolder
from protocol.footage.sealing.keys import Recipient
from protocol.messages.desired import Desired
from protocol.messages.status import Status
from protocol.messages.uploads import Ended
from protocol.mode import Mode
from tests.support.camera.shelves import closed_segments
from tests.support.fleet.fleets import Fleet
from tests.support.media.parts import footage_chunk
from tests.support.media.recordings import Take, TestIdentity, make_identity
from tests.support.network.proxy import Proxy

QUICK = LinkSection(status_s=0.5, retry_max_s=0.5)
WAIT_S = 60.0


@dataclass
class Camera:
    """An enrolled camera whose recordings are put onto its shelf by hand; ``run`` is what its status says."""

    state: Path
    identity: CameraIdentity
    run: str = ""
    desired: list[Desired] = field(default_factory=list)
    sealed_to: list[tuple[Recipient, ...]] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.folders = StateFolder(self.state)
        for folder in (self.folders.recordings, self.folders.receipts):
            folder.mkdir(exist_ok=True)
        self.shelf = Shelf(PosixFilesystem(), self.folders, self.identity.authority_der)
        self.shelf.on_change(self._notify)

    @classmethod
    def enrol(cls, fleet: Fleet, state: Path) -> Camera:
        """Enrol a new camera."""
        return cls(state, enrol(fleet.dashboard_url, SecretStr(fleet.enrolment_code()), state))

    def copied(self, state: Path, run: str) -> Camera:
        """Another device with a copy of this one's card."""
        state.mkdir()
        return Camera(state, self.identity, run)

    @property
    def id(self) -> str:
        """Its id in the fleet."""
        return self.identity.camera

    @property
    def test_identity(self) -> TestIdentity:
        """Its keys, to make recordings with."""
        return replace(
            make_identity(),
            camera=self.id,
            authority=self.identity.authority_der,
            camera_key=self.identity.key,
            camera_certificate=self.identity.certificates[0],
            issuers=self.identity.certificates[1:-1],
            recipient=self.identity.recipients[0],
            plain=footage_chunk,  # the fleet opens a camera's first recording before it signs for it
        )

    def take(self, number: int = 1, *, per_segment: int = 2) -> Take:
        """Begin a recording."""
        seed = zlib.crc32(f"{self.id} {number} {self.run}".encode())  # a fleet takes each recording id once
        return Take(self.test_identity, seed=seed, number=number, per_segment=per_segment)

    def record(self, number: int = 1, *, prerecord: int = 4, live: int = 4, size: int = 1000) -> Take:
        """Make a whole recording, and put it onto the shelf."""
        take = self.take(number)
        for _ in range(prerecord):
            take.chunk(size=size)
        take.press()
        for _ in range(live):
            take.live(size=size)
        take.close()
        self.put(take)
        return take

    def put(self, take: Take, *, segments: int | None = None, ended: bool = True) -> None:
        """Show a recording, or only its first segments, as the recorder does while it grows."""
        folder = self.folders.recording(take.number)
        folder.mkdir(exist_ok=True)
        closed = closed_segments(take)[:segments]
        (folder / "ledger.cbor").write_bytes(take.ledger)
        for name, _ in closed:
            (folder / name).write_bytes(take.segments[name])
        ending: Ended | None = "closed" if ended else None
        self.shelf.put(ShelvedRecording(take.number, folder, len(take.ledger), closed, ending, receipt=False))

    def link(
        self,
        settings: LinkSection = QUICK,
        *,
        uploads: Proxy | None = None,
        messages: Proxy | None = None,
        ahead: timedelta = timedelta(0),
        consent: ConsentLog | None = None,
        commands: CommandRunner | None = None,
    ) -> Link:
        """A link of this camera, not yet started.

        Args:
            settings: the ``[link]`` table.
            uploads: a bad network for HTTPS.
            messages: a bad network for MQTT.
            ahead: how far the camera's wall clock is ahead.
            consent: what was said at the door.
            commands: what obeys commands.
        """
        identity = self.identity
        if uploads is not None:
            identity = replace(identity, cameras_url=f"https://127.0.0.1:{uploads.port}")
        if messages is not None:
            identity = replace(identity, mqtt_host="127.0.0.1", mqtt_port=messages.port)
        return Link(
            identity,
            settings,
            self.shelf,
            consent=consent,
            commands=commands,
            state=self.state,
            status=self._status,
            on_desired=self._take_on,
            on_recipients=self._seal_to,
            now=lambda: datetime.now(UTC) + ahead,
        )

    def wait_for_receipts(self, *numbers: int, within_s: float = WAIT_S) -> None:
        """Wait until the fleet's receipts for these recordings were accepted."""
        wanted = set(numbers)
        self._wait(
            lambda: {each.number for each in self.shelf.recordings() if each.receipt} >= wanted, within_s
        )

    def wait_for_desired(self, fits: Callable[[Desired], bool]) -> Desired:
        """Wait for a desired state from the fleet."""
        self._wait(lambda: any(fits(each) for each in self.desired))
        return next(each for each in self.desired if fits(each))

    def _wait(self, until: Callable[[], bool], within_s: float = WAIT_S) -> None:
        with self._changed:
            if not self._changed.wait_for(until, within_s):
                raise AssertionError(f"what was waited for did not come about within {within_s} s")

    def _status(self) -> Status:
        return Status(camera=self.id, session="own", state=Mode.READY, run=self.run)

    def _seal_to(self, recipients: tuple[Recipient, ...]) -> None:
        self.sealed_to.append(recipients)
        self._notify()

    def _take_on(self, desired: Desired) -> None:
        self.desired.append(desired)
        self._notify()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that can only be asked for."""
    deadline = time.monotonic() + WAIT_S
    asked = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about within {WAIT_S} s")
        asked.wait(0.02)


def stored(fleet: Fleet, camera: Camera, number: int) -> dict[str, bytes]:
    """The files of a recording as the fleet's store holds them, once it is held."""
    folder = fleet.footage / "recordings" / camera.id / f"{number:08d}"
    files = {path.name: path.read_bytes() for path in (folder / "segments").iterdir()}
    return {**files, "ledger.cbor": (folder / "ledger.cbor").read_bytes()}
