"""Kill a real camera process at random, and see whether it kept its word.

The child lives through ordinary steps in an order of its own, with real encoded footage, and writes a line
into a pipe for everything that it acknowledges. The parent reads a random number of lines and then for a
random few milliseconds, sends SIGKILL, and judges the folder by the lines that were written before the kill:
everything said must be there, verify, and play; of what was being recorded at most the chunk being filled may
be lost.

SIGKILL takes the process, not the kernel: what was written but not synced survives here, so the folder is in
memory where there is a filesystem for that. Losing it too is what the disk of ``tests.harness.crash.trial``
is for.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import random
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

import av

from device.storage.filesystem import PosixFilesystem
from protocol.footage.format.model import PlainChunk, Track
from protocol.footage.sealing.opening import OpenedPart
from tests.harness.crash.judging.judge import Judge, LossError
from tests.harness.crash.scripts.acknowledged import Acknowledged
from tests.harness.crash.scripts.life import Life
from tests.harness.crash.scripts.scripts import ordinary
from tests.harness.crash.scripts.start import config
from tests.support.media.media import Picture, make_media

MOST_LINES = 200
MOST_MORE_S = 0.01
STEPS = 10_000
SECONDS = 6
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@dataclass
class KillTally:
    """What came of a number of kills.

    Attributes:
        rounds: Kills.
        heard: Lines in which the cameras acknowledged something before they were killed.
        played: Parts that were decrypted and decoded from their first to their last packet.
        recordings: Recordings that were acknowledged.
        cpu_s: Processor time that judging them took; the cameras' own is not in it.
    """

    rounds: int = 0
    heard: int = 0
    played: int = 0
    recordings: int = 0
    checked: dict[str, int] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    cpu_s: float = 0.0

    def add(self, other: KillTally) -> None:
        self.rounds += other.rounds
        self.heard += other.heard
        self.played += other.played
        self.recordings += other.recordings
        self.losses += other.losses
        self.cpu_s += other.cpu_s
        for promise, count in other.checked.items():
            self.checked[promise] = self.checked.get(promise, 0) + count


# A clean process forks the children: one with threads must not.
forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.harness.crash.killing"])


@cache
def real_seconds() -> list[PlainChunk]:
    """Seconds of picture and sound that a decoder takes."""
    return make_media(seconds=SECONDS)


def _camera(root: Path, seed: int, footage: list[PlainChunk], line: Connection) -> None:
    """The child: go on until it is killed, and say each acknowledged step."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent's to decide

    def say(what: str, detail: Mapping[str, int | str]) -> None:
        line.send_bytes(json.dumps([what, detail]).encode())

    def second(start_ns: int) -> PlainChunk:
        return replace(footage[_second(start_ns)], start_ns=start_ns)

    life = Life(PosixFilesystem(), say, seed, config(root), footage=second)
    draw = random.Random(seed)
    steps = ordinary(life, draw)
    life.boot()
    for _ in range(STEPS):
        steps[draw.choice((*sorted(steps), "chunks", "chunks", "press", "press", "press"))]()


def kill_round(seed: int) -> KillTally:
    """Run a camera, kill it, judge what is left."""
    began_s = time.process_time()
    folder = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="lapel-kill-", dir=folder) as name:
        root = Path(name) / "state"
        acknowledged, heard = _run_and_kill(root, random.Random(seed))
        tally = KillTally(rounds=1, heard=heard, recordings=len(acknowledged.held))
        judge = Judge(settings=config(root), watch=lambda part: _play(part, tally))
        try:
            judge.judge(PosixFilesystem(), acknowledged)
        except LossError as loss:
            tally.losses.append(f"{loss} (python -m tests.harness.crash --again kill/{seed})")
        tally.checked = judge.checked
        tally.cpu_s = time.process_time() - began_s
        return tally


def _run_and_kill(root: Path, draw: random.Random) -> tuple[Acknowledged, int]:
    """Start the child, hear some of what it says, kill it, and hear what it had said until then."""
    hearing, saying = forks.Pipe(duplex=False)
    arguments = (root, draw.getrandbits(32), real_seconds(), saying)
    child = forks.Process(target=_camera, args=arguments, daemon=True)
    child.start()
    saying.close()
    acknowledged = Acknowledged()
    heard = 0
    lines, more_s = draw.randint(1, MOST_LINES), draw.uniform(0, MOST_MORE_S)
    end_s: float | None = None
    with contextlib.closing(hearing), contextlib.suppress(EOFError):
        while child.is_alive() if end_s is None else hearing.poll(max(0, end_s - time.monotonic())):
            acknowledged.hear(*json.loads(hearing.recv_bytes()))
            heard += 1
            if heard == lines:
                end_s = time.monotonic() + more_s
            if end_s is not None and time.monotonic() > end_s:
                break
        child.kill()
        while True:
            acknowledged.hear(*json.loads(hearing.recv_bytes()))
            heard += 1
    child.join()
    if child.exitcode != -signal.SIGKILL:
        raise AssertionError(f"the camera ended by itself, with {child.exitcode}")
    return acknowledged, heard


def _second(start_ns: int) -> int:
    return start_ns // 1_000_000_000 % SECONDS


def _play(part: OpenedPart, tally: KillTally) -> None:
    """Decode a part from its first to its last packet.

    Raises:
        LossError: It does not play, or is not what the camera was given.
    """
    name = f"the {part.track} of chunk {part.header.seq}"
    given = {each.track: each.data for each in real_seconds()[_second(part.header.start_ns)].parts}
    if part.data != given[part.track]:
        raise LossError(f"C3: {name} is not what was filmed")
    try:
        with av.open(io.BytesIO(part.data), "r") as container:
            frames = len(list(container.decode(container.streams[0])))
    except av.FFmpegError as error:
        raise LossError(f"C3: {name} does not play: {error}") from error
    if not frames or (part.track is Track.VIDEO and frames != Picture().fps):
        raise LossError(f"C3: {name} plays {frames} frames")
    tally.played += 1
