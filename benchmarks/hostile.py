"""What strangers cost everybody else: ``python -m benchmarks.hostile`` (F9).

A fleet in a process of its own. A camera sends a segment and somebody signed in asks for a page, each over a
connection of its own, in turns: with nobody else there, and while 2,000 connections are held open that say
nothing, or half of what one has to say. Those that the fleet ends are opened again at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from fleet.connections.admissions import raise_open_files
from protocol.messages.uploads import content_digest
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet, running_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.synchronize import Event

HOSTILE, QUICK_HOSTILE = 2000, 600
ROUNDS, QUICK_ROUNDS = 60, 15
MOST_TIMES = 4
"""So many times its calm time anything may take (F9)."""
SEGMENT_BYTES = 1_000_000
AGAIN_S, AGAIN = 1.0, 50
"""So often so many of those that were ended are opened again."""
_FIRST = (b"", b"\x16\x03\x01\x02\x00\x01")  # nothing, or the beginning of a TLS record
_NAMES = ("upload", "page")


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: The fleet keeps its state in a folder of its own below it.
        quick: Fewer connections and rounds.
    """
    hostile, rounds = (QUICK_HOSTILE, QUICK_ROUNDS) if quick else (HOSTILE, ROUNDS)
    figures = Figures(f"What {hostile} hostile connections cost others", this_machine(folder))
    raise_open_files()
    took: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-hostile-") as scratch:
        (Path(scratch) / "camera").mkdir()
        with running_fleet(Path(scratch)) as fleet:
            camera = fleet.enrol(Path(scratch) / "camera")
            _measure(fleet, camera, 3, "warm")
            took["calm"] = _measure(fleet, camera, rounds, "calm")
            with held_open(fleet, hostile):
                took["attacked"] = _measure(fleet, camera, rounds, "attacked")
    for name in _NAMES:
        calm, attacked = took["calm"][name], took["attacked"][name]
        ratio = Ratio(f"{name} under attack / calm", tuple(attacked), tuple(calm), 0.5)
        figures.ratios.append(ratio)
        figures.rows.append(
            {
                "what": name,
                "calm ms": statistics.median(calm) * 1000,
                "attacked ms": statistics.median(attacked) * 1000,
                "slowest ms": max(attacked) * 1000,
                "times": ratio.value,
            }
        )
        if ratio.value > MOST_TIMES:
            figures.failed = True
            figures.notes.append(
                f"{name}: {ratio.value:.1f} times its calm time, and {MOST_TIMES} are promised."
            )
    return figures


@contextlib.contextmanager
def held_open(fleet: RunningFleet, count: int) -> Iterator[None]:
    """Hold so many connections open for the length of the block, over all three listeners."""
    ports = [urlsplit(url).port or 0 for url in (fleet.dashboard_url, fleet.cameras_url)]
    ports.append(fleet.mqtt_port)
    apart = multiprocessing.get_context("spawn")  # a process of its own: it is not to slow whoever measures
    stop, begun = apart.Event(), apart.Event()
    process = apart.Process(target=hold, args=(ports, count, begun, stop))
    process.start()
    try:
        begun.wait()
        yield
    finally:
        stop.set()
        process.join()


def hold(ports: Sequence[int], count: int, begun: Event, stop: Event) -> None:
    """Open so many, say so, and open some of those that are ended again, until told to stop."""
    raise_open_files()
    opened = [_opened(ports[number % len(ports)], _FIRST[number % len(_FIRST)]) for number in range(count)]
    begun.set()
    while not stop.wait(AGAIN_S):
        ended = [number for number, each in enumerate(opened) if _has_ended(each)]
        for number in ended[:AGAIN]:
            opened[number].close()
            opened[number] = _opened(ports[number % len(ports)], _FIRST[number % len(_FIRST)])


def _opened(port: int, first: bytes) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=30)
    with contextlib.suppress(OSError):
        found.sendall(first)
    found.setblocking(False)
    return found


def _has_ended(one: socket.socket) -> bool:
    try:
        ended = one.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    return ended


def _measure(fleet: RunningFleet, camera: EnrolledCamera, rounds: int, name: str) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {each: [] for each in _NAMES}
    run_id = hashlib.sha256(name.encode()).hexdigest()[:32]
    for number in range(rounds):
        body = os.urandom(SEGMENT_BYTES)
        headers = {"Content-Digest": content_digest(hashlib.sha256(body).digest())}
        path = f"/api/v1/camera/recordings/1/segments/{run_id}-{number:08d}.seg"
        began = time.perf_counter()
        with fleet.camera_api(camera) as client:
            client.put(path, content=body, headers=headers).raise_for_status()
        took["upload"].append(time.perf_counter() - began)
        began = time.perf_counter()
        with fleet.api() as client:
            client.get("/cameras").raise_for_status()
        took["page"].append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
