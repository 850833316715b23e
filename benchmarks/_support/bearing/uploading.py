"""Uploads from one camera: to a fleet, and to a sink that does the same durable work, in turns.

As a camera does it: so many segments at the same time, each over a connection that stays
(``device.config.sections.LinkSection``). What is sent is made before, so that what is measured is who
takes it in.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks._support.bearing.sink import HERE, running_sink
from benchmarks._support.processor import used_s
from device.config.sections import LinkSection
from protocol.messages.uploads import content_digest
from tests.support.fleet.fleet import running_fleet

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence
    from pathlib import Path

AT_ONCE = LinkSection().uploads_at_once
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How long so many bytes took, in each round, at the fleet and at the sink, and their processor time."""

    size: int
    fleet_s: tuple[float, ...]
    sink_s: tuple[float, ...]
    fleet_cpu_s: tuple[float, ...]
    sink_cpu_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: its bytes, and the header that says their digest."""

    data: bytes
    digest: str


def bodies(count: int, size: int) -> list[Body]:
    """Make so many that nothing can compress."""
    made = [os.urandom(size) for _ in range(count)]
    return [Body(each, content_digest(hashlib.sha256(each).digest())) for each in made]


class Uploader:
    """One camera's connections to a listener."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self._connections = [
            http.client.HTTPSConnection(HERE, port, context=context, timeout=60) for _ in range(AT_ONCE)
        ]
        self._round = 0

    def send(self, what: Sequence[Body]) -> float:
        """Send each as a segment of a new recording; return how many seconds that took.

        Raises:
            RuntimeError: One was not taken.
        """
        self._round += 1
        base = f"/api/v1/camera/recordings/{self._round}/segments/{self._round:032x}"
        left = list(enumerate(what))[::-1]
        refused: list[str] = []

        def work(connection: http.client.HTTPSConnection) -> None:
            while not refused:
                try:
                    number, body = left.pop()
                except IndexError:
                    return
                try:
                    connection.request(
                        "PUT", f"{base}-{number:08d}.seg", body.data, {"Content-Digest": body.digest}
                    )
                    answer = connection.getresponse()
                    said = answer.read()
                except (OSError, http.client.HTTPException) as error:
                    refused.append(repr(error))
                    return
                if answer.status != http.client.CREATED:
                    refused.append(said.decode("utf-8", "replace"))

        threads = [threading.Thread(target=work, args=(each,)) for each in self._connections]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        if refused:
            raise RuntimeError(f"a segment was not taken: {refused[0]}")
        return took

    def close(self) -> None:
        """End the connections."""
        for connection in self._connections:
            connection.close()


def measure(root: Path, sizes: Sequence[tuple[int, int]], rounds: int) -> list[Uploaded]:
    """Measure, for so many segments of such a size each.

    Args:
        root: Fleet and sink keep what they take in folders of their own below it: on the same disk.
        sizes: Bytes of a segment, and how many.
        rounds: How often each is sent.
    """
    (root / "fleet" / "camera").mkdir(parents=True)
    found = []
    with running_fleet(root / "fleet") as fleet, running_sink(root / "sink") as sink:
        camera = fleet.enrol(root / "fleet" / "camera")
        port = urlsplit(fleet.cameras_url).port or 0
        ours = Uploader(port, fleet.context(camera))
        theirs = Uploader(sink.port, sink.context)
        for size, count in sizes:
            what = bodies(count, size)
            took: list[tuple[float, ...]] = []
            for number in range(rounds + 1):
                at = used_s(fleet.process.pid), used_s(sink.pid)
                pair = (ours.send(what), theirs.send(what))
                cpu = used_s(fleet.process.pid) - at[0], used_s(sink.pid) - at[1]
                if number:  # the first opens connections and warms up
                    took.append((*pair, *cpu))
            found.append(Uploaded(size * count, *zip(*took, strict=True)))
        ours.close()
        theirs.close()
    return found
