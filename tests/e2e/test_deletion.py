"""Deletion in a real browser: what would go, switching it on and off, and what is left."""

from __future__ import annotations

import json
import sqlite3
import time
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from fleet.core.database import SQLITE_NAME
from protocol.messages.events import CameraEvent, NewsKind
from tests.e2e.test_incidents import looked_at
from tests.support.fleet.desk import Desk, is_whole

pytestmark = [pytest.mark.browser, pytest.mark.broker]

LONG_AGO = "2025-05-01 10:00:00.000000"
WHY = "6 months without an incident, from 1 May 2025, the day of the press."
FACTS = {
    "segments": 205,
    "bytes": 205_000_000,
    "ledger_sha256": "5e" * 32,
    "deletion_switched_on_by": "Safety desk",
    "let_out_before": {
        "viewings": 2,
        "exports": 1,
        "copies": [{"at": "2025-06-01T09:00:00Z", "by": "user:CCTV desk", "audit_entry": 12}],
    },
}


def change(desk: Desk, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Have something be so in the tables that takes half a year to come about."""
    with sqlite3.connect(desk.fleet.state / SQLITE_NAME, timeout=30) as tables:
        for statement, values in statements:
            tables.execute(statement, values)
    tables.close()


def test_deletion_is_looked_at_switched_and_leaves_what_says_so(desk: Desk) -> None:  # proves F3, F4
    with desk.speaking(desk.camera()) as speaker:
        name = uuid4().hex
        speaker.tell(
            CameraEvent(
                id=name,
                kind=NewsKind.RECORDING_OPENED,
                camera=speaker.camera.id,
                at_utc_us=time.time_ns() // 1000,
                clock_synchronised=True,
                number=1,
                recording=name,
                trigger="button",
            )
        )
        page = desk.open("/recordings")
        expect(page.locator(f"#row-{name}")).to_be_visible()
        old = (
            "UPDATE recordings SET announced = ?, changed = ?, pressed = ?, state = 'held'"
            " WHERE recording = ?"
        )
        change(desk, (old, (LONG_AGO, LONG_AGO, LONG_AGO, name)))
        page.goto(f"/recordings/{name}")
        expect(page.get_by_text("Deletion is off, so it is here still.")).to_be_visible()
        page.get_by_role("link", name="Deletion", exact=True).click()
        expect(page.locator(f"#going-{name}")).to_be_visible()
        expect(page.get_by_text("Without an incident: 1 recording by")).to_be_visible()
        looked_at(page, "deletion-off")
        is_whole(page)
        page.get_by_role("button", name="Switch deletion on").click()
        expect(page.get_by_text("until then no deletion is begun")).to_be_visible()
        looked_at(page, "deletion-on")
        page.get_by_role("button", name="Switch deletion off").click()
        expect(page.get_by_text("Deletion is off: no deletion is begun")).to_be_visible()
        gone = "UPDATE recordings SET state = 'deleted', deleted = ?, deleted_why = ? WHERE recording = ?"
        kept = (
            "INSERT INTO deletions (recording_id, begun, facts, keys_destroyed, bytes_deleted, certified,"
            " certificate) SELECT id, deleted, ?, deleted, deleted, deleted, '{}' FROM recordings"
            " WHERE recording = ?"
        )
        at = "2026-11-20 10:00:00.000000"
        change(desk, (gone, (at, WHY, name)), (kept, (json.dumps(FACTS), name)))
        page.goto(f"/recordings/{name}")
        expect(page.get_by_role("heading", name="Deleted on 20 November 2026")).to_be_visible()
        expect(page.get_by_text(WHY)).to_be_visible()
        expect(page.get_by_role("link", name="Certificate of deletion (JSON)")).to_be_visible()
        looked_at(page, "recording-deleted")
        is_whole(page)
        page.goto("/recordings?state=deleted")
        expect(page.locator(f"#row-{name}")).to_contain_text("deleted 20 November 2026")
    desk.watch.check()
