"""What a request does to footage that a camera really sent: held, restricted, let through, noted, erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.sections.landlord import LandlordSection
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.watching.export import export
from fleet.incidents.notes import notes_of
from fleet.requests.cases import local_today, open_request
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.footage import (
    erase_recording,
    let_through_for_claim,
    link_recording,
    note_beside,
    restrict_linked,
    unlink_recording,
)
from fleet.requests.linked.lasting import LET_THROUGH_FOR
from fleet.requests.rules.draft import RequestDraft
from fleet.requests.rules.kinds import RequestKind
from fleet.requests.searches import add_search
from fleet.requests.sending import LetterDraft, send_letter
from fleet.retention.holds import HoldDraft, hold_recording, holds_on, release_hold
from fleet.retention.lookup import keepings
from fleet.retention.models import Deletion
from protocol.footage.deletion import read_deletion
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.fleet import BY_PASSWORD

DPO = Actor(ActorKind.USER, "dpo", "DPO 1", frozenset({Role.DATA_PROTECTION_OFFICER}))
LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DeletingFleet]:
    with deleting_fleet(tmp_path, config=CONFIG) as found:
        yield found


def opened(bench: DeletingFleet, kind: RequestKind, recording: str) -> str:
    services = bench.services
    with services.sessions.begin() as session:
        zone = services.config.site.time_zone
        draft = RequestDraft(
            kind, local_today(session, zone), "letter", "A. Hill", "7 Elm Road", "All", "DPO 1"
        )
        case = open_request(session, services.random, draft, zone=zone, by=DPO).id
        link_recording(session, services.random, case=case, recording=recording, zone=zone, by=DPO)
    return case


def here(bench: DeletingFleet, recording: str) -> Recording:
    with bench.services.readers() as session:
        return get(session, recording)


def kept(bench: DeletingFleet, recording: str) -> str:
    with bench.services.readers() as session:
        row = get(session, recording)
        return keepings(session, [row], bench.services.config.site.time_zone)[row.id].reason


def refusal(code: str) -> pytest.RaisesExc[ProblemError]:
    return pytest.RaisesExc(ProblemError, check=lambda problem: problem.code == code)


def watch(bench: DeletingFleet, recording: str) -> str:
    return bench.services.footage.watching.viewings.open(recording, DPO, "A request").id


def take_out(bench: DeletingFleet, recording: str) -> int:
    opener = bench.services.footage.watching.opener
    movie = export(opener, public_id=recording, actor=DPO, purpose="A request")
    return sum(map(len, movie.blocks))


def test_an_open_request_holds_at_once_and_lets_go_when_it_ends(bench: DeletingFleet) -> None:
    # proves F3
    recording = bench.held().take.recording.hex()
    case = opened(bench, RequestKind.ACCESS, recording)
    assert kept(bench, recording).startswith(
        "Held for a request by DPO 1: nothing of it goes until that ends."
    )
    with bench.services.sessions.begin() as session:
        row = get(session, recording)
        (hold,) = holds_on(session, [row.id])[row.id]
    with refusal("hold_of_request"), bench.services.sessions.begin() as session:
        release_hold(session, hold=hold.id, reason="Mine", by=DPO)
    with bench.services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True, why="Withdrawn")
    assert not kept(bench, recording).startswith("Held")
    zone = bench.services.config.site.time_zone
    with bench.services.sessions.begin() as session:
        reopen_request(session, bench.services.random, case=case, why="Asked again", zone=zone, by=DPO)
    assert kept(bench, recording).startswith("Held for a request")
    with bench.services.sessions.begin() as session:
        unlink_recording(session, case=case, recording=recording, by=DPO)
    assert not kept(bench, recording).startswith("Held")
    with refusal("not_linked"), bench.services.sessions.begin() as session:
        note_beside(session, bench.services.random, case=case, recording=recording, text="No", by=DPO)


def test_what_is_restricted_is_neither_watched_nor_taken_out_but_for_a_claim(bench: DeletingFleet) -> None:
    # proves F10
    services = bench.services
    recording = bench.held().take.recording.hex()
    case = opened(bench, RequestKind.RESTRICTION, recording)
    viewing = watch(bench, recording)
    assert take_out(bench, recording) > 0
    with services.sessions.begin() as session:
        assert restrict_linked(session, services.random, case=case, by=DPO) == 1
        assert restrict_linked(session, services.random, case=case, by=DPO) == 0
    viewings = services.footage.watching.viewings
    viewings.end_deleted(recording)  # what the hint of it does in every process
    with refusal("viewing_ended"):
        viewings.get(viewing, DPO)
    for attempt in (watch, take_out):
        with refusal("recording_restricted") as restricted:
            attempt(bench, recording)
        assert "it is kept, and neither watched nor taken out" in str(restricted.value)
    with refusal("text_unusable"), services.sessions.begin() as session:
        let_through_for_claim(session, case=case, recording=recording, claim="", by=DPO)
    with services.sessions.begin() as session:
        let_through_for_claim(session, case=case, recording=recording, claim="Hill v Northgate", by=DPO)
    watch(bench, recording)
    assert take_out(bench, recording) > 0
    bench.clock.now += LET_THROUGH_FOR
    with refusal("recording_restricted"):
        watch(bench, recording)
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True, why="Restricted until the claim is over")
    assert kept(bench, recording).startswith("Held for a request")  # a restriction outlasts its request
    with services.sessions.begin() as session:
        draft = LetterDraft("restriction-ends", "The claim is over.", "by post")
        send_letter(session, services, case=case, draft=draft, by=DPO)
    watch(bench, recording)
    assert not kept(bench, recording).startswith("Held")


def test_erasure_is_refused_while_a_claim_holds_and_then_leaves_a_certificate(bench: DeletingFleet) -> None:
    # proves F3
    services = bench.services
    recording = bench.held().take.recording.hex()
    case = opened(bench, RequestKind.ERASURE, recording)
    with services.sessions.begin() as session:
        review = local_today(session, services.config.site.time_zone) + timedelta(days=9)
        draft = HoldDraft("claim", "Head 1", "A solicitor's letter", review, ZoneInfo("Europe/London"))
        hold = hold_recording(session, services.random, draft, recording=recording, by=DPO).id
    with services.sessions.begin() as session:
        with refusal("is_held") as refused:
            erase_recording(session, case=case, recording=recording, by=DPO)
        assert "held for a legal claim by Head 1" in str(refused.value)
    bench.round()
    assert here(bench, recording).state == RecordingState.HELD
    with services.sessions.begin() as session:
        release_hold(session, hold=hold, reason="Settled", by=DPO)
        erase_recording(session, case=case, recording=recording, by=DPO)
    bench.round()  # deletion was never switched on, and the period has half a year to go
    row = here(bench, recording)
    assert row.state == RecordingState.DELETED
    with services.readers() as session:
        text = session.get_one(Deletion, row.id).certificate
    assert text is not None
    said = read_deletion(text.encode()).said
    assert said["started_by"] == "DPO 1"
    assert said["request"] == "REQ-2026-0001"
    assert str(said["why"]).startswith("To be deleted upon request REQ-2026-0001")
    assert "Hill" not in json.dumps(said)
    with refusal("recording_deleted"):
        watch(bench, recording)
    with services.sessions.begin() as session:
        add_search(session, services.random, case=case, where="All", how="By day", enough="All", by=DPO)
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True, why="Told by phone")


def test_what_was_held_meanwhile_is_erased_once_that_ends(bench: DeletingFleet) -> None:
    # proves F3
    services = bench.services
    recording = bench.held().take.recording.hex()
    case = opened(bench, RequestKind.ERASURE, recording)
    with services.sessions.begin() as session:
        erase_recording(session, case=case, recording=recording, by=DPO)
        review = local_today(session, services.config.site.time_zone) + timedelta(days=9)
        draft = HoldDraft("claim", "Head 1", "A letter", review, ZoneInfo("Europe/London"))
        hold = hold_recording(session, services.random, draft, recording=recording, by=DPO).id
    bench.round()
    assert here(bench, recording).state == RecordingState.HELD
    with services.sessions.begin() as session:
        release_hold(session, hold=hold, reason="Settled", by=DPO)
    bench.clock.now += timedelta(minutes=16)
    bench.round()
    assert here(bench, recording).state == RecordingState.DELETED


def test_a_person_s_words_stand_beside_the_recording(bench: DeletingFleet) -> None:
    services = bench.services
    recording = bench.held().take.recording.hex()
    case = opened(bench, RequestKind.RECTIFICATION, recording)
    with services.sessions.begin() as session:
        note_beside(session, services.random, case=case, recording=recording, text="It was Monday.", by=DPO)
    with services.readers() as session:
        assert [each.text for each in notes_of(session, get(session, recording))] == [
            "Request REQ-2026-0001: It was Monday."
        ]
    with refusal("not_erasure"), services.sessions.begin() as session:
        erase_recording(session, case=case, recording=recording, by=DPO)
