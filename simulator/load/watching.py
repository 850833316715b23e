"""Watches a fleet from a process of its own: ``python -m simulator.load.watching``.

It gets one line of JSON on standard input, asks for the fleet's list again and again, and prints one line for
each time: when it asked, how long the answer took, and which recordings it then saw for the first time, or
held for the first time. It ends when its standard input does.

Times are of the machine's monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.errors import FleetServiceError
from simulator.fleet.api import FleetApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.oracle.world import ListedRecording


@dataclass(slots=True)
class ListWatch:
    """What is new in a fleet's list from one look to the next.

    Attributes:
        look: Asks for the whole list.
        now: A clock that only goes forward, in seconds.
    """

    look: Callable[[], Iterable[ListedRecording]]
    now: Callable[[], float] = time.monotonic
    _listed: set[str] = field(default_factory=set)
    _held: set[str] = field(default_factory=set)

    def once(self) -> dict[str, Any]:
        """Look once, and return what was seen; a fleet that does not answer is ``error``."""
        began = self.now()
        try:
            found = list(self.look())
        except FleetServiceError as error:
            return {"at": began, "error": str(error).rstrip(".")}
        ended = self.now()
        listed = {each.id for each in found}
        held = {each.id for each in found if each.state == "held" and each.receipt}
        said = {
            "at": began,
            "took": ended - began,
            "listed": sorted(listed - self._listed),
            "held": sorted(held - self._held),
        }
        self._listed |= listed
        self._held |= held
        return said


def main() -> None:
    """Watch until standard input ends."""
    told = json.loads(sys.stdin.readline())
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, name="end", daemon=True).start()
    with FleetApi(told["url"], told["token"], told["authority"]) as api:
        watch = ListWatch(api.recordings)
        while not over.is_set():
            print(json.dumps(watch.once()), flush=True)  # noqa: T201 - what it says is its product
            over.wait(told["every_s"])


if __name__ == "__main__":
    main()
