"""A camera that obeys commands, on a real folder and a clock moved by hand; ``boot`` again for a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from device.commands.fleet_time import FleetTime
from device.commands.journal import CommandJournal
from device.commands.runner import CommandRunner
from device.consent.log import ConsentLog
from device.door.door import ConsentButtons
from device.door.private import come_back
from device.storage.durable import make_folder
from protocol.footage.consent import ConsentEvent, SaidOfConsent, read_consent
from protocol.messages.commands import Command, CommandKind, ConsentCommand, Response
from protocol.units import NS_PER_S, NS_PER_US, US_PER_S
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import Call, WatchedFilesystem

FLEET_UTC = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
"""What the fleet's clock shows when the boot-time clock of a new bench shows nothing yet."""
LIFE_S = 60
ISSUED_US = 1_795_000_000_000_000
EXPIRES_US = ISSUED_US + LIFE_S * US_PER_S


def command(kind: CommandKind = CommandKind.CONSENT, **more: object) -> Command:
    """A command of no camera in particular, that counts from ``ISSUED_US`` to ``EXPIRES_US``."""
    consent = ConsentCommand(said=SaidOfConsent.REFUSED) if kind is CommandKind.CONSENT else None
    fields = {"issued_utc_us": ISSUED_US, "expires_utc_us": EXPIRES_US, "id": "c-1", **more}
    return Command.model_validate(
        {"camera": "cam-01", "kind": kind, "by": "u-1", "consent": consent, **fields}
    )


class PowerCutError(BaseException):
    """The camera has no power: nothing after this line is done."""


class AtOnce:
    """A driver that does at once what is asked for."""

    def seconds(self) -> float:
        return 0.0

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        assert seconds == 0
        do()

    def wait_for(self, holds: Callable[[], bool], longest_s: float | None) -> bool:
        raise AssertionError(f"nothing waits here, for {holds} or {longest_s} s")


@dataclass
class Obeying:
    """One camera. The answers that the broker has are in ``told``.

    Attributes:
        fleet_ahead_us: By how much the fleet's clock is ahead of what it showed at first.
    """

    root: Path
    disk: WatchedFilesystem = field(default_factory=WatchedFilesystem)
    fleet_ahead_us: int = 0
    told: list[Response] = field(default_factory=list)
    bench: Bench = field(init=False)
    log: ConsentLog = field(init=False)
    runner: CommandRunner = field(init=False)
    journal: CommandJournal = field(init=False)
    fleet_time: FleetTime = field(init=False)

    def __post_init__(self) -> None:
        self.bench = Bench(self.root, disk=self.disk)
        self.boot()

    @property
    def fleet_us(self) -> int:
        """What the fleet's clock shows now."""
        passed = self.bench.clock.now_ns // NS_PER_US + self.fleet_ahead_us
        return int(FLEET_UTC.timestamp()) * US_PER_S + passed

    def boot(self, *, time: bool = True) -> None:
        """Start on what the folder holds; with ``time`` the fleet tells its time."""
        bench = self.bench
        bench.boot()
        come_back(bench.recorder, self.disk, bench.folders)
        for folder in (bench.folders.consent, bench.folders.commands):
            make_folder(self.disk, folder)
        self.log = ConsentLog(self.disk, bench.folders.consent, bench.credentials, bench.recorder.run)
        door = ConsentButtons(bench.recorder, self.log, bench.recorder.change, bench.clock, lambda _: True)
        self.journal = CommandJournal(self.disk, bench.folders.commands)
        self.fleet_time = FleetTime(bench.clock.boot_ns)
        self.runner = CommandRunner(
            bench.identity.camera, self.journal, self.fleet_time, door, bench.clock, AtOnce()
        )
        self.runner.start()
        if time:
            self.tell_time()

    def tell_time(self, took_s: float = 0) -> None:
        """The fleet answers something over HTTPS, so long after it was asked."""
        asked = self.fleet_time.ask()
        self.bench.clock.now_ns += round(took_s * NS_PER_S)
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.fleet_us)
        self.fleet_time.answered(asked, format_datetime(at, usegmt=True))

    def command(
        self,
        id_: str = "c-1",
        said: SaidOfConsent | None = SaidOfConsent.GIVEN,
        *,
        kind: CommandKind = CommandKind.CONSENT,
        life_s: float = LIFE_S,
        issued_us: int | None = None,
        wording: str = "",
    ) -> Command:
        """A command that the fleet issues now."""
        issued = self.fleet_us if issued_us is None else issued_us
        return Command(
            id=id_,
            camera=self.bench.identity.camera,
            kind=kind,
            issued_utc_us=issued,
            expires_utc_us=issued + round(life_s * US_PER_S),
            by="u-1",
            consent=None
            if kind is not CommandKind.CONSENT or said is None
            else ConsentCommand(said=said, wording=wording),
        )

    def send(self, command: Command) -> Response:
        """Have a command come, and return the newest answer; the broker takes it."""
        self.runner.offer(command.model_dump_json().encode())
        response = self.runner.waiting()[-1]
        self.take_answers()
        return response

    def take_answers(self) -> list[Response]:
        """The broker takes the answers that wait."""
        answers = list(self.runner.waiting())
        for each in answers:
            self.told.append(each)
            self.runner.told(each)
        return answers

    def events(self) -> list[ConsentEvent]:
        """What was kept of consent, in order."""
        files = sorted(self.bench.folders.consent.glob("*.cbor"))
        return [read_consent(each.read_bytes(), self.bench.identity.authority).event for each in files]

    def cut_after(self, operations: int) -> None:
        """Have the power fail after so many more operations of the card."""
        left = [operations]

        def before(_: Call) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCutError

        self.disk.before = before

    def power_is_back(self) -> None:
        """Start anew, after a power cut."""
        self.disk.before = lambda _: None
        self.disk.end()
        self.bench.clock.now_ns += 5 * NS_PER_S
        self.boot()
