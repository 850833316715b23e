"""What alerts are raised of, by each condition on rows and on what the service knows (F8)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from fleet.alerts.events import end_event, raise_event
from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.rules.kinds import MORE, AlertKind, Kinds
from fleet.alerts.sources import AlertLook, AlertSource
from fleet.audit.check import CheckResult
from fleet.audit.verification import VerificationState
from fleet.core.actor import Role
from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import LedgerPiece, RecordingState
from fleet.health.reading import AuthorityEnd
from fleet.incidents.models import Judgement
from fleet.jobs.models import Job
from fleet.jobs.rules import JobState
from fleet.retention.deletion.deleting import KIND as DELETING
from fleet.retention.models import ClockLookRow, DeletionNotice, DeletionSwitching
from fleet.review.models import Review
from fleet.review.rules.closing import ReviewState
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.vault.sealed import Sealed
from fleet.web import recorded, sources
from fleet.web.alerting import desk
from fleet.web.alerting.logs import LOG_BROKEN, NO_CHECKPOINT, log_source
from fleet.web.alerting.reviews import GOES, OVERDUE, review_source
from fleet.web.alerting.service import deletion_source, service_source
from fleet.web.alerting.standing import standing
from fleet.web.alerting.vault_keys import vault_keys_source
from fleet.web.facts import CameraFacts, RecordingFacts
from fleet.web.views.desk import kinds
from fleet.web.views.desk.attention import noticed
from fleet.web.views.desk.grouping import Noticed
from tests.support.fleet.read_rows import NOW, add_camera, add_recording

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def look(source: AlertSource, session: Session, lasting: dict[Key, bool] | None = None) -> Looked:
    return source.look(AlertLook(session, NOW, lasting or {}))


def found(source: AlertSource, session: Session) -> list[str]:
    return [each.words for each in look(source, session).findings]


# The desk's


def test_what_has_not_arrived_is_told_of_cameras_in_service_and_of_others(session: Session) -> None:
    # proves L3 F8
    add_camera(session, 1, says={"made": 2})
    add_camera(session, 2, says={"made": 1}, revoked=NOW)
    add_camera(session, 3, says={"made": 0})
    add_recording(session, 1, state=RecordingState.HELD)
    facts = desk.read(session)
    assert [(each.camera, each.numbers, each.is_gone) for each in facts.missing] == [
        ("cam-01", (2,), False),
        ("cam-02", (1,), True),
    ]
    assert [each.subject for each in facts.besides] == ["cam-02/1"]


def test_more_missing_than_are_named_is_missing_too(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves L3
    facts = CameraFacts(camera="cam-01", enrolled=NOW, missing=(), missing_count=3)
    monkeypatch.setattr(sources, "cameras", lambda *_: (facts,))
    monkeypatch.setattr(sources, "with_missing", lambda cameras, _: cameras)
    assert [each.more for each in desk.read(session).missing] == [3]


def test_what_was_not_looked_at_is_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F8
    waits = recorded.one(session, add_recording(session, 1))
    held = recorded.one(session, add_recording(session, 2, state=RecordingState.HELD))
    assert desk.beyond(1, [waits, held]) == ()
    assert len(desk.beyond(2, [waits, held])) == 1
    assert desk.beyond(0, [waits]) == ()


def test_one_alert_says_all_that_was_found_of_its_subject(session: Session) -> None:
    # proves F8
    facts = CameraFacts(
        camera="cam-01",
        enrolled=NOW,
        online=True,
        last_seen=NOW,
        state="ready",
        trouble=("No picture.", "No sound."),
        taken_on=True,
    )
    [one] = desk.findings_of(noticed([facts], [], NOW))
    assert "No picture." in one.words
    assert "No sound." in one.words
    assert desk.findings_of(noticed([replace(facts, trouble=())], [], NOW)) == ()


def test_of_a_camera_is_not_known_what_it_does_not_say() -> None:
    # proves F8
    said = CameraFacts(
        camera="cam-01",
        enrolled=NOW,
        online=True,
        conditions=(),
        battery=9,
        storage_used=9,
        clock_synchronised=True,
    )
    assert desk.unknown_of([said]) == frozenset()
    assert desk.unknown_of([replace(said, battery=None)]) == {(kinds.BATTERY.id, "cam-01")}
    assert (kinds.NOT_TAKEN_ON.id, "cam-01") in desk.unknown_of([replace(said, online=False)])


OF_RECORDING = kinds.OF_RECORDINGS[0].id


def test_a_recording_with_an_alert_is_looked_at_again_and_is_else_not_known(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(recorded, "NEWEST", 1)
    add_camera(session)
    rows = [
        add_recording(session, number, announced=NOW - number * DAY, state=RecordingState.HELD)
        for number in (1, 2, 3)
    ]
    add_recording(session, 4, announced=NOW - 9 * DAY, state=RecordingState.HELD, verified=NOW)
    add_recording(session, 5, announced=NOW - 8 * DAY, state=RecordingState.HELD, recording=None)
    seen: list[list[str]] = []

    def notice(_cameras: object, rows: Sequence[RecordingFacts], _now: object) -> list[Noticed]:
        seen.append(sorted(each.summary.id for each in rows))
        return []

    monkeypatch.setattr(desk, "noticed", notice)
    source = desk.desk_source(nullcontext)
    named, unnamed, fallback = f"{2:032x}", f"{9:032x}", "cam-01.00000005"
    open_ones: dict[Key, bool] = {
        (OF_RECORDING, f"{1:032x}"): False,
        (OF_RECORDING, named): False,
        (OF_RECORDING, unnamed): False,
        (OF_RECORDING, fallback): False,
        (OF_RECORDING, "cam-01.00000003"): False,
        (OF_RECORDING, "neither"): False,
        (kinds.BATTERY.id, f"{3:032x}"): False,
    }
    unknown = look(source, session, open_ones).unknown
    newest, verified = f"{1:032x}", f"{4:032x}"
    assert seen == [sorted([newest, named, verified, fallback])]
    assert not any(key[0] == OF_RECORDING for key in unknown)
    settled = dict.fromkeys(open_ones, True) | {(OF_RECORDING, newest): True}
    unknown = look(source, session, settled).unknown
    assert seen[1] == sorted([newest, verified])
    assert {key for key in unknown if key[0] == OF_RECORDING} == {
        key for key in settled if key[0] == OF_RECORDING and key[1] != newest
    }
    assert (kinds.BATTERY.id, f"{3:032x}") not in unknown
    rows[0].verified = NOW + HOUR
    session.flush()
    look(source, session)
    assert seen[2] == [newest]


def test_what_has_not_arrived_is_found_once(session: Session) -> None:
    # proves L3 F8
    add_camera(session, says={"made": 2, "faults": ["No picture."]})
    add_recording(session, 1, state=RecordingState.HELD)
    subjects = [each.subject for each in look(desk.desk_source(nullcontext), session).findings]
    assert subjects.count("cam-01/2") == 1
    assert "cam-01" in subjects


# The vault's keys

NEWEST, EARLIER = "a" * 64, "b" * 64
MADE = VaultKeyInfo(NEWEST, counts=True, made=NOW - 2 * HOUR)
OLD = VaultKeyInfo(EARLIER, counts=False, made=None)


def keys(*known: VaultKeyInfo) -> AlertSource:
    return vault_keys_source(nullcontext, keys=lambda: known, follow=HOUR)


def test_a_camera_is_behind_that_has_not_said_the_newest_key_in_time(session: Session) -> None:
    # proves F8
    add_camera(session, 1, says={"sealed_to": [NEWEST]})
    add_camera(session, 2, says={"sealed_to": [EARLIER]})
    add_camera(session, 3)
    add_camera(session, 4, status=None)
    add_camera(session, 5, revoked=NOW)
    add_camera(session, 6, enrolled=NOW - HOUR)
    assert found(keys(MADE, OLD), session) == [
        "The vault's newest key was made 10:00, and cam-02 last said that it seals to another.",
        "The vault's newest key was made 10:00, and cam-03 has not said what it seals to.",
        "The vault's newest key was made 10:00, and cam-04 has not said what it seals to.",
    ]
    assert found(keys(MADE), session) == []
    assert found(keys(replace(MADE, made=None), OLD), session) == []
    assert found(keys(replace(MADE, made=NOW), OLD), session) == []


def test_rewrapping_that_hangs_or_fails_is_told(session: Session) -> None:
    # proves F8
    current = replace(MADE, made=NOW)
    assert found(keys(current, OLD), session) == []
    job = Job(kind="rewrapping", subject="", state=JobState.WAITING, turn=0, attempts=1, error="")
    job.made = job.due = job.changed = NOW - 2 * HOUR
    session.add(job)
    session.flush()
    asked = "Rewrapping was last asked for 10:00, and did not get done since."
    assert found(keys(current, OLD), session) == [asked]
    job.error = "The disk is away."
    session.flush()
    assert found(keys(current, OLD), session) == [f"{asked} The last attempt failed: The disk is away."]
    session.delete(job)
    for number, words in (
        (1, f"1 recording stays under an earlier key for now. Of {1:032x}: Gone."),
        (2, f"2 recordings stay under an earlier key for now. Of {1:032x}: Gone."),
    ):
        row = add_recording(session, number, state=RecordingState.HELD)
        session.add(RecordingKey(recording_id=row.id, trouble="Gone."))
        session.add(LedgerPiece(recording_id=row.id, offset=0, length=9, sha256=b"", received=NOW))
        session.flush()
        assert found(keys(current, OLD), session) == [words]


# The audit log


def audit(state: VerificationState, *, last: object | None = None, trouble: str = "") -> AlertSource:
    known = SimpleNamespace(
        verification=SimpleNamespace(state=lambda: state),
        schedule=SimpleNamespace(last=last, trouble=trouble),
    )
    return log_source(cast("Any", known))


def alert(kind: AlertKind, **changed: Any) -> AlertRow:  # noqa: ANN401 - any column
    plain = {
        "id": kind.id,
        "kind": kind.id,
        "subject": "log",
        "name": "log",
        "tone": "bad",
        "words": "It does not hold.",
        "step": "",
        "link": "/",
        "aspect": "",
        "detail": "",
        "state": AlertState.OPEN,
        "first_true": NOW - HOUR,
        "last_true": NOW,
        "lasts": True,
        "returns": 0,
    }
    return AlertRow(**{**plain, **changed})


SINCE = VerificationState(since=NOW - DAY)
HELD = replace(SINCE, result=CheckResult(3, None, 3, 1), at=NOW)
BROKEN = replace(
    HELD, result=CheckResult(3, cast("Any", SimpleNamespace(reason="Entry 3 was changed.")), 0, 0)
)


def test_a_log_that_does_not_hold_is_found_and_no_other(session: Session) -> None:
    # proves F8
    assert found(audit(SINCE), session) == []
    assert found(audit(HELD), session) == []
    assert found(audit(BROKEN), session) == ["Entry 3 was changed."]
    assert found(audit(HELD, trouble="The disk is away."), session) == ["The disk is away."]


def test_whether_the_log_holds_again_is_known_from_what_is_newer_than_the_alert(session: Session) -> None:
    # proves F8
    session.add_all([alert(LOG_BROKEN), alert(NO_CHECKPOINT)])
    session.flush()
    both = {(LOG_BROKEN.id, "log"), (NO_CHECKPOINT.id, "log")}
    made = SimpleNamespace(at=NOW)
    assert look(audit(SINCE), session).unknown == both
    assert look(audit(replace(SINCE, at=NOW)), session).unknown == both
    assert look(audit(HELD), session).unknown == {(NO_CHECKPOINT.id, "log")}
    assert look(audit(replace(HELD, at=NOW - 2 * HOUR)), session).unknown == both
    assert look(audit(SINCE, last=made), session).unknown == {(LOG_BROKEN.id, "log")}
    assert look(audit(replace(BROKEN, at=NOW - 2 * HOUR)), session).unknown == {(NO_CHECKPOINT.id, "log")}
    assert look(audit(SINCE, trouble="Away."), session).unknown == {(LOG_BROKEN.id, "log")}


# The service


@pytest.mark.parametrize(
    ("sealed", "is_told"),
    [
        (None, False),
        (Sealed(VaultOpener(), NOW), True),
        (Sealed(VaultOpener(OpenedBy.PASSPHRASE), NOW), False),
        (Sealed(VaultOpener(OpenedBy.PASSPHRASE), NOW - HOUR), True),
    ],
)
def test_a_vault_is_told_that_is_sealed_longer_than_it_should(
    session: Session, sealed: Sealed | None, is_told: bool, tmp_path: Path
) -> None:
    # proves F8
    source = service_source(
        nullcontext,
        sealed=lambda: sealed,
        sealed_for=HOUR,
        authority=AuthorityEnd(NOW + 900 * DAY, False),
        folder=tmp_path,
        least_percent=1,
        disk=lambda _: (50, 100),
    )
    assert len(found(source, session)) == int(is_told)


def test_deletion_is_told_where_it_is_due_stuck_or_in_doubt(session: Session) -> None:
    # proves F8
    source = deletion_source(nullcontext)
    assert found(source, session) == []
    session.add(ClockLookRow(id=1, seen=NOW - 9 * DAY))
    session.flush()
    assert found(source, session) == []
    session.add(DeletionSwitching(number=1, confirmed=NOW - 99 * DAY, confirmed_by="Jane", is_on=True))
    session.flush()
    [doubt] = look(source, session).findings
    assert doubt.kind is kinds.CLOCK_DOUBTED
    session.get_one(ClockLookRow, 1).seen = NOW
    stuck = Job(kind=DELETING, subject="1", state=JobState.STUCK, turn=0, attempts=9, error="Full.")
    stuck.made = stuck.due = stuck.changed = NOW
    session.add(stuck)
    session.flush()
    assert [each.kind for each in look(source, session).findings] == [kinds.DELETION_STUCK]
    session.delete(stuck)
    row = add_recording(session, state=RecordingState.HELD)
    session.add(Judgement(recording_id=row.id, incident=True, judged_at=NOW, judged_by="Jane"))
    session.add(DeletionNotice(recording_id=row.id, told=NOW, goes=NOW.date()))
    session.flush()
    assert [each.kind for each in look(source, session).findings] == [kinds.DELETION_DUE]


def test_reviews_are_told_that_are_overdue_or_go_soon(session: Session) -> None:
    # proves F8
    source = review_source(nullcontext)
    assert found(source, session) == []
    plain: dict[str, Any] = {
        "camera_id": "cam-01",
        "number": 7,
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
    late = Review(name="r1", due=NOW.date() - DAY, recording_id=None, **plain)
    session.add(late)
    session.flush()
    assert [each.kind for each in look(source, session).findings] == [OVERDUE]
    late.due = NOW.date()
    old = add_recording(session, 8, announced=NOW - 170 * DAY, state=RecordingState.HELD)
    soon = Review(name="r2", due=NOW.date(), recording_id=old.id, **plain)
    session.add(soon)
    session.flush()
    assert [each.kind for each in look(source, session).findings] == [GOES]


# Events, and what Today is told of all

EVENT = AlertKind(
    "fleet.event", "Event", "{number} events.", roles=frozenset({Role.HEAD_OF_SAFETY}), is_event=True
)
STATE = replace(EVENT, id="fleet.state", is_event=False)


def event(subject: str = "s", kind: AlertKind = EVENT) -> AlertFinding:
    return AlertFinding(kind, subject, subject, f"It happened to {subject}.", "", "/")


def raised(session: Session, finding: AlertFinding) -> AlertRow:
    row = raise_event(session, finding, os.urandom)
    session.flush()
    return row


def test_an_event_is_raised_once_and_ended_where_there_is_one(session: Session) -> None:
    # proves F8
    first = raised(session, event())
    assert raised(session, event()) is first
    end_event(session, EVENT, "another")
    assert bool(first.lasts)
    end_event(session, EVENT, "s")
    session.flush()
    assert not first.lasts
    again = raised(session, event())
    assert (again is first, again.before) == (False, first.id)
    with pytest.raises(ValueError, match="is no event"):
        raised(session, event(kind=STATE))


def test_more_events_than_are_kept_are_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F8
    monkeypatch.setattr("fleet.alerts.events.MOST", 1)
    first = raised(session, event("one"))
    assert raised(session, event("one")) is first
    more = raised(session, event("two"))
    assert more.kind == MORE.id
    assert raised(session, event("three")) is more
    more.state, more.resolved, more.resolved_by = AlertState.RESOLVED, NOW, "Jane"
    session.flush()
    anew = raised(session, event("four"))
    assert (anew is more, anew.kind, more.lasts) == (False, MORE.id, None)


def test_today_is_told_what_somebody_s_roles_see(session: Session) -> None:
    # proves F8
    sealed = AlertFinding(kinds.VAULT_SEALED, "vault", "vault", "Sealed.", "", "/")
    findings = [event("now", STATE), sealed]
    services = SimpleNamespace(
        kinds=Kinds([EVENT, STATE, kinds.VAULT_SEALED]),
        look=lambda *_, **__: Looked(frozenset(), tuple(findings)),
    )
    session.add_all([alert(EVENT, words="An event.", state=AlertState.OPEN), alert(STATE, words="A state.")])
    session.flush()

    def told(*roles: Role) -> list[str]:
        return [each.words for each in standing(session, cast("Any", services), frozenset(roles)).others]

    assert told(Role.HEAD_OF_SAFETY) == ["It happened to now.", "An event."]
    assert told(Role.OFFICER) == []
