"""Recordings as people see them: announced within the moment, filled in by their ledgers, accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fleet.assignments.models import Assignment
from fleet.cameras.models import CameraRow
from fleet.core.actor import Role
from fleet.core.live import Hint
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.rows import TOPIC
from fleet.people.models import Officer
from fleet.web.recorded import Filter, search
from protocol.footage.ledger.ledger import EventKind as LedgerEvent
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.recordings import UTC_US, Take, record

API = "/api/v1/recordings"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def news(take: Take, kind: NewsKind = NewsKind.RECORDING_OPENED, **more: Any) -> CameraEvent:  # noqa: ANN401
    fields = {"id": "e1", "camera": take.identity.camera, "at_utc_us": UTC_US, "number": take.number, **more}
    return CameraEvent(kind=kind, **fields)


def tell(fleet: Fleet, event: CameraEvent) -> None:
    """Do what the broker's reader does with an event."""
    for handler in fleet.services.cameras.news:
        handler([event], fleet.services.clock())


def get(fleet: Fleet, path: str = "", role: Role = Role.SAFETY_TEAM) -> Any:  # noqa: ANN401 - JSON
    name = f"reader {role} {path}"
    answer = fleet.dashboard.get(f"{API}{path}", headers=bearer(fleet, role, name=name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_press_is_seen_as_soon_as_it_is_announced(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[Hint] = []
    monkeypatch.setattr(
        fleet.services.live, "publish_all", lambda told: hints.extend(Hint(*each) for each in told)
    )
    take = record(fleet.identity())
    name = take.recording.hex()
    tell(fleet, news(take, recording=name, prerecord_s=179.5, asked_s=180.0, trigger="button"))
    assert Hint(TOPIC, name) in hints
    (row,) = get(fleet)
    assert (row["id"], row["camera"], row["number"], row["state"]) == (name, "cam-01", 7, "announced")
    assert (row["prerecord_s"], row["asked_s"], row["trigger"]) == (179.5, 180.0, "button")
    tell(fleet, news(take, NewsKind.RECORDING_CLOSED, duration_s=200.0))
    assert get(fleet, f"/{name}")["duration_s"] == 200.0


def test_the_ledger_s_word_replaces_the_announcement(fleet: Fleet) -> None:
    take = record(fleet.identity())
    tell(fleet, news(take, recording="ab" * 16, prerecord_s=99.0, trigger="rumour"))
    Link(fleet, take).ledger()
    tell(fleet, news(take, recording=take.recording.hex(), prerecord_s=98.0))  # late news changes nothing
    (row,) = get(fleet)
    assert (row["id"], row["prerecord_s"], row["trigger"]) == (take.recording.hex(), 3.0, "button")


def test_news_of_nothing_is_no_recording(fleet: Fleet) -> None:
    take = record(fleet.identity())
    for event in (
        news(take, NewsKind.FAULT),
        news(take, number=None),
        news(take, number=0),
        news(take, number=2**50),
        news(take, NewsKind.BOOKMARK),
    ):
        tell(fleet, event)
    assert get(fleet) == []


def test_an_announced_id_that_is_taken_is_not_believed(fleet: Fleet) -> None:
    first, second = record(fleet.identity("first")), record(fleet.identity("second"))
    tell(fleet, news(first, recording="ab" * 16))
    tell(fleet, news(second, recording="ab" * 16))
    assert {row["id"] for row in get(fleet)} == {"ab" * 16, "cam-02.00000007"}
    assert get(fleet, "/cam-02.00000007")["camera"] == "cam-02"


def hand_out_twice(fleet: Fleet) -> None:
    """Officer 1 has the camera at the press, and Officer 2 ten minutes later."""
    press = datetime.fromtimestamp(UTC_US / 1e6, UTC) + timedelta(seconds=504)
    handed_over = press + timedelta(minutes=10)
    with fleet.services.sessions.begin() as session:
        for number, started, ended in (
            (1, press - timedelta(minutes=10), handed_over),
            (2, handed_over, None),
        ):
            officer = Officer(id=f"officer-{number}", name=f"Officer {number}", created=started)
            session.add(officer)
            session.flush()
            session.add(
                Assignment(
                    id=f"assignment-{number}",
                    camera_id="cam-01",
                    officer_id=officer.id,
                    started=started,
                    ended=ended,
                    started_by="test",
                    ended_by=None,
                )
            )


WEARER = ("officer_name", "assignment", "wearer_basis", "wearer_doubt", "listed_name")


@pytest.mark.parametrize(
    ("signed", "clock_set", "told"),
    [
        ("assignment-1", True, ("Officer 1", "assignment-1", "signed", None, "Officer 1")),
        ("assignment-2", True, ("Officer 2", "assignment-2", "signed", "list has another", "Officer 1")),
        ("assignment-2", False, ("Officer 2", "assignment-2", "signed", None, "Officer 1")),
        ("assignment-9", True, (None, None, "unknown", "signed unknown", "Officer 1")),
        (None, True, ("Officer 1", "assignment-1", "listed", "signed nobody", "Officer 1")),
        (None, False, (None, None, "unknown", "clock not set", "Officer 1")),
    ],
)
def test_a_recording_is_whose_the_camera_signed_and_what_is_not_known_is_not_filled_in(
    fleet: Fleet, signed: str | None, clock_set: bool, told: tuple[str | None, ...]
) -> None:
    # proves F8
    take = record(fleet.identity(), assignment=signed, clock_set=clock_set)
    hand_out_twice(fleet)
    tell(fleet, news(take, recording=take.recording.hex(), assignment=signed))
    (row,) = get(fleet)
    assert row["wearer_basis"] == ("unknown" if signed in {None, "assignment-9"} else "announced")
    link = Link(fleet, take)
    link.everything()
    link.complete()
    link.wait_for_receipt()
    row = get(fleet, f"/{take.recording.hex()}")
    assert tuple(row[name] for name in WEARER) == told
    assert row["signed_assignment"] == signed


def test_a_held_recording_says_what_happened(fleet: Fleet) -> None:
    take = record(fleet.identity(), closed=False)
    take.event(LedgerEvent.LOW_BATTERY, percent=9)
    take.close()
    link = Link(fleet, take)
    link.everything()
    link.complete()
    link.wait_for_receipt()
    row = get(fleet, f"/{take.recording.hex()}")
    assert (row["state"], row["verdict"], row["ended"], row["receipt"]) == ("held", "intact", "closed", True)
    assert (row["duration_s"], row["prerecord_s"], row["asked_s"]) == (5.0, 3.0, 3.0)
    assert row["sentence"].startswith("Intact: 5.0 s in 5 chunks, 3.0 s of it before the press")
    assert row["received_bytes"] == sum(map(len, take.segments.values()))
    report = get(fleet, f"/{take.recording.hex()}/report")
    assert (report["verdict"], len(report["chunks"]), report["authority_checked"]) == ("intact", 6, True)
    with fleet.services.readers() as session:
        events = session.query(Recording).one().timeline
    assert events is not None
    assert (events["press_s"], events["duration_s"], events["gaps"]) == (3.0, 5.0, [])
    assert [each["kind"] for each in events["events"]] == ["bookmark", "low battery"]
    assert events["close"]["detail"] == {"reason": "stopped"}


def test_what_is_not_there_is_answered(fleet: Fleet) -> None:  # proves F6
    headers = bearer(fleet, Role.SAFETY_TEAM)
    for path in ("/nothing", f"/{'00' * 16}", "/cam-99.00000001", "/cam-01.1", f"/{'00' * 16}/report"):
        assert fleet.dashboard.get(f"{API}{path}", headers=headers).status_code == 404
    take = record(fleet.identity())
    Link(fleet, take).ledger()
    answer = fleet.dashboard.get(f"{API}/{take.recording.hex()}/report", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_verified")


def test_recordings_are_listed_by_camera_and_by_page(fleet: Fleet) -> None:
    for at, camera in enumerate(("one", "two")):
        take = record(fleet.identity(camera), seed=at)
        for number in (1, 2, 3):
            tell(fleet, news(take, number=number))
    assert [row["number"] for row in get(fleet, "?camera=cam-02")] == [3, 2, 1]
    assert len(get(fleet, "?limit=4")) == 4
    assert len(get(fleet, "?skip=4")) == 2


def test_every_number_is_accounted_for(fleet: Fleet) -> None:  # proves L3
    take = record(fleet.identity())
    link = Link(fleet, take)
    link.everything()
    link.complete()
    link.wait_for_receipt()
    tell(fleet, news(take, number=9))
    with fleet.services.sessions.begin() as session:
        camera = session.get(CameraRow, "cam-01")
        assert camera is not None
        camera.status = Status(camera="cam-01", session="s", made=11).model_dump(mode="json")
    (account,) = get(fleet, "/accounts")
    assert (account["made"], account["received"], account["arriving"], account["failed"]) == (11, 1, 1, 0)
    assert account["missing"] == [1, 2, 3, 4, 5, 6, 8, 10, 11]
    assert account["missing_count"] == 9


@pytest.mark.parametrize("path", ["", "/accounts", "/x", "/x/report"])
def test_an_officer_does_not_see_recordings(fleet: Fleet, path: str) -> None:  # proves F5
    headers = bearer(fleet, Role.OFFICER)
    assert fleet.dashboard.get(f"{API}{path}", headers=headers).status_code == 403


@pytest.mark.parametrize("clock_set", [True, False])
def test_a_recording_is_found_by_its_press_or_by_when_it_was_heard_of_where_the_clock_was_not_set(
    fleet: Fleet, clock_set: bool
) -> None:
    # proves F8
    take = record(fleet.identity(), clock_set=clock_set)
    Link(fleet, take).ledger()
    pressed = datetime.fromtimestamp(UTC_US / 1e6, UTC) + timedelta(seconds=504)
    with fleet.services.readers() as session:
        (announced,) = session.scalars(select(Recording.announced))
        at = {True: pressed, False: announced}
        for when in at.values():
            near = Filter(start=when - timedelta(minutes=1), end=when + timedelta(minutes=1))
            found, _ = search(session, near, skip=0, limit=9)
            assert len(found) == (when == at[clock_set])
            assert all(abs(each.summary.moment - when) < timedelta(minutes=1) for each in found)
