"""A long day with a clock that nobody can rely on, from packets to verifier, timeline and export (C10).

    day = Day(folder, seed=1)
    day.live(hours=2)
    day.judge()

The real chunker, recorder, ledger and verifier run under a virtual clock. The wall clock steps by anything
from a millisecond to a year, either way, and loses and finds its time server; the machine sleeps and wakes;
recordings begin, roll over and end. Every draw is by the seed.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from device.capture.chunker import Chunker
from device.clock import label_at
from device.recording.clock_steps import STEP_US
from fleet.footage.media.fragment import read_part
from fleet.footage.media.movie import MovieBuilder
from fleet.footage.timeline.chunks import index_segment
from fleet.footage.timeline.events import place_events, seconds
from fleet.footage.timeline.timeline import Timeline, lay_out
from protocol.footage.format.model import ChunkHeader, GapCause, Track
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind, Ledger, LedgerEvent, read_ledger
from protocol.footage.sealing.opening import open_parts
from protocol.footage.verifying.verify import Verdict
from tests.harness.life.clocks import ROUNDING_US, offset_us
from tests.harness.life.packets import FRAME_NS, PacketSource, numbers
from tests.support.camera.recorders import BOOT_NS, Bench
from tests.support.media.recordings import SECOND_NS

YEAR_US = 365 * 86_400 * 1_000_000
ROLL_OVER_MIN = 20
LOOK_NS = 2 * SECOND_NS
"""A chunk is labelled when it is complete, as after a sleep; a step is noticed at the next look."""


@dataclass
class Day:
    """One camera's day; ``counted`` says what it was made of."""

    folder: Path
    seed: int = 1
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._packets = PacketSource(BOOT_NS)
        self._bench = Bench(self.folder, window_s=60, settings={"camera": {"roll_over_min": ROLL_OVER_MIN}})
        self._bench.boot()
        self._bench.recorder.cut = self._three_seconds
        clock = self._bench.clock
        self._chunker = Chunker(label=lambda at_ns: label_at(clock, at_ns), frame_ns=FRAME_NS)
        self._came_ns: dict[int, int] = {}
        self._last_ns = 0
        self._small_ns: list[int] = []

    def live(self, hours: float) -> None:
        """Let time pass, sleep included."""
        clock, recorder = self._bench.clock, self._bench.recorder
        end_ns = BOOT_NS + round(hours * 3600 * SECOND_NS)
        while clock.now_ns < end_ns:
            self._second()
            match self._random.randrange(300):
                case chance if chance < 8:
                    self._step()
                case 8 | 9:
                    clock.error_us = self._random.choice([None, 0, 1500, 10**6])
                case 10:
                    self._sleep()
                case 11 if not recorder.recording:
                    assert recorder.press().ok
                case 12 if recorder.recording and self._random.random() < 0.2:
                    assert recorder.stop().ok
                case 13:
                    recorder.bookmark()
        if recorder.recording:
            assert recorder.stop().ok

    def judge(self) -> None:
        """Everything is there, in order and of its length; labels and events tell how the clock stepped."""
        recordings = self._bench.shelf.recordings()
        self.counted["recordings"] = len(recordings)
        ends = [self._judge_one(each.number) for each in recordings]
        for (_, end_ns, rolled), (start_ns, _, _) in pairwise(ends):
            assert start_ns == end_ns if rolled else start_ns >= end_ns - 60 * SECOND_NS

    def _judge_one(self, number: int) -> tuple[int, int, bool]:
        """Judge a recording; return its first and last instant, and whether it rolled over."""
        files = self._bench.files(number)
        ledger, report = read_ledger(files[LEDGER_NAME]), self._bench.verify(number)
        assert report.verdict in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}, report.findings
        assert ledger.close is not None
        for gap in report.gaps:  # a stop right after a sleep comes before the chunk that tells of it
            at_the_end = gap.cause is GapCause.STALLED and gap.end_ns == ledger.close.at_ns
            assert gap.cause is GapCause.SUSPENDED or at_the_end, gap
        assert report.first_ns is not None
        assert report.end_ns is not None
        span = report.first_ns, report.end_ns
        headers: list[ChunkHeader] = []
        builder, read = MovieBuilder(), {track: list[int]() for track in Track}
        for part in open_parts(files, self._bench.identity.private):
            if not headers or headers[-1].seq != part.header.seq:
                headers.append(part.header)
            media = read_part(part.data)
            builder.add(media)
            read[part.track] += numbers(media.payload)
        self._judge_packets(read, span)
        self._judge_movie(builder, read)
        self._judge_labels(headers, ledger)
        self._judge_fleet(files, ledger, headers)
        self.counted["chunks"] += len(headers)
        return *span, ledger.close.reason == "rolled over"

    def _judge_packets(self, read: dict[Track, list[int]], span: tuple[int, int]) -> None:
        """Each packet of that time is there once, in the order of the boot clock, and none of another."""
        for track, found in read.items():
            expected = [
                at for at, start_ns in enumerate(self._packets.shown[track]) if span[0] <= start_ns < span[1]
            ]
            assert found == expected, (track, sorted(set(expected) ^ set(found))[:9])
            self.counted[f"{track} packets"] += len(found)

    def _judge_movie(self, builder: MovieBuilder, read: dict[Track, list[int]]) -> None:
        """In the exported file each sample has the boot clock's time, to the tick."""
        for kind, track in (("vide", Track.VIDEO), ("soun", Track.AUDIO)):
            table, shown = builder._tables[kind], self._packets.shown[track]
            times = [round((table.start + at) * SECOND_NS / table.timescale) for at in table._times]
            assert all(abs(at - shown[each]) <= 1 for at, each in zip(times, read[track], strict=True))

    def _judge_labels(self, headers: list[ChunkHeader], ledger: Ledger) -> None:
        """A label is as far from the boot clock as the steps told so far have brought it."""
        steps = [event for event in ledger.events if event.kind is EventKind.CLOCK_STEP]
        self.counted["steps told"] += len(steps)
        assert all(abs(int(step.detail["step_us"])) >= STEP_US for step in steps)
        for before, after in pairwise(headers):
            moved_us = offset_us(after.label, after.start_ns) - offset_us(before.label, before.start_ns)
            until_ns = self._came_ns[after.start_ns] + LOOK_NS
            near = [step for step in steps if before.start_ns <= step.at_ns <= until_ns]
            small = sum(before.start_ns <= at_ns <= until_ns for at_ns in self._small_ns)
            assert _told(moved_us, near, small), (before.seq, moved_us, near)

    def _judge_fleet(self, files: dict[str, bytes], ledger: Ledger, headers: list[ChunkHeader]) -> None:
        """The timeline and its events are on the boot clock alone."""
        timeline = _timeline(files, ledger)
        for spans in timeline.tracks.values():
            shown = [each for each in spans if each.chunk is not None]
            assert [timeline.first_ns + each.start_ns for each in shown] == [
                each.start_ns for each in headers
            ]
        assert timeline.duration_ns == headers[-1].end_ns - headers[0].start_ns
        events = place_events(ledger, first_ns=timeline.first_ns, end_ns=headers[-1].end_ns)
        assert events.duration_s == seconds(timeline.duration_ns)
        told = [each.offset_s for each in events.events]
        assert told == [seconds(event.at_ns - timeline.first_ns) for event in ledger.events]
        assert told == sorted(told), "the ledger tells things in the order in which they happened"

    def _second(self) -> None:
        clock = self._bench.clock
        for packet in self._packets.second():
            clock.now_ns = max(clock.now_ns, packet.until_ns)
            for chunk in [*self._chunker.push(packet), *self._chunker.advance(clock.now_ns)]:
                assert chunk.start_ns > self._last_ns, "in the order of the boot clock"
                self._last_ns = chunk.start_ns
                self._came_ns[chunk.start_ns] = clock.now_ns
                self._bench.recorder.push(chunk)
        self._bench.recorder.tick()

    def _three_seconds(self) -> None:
        for _ in range(3):
            self._second()

    def _step(self) -> None:
        length_us = 10 ** self._random.uniform(3, 13.5)
        step_us = round(min(length_us, YEAR_US)) * self._random.choice([-1, 1])
        self._bench.clock.utc_offset_us += step_us
        if abs(step_us) < STEP_US:
            self._small_ns.append(self._bench.clock.now_ns)
        self.counted["steps"] += 1

    def _sleep(self) -> None:
        """The lid closes for a while; the clock may be another one when it opens."""
        length_ns = round(self._random.uniform(20, 900) * SECOND_NS)
        self._packets.sleep(length_ns)
        self._bench.clock.now_ns += length_ns
        if self._random.random() < 0.5:
            self._step()
        self._bench.recorder.tick()
        self.counted["sleeps"] += 1


def _told(moved_us: int, near: list[LedgerEvent], small: int) -> bool:
    """Whether some of the steps told around two chunks, in a row, make up what their labels moved by.

    Args:
        moved_us: How far the labels moved against the boot clock.
        near: The steps told around them.
        small: How many there were that are too small to be told; each may add to another.
    """
    told = [int(step.detail["step_us"]) for step in near]
    sums = [sum(told[start:end]) for start in range(len(told) + 1) for end in range(start, len(told) + 1)]
    return min(abs(moved_us - each) for each in sums) <= ROUNDING_US + small * STEP_US


def _timeline(files: dict[str, bytes], ledger: Ledger) -> Timeline:
    chunks = [
        chunk
        for name in sorted(files)
        if name.endswith(".seg")
        for chunk in index_segment(name, files[name])
        if chunk.seq >= ledger.open.first_seq
    ]
    return lay_out(chunks, frozenset(Track))
