"""A camera's life in any order: buttons, private, clock steps, sleep, full and failing card, restarts."""

import errno
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from device.state import Event, Mode
from protocol.footage.model import Gap, GapCause, Track
from protocol.footage.recording import open_parts
from protocol.footage.verify import Verdict
from tests.support.disks import FULL, WatchedFilesystem, refuse
from tests.support.recorders import Bench
from tests.support.recordings import SECOND_NS

YEAR_US = 365 * 86_400 * 1_000_000
FAULTS = ["write", "sync_data", "create", "link", "mkdir", "rename", "chmod", "sync"]


# proves C3, C5, C6, C8 and C10
class Life(RuleBasedStateMachine):
    """Whatever happens, what was acknowledged is there, verifies, and can be read by its recipient."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lapel-life-"))
        self.disk = WatchedFilesystem()
        self.bench = Bench(self.folder, window_s=6, disk=self.disk, settings=ROLL)
        self.bench.boot()
        self.owed: set[int] = set()
        self.promised: dict[int, float] = {}
        self.newest = 0
        self.trouble = False

    @initialize(count=st.integers(1, 8), pressed=st.booleans())
    def begin(self, count: int, *, pressed: bool) -> None:
        self.footage(count)
        if pressed:
            self.press()

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
            start = self.bench.clock.now_ns
            self.bench.second()
            if not self.trouble and self.bench.recorder.status().state is Mode.RECORDING:
                self.owed.add(start)

    @rule(seconds=st.floats(0.1, 20))
    def sleep(self, seconds: float) -> None:
        """The machine sleeps, sensors and all; the next chunk says so."""
        start = self.bench.clock.now_ns
        self.bench.wait(seconds)
        length = self.bench.clock.now_ns - start
        self.bench.second(gaps=tuple(Gap(track, start, length, GapCause.SUSPENDED) for track in Track))

    @rule()
    def press(self) -> None:
        outcome = self.bench.press()
        if outcome.ok and outcome.number is not None and outcome.number not in self.promised:
            assert outcome.number > self.newest, "numbers only go up"
            self.newest = outcome.number
            self.promised[outcome.number] = outcome.prerecord_s or 0.0
        docked = self.bench.recorder.status().state is Mode.DOCKED
        assert outcome.ok or self.trouble or docked

    @rule()
    def stop(self) -> None:
        start = self.bench.clock.now_ns
        if self.bench.recorder.recording and not self.trouble:
            self.owed.add(start)
        outcome = self.bench.stop()
        assert outcome.ok or not self.bench.recorder.recording

    @rule()
    def bookmark(self) -> None:
        self.bench.recorder.bookmark()

    @rule(event=st.sampled_from([Event.PRIVATE_ON, Event.PRIVATE_OFF, Event.DOCK, Event.UNDOCK]))
    def change(self, event: Event) -> None:
        self.bench.recorder.change(event)

    @rule(years=st.sampled_from([-1, 1]))
    def clock_steps(self, years: int) -> None:
        self.bench.clock.utc_offset_us += years * YEAR_US

    @rule(name=st.sampled_from(FAULTS), code=st.sampled_from([FULL, errno.EIO]), times=st.integers(1, 6))
    def card_fails(self, name: str, code: int, times: int) -> None:
        self.disk.before = refuse(code, name=name, times=times)
        self.trouble = True

    @precondition(lambda self: self.trouble)
    @rule()
    def card_is_well_again(self) -> None:
        self.disk.before = _well
        self.bench.second()
        self.bench.second()
        self.trouble = False

    @rule()
    def restart(self) -> None:
        """The power goes and comes back; a card that failed is another one now."""
        self.disk.before, self.trouble = _well, False
        self.bench.boot()
        self.newest = max(self.newest, self.bench.recorder.status().made)

    @invariant()
    def every_key_belongs_to_a_chunk_of_the_window(self) -> None:
        keys = self.bench.recorder._parts.window._keys
        chunks = self.bench.recorder._parts.window._ring.chunks
        assert len(keys) == 2 * len(chunks)

    @invariant()
    def private_means_off(self) -> None:
        state = self.bench.recorder._activity.state
        if state.home is Mode.PRIVATE and not state.recording:
            assert not self.bench.recorder.sensors
            assert self.bench.recorder.status().prerecord_s == 0

    def teardown(self) -> None:
        self.disk.before = _well
        try:
            self.bench.boot()
            self._judge()
        finally:
            shutil.rmtree(self.folder)

    def _judge(self) -> None:
        held = {each.number: each for each in self.bench.shelf.recordings()}
        assert set(self.promised) <= set(held)
        read: set[int] = set()
        for number in held:
            report = self.bench.verify(number)
            assert report.verdict is not Verdict.ALTERED, (number, report.sentence, report.findings)
            starts = [chunk.start_ns for chunk in report.chunks]
            assert starts == sorted(starts), "the boot clock orders everything"
            promised_ns = self.promised.get(number, 0.0) * SECOND_NS
            assert report.prerecord_ns is not None
            assert report.prerecord_ns >= promised_ns - 1
            for part in open_parts(self.bench.files(number), self.bench.house.private):
                read.add(int(part.data.split()[3].rstrip(b".")))
        assert self.owed <= read, "what was recorded without a fault is there"


def _well(_: object) -> None:
    """Nothing is wrong with the card."""


ROLL = {"camera": {"roll_over_min": 0.2}}

TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
