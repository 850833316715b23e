"""Reviews queued, opened again, signed and counted, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.exc import DatabaseError

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import DatabaseSection
from fleet.core.problems import ProblemError
from fleet.footage.recordings.chain_row import ChainRow
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.incidents.judging import SaidOfRecording, judge
from fleet.incidents.rules.draft import IncidentDraft
from fleet.incidents.service import add_recordings, open_incident
from fleet.people.models import User
from fleet.review.draw_key import BEGUN
from fleet.review.models import Review, ReviewEntry
from fleet.review.queue import ReviewFilter, all_reviews, counts, figures, find_reviews
from fleet.review.rules.closing import SigningRole
from fleet.review.rules.draw import is_drawn, lot
from fleet.review.rules.findings import Findings
from fleet.review.service import ask_for, sign, take_back, write_findings
from fleet.review.sorting import stale
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services
from tests.support.fleet.made_state import lay_out
from tests.support.pages.scene import Scene

LONDON = ZoneInfo("Europe/London")
NOTHING = Findings(("nothing",), "none", "")
CLEAN = {"conditions": [], "timeline": {"gaps": [], "close": {"detail": {"reason": "stopped"}}}}


@dataclass
class Office:
    """A fleet without a network, with a head of safety and a CCTV manager."""

    services: FleetServices
    scene: Scene
    clock: TestClock
    head: Actor
    manager: Actor

    def sort(self) -> None:
        self.services.reviews.sorter.sort_all()

    def held(self, number: int, **row: Any) -> str:  # noqa: ANN401 - fields of a row
        """Have a recording that is held and tied to its neighbours, in which nothing is odd."""
        name = f"{number:032x}"
        self.scene.held(number=number, recording=name, **{**CLEAN, **row})
        with self.services.sessions.begin() as session:
            made = session.scalars(select(Recording).where(Recording.recording == name)).one()
            session.add(
                ChainRow(
                    recording_id=made.id,
                    camera_id="cam-01",
                    number=number,
                    run="0" * 32,
                    press_ns="0",
                    open_digest=number.to_bytes(32, "big"),
                    first_seq="0",
                )
            )
        return name

    def review(self, name: str) -> Review:
        with self.services.readers() as session:
            return session.scalars(select(Review).where(Review.name == name)).one()

    def found(self, name: str, findings: Findings = NOTHING) -> None:
        with self.services.sessions.begin() as session:
            seen = session.scalars(select(Review.version).where(Review.name == name)).one()
            write_findings(session, findings, recording=name, seen=seen, by=self.head)

    def sign(self, name: str, *roles: SigningRole) -> None:
        for role in roles or tuple(SigningRole):
            by = self.head if role is SigningRole.HEAD_OF_SAFETY else self.manager
            with self.services.sessions.begin() as session:
                seen = session.scalars(select(Review.version).where(Review.name == name)).one()
                sign(session, recording=name, role=role, seen=seen, by=by, zone=LONDON)

    def mark(self, name: str) -> None:
        with self.services.sessions.begin() as session:
            judge(session, recording=name, said=SaidOfRecording(None, incident=True), by=self.head)

    def acts(self, name: str) -> list[str]:
        with self.services.readers() as session:
            query = select(ReviewEntry.act).where(ReviewEntry.subject == f"recording:{self.review(name).id}")
            return list(session.scalars(query.order_by(ReviewEntry.id)))


@pytest.fixture
def office(url: str, tmp_path: Path) -> Iterator[Office]:
    clock = TestClock()
    lay_out(tmp_path / "state", clock())
    config = BY_PASSWORD.model_copy(update={"database": DatabaseSection(url=url)})
    with fleet_services(tmp_path, config, clock=clock) as services:
        scene = Scene(services, clock, None)  # type: ignore[arg-type]  # no page is asked for
        scene.camera()
        people = []
        for name, role in (("Head 1", Role.HEAD_OF_SAFETY), ("Manager 1", Role.CCTV_MANAGER)):
            person = Actor(ActorKind.USER, name.lower().replace(" ", "-"), name, frozenset({role}))
            people.append(person)
            with services.sessions.begin() as session:
                user = User(id=person.id, name=name, password="", roles=person.roles, created=clock())
                session.add(user)
        yield Office(services, scene, clock, *people)


def kinds(review: Review) -> set[str]:
    return set(review.kinds.split())


def test_what_the_tables_say_queues_a_review_with_its_reason(office: Office) -> None:
    seconds = {"duration_s": 60.0, "prerecord_s": 30.0}
    cases: dict[str, tuple[set[str], dict[str, Any]]] = {
        "override": ({"override"}, {"marks": ["safety override"]}),
        "black": ({"sensors"}, {"conditions": [["video", "black", 9.0]]}),
        "no microphone": ({"sensors"}, {"missing": [[3.0, "no microphone"]]}),
        "stalled": ({"sensors"}, {"timeline": {"gaps": [{"cause": "sensor stalled"}], "close": None}}),
        "refused": ({"refused"}, {"state": RecordingState.FAILED, "verdict": "altered"}),
        "ended": ({"ended"}, {"state": RecordingState.STOPPED, **seconds}),
        "coming": ({"override"}, {"state": RecordingState.UPLOADING, "marks": ["safety override"]}),
        "announced": (set(), {"state": RecordingState.ANNOUNCED}),
    }
    names = {}
    for number, (what, (_, row)) in enumerate(cases.items(), start=1):
        names[what] = office.held(number, **row)
    office.sort()
    drawn = {"drawn"}
    found = {what: kinds(office.review(name)) - drawn for what, name in names.items()}
    assert found == {what: expected for what, (expected, _) in cases.items()}
    assert office.review(names["announced"]).lot is None, "what is on its way is not drawn yet"
    assert office.review(names["override"]).due == date(2026, 12, 6)
    with office.services.readers() as session:
        assert list(stale(session)) == []


def test_a_share_is_drawn_as_the_audit_log_said_before(office: Office) -> None:
    names = [office.held(number) for number in range(1, 61)]
    office.sort()
    reviews = [office.review(name) for name in names]
    key = (office.services.state / "review.key").read_bytes()
    with office.services.readers() as session:
        begun = session.scalars(select(AuditEntry).where(AuditEntry.action == BEGUN)).one()
    share = float(begun.detail["share"])
    for number, review in enumerate(reviews, start=1):
        assert review.lot == lot(key, number.to_bytes(32, "big"))
        assert review.key_name == begun.subject
        assert (review.state == "open") == is_drawn(review.lot, share)
        assert kinds(review) <= {"drawn"}
    assert 0 < sum(review.state == "open" for review in reviews) < 30


def test_private_time_near_an_incident_is_found_when_the_incident_is_opened_later(office: Office) -> None:
    at = office.clock() - timedelta(hours=1)
    closed = {"gaps": [], "close": {"detail": {"reason": "private"}}}
    private = office.held(1, pressed=at, timeline=closed)
    plain = office.held(2, pressed=at)
    office.sort()
    assert "private" not in kinds(office.review(private))
    draft = IncidentDraft("Elm Road", "threat", at + timedelta(minutes=5), "Shouted at.", ())
    with office.services.sessions.begin() as session:
        incident = open_incident(
            session, office.services.random, draft, zone=LONDON, recordings=(), by=office.head
        ).id
    office.sort()
    assert "private" in kinds(office.review(private))
    assert "private" not in kinds(office.review(plain))
    with office.services.sessions.begin() as session:
        add_recordings(session, incident=incident, recordings=[plain], by=office.head)
    office.sort()
    assert "incident" in kinds(office.review(plain))


def test_both_sign_and_something_new_opens_it_again(office: Office) -> None:
    name = office.held(1, marks=["safety override"])
    office.sort()
    office.found(name)
    office.sign(name)
    review = office.review(name)
    assert (review.state, review.closed_on) == ("closed", date(2026, 11, 22))
    assert (review.head_name, review.manager_name) == ("Head 1", "Manager 1")
    office.clock.move(days=3)
    office.mark(name)
    office.sort()
    review = office.review(name)
    assert (review.state, review.due, review.findings) == ("open", date(2026, 12, 9), None)
    assert review.head_id is None
    assert kinds(review) == {"override", "incident"}
    assert office.acts(name) == ["queued", "found", "signed", "signed", "closed", "opened again"]
    with office.services.readers() as session:
        assert verify_log(session) is None


def test_what_is_new_takes_away_the_one_name_and_a_mark_taken_away_does_not_close(office: Office) -> None:
    name = office.held(1, marks=["safety override"])
    office.sort()
    office.found(name)
    office.sign(name, SigningRole.CCTV_MANAGER)
    office.mark(name)
    office.sort()
    assert office.review(name).manager_id is None
    assert office.review(name).state == "found"
    with office.services.sessions.begin() as session:
        judge(session, recording=name, said=SaidOfRecording(None, incident=False), by=office.head)
    office.sort()
    assert kinds(office.review(name)) == {"override", "incident"}, "a reason once given stays"


def test_one_takes_back_their_own_name_until_both_have_signed(office: Office) -> None:
    name = office.held(1, marks=["safety override"])
    office.sort()
    office.found(name)
    office.sign(name, SigningRole.HEAD_OF_SAFETY)
    with (
        pytest.raises(ProblemError, match="nothing that you have signed"),
        office.services.sessions.begin() as session,
    ):
        take_back(session, recording=name, by=office.manager)
    with office.services.sessions.begin() as session:
        take_back(session, recording=name, by=office.head)
    assert office.review(name).head_id is None
    office.sign(name)
    with pytest.raises(ProblemError, match="it is closed"), office.services.sessions.begin() as session:
        take_back(session, recording=name, by=office.head)
    with office.services.sessions.begin() as session:
        ask_for(session, recording=name, why="A neighbour wrote", by=office.head, days=14, zone=LONDON)
    review = office.review(name)
    assert (review.state, review.version) == ("open", 2)
    assert review.reasons[-1][2] == "Head 1 asked for it: A neighbour wrote"


def test_what_is_on_its_way_is_not_closed(office: Office) -> None:
    name = office.held(1, marks=["safety override"], state=RecordingState.UPLOADING)
    office.sort()
    office.found(name)
    with pytest.raises(ProblemError, match="More of its recording may come"):
        office.sign(name)


def test_what_was_done_is_never_changed_nor_removed(office: Office) -> None:
    office.held(1, marks=["safety override"])
    office.sort()
    for change in (update(ReviewEntry).values(words="Nothing"), delete(ReviewEntry)):
        with pytest.raises(DatabaseError, match="only grows"), office.services.sessions.begin() as session:
            session.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT OR REPLACE INTO review_entries SELECT {} FROM review_entries",
        "REPLACE INTO review_entries SELECT {} FROM review_entries",
        (
            "INSERT INTO review_entries SELECT {} FROM review_entries WHERE true"
            " ON CONFLICT (id) DO UPDATE SET act = 'x'"
        ),
    ],
)
def test_nor_is_it_replaced(office: Office, change: str) -> None:
    office.held(1, marks=["safety override"])
    office.sort()
    columns = ", ".join(
        "'Nothing'" if each.name == "words" else each.name for each in ReviewEntry.__table__.columns
    )
    if office.services.database.engine.dialect.name != "sqlite" and "REPLACE" in change:
        return  # PostgreSQL has no such statement
    with pytest.raises(DatabaseError, match="only grows"), office.services.sessions.begin() as session:
        session.execute(text(change.format(columns)))


def test_a_recording_whose_row_is_gone_leaves_its_review(office: Office) -> None:
    name = office.held(1, marks=["safety override"])
    office.sort()
    office.scene.clear()
    review = office.review(name)
    assert (review.recording_id, review.state) == (None, "open")


def test_what_is_deleted_before_it_was_reviewed_stays_as_that(office: Office) -> None:
    waits, closed = (office.held(number, marks=["safety override"]) for number in (1, 2))
    office.sort()
    office.found(closed)
    office.sign(closed)
    with office.services.sessions.begin() as session:
        session.execute(update(Recording).values(state=RecordingState.DELETED, marks=[]))
    office.sort()
    assert (office.review(waits).state, office.review(closed).state) == ("gone", "closed")
    assert office.acts(waits) == ["queued", "gone"]
    with office.services.readers() as session:
        told = figures(session, date(2026, 12, 1), date(2027, 1, 1), today=date(2027, 6, 1))[""]
        assert (told.due, told.in_time, told.gone, told.overdue) == (2, 1, 1, 0)
        wanted = ReviewFilter("gone")
        gone, _ = find_reviews(session, wanted, today=date(2027, 6, 1), zone=LONDON, skip=0, limit=9)
        assert [each.name for each in gone] == [waits]
    for name in (waits, closed):
        with pytest.raises(ProblemError, match="has begun"), office.services.sessions.begin() as session:
            ask_for(session, recording=name, why="Too late", by=office.head, days=14, zone=LONDON)
    with pytest.raises(ProblemError, match="Deletion of its recording had begun before both had signed"):
        office.found(waits)


def test_a_month_is_counted_by_reason_and_the_register_is_whole(office: Office) -> None:
    names = [office.held(number, marks=["safety override"]) for number in range(1, 8)]
    office.mark(names[0])
    office.sort()
    for name in names[:3]:
        office.found(name)
    office.sign(names[0])
    office.clock.move(days=20)
    office.sign(names[1])
    later = office.held(20, marks=["safety override"])
    office.sort()
    today = office.clock().date()
    with office.services.readers() as session:
        told = figures(session, date(2026, 12, 1), date(2027, 1, 1), today=today)
        whole = told[""]
        assert (whole.due, whole.in_time, whole.late, whole.overdue, whole.waiting) == (8, 1, 1, 5, 1)
        assert (told["incident"].due, told["incident"].in_time) == (1, 1)
        assert told["override"].due == 8
        counted = counts(session, today=today, zone=LONDON)
        assert (counted.waiting, counted.overdue, counted.goes) == (6, 5, 0)
        register = [
            each.name
            for block in all_reviews(session, ReviewFilter(), today=today, zone=LONDON, block=3)
            for each in block
        ]
        assert sorted(register) == sorted([*names, later])

        def listed(state: str, kind: str = "") -> list[str]:
            wanted = ReviewFilter(state, kind)
            found, total = find_reviews(session, wanted, today=today, zone=LONDON, skip=0, limit=50)
            assert len(found) == total
            return [each.name for each in found]

        assert listed("overdue") == names[2:]
        assert listed("waiting") == [*names[2:], later]
        assert listed("closed", "incident") == names[:1]
        assert listed("signed") == []
    office.clock.move(days=160)
    today = office.clock().date()
    with office.services.readers() as session:
        assert counts(session, today=today, zone=LONDON).goes == 5, "the one of December stays longer"
        soon, _ = find_reviews(session, ReviewFilter("goes"), today=today, zone=LONDON, skip=0, limit=9)
        assert [each.name for each in soon] == names[2:]
        assert soon[0].state == "found", "both states that wait are among them"
        for skip, limit, page in ((0, 2, names[2:4]), (2, 2, names[4:6]), (4, 2, names[6:]), (9, 2, [])):
            some, total = find_reviews(
                session, ReviewFilter("goes"), today=today, zone=LONDON, skip=skip, limit=limit
            )
            assert ([each.name for each in some], total) == (page, 5)


def test_a_page_of_what_goes_soon_is_found_in_the_order_of_an_index(office: Office) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    for number in range(1, 4):
        office.held(number, marks=["safety override"])
    office.sort()
    office.clock.move(days=200)
    today, engine = office.clock().date(), office.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with office.services.readers() as session:
            found = find_reviews(session, ReviewFilter("goes"), today=today, zone=LONDON, skip=0, limit=2)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert (len(found[0]), found[1]) == (2, 3)
    [(statement, parameters)] = [each for each in asked if each[0].startswith("SELECT anon_")]
    if engine.dialect.name != "sqlite":
        return  # the other planner reads so few rows as it likes
    with engine.connect() as connection:
        plan = [str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert sum("USING INDEX ix_reviews_state (state=?)" in each for each in plan) == 2, plan
    assert sum("TEMP B-TREE" in each for each in plan) == 1, "the two pages are sorted together, and no more"
