"""Reviews through the pages that do them: who may, two names, the ways back, and what is taken away."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, Role
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.people.accounts.officer_link import link_officer
from fleet.people.models import User
from fleet.review.models import Review
from fleet.server.compose import FleetServices
from tests.support.fleet.alerting import alerts_of
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import dashboard_client, token_for
from tests.support.fleet.of_module import clock_of_module, scene_of_module, services_of_module, user_of_module
from tests.support.fleet.people import add_user, sign_in_as
from tests.support.pages.scene import Scene

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, TWO = f"{1:032x}", f"{2:032x}"
NOTHING = {"found": ["nothing"], "step": "none"}
Opens = Callable[[Actor], Browser]


clock = clock_of_module()
services = services_of_module()
whole = scene_of_module()
head = user_of_module("Head 1", Role.HEAD_OF_SAFETY)
manager = user_of_module("Manager 1", Role.CCTV_MANAGER)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    with whole.services.sessions.begin() as session:
        session.execute(delete(Review))
        session.execute(update(User).values(officer_id=None))
    whole.clear()
    whole.clock.now = NOW
    whole.camera()
    return whole


@pytest.fixture(scope="module")
def opens(services: FleetServices, whole: Scene) -> Iterator[Opens]:
    with browsers(services) as another:
        yield lambda actor: sign_in_as(services, another(), actor)


@pytest.fixture(scope="module")
def program(services: FleetServices, whole: Scene) -> Iterator[TestClient]:
    token = token_for(services, Role.HEAD_OF_SAFETY, name="program")
    with dashboard_client(services, token=token) as client:
        yield client


def override(scene: Scene, number: int = 1, **row: object) -> str:
    """Have a recording that was pressed for while its camera was private, and that the rules looked at."""
    name = f"{number:032x}"
    scene.held(number=number, recording=name, **{"marks": ["safety override"], **row})
    scene.services.reviews.sorter.sort_all()
    return name


def found(browser: Browser, name: str, **more: object) -> str:
    page = f"/reviews/{name}"
    seen = re.search(r'name="seen" value="(\d+)"', browser.get(page))
    assert seen is not None
    fields = {"seen": seen[1], **NOTHING, **more}
    return browser.post(f"{page}/findings", page, **fields)  # type: ignore[arg-type]  # words of a form


def signed(browser: Browser, name: str, role: str, seen: str = "1") -> str:
    page = f"/reviews/{name}"
    return browser.post(f"{page}/sign", page, role=role, seen=seen)


def actions(services: FleetServices) -> list[str]:
    with services.readers() as session:
        assert verify_log(session) is None
        return [each.action for each in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]


def test_what_is_to_be_reviewed_is_listed_with_its_reason_and_its_day(
    scene: Scene, opens: Opens, head: Actor
) -> None:
    desk = opens(head)
    scene.services.reviews.sorter.sort_all()
    assert "Nothing to review" in desk.get("/reviews")
    override(scene)
    page = desk.get("/reviews")
    assert "the one due first in front." in page
    assert "1 review still to do" in page
    assert "It was pressed for while the camera was private: a safety override." in page
    assert "Due by 6 December 2026 · to be kept: until 22 May 2027" in page
    assert "To review" in page
    assert 'href="/reviews"' in desk.get("/recordings")
    assert f'href="/reviews/{ONE}"' in desk.get(f"/recordings/{ONE}")


def test_what_belongs_to_an_incident_is_reviewed_and_its_page_leads_there(
    scene: Scene, opens: Opens, head: Actor
) -> None:
    # proves F8
    scene.held(number=1, recording=ONE)
    scene.services.reviews.sorter.sort_all()
    desk = opens(head)
    assert "Nothing to review" in desk.get("/reviews")
    draft = {"place": "12 Elm Road", "category": "threat", "what": "Shouted", "recording": ONE}
    desk.post(
        "/incidents",
        "/incidents/new",
        happened=f"{scene.clock() - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        **draft,
    )
    scene.services.reviews.sorter.sort_all()
    found_there = re.search(r"It belongs to (INC-[0-9-]+)\.", desk.get("/reviews"))
    assert found_there is not None
    address = re.search(rf'href="(/incidents/\w+)"[^>]*>{found_there[1]}', desk.get("/incidents"))
    assert address is not None
    page = desk.get(address[1])
    assert "Each recording of an incident is reviewed by the head of safety and the CCTV manager." in page
    assert f'<p class="muted">until 22 November 2027 · <a href="/reviews/{ONE}">Its review' in page


def test_a_list_that_the_rules_are_behind_with_says_so(
    scene: Scene, opens: Opens, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    behind = "In the last minutes the rules were not through all recordings: what is new may be missing here."
    desk = opens(head)
    scene.services.reviews.sorter.sort_all()
    assert behind not in desk.get("/reviews")
    scene.clock.move(minutes=4)
    page = desk.get("/reviews")
    assert behind in page
    assert "Nothing is listed" in page
    assert "Nothing to review" not in page
    override(scene)
    assert behind not in desk.get("/reviews")
    scene.clock.move(minutes=-1)
    assert behind in desk.get("/reviews"), "since the clock was put back nobody knows how long ago that was"
    monkeypatch.setattr(scene.services.reviews.sorter, "_through", None)
    assert behind in desk.get("/reviews"), "not since the service was started"


def test_one_that_nothing_dates_says_so_in_the_list(scene: Scene, opens: Opens, head: Actor) -> None:
    # proves F8
    override(scene)
    assert "first heard of then" not in opens(head).get("/reviews")
    override(scene, 2, clock_synchronised=False)
    assert "first heard of then" in opens(head).get("/reviews")


def test_the_list_says_what_it_has_and_in_which_order(scene: Scene, opens: Opens, head: Actor) -> None:
    # proves F8
    desk = opens(head)
    assert "look at together, the one due first in front." in desk.get("/reviews?state=closed")
    page = desk.get("/reviews?state=everything")
    assert "Every recording, with those that need no review, the one heard of first in front." in page
    assert "due first" not in page


def test_why_it_is_asked_for_is_asked_in_place_and_not_of_what_is_deleted(
    scene: Scene, opens: Opens, head: Actor
) -> None:
    # proves F8
    name, desk = override(scene, marks=[]), opens(head)
    page = desk.post(f"/reviews/{name}/ask", f"/reviews/{name}", why="  ")
    field = page.partition('id="ask-why"')[2].partition("</div>")[0]
    assert "Say why, in 1 to" in field
    assert page.count("Say why, in 1 to") == 1
    assert "Have it reviewed" in page
    with scene.services.sessions.begin() as session:
        session.scalars(select(Recording)).one().state = RecordingState.DELETED
    scene.services.reviews.sorter.sort_all()
    assert "Have it reviewed" not in desk.get(f"/reviews/{name}")


def test_a_list_is_narrowed_by_state_reason_and_officer(scene: Scene, opens: Opens, head: Actor) -> None:
    desk, officer = opens(head), scene.officer()
    override(scene, officer_id=officer, wearer_basis="signed")
    override(scene, 2, marks=[], state=RecordingState.STOPPED)
    for query, names in {
        "": {ONE, TWO},
        "kind=override": {ONE},
        "kind=ended": {TWO},
        f"officer={officer}": {ONE},
        "state=closed": set(),
        "state=nonsense&kind=nonsense": {ONE, TWO},
        "skip=500": {ONE, TWO},
    }.items():
        listed = set(re.findall(r'id="review-(\w+)"', desk.get(f"/reviews?{query}")))
        assert listed == names, query
    assert "Nothing matches" in desk.get("/reviews?state=closed")


def test_what_is_overdue_and_what_soon_goes_is_said(scene: Scene, opens: Opens, head: Actor) -> None:
    override(scene)
    scene.clock.move(days=14)
    assert "overdue." not in opens(head).get("/reviews"), "the last day counts to its end"
    scene.clock.move(days=1)
    page = opens(head).get("/reviews")
    assert "1 review is overdue." in page
    assert "Was due by 6 December 2026" in page
    scene.clock.move(days=155)
    page = opens(head).get("/reviews")
    assert "1 recording of those still to review is kept for 14 more days or less" in page
    assert "A review keeps nothing longer: review first, or place a hold." in page


def test_what_is_overdue_and_what_soon_goes_is_an_alert_of_the_two_who_review(
    scene: Scene, opens: Opens, head: Actor, services: FleetServices
) -> None:
    other = add_user(services, "Desk 2", Role.SAFETY_TEAM)
    override(scene)
    scene.clock.move(days=14)
    assert alerts_of(services, "review.overdue") == []
    scene.clock.move(days=1)
    assert [each.words for each in alerts_of(services, "review.overdue")] == ["1 review is overdue."]
    assert "1 review is overdue." in opens(head).get("/")
    assert "1 review is overdue." not in opens(other).get("/")
    assert alerts_of(services, "review.goes") == []
    scene.clock.move(days=155)
    assert len(alerts_of(services, "review.goes")) == 1
    with services.sessions.begin() as session:
        session.execute(delete(Review))
    assert all(each.ended is not None for each in alerts_of(services, "review.overdue"))


def test_two_people_close_a_review_each_for_themselves(
    scene: Scene, opens: Opens, head: Actor, manager: Actor, services: FleetServices
) -> None:
    one, other = opens(head), opens(manager)
    override(scene)
    page = one.get(f"/reviews/{ONE}")
    assert "Nobody has written that yet." in page
    assert "Write first what was found." in page
    page = found(one, ONE, found=["private"], step="talk", text="Private at the door without need.")
    assert "Made private, or recorded while private, without good reason" in page
    assert "Private at the door without need." in page
    assert "To sign" in page
    assert 'aria-label="Sign as Head of safety"' in page
    assert 'aria-label="Sign as CCTV manager"' not in page
    page = signed(one, ONE, "head-of-safety")
    assert "One name" in page
    assert "Take back" in page
    page = signed(other, ONE, "cctv-manager")
    assert "Closed" in page
    assert "Closed on 22 November 2026" in page
    assert "Take back" not in page
    assert "Have it reviewed again" in page
    assert "Nothing to review" in one.get("/reviews")
    assert actions(services)[-4:] == [
        "review:recording:find",
        "review:recording:sign",
        "review:recording:sign",
        "review:recording:close",
    ]


def test_nobody_signs_for_another_nor_for_both(scene: Scene, opens: Opens, manager: Actor) -> None:
    both = add_user(scene.services, "Everything", Role.HEAD_OF_SAFETY, Role.CCTV_MANAGER)
    one, other = opens(both), opens(manager)
    override(scene)
    found(one, ONE)
    assert "To sign as head of safety takes that role." in signed(other, ONE, "head-of-safety")
    assert "One name" in signed(one, ONE, "cctv-manager")
    assert "two people sign, each for themselves" in signed(one, ONE, "head-of-safety")
    assert "Choose for which of the two names you sign." in signed(one, ONE, "nobody")


# proves F8
def test_two_accounts_of_one_officer_are_one_person(scene: Scene, opens: Opens, head: Actor) -> None:
    officer = scene.officer()
    first = add_user(scene.services, "Their first account", Role.CCTV_MANAGER, officer=officer)
    again = add_user(scene.services, "Their second account", Role.HEAD_OF_SAFETY)
    one, other, third = opens(first), opens(again), opens(head)
    override(scene)
    found(one, ONE)
    assert "One name" in signed(one, ONE, "cctv-manager")
    with scene.services.sessions.begin() as session:
        link_officer(session, user=first.id, officer=None, by=head)
        link_officer(session, user=again.id, officer=officer, by=head)
    refused = "An account of the same officer has signed for the other name; two people sign."
    assert refused in signed(other, ONE, "head-of-safety"), "as it was when that one signed"
    assert 'aria-label="Sign as head of safety"' not in other.get(f"/reviews/{ONE}")
    assert "Closed on" in signed(third, ONE, "head-of-safety")


def test_the_officer_who_is_recorded_reviews_nothing_of_it(scene: Scene, opens: Opens, head: Actor) -> None:
    officer = scene.officer()
    own = add_user(scene.services, "Manager who wears one", Role.CCTV_MANAGER, officer=officer)
    desk, recorded = opens(head), opens(own)
    override(scene, officer_id=officer, wearer_basis="signed")
    found(desk, ONE)
    sentence = "It is your own recording, as its officer; have somebody else review it."
    page = recorded.get(f"/reviews/{ONE}")
    assert sentence in page
    assert f'action="/reviews/{ONE}/findings"' not in page
    assert sentence in signed(recorded, ONE, "cctv-manager")
    fields = {**NOTHING, "seen": "1"}
    refused = recorded.post(f"/reviews/{ONE}/findings", f"/reviews/{ONE}", **fields)  # type: ignore[arg-type]
    assert sentence in refused
    assert "One name" in signed(desk, ONE, "head-of-safety")


def test_a_program_signs_nothing(scene: Scene, program: TestClient) -> None:
    override(scene)
    sent = program.post(f"/reviews/{ONE}/findings", data={**NOTHING, "seen": "0"})
    assert sent.status_code in {200, 303}
    answer = program.post(
        f"/reviews/{ONE}/sign", data={"role": "head-of-safety", "seen": "1"}, headers={"Accept": "text/html"}
    )
    assert answer.status_code == 403
    assert "by a person who is signed in, and by no program" in answer.text


def test_what_was_written_meanwhile_is_not_signed_nor_written_over(
    scene: Scene, opens: Opens, head: Actor, manager: Actor
) -> None:
    one, other = opens(head), opens(manager)
    override(scene)
    found(one, ONE)
    signed(one, ONE, "head-of-safety")
    page = found(other, ONE, found=["late"], step="training", text="A minute late.")
    assert "Not signed yet" in page
    assert "One name" not in page, "what was signed is not what stands here now"
    assert "Somebody wrote the findings anew meanwhile" in signed(one, ONE, "head-of-safety", seen="1")
    fields = {**NOTHING, "seen": "1"}
    refused = one.post(f"/reviews/{ONE}/findings", f"/reviews/{ONE}", **fields)  # type: ignore[arg-type]
    assert "read them before you write others" in refused
    assert "A minute late." in refused


def test_one_takes_back_what_they_signed_and_asks_for_another_review_of_what_is_closed(
    scene: Scene, opens: Opens, head: Actor, manager: Actor
) -> None:
    one, other = opens(head), opens(manager)
    override(scene)
    page = f"/reviews/{ONE}"
    found(one, ONE)
    signed(one, ONE, "head-of-safety")
    assert "There is nothing that you have signed." in other.post(f"{page}/take-back", page)
    after = one.post(f"{page}/take-back", page)
    assert "One name" not in after
    assert "Taken back" in after
    signed(one, ONE, "head-of-safety")
    signed(other, ONE, "cctv-manager")
    assert "it is closed" in one.post(f"{page}/take-back", page)
    assert "Say why, in 1 to 500 characters." in one.post(f"{page}/ask", page, why=" ")
    after = one.post(f"{page}/ask", page, why="A neighbour wrote to us")
    assert "Head 1 asked for it: A neighbour wrote to us" in after
    assert "Opened again" in after
    assert "It is to be reviewed already." in one.post(f"{page}/ask", page, why="Once more")


def test_a_review_of_what_no_rule_asks_for_can_be_asked_for(scene: Scene, opens: Opens, head: Actor) -> None:
    desk = opens(head)
    override(scene, marks=[])
    page = desk.get(f"/reviews/{ONE}")
    assert "No rule asks for a review of it." in page
    assert "Nothing to review" in desk.get("/reviews")
    refused = desk.post(f"/reviews/{ONE}/findings", f"/reviews/{ONE}", seen="0", step="none", found="nothing")
    assert "ask for a review first" in refused
    assert "Nobody yet." in page
    assert "Nothing yet." in page
    scene.looked(ONE)
    desk.post(f"/reviews/{ONE}/ask", f"/reviews/{ONE}", why="The tenant asked")
    page = desk.get(f"/reviews/{ONE}")
    assert "Head 1 asked for it: The tenant asked" in page
    assert "Safety desk" in page
    assert "Nobody yet." not in page
    assert "Nothing yet." not in page


def test_a_long_history_says_that_it_is_not_all(
    scene: Scene, opens: Opens, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    desk = opens(head)
    override(scene)
    found(desk, ONE)
    assert "These are the newest" not in desk.get(f"/reviews/{ONE}")
    monkeypatch.setattr("fleet.web.reviewed.MOST_SHOWN", 1)
    assert "These are the newest 1." in desk.get(f"/reviews/{ONE}")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"found": [], "step": "none"}, "Choose what was found."),
        ({"found": ["late"], "step": "talk"}, "Say in a few words what was found"),
        ({"found": ["nothing", "late"], "step": "none"}, "Either there is nothing to remark"),
        ({"found": ["nothing"], "step": ""}, "Choose what is done about it."),
    ],
)
def test_findings_are_refused_where_they_were_written(
    scene: Scene, opens: Opens, head: Actor, fields: dict[str, object], sentence: str
) -> None:
    # proves F6
    desk = opens(head)
    override(scene)
    page = found(desk, ONE, **{"text": "", **fields})
    assert sentence in page
    assert "Nobody has written that yet." in page


def test_the_way_to_the_recording_brings_its_reason_along(scene: Scene, opens: Opens, head: Actor) -> None:
    # proves F1
    desk = opens(head)
    override(scene)
    assert f'href="/recordings/{ONE}?why=audit#watch"' in desk.get(f"/reviews/{ONE}")
    page = desk.get(f"/recordings/{ONE}?why=audit")
    assert re.search(r'value="audit" required checked', page)
    assert not re.search(r"required checked", desk.get(f"/recordings/{ONE}?why=nonsense"))


def test_a_recording_of_which_nothing_is_known_yet_has_no_review_yet(
    scene: Scene, opens: Opens, head: Actor
) -> None:
    # proves F8
    desk = opens(head)
    assert "There is no such recording" in desk.get(f"/reviews/{ONE}")
    override(scene)
    with scene.services.sessions.begin() as session:
        session.delete(session.scalars(select(Review)).one())
    answer = desk.client.get(f"/api/v1/reviews/{ONE}")
    assert answer.status_code in {200, 409}, "the worker may have looked at it meanwhile"


def test_the_register_is_taken_as_a_table_and_the_log_says_so(
    scene: Scene, opens: Opens, head: Actor, services: FleetServices
) -> None:
    desk = opens(head)
    override(scene)
    found(desk, ONE, found=["other"], step="other", text="=HYPERLINK(1)")
    answer = desk.client.get("/reviews.csv?kind=override")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["Recording"], row["State"], row["Due by"]) == (ONE, "to sign", "2026-12-06")
    assert row["Reasons"] == "Safety override"
    assert row["In their own words"] == "'=HYPERLINK(1)"
    assert actions(services)[-1] == "review:recordings:csv"
    assert len(list(csv.reader(io.StringIO(desk.client.get("/reviews.csv?state=closed").text)))) == 1


def test_a_month_has_its_figures(scene: Scene, opens: Opens, head: Actor) -> None:
    desk = opens(head)
    override(scene)
    page = desk.get("/reviews/figures?month=2026-12")
    assert "Reviews due in December 2026" in page
    cells = re.findall(r'<th scope="row">([^<]+)</th>((?:<td class="figure">\d+</td>)+)', page)
    counted = {name: [int(each) for each in re.findall(r">(\d+)<", rest)] for name, rest in cells}
    assert counted == {"All": [1, 0, 0, 0, 0, 1], "Safety override": [1, 0, 0, 0, 0, 1]}
    assert "No review was due in that month." in desk.get("/reviews/figures?month=2025-01")
    for odd in ("", "2026", "2026-13", "9999-99", "0001-01", "x-y"):
        assert "Reviews due in November 2026" in desk.get(f"/reviews/figures?month={odd}"), odd


def test_programs_read_what_is_to_be_reviewed(scene: Scene, program: TestClient) -> None:
    override(scene)
    listed = program.get("/api/v1/reviews").json()
    assert [each["recording"] for each in listed] == [ONE]
    one = program.get(f"/api/v1/reviews/{ONE}").json()
    assert one == listed[0]
    assert [(each["kind"], each["since"][:10]) for each in one["reasons"]] == [("override", "2026-11-22")]
    assert (one["state"], one["due"], one["signatures"]) == ("open", "2026-12-06", [])
    assert program.get("/api/v1/reviews?state=overdue").json() == []
    assert program.get(f"/api/v1/reviews/{TWO}").status_code == 404


@pytest.mark.parametrize(
    "role", [each for each in Role if each not in {Role.HEAD_OF_SAFETY, Role.CCTV_MANAGER}]
)
def test_nobody_else_sees_reviews(scene: Scene, opens: Opens, role: Role) -> None:
    # proves F5
    person = add_user(scene.services, f"Person {role}", role)
    desk = opens(person)
    override(scene)
    assert desk.client.get("/reviews").status_code == 403
    assert desk.client.get(f"/reviews/{ONE}").status_code == 403
    assert 'href="/reviews"' not in html.unescape(desk.client.get("/recordings").text)
    assert "Its review" not in html.unescape(desk.client.get(f"/recordings/{ONE}").text)
