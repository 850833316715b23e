"""How long recordings are kept: shown, searched, held, and changed, through the pages that do it."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.footage.recordings.models import Recording
from fleet.retention.models import Hold, RetentionChange
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE = f"{1:032x}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services, workers=False) as client,
    ):
        yield Scene(services, clock, client)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    with whole.services.sessions.begin() as session:
        session.execute(delete(Hold))
        session.execute(delete(RetentionChange))
    whole.clear()
    whole.clock.now = NOW
    whole.camera()
    return whole


@pytest.fixture(scope="module")
def desk(whole: Scene) -> Iterator[TestClient]:
    """A head of safety's program: what it sends needs no token of a form."""
    token = token_for(whole.services, Role.HEAD_OF_SAFETY, name="head")
    with dashboard_client(whole.services, token=token) as client:
        client.headers.update({"Accept": "text/html"})
        yield client


def press(scene: Scene, number: int, at: datetime, **more: object) -> str:
    name = f"{number:032x}"
    scene.held(number=number, recording=name, pressed=at, announced=at, changed=at, **more)
    return name


def text(desk: TestClient, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def hold(desk: TestClient, of: str, **more: str) -> str:
    fields = {"kind": "claim", "owner": "Head 1", "reason": "A solicitor's letter", "review": "2027-02-01"}
    return html.unescape(desk.post(f"{of}/holds", data={**fields, **more}).text)


def ended(desk: TestClient, page: str, reason: str = "The claim was settled") -> int:
    found = re.search(r'action="(/holds/\w+/release)"', page)
    assert found is not None
    status: int = desk.post(found[1], data={"reason": reason}).status_code
    return status


def actions(services: FleetServices) -> list[str]:
    with services.readers() as session:
        assert verify_log(session) is None
        return [each.action for each in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]


def test_a_recording_says_until_when_it_is_to_be_kept_and_why(scene: Scene, desk: TestClient) -> None:
    # proves F3, F8
    press(scene, 1, NOW)
    page = text(desk, f"/recordings/{ONE}")
    assert "<strong>until 22 May 2027</strong>" in page
    assert "6 months without an incident, from 22 November 2026, the day of the press." in page
    assert "until 22 May 2027" in text(desk, "/recordings")
    assert "so it is here still" not in page
    desk.post(f"/recordings/{ONE}/judge", data={"incident": "yes"})
    assert "until 22 November 2027" in text(desk, "/recordings")
    scene.clock.move(days=366)
    page = text(desk, f"/recordings/{ONE}")
    assert "past 22 November 2027" in text(desk, "/recordings")
    assert "Deletion is off, so it is here still." in page


def test_what_no_clock_dates_says_so(scene: Scene, desk: TestClient) -> None:
    # proves F3
    press(scene, 1, NOW - timedelta(days=900), clock_synchronised=False)
    assert "for no clock that was set dates the press" in text(desk, f"/recordings/{ONE}")
    scene.clear()
    scene.camera()
    press(scene, 1, NOW - timedelta(days=900))
    with scene.services.sessions.begin() as session:
        session.scalars(select(Recording)).one().announced = NOW
    assert "before the camera was enrolled" in text(desk, f"/recordings/{ONE}")


def test_a_hold_wins_until_it_is_ended_and_then_a_week_is_left(scene: Scene, desk: TestClient) -> None:
    # proves F3
    press(scene, 1, NOW - timedelta(days=400))
    assert "past 18 April 2026" in text(desk, "/recordings")
    page = hold(desk, f"/recordings/{ONE}")
    assert "Held for a claim by Head 1: nothing of it goes until that ends." in page
    assert "A solicitor's letter" in page
    assert "to be looked at by 1 February 2027" in page
    assert "held" in text(desk, "/recordings")
    assert ONE not in text(desk, "/recordings?goes=2026-11-22")
    assert ended(desk, page, " ") == 422
    assert ended(desk, page) == 200
    assert "until 29 November 2026" in text(desk, "/recordings")
    assert "A hold, a mark or its incident was taken from it, so it stays 7 more days." in text(
        desk, f"/recordings/{ONE}"
    )
    assert ended(desk, page) == 409, "it ended already"
    assert actions(scene.services)[-2:] == ["retention:recording:hold", "retention:hold:release"]


def test_an_incident_s_hold_keeps_each_of_its_recordings_while_they_are_in_it(
    scene: Scene, desk: TestClient
) -> None:
    # proves F3
    press(scene, 1, NOW - timedelta(days=500))
    press(scene, 2, NOW - timedelta(days=500))
    fields = {"place": "Elm Road", "category": "threat", "what": "Shouted.", "happened": "2026-11-22T10:00"}
    answer = desk.post("/incidents", data={**fields, "recording": [ONE]}, follow_redirects=False)
    path = str(answer.headers["location"])
    page = hold(desk, path, kind="investigation")
    assert "A hold here keeps each of its recordings and imports, those that are put in later too" in page
    assert "Held for an investigation" in text(desk, f"/recordings/{ONE}")
    assert "Held for" not in text(desk, f"/recordings/{2:032x}")
    desk.post(f"{path}/recordings", data={"recording": [f"{2:032x}"]})
    assert "Held for an investigation" in text(desk, f"/recordings/{2:032x}")
    desk.post(f"{path}/remove", data={"recording": f"{2:032x}"})
    assert "Held for" not in text(desk, f"/recordings/{2:032x}")
    assert "INC-" in text(desk, "/retention")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("kind", "", "Choose what it is held for."),
        ("owner", " ", "Say who answers for it"),
        ("reason", "", "Say why it is held"),
        ("reason", "x" * 501, "Say why it is held, in 1 to 500 characters."),
        ("review", "", "Choose the day on which it is looked at again"),
        ("review", "2026-11-21", "from today on, and within a year"),
        ("review", "2027-11-30", "from today on, and within a year"),
    ],
)
def test_a_hold_needs_owner_reason_and_review_date(
    scene: Scene, desk: TestClient, field: str, value: str, sentence: str
) -> None:
    # proves F6
    press(scene, 1, NOW)
    page = hold(desk, f"/recordings/{ONE}", **{field: value})
    assert "Recording 1 of cam-01" in page, "it is said in place"
    form = page[page.index(f'action="/recordings/{ONE}/holds"') :].partition("</form>")[0]
    assert sentence in form
    assert ("A solicitor's letter" in form) is (field != "reason"), "what was typed is there still"
    assert "Held for" not in text(desk, f"/recordings/{ONE}")


def test_why_a_hold_ends_is_asked_for_where_that_was_asked(scene: Scene, desk: TestClient) -> None:
    # proves F6
    press(scene, 1, NOW)
    fields = {"place": "Elm Road", "category": "threat", "what": "Shouted.", "happened": "2026-11-22T10:00"}
    made = desk.post("/incidents", data=fields, follow_redirects=False)
    incident = str(made.headers["location"])
    assert "Say why it is held" in hold(desk, incident, reason=" ")
    for of, title in ((f"/recordings/{ONE}", "Recording 1 of cam-01"), (incident, "INC-2026-0001")):
        page = hold(desk, of)
        (action,) = re.findall(r'action="(/holds/\w+/release)"', page)
        for shown, heading in (("", title), ("retention", "How long recordings are kept")):
            answer = desk.post(action, data={"reason": " ", "shown": shown})
            text_of = html.unescape(answer.text)
            assert answer.status_code == 422
            assert f"<h1>{heading}</h1>" in text_of
            form = text_of[text_of.index(f'action="{action}"') :].partition("</form>")[0]
            assert "Say why it is not needed any more, in 1 to 500 characters." in form
        assert desk.post(action, data={"reason": "It was settled"}).status_code == 200
        late = html.unescape(desk.post(action, data={"reason": "Once more"}).text)
        assert f"<h1>{title}</h1>" in late
        assert "That hold was ended by head already." in late
    assert desk.post("/holds/nothing/release", data={"reason": "x"}).status_code == 404


def test_a_hold_whose_review_is_overdue_says_so(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, 1, NOW)
    assert "Nothing is held." in text(desk, "/retention")
    hold(desk, f"/recordings/{ONE}", review="2026-11-23")
    page = text(desk, "/retention")
    assert "Nothing is held." not in page
    assert "Head 1 answers for it; to be looked at by 23 November 2026; placed by head" in page
    assert "should have been looked at" not in page
    scene.clock.move(days=2)
    page = text(desk, "/retention")
    assert "Holds that should have been looked at: 1." in page
    assert "should have been looked at by 23 November 2026" in page


def test_a_change_is_previewed_with_counts_and_examples_confirmed_and_undone(
    scene: Scene, desk: TestClient
) -> None:
    # proves F4
    months = {number: NOW - timedelta(days=30 * number) for number in (1, 3, 4, 8)}
    for number, at in months.items():
        press(scene, number, at)
    press(scene, 5, months[4])
    hold(desk, f"/recordings/{5:032x}")
    page = text(desk, "/retention")
    assert "6 months without an incident, 12 months with one" in page
    assert "By their period alone 1 recording would be past the last day." in page
    page = text(desk, "/retention/preview?plain=2&incident=12")
    assert "From 6 months without an incident, 12 months with one to 2 months without" in page
    assert "2 more recordings would be past the last day on 30 November 2026." in page
    assert "1 recording is held: it does nothing to those." in page
    assert f"/recordings/{4:032x}" in page
    assert f"/recordings/{3:032x}" in page
    assert f"/recordings/{1:032x}" not in page
    assert f"/recordings/{5:032x}" not in page
    assert "It can be undone for 7 days." in page
    with scene.services.readers() as session:
        assert session.scalars(select(RetentionChange)).all() == []
    confirm = {"plain": "2", "incident": "12", "seen": "0"}
    page = html.unescape(desk.post("/retention/change", data=confirm).text)
    assert "Until 29 November 2026 this counts too, where it is longer: 6 months without" in page
    assert "By their period alone 1 recording would be past the last day." in page, "not for seven days"
    assert f"/recordings/{4:032x}" not in text(desk, "/recordings?goes=2026-11-28")
    assert f"/recordings/{4:032x}" in text(desk, "/recordings?goes=2026-11-29")
    assert "still counts for 7 days" in text(desk, f"/recordings/{4:032x}")
    again = desk.post("/retention/change", data={**confirm, "plain": "3"})
    assert again.status_code == 409, "what was seen is not what is so"
    assert "changed the periods meanwhile" in again.text
    scene.clock.move(days=6)
    page = html.unescape(desk.post("/retention/undo", data={"number": "1"}).text)
    assert "head went back to 6 months without an incident, 12 months with one." in page
    assert 'action="/retention/undo"' not in page
    scene.clock.move(days=30)
    assert f"/recordings/{4:032x}" not in text(desk, "/recordings?goes=2026-12-28")
    assert actions(scene.services)[-2:] == ["retention:periods:change", "retention:periods:undo"]


def test_after_seven_days_a_change_counts_and_cannot_be_undone(scene: Scene, desk: TestClient) -> None:
    # proves F4
    press(scene, 4, NOW - timedelta(days=120))
    desk.post("/retention/change", data={"plain": "2", "incident": "12", "seen": "0"})
    scene.clock.move(days=7)
    assert "past the last day" in text(desk, "/retention")
    assert "By their period alone no recordings" in text(desk, "/retention"), (
        "the seventh day counts to its end"
    )
    scene.clock.move(days=1)
    assert "By their period alone 1 recording" in text(desk, "/retention")
    refused = desk.post("/retention/undo", data={"number": "1"})
    assert refused.status_code == 409
    assert "that is over" in refused.text


@pytest.mark.parametrize(
    ("plain", "incident", "status", "sentence"),
    [
        ("12", "6", 422, "cannot be kept for less time"),
        ("0", "12", 422, "A period is 1 to 120 months"),
        ("six", "12", 422, "A period is 1 to 120 months"),
        ("6", "999", 422, "A period is 1 to 120 months"),
        ("6", "12", 409, "That is how long recordings are kept already."),
    ],
)
def test_periods_that_cannot_be_are_refused_where_they_were_typed(
    scene: Scene, desk: TestClient, plain: str, incident: str, status: int, sentence: str
) -> None:
    # proves F6
    asked = desk.get(f"/retention/preview?plain={plain}&incident={incident}")
    assert (asked.status_code, sentence in asked.text) == (status, True)
    sent = desk.post("/retention/change", data={"plain": plain, "incident": incident, "seen": "0"})
    assert (sent.status_code, sentence in sent.text) == (status, True)
    with scene.services.readers() as session:
        assert session.scalars(select(RetentionChange)).all() == []


def test_a_preview_with_nothing_to_do_says_that(scene: Scene, desk: TestClient) -> None:
    # proves F8
    page = text(desk, "/retention/preview?plain=7&incident=12")
    assert "as many recordings would be past the last day as without it: 0." in page
    assert "No recording is held." in page
    press(scene, 8, NOW - timedelta(days=200))
    page = text(desk, "/retention/preview?plain=7&incident=12")
    assert "1 recording would not be past the last day any more on 30 November 2026." in page


def test_what_the_database_finds_is_what_the_rules_say(scene: Scene, desk: TestClient) -> None:
    # proves F3
    for number in range(1, 40):
        at = NOW - timedelta(days=170 + number // 2, hours=number * 5)
        press(scene, number, at, clock_synchronised=number % 7 != 0)
    for number in range(1, 40, 4):
        desk.post(f"/recordings/{number:032x}/judge", data={"incident": "yes"})
    desk.post("/retention/change", data={"plain": "5", "incident": "5", "seen": "0"})
    table = desk.get("/recordings.csv").text
    until = {
        int(row["ID"], 16): row["To be kept until"]
        for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    }
    assert len(set(until.values())) > 5
    for day in sorted(set(until.values())):
        found = desk.get(f"/recordings.csv?goes={day}").text
        ids = {int(row["ID"], 16) for row in csv.DictReader(io.StringIO(found.removeprefix("\ufeff")))}
        assert ids == {number for number, last in until.items() if last <= day}, day


def test_a_day_that_is_none_filters_nothing_and_says_so(scene: Scene, desk: TestClient) -> None:
    # proves F6
    answer = desk.get("/recordings?goes=soon")
    assert answer.status_code == 422
    assert "A day looks like 2026-11-22" in answer.text


@pytest.mark.parametrize("role", [Role.SAFETY_TEAM, Role.ADMINISTRATOR])
def test_who_may_not_hold_is_offered_no_form(scene: Scene, desk: TestClient, role: Role) -> None:
    # proves F5
    press(scene, 1, NOW)
    hold(desk, f"/recordings/{ONE}")
    for page in (f"/recordings/{ONE}", "/retention"):
        shown = scene.page(page, role)
        assert "A solicitor" in shown
        for word in ("/release", "/holds", "/retention/preview", "/retention/undo"):
            assert f'action="{word}' not in shown, (page, word)
            assert f'{word}"' not in shown, (page, word)
