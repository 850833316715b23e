"""What pages cost a fleet that has so many recordings: processor time, of the dashboard's own application.

Without a network, on SQLite, as ``benchmarks.lists`` does it. What works beside a page, such as the workers,
is not running: what is measured is the page.
"""

from __future__ import annotations

import gc
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import lists
from fleet.core.actor import Role
from tests.support.fleet.fleet import dashboard_client, fleet_services, token_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.testclient import TestClient

PAGES = {
    "Today": "/",
    "Recordings": "/recordings",
    "search": "/recordings?q=boiler&category=visit",
    "one recording": "/recordings/{newest:032x}",
}
Costs = dict[str, dict[int, list[float]]]
"""Of each page, and of so many recordings: seconds of processor time."""


def measure(folder: Path, sizes: Sequence[int], rounds: int) -> Costs:
    """Ask for each page so often at each size, the sizes in turns.

    Args:
        folder: Where the tables lie.
        sizes: Numbers of recordings.
        rounds: How often.
    """
    costs: Costs = {name: {size: [] for size in sizes} for name in PAGES}
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix="lapel-filled-")))
        clients = {size: _client(stack, place / str(size), size) for size in sizes}
        for number in range(rounds + 1):
            for size, client in clients.items():
                for name, address in PAGES.items():
                    took = _asked(client, address.format(newest=max(1, size // 500)))
                    if number:  # the first compiles templates and statements
                        costs[name][size].append(took)
    return costs


def _client(stack: ExitStack, place: Path, size: int) -> TestClient:
    services = stack.enter_context(fleet_services(place))
    lists.fill(services, size)
    token = token_for(services, Role.HEAD_OF_SAFETY, name="benchmark")
    return stack.enter_context(dashboard_client(services, token=token, workers=False))


def _asked(client: TestClient, address: str) -> float:
    gc.collect()
    began = time.process_time()
    answer = client.get(address, headers={"Accept": "text/html"})
    took = time.process_time() - began
    if answer.status_code != 200:
        raise RuntimeError(f"internal error: {address} is refused: {answer.status_code}")
    return took
