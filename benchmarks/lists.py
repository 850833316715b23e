"""How long the list of recordings takes with 100,000 of them: ``python -m benchmarks.lists``.

The dashboard's own application on SQLite, without a network: from the request to the whole page, with fifty
rows, what people said of them, and until when each is to be kept. The same list of a hundred recordings in
the same run is the floor: it costs what a page costs. Each search is measured that the page offers.

It says nothing of PostgreSQL, nor of what a browser does with the page.
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

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from benchmarks._support.readme import measured_on
from fleet.cameras.models import CameraRow
from fleet.core.actor import Role
from fleet.footage.recordings.chain_row import ChainRow
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.incidents.models import Judgement, Note
from fleet.incidents.word_index import index_words
from tests.support.fleet.fleet import dashboard_client, fleet_services, token_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from typing import Any

    from starlette.testclient import TestClient

    from fleet.server.compose import FleetServices

MANY, QUICK_MANY, FEW = 100_000, 20_000, 100
ROUNDS, QUICK_ROUNDS = 9, 5
CAMERAS = 15
GOAL_MS = 200
BLOCK = 5_000
SEARCHES = {
    "all": "",
    "a camera": "camera=cam-03",
    "with an incident": "incident=yes",
    "not judged yet": "incident=open",
    "a category": "category=threat",
    "a word of a note": "q=boiler",
    "a day": "from=2026-06-01&to=2026-06-01",
    "period ends by a day": "goes=2026-11-22",
    "far back": "skip=50000",
}


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure, the long list and the short one in turn.

    Args:
        folder: where the tables lie: its disk is measured.
        quick: with fewer recordings and rounds.
    """
    many, rounds = (QUICK_MANY, QUICK_ROUNDS) if quick else (MANY, ROUNDS)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        long = stack.enter_context(_list_of(many, place / "many", stack))
        short = stack.enter_context(_list_of(FEW, place / "few", stack))
        took: dict[str, list[float]] = {name: [] for name in SEARCHES}
        floor: list[float] = []
        for _ in range(rounds):
            for name, query in SEARCHES.items():
                took[name].append(_timed(long, query))
            floor.append(_timed(short, ""))
    figures = Figures(f"The list of {many:,} recordings", this_machine(folder))
    for name, seconds in took.items():
        figures.rows.append(
            {
                "search": name,
                "median ms": statistics.median(seconds) * 1000,
                "slowest ms": max(seconds) * 1000,
            }
        )
    row: dict[str, object] = {"median ms": statistics.median(floor) * 1000, "slowest ms": max(floor) * 1000}
    figures.rows.append({"search": f"all of {FEW}", **row})
    figures.ratios.append(Ratio("all / all of a hundred", tuple(took["all"]), tuple(floor)))
    slowest = max(statistics.median(seconds) for seconds in took.values()) * 1000
    figures.notes.append(f"The slowest search takes {slowest:.0f} ms; the goal is {GOAL_MS} ms.")
    return figures


def readme(kept: Mapping[str, Any]) -> str:
    """The README's part, from figures that were kept."""
    *searches, few = kept["rows"]
    times = sorted(row["median ms"] for row in searches)
    return (
        f"{kept['title']}, searched in {len(searches)} ways: {times[0]:.0f} to {times[-1]:.0f} ms a page of "
        f"fifty (goal {GOAL_MS} ms), where\n{few['search']} takes {few['median ms']:.0f} ms in the same run; "
        f"medians of {len(kept['ratios'][0]['over'])}, on SQLite.\n{measured_on(kept)}"
    )


def _list_of(many: int, place: Path, stack: ExitStack) -> AbstractContextManager[TestClient]:
    """Return a client of a fleet with so many recordings."""
    services = stack.enter_context(fleet_services(place))
    fill(services, many)
    token = token_for(services, Role.HEAD_OF_SAFETY, name="benchmark")
    return dashboard_client(services, token=token, workers=False)  # they sort what was just filled in


def fill(services: FleetServices, many: int) -> None:
    """Have so many recordings, made over the last 400 days, a fifth of which people said something of."""
    now = services.clock()
    with services.sessions.begin() as session:
        for number in range(1, CAMERAS + 1):
            session.add(
                CameraRow(
                    id=f"cam-{number:02d}",
                    number=number,
                    name=f"cam-{number:02d}",
                    enrolled=now - timedelta(days=2000),
                    certificate_expires=now + timedelta(days=90),
                    online=False,
                    session="",
                )
            )
    for first in range(0, many, BLOCK):
        numbers = range(first + 1, min(first + BLOCK, many) + 1)
        with services.sessions.begin() as session:
            session.execute(insert(Recording), [_recording(services, each, many) for each in numbers])
            session.execute(insert(ChainRow), [_link(each) for each in numbers])
            said = [each for each in numbers if each % 5 == 0]
            session.execute(insert(Judgement), [_judgement(services, each) for each in said])
            notes = [_note(services, each) for each in said]
            session.execute(insert(Note), notes)
            for note in notes:
                index_words(session, note["recording_id"], note["text"])


def place_of(number: int) -> tuple[str, int]:
    """Return whose a recording is, and that camera's own count: no camera leaves out a number."""
    return f"cam-{number % CAMERAS + 1:02d}", (number - 1) // CAMERAS + 1


def _link(number: int) -> dict[str, object]:
    """Return what ties a recording to its neighbours, so that none is compared while the list is measured."""
    return {
        "recording_id": number,
        "camera_id": place_of(number)[0],
        "number": place_of(number)[1],
        "run": f"{number:032x}",
        "press_ns": "0",
        "open_digest": number.to_bytes(32, "big"),
        "first_seq": "0",
    }


def _judgement(services: FleetServices, number: int) -> dict[str, object]:
    is_threat = number % 25 == 0
    return {
        "recording_id": number,
        "category": "threat" if is_threat else "visit",
        "incident": is_threat,
        "judged_by": "desk",
        "judged_at": services.clock(),
    }


def _note(services: FleetServices, number: int) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "recording_id": number,
        "author": "desk",
        "written": services.clock(),
        "text": "The boiler." if number % 500 == 0 else "Nothing much at the door.",
    }


def _recording(services: FleetServices, number: int, many: int) -> dict[str, object]:
    """Return a recording that is whole, verified and opened; all of them lie within the last 400 days."""
    at = services.clock() - timedelta(days=400) * number / many
    return {
        "id": number,
        "camera_id": place_of(number)[0],
        "number": place_of(number)[1],
        "apart": "",
        "recording": f"{number:032x}",
        "state": RecordingState.HELD,
        "announced": at,
        "changed": at,
        "pressed": at,
        "clock_synchronised": True,
        "duration_s": 200.0,
        "prerecord_s": 30.0,
        "received_bytes": 9,
        "verified": at,
        "verdict": "intact",
        "opening": "opened",
        "opening_at": at,
        "opened": True,
        "told_closed": True,
        "untrusted": False,
        "missing": [],
        "trigger": "button",
        "marks": [],
        "report": {},
    }


def _timed(client: TestClient, query: str) -> float:
    began = time.perf_counter()
    answer = client.get(f"/recordings?{query}", headers={"Accept": "text/html"})
    took = time.perf_counter() - began
    if answer.status_code != 200 or 'id="row-' not in answer.text:
        raise RuntimeError(f"internal error: the list of {query!r} is empty or refused")
    return took


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
