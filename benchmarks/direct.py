"""What goes through the fleet with segments, and with ones that go straight to the store.

``python -m benchmarks.direct``: a fleet as it runs, OpenStack Swift as its store, and a camera that sends
segments the one way and the other, by the fleet's own listener and with its certificate. Bytes are counted
where they pass: between the camera and the fleet, and between the fleet and the store. Processor time is that
of the fleet's process alone.

It says nothing about a network between them, nor of the store, which works more for the copy within it.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.processor import used_s
from benchmarks._support.ratio import Ratio
from protocol.messages.uploads import content_digest, direct_headers
from protocol.units import KIB, MIB
from tests.support.fleet.bucket import (
    BUCKET,
    REGION,
    SWIFT_CREDENTIALS,
    give_credentials,
    running_swift,
)
from tests.support.fleet.fleet import ANSWER_SECONDS, running_fleet
from tests.support.network.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {256 * KIB: 24, MIB: 16, 8 * MIB: 6}
"""Bytes of a segment, and how many are a round: enough for the ticks that processor time is counted in."""
ROUNDS, QUICK_ROUNDS = 5, 2
TOLERANCE = 0.2
SETTINGS = """
[footage]
store = "s3://{bucket}/evidence"
endpoint = "http://127.0.0.1:{port}"
region = "{region}"
direct = true
direct_from_kib = 1
"""


@dataclass
class Ways:
    """Both ways of one segment, and what passed."""

    fleet: httpx.Client
    store: httpx.Client
    uploads: Proxy
    behind: Proxy
    store_port: int
    pid: int
    number: int = 0

    def through(self, name: str, body: bytes) -> None:
        """Send it through the fleet."""
        headers = {"Content-Digest": content_digest(hashlib.sha256(body).digest()), "If-None-Match": "*"}
        self.fleet.put(f"{self._base}/{name}", content=body, headers=headers).raise_for_status()

    def straight(self, name: str, body: bytes) -> None:
        """Put it straight into the store, past what counts the fleet's own bytes."""
        sha256 = hashlib.sha256(body).digest()
        told = {"size": len(body), "sha256": sha256.hex()}
        answer = self.fleet.post(f"{self._base}/{name}/address", json=told).raise_for_status()
        signed = urlsplit(answer.json()["url"])
        past = signed._replace(netloc=f"127.0.0.1:{self.store_port}").geturl()
        headers = {**direct_headers(len(body), sha256), "Host": signed.netloc}
        self.store.put(past, content=body, headers=headers).raise_for_status()
        self.fleet.post(f"{self._base}/{name}/arrived", json=told).raise_for_status()

    @property
    def _base(self) -> str:
        return f"/api/v1/camera/recordings/{self.number}/segments"

    def measure(self, send: Callable[[str, bytes], None], size: int) -> tuple[float, float, float]:
        """Send a round; return bytes that passed per byte of footage, processor time and time, in ms each."""
        self.number += 1
        count = SIZES[size]
        bodies = [secrets.token_bytes(size) for _ in range(count)]
        run, passed, used, begun = secrets.token_hex(16), self._passed(), used_s(self.pid), time.monotonic()
        for index, body in enumerate(bodies):
            send(f"{run}-{index:08d}.seg", body)
        took, used, passed = time.monotonic() - begun, used_s(self.pid) - used, self._passed() - passed
        return passed / size / count, max(used, 0.001) * 1000 / count, took * 1000 / count

    def _passed(self) -> int:
        return sum(each.sent_up + each.came_down for each in (self.uploads, self.behind))


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: Everything keeps its state in a folder of its own below it.
        quick: Fewer rounds.
    """
    figures = Figures("A segment through the fleet, and straight to its store", this_machine(folder))
    rounds = QUICK_ROUNDS if quick else ROUNDS
    give_credentials(SWIFT_CREDENTIALS)
    with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-direct-") as scratch, ExitStack() as stack:
        ways = _ways(Path(scratch), stack)
        for size in SIZES:
            _size(ways, size, rounds, figures)
    figures.notes.append(f"{rounds} rounds each way, one after the other; nothing is verified.")
    return figures


def _ways(folder: Path, stack: ExitStack) -> Ways:
    port = urlsplit(stack.enter_context(running_swift(folder))).port or 0
    behind = stack.enter_context(Proxy("127.0.0.1", port))
    settings = SETTINGS.format(bucket=BUCKET, port=behind.port, region=REGION)
    fleet = stack.enter_context(running_fleet(folder / "fleet", config=settings))
    camera = fleet.enrol(folder)
    uploads = stack.enter_context(Proxy("127.0.0.1", urlsplit(fleet.cameras_url).port or 0))
    client = stack.enter_context(
        httpx.Client(
            base_url=f"https://localhost:{uploads.port}", verify=fleet.context(camera), timeout=ANSWER_SECONDS
        )
    )
    return Ways(
        client,
        stack.enter_context(httpx.Client(timeout=ANSWER_SECONDS)),
        uploads,
        behind,
        port,
        fleet.process.pid,
    )


def _size(ways: Ways, size: int, rounds: int, figures: Figures) -> None:
    ways.measure(ways.through, size)  # the first of everything
    ways.measure(ways.straight, size)
    through, straight = [], []
    for _ in range(rounds):
        through.append(ways.measure(ways.through, size))
        straight.append(ways.measure(ways.straight, size))
    name = f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"
    for way, rows in (("through", through), ("straight", straight)):
        passed, used, took = (sorted(each)[len(each) // 2] for each in zip(*rows, strict=True))
        figures.rows.append(
            {"segment": name, "way": way, "passed": passed, "fleet ms": used, "in all ms": took}
        )
    for at, what in enumerate(("bytes that pass", "processor time")):
        over, under = (tuple(each[at] for each in rows) for rows in (straight, through))
        figures.ratios.append(Ratio(f"{name}: {what}, straight / through", over, under, TOLERANCE))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        run(Path(where), quick="--quick" in sys.argv).show()
