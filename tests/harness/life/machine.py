"""A camera's life in any order, and what must hold in it: the rules that Hypothesis draws from.

Buttons, private, docked, steps of the wall clock, its quality, sleep, full and failing cards, restarts,
uploads that are cut at any byte, repeated and answered to nobody, and receipts that let footage go.

The final judgement is made far away, on the fleet's own copies: what was acknowledged has arrived, verifies,
opens, is in the order of the boot clock, and its labels are what the clock said.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from device.recording.clock_steps import STEP_US
from device.recording.state import Event
from protocol.footage.format.model import ChunkHeader, Gap, GapCause, Track
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.receipt import RECEIPT_NAME, read_receipt
from protocol.footage.sealing.opening import open_parts
from protocol.footage.verifying.chains.chain import ChainWeight, RecordingLink, check_chains
from protocol.footage.verifying.report import ChunkStatus
from protocol.footage.verifying.verify import Verdict, verify_recording
from protocol.mode import Mode
from tests.harness.life.clocks import Said, Troubles, judge_labels, judge_steps
from tests.harness.life.uploads import Far, Uploads
from tests.support.camera.memory_fleet import Cut, Fault
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import BOTH, SECOND_NS
from tests.support.storage.disks import FULL, WatchedFilesystem, refuse

YEAR_US = 365 * 86_400 * 1_000_000
CARD_FAULTS = [
    "write",
    "sync_data",
    "create",
    "link",
    "mkdir",
    "rename",
    "chmod",
    "sync",
    "sync_dir",
    "unlink",
]
NET_FAULTS = st.builds(Fault, st.sampled_from([*[Cut.NOT] * 4, *Cut]), st.integers(0, 5_000))
STEPS_US = st.one_of(st.integers(-YEAR_US, YEAR_US), st.integers(-2_000_000, 2_000_000))
MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory: what is tested here is order, not the disk
MOST_STEPS = 5_000


def memory_folder() -> Path | None:
    """Where to make folders that need not outlive a test; None for the system's usual place."""
    return MEMORY if MEMORY.is_dir() else None


@dataclass(frozen=True)
class Moment:
    """A chunk's start in one run: boot clocks begin anew."""

    run: bytes
    start_ns: int


class Life(RuleBasedStateMachine):
    """Whatever happens, what was acknowledged reaches the fleet, verifies, and opens for its recipient.

    Attributes:
        tally: What was lived through and judged so far, over all lives.
    """

    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lapel-life-", dir=memory_folder()))
        self.disk = WatchedFilesystem()
        self.bench = Bench(self.folder, window_s=6, disk=self.disk)
        self.far = Far(self.bench.identity)
        self.acknowledged: set[Moment] = set()
        self.empty: set[Moment] = set()
        self.said: dict[Moment, Said] = {}
        self.promised: dict[int, float] = {}
        self.newest = 0
        self.trouble = False
        self.troubles = Troubles()
        self.small_steps = 0

    @initialize(count=st.integers(1, 8), pressed=st.booleans(), after=st.sampled_from(["keep", "delete"]))
    def begin(self, count: int, *, pressed: bool, after: str) -> None:
        self.bench.settings = {"camera": {"roll_over_min": 0.2}, "storage": {"after_receipt": after}}
        self.boot()
        self.footage(count)
        if pressed:
            self.press()

    def boot(self) -> None:
        self.bench.boot()
        self.bench.recorder.cut = lambda: self.footage(1)
        self.uploads = Uploads(
            self.far, self.bench.shelf, self.disk, lambda: self.bench.clock.now_ns / SECOND_NS
        )

    # Footage and buttons

    @rule(count=st.integers(1, 5), then=st.sampled_from(["", "press", "stop", "footage"]))
    def footage_and(self, count: int, then: str) -> None:
        self.footage(count)
        if then == "press":
            self.press()
        elif then == "stop":
            self.stop()
        self.footage(count)

    def footage(self, count: int) -> None:
        for _ in range(count):
            self.second()

    @rule(tracks=st.frozensets(st.sampled_from(Track)), count=st.integers(1, 3))
    def a_sensor_is_silent(self, tracks: frozenset[Track], count: int) -> None:
        """Picture, sound or both are missing; the chunks say so."""
        for _ in range(count):
            start = self.bench.clock.now_ns
            silent = tuple(track for track in Track if track not in tracks)
            gaps = tuple(Gap(track, start, SECOND_NS, GapCause.STALLED) for track in silent)
            self.second(gaps=gaps, tracks=tracks)

    def second(self, *, gaps: tuple[Gap, ...] = (), late: float = 0, tracks: frozenset[Track] = BOTH) -> None:
        moment = Moment(self.bench.recorder.run, self.bench.clock.now_ns)
        if not tracks:
            self.empty.add(moment)
        recording = self.bench.recorder.recording
        label = self.bench.clock.label()
        self.bench.second(gaps=gaps, late=late, tracks=tracks)
        self.said[moment] = Said(label, self.bench.clock.now_ns)
        if recording and not self.trouble:
            self.acknowledged.add(moment)
        if self.trouble:
            self.troubles.add(moment.run, moment.start_ns, self.bench.clock.now_ns)

    @rule(seconds=st.floats(0.1, 20), late=st.booleans())
    def sleep(self, seconds: float, *, late: bool) -> None:
        """The machine sleeps, sensors and all; the next chunk says so. The one before may come after it."""
        start = self.bench.clock.now_ns
        if late:
            self.second(late=seconds)
            start += SECOND_NS
        else:
            self.bench.wait(seconds)
        length = self.bench.clock.now_ns - start
        if self.trouble:
            self.troubles.add(self.bench.recorder.run, start, self.bench.clock.now_ns)
        self.second(gaps=tuple(Gap(track, start, length, GapCause.SUSPENDED) for track in Track))

    @rule()
    def press(self) -> None:
        outcome = self.bench.press()
        if outcome.ok and outcome.number is not None and outcome.number not in self.promised:
            assert outcome.number > self.newest, "numbers only go up"
            self.newest = outcome.number
            self.promised[outcome.number] = outcome.prerecord_s or 0.0
        docked = self.bench.recorder._heart.camera.home is Mode.DOCKED
        assert outcome.ok or self.trouble or docked

    @rule()
    def stop(self) -> None:
        outcome = self.bench.stop()
        assert outcome.ok or not self.bench.recorder.recording

    @rule()
    def bookmark(self) -> None:
        self.bench.recorder.bookmark()

    @rule(event=st.sampled_from([Event.PRIVATE_ON, Event.PRIVATE_OFF, Event.DOCK, Event.UNDOCK]))
    def change(self, event: Event) -> None:
        self.bench.recorder.change(event)

    # The wall clock

    @rule(step_us=STEPS_US)
    def clock_steps(self, step_us: int) -> None:
        self.bench.clock.utc_offset_us += step_us
        self.tally["clock steps"] += 1
        self.small_steps += abs(step_us) < STEP_US

    @rule(step_us=STEPS_US)
    def clock_steps_before_a_press(self, step_us: int) -> None:
        """It is told in the recording whose pre-record it is in."""
        if self.bench.recorder.recording:
            self.stop()
        self.footage(1)
        self.clock_steps(step_us)
        self.footage(1)
        self.press()

    @rule(error_us=st.one_of(st.none(), st.integers(0, 10**7)))
    def clock_is_of_another_quality(self, error_us: int | None) -> None:
        """A time server came, or went."""
        self.bench.clock.error_us = error_us

    # The card

    @rule(name=st.sampled_from(CARD_FAULTS), code=st.sampled_from([FULL, errno.EIO]), times=st.integers(1, 6))
    def card_fails(self, name: str, code: int, times: int) -> None:
        self.disk.before = refuse(code, name=name, times=times)
        self.trouble = True

    @precondition(lambda self: self.trouble)
    @rule()
    def card_is_well_again(self) -> None:
        self.disk.before = _well
        self.footage(2)
        self.trouble = False

    @rule(reboot_ns=st.one_of(st.none(), st.integers(1, 10**12)))
    def restart(self, reboot_ns: int | None) -> None:
        """The program, or with a boot clock that begins anew the machine, starts again.

        A card that failed is another one now.
        """
        self.disk.before, self.trouble = _well, False
        if reboot_ns is not None:
            self.bench.clock.utc_offset_us += (self.bench.clock.now_ns - reboot_ns) // 1000
            self.bench.clock.now_ns = reboot_ns
        self.boot()
        self.newest = max(self.newest, self.bench.recorder.status().made)

    # The fleet

    @rule(steps=st.lists(st.tuples(st.integers(0, 9), NET_FAULTS), min_size=1, max_size=12))
    def upload(self, steps: list[tuple[int, Fault]]) -> None:
        for pick, fault in steps:
            self.uploads.step(pick, fault)

    @rule(count=st.integers(1, 60), verified=st.booleans())
    def upload_in_peace(self, count: int, *, verified: bool) -> None:
        for _ in range(count):
            self.uploads.step()
        if verified:
            self.far.fleet.verify()

    @rule(index=st.integers(0, 10_000))
    def network_repeats(self, index: int) -> None:
        self.far.network.repeat(index)

    # What holds after every step

    @invariant()
    def every_key_belongs_to_a_chunk_of_the_window(self) -> None:
        keys = self.bench.recorder._parts.window._keys
        chunks = self.bench.recorder._parts.window._ring.chunks
        assert len(keys) == sum(len(chunk.tracks) for chunk in chunks)

    @invariant()
    def private_means_off(self) -> None:
        state = self.bench.recorder._heart.camera
        if state.home is Mode.PRIVATE and not state.recording:
            assert not self.bench.recorder.sensors
            assert self.bench.recorder.status().prerecord_s == 0

    @invariant()
    def footage_leaves_after_a_receipt_alone(self) -> None:
        folders = self.bench.folders
        for number in self.promised:
            if folders.ledger(number).exists() or folders.claim(number).exists():
                continue  # safe in its claim, it waits for its folder
            read_receipt(folders.receipt(number).read_bytes(), self.bench.identity.authority)
            assert self.far.fleet.copies[number].receipt is not None

    @invariant()
    def the_fleet_holds_the_cameras_bytes_and_refuses_none(self) -> None:
        assert self.far.fleet.refused == []
        assert set(self.far.fleet.stored.values()) <= {1}
        for number, copy in self.far.fleet.copies.items():
            folder = self.bench.folders.recording(number)
            if folder.exists():
                assert (folder / LEDGER_NAME).read_bytes().startswith(copy.ledger)
                for name, data in copy.segments.items():
                    assert (folder / name).read_bytes() == data

    # The end

    def teardown(self) -> None:
        self.disk.before = _well
        try:
            self.boot()
            self._judge_camera()
            self._send_everything()
            self._judge_fleet()
        finally:
            shutil.rmtree(self.folder)

    def _judge_camera(self) -> None:
        for each in self.bench.shelf.recordings():
            report = self.bench.verify(each.number)
            assert report.verdict is not Verdict.ALTERED, (each.number, report.sentence, report.findings)

    def _send_everything(self) -> None:
        """With nothing in the way, every recording arrives and gets its receipt."""
        for _ in range(MOST_STEPS):
            self.far.fleet.verify()
            if not self.uploads.step():
                break
        assert all(each.receipt for each in self.bench.shelf.recordings()), "an upload never ended"
        self.footage_leaves_after_a_receipt_alone()
        self.the_fleet_holds_the_cameras_bytes_and_refuses_none()

    def _judge_fleet(self) -> None:
        copies = self.far.fleet.copies
        assert set(self.promised) <= set(copies)
        links: list[RecordingLink] = []
        read: set[Moment] = set()
        for number, copy in copies.items():
            assert copy.receipt is not None
            files = {**copy.files, RECEIPT_NAME: copy.receipt}
            report = verify_recording(files, authorities=[self.bench.identity.authority])
            assert report.ok, (number, report.sentence, report.findings)
            assert report.link is not None
            links.append(report.link)
            promised_ns = self.promised.get(number, 0.0) * SECOND_NS
            assert report.prerecord_ns is not None
            assert report.prerecord_ns >= promised_ns - 1
            read |= self._judge_times(files)
            run = read_ledger(files[LEDGER_NAME]).open.run
            intact = {
                Moment(run, each.start_ns) for each in report.chunks if each.status is ChunkStatus.INTACT
            }
            read |= self.empty & intact
        contradictions = [each for each in check_chains(links) if each.weight is not ChainWeight.REMARK]
        assert contradictions == [], "what one camera records fits, and nothing is missing between"
        self.tally["recordings judged"] += len(copies)
        self.tally["chunks read back"] += len(read)
        self.tally["requests"] += len(self.far.network.sent)
        assert self.acknowledged <= read, "what was recorded without a fault is there"

    def _judge_times(self, files: dict[str, bytes]) -> set[Moment]:
        """The order is the boot clock's, the labels are what the wall clock said, and its steps are told."""
        ledger = read_ledger(files[LEDGER_NAME])
        headers: list[ChunkHeader] = []
        for part in open_parts(files, self.bench.identity.private):
            assert int(part.data.split()[3].rstrip(b".")) == part.header.start_ns
            if not headers or headers[-1].seq != part.header.seq:
                headers.append(part.header)
        starts = [header.start_ns for header in headers]
        assert starts == sorted(set(starts)), "the boot clock orders everything"
        said = {key.start_ns: each for key, each in self.said.items() if key.run == ledger.open.run}
        judge_labels(headers, said)
        judge_steps(headers, said, ledger.events, self.troubles, self.small_steps)
        return {Moment(header.run, header.start_ns) for header in headers}


def _well(_: object) -> None:
    """Nothing is wrong with the card."""
