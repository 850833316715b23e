"""From packets to a verdict: whatever comes late, never, or twice as fast, no gap is left unexplained."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from device.capture.chunk_queue import ChunkQueue
from device.capture.chunker import Chunker
from device.encode.packets import AAC_FRAME, Absent, EncodedPacket, Lost, StreamParams, to_ns
from device.lost import LostFootage
from device.settings import AUDIO_RATE
from protocol.footage.format.limits import MAX_CHUNK_NS, MAX_GAPS
from protocol.footage.format.model import ChunkHeader, ClockLabel, GapCause, PartHeader, PlainChunk, Track
from protocol.footage.verifying.continuity import Continuity

MS = 1_000_000
NS = 1_000 * MS
FRAME = NS // 10
SOUND = to_ns(AAC_FRAME, AUDIO_RATE)
BOTH = (Track.VIDEO, Track.AUDIO)
CAUSES = {Track.VIDEO: GapCause.NO_CAMERA, Track.AUDIO: GapCause.NO_MICROPHONE}

STEPS = st.tuples(
    st.sampled_from(
        [
            *(
                "both",
                "both",
                "both",
                "picture",
                "sound",
                "neither",
                "no camera",
                "no microphone",
                "frames lost",
            ),
            *("sound lost", "late picture", "late sound", "in time", "cut", "sleep", "key picture lost"),
            *("store nothing", "store one", "store all", "card fails", "card is well"),
        ]
    ),
    st.integers(1, 3_000),
)


class _Camera:
    """Sensors, encoders, chunker, chunk queue, card and verifier, with packets of no matter what."""

    def __init__(self) -> None:
        self.now = 1_000 * NS
        self.chunker = Chunker(label=lambda at: ClockLabel(at, synchronised=True), frame_ns=FRAME)
        self.chunk_queue = ChunkQueue(BOTH, depth=3)
        self.lost = LostFootage()
        self.continuity = Continuity()
        self.late: dict[Track, list[EncodedPacket | Lost | Absent]] = {}
        self.next = dict.fromkeys(Track, self.now)
        self.key_due = self.now
        self.working = self.storing = True

    def do(self, step: str, ms: int) -> None:
        """Live through one step."""
        actions: dict[str, Callable[[], None]] = {
            "late picture": lambda: self.come_late(Track.VIDEO),
            "late sound": lambda: self.come_late(Track.AUDIO),
            "in time": self.catch_up,
            "cut": self.cut,
            "frames lost": lambda: self.lose(Track.VIDEO, ms),
            "sound lost": lambda: self.lose(Track.AUDIO, ms),
            "sleep": lambda: self.pass_time(ms * 20, ()),
            "store one": lambda: self.store(1),
        }
        if step in {"store nothing", "store all"}:
            self.storing = step == "store all"
        elif step in {"card fails", "card is well"}:
            self.working = step == "card is well"
        elif step == "key picture lost":
            self.key_due = self.now + NS
        elif step in actions:
            actions[step]()
        else:
            self.pass_time(ms, {"both": BOTH, "picture": BOTH[:1], "sound": BOTH[1:]}.get(step, ()), step)

    def come_late(self, track: Track) -> None:
        """What the track gives comes late from now on."""
        self.late.setdefault(track, [])

    def cut(self) -> None:
        """As a stop does."""
        self.key_due = 0
        self.offer(self.chunker.cut(self.now))

    def lose(self, track: Track, ms: int) -> None:
        """A stated loss."""
        since, self.next[track] = self.next[track], self.next[track] + ms * MS
        self.now = max(self.now, self.next[track])
        self.give(Lost(track, since, self.next[track], GapCause.OVERFLOW))

    def pass_time(self, ms: int, tracks: Iterable[Track], step: str = "") -> None:
        """Let time pass, with what the tracks give meanwhile."""
        since, self.now = self.now, self.now + ms * MS
        for track in Track:
            if track in tracks:
                self.go_on(track)
            elif CAUSES[track] == step:
                self.give(Absent(track, since, self.now, CAUSES[track]))
            if track not in tracks:
                self.next[track] = max(self.next[track], self.now)
        if ms < 10_000:
            self.offer(self.chunker.advance(self.now))

    def go_on(self, track: Track) -> None:
        """Give what a track has until now."""
        length = FRAME if track is Track.VIDEO else SOUND
        while self.next[track] < self.now:
            at = self.next[track]
            key = track is Track.AUDIO or at >= self.key_due
            if track is Track.VIDEO and key:
                self.key_due = at + NS
            self.next[track] = at + length
            self.give(EncodedPacket(track, at, length, key, b"", StreamParams(track, "any", 1, b"")))

    def give(self, item: EncodedPacket | Lost | Absent) -> None:
        """To the chunker, or to what will come late."""
        if item.track in self.late:
            self.late[item.track].append(item)
        else:
            self.offer(self.chunker.push(item))

    def catch_up(self) -> None:
        """What was late comes, all at once."""
        late, self.late = self.late, {}
        for items in late.values():
            for item in items:
                self.offer(self.chunker.push(item))

    def offer(self, chunks: Iterable[PlainChunk]) -> None:
        """From the chunker to the chunk queue, and on to the card if it takes anything."""
        for chunk in chunks:
            self.chunk_queue.offer(chunk)
        if self.storing:
            self.store(99)

    def store(self, most: int) -> None:
        """From the chunk queue to the card and the verifier."""
        for _ in range(min(most, self.chunk_queue._queue.qsize())):
            plain = self.chunk_queue._queue.get_nowait()
            assert plain is not None
            chunk = self.lost.carried_by(plain)
            assert 0 < chunk.duration_ns <= MAX_CHUNK_NS
            assert len(chunk.gaps) <= MAX_GAPS
            if not self.working:
                self.lost.add(plain, GapCause.STORAGE)
                continue
            self.lost.told()
            parts = tuple(PartHeader(part.track, part.codec, 1, bytes(32)) for part in chunk.parts)
            self.continuity.add(
                ChunkHeader(
                    "cam-01",
                    bytes(16),
                    0,
                    bytes(32),
                    chunk.start_ns,
                    chunk.duration_ns,
                    chunk.label,
                    parts,
                    chunk.gaps,
                )
            )


@example([("both", 1_950), ("no microphone", 100), ("picture", 200)])
@example(
    [("both", 500), ("late picture", 1), ("no camera", 500), ("sleep", 3_000), ("in time", 1), ("sound", 300)]
)
@example(
    [
        ("both", 2_500),
        ("store nothing", 1),
        ("both", 3_000),
        ("sleep", 3_000),
        ("both", 2_000),
        ("store all", 1),
        ("store one", 1),
        ("both", 3_000),
    ]
)
@example(
    [
        ("no camera", 4_000),
        ("card fails", 1),
        *[("no camera", 3_000)] * 40,
        ("card is well", 1),
        ("both", 3_000),
    ]
)
@example([("both", 1_000), ("key picture lost", 1), ("both", 1_000), ("neither", 50), ("both", 900)])
@example([("both", 2_500), ("sleep", 3_000), ("no camera", 1), ("sleep", 3_000), ("both", 2_500)])
@example([("late picture", 1), ("no camera", 1), ("sound", 51), ("both", 1)])
@given(st.lists(STEPS, max_size=60))
def test_no_order_of_events_leaves_a_gap_unexplained(steps: list[tuple[str, int]]) -> None:
    # proves C6
    camera = _Camera()
    with patch("device.capture.chunker.mux_part", return_value=b"part"):
        for step, ms in steps:
            camera.do(step, ms)
        camera.catch_up()
        camera.offer(camera.chunker.finish())
    camera.working = True
    camera.store(99)
    assert [gap for gap in camera.continuity.gaps() if gap.cause is None] == []
