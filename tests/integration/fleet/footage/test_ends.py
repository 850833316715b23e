"""Where a recording ends by a person's word that no more will come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import undefer

from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.footage.receiving.stopping import ACTION
from fleet.footage.recordings.models import A_PART, NOTHING, Recording
from fleet.footage.verifying import verifier
from fleet.footage.verifying.stopped import StoppedVerification
from fleet.web.alerting.desk import of_time
from protocol.messages.events import CameraEvent, NewsKind
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.recordings import SECOND_NS, UTC_US, Take, make_identity, record

WHY = "The camera was destroyed in a fire"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


@pytest.fixture(autouse=True)
def _tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "RETRY_S", 0.05)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def row(fleet: Fleet) -> Recording:
    with fleet.services.readers() as session:
        query = session.query(Recording).options(undefer(Recording.report), undefer(Recording.timeline))
        return query.one()


def tell(fleet: Fleet, take: Take, **more: Any) -> None:  # noqa: ANN401 - fields of an event
    """Do what the broker's reader does with the news that a recording closed."""
    event = CameraEvent(
        id="e1",
        kind=NewsKind.RECORDING_CLOSED,
        camera=take.identity.camera,
        at_utc_us=UTC_US,
        number=take.number,
        recording=take.recording.hex(),
        **more,
    )
    for handler in fleet.services.cameras.news:
        handler([event], fleet.services.clock())


def wait_until(is_so: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.02)


def test_news_of_the_end_that_comes_after_the_receipt_is_said(fleet: Fleet) -> None:  # proves F8
    take = record(fleet.identity(), closed=False)
    link = Link(fleet, take)
    link.everything()
    link.complete("cut off")
    link.wait_for_receipt()
    tell(fleet, take, ended="closed", duration_s=205.0)
    answer = fleet.dashboard.get(
        f"/api/v1/recordings/{take.recording.hex()}", headers=bearer(fleet, Role.SAFETY_TEAM)
    ).json()
    assert (answer["ended"], answer["told_closed"], answer["told_s"]) == ("cut off", True, 205.0)
    assert answer["duration_s"] == 5.0  # what is here stays what is here


def test_a_word_that_is_refused_ends_no_part(fleet: Fleet) -> None:  # proves F8
    link = begun(fleet)
    stop(fleet, link.take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert code(link.complete()) == (409, "incomplete")
    assert (row(fleet).state, row(fleet).verdict, row(fleet).resumed) == ("stopped", A_PART, None)
    assert WHY in (row(fleet).sentence or "")


# A person's word that no more will come.


def stop(fleet: Fleet, public_id: str, reason: str = WHY, role: Role = Role.CCTV_MANAGER) -> httpx.Response:
    name = f"stopper {role} {reason[:20]}"
    answer: httpx.Response = fleet.dashboard.post(
        f"/api/v1/recordings/{public_id}/no-more",
        json={"reason": reason},
        headers=bearer(fleet, role, name=name),
    )
    return answer


def begun(fleet: Fleet, **options: Any) -> Link:  # noqa: ANN401 - those of record
    """A recording of which the first segment, and most of the ledger, has come."""
    link = Link(fleet, record(fleet.identity(), live=6, **options), named=True)
    link.ledger(0, len(link.take.ledger) - 100)
    link.segment(min(link.take.segments))
    return link


def test_a_part_is_verified_as_far_as_it_goes_and_says_who_ended_it(fleet: Fleet) -> None:  # proves F8
    link = begun(fleet)
    tell(fleet, link.take, ended="closed", duration_s=205.0)
    answer = stop(fleet, link.take.recording.hex())
    assert answer.status_code == 200
    assert answer.json()["state"] == "stopped"
    wait_until(lambda: row(fleet).verified is not None)
    held = row(fleet)
    assert (held.state, held.verdict, held.opening) == ("stopped", A_PART, "opened")
    assert held.sentence is not None
    assert held.sentence.startswith("A part: 2 of 205 s are here, exactly as cam-01 signed it. ")
    assert f"said on {held.stopped_at:%Y-%m-%d %H:%M} UTC that no more will come: {WHY}." in held.sentence
    assert held.receipt_sha256 is None
    assert held.report is not None
    assert (held.report["verdict"], held.report["findings"]) == (A_PART, [])
    with fleet.services.readers() as session:
        entry = session.query(AuditEntry).filter(AuditEntry.action == ACTION).one()
        assert (entry.subject, entry.purpose) == (link.take.recording.hex(), WHY)


def test_a_camera_that_turns_up_goes_on_and_nothing_is_lost(fleet: Fleet) -> None:  # proves L2
    link = begun(fleet)
    stop(fleet, link.take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert link.state()["state"] == "uploading"  # the camera is told what is held, and sends the rest
    assert code(link.request("GET", "/receipt")) == (409, "incomplete")
    link.everything()
    going = row(fleet)
    assert (going.state, going.verdict, going.sentence, going.verified) == ("uploading", None, None, None)
    assert going.resumed is not None
    assert going.stopped_reason == WHY  # who said so stays
    assert link.complete().status_code == 202
    assert link.wait_for_receipt().status_code == 200
    assert (row(fleet).state, row(fleet).verdict) == ("held", "intact")


def test_only_the_word_was_lacking(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()), named=True)
    link.everything()
    stop(fleet, link.take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert (row(fleet).sentence or "").startswith("A part: 5 of 5 s are here")  # by the ledger's own end
    assert link.complete().status_code == 202
    assert link.wait_for_receipt().status_code == 200
    assert row(fleet).resumed is not None


def test_of_what_has_holes_each_piece_is_judged(fleet: Fleet) -> None:  # proves F8
    link = begun(fleet)
    names = sorted(link.take.segments)
    link.segment(names[-1])
    stop(fleet, link.take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert row(fleet).verdict == A_PART
    assert "3 s of an unknown length are here" in (row(fleet).sentence or "")


def test_a_part_that_was_altered_is_called_that_and_stays_open(fleet: Fleet) -> None:  # proves F8
    link = Link(fleet, record(fleet.identity(), live=6), named=True)
    link.ledger(0, len(link.take.ledger) - 100)
    name = min(link.take.segments)
    link.take.segments[name][-3] ^= 1
    link.segment(name)
    stop(fleet, link.take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    held = row(fleet)
    assert (held.state, held.verdict) == ("stopped", "altered")
    assert (held.sentence or "").startswith(f"Altered: chunk 2 ({name}, byte")
    assert WHY in (held.sentence or "")


def test_a_part_of_another_fleet_s_authority_is_called_that(fleet: Fleet) -> None:  # proves L1
    ours = fleet.identity()
    take = record(make_identity(ours.camera, seed=9))
    link = Link(fleet, take, named=True)
    take.identity = ours
    link.ledger()
    link.segment(min(take.segments))
    stop(fleet, take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert row(fleet).verdict == "another authority"


def test_a_part_that_cannot_be_opened_is_called_that(fleet: Fleet) -> None:  # proves F8
    link = begun(fleet)
    del link
    with fleet.services.sessions.begin() as session:
        session.query(Recording).delete()
    take = record(replace(fleet.identity("second"), plain=None), live=6)
    second = Link(fleet, take, named=True)
    second.ledger(0, len(take.ledger) - 100)
    second.segment(min(take.segments))
    stop(fleet, take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert (row(fleet).state, row(fleet).verdict) == ("stopped", "cannot be opened")


def test_of_what_never_came_it_is_said_that_nothing_is_here(fleet: Fleet) -> None:  # proves L3
    take = record(fleet.identity())
    tell(fleet, take, ended="closed", duration_s=30.0)
    stop(fleet, take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert (row(fleet).state, row(fleet).verdict, row(fleet).duration_s) == ("stopped", NOTHING, 30.0)
    assert (row(fleet).sentence or "").startswith("Nothing of it that could be shown has arrived. ")
    with fleet.services.readers() as session:
        figures = of_time(session, datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert (figures.known, figures.held, figures.coming, figures.ended) == (1, 0, 0, 1)
    headers = bearer(fleet, Role.SAFETY_TEAM)
    (account,) = fleet.dashboard.get("/api/v1/recordings/accounts", headers=headers).json()
    assert (account["stopped"], account["arriving"], account["missing"]) == (1, 0, [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize("reason", ["", "   ", "gone", "x" * 501])
def test_without_a_reason_nothing_is_ended(fleet: Fleet, reason: str) -> None:  # proves F6
    link = begun(fleet)
    answer = stop(fleet, link.take.recording.hex(), reason)
    assert answer.status_code == 422
    assert row(fleet).state == "uploading"


@pytest.mark.parametrize("role", list(Role))
def test_only_who_answers_for_evidence_may_end_it(fleet: Fleet, role: Role) -> None:  # proves F5
    link = begun(fleet)
    allowed = role in {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}
    assert stop(fleet, link.take.recording.hex(), role=role).status_code == (200 if allowed else 403)


def test_what_is_not_on_its_way_cannot_be_ended(fleet: Fleet) -> None:  # proves F6
    link = Link(fleet, record(fleet.identity()), named=True)
    link.everything()
    link.complete()
    link.wait_for_receipt()
    assert code(stop(fleet, link.take.recording.hex())) == (409, "not_on_its_way")
    assert stop(fleet, "ab" * 16, "There is no such one").status_code == 404


def test_it_is_ended_once(fleet: Fleet) -> None:
    link = begun(fleet)
    assert stop(fleet, link.take.recording.hex()).status_code == 200
    assert code(stop(fleet, link.take.recording.hex(), "Somebody else says why")) == (409, "not_on_its_way")
    assert row(fleet).stopped_reason == WHY


def test_a_part_that_is_still_to_be_verified_survives_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    with running(tmp_path) as fleet, monkeypatch.context() as crash:
        crash.setattr(StoppedVerification, "run", lambda *_args, **_more: None)
        stop(fleet, begun(fleet).take.recording.hex())
        assert row(fleet).verified is None
    with running(tmp_path) as fleet:
        wait_until(lambda: row(fleet).verified is not None)
        assert row(fleet).verdict == A_PART


def test_what_comes_while_a_part_is_judged_is_not_judged_away(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    link = begun(fleet)
    judged = StoppedVerification._judge
    looks: list[int] = []
    come = threading.Event()

    def slowly(self: StoppedVerification, found: Any, progress: Any) -> bool:  # noqa: ANN401
        looks.append(1)
        if len(looks) == 1:
            link.everything()
            come.set()
        return judged(self, found, progress)

    monkeypatch.setattr(StoppedVerification, "_judge", slowly)
    stop(fleet, link.take.recording.hex())
    assert come.wait(20)
    assert link.complete().status_code == 202
    assert link.wait_for_receipt().status_code == 200
    assert row(fleet).verdict == "intact"


def test_a_part_seen_while_the_vault_is_sealed_is_opened_later(tmp_path: Path) -> None:  # proves F8
    with running(tmp_path) as fleet:
        link = begun(fleet)
    key = tmp_path / "vault/key-file"
    key.rename(tmp_path / "away")
    with running(tmp_path) as fleet:
        stop(fleet, link.take.recording.hex())
        wait_until(lambda: row(fleet).verified is not None)
        assert (row(fleet).verdict, row(fleet).opening) == (A_PART, None)
        (tmp_path / "away").rename(key)
        wait_until(lambda: row(fleet).opening == "opened")
        assert row(fleet).state == "stopped"


def test_seconds_are_those_of_the_clock(fleet: Fleet) -> None:
    link = begun(fleet)
    assert link.take.at_ns - link.take.chunks[1].header.start_ns == 9 * SECOND_NS
    stop(fleet, link.take.recording.hex())
    wait_until(lambda: row(fleet).verified is not None)
    assert row(fleet).duration_s == 2.0
