"""What a camera costs, against its goals: ``python -m benchmarks.camera [--quick] [--minutes N]``.

- One whole camera at 1080p30: what it costs beside capture and encode, idle and recording, what it holds in
  memory with a full ring, and the gaps of a recording of so many minutes. Sources, differences and what is
  left out: ``benchmarks._support.filming``.
- The demonstration's virtual cameras: processor and memory, each; and what all of them lose while a browser
  plays a recording on the same machine (``benchmarks._support.played``).
- ``lapel-device run`` from its start to the word that it is ready, at the same picture.

Processor time is what the processes were given, so other work on the machine disturbs it little. Gaps and the
seconds to ready are what the machine makes of them: the notes say how busy it was.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.panning import FPS, HEIGHT, WIDTH
from benchmarks._support.played import play
from benchmarks._support.processor import children, command_line, load, resident_mb, share_mb, used_s
from benchmarks.watch import demonstration
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.clips import write_clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MINUTES, QUICK_MINUTES = 30.0, 1.0
WINDOW_S, QUICK_WINDOW_S = 180, 20
IDLE_S, QUICK_IDLE_S = 60, 15
CAMERAS, QUICK_CAMERAS = 15, 4
WATCHED_S, QUICK_WATCHED_S = 60, 15
PLAYED_S, QUICK_PLAYED_S = 120, 20
STARTS, QUICK_STARTS = 7, 3

GOALS: Final = {
    "beside capture and encode, idle": (1.0, "% of a core"),
    "beside capture and encode, recording": (1.0, "% of a core"),
    "memory with a full ring, beyond the encoder": (115.0, "MB"),
    "gaps in the recording": (0, "gaps"),
    "a virtual camera, ready": (2.5, "% of a core"),
    "a virtual camera's memory": (150.0, "MB"),
    "gaps in the demonstration while a browser plays": (0, "gaps"),
    "start to ready": (1.0, "s"),
}


def run(folder: Path, *, quick: bool = False, minutes: float | None = None) -> Figures:
    """Measure.

    Args:
        folder: State goes into folders below it.
        quick: A shorter recording, fewer cameras and starts.
        minutes: How long the recording is; None for what ``quick`` says.
    """
    minutes = minutes or (QUICK_MINUTES if quick else MINUTES)
    figures = Figures("A camera at 1080p30, and a virtual one", this_machine(folder))
    before = load()
    with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-camera-") as scratch:
        figures.take("the whole camera", whole(Path(scratch), minutes, figures.notes, quick=quick))
        figures.take("the demonstration", virtual(Path(scratch), figures.notes, quick=quick))
        count = QUICK_STARTS if quick else STARTS
        figures.take("the starts", starts(Path(scratch), figures.notes, count))
    figures.notes.append(
        f"Tasks that wanted a processor, before and after: {before:.1f} and {load():.1f}, "
        f"of {figures.machine.cores} cores."
    )
    return figures


def whole(scratch: Path, minutes: float, notes: list[str], *, quick: bool) -> Iterator[dict[str, Any]]:
    """One whole camera."""
    window_s, idle_s = (QUICK_WINDOW_S, QUICK_IDLE_S) if quick else (WINDOW_S, IDLE_S)
    state = scratch / "camera"
    state.mkdir()
    timing = ("--window", str(window_s), "--idle", str(idle_s), "--recording", str(round(60 * minutes)))
    found, encoder_mb = _filming(state, *timing), _filming(state, "--encoder")
    yield row("beside capture and encode, idle", found["idle"])
    yield row("beside capture and encode, recording", found["recording"])
    yield row("memory with a full ring, beyond the encoder", found["resident_mb"] - encoder_mb)
    yield row("gaps in the recording", found["gaps"])
    notes.append(
        f"Capture and encode themselves: {found['capture_and_encode']:.0f} % of a core; the encoder's "
        f"memory: {encoder_mb:.0f} MB. The ring: {window_s} s."
    )
    notes.append(f"The recording: {found['verdict']}")


def virtual(scratch: Path, notes: list[str], *, quick: bool) -> Iterator[dict[str, Any]]:
    """The demonstration's cameras: while nothing is pressed and nobody looks, and while a browser plays."""
    cameras, seconds = (QUICK_CAMERAS, QUICK_WATCHED_S) if quick else (CAMERAS, WATCHED_S)
    with demonstration(scratch, cameras) as places:
        parents = [pid for pid in children(places.pid) if "forkserver" in command_line(pid)]
        pids = [pid for parent in parents for pid in children(parent)]
        before, began = {pid: used_s(pid) for pid in pids}, time.perf_counter()
        time.sleep(seconds)
        took = time.perf_counter() - began
        percents = [100 * (used_s(pid) - used) / took for pid, used in before.items()]
        if len(percents) != cameras:
            raise RuntimeError(f"{len(percents)} processes where {cameras} cameras were expected")
        yield row("a virtual camera, ready", statistics.mean(percents))
        yield row("a virtual camera's memory", statistics.mean(share_mb(pid) for pid in pids))
        yield row(
            "the same with all of what it shares", statistics.mean(resident_mb(pid) for pid in pids), "MB"
        )
        played = play(scratch, places, cameras, QUICK_PLAYED_S if quick else PLAYED_S)
        yield row("gaps in the demonstration while a browser plays", played.gaps)
        notes.append(
            f"A browser played {played.played_s:.0f} s in {played.asked_s:.0f} s, and {played.dropped} of "
            f"{played.pictures} pictures came too late to be shown. Meanwhile {cameras} cameras filmed: "
            f"{played.recordings} recordings, {played.filmed_s:.0f} s together, {played.gaps} gaps of "
            f"{played.missing_s:.1f} s together."
        )


def starts(scratch: Path, notes: list[str], count: int) -> Iterator[dict[str, Any]]:
    """Start a camera again and again."""
    config = _configured(scratch / "start")
    _start(config)  # which compiles what is not compiled yet
    took = [_start(config) for _ in range(count)]
    yield row("start to ready", statistics.median(wall for wall, _ in took))
    yield row("of this, processor time", statistics.median(used for _, used in took), "s")
    notes.append(f"Starts: {count}, the median.")


def row(what: str, measured: float, unit: str = "") -> dict[str, Any]:
    """A figure beside its goal, where there is one."""
    goal, unit = GOALS.get(what, (None, unit))
    return {"what": what, "measured": measured, "goal": goal, "unit": unit}


def _filming(state: Path, *options: str) -> Any:  # noqa: ANN401 - JSON
    command = [sys.executable, "-m", "benchmarks._support.filming", str(state), *options]
    surroundings = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as ``lapel-device run`` sets it
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
    if found.returncode != 0:
        raise RuntimeError(found.stderr)
    return json.loads(found.stdout)


def _configured(folder: Path) -> Path:
    folder.mkdir()
    enrol_without_fleet(folder / "state")
    write_clip(folder / "clip.mp4")
    config = folder / "camera.toml"
    config.write_text(
        '[camera]\nstate_dir = "state"\nrequire_assignment = false\nwindow_s = 30\n'
        '[video]\nsource = "clip.mp4"\nencoder = "libx264"\n'
        f"width = {WIDTH}\nheight = {HEIGHT}\nfps = {FPS}\n"
        '[audio]\nsource = "clip.mp4"\n',
        encoding="utf-8",
    )
    return config


def _start(config: Path) -> tuple[float, float]:
    """Start a camera and end it once it is ready: seconds on the clock, and of the processor.

    Its modules are compiled beforehand, as they are where a package was installed: an environment in which
    Python keeps no bytecode would compile them at every start, which takes as long again.
    """
    program = str(Path(sys.executable).with_name("lapel-device"))
    began = time.perf_counter()
    with subprocess.Popen(
        [program, "run", "--config", config.name],
        cwd=config.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout is not None else ""
            wall, used = time.perf_counter() - began, used_s(process.pid)
        finally:
            process.kill()
        if "is ready" not in said:
            raise RuntimeError(process.stderr.read() if process.stderr is not None else said)
    return wall, used


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="What a camera costs, against its goals.")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where state goes")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    parser.add_argument("--quick", action="store_true", help="a short recording, fewer cameras and starts")
    parser.add_argument("--minutes", type=float, help="how long the recording is")
    asked = parser.parse_args(arguments)
    figures = run(asked.folder, quick=asked.quick, minutes=asked.minutes)
    figures.show()
    if asked.json is not None:
        figures.write(asked.json)
    if figures.failed:
        sys.exit(3)


if __name__ == "__main__":
    main()
