"""Kill a real camera process at random, and see whether it kept its word.

The child runs the recorder on the real disk with real encoded footage, and writes a line into a pipe for
each step that it acknowledges. The parent reads a random number of lines, sends SIGKILL, and judges the
folder by the lines that were written before the kill: everything said must be there, verify, and play.

SIGKILL takes the process, not the kernel: what was written but not synced survives here. Losing that too is
what the recorded disk of ``tests.crash.trial`` is for.
"""

import contextlib
import io
import itertools
import json
import multiprocessing
import random
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

import av

from device.filesystem import PosixFilesystem
from protocol.footage.model import PlainChunk
from protocol.footage.recording import OpenedPart
from tests.crash.disk import Said
from tests.crash.judge import Judge, LossError, Owed
from tests.crash.scenario import Life, config, drawn_script
from tests.support.media import make_media

MOST_LINES = 60
STEPS = 400
SECONDS = 6


@dataclass
class KillTally:
    """What came of a number of kills."""

    rounds: int = 0
    checked: int = 0
    played: int = 0
    losses: list[str] = field(default_factory=list)

    def add(self, other: "KillTally") -> None:
        self.rounds += other.rounds
        self.checked += other.checked
        self.played += other.played
        self.losses += other.losses


# A clean process forks the children: one with threads must not.
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.crash.killing"])


@cache
def real_seconds() -> list[PlainChunk]:
    """Seconds of picture and sound that a decoder takes."""
    return make_media(seconds=SECONDS)


def _camera(root: Path, seed: int, footage: list[PlainChunk], line: Connection) -> None:
    """The child: live through a drawn script and say each acknowledged step."""

    def say(what: str, detail: Mapping[str, int]) -> None:
        line.send_bytes(json.dumps([what, detail]).encode())

    def second(start_ns: int) -> PlainChunk:
        return replace(footage[start_ns // 1_000_000_000 % SECONDS], start_ns=start_ns)

    drawn_script(Life(PosixFilesystem(), say, seed, config(root), footage=second), STEPS)


def kill_round(seed: int) -> KillTally:
    """Run a camera, kill it, judge what is left."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="lapel-kill-") as name:
        root = Path(name)
        owed = _run_and_kill(root, seed, draw.randint(1, MOST_LINES))
        tally = KillTally(rounds=1)
        judge = Judge(settings=config(root), watch=lambda part: _play(part, tally))
        try:
            judge.judge(PosixFilesystem(), owed)
        except LossError as loss:
            tally.losses.append(f"{loss} (kill round {seed})")
        tally.checked = sum(judge.checked.values())
        return tally


def _run_and_kill(root: Path, seed: int, count: int) -> Owed:
    """Start the child, hear ``count`` steps, kill it, and hear what it had said until then."""
    hearing, saying = _forks.Pipe(duplex=False)
    child = _forks.Process(target=_camera, args=(root, seed, real_seconds(), saying), daemon=True)
    child.start()
    saying.close()
    owed = Owed()
    with contextlib.closing(hearing), contextlib.suppress(EOFError):
        for number in itertools.count():
            what, detail = json.loads(hearing.recv_bytes())
            owed.hear(Said(what, tuple(detail.items())))
            if number == count:
                child.kill()
    child.join()
    return owed


def _play(part: OpenedPart, tally: KillTally) -> None:
    """Decode a part from its first to its last packet.

    Raises:
        LossError: It does not play.
    """
    try:
        with av.open(io.BytesIO(part.data)) as container:
            frames = sum(1 for _ in container.decode(container.streams[0]))
    except av.FFmpegError as error:
        raise LossError(f"C3: the {part.track} of chunk {part.header.seq} does not play: {error}") from error
    if not frames:
        raise LossError(f"C3: the {part.track} of chunk {part.header.seq} is empty")
    tally.played += 1
