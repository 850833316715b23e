"""How long the lists of reviews and of viewings take with 100,000 of each: ``python -m benchmarks.queues``.

The dashboard's own application on SQLite, without a network, from the request to the whole page. Every
recording waits to be reviewed and was looked at once, which no fleet comes near: the lists cost what their
longest states cost. The same pages of a hundred recordings in the same run are the floor.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert

from benchmarks import lists
from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from fleet.audit.models import AuditEntry
from fleet.audit.search import newest_number
from fleet.core.actor import Role
from fleet.footage.recordings.models import RecordingState
from fleet.footage.watching.viewings import ACTION
from fleet.review.models import Review, ViewingReview
from fleet.review.rules.asking import LookState
from fleet.review.rules.closing import ReviewState
from tests.support.fleet.fleet import dashboard_client, fleet_services, token_for

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.testclient import TestClient

    from fleet.server.compose import FleetServices

GOAL_MS = 200
PEOPLE = 40
PAGES = {
    "reviews": "/reviews?state=waiting",
    "reviews of what goes soon": "/reviews?state=goes",
    "overdue reviews": "/reviews?state=overdue",
    "viewings": "/viewings",
    "odd viewings": "/viewings?state=odd",
}


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure, the long lists and the short ones in turn.

    Args:
        folder: where the tables lie: its disk is measured.
        quick: with fewer recordings and rounds.
    """
    many, rounds = (lists.QUICK_MANY, lists.QUICK_ROUNDS) if quick else (lists.MANY, lists.ROUNDS)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        long = stack.enter_context(_queue_of(many, place / "many", stack))
        short = stack.enter_context(_queue_of(lists.FEW, place / "few", stack))
        took: dict[str, list[float]] = {name: [] for name in PAGES}
        floor: dict[str, list[float]] = {name: [] for name in PAGES}
        for _ in range(rounds):
            for name, address in PAGES.items():
                took[name].append(_timed(long, address))
                floor[name].append(_timed(short, address))
    figures = Figures(f"The lists of {many:,} reviews and viewings", this_machine(folder))
    for name, seconds in took.items():
        row: dict[str, object] = {"median ms": statistics.median(seconds) * 1000}
        row |= {"slowest ms": max(seconds) * 1000, "of a hundred ms": statistics.median(floor[name]) * 1000}
        figures.rows.append({"page": name, **row})
    for name in ("reviews of what goes soon", "viewings"):
        figures.ratios.append(Ratio(f"{name} / of a hundred", tuple(took[name]), tuple(floor[name])))
    slowest = max(statistics.median(seconds) for seconds in took.values()) * 1000
    figures.notes.append(f"The slowest page takes {slowest:.0f} ms; the goal is {GOAL_MS} ms.")
    return figures


def _queue_of(many: int, place: Path, stack: ExitStack) -> AbstractContextManager[TestClient]:
    services = stack.enter_context(fleet_services(place))
    lists.fill(services, many)
    _fill(services, many)
    token = token_for(services, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, name="benchmark")
    return dashboard_client(services, token=token, workers=False)


def _fill(services: FleetServices, many: int) -> None:
    with services.readers() as session:
        before = newest_number(session)  # the log only grows, one number after the other
    for first in range(0, many, lists.BLOCK):
        numbers = range(first + 1, min(first + lists.BLOCK, many) + 1)
        with services.sessions.begin() as session:
            session.execute(insert(Review), [_review(services, each, many) for each in numbers])
            session.execute(insert(AuditEntry), [_entry(services, each, before + each) for each in numbers])
            session.execute(
                insert(ViewingReview), [_viewing(services, each, before + each) for each in numbers]
            )


def _review(services: FleetServices, number: int, many: int) -> dict[str, object]:
    at = services.clock() - timedelta(days=400) * number / many
    return {
        "id": number,
        "recording_id": number,
        "name": f"{number:032x}",
        "camera_id": lists.place_of(number)[0],
        "number": lists.place_of(number)[1],
        "state": ReviewState.OPEN,
        "kinds": " incident ",
        "reasons": [],
        "queued": at,
        "due": (at + timedelta(days=14)).date(),
        "version": 0,
        "seen_state": RecordingState.HELD,
        "seen_opened": True,
        "seen_changed": at,
        "seen_marked": False,
        "seen_links": 0,
        "seen_near": 0,
    }


def _entry(services: FleetServices, number: int, entry: int) -> dict[str, object]:
    return {
        "number": entry,
        "utc": services.clock(),
        "actor": f"user:{number % PEOPLE}",
        "action": ACTION,
        "subject": f"{number:032x}",
        "purpose": "Reviewing an incident",
        "detail": {},
        "previous": bytes(32),
        "digest": number.to_bytes(32, "big"),
        "address": "192.0.2.1",
        "salt": bytes(16),
        "version": 2,
    }


def _viewing(services: FleetServices, number: int, entry: int) -> dict[str, object]:
    return {
        "number": entry,
        "at": services.clock(),
        "who": f"user:{number % PEOPLE}",
        "recording": f"{number:032x}",
        "is_copy": False,
        "weight": 1,
        "kinds": " hours ",
        "odd": [["hours", "Out of hours."]],
        "state": LookState.ODD,
    }


def _timed(client: TestClient, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address, headers={"Accept": "text/html"})
    took = time.perf_counter() - began
    if answer.status_code != 200 or '<li id="' not in answer.text:
        raise RuntimeError(f"internal error: {address} is empty or refused")
    return took


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
