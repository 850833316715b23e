"""What is read of reviews, viewings, incidents and one's own, by each condition on their rows (F8)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from fleet.alerts.sources import AlertLook
from fleet.assignments.models import Assignment
from fleet.audit.log import record
from fleet.core.actor import FLEET, Actor, ActorKind, Role
from fleet.core.live import Hint
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.health import services as health
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import VIEWED as IMPORT_VIEWED
from fleet.incidents.models import Incident, IncidentRecording
from fleet.people.models import Officer, User
from fleet.recovery.models import RecoveryKeyRow
from fleet.review.history import Act, of_recording, write
from fleet.review.looks import ask_about, explain, get_look, sort_looks
from fleet.review.models import Review, ViewingReview
from fleet.review.rules.closing import ReviewState
from fleet.review.rules.oddness import DAYS, OddityLimits
from fleet.visits.models import TenancyVisit, VisitRecording
from fleet.web import judged, own, reviewed
from fleet.web.alerting.recovery import recovery_source
from tests.support.fleet.read_rows import NOW, add_camera, add_recording

JANE = Actor(ActorKind.USER, "u1", "Jane", frozenset({Role.HEAD_OF_SAFETY}))
HEAD = Actor(ActorKind.USER, "u2", "Head 1", frozenset({Role.HEAD_OF_SAFETY}))
PROGRAM = Actor(ActorKind.TOKEN, "t1", "Import", frozenset({Role.HEAD_OF_SAFETY}))
DAY = timedelta(days=1)


def review(session: Session, row: Recording, **changed: Any) -> Review:  # noqa: ANN401 - any column
    plain = {
        "name": row.public_id,
        "camera_id": row.camera_id,
        "number": row.number,
        "state": ReviewState.OPEN,
        "reasons": [],
        "kinds": "",
        "queued": NOW,
        "version": 1,
        "seen_state": "held",
        "seen_opened": True,
        "seen_changed": NOW,
        "seen_marked": False,
        "seen_links": 0,
        "seen_near": 0,
    }
    found = Review(recording_id=row.id, **{**plain, **changed})
    session.add(found)
    session.flush()
    return found


def officer(session: Session, user: Actor = JANE, key: str = "o1") -> None:
    """Have an officer, whose account ``user`` is."""
    session.add(Officer(id=key, name="Officer 1", created=NOW))
    session.add(User(id=user.id, name=user.name, password="", roles=frozenset(), created=NOW, officer_id=key))
    session.flush()


def worn(session: Session, key: str = "o1") -> None:
    session.add(
        Assignment(id="a1", camera_id="cam-01", officer_id=key, started=NOW, started_by="user:Desk 1")
    )
    session.flush()


def test_of_a_recording_that_is_of_no_visit_nothing_is_said_of_one(session: Session) -> None:
    # proves F8
    add_camera(session)
    row = add_recording(session)
    assert judged._visits(session, row) == ((), "")
    session.add(VisitRecording(recording_id=row.id, visit_id=None, linked=NOW, linked_by="Jane", reason=""))
    session.flush()
    said = judged._visits(session, row)
    assert said == ((), "Somebody said that it is of no visit.")


# One's own


@pytest.mark.parametrize(("goes", "is_own"), [("o1", True), ("o2", False)])
def test_a_visit_is_of_the_officer_who_goes_there(session: Session, goes: str, is_own: bool) -> None:
    # proves F5
    officer(session)
    session.add(Officer(id="o2", name="Officer 2", created=NOW))
    session.flush()
    rest = {"tenancy": "T1", "place": "Flat 1", "purpose": "Repairs", "minutes": 60, "language": "en"}
    made = {"planned": NOW, "created": NOW, "created_by": "Jane", "changed": NOW}
    session.add(TenancyVisit(id="v1", officer_id=goes, **rest, **made))
    session.flush()
    assert own.is_own(session, JANE.id, Hint("visit", "v1")) is is_own
    assert not own.is_own(session, JANE.id, Hint("visit", "v2"))


def test_an_officer_sees_the_camera_that_they_have_without_what_it_holds(session: Session) -> None:
    # proves F9
    add_camera(session, says={"recording": 7, "upload": {"recordings": 2}})
    officer(session)
    assert own.own_camera(session, "o1") is None
    worn(session)
    facts = own.own_camera(session, "o1")
    assert facts is not None
    assert (facts.camera, facts.recording, facts.waiting) == ("cam-01", None, None)


def test_what_changed_is_shown_to_whom_it_is_of(session: Session) -> None:
    # proves F9
    add_camera(session)
    officer(session)
    row = add_recording(session, officer_id="o1")
    review(session, row)
    assert not own.is_own(session, "u1", Hint("camera", "cam-01"))
    worn(session)
    for hint in (
        Hint("camera", "cam-01"),
        Hint("presence", "cam-01"),
        Hint("assignment", "a1"),
        Hint("recording", row.public_id),
        Hint("recording", ""),
        Hint("review", row.public_id),
        Hint("officer", "o1"),
    ):
        assert own.is_own(session, "u1", hint)
        assert not own.is_own(session, "u9", hint)
    for hint in (Hint("camera", "cam-02"), Hint("assignment", "a2"), Hint("officer", "o2")):
        assert not own.is_own(session, "u1", hint)


def test_whoever_is_no_officer_has_nothing_of_their_own(session: Session) -> None:
    # proves F9
    session.add(User(id="u3", name="Desk", password="", roles=frozenset(), created=NOW, officer_id=None))
    session.flush()
    assert not own.is_own(session, "u3", Hint("recording", ""))
    assert not own.is_own(session, "u3", Hint("assignment", "none"))


@pytest.mark.parametrize(
    ("state", "is_told", "is_closed"),
    [
        (None, False, False),
        (ReviewState.CLEAR, False, False),
        (ReviewState.OPEN, True, False),
        (ReviewState.FOUND, True, False),
        (ReviewState.CLOSED, True, True),
        (ReviewState.GONE, False, False),
    ],
)
def test_an_officer_is_told_of_a_review_that_waits_or_is_closed(
    session: Session, state: ReviewState | None, is_told: bool, is_closed: bool
) -> None:
    # proves F8
    row = add_recording(session, officer_id="o1")
    if state is not None:
        review(session, row, state=state, closed=NOW)
    found = own.one_of_own(session, row.public_id, "o1")[1]
    assert (found is not None) is is_told
    assert found is None or (found.closed is not None) is is_closed


# Reviews


@pytest.mark.parametrize(
    ("state", "waits", "closed", "can_ask"),
    [
        (ReviewState.OPEN, True, False, False),
        (ReviewState.FOUND, True, False, False),
        (ReviewState.CLOSED, False, True, True),
        (ReviewState.CLEAR, False, False, True),
    ],
)
def test_a_review_s_page_says_how_far_it_has_come(
    session: Session, state: ReviewState, waits: bool, closed: bool, can_ask: bool
) -> None:
    # proves F8
    row = add_recording(session, state=RecordingState.HELD)
    review(session, row, state=state)
    page = reviewed.review_page(session, row.public_id, HEAD)
    assert (page.is_waiting, page.is_closed, page.can_ask) == (waits, closed, can_ask)
    assert (page.more_done, page.more_looks, page.looks) == (False, False, ())
    row.state = RecordingState.DELETED
    session.flush()
    assert not reviewed.review_page(session, row.public_id, HEAD).can_ask


def test_a_review_s_page_says_that_there_is_more_only_where_there_is(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(reviewed, "MOST_SHOWN", 1)
    monkeypatch.setattr("fleet.web.recorded.NEWEST", 1)
    row = add_recording(session)
    found = review(session, row)
    for number in (1, 2):
        write(session, of_recording(found.id), Act.QUEUED, "", by=None)
        record(session, JANE, VIEWED, row.public_id, "A complaint")
        session.flush()
        page = reviewed.review_page(session, row.public_id, HEAD)
        assert (len(page.done), page.more_done) == (1, number > 1)
        assert (len(page.looks), page.more_looks) == (1, number > 1)


def test_a_review_is_listed_with_its_recording_while_that_is_there(session: Session) -> None:
    # proves F8
    row = add_recording(session)
    kept, gone = review(session, row), review(session, add_recording(session, 8), name="gone")
    gone.recording_id = gone.recording = None
    first, second = reviewed.review_rows(session, [kept, gone])
    assert first.recording is not None
    assert second.recording is None


# Who watched what

LIMITS = OddityLimits(time(0), time(0), frozenset(DAYS), 99, 10, 99, 10)


def sorted_look(session: Session, actor: Actor = JANE, action: str = VIEWED) -> ViewingReview:
    row = add_recording(session, officer_id="o1")
    record(session, actor, action, row.public_id, "A complaint")
    sort_looks(session, LIMITS, ZoneInfo("Europe/London"))
    return session.query(ViewingReview).one()


def test_a_viewing_and_a_copy_are_told_apart(session: Session) -> None:
    # proves F8
    assert not sorted_look(session).is_copy


@pytest.mark.parametrize(
    ("action", "untrusted", "actor", "odd"),
    [
        (VIEWED, False, JANE, ["own", "no-cause"]),
        (EXPORTED, False, JANE, ["own", "no-cause", "copy"]),
        (VIEWED, True, JANE, ["no-cause"]),
        (VIEWED, False, HEAD, ["no-cause"]),
        (VIEWED, False, PROGRAM, ["program", "no-cause"]),
        (VIEWED, False, FLEET, ["program", "no-cause"]),
    ],
)
def test_what_is_odd_about_a_viewing_is_what_is_so(
    session: Session, action: str, untrusted: bool, actor: Actor, odd: list[str]
) -> None:
    # proves F8
    officer(session)
    session.add(User(id="u5", name="fleet", password="", roles=frozenset(), created=NOW, officer_id="o1"))
    row = add_recording(session, officer_id="o1", untrusted=untrusted)
    record(session, actor, action, row.public_id, "A complaint")
    record(session, actor, action, "00" * 16, "It is gone")
    sort_looks(session, LIMITS, ZoneInfo("Europe/London"))
    first, second = session.query(ViewingReview).order_by(ViewingReview.number)
    assert [str(kind) for kind, _ in first.odd] == odd
    assert first.is_copy is (action == EXPORTED)
    assert "own" not in [str(kind) for kind, _ in second.odd]


def test_a_look_at_an_import_is_told_as_that_and_has_its_cause(session: Session) -> None:
    # proves F8
    officer(session)
    row = add_recording(session, officer_id="o1")
    record(session, HEAD, VIEWED, row.public_id, "A complaint")
    record(session, HEAD, IMPORT_VIEWED, "i1", "A claim")
    sort_looks(session, LIMITS, ZoneInfo("Europe/London"))
    looks = session.query(ViewingReview).order_by(ViewingReview.number).all()
    assert ["no-cause" in [str(kind) for kind, _ in each.odd] for each in looks] == [True, False]
    said = {"state": "held", "kind": "cctv", "source": "A shop", "basis": "contract", "purpose": "A claim"}
    empty = dict.fromkeys(
        ("taken_says", "place", "notice", "received_by", "attempt", "ended_by", "ended_why", "begun_why"), ""
    )
    numbers = {"year": 2026, "number": 1, "size": 0, "copy_size": 0, "at_home": False}
    made = {"described": NOW, "described_by": "Jane", "facts": {}, "said": {}}
    session.add(ImportRow(id="i1", reference="IMP-2026-0001", **said, **empty, **numbers, **made))
    session.flush()
    ours, theirs = reviewed.look_rows(session, looks)
    assert (ours.recording, ours.recording_link) == ("cam-01 · 7", f"/recordings/{row.public_id}")
    assert (theirs.recording, theirs.recording_link) == ("Import IMP-2026-0001", "/imports/i1")
    assert theirs.what == "Opened to look at" != ours.what
    (alone,) = reviewed.look_rows(session, looks[:1])
    assert alone == ours


def test_a_viewing_is_asked_about_and_explained_by_somebody_else(session: Session) -> None:
    # proves F9
    look = sorted_look(session)

    def ask(by: Actor, text: str) -> None:
        ask_about(session, number=look.number, question=text, by=by)

    def answer(by: Actor, text: str) -> None:
        explain(session, number=look.number, explanation=text, by=by)

    for step in (ask, answer):
        with pytest.raises(ProblemError, match="That was you") as refused:
            step(JANE, "Why?")
        assert (refused.value.status, refused.value.code) == (403, "own_viewing")
        for unusable in ("\x07", " "):
            with pytest.raises(ProblemError, match="in 1 to"):
                step(HEAD, unusable)
    asked = ask_about(session, number=look.number, question="Why?", by=HEAD)
    assert asked.asked_by == "Head 1"
    with pytest.raises(ProblemError, match="It was asked about already") as twice:
        ask_about(session, number=look.number, question="Why?", by=HEAD)
    assert (twice.value.status, twice.value.code) == (409, "not_asked")
    nameless = Actor(ActorKind.TOKEN, "t2", "", frozenset())
    assert (
        explain(session, number=look.number, explanation="A test.", by=nameless).explained_by
        == nameless.label
    )
    assert ask_about(session, number=look.number, question="Again?", by=nameless).asked_by == nameless.label
    assert explain(session, number=look.number, explanation="Yes.", by=HEAD).explained_by == "Head 1"
    assert get_look(session, look.number) is look


# Incidents


def test_how_many_cameras_recorded_together_is_said_where_one_was_found(session: Session) -> None:
    # proves F8
    add_camera(session, 1)
    dated: dict[str, Any] = {"state": RecordingState.HELD, "pressed": NOW, "clock_synchronised": True}
    incident = Incident(
        id="i1",
        reference="INC-2026-0001",
        year=2026,
        number=1,
        place="Lobby",
        place_key="lobby",
        category="threat",
        happened=NOW,
        what="A threat.",
        people=[],
        opened=NOW,
        opened_by="Jane",
        changed=NOW,
    )
    session.add(incident)
    rows = [add_recording(session, each, camera_id=f"cam-{each:02d}", **dated) for each in (1, 2, 3)]
    for row in rows:
        session.add(IncidentRecording(incident_id="i1", recording_id=row.id, added=NOW, added_by="Jane"))
    session.flush()
    assert judged.incident_page(session, incident).near_text == ""
    for row in rows:
        row.pressed = NOW - 9 * DAY
    rows[0].pressed = NOW
    session.flush()
    assert judged.judged_recording(session, rows[0]).near_text == ""
    add_recording(session, 4, camera_id="cam-04", **dated)
    add_recording(session, 5, camera_id="cam-05", **dated)
    said = judged.incident_page(session, incident).near_text
    assert said.endswith(" cameras recorded within 10 minutes")
    assert judged.judged_recording(session, rows[0]).near_text == "3 cameras recorded within 10 minutes"


# The recovery key, and the broker


def test_a_recovery_key_that_was_not_tried_is_told_once_and_anew_once_it_was(session: Session) -> None:
    # proves F8
    source = recovery_source(nullcontext)

    def aspects() -> list[str]:
        return [each.aspect for each in source.look(AlertLook(session, NOW, {})).findings]

    assert aspects() == []
    key = RecoveryKeyRow(id="k1", public_key=b"k", given=NOW - 4000 * DAY, given_by="Jane")
    session.add(key)
    session.flush()
    assert aspects() == ["k1"]
    key.tried = NOW - 3000 * DAY
    session.flush()
    assert aspects() == [f"k1 {key.tried.isoformat()}"]
    key.tried = NOW
    session.flush()
    assert aspects() == []


@pytest.mark.parametrize(
    ("connected", "lost", "elsewhere", "said"),
    [
        (NOW, NOW - DAY, False, f"The service is connected to it, since {NOW:%d}."),
        (None, NOW - DAY, False, f"The connection ended at {NOW - DAY:%d}: It left."),
        (NOW, None, True, "Another process of this fleet has it"),
    ],
)
def test_a_broker_is_said_to_be_where_it_is(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    connected: datetime | None,
    lost: datetime | None,
    elsewhere: bool,
    said: str,
) -> None:
    # proves F8
    for name in ("recovery_reading", "backup_reading", "delivery_reading", "authority_reading"):
        monkeypatch.setattr(health, name, lambda *_, **__: None)
    for name in ("read_certificates", "read_database", "read_vault", "read_disk", "connections_reading"):
        monkeypatch.setattr(health, name, lambda *_, **__: None)
    anything: Any = SimpleNamespace
    found = health.HealthServices(
        core=anything(
            readers=lambda: nullcontext(session),
            clock=lambda: NOW,
            config=anything(footage=anything(direct=False)),
            database=anything(engine=None),
            state=Path(),
        ),
        broker=anything(state=anything(connected=connected, lost=lost, elsewhere=elsewhere, why="It left.")),
        store=anything(read=lambda: None),
        direct=anything(),
        vault=anything(known=tuple),
        ends=cast("Any", tuple),
        authority=anything(has_issuing=True, has_root_key=True, issuing=anything(not_valid_after_utc=NOW)),
        admissions=anything(ended=dict, streams=anything(ended=0)),
        anonymous=anything(refused=0),
    )
    assert found.readings(lambda at: f"{at:%d}")[0].said.startswith(said)


@pytest.mark.parametrize(
    ("store", "where"), [("", "The folder state/footage"), ("s3://lapel/footage", "s3://lapel/footage")]
)
def test_the_store_is_named_as_it_is_configured(
    monkeypatch: pytest.MonkeyPatch, store: str, where: str
) -> None:
    # proves F8
    named: list[str] = []
    monkeypatch.setattr(health, "StoreProbe", lambda _, name: named.append(name))
    anything: Any = SimpleNamespace
    core = anything(config=anything(footage=anything(store=store)), state=Path("state"))
    health.HealthServices.of(
        core,
        anything(),
        anything(),
        broker=anything(),
        footage=anything(store=None, direct=None),
        anonymous=anything(),
    )
    assert named == [where]
