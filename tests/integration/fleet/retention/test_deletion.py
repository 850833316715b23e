"""A recording that was really sent is deleted once its time is over, and leaves a certificate."""

from __future__ import annotations

import contextlib
import html
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select
from typer.testing import CliRunner

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import DatabaseSection, FleetConfig, PeopleSection
from fleet.core.problems import ProblemError
from fleet.footage.errors import StoreError
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.models import LedgerPiece, Recording, RecordingState, SegmentRow
from fleet.footage.store.folder import folder_store
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.incidents.judging import SaidOfRecording, judge
from fleet.incidents.models import Judgement, Note
from fleet.incidents.notes import add_note
from fleet.jobs.models import Job
from fleet.jobs.rules import LEASE, JobState, pause_after
from fleet.retention.deletion import deleting
from fleet.retention.deletion.deleting import BEGUN, DELETED, KEYS_DESTROYED
from fleet.retention.deletion.objects import digest_ledger
from fleet.retention.holds import HoldDraft, hold_recording, release_hold
from fleet.retention.lookup import keepings
from fleet.retention.models import Deletion
from fleet.vault.opening import Opening
from protocol.footage.deletion import read_deletion
from protocol.footage.receipt import parse_receipt
from protocol.verify.cli import app as verify_app
from tests.support.fleet.days import days_go_by
from tests.support.fleet.deleting import LAST_DAY, DeletingFleet, deleting_fleet
from tests.support.fleet.fleet import TestClock
from tests.support.fleet.fleet import problem as refusal_of
from tests.support.fleet.fleet_footage import Link, bearer
from tests.support.fleet.postgres import Postgres
from tests.support.media.recordings import Take

DAY = timedelta(days=1)
HELD = HoldDraft("claim", "Head 1", "A solicitor's letter", LAST_DAY + 90 * DAY, ZoneInfo("Europe/London"))


class KilledError(BaseException):
    """What kills the process: nothing after it runs."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DeletingFleet]:
    with deleting_fleet(tmp_path) as found:
        yield found


def hold(bench: DeletingFleet, link: Link) -> str:
    with bench.services.sessions.begin() as session:
        name = link.take.recording.hex()
        return hold_recording(session, bench.services.random, HELD, recording=name, by=OPERATOR).id


def log_of(bench: DeletingFleet) -> list[str]:
    with bench.services.readers() as session:
        assert verify_log(session) is None
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number))
        return [each for each in actions if each in {BEGUN, KEYS_DESTROYED, DELETED}]


def verified(*words: object) -> Any:  # noqa: ANN401 - typer's result
    return CliRunner().invoke(verify_app, [str(each) for each in words])


def check_whole(bench: DeletingFleet, link: Link) -> dict[str, Any]:
    """Everything is gone, and one certificate says so; return what it says."""
    assert bench.objects() == []
    place = f"deleted/{link.take.identity.camera}/{link.take.number:08d}"
    assert bench.left() == [f"{place}.json", f"{place}.receipt.cbor"]
    row, kept = bench.row(link), bench.deletion(link)
    assert row.state == RecordingState.DELETED
    with bench.services.readers() as session:
        for table in (SegmentRow, LedgerPiece, Judgement, Note):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalars(select(Job.state)).all() == [JobState.DONE]
    data = bench.services.footage.store.read(f"{place}.json")
    assert kept.certificate is not None
    assert data == kept.certificate.encode()
    found = read_deletion(data)
    assert found.authority == bench.services.authority.der
    assert log_of(bench) == [BEGUN, KEYS_DESTROYED, DELETED]
    return dict(found.said)


def test_nothing_goes_before_its_last_day_is_over_and_then_all_of_it(
    bench: DeletingFleet,
) -> None:
    # proves F3
    link = bench.held()
    digest = parse_receipt(link.request("GET", "/receipt").content).receipt.ledger_sha256.hex()
    before = len(bench.objects())
    bench.switch()
    bench.go_to(LAST_DAY)
    assert (bench.round(), len(bench.objects())) == (0, before)
    bench.go_to(LAST_DAY + DAY)
    assert bench.round() == 1
    said = check_whole(bench, link)
    assert said["ledger_sha256"] == digest
    assert (said["last_day"], said["segments"]) == (LAST_DAY.isoformat(), len(link.take.segments))
    assert str(said["why"]).startswith(
        "6 months without an incident, from 22 November 2026, the day of its arr"
    )
    assert said["deletion_switched_on_by"] == "command line"
    assert said["begun"] == said["keys_destroyed"] == said["bytes_deleted"] == "2027-05-23T12:00:00Z"
    assert bench.round() == 0, "it is done"
    row = bench.row(link)
    assert (row.officer_id, row.report, row.timeline, row.chain, row.verdict) == (None,) * 5


def test_the_certificate_is_checked_offline(bench: DeletingFleet, tmp_path: Path) -> None:
    # proves F3
    link = bench.held()
    bench.overdue()
    bench.round()
    headers = bearer(bench.fleet, Role.SAFETY_TEAM)
    path = f"/recordings/{link.take.recording.hex()}/certificate"
    answer = bench.fleet.dashboard.get(path, headers=headers)
    assert answer.headers["content-disposition"].startswith("attachment")
    file, authority = tmp_path / "certificate.json", tmp_path / "authority.pem"
    file.write_bytes(answer.content)
    authority.write_text(bench.services.authority.pem)
    assert verified(file, "--authority", authority).exit_code == 0
    found = verified(file)
    assert found.exit_code == 4
    assert "it is not known whose it is" in found.stdout
    changed = json.loads(answer.content)
    changed["certificate"]["why"] = "Because"
    file.write_text(json.dumps(changed))
    assert verified(file, "--authority", authority).exit_code == 1
    file.write_text("{}")
    assert verified(file, "--authority", authority).exit_code == 2


def test_it_is_off_until_switched_on_and_then_seven_days_are_left_to_switch_it_off(
    bench: DeletingFleet,
) -> None:
    # proves F4
    bench.held()
    before = bench.objects()
    bench.go_to(LAST_DAY + 400 * DAY)
    assert (bench.round(), bench.objects()) == (0, before)
    bench.switch()
    days_go_by(bench.services, bench.clock, 7)
    assert (bench.round(), bench.objects()) == (0, before), "the seventh day counts to its end"
    bench.switch(on=False)
    days_go_by(bench.services, bench.clock, 30)
    assert (bench.round(), bench.objects()) == (0, before)
    bench.switch()
    days_go_by(bench.services, bench.clock, 8)
    assert bench.round() == 1
    assert bench.objects() == []


def test_a_clock_that_jumps_deletes_nothing_until_people_had_time_to_put_it_right(
    bench: DeletingFleet,
) -> None:
    # proves F3
    bench.held()
    before = bench.objects()
    bench.switch()
    days_go_by(bench.services, bench.clock, 9)
    assert bench.round() == 0
    bench.clock.move(days=400)
    assert (bench.round(), bench.objects()) == (0, before), "everything seems to be past its last day"
    headers = {**bearer(bench.fleet, Role.HEAD_OF_SAFETY), "Accept": "text/html"}
    for page in ("/retention", "/retention/deletion", "/alerts"):
        told = html.unescape(bench.fleet.dashboard.get(page, headers=headers).text)
        assert "The service's clock was moved on, or the service did not run, since" in told, page
    bench.clock.move(days=-400, minutes=20)
    assert (bench.round(), bench.objects()) == (0, before), "it was put right"
    assert "was moved on" not in bench.fleet.dashboard.get("/retention", headers=headers).text
    bench.clock.move(days=400)
    for _ in range(2):
        bench.clock.move(days=1)
        assert (bench.round(), bench.objects()) == (0, before)
    bench.clock.move(days=2)
    assert bench.round() == 1, "nobody put it right: it was right"


def test_a_hold_wins_up_to_the_step_that_decides(
    bench: DeletingFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F3
    link = bench.held()
    bench.overdue()
    held: list[str] = []

    def hold_meanwhile(*of: Any) -> Any:  # noqa: ANN401 - as what it stands for
        held.append(hold(bench, link))
        return digest_ledger(*of)

    monkeypatch.setattr(deleting, "digest_ledger", hold_meanwhile)
    before = bench.objects()
    assert (bench.round(), bench.objects()) == (1, before), "it was planned, and is held by now"
    monkeypatch.undo()
    bench.clock.move(hours=1)
    assert bench.round() == 0
    with bench.services.sessions.begin() as session:
        release_hold(session, hold=held[0], reason="Settled", by=OPERATOR)
    days_go_by(bench.services, bench.clock, 7)
    assert bench.round() == 0, "a week is left after a hold"
    bench.clock.move(days=1)
    assert bench.round() == 1
    check_whole(bench, link)


def test_once_it_is_decided_nothing_holds_marks_or_writes_of_it(
    bench: DeletingFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F3
    link = bench.held()
    bench.overdue()

    def away(*_of: object) -> None:
        raise StoreError("The footage store is away.")

    monkeypatch.setattr(deleting, "keep_receipt", away)
    bench.round()
    name, random = link.take.recording.hex(), bench.services.random
    attempts: list[Callable[[Any], object]] = [
        lambda session: hold_recording(session, random, HELD, recording=name, by=OPERATOR),
        lambda session: judge(session, recording=name, said=SaidOfRecording(incident=True), by=OPERATOR),
        lambda session: add_note(session, random, recording=name, text="Look", by=OPERATOR),
    ]
    for attempt in attempts:
        with (
            pytest.raises(ProblemError, match="is being deleted") as refused,
            bench.services.sessions.begin() as session,
        ):
            attempt(session)
        assert (refused.value.status, refused.value.code) == (410, "recording_deleted")


def test_whoever_watches_it_is_cut_off_and_has_no_key_left(bench: DeletingFleet) -> None:
    # proves F3
    link = bench.held()
    headers = bearer(bench.fleet, Role.HEAD_OF_SAFETY, name="head")
    name = link.take.recording.hex()
    path = f"/api/v1/recordings/{name}"
    made = bench.fleet.dashboard.post(f"{path}/viewings", json={"purpose": "Review"}, headers=headers)
    viewing = made.json()["viewing"]
    opened = bench.services.footage.watching.viewings._open[viewing].player.recording
    assert isinstance(opened, OpenedRecording)
    opening: Opening = opened._opening
    opening.open_all()
    bench.overdue()
    bench.round()
    assert opening._keys == {}
    assert opening._private is None
    for rest in ("main.m3u8", "timeline", "video/0.m4s"):
        found = bench.fleet.dashboard.get(f"/api/v1/viewings/{viewing}/{rest}", headers=headers)
        assert refusal_of(found) == (404, "viewing_ended")
    for rest in ("viewings", "exports"):
        refused = bench.fleet.dashboard.post(f"{path}/{rest}", json={"purpose": "x"}, headers=headers)
        assert refusal_of(refused) == (410, "recording_deleted")
        assert "was deleted: 6 months without an incident" in refused.json()["detail"]
    said = check_whole(bench, link)
    assert said["let_out_before"] == {"viewings": 1, "exports": 0, "copies": []}


def test_a_camera_that_holds_it_still_lets_it_go_by_its_receipt_alone(bench: DeletingFleet) -> None:
    # proves C8, L2
    link = bench.held()
    receipt = link.request("GET", "/receipt").content
    bench.overdue()
    bench.round()
    state = link.state()
    assert (state["state"], state["receipt"]) == ("deleted", True)
    assert {each["name"] for each in state["segments"]} == set(link.take.segments)
    assert state["ledger_length"] == len(link.take.ledger)
    answer = link.complete()
    assert (answer.status_code, answer.json()["state"]) == (200, "deleted")
    assert link.request("GET", "/receipt").content == receipt
    segment = next(iter(link.take.segments))
    for refused in (link.segment(segment), link.ledger(), link.segment(segment, b"other")):
        assert refusal_of(refused) == (410, "recording_deleted")
    assert bench.objects() == []


def test_what_was_never_signed_for_stays_on_the_camera(bench: DeletingFleet) -> None:
    # proves C8
    link = Link(bench.fleet, bench.take(), named=True)
    assert link.ledger().status_code == 201
    assert link.segment(min(link.take.segments)).status_code == 201
    bench.overdue()
    assert bench.round() == 1
    assert bench.row(link).state == RecordingState.DELETED
    assert (bench.objects(), len(bench.left())) == ([], 1), "there is no receipt"
    answers = (link.request("GET", ""), link.ledger(), link.complete(), link.request("GET", "/receipt"))
    for answer in answers:
        assert refusal_of(answer) == (410, "recording_deleted")
        assert "was deleted: 6 months" in answer.json()["detail"]


def test_what_still_comes_is_not_deleted_meanwhile(bench: DeletingFleet) -> None:
    # proves F3, L2
    link = Link(bench.fleet, bench.take(), named=True)
    assert link.ledger().status_code == 201
    bench.overdue()
    names = sorted(link.take.segments)
    assert link.segment(names[0]).status_code == 201
    days_go_by(bench.services, bench.clock, 14)
    assert bench.round() == 0, "its fourteenth quiet day counts to its end"
    bench.clock.move(days=1)
    assert bench.round() == 1


def test_counts_call_it_deleted_and_not_missing(bench: DeletingFleet) -> None:
    # proves L3
    link = bench.held()
    camera = link.take.identity.camera
    with bench.services.readers() as session:
        before = accounts(session)[camera]
    bench.overdue()
    bench.round()
    with bench.services.readers() as session:
        after = accounts(session)[camera]
    assert (before.received, before.deleted) == (1, 0)
    assert (after.received, after.deleted) == (0, 1)
    assert (after.missing, after.made) == (before.missing, before.made)


# --- A failure, and a kill, at every step ---


@dataclass(eq=False)
class Steps:
    """Steps that are counted, one of which goes wrong: each call of the store, or each durable change."""

    error: BaseException
    is_after: bool
    fail_at: int | None = None
    number: int = 0

    def __call__(self, *_of: object) -> None:
        self.number += 1
        if self.number == self.fail_at:
            raise self.error

    @contextmanager
    def counted(self, bench: DeletingFleet) -> Iterator[None]:
        """Count them."""
        store, sessions = bench.services.footage.store, bench.services.sessions
        names = ("put", "remove") if self.is_after else ("put", "remove", "read", "list")
        with pytest.MonkeyPatch.context() as patch, ExitStack() as undo:
            for name in names:
                patch.setattr(store, name, self._around(getattr(store, name)))
            if self.is_after:
                event.listen(sessions, "after_commit", self)
                undo.callback(event.remove, sessions, "after_commit", self)
            yield

    def _around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def around(*of: Any) -> Any:  # noqa: ANN401 - as what it stands for
            if not self.is_after:
                self()
            found = real(*of)
            if self.is_after:
                self()
            return found

        return around


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Take, TestClock]:
    folder = tmp_path_factory.mktemp("prepared")
    with deleting_fleet(folder) as bench:
        link = bench.held()
        bench.overdue()
        return folder, link.take, bench.clock


@contextmanager
def again(folder: Path, clock: TestClock, take: Take) -> Iterator[tuple[DeletingFleet, Link]]:
    with deleting_fleet(folder, clock=clock) as bench:
        yield bench, Link(bench.fleet, take, named=True)


def until_done(folder: Path, take: Take, clock: TestClock) -> None:
    """Start it anew, as another process, and let time pass until nothing is left to be done."""
    clock.now += LEASE
    with again(folder, clock, take) as (bench, link):
        for attempt in range(1, 4):
            bench.round()
            clock.now += pause_after(attempt)
        check_whole(bench, link)


@pytest.mark.parametrize(
    ("error", "is_after"), [(StoreError("The footage store is away."), False), (KilledError(), True)]
)
def test_a_store_that_fails_and_a_kill_at_any_step_leave_a_job_that_another_finishes(
    prepared: tuple[Path, Take, TestClock], tmp_path: Path, error: BaseException, *, is_after: bool
) -> None:
    # proves F3, F7
    folder, take, begin = prepared
    step, reached = 0, True
    while reached:
        step += 1
        copy, clock, broken = tmp_path / str(step), TestClock(begin.now), Steps(error, is_after, step)
        shutil.copytree(folder, copy)
        with (
            again(copy, clock, take) as (bench, _),
            broken.counted(bench),
            contextlib.suppress(KilledError, StoreError),
        ):
            bench.round()
        reached = broken.number >= step
        until_done(copy, take, clock)
        shutil.rmtree(copy)
    assert step > 12


# --- On PostgreSQL, where two really write at once ---


@pytest.mark.postgres
def test_a_hold_and_a_deletion_at_the_same_moment_take_turns(postgres: Postgres, tmp_path: Path) -> None:
    # proves F3
    config = FleetConfig(
        database=DatabaseSection(url=postgres.create_with_tables()), people=PeopleSection(second_factor="off")
    )
    with deleting_fleet(tmp_path, config=config) as bench:
        links = [bench.held(seed, camera=f"camera {seed}") for seed in range(1, 7)]
        bench.overdue()
        barrier, refused, codes = threading.Barrier(2), list[Link](), set[str]()

        def holds() -> None:
            barrier.wait()
            for link in reversed(links):
                try:
                    hold(bench, link)
                except ProblemError as problem:
                    codes.add(problem.code)
                    refused.append(link)

        other = threading.Thread(target=holds)
        other.start()
        barrier.wait()
        bench.round()
        other.join()
        assert codes <= {"recording_deleted"}
        for link in links:
            gone = bench.row(link).state == RecordingState.DELETED
            assert gone == (link in refused), "held or deleted, and never both"
        with bench.services.readers() as session:
            assert session.scalar(select(func.count()).select_from(Deletion)) == len(refused)


def test_a_folder_that_removed_an_object_makes_that_durable(tmp_path: Path) -> None:
    # proves F7
    store = folder_store(tmp_path)
    store.remove("a/b")
    assert store.folders("recordings") == ()


def test_each_goes_on_the_first_day_on_which_the_rules_let_it(bench: DeletingFleet) -> None:
    # proves F3
    bench.take()
    begin = bench.clock.now
    with bench.services.sessions.begin() as session:
        for number in range(1, 61):
            session.add(
                Recording(
                    camera_id="cam-01",
                    number=number,
                    recording=f"{number:032x}",
                    state=RecordingState.HELD,
                    announced=begin - timedelta(days=160, hours=7 * number),
                    changed=begin,
                    missing=[],
                    marks=[],
                )
            )
    for number in range(2, 61, 5):
        with bench.services.sessions.begin() as session:
            hold_recording(session, bench.services.random, HELD, recording=f"{number:032x}", by=OPERATOR)
    bench.switch()
    gone: dict[int, date] = {}
    zone = bench.services.config.site.time_zone
    with bench.services.readers() as session:
        kept = keepings(session, session.scalars(select(Recording)).all(), zone)
    for _ in range(45):
        bench.clock.move(days=1)
        bench.round()
        with bench.services.readers() as session:
            for row in session.scalars(select(Recording).where(Recording.state == RecordingState.DELETED)):
                gone.setdefault(row.id, bench.clock.now.date())
    begins, today = begin.date() + 8 * DAY, bench.clock.now.date()
    first = {row: max(each.until + DAY, begins) for row, each in kept.items() if each.until is not None}
    assert gone == {row: day for row, day in first.items() if day <= today}
    assert len(set(gone.values())) > 10
