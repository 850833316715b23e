"""A camera from its enrolment on, one step after the other, on a disk that remembers or on a real one.

It runs the real recorder, recovery, identity and uploader, in one thread and on a clock of its own; nothing
of them is written twice for the tests. What the camera acknowledges is said where it happened, in the words
of ``tests.harness.crash.scripts.acknowledged``, so that a crash at any later point can be judged.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from device.config.sections import Config
from device.credentials import Credentials
from device.desired import DesiredStateApplier
from device.door.private import come_back
from device.errors import StorageError
from device.link.circuit_breaker import CircuitBreaker
from device.link.errors import LinkError, NotEnrolledError
from device.link.identity.identity import load_identity, save_identity
from device.link.identity.renewal import renew
from device.link.messages.desired_store import load_desired, save_desired
from device.link.uploads.backlog import Backlog
from device.link.uploads.contents import Contents
from device.link.uploads.steps import Steps
from device.recording.heart.outcome import Outcome
from device.recording.parts import make_parts
from device.recording.recorder import Recorder
from device.recording.state import Event
from device.shelf import Shelf
from device.storage.filesystem import Filesystem
from device.storage.layout import StateFolder
from protocol.footage.consent import SaidOfConsent
from protocol.footage.format.model import Gap, GapCause, PlainChunk, Track
from protocol.messages.desired import AssignmentInfo, Desired
from protocol.messages.events import CameraEvent, NewsKind
from tests.harness.crash.scripts.fleet import MemoryFleet
from tests.harness.crash.scripts.obeying import ObeyingLife
from tests.harness.crash.scripts.start import config, identity_digest, start
from tests.harness.crash.scripts.teller import Say, Teller
from tests.support.camera.identities import answer_for
from tests.support.camera.recorders import HandClock
from tests.support.media.recordings import SECOND_NS, TestIdentity, make_identity, plain_chunk

if TYPE_CHECKING:
    from device.link.identity.client import RenewalClient
    from device.link.uploads.client import UploadClient

PART_BYTES = 900
KEY_BYTES = 32
AT_ONCE = 2
PAUSE_S = 60.0
"""Between two looks of the uploader: longer than any pause that it makes."""


def from_identity(start_ns: int) -> PlainChunk:
    """A chunk of nothing in particular."""
    return plain_chunk(start_ns, size=PART_BYTES)


@dataclass
class Life:
    """A camera and its officer.

    Attributes:
        disk: Where its state folder is, or will be.
        say: Hears what it acknowledges, and what it is about to try.
        keys: Every part key that was drawn.
        flaky: Whether footage may be lost, because the card is failing.
        unpublished: Whether the card fails only what follows a press: no footage may be lost by that.
    """

    disk: Filesystem
    say: Say
    seed: int = 1
    settings: Config = field(default_factory=config)
    footage: Callable[[int], PlainChunk] = from_identity
    identity: TestIdentity = field(default_factory=make_identity)
    clock: HandClock = field(default_factory=HandClock)
    fleet: MemoryFleet = field(init=False)
    recorder: Recorder = field(init=False)
    shelf: Shelf = field(init=False)
    keys: list[bytes] = field(default_factory=list)
    flaky: bool = False
    unpublished: bool = False
    commanded: int = 0
    issued_us: int = 0
    fleet_us: int | None = None
    """What the fleet's clock shows at a start; None for one that goes with the camera's."""
    obeying: ObeyingLife = field(init=False)
    hurried: bool = False
    """Whether no tick comes, in which a camera does what it does while there is time."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._teller = Teller(self.disk, self.say)
        self._uploader_s = 0.0
        self.fleet = MemoryFleet(self.identity, self.say)

    @property
    def folders(self) -> StateFolder:
        return StateFolder(self.settings.camera.state_dir)

    def boot(self) -> None:
        """Start, and be enrolled first if need be."""
        self.say("pressed", {})  # whatever was being done is not being done any more
        self.say("private asked", {})
        try:
            found = start(self.disk, self.settings)
        except NotEnrolledError:
            self.enrol()
            found = start(self.disk, self.settings)
        identity, delete = found.identity, self.settings.storage.after_receipt == "delete"
        held = found.recovered.recordings
        self.shelf = Shelf(self.disk, self.folders, identity.authority_der, delete=delete, held=held)
        parts = make_parts(
            self.settings,
            Credentials(identity.camera, identity.certificates, identity.recipients, identity.signer),
            filesystem=self.disk,
            folders=self.folders,
            shelf=self.shelf,
            clock=self.clock,
            random=self._draw,
            found=found.recovered,
        )
        self.recorder = Recorder(
            parts,
            window_s=self.settings.camera.window_s,
            roll_over_ns=self.settings.roll_over_ns,
            alert_percent=self.settings.storage.alert_percent,
            require_assignment=False,
        )
        self.recorder.cut = self.chunk
        self.recorder.news.listen(self._hear)
        self._applier = DesiredStateApplier(self.recorder, self.shelf, self.settings)
        self._make_uploader()
        if found.desired is None:
            self.recorder.assign(None)
        else:
            self._applier.take_on(found.desired)
        self.recorder.change(Event.START)
        come_back(self.recorder, self.disk, self.folders)
        credentials = Credentials(
            identity.camera, identity.certificates, identity.recipients, identity.signer
        )
        self.obeying = ObeyingLife(
            self.disk,
            self.folders,
            credentials,
            self.recorder,
            self.clock,
            self.say,
            self.fleet_us,
        )
        self._say_private()
        self._teller.tell(self.shelf)

    def enrol(self) -> None:
        """Become a camera of the fleet."""
        answer = answer_for(self.identity)
        digest = hashlib.sha256(self.identity.camera_certificate).hexdigest()
        self.say("identity asked", {"sha256": digest})
        save_identity(self.folders.root, answer, self.identity.camera_key, self.disk)
        self.say("identity", {"sha256": digest})

    def renew(self) -> None:
        """Take the next certificate."""
        identity = load_identity(self.folders.root, self.disk)
        try:
            renewed = renew(self.folders.root, identity, cast("RenewalClient", self.fleet), self.disk)
        except StorageError:
            return
        self.say("identity", {"sha256": identity_digest(renewed)})

    def want(self, assignment: str | None) -> None:
        """Be told by the fleet whose the camera is."""
        kept = load_desired(self.folders.root, self.identity.camera, self.disk)
        version = 1 + (0 if kept is None else kept.version)
        info = None if assignment is None else AssignmentInfo(id=assignment, officer="Sam", since_utc_us=1)
        desired = Desired(camera=self.identity.camera, version=version, assignment=info)
        self.say("private asked", {})
        self.say("desired asked", {"version": version})
        try:
            save_desired(self.folders.root, desired, self.disk)
        except StorageError:
            return
        self.say("desired", {"version": version})
        self._applier.take_on(desired)
        self._say_private()
        self._teller.tell(self.shelf)

    def shut_down(self) -> None:
        """Be switched off properly."""
        self.change(Event.SHUT_DOWN)
        self.recorder.close()

    def restart(self) -> None:
        """Be switched off properly, and on again."""
        self.shut_down()
        self.boot()

    def chunk(self, gaps: tuple[Gap, ...] = ()) -> None:
        """A second passes, with its footage."""
        start_ns = self.clock.now_ns
        self.clock.now_ns += SECOND_NS
        if self.flaky:
            self.lost(start_ns, self.clock.now_ns)
        plain = self.footage(start_ns)
        label = HandClock(start_ns, self.clock.utc_offset_us).label()
        made = PlainChunk(plain.start_ns, plain.duration_ns, label, plain.parts, gaps)
        before = self.recorder.status().recording
        self.recorder.push(made)
        if not self.hurried:
            self.recorder.tick()
        self._teller.tell(self.shelf)
        status = self.recorder.status()
        shown = {each.number for each in self.shelf.recordings()}
        harmless = self.unpublished and status.recording not in shown
        if status.recording is not None and status.recording == before and (harmless or not status.faults):
            self.say("filmed", {"number": status.recording, "end_ns": start_ns + SECOND_NS})

    def chunks(self, count: int) -> None:
        for _ in range(count):
            self.chunk()

    def sleep(self, seconds: int, cause: GapCause = GapCause.SUSPENDED) -> None:
        """Time passes without footage; the next chunk says so, as the capture would."""
        start_ns = self.clock.now_ns
        self.clock.now_ns += seconds * SECOND_NS
        self.lost(start_ns, self.clock.now_ns)
        self.chunk(tuple(Gap(track, start_ns, seconds * SECOND_NS, cause) for track in Track))

    def lost(self, start_ns: int, end_ns: int) -> None:
        """Say that there is no footage of this time; what is recorded must say so too."""
        self.say("lost", {"start_ns": start_ns, "end_ns": end_ns})

    def step_clock(self, seconds: int) -> None:
        """Wall time steps; the boot-time clock does not."""
        self.clock.utc_offset_us += seconds * 1_000_000
        self.recorder.tick()
        self._teller.tell(self.shelf)

    def press(self) -> Outcome:
        self.say("press", {"at_ns": self.clock.now_ns})
        outcome = self.recorder.press()
        self.say("pressed", {})
        self.recorder.settle()  # what follows the answer
        self._teller.tell(self.shelf)
        return outcome

    def stop(self) -> Outcome:
        outcome = self.recorder.stop()
        self._teller.tell(self.shelf)
        return outcome

    def bookmark(self) -> None:
        self.recorder.bookmark()
        self._teller.tell(self.shelf)

    def change(self, event: Event) -> None:
        self.say("private asked", {})
        self.recorder.change(event)
        self._say_private()
        self._teller.tell(self.shelf)

    def hear_said(self, kind: SaidOfConsent) -> None:
        """Something is said at the door, and given to the camera."""
        self.say("private asked", {})
        self.obeying.said(kind)
        self._say_private()
        self._teller.tell(self.shelf)

    def command(self, kind: SaidOfConsent, *, again: bool = False, told: bool = True) -> None:
        """The fleet commands what was said; ``again`` with an id that it has used."""
        self.commanded += not again
        self.issued_us = self.issued_us if again else self.obeying.fleet_us
        self.say("private asked", {})
        self.say("command asked", {"id": f"c-{self.commanded}", "number": self.issued_us})
        self.obeying.command(f"c-{self.commanded}", kind, self.issued_us, told=told)
        self._say_private()
        self._teller.tell(self.shelf)

    def consent_taken(self) -> None:
        """The fleet takes what was signed of consent."""
        self.obeying.taken()

    def _say_private(self) -> None:
        """Say whether the camera is private, as far as its card has it."""
        heart = self.recorder._heart
        if heart.camera.on and heart.unkept is None:
            self.say("private", {"number": int(heart.camera.private)})

    def upload(self, most: int = 1000) -> None:
        """Let the uploader take at most so many steps."""
        while most > 0:
            self._uploader_s += PAUSE_S
            jobs, wait = self._backlog.next_jobs(self.shelf.recordings(), self._uploader_s)
            if not jobs and wait is None:
                return
            for step, recording in jobs:
                try:
                    lesson = self._steps.carry_out(step, recording)
                except (LinkError, StorageError) as error:
                    self._backlog.failed(step, error, self._uploader_s)
                else:
                    self._backlog.succeeded(step, lesson, self._uploader_s)
            most -= max(1, len(jobs))
        self._teller.tell(self.shelf)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What the uploader has to complain about."""
        return self._backlog.view(self.shelf.recordings()).troubles

    def _make_uploader(self) -> None:
        contents = Contents(self.disk)
        self._backlog = Backlog(contents, CircuitBreaker(1.0, lambda: 0.5), AT_ONCE)
        self._steps = Steps(
            cast("UploadClient", self.fleet),
            self.shelf,
            contents,
            lambda _: None,
            lambda opening: self.say("receipt", {"number": opening.number}),
        )

    def _hear(self, news: CameraEvent) -> None:
        """A press is answered from here on: what it has committed is acknowledged before all that follows."""
        if news.kind is NewsKind.RECORDING_OPENED and news.number is not None:
            self._teller.acknowledged(news.number, self.folders.claim(news.number))

    def _draw(self, count: int) -> bytes:
        drawn = self._random.randbytes(count)
        if count == KEY_BYTES:
            self.keys.append(drawn)
        return drawn
