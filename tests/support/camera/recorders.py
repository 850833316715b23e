"""A recorder on a real folder with a clock that moves when told: footage is pushed second by second.

bench = Bench(tmp_path)
bench.boot()
bench.seconds(200)
bench.press()
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from device.config.file import check_config
from device.config.sections import Config
from device.credentials import Credentials
from device.recording.heart.outcome import Outcome
from device.recording.parts import make_parts
from device.recording.recorder import Recorder
from device.recording.state import Event
from device.recovery.recovery import recover
from device.shelf import Shelf
from device.storage.durable import make_folder
from device.storage.filesystem import PosixFilesystem
from device.storage.layout import StateFolder
from protocol.footage.format.model import ClockLabel, Gap, PlainChunk, Track
from protocol.footage.verifying.verify import Report, verify_recording
from tests.support.media.recordings import BOTH, SECOND_NS, UTC_US, TestIdentity, make_identity, plain_chunk

BOOT_NS = 500 * SECOND_NS


@dataclass
class HandClock:
    """A clock that is moved by hand: boot time only forward, wall time anywhere, of any quality."""

    now_ns: int = BOOT_NS
    utc_offset_us: int = UTC_US
    error_us: int | None = 1500
    """The error that the label states; None for a clock that nothing steers."""

    def boot_ns(self) -> int:
        return self.now_ns

    def label(self) -> ClockLabel:
        utc_us = self.utc_offset_us + self.now_ns // 1000
        return ClockLabel(utc_us, synchronised=self.error_us is not None, error_us=self.error_us)


@dataclass
class Bench:
    """One camera's recorder; ``boot`` again for a restart."""

    root: Path
    window_s: float = 10
    settings: dict[str, Any] = field(default_factory=dict)
    disk: PosixFilesystem = field(default_factory=PosixFilesystem)
    identity: TestIdentity = field(default_factory=make_identity)
    clock: HandClock = field(default_factory=HandClock)
    random: Callable[[int], bytes] = os.urandom
    part_bytes: int = 200
    recorder: Recorder = field(init=False)
    shelf: Shelf = field(init=False)

    @property
    def folders(self) -> StateFolder:
        return StateFolder(self.root)

    @property
    def config(self) -> Config:
        camera = {"state_dir": str(self.root), "window_s": float(self.window_s), "require_assignment": False}
        raw: dict[str, Any] = {"camera": camera, "storage": {"segment_chunks": 4, "reserve_mib": 1}}
        for table, values in self.settings.items():
            raw.setdefault(table, {}).update(values)
        return check_config(raw)

    def boot(self, *, start: bool = True) -> None:
        """Start a new run on what the folder holds."""
        config, folders = self.config, self.folders
        for folder in (folders.ring, folders.recordings, folders.receipts):
            make_folder(self.disk, folder)
        delete = config.storage.after_receipt == "delete"
        found = recover(self.disk, folders, delete=delete)
        self.shelf = Shelf(self.disk, folders, self.identity.authority, delete=delete, held=found.recordings)
        parts = make_parts(
            config,
            self.credentials,
            filesystem=self.disk,
            folders=folders,
            shelf=self.shelf,
            clock=self.clock,
            random=self.random,
            found=found,
        )
        self.recorder = Recorder(
            parts,
            window_s=config.camera.window_s,
            roll_over_ns=config.roll_over_ns,
            alert_percent=config.storage.alert_percent,
            require_assignment=config.camera.require_assignment,
        )
        self.recorder.cut = self.second
        self.recorder.assign(None)
        if start:
            self.recorder.change(Event.START)

    @property
    def credentials(self) -> Credentials:
        identity = self.identity
        return Credentials(identity.camera, identity.certificates, (identity.recipient,), identity.signer)

    def second(
        self,
        *,
        gaps: tuple[Gap, ...] = (),
        tracks: frozenset[Track] = BOTH,
        length: float = 1.0,
        late: float = 0,
    ) -> None:
        """A second passes and its footage arrives, ``late`` seconds after its end."""
        chunk = self.filmed(gaps=gaps, tracks=tracks, length=length)
        self.clock.now_ns += round(late * SECOND_NS)
        self.recorder.push(chunk)

    def filmed(
        self, *, gaps: tuple[Gap, ...] = (), tracks: frozenset[Track] = BOTH, length: float = 1.0
    ) -> PlainChunk:
        """A second passes, and its footage is on its way."""
        start, label, duration = self.clock.now_ns, self.clock.label(), round(length * SECOND_NS)
        self.clock.now_ns += duration
        chunk = plain_chunk(start, duration_ns=duration, tracks=tracks, gaps=gaps, size=self.part_bytes)
        return replace(chunk, label=label)

    def seconds(self, count: int) -> None:
        for _ in range(count):
            self.second()

    def wait(self, seconds: float) -> None:
        """Time passes without footage."""
        self.clock.now_ns += round(seconds * SECOND_NS)
        self.recorder.tick()

    def press(self) -> Outcome:
        """Press, and wait until what follows the answer is done, unless the answer was late."""
        outcome = self.recorder.press()
        if outcome.ok:
            self.recorder.settle()
        return outcome

    def stop(self) -> Outcome:
        return self.recorder.stop()

    def files(self, number: int) -> dict[str, bytes]:
        """What a recording's folder holds; one whose press was just answered is about to get it."""
        if not self.folders.recording(number).exists():
            self.recorder.settle()
        return {path.name: path.read_bytes() for path in self.folders.recording(number).iterdir()}

    def verify(self, number: int) -> Report:
        return verify_recording(self.files(number), authorities=[self.identity.authority])

    def ring_files(self) -> list[str]:
        return sorted(path.name for path in self.folders.ring.iterdir())
