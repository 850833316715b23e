"""Deletion through the pages: what would go, switching it, what does not get done, what is left."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from fleet.audit.log import record
from fleet.cli import app as fleet_app
from fleet.core.actor import OPERATOR, Actor, ActorKind, Role
from fleet.footage.errors import StoreError
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.incidents.judging import SaidOfRecording, judge
from fleet.jobs.models import Job
from fleet.jobs.rules import TOLD_AFTER
from fleet.retention.deletion.again import DeletingAgain
from fleet.retention.deletion.planning import Planning
from fleet.retention.models import DeletionSwitching, Hold
from fleet.server.app import create_dashboard_app
from fleet.server.compose import FleetServices
from tests.support.fleet.days import days_go_by
from tests.support.fleet.fleet import TestClock, fleet_services, token_for
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, TWO, THREE, SEVEN, EIGHT = (f"{number:032x}" for number in (1, 2, 3, 7, 8))


def client_of(services: FleetServices, token: str = "") -> TestClient:
    """A client of the pages, beside which no thread does any job."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"} if token else {}
    return TestClient(
        create_dashboard_app(services),
        base_url="https://localhost:8443",
        headers=headers,
        raise_server_exceptions=False,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services:
        yield Scene(services, clock, client_of(services))


@pytest.fixture
def scene(whole: Scene) -> Scene:
    with whole.services.sessions.begin() as session:
        for table in (Hold, DeletionSwitching, Job):
            session.execute(delete(table))
    store = whole.services.footage.store
    for each in store.list("deleted"):
        store.remove(each.key)
    whole.clear()
    whole.clock.now = NOW
    for planning in whole.services.jobs._rounds:
        if isinstance(planning, Planning | DeletingAgain):
            planning._next = None  # another test looked at this very moment
    whole.camera()
    return whole


@pytest.fixture(scope="module")
def desk(whole: Scene) -> TestClient:
    return client_of(whole.services, token_for(whole.services, Role.HEAD_OF_SAFETY, name="head"))


def press(scene: Scene, name: str, at: datetime, *, incident: bool = False, **more: object) -> None:
    scene.held(number=int(name, 16), recording=name, pressed=at, announced=at, changed=at, **more)
    if incident:
        with scene.services.sessions.begin() as session:
            judge(session, recording=name, said=SaidOfRecording("threat", incident=True), by=OPERATOR)


def text(desk: TestClient, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def turn(desk: TestClient, on: str, seen: int) -> int:
    status: int = desk.post("/retention/deletion", data={"on": on, "seen": str(seen)}).status_code
    return status


def state_of(scene: Scene, name: str) -> str:
    with scene.services.readers() as session:
        return session.scalars(select(Recording.state).where(Recording.recording == name)).one()


def gone(scene: Scene, desk: TestClient, name: str) -> None:
    """Have a recording deleted."""
    turn(desk, "yes", 0)
    days_go_by(scene.services, scene.clock, 8)
    scene.services.jobs.step()
    assert state_of(scene, name) == RecordingState.DELETED


def test_what_would_go_is_seen_before_it_is_switched_on(scene: Scene, desk: TestClient) -> None:
    # proves F4, F8
    page = words(text(desk, "/retention/deletion"))
    assert "Deletion is off: no deletion is begun, however long its period is over, but of what a" in page
    assert "Nothing would be deleted in these days." in page
    assert "How much would go" in page
    assert "what would go in the next days if deletion were on." in page
    press(scene, ONE, NOW - timedelta(days=200))
    press(scene, TWO, NOW - timedelta(days=400), incident=True)
    press(scene, THREE, NOW - timedelta(days=100))
    page = text(desk, "/retention/deletion?days=20")
    shown = words(page)
    assert "Without an incident: 1 recording by 12 December 2026." in shown
    assert "With an incident: 1 recording by 12 December 2026." in shown
    assert "Held, whatever their period: no recordings." in shown
    assert re.search(rf"{ONE}.*from 30 November 2026 on.*6 months without an incident", page, re.DOTALL)
    assert re.search(rf"{TWO}.*from 7 December 2026 on.*12 months with an incident", page, re.DOTALL)
    assert f"/recordings/{THREE}" not in page
    assert "Nothing would be deleted" not in shown
    assert "For 7 days no deletion is begun, but of what a person decided, and switching it off" in shown
    assert "From 30 November 2026 on, what is past its last day is deleted" in shown
    assert "This version deletes nothing" not in text(desk, f"/recordings/{ONE}")
    assert "Deletion is off, so it is here still." in text(desk, f"/recordings/{ONE}")
    assert "Deletion is off, so it is here still." not in text(desk, f"/recordings/{THREE}")
    assert "Deletion is off: no deletion is begun" in text(desk, "/retention")


def test_it_is_switched_on_and_off_by_who_saw_what_is_so(scene: Scene, desk: TestClient) -> None:
    # proves F4, F6
    press(scene, ONE, NOW - timedelta(days=200))
    assert turn(desk, "perhaps", 0) == 422
    assert turn(desk, "yes", 3) == 409
    assert turn(desk, "yes", 0) == 200
    page = words(text(desk, "/retention/deletion"))
    assert (
        "Deletion begins on 30 November 2026; until then no deletion is begun, but of what a person decided."
        " head switched it on," in page
    )
    assert "How much goes" in page
    assert "and what goes in the next days." in page
    assert "Deletion begins on 30 November 2026, so it is here still." in text(desk, f"/recordings/{ONE}")
    assert turn(desk, "yes", 1) == 409, "it is on already"
    assert turn(desk, "no", 1) == 200
    assert "head switched it off," in words(text(desk, "/retention/deletion"))
    assert turn(desk, "yes", 2) == 200
    days_go_by(scene.services, scene.clock, 8)
    page = words(text(desk, "/retention/deletion"))
    assert (
        "Deletion is on: what is past its last day is deleted, what shows an incident once Today has" in page
    )
    assert "It is to be deleted." in text(desk, f"/recordings/{ONE}")
    scene.services.jobs.step()
    assert state_of(scene, ONE) == RecordingState.DELETED


def test_a_deleted_recording_says_when_and_why_and_nothing_else(scene: Scene, desk: TestClient) -> None:
    # proves F3, F8
    press(scene, ONE, NOW - timedelta(days=200), officer_id=scene.officer())
    scene.looked(ONE)
    fields = {"place": "Elm Road", "category": "threat", "what": "Shouted.", "happened": "2026-05-06T10:00"}
    made = desk.post("/incidents", data={**fields, "recording": [ONE]}, follow_redirects=False)
    incident = str(made.headers["location"])
    desk.post(f"{incident}/remove", data={"recording": ONE})
    desk.post(f"/recordings/{ONE}/judge", data={"incident": "no", "category": "", "seen": ""})
    with scene.services.sessions.begin() as session:
        judge(session, recording=ONE, said=SaidOfRecording(incident=False), by=OPERATOR)
    scene.clock.move(days=1)
    gone(scene, desk, ONE)
    page = words(text(desk, f"/recordings/{ONE}"))
    assert "Deleted on 1 December 2026" in page
    assert "6 months without an incident, from 6 May 2026, the day of the press." in page
    assert "Keys destroyed" in page
    assert "opened to watch once, download begun never" in page
    assert "Deletion was switched on by head" in page
    assert "Certificate of deletion (JSON)" in page
    nevers = ("Officer 1", "Can it be trusted?", "Nothing to watch", "Download as MP4", "not arrived")
    assert [never for never in (*nevers, "missing") if never in page] == []
    listed = words(text(desk, "/recordings"))
    assert "deleted 1 December 2026" in listed
    assert "Not kept any more" in listed
    assert ONE in text(desk, "/recordings?state=deleted")
    assert "deleted 1 December 2026" in desk.get("/recordings.csv").text
    assert "Deleted" in listed
    assert "Nothing needs" in text(desk, "/") or "have not arrived" not in words(text(desk, "/"))
    told = desk.get(f"/api/v1/recordings/{ONE}").json()
    assert (told["state"], told["gone"]["is_over"], told["officer"]) == ("deleted", True, None)
    assert "6 months without an incident" in told["gone"]["why"]
    assert desk.get(f"/api/v1/recordings/{ONE}/report").status_code == 410
    certificate = desk.get(f"/recordings/{ONE}/certificate").json()["certificate"]
    assert (certificate["number"], certificate["why"]) == (1, told["gone"]["why"])
    assert "Officer 1" not in json.dumps(certificate)


def test_an_incident_says_what_became_of_its_recordings(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, ONE, NOW - timedelta(days=500))
    fields = {"place": "Elm Road", "category": "threat", "what": "Shouted.", "happened": "2025-07-10T10:00"}
    made = desk.post("/incidents", data={**fields, "recording": [ONE]}, follow_redirects=False)
    path = str(made.headers["location"])
    with scene.services.sessions.begin() as session:
        row = session.scalars(select(Recording)).one()
        row.state, row.deleted, row.deleted_why = RecordingState.DELETED, NOW, "12 months with an incident."
    assert "Deleted" in words(text(desk, path))
    page = words(text(desk, f"/recordings/{ONE}"))
    assert "It belonged to INC-2026-" in page
    assert "Certificate of deletion" not in page
    assert desk.get(f"/recordings/{ONE}/certificate").status_code == 404


@pytest.mark.parametrize("state", [RecordingState.DELETING, RecordingState.DELETED])
def test_nothing_can_be_done_with_what_is_gone(scene: Scene, desk: TestClient, state: RecordingState) -> None:
    # proves F6
    press(scene, ONE, NOW - timedelta(days=200))
    with scene.services.sessions.begin() as session:
        row = session.scalars(select(Recording)).one()
        row.state, row.deleted, row.deleted_why = state, NOW, "6 months without an incident."
    forms = {
        "watch": {"choice": "audit", "note": "Look"},
        "download": {"choice": "audit", "note": "Look"},
        "no-more": {"choice": "destroyed", "note": "It is gone"},
        "holds": {"kind": "claim", "owner": "Head", "reason": "x", "review": "2026-12-01"},
        "notes": {"text": "Look"},
        "judge": {"incident": "yes"},
    }
    for form, data in forms.items():
        answer = desk.post(f"/recordings/{ONE}/{form}", data=data)
        assert answer.status_code in {409, 410}, form
        assert re.search("deleted", answer.text), form
    over = state is RecordingState.DELETED
    page = words(text(desk, f"/recordings/{ONE}"))
    assert ("It is being deleted; there is no way back" in page) is not over


def test_deletions_that_do_not_get_done_are_said_and_tried_again(
    scene: Scene, desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7, F8
    press(scene, ONE, NOW - timedelta(days=200))

    def away(*_of: object) -> None:
        raise StoreError("The footage store is away.")

    monkeypatch.setattr(scene.services.footage.store, "list", away)
    turn(desk, "yes", 0)
    days_go_by(scene.services, scene.clock, 8)
    for attempt in range(TOLD_AFTER):
        assert "Deletions that do not get done" not in text(desk, "/retention/deletion"), attempt
        scene.services.jobs.step()
        scene.clock.move(minutes=1)
    page = text(desk, "/retention/deletion")
    assert "Deletions that do not get done" in page
    assert "1 deletion has failed again and again." in words(text(desk, "/"))
    assert "It was tried 3 times. The footage store is away. Next:" in page
    assert "It is being deleted; there is no way back" in text(desk, f"/recordings/{ONE}")
    monkeypatch.undo()
    form = re.search(r'action="(/retention/deletion/\d+/again)"', page)
    assert form is not None
    assert desk.post(form[1]).status_code == 200
    scene.services.jobs.step()
    assert state_of(scene, ONE) == RecordingState.DELETED
    assert "Deletions that do not get done" not in text(desk, "/retention/deletion")
    assert desk.post(form[1]).status_code == 404


@pytest.mark.parametrize("role", [Role.SAFETY_TEAM, Role.ADMINISTRATOR])
def test_who_may_not_switch_it_is_offered_no_form(scene: Scene, role: Role) -> None:
    # proves F5
    page = scene.page("/retention/deletion", role)
    assert "Deletion is off" in page
    assert 'method="post" action="/retention/deletion"' not in page


def test_the_list_is_bounded_and_says_what_it_leaves_out(scene: Scene, desk: TestClient) -> None:
    # proves F8
    with scene.services.sessions.begin() as session:
        for number in range(1, 103):
            session.add(
                Recording(
                    camera_id="cam-01",
                    number=number,
                    recording=f"{number:032x}",
                    state=RecordingState.HELD,
                    announced=NOW - timedelta(days=300),
                    changed=NOW,
                )
            )
    page = words(text(desk, "/retention/deletion"))
    assert "Without an incident: 102 recordings by" in page
    assert "These are the first 100." in page
    today = words(text(desk, "/retention/deletion?days=0"))
    assert "These are the first" not in today
    assert "Within 0 days" in today
    assert "Within 1 day " in words(text(desk, "/retention/deletion?days=1"))


def test_the_command_says_what_would_go_and_deletes_nothing(scene: Scene) -> None:
    # proves F4
    press(scene, ONE, NOW - timedelta(days=200))
    state = str(scene.services.state)
    said = CliRunner().invoke(fleet_app, ["deletion", "preview", "--state", state, "--days", "30"])
    assert said.exit_code == 0, said.output
    first, line, last = said.output.splitlines()
    assert first == "Deletion is off: this is what would go if it were switched on now."
    assert f"recording 1 of cam-01 ({ONE}): 6 months without an incident" in line
    assert last == "1 in all within 30 days."
    soon = CliRunner().invoke(fleet_app, ["deletion", "preview", "--state", state, "--days", "1"])
    assert soon.output.endswith(" in all within 1 day.\n")
    assert state_of(scene, ONE) == RecordingState.HELD


def test_copies_that_were_taken_out_are_listed(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, SEVEN, NOW - timedelta(days=200))
    press(scene, EIGHT, NOW - timedelta(days=200))
    actor = Actor(ActorKind.USER, "desk", "CCTV desk", frozenset())
    with scene.services.sessions.begin() as session:
        record(session, actor, EXPORTED, EIGHT, "For the police")
    scene.looked(EIGHT, 101)
    gone(scene, desk, SEVEN)
    one, two = words(text(desk, f"/recordings/{SEVEN}")), words(text(desk, f"/recordings/{EIGHT}"))
    assert "Copies that were taken out before" not in one
    assert "Copies that were taken out before Sunday 22 November 2026, 12:00:00 GMT, by CCTV desk" in two
    assert "Fingerprint of what its camera signed (SHA-256)" in two
    assert not re.search(r"\b(ledger|segment|chunk|digest)", two, re.IGNORECASE), "inner words"
    assert ("Nobody." in one, "Nobody." in two) == (True, False)
    assert ("These are the newest" in one, "These are the newest 100." in two) == (False, True)


def test_a_deleted_recording_is_dated_as_it_was(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, ONE, NOW - timedelta(days=200), trigger="roll over")
    press(scene, SEVEN, NOW - timedelta(days=200), trigger="button")
    press(scene, EIGHT, NOW - timedelta(days=200), clock_synchronised=False)
    gone(scene, desk, SEVEN)
    assert "Pressed Wed 6 May, 13:00:00" in words(text(desk, f"/recordings/{SEVEN}"))
    page = words(text(desk, f"/recordings/{EIGHT}"))
    assert "First heard of Wed 6 May" in page
    assert "Pressed" not in page
    page = words(text(desk, f"/recordings/{ONE}"))
    assert "Begun Wed 6 May, 13:00:00" in page
    assert "6 months without an incident, from 6 May 2026, the day on which it was begun." in page
    assert "press" not in page.lower().partition("who looked at it")[0]
    certificate = desk.get(f"/recordings/{ONE}/certificate").json()["certificate"]
    assert (certificate["pressed"], certificate["recording_begun"]) == (None, "2026-05-06T12:00:00Z")
    certificate = desk.get(f"/recordings/{SEVEN}/certificate").json()["certificate"]
    assert (certificate["pressed"], "recording_begun" in certificate) == ("2026-05-06T12:00:00Z", False)
    with scene.services.sessions.begin() as session:  # as those that were deleted before that was kept
        row = session.scalars(select(Recording).where(Recording.recording == SEVEN)).one()
        row.trigger = ""
    assert "Begun Wed 6 May, 13:00:00" in words(text(desk, f"/recordings/{SEVEN}"))


def test_today_says_for_two_weeks_that_what_shows_an_incident_goes(scene: Scene, desk: TestClient) -> None:
    # proves F3
    press(scene, SEVEN, NOW - timedelta(days=500), incident=True)
    press(scene, EIGHT, NOW - timedelta(days=345), incident=True)
    due = "1 recording that shows an incident is to be deleted on 7 December 2026."
    scene.services.jobs.step()
    assert "to be deleted" not in words(text(desk, "/")), "it is off"
    turn(desk, "yes", 0)
    scene.services.jobs.step()
    page = words(text(desk, "/"))
    assert f"{due} Look at them, and hold what is still needed; what nobody holds goes." in page
    assert "/retention/deletion" in text(desk, "/")
    days_go_by(scene.services, scene.clock, 14)
    scene.services.jobs.step()
    assert state_of(scene, SEVEN) == RecordingState.HELD, "the fourteenth day counts to its end"
    assert "2 recordings that show an incident are to be deleted, the first on 7 December 2026." in words(
        text(desk, "/")
    )
    scene.clock.move(days=1)
    scene.services.jobs.step()
    assert (state_of(scene, SEVEN), state_of(scene, EIGHT)) == (RecordingState.DELETED, RecordingState.HELD)
    assert "1 recording that shows an incident is to be deleted on 21 December 2026." in words(
        text(desk, "/")
    )


def test_what_nobody_was_told_of_since_it_was_held_or_switched_is_told_anew(
    scene: Scene, desk: TestClient
) -> None:
    # proves F3, F4
    press(scene, SEVEN, NOW - timedelta(days=500), incident=True)
    turn(desk, "yes", 0)
    scene.services.jobs.step()
    days_go_by(scene.services, scene.clock, 10)
    fields = {"kind": "claim", "owner": "Head", "reason": "Letter", "review": "2027-02-01"}
    desk.post(f"/recordings/{SEVEN}/holds", data=fields)
    assert "to be deleted" not in words(text(desk, "/"))
    form = re.search(r'action="(/holds/\w+/release)"', text(desk, f"/recordings/{SEVEN}"))
    assert form is not None
    desk.post(form[1], data={"reason": "Settled"})
    days_go_by(scene.services, scene.clock, 5)
    scene.services.jobs.step()
    assert state_of(scene, SEVEN) == RecordingState.HELD, "told on the fifth day after the hold"
    assert "is to be deleted on 22 December 2026." in words(text(desk, "/"))
    turn(desk, "no", 1)
    scene.services.jobs.step()
    assert "to be deleted" not in words(text(desk, "/"))
    scene.clock.move(hours=1)
    turn(desk, "yes", 2)
    scene.clock.move(days=1)
    scene.services.jobs.step()
    assert "is to be deleted on 23 December 2026." in words(text(desk, "/"))
    days_go_by(scene.services, scene.clock, 14)
    scene.services.jobs.step()
    assert state_of(scene, SEVEN) == RecordingState.HELD
    scene.clock.move(days=1)
    scene.services.jobs.step()
    assert state_of(scene, SEVEN) == RecordingState.DELETED
