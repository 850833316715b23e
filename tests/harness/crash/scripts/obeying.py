"""What a camera is told at the door and by commands, on a disk that may crash: the real log and journal.

What it acknowledges is said where it happened: an event once it is kept, an answer once it can be told.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from device.commands.fleet_time import FleetTime
from device.commands.journal import CommandJournal
from device.commands.runner import CommandRunner
from device.consent.log import ConsentLog
from device.door.door import ConsentButtons
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.messages.commands import Command, CommandKind, ConsentCommand
from protocol.units import NS_PER_US, US_PER_S
from tests.support.camera.obeying import FLEET_UTC, LIFE_S, AtOnce

if TYPE_CHECKING:
    from device.credentials import Credentials
    from device.recording.recorder import Recorder
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from tests.harness.crash.scripts.teller import Say
    from tests.support.camera.recorders import HandClock


class ObeyingLife:
    """The part of a life in which it is told something; ``boot`` makes another.

    Args:
        disk: Its disk.
        folders: Where things are.
        credentials: As whom it signs.
        recorder: What records.
        clock: Its clock.
        say: Hears what it acknowledges.
        fleet_us: What the fleet's clock shows now; None for one that goes with the camera's.
    """

    def __init__(
        self,
        disk: Filesystem,
        folders: StateFolder,
        credentials: Credentials,
        recorder: Recorder,
        clock: HandClock,
        say: Say,
        fleet_us: int | None,
    ) -> None:
        self._ahead_us = 0 if fleet_us is None else fleet_us - _us_of(clock)
        self._clock = clock
        self._say = say
        self._disk = disk
        self._folder = folders.consent
        self._camera = credentials.camera
        self.log = ConsentLog(disk, folders.consent, credentials, recorder.run)
        self.door = ConsentButtons(recorder, self.log, recorder.change, clock, lambda _: True)
        self.journal = CommandJournal(disk, folders.commands)
        fleet_time = FleetTime(clock.boot_ns)
        self.runner = CommandRunner(self._camera, self.journal, fleet_time, self.door, clock, AtOnce())
        self.log.on_change(self._kept)
        self.runner.start()
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.fleet_us)
        fleet_time.answered(fleet_time.ask(), format_datetime(at, usegmt=True))
        self._answered()

    @property
    def fleet_us(self) -> int:
        """What the fleet's clock shows now."""
        return _us_of(self._clock) + self._ahead_us

    def said(self, kind: SaidOfConsent) -> None:
        """Somebody gives the camera what was said, by its buttons."""
        self.door.say(ConsentSaid(kind), "control")

    def command(self, id_: str, kind: SaidOfConsent, issued: int, *, told: bool = True) -> None:
        """The fleet commands what was said; with ``told`` the broker takes the answer."""
        command = Command(
            id=id_,
            camera=self._camera,
            kind=CommandKind.CONSENT,
            issued_utc_us=issued,
            expires_utc_us=issued + LIFE_S * US_PER_S,
            by="u-1",
            consent=ConsentCommand(said=kind),
        )
        self.runner.offer(command.model_dump_json().encode())
        self._answered()
        if told:
            for each in self.runner.waiting():
                self.runner.told(each)

    def taken(self) -> None:
        """The fleet takes all events that wait."""
        for number in self.log.waiting():
            self._say("consent taken", {"number": number})
            self.log.taken(number)

    def _kept(self) -> None:
        number = self.log.waiting()[-1]
        data = self._disk.read(self._folder / f"{number:08d}.cbor")
        self._say("consent", {"number": number, "sha256": hashlib.sha256(data).hexdigest()})

    def _answered(self) -> None:
        for each in self.runner.waiting():
            detail: dict[str, int | str] = {"id": each.id, "outcome": str(each.outcome)}
            self._say("command", {**detail, "number": each.consent or 0})


def _us_of(clock: HandClock) -> int:
    return int(FLEET_UTC.timestamp()) * US_PER_S + clock.now_ns // NS_PER_US
