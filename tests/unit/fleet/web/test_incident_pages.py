"""Incidents, what is said of recordings, and views that are kept, through the pages that do it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.footage.recordings.models import Recording
from fleet.incidents.finding import told_of
from fleet.incidents.judging import UNDO_FOR
from fleet.incidents.models import Incident, Judgement
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
HTML = {"Accept": "text/html"}
FIELDS = {
    "place": "12 Elm Road",
    "category": "threat",
    "what": "Shouted at.",
    "people": ["tenant", "officer"],
}


clock = clock_of_module()
services = services_of_module()


@pytest.fixture(scope="module")
def whole(services: FleetServices, clock: TestClock) -> Iterator[Scene]:
    with dashboard_client(services, workers=False) as client:
        yield Scene(services, clock, client)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    whole.clear()
    for camera in (1, 2, 3):
        whole.camera(camera)
    return whole


desk = client_of_module(Role.SAFETY_TEAM, name="desk", pages=True)
"""A safety team's program: what it sends needs no token of a form."""


@pytest.fixture(autouse=True)
def begins_at(services: FleetServices) -> int:
    """How much the audit log held before the test."""
    return len(actions(services))


def name(number: int) -> str:
    return f"{number:032x}"


def press(scene: Scene, number: int, at: datetime, **more: object) -> str:
    """Have a recording of a camera of its own that was pressed then."""
    scene.held(
        number=number,
        recording=name(number),
        camera_id=f"cam-{(number - 1) % 3 + 1:02d}",
        pressed=at,
        announced=at,
        **more,
    )
    return name(number)


def typed(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def opened(desk: TestClient, scene: Scene, *recordings: str, **more: object) -> str:
    """Open an incident, and return its path."""
    fields = {**FIELDS, "happened": typed(scene.clock() - timedelta(minutes=1)), **more}
    answer = desk.post("/incidents", data={**fields, "recording": list(recordings)}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def actions(services: FleetServices) -> list[str]:
    with services.readers() as session:
        assert verify_log(session) is None
        return [each.action for each in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]


def said(services: FleetServices, number: int) -> tuple[str | None, bool | None]:
    with services.readers() as session:
        row = session.scalars(select(Recording.id).where(Recording.recording == name(number))).one()
        told = told_of(session, [row]).get(row)
        return (told.category, told.incident) if told else (None, None)


def test_an_incident_gathers_what_three_cameras_recorded(
    services: FleetServices, scene: Scene, desk: TestClient, begins_at: int
) -> None:
    now = scene.clock()
    first = press(scene, 1, now - timedelta(minutes=9))
    press(scene, 2, now - timedelta(minutes=5))
    press(scene, 3, now - timedelta(minutes=1))
    press(scene, 4, now - timedelta(hours=3))
    page = desk.get(f"/recordings/{first}").text
    assert "3 cameras recorded within 10 minutes." in page
    link = re.search(r'href="(/incidents/new\?[^"]*)"', page)
    assert link is not None
    form = desk.get(link[1].replace("&amp;", "&")).text
    assert form.count('type="hidden" name="recording"') == 3
    path = opened(desk, scene, first)
    page = desk.get(path).text
    assert "INC-2026-0001" in page
    assert "In it: Officer, Tenant." in page
    assert "3 cameras recorded within 10 minutes." in page
    assert f'id="near-{name(2)}"' in page
    assert f'id="near-{name(4)}"' not in page
    desk.post(f"{path}/recordings", data={"recording": [name(2), name(3)]})
    page = desk.get(path).text
    assert [f'id="own-{name(each)}"' in page for each in (1, 2, 3, 4)] == [True, True, True, False]
    assert [said(services, each)[1] for each in (1, 2, 3, 4)] == [True, True, True, None]
    assert "INC-2026-0001" in desk.get(f"/recordings/{name(3)}").text
    assert "INC-2026-0001" in desk.get("/recordings").text
    assert "3 recordings of 3 cameras" in desk.get("/incidents").text
    assert actions(services)[begins_at:].count("incidents:incident:add-recording") == 3


def test_a_recording_taken_out_still_shows_an_incident_until_somebody_says_otherwise(
    services: FleetServices, scene: Scene, desk: TestClient
) -> None:
    # proves F3
    press(scene, 1, scene.clock())
    path = opened(desk, scene, name(1))
    refused = desk.post(f"/recordings/{name(1)}/judge", data={"incident": "no"})
    assert refused.status_code == 409
    assert "belongs to INC-2026-0001; take it out" in refused.text
    desk.post(f"{path}/remove", data={"recording": name(1)})
    assert said(services, 1) == (None, True)
    desk.post(f"/recordings/{name(1)}/judge", data={"incident": "no", "category": "visit"})
    assert said(services, 1) == ("visit", False)
    with services.readers() as session:
        assert session.scalars(select(Judgement)).one().unmarked == scene.clock()
    assert desk.post(f"{path}/remove", data={"recording": name(1)}).status_code == 404


def test_nobody_takes_back_unseen_what_another_said_meanwhile(
    services: FleetServices, scene: Scene, desk: TestClient
) -> None:
    # proves F6
    press(scene, 1, scene.clock())
    path = f"/recordings/{name(1)}"
    seen = {"seen": "- -"}
    assert 'name="seen" value="- -"' in desk.get(path).text
    desk.post(f"{path}/judge", data={"category": "violence", "incident": "yes"})
    refused = desk.post(f"{path}/judge", data={**seen, "category": "visit", "incident": ""})
    assert refused.status_code == 409
    assert "desk said something else of it after this page was shown, so nothing was changed." in refused.text
    assert "It shows an incident. Category: Violence." in refused.text
    assert 'name="seen" value="violence yes"' in refused.text
    assert said(services, 1) == ("violence", True)
    same = desk.post(f"{path}/judge", data={**seen, "category": "violence", "incident": "yes"})
    assert same.status_code == 200  # both say the same
    now_seen = {"seen": "violence yes", "category": "visit", "incident": "no"}
    assert "said something else" not in desk.post(f"{path}/judge", data=now_seen).text
    assert said(services, 1) == ("visit", False)


def test_nobody_writes_unseen_over_what_another_wrote(
    services: FleetServices, scene: Scene, desk: TestClient
) -> None:
    # proves F6
    path = opened(desk, scene)

    def seen(page: str) -> str:
        found = re.search(r'name="seen" value="(\w+)"', page)
        assert found is not None
        return found[1]

    old = seen(desk.get(path).text)
    fields = {**FIELDS, "happened": typed(scene.clock() - timedelta(minutes=1))}
    assert desk.post(path, data={**fields, "seen": old, "place": "14 Elm Road"}).status_code == 200
    refused = desk.post(path, data={**fields, "seen": old, "what": "Shouted at, and pushed."})
    assert refused.status_code == 409
    assert "Somebody wrote it down anew after this page was shown, so nothing was changed." in refused.text
    assert "Shouted at, and pushed.</textarea>" in refused.text
    with services.readers() as session:
        assert session.scalars(select(Incident)).one().what == "Shouted at."
    again = {**fields, "seen": seen(refused.text), "place": "14 Elm Road", "what": "Shouted at, and pushed."}
    assert desk.post(path, data=again).status_code == 200
    with services.readers() as session:
        row = session.scalars(select(Incident)).one()
        assert (row.place, row.what) == ("14 Elm Road", "Shouted at, and pushed.")


def test_an_hour_that_the_clocks_show_twice_is_not_moved_by_saving_it(
    services: FleetServices, desk: TestClient
) -> None:
    # proves F8
    at = datetime(2026, 10, 25, 1, 30, 27, tzinfo=UTC)  # 01:30 GMT, an hour after 01:30 BST
    fields = {**FIELDS, "happened": "2026-10-25T01:30", "known": at.isoformat()}
    page = desk.post("/incidents", data=fields)
    path = page.url.path
    assert "01:30 GMT" in page.text
    known = re.search(r'name="known" value="([^"]+)"', page.text)
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert known is not None
    assert seen is not None
    again = {**fields, "known": known[1], "seen": seen[1], "what": "Pushed."}
    assert desk.post(path, data=again).status_code == 200
    with services.readers() as session:
        row = session.scalars(select(Incident).where(Incident.what == "Pushed.")).one()
        assert row.happened == at
    with services.sessions.begin() as session:
        session.delete(session.get_one(Incident, row.id))


def test_what_cannot_be_kept_comes_back_in_the_form(scene: Scene, desk: TestClient) -> None:
    # proves F6
    answer = desk.post("/incidents", data={**FIELDS, "happened": "never", "place": "Elm <b>Road</b>"})
    assert answer.status_code == 422
    assert "Say when it began" in answer.text
    assert "Elm &lt;b&gt;Road" in answer.text
    assert desk.post("/incidents", data={**FIELDS, "happened": "9999-12-31T23:59"}).status_code == 422
    assert desk.post("/incidents", data={**FIELDS, "happened": "0001-01-01T00:00"}).status_code == 422
    assert desk.post("/incidents/nothing", data={**FIELDS, "happened": "2026-01-01T10:00"}).status_code == 404


def test_an_incident_is_written_down_anew_and_the_log_has_the_fields_alone(
    services: FleetServices, scene: Scene, desk: TestClient, begins_at: int
) -> None:
    path = opened(desk, scene)
    fields = {
        **FIELDS,
        "happened": typed(scene.clock() - timedelta(minutes=1)),
        "what": "A secret of theirs.",
    }
    desk.post(path, data=fields)
    desk.post(path, data=fields)
    assert "A secret of theirs." in desk.get(path).text
    assert actions(services)[begins_at:].count("incidents:incident:change") == 1
    with services.readers() as session:
        logged = " ".join(str(each.detail) for each in session.scalars(select(AuditEntry)))
    assert "secret" not in logged
    assert "'fields': 'what'" in logged


def test_numbers_count_on_within_a_year_of_the_site(
    services: FleetServices, scene: Scene, desk: TestClient, clock: TestClock
) -> None:
    opened(desk, scene)
    opened(desk, scene)
    clock.move(days=400)
    opened(desk, scene)
    with services.readers() as session:
        found = session.scalars(select(Incident.reference).order_by(Incident.opened, Incident.number)).all()
    year = clock().year
    clock.move(days=-400)
    assert list(found) == ["INC-2026-0001", "INC-2026-0002", f"INC-{year}-0001"]


def test_many_are_marked_at_once_and_undone(
    services: FleetServices, scene: Scene, desk: TestClient, begins_at: int
) -> None:
    for number in (1, 2, 3):
        press(scene, number, scene.clock())
    desk.post(f"/recordings/{name(1)}/judge", data={"category": "visit"})
    chosen = {"recording": [name(1), name(2), name(3)], "said_category": "animal", "said_incident": "yes"}
    page = desk.post("/marking?state=held", data=chosen).text
    assert "3 recordings were marked as “Dog or other animal”, with an incident by desk." in page
    assert [said(services, each) for each in (1, 2, 3)] == [("animal", True)] * 3
    desk.post(f"/recordings/{name(2)}/judge", data={"category": "damage", "incident": "yes"})
    undo = re.search(r'action="(/marking/\w+/undo)"', page)
    assert undo is not None
    page = desk.post(undo[1]).text
    assert "That was undone." in page
    assert [said(services, each) for each in (1, 2, 3)] == [("visit", None), ("damage", True), (None, None)]
    assert desk.post(undo[1]).status_code == 409
    assert actions(services)[begins_at:].count("incidents:recording:undo-judge") == 2


def test_marking_is_undone_for_a_day_alone(
    services: FleetServices, scene: Scene, desk: TestClient, clock: TestClock
) -> None:
    press(scene, 1, scene.clock())
    page = desk.post("/marking", data={"recording": [name(1)], "said_incident": "no"}).text
    undo = re.search(r'action="(/marking/(\w+)/undo)"', page)
    assert undo is not None
    clock.move(seconds=UNDO_FOR.total_seconds())
    assert desk.post(undo[1]).status_code == 409
    assert undo[1] not in desk.get(f"/recordings?mark={undo[2]}").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"said_incident": "yes"}, "Choose at least one recording."),
        ({"recording": [name(1)]}, "Choose a category, or whether they show an incident."),
        ({"recording": [name(1)], "said_category": "king"}, "Choose one of the categories."),
    ],
)
def test_marking_that_says_nothing_is_refused_in_its_form(
    scene: Scene, desk: TestClient, fields: dict[str, object], sentence: str
) -> None:
    # proves F6
    press(scene, 1, scene.clock())
    answer = desk.post("/marking", data=fields)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_further_back_than_there_is_anything_the_last_are_marked(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, 1, scene.clock())
    page = desk.get("/marking?skip=500").text
    assert "Nothing to mark" not in page
    assert f'value="{name(1)}"' in page


def test_of_many_all_or_none_is_marked(services: FleetServices, scene: Scene, desk: TestClient) -> None:
    press(scene, 1, scene.clock())
    press(scene, 2, scene.clock())
    opened(desk, scene, name(2))
    answer = desk.post("/marking", data={"recording": [name(1), name(2)], "said_incident": "no"})
    assert answer.status_code == 409
    assert said(services, 1) == (None, None)


def test_notes_have_author_and_time_and_the_log_has_not_their_text(
    services: FleetServices, scene: Scene, desk: TestClient
) -> None:
    # proves F2
    press(scene, 1, scene.clock())
    desk.post(f"/recordings/{name(1)}/notes", data={"text": "The tenant's <i>own</i> words."})
    page = desk.get(f"/recordings/{name(1)}").text
    assert "The tenant&#39;s &lt;i&gt;own&lt;/i&gt; words." in page
    assert "<strong>desk</strong>" in page
    refused = desk.post(f"/recordings/{name(1)}/notes", data={"text": " "})
    assert refused.status_code == 422
    assert "Write something." in refused.text.partition('id="note-text"')[2].partition("</form>")[0]
    with services.readers() as session:
        logged = " ".join(str(each.detail) for each in session.scalars(select(AuditEntry)))
    assert "own" not in logged


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=boiler", {1}),
        ("q=inc-2026", {2}),
        ("q=ELM road", {2}),
        ("q=shouted", {2}),
        ("q=%25", set()),
        (f"q={name(3)[:30]}", {1, 2, 3, 4}),
        ("place=elm", {2}),
        ("category=visit", {3}),
        ("incident=yes", {2}),
        ("incident=no", {3}),
        ("incident=open", {1, 4}),
        ("incident=no&category=visit&state=held", {3}),
        ("category=king", {1, 2, 3, 4}),
        ("q=nothing like it", set()),
    ],
)
def test_recordings_are_found_by_what_was_said_of_them(
    scene: Scene, desk: TestClient, query: str, found: set[int]
) -> None:
    for number in (1, 2, 3, 4):
        press(scene, number, scene.clock() - timedelta(hours=number))
    desk.post(f"/recordings/{name(1)}/notes", data={"text": "About the BOILER."})
    opened(desk, scene, name(2))
    desk.post(f"/recordings/{name(3)}/judge", data={"category": "visit", "incident": "no"})
    page = desk.get(f"/recordings?{query}").text
    assert {number for number in (1, 2, 3, 4) if f'id="row-{name(number)}"' in page} == found
    table = desk.get(f"/recordings.csv?{query}").text
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    # A row of one cell says what the table was not narrowed to.
    assert {int(row["ID"], 16) for row in rows if row["Camera"] is not None} == found


def test_the_table_says_what_it_was_not_narrowed_to(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, 1, scene.clock())
    words = "+".join(f"word{each}" for each in range(15))
    said = {
        f"q={words}": "That is too much for one search.",
        "camera=cam-99": "that this fleet does not have; that was left out.",
        "from=2026-12-02&to=2026-12-01": "Of the days that were asked for: This day comes before the first",
    }
    for query, sentence in said.items():
        assert sentence in desk.get(f"/recordings.csv?{query}").text.splitlines()[-1], query
    assert name(1) in desk.get("/recordings.csv").text.splitlines()[-1]


def test_the_table_for_a_spreadsheet_is_whole_safe_and_logged(
    services: FleetServices, scene: Scene, desk: TestClient
) -> None:
    # proves F6
    officer = scene.officer("=cmd|' /C calc'!A0")
    at, plain = scene.clock(), {"camera_id": "cam-01", "state": "held", "clock_synchronised": True}
    with services.sessions.begin() as session:
        for number in range(1, 1203):
            when = {"pressed": at - timedelta(minutes=number // 3), "announced": at, "changed": at}
            session.add(Recording(**plain, **when, number=number, recording=name(number), officer_id=officer))
    answer = desk.get("/recordings.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [int(row["ID"], 16) for row in rows if row] == sorted(
        range(1, 1203), key=lambda number: (number // 3, -number)
    )
    assert {row["Officer"] for row in rows} == {"'=cmd|' /C calc'!A0"}
    assert actions(services)[-1] == "incidents:recordings:csv"


def test_an_incident_is_found_by_text_category_and_day(scene: Scene, desk: TestClient) -> None:
    opened(desk, scene)
    opened(desk, scene, place="The depot", category="damage", what="A window.")
    day = f"{scene.clock():%Y-%m-%d}"
    for query, number in (
        ("", 2),
        ("q=depot", 1),
        ("q=0002", 1),
        ("category=threat", 1),
        (f"from={day}&to={day}", 2),
        ("to=2020-01-01", 0),
        ("q=" + quote("_"), 0),
    ):
        assert desk.get(f"/incidents?{query}").text.count('<li id="incident-') == number, query
    assert desk.get("/incidents?from=never").status_code == 422


def test_views_are_kept_for_oneself(services: FleetServices, scene: Scene) -> None:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    signed = set_up(
        services,
        link=link,
        name="Head 1",
        password="four random words",
        roles=frozenset({Role.ADMINISTRATOR, Role.HEAD_OF_SAFETY}),
    )
    with dashboard_client(services, workers=False) as client:
        client.headers.update(HTML)
        client.cookies.set(COOKIE, signed.secret)
        token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', client.get("/recordings").text)
        assert token is not None
        form = {"csrf_token": token[1], "name": "To judge"}
        page = client.post("/views?incident=open&skip=50&odd=1", data=form).text
        assert 'href="/recordings?incident=open">To judge</a>' in page
        client.post("/views?incident=no", data=form)
        page = client.get("/recordings").text
        assert page.count(">To judge</a>") == 1
        remove = re.search(r'action="(/views/\w+/remove)"', page)
        assert remove is not None
        assert client.post("/views", data={**form, "name": " "}).status_code == 422
        other = token_for(services, Role.HEAD_OF_SAFETY, name="program")
        with dashboard_client(services, token=other) as program:
            assert "To judge" not in program.get("/recordings", headers=HTML).text
            assert program.post(remove[1]).status_code == 404
            assert program.post("/views", data={"name": "x"}).status_code == 403
        assert ">To judge</a>" not in client.post(remove[1], data=form).text


def test_what_is_said_of_incidents_is_so(scene: Scene, desk: TestClient) -> None:
    # proves F8
    press(scene, 1, scene.clock())
    page = f"/recordings/{name(1)}"
    assert "No incidents yet" in desk.get("/incidents").text
    assert "Nobody has said yet whether it shows an incident." in desk.get(page).text
    path = opened(desk, scene)
    empty = desk.get(path).text
    assert "No recordings in it" in empty
    assert "Put some in from the list below." in empty
    assert "What is put into it is listed here." not in empty
    assert "No incidents yet" not in desk.get("/incidents").text
    searched = desk.get("/incidents?q=nothing like it").text
    assert "Nothing matches" in searched
    assert "No incident fits all of what you chose." in searched
    assert "Nothing matches" not in desk.get("/incidents?q=elm").text
    assert "No recording fits what was chosen." in desk.get("/marking?q=nothing like it").text
    assert "Nothing to mark" not in desk.get("/marking").text
    assert "Category:" not in desk.get(page).text
    assert "It belongs to" not in desk.get(page).text
    desk.post(f"{path}/recordings", data={"recording": [name(1)]})
    desk.post(f"/recordings/{name(1)}/judge", data={"category": "threat", "incident": "yes"})
    assert "No recordings in it" not in desk.get(path).text
    desk.post(f"{path}/remove", data={"recording": name(1)})
    assert "No recordings in it" in desk.get(path).text
    desk.post(f"{path}/recordings", data={"recording": [name(1)]})
    judged = desk.get(page).text
    assert "It shows an incident. Category: Threat or abuse." in judged
    assert "It belongs to <a" in judged
    assert "Nobody has said yet" not in judged


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_who_does_not_classify_is_offered_no_form(
    services: FleetServices, scene: Scene, desk: TestClient, role: Role
) -> None:
    # proves F5
    press(scene, 1, scene.clock())
    path = opened(desk, scene, name(1))
    for page in (path, f"/recordings/{name(1)}", "/recordings", "/incidents"):
        shown = scene.page(page, role)
        for word in (
            "Put in",
            "Take out",
            "/judge",
            "/notes",
            "/marking",
            "/incidents/new",
            "Write it down anew",
        ):
            assert word not in shown, (page, word)
