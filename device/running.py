"""What exists only while a camera runs."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING, Any

from device.battery.watch import BatteryWatch
from device.commands.fleet_time import FleetTime
from device.commands.journal import CommandJournal
from device.commands.runner import CommandRunner
from device.consent.log import ConsentLog
from device.control import ControlServer
from device.credentials import Credentials
from device.desired import DesiredStateApplier, deletes_after_receipt
from device.door.door import ConsentButtons
from device.door.orders import orders_of
from device.door.private import come_back
from device.errors import DeviceError, StateFolderError, StorageFullError
from device.link.background import BackgroundLink
from device.link.identity.identity import load_identity
from device.link.messages.desired_store import load_desired
from device.recording.heart.noticed import ChargeLow
from device.recording.parts import make_parts
from device.recording.recorder import Recorder
from device.recording.state import Event
from device.recording.status import CameraStatus
from device.recovery.recovery import recover
from device.sensor_control import OPEN_STILL, SensorControl
from device.shelf import Shelf
from device.storage import durable
from device.storage.check import check_filesystem
from device.storage.lock import FolderLock
from protocol.addresses import without_secrets
from protocol.footage.ledger.conditions import condition_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from device.capture.sensors import Sensors
    from device.clock import Driver
    from device.config.sections import Config
    from device.control import Orders
    from device.link.background import KeptLink
    from device.link.identity.identity import CameraIdentity
    from device.link.link import Link
    from device.recording.heart.outcome import Outcome
    from device.sensor_control import KeptSensors
    from device.settings import CaptureSettings
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from protocol.footage.ledger.conditions import ConditionSpan

log = logging.getLogger(__name__)

FIRMWARE = metadata.version("lapel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What a camera runs in; by default threads and the control socket.

    Attributes:
        sensors: Makes what keeps the sensors, of a recorder, the sensors and their settings.
        orders: Makes what takes orders, of the socket's path and what each order does.
        keep_link: Makes what keeps the link, of what makes that.
        driver: Lets time pass for the recorder; None for a thread of its own.
    """

    sensors: Callable[[Recorder, Sensors, CaptureSettings], KeptSensors] = SensorControl
    orders: Callable[[Path, dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]], Orders] = ControlServer
    keep_link: Callable[[Callable[[], Link]], KeptLink] = BackgroundLink
    driver: Driver | None = None


THREADS = Shell()
"""What a camera on a board runs in."""


class Running:
    """A camera that runs. Made in the order in which things depend on one another, undone in reverse."""

    def __init__(
        self,
        config: Config,
        sensors: Sensors,
        *,
        filesystem: Filesystem,
        folders: StateFolder,
        random: Callable[[int], bytes],
        make_link: Callable[..., Link] | None,
        shell: Shell,
    ) -> None:
        """Start everything; what was started is stopped again when something does not.

        Raises:
            DeviceError: The camera cannot run; one sentence.
        """
        self._config = config
        self._sensors = sensors
        self._filesystem = filesystem
        self._folders = folders
        self._shell = shell
        self.link: KeptLink | None = None
        with contextlib.ExitStack() as undo:
            lock = FolderLock(folders.root)
            undo.callback(lock.release)
            self.identity = load_identity(folders.root, filesystem)
            credentials = _credentials(self.identity)
            self.shelf, self.recorder = self._prepare(random, credentials)
            undo.callback(self.recorder.close)
            self.consent = self._consent_log(credentials)
            self.door = ConsentButtons(
                self.recorder, self.consent, self.change, sensors.clock, self._wait_until_closed
            )
            self.desired = DesiredStateApplier(self.recorder, self.shelf, config)
            self._take_on_kept_desired()
            self.recorder.tick()
            self.recorder.change(Event.START)
            come_back(self.recorder, filesystem, folders)
            self.battery = BatteryWatch(sensors.gauge, lambda charge: self.recorder.notice(ChargeLow(charge)))
            self.sensor_control = shell.sensors(self.recorder, sensors, config.capture(self.identity.camera))
            self.sensor_control.look_at_battery = self.battery.look
            undo.callback(self.sensor_control.stop)
            self.sensor_control.start()
            undo.callback(self._shut_down)
            self.commands = self._command_runner()  # whose view is in the status that an order may ask for
            orders = orders_of(self.recorder, self.door, self.change, self.status)
            undo.callback(shell.orders(folders.socket, orders).close)
            undo.callback(self.commands.stop)
            self.commands.start()
            if make_link is not None:
                self._start_link(make_link, undo)
            self._undo = undo.pop_all()

    def shutdown(self) -> None:
        """Stop everything; a recording under way is closed first."""
        self._undo.close()

    def change(self, event: Event) -> Outcome:
        """Let something happen.

        When the sensors close by it they are closed when this returns, or it says that one may not be (C11).
        """
        outcome = self.recorder.change(event)
        if self.recorder.sensors or self.sensor_control.wait_until_closed():
            return outcome
        sentence = f"{outcome.sentence} {OPEN_STILL}"
        return replace(outcome, ok=False, sentence=sentence, open_still=True)

    def status(self) -> CameraStatus:
        """How the camera is."""
        recorder, conditions = self.recorder.status(), self.sensor_control.conditions
        no_link = () if self.link is None or self.link.trouble is None else (self.link.trouble,)
        wrong = (*recorder.faults, *self.sensor_control.troubles, *_told(conditions), *no_link)
        return CameraStatus(
            camera=self.identity.camera,
            recorder=recorder,
            faults=tuple(map(without_secrets, wrong)),
            conditions=conditions,
            charge=self.battery.charge,
            commands=self.commands.view,
            label=self._sensors.clock.label(),
            boot_ns=self._sensors.clock.boot_ns(),
            firmware=FIRMWARE,
        )

    def _wait_until_closed(self, seconds: float) -> bool:
        return self.sensor_control.wait_until_closed(seconds)

    def _shut_down(self) -> None:
        """Close a recording under way; a card that hangs does not keep the camera from stopping."""
        outcome = self.recorder.change(Event.SHUT_DOWN)
        if not outcome.ok:
            log.warning("%s What is not closed by then is closed at the next start.", outcome.sentence)

    def _prepare(self, random: Callable[[int], bytes], credentials: Credentials) -> tuple[Shelf, Recorder]:
        """Put the state folder in order and make the recorder."""
        config, filesystem, folders = self._config, self._filesystem, self._folders
        try:
            check_filesystem(filesystem, folders.root)
        except StorageFullError as error:  # it must start all the same: only an upload can make room
            log.warning("%s", error)
        for folder in (folders.ring, folders.recordings, folders.receipts, folders.consent, folders.commands):
            durable.make_folder(filesystem, folder)
        desired = load_desired(folders.root, self.identity.camera, filesystem)
        delete = deletes_after_receipt(config, desired)
        try:
            found = recover(filesystem, folders, delete=delete)
        except OSError as error:
            raise StateFolderError(
                f"{error.filename} cannot be read ({error.strerror}): check the card."
            ) from error
        shelf = Shelf(filesystem, folders, self.identity.authority_der, delete=delete, held=found.recordings)
        parts = make_parts(
            config,
            credentials,
            filesystem=filesystem,
            folders=folders,
            shelf=shelf,
            clock=self._sensors.clock,
            random=random,
            found=found,
        )
        if not parts.keys_locked:
            log.warning("The keys' memory could not be locked: raise LimitMEMLOCK, or turn swap off.")
        return shelf, Recorder(
            parts,
            window_s=config.camera.window_s,
            roll_over_ns=config.roll_over_ns,
            alert_percent=config.storage.alert_percent,
            require_assignment=config.camera.require_assignment,
            driver=self._shell.driver,
        )

    def _consent_log(self, credentials: Credentials) -> ConsentLog:
        folder = self._folders.consent
        try:
            return ConsentLog(self._filesystem, folder, credentials, self.recorder.run)
        except OSError as error:
            raise StateFolderError(f"{folder} cannot be read ({error.strerror}): check the card.") from error

    def _command_runner(self) -> CommandRunner:
        folder, clock = self._folders.commands, self._sensors.clock
        try:
            journal = CommandJournal(self._filesystem, folder)
        except OSError as error:
            raise StateFolderError(f"{folder} cannot be read ({error.strerror}): check the card.") from error
        fleet_time = FleetTime(clock.boot_ns)
        return CommandRunner(self.identity.camera, journal, fleet_time, self.door, clock, self._shell.driver)

    def _take_on_kept_desired(self) -> None:
        """Be what the fleet wanted last."""
        desired = load_desired(self._folders.root, self.identity.camera, self._filesystem)
        if desired is None:
            self.recorder.assign(None)
            return
        try:
            self.desired.take_on(desired)
        except DeviceError as error:  # the link takes it on again, and reports the refusal
            log.warning("%s", error)

    def _start_link(self, make_link: Callable[..., Link], undo: contextlib.ExitStack) -> None:
        self.link = link = self._shell.keep_link(
            lambda: make_link(
                self.identity,
                self._config.link,
                self.shelf,
                consent=self.consent,
                commands=self.commands,
                state=self._folders.root,
                status=lambda: self.status().to_message(),
                on_desired=self.desired.take_on,
                on_recipients=self.recorder.seal_to,
                filesystem=self._filesystem,
            )
        )
        self.recorder.news.listen(link.publish)
        self.sensor_control.on_condition = link.status_changed
        link.start()
        undo.callback(link.stop)


def _credentials(identity: CameraIdentity) -> Credentials:
    return Credentials(identity.camera, identity.certificates, identity.recipients, identity.signer)


def _told(conditions: tuple[ConditionSpan, ...] | None) -> tuple[str, ...]:
    """What is wrong with picture and sound that come, a sentence each."""
    return tuple(condition_now(each.track, each.condition) for each in conditions or ())
