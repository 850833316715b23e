"""Visits, notices, consent and links, through the pages that do it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from fleet.alerts import events
from fleet.alerts.models import AlertRow
from fleet.alerts.rules.kinds import MORE
from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.people.models import User
from fleet.people.passwords import hash_password
from fleet.server.compose import FleetServices
from fleet.visits import links
from fleet.visits.consent import MOST_ENTRIES, entries_of
from fleet.visits.models import ConsentEntry, TenancyVisit, VisitNotice, VisitRecording, VisitText
from fleet.visits.rules.consent import REASON_WITHIN
from fleet.visits.service import draft_of, visits_between
from fleet.web.alerting.visits import MOST_OF_ONE, NO_NOTICE, NO_REASON, STRAY
from fleet.web.routes.visits import listed
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import BY_PASSWORD, TestClock
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
HTML = {"Accept": "text/html"}
PASSWORD = "four random words here"
RECORDING = "aa" * 16
LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})


clock = clock_of_module()
services = services_of_module(CONFIG)
desk = client_of_module(Role.SAFETY_TEAM, Role.HEAD_OF_SAFETY, name="desk", pages=True)


@pytest.fixture(scope="module")
def open_browser(services: FleetServices) -> Iterator[Callable[[], Browser]]:
    with browsers(services) as another:
        yield another


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, desk: TestClient) -> Scene:
    found = Scene(services, clock, desk)
    with services.sessions.begin() as session:
        for table in (VisitRecording, ConsentEntry, VisitNotice, TenancyVisit, VisitText, User):
            session.execute(delete(table))
    found.clear()
    for number in (1, 2):
        found.officer(f"Officer {number}")
    found.camera()
    return found


@pytest.fixture
def phone(scene: Scene, open_browser: Callable[[], Browser]) -> Browser:
    with scene.services.sessions.begin() as session:
        session.add(
            User(
                id="u1",
                name="Officer one",
                password=hash_password(PASSWORD),
                roles=frozenset({Role.OFFICER}),
                created=scene.clock(),
                officer_id="officer-1",
            )
        )
    browser = open_browser()
    browser.sign_in("Officer one", PASSWORD)
    return browser


def typed(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def fields(scene: Scene, **changed: str) -> dict[str, str]:
    return {
        "tenancy": "T-4711",
        "place": "Flat 4, 12 Elm Road",
        "purpose": "Gas check",
        "planned": typed(scene.clock() + timedelta(days=3)),
        "minutes": "60",
        "officer": "officer-1",
        "language": "en",
        **changed,
    }


def planned(scene: Scene, **changed: str) -> str:
    """Plan a visit, and return its path."""
    answer = scene.client.post("/visits", data=fields(scene, **changed), follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def soon(scene: Scene, minutes: int = 5) -> str:
    return typed(scene.clock() + timedelta(minutes=minutes))


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def alerts(scene: Scene) -> list[str]:
    scene.services.alerts.bring_up_to_date()
    with scene.services.readers() as session:
        query = select(AlertRow.kind).where(AlertRow.lasts.is_(True))
        return [each for each in session.scalars(query) if each in {NO_NOTICE.id, NO_REASON.id}]


def test_a_visit_is_planned_written_anew_and_called_off_and_the_log_names_no_tenancy(scene: Scene) -> None:
    here = planned(scene)
    page = words(scene.client.get(here).text)
    assert "Visit to Flat 4, 12 Elm Road" in page
    assert "None is noted for this time and place yet." in page
    form = scene.client.get(f"{here}/change").text
    seen = re.search(r'name="seen" value="(\w+)"', form)
    assert seen is not None
    moved = fields(scene, place="Flat 5", seen=seen[1])
    assert scene.client.post(f"{here}/change", data=moved, follow_redirects=False).status_code == 303
    stale = scene.client.post(f"{here}/change", data=fields(scene, place="Flat 6", seen=seen[1]))
    assert (stale.status_code, "nothing was changed" in stale.text) == (409, True)
    assert scene.client.post(f"{here}/cancel", data={"reason": ""}).status_code == 422
    scene.client.post(f"{here}/cancel", data={"reason": "Nobody is in"})
    page = words(scene.client.get(here).text)
    assert "Called off by desk" in page
    assert "Nobody is in" in page
    assert "Write it anew" not in page
    again = scene.client.post(f"{here}/cancel", data={"reason": "Again"})
    assert (again.status_code, again.text.count('role="alert"><svg')) == (409, 1), (
        "that nothing came of it is said"
    )
    with scene.services.readers() as session:
        assert verify_log(session) is None
        about = select(AuditEntry).where(AuditEntry.action.startswith("visits:"))
        told = [f"{each.subject} {each.purpose} {each.detail}" for each in session.scalars(about)]
    assert told
    assert not [each for each in told if "T-4711" in each or "Flat" in each or "Nobody" in each]


def test_the_form_says_what_is_wrong_beside_its_field(scene: Scene) -> None:
    answer = scene.client.post("/visits", data=fields(scene, tenancy="<script>"))
    assert answer.status_code == 422
    assert 'id="tenancy-fault"' in answer.text
    assert 'value="Gas check"' in answer.text
    assert scene.client.post("/visits", data=fields(scene, officer="nobody")).status_code == 404


def test_the_day_lists_its_visits_and_no_others(scene: Scene) -> None:
    here = planned(scene)
    day = (scene.clock() + timedelta(days=3)).date()
    assert here in scene.client.get(f"/visits?day={day}").text
    other = words(scene.client.get("/visits?day=nonsense").text)
    assert "No visits on this day" in other
    assert "today" in other


def test_a_notice_is_printed_noted_and_kept_as_it_was_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    here = planned(scene)
    page = PdfReader(io.BytesIO(scene.client.get(f"{here}/notice.pdf").content))
    said = " ".join(page.pages[0].extract_text().split())
    assert len(page.pages) == 1
    for each in (
        "Flat 4, 12 Elm Road",
        "Gas check",
        "T-4711",
        "You can say no",
        "Northgate Homes",
        "1 Gate Street",
    ):
        assert each in said
    html = scene.client.get(f"{here}/notice.html")
    assert "Gas check" in html.text
    assert "style-src 'sha256-" in html.headers["content-security-policy"]
    noted = {"way": "post", "sent": typed(scene.clock() - timedelta(minutes=2))}
    assert scene.client.post(f"{here}/notices", data=noted, follow_redirects=False).status_code == 303
    shown = words(scene.client.get(here).text)
    assert "It was sent in time." in shown
    assert "by post, in English, noted by desk" in shown
    sent = re.search(r"/notices/(\w+)\.pdf", scene.client.get(here).text)
    assert sent is not None
    scene.client.post(f"{here}/change", data=fields(scene, place="Flat 9", seen=""))
    after = words(scene.client.get(here).text)
    assert "None is noted for this time and place yet." in after
    assert "the visit was written anew since" in after
    kept = PdfReader(io.BytesIO(scene.client.get(f"{here}/notices/{sent[1]}.pdf").content))
    assert "Flat 4, 12 Elm Road" in " ".join(kept.pages[0].extract_text().split())
    renamed = LANDLORD.model_copy(update={"name": "Southgate Homes"})
    monkeypatch.setitem(vars(scene.services.config), "landlord", renamed)
    assert "Southgate Homes" in scene.client.get(f"{here}/notice.html").text
    assert "Southgate" not in scene.client.get(f"{here}/notices/{sent[1]}.html").text
    other = planned(scene, tenancy="T-2")
    assert scene.client.get(f"{other}/notices/{sent[1]}.pdf").status_code == 404


def test_no_notice_is_made_that_does_not_say_who_the_landlord_is(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    here = planned(scene)
    for unset in ("name", "contact"):
        landlord = LANDLORD.model_copy(update={unset: ""})
        monkeypatch.setitem(vars(scene.services.config), "landlord", landlord)
        answer = scene.client.get(f"{here}/notice.html")
        assert answer.status_code == 409
        assert "Set landlord.name and landlord.contact in the configuration first" in answer.text
        noted = {"way": "post", "sent": typed(scene.clock() - timedelta(minutes=2))}
        assert scene.client.post(f"{here}/notices", data=noted).status_code == 409
    assert "None is noted for this time and place yet." in words(scene.client.get(here).text)


@pytest.mark.parametrize(
    "told",
    [{"way": ""}, {"way": "owl"}, {"sent": ""}, {"sent": "2020-01-01T10:00"}, {"sent": "2999-01-01T10:00"}],
)
def test_a_notice_without_its_way_or_time_is_not_noted(scene: Scene, told: dict[str, str]) -> None:
    here = planned(scene)
    sent = {"way": "post", "sent": typed(scene.clock() - timedelta(minutes=2)), **told}
    answer = scene.client.post(f"{here}/notices", data=sent)
    assert answer.status_code == 422
    fault = "Choose how it was sent." if "way" in told else "Say when it was sent: not in the future"
    assert fault in answer.text
    assert "Notice to send" in scene.client.get(here).text


def test_the_landlord_writes_the_text_and_what_was_sent_before_stays(scene: Scene) -> None:
    here = planned(scene, language="pl")
    path = "/settings/visit-texts"
    draft = {
        "use": "notice",
        "language": "pl",
        "version": "0",
        "title": "Wizyta",
        "text": "Dzień {{day}}, {{place}}.",
    }
    gap = "Polish, in which none is written yet: it is printed in English"
    assert gap in words(scene.client.get(here).text)
    assert "Polish (no notice yet: in English)" in scene.client.get(f"{here}/change").text
    said = "Visits to come are planned in it. Not written: the notice, what is said at the door, the slip."
    assert said in words(scene.client.get(path).text)
    refused = scene.client.post(path, data={**draft, "text": "{{tenant}}"})
    assert refused.status_code == 422
    assert "There is no {{tenant}} to fill in here." in refused.text
    single = scene.client.post(path, data={**draft, "text": "Dzień {day}."})
    assert (single.status_code, "two braces at each side: {{day}}." in single.text) == (422, True)
    long = scene.client.post(path, data={**draft, "text": "word\n\n" * 400})
    assert (long.status_code, "does not fit on one page" in long.text) == (422, True)
    assert scene.client.post(path, data=draft, follow_redirects=False).status_code == 303
    stale = scene.client.post(path, data={**draft, "text": "Inny."})
    assert (stale.status_code, "Somebody wrote another version meanwhile" in stale.text) == (409, True)
    assert "Wizyta" in scene.client.get(f"{here}/notice.html").text
    assert gap not in words(scene.client.get(here).text)
    assert "Not written: what is said at the door, the slip." in words(scene.client.get(path).text)
    scene.clock.now += timedelta(seconds=1)
    english = {**draft, "language": "en", "title": "Visit", "text": "On {{day}}, at {{place}}."}
    assert scene.client.post(path, data=english, follow_redirects=False).status_code == 303
    assert "English was written anew since: the notice." in words(scene.client.get(path).text)
    scene.clock.now += timedelta(seconds=1)
    again = {**draft, "version": "1"}
    file = {"file": ("notice.pl.txt", b"Nowy\nTekst {{place}}", "text/plain")}
    assert scene.client.post(path, data=again, files=file, follow_redirects=False).status_code == 303
    assert "Tekst Flat 4, 12 Elm Road" in scene.client.get(f"{here}/notice.html").text
    assert "English was written anew since" not in words(scene.client.get(path).text)
    page = scene.client.get(f"{path}?use=notice&language=pl").text
    assert "Version 1" in page
    assert "Dzień {{day}}, {{place}}." in page, "what an entry names can be read"
    assert "This one comes with the service." not in page
    assert "This one comes with the service." in scene.client.get(f"{path}?use=door").text


def test_a_table_is_looked_at_first_and_taken_as_a_whole(scene: Scene) -> None:
    day = (scene.clock() + timedelta(days=4)).date()
    head = "tenancy,place,purpose,day,time,minutes,officer\n"
    good = "".join(f"T-{each},Flat {each},Gas check,{day},1{each}:00,30,Officer 1\n" for each in range(3))
    bad = f"T-9,Flat 9,Gas check,{day},18:00,30,Nobody\n"

    def kept() -> int:
        with scene.services.readers() as session:
            return len(session.scalars(select(TenancyVisit)).all())

    answer = scene.client.post("/visits/table", data={"table": head + good + bad, "take": "yes"})
    assert (answer.status_code, kept()) == (422, 0)
    assert "3 of 4 can be planned" in answer.text
    assert "There is no officer of that name." in answer.text
    assert "Choose a file, or write the table." in scene.client.post("/visits/table", data={}).text
    binary = scene.client.post("/visits/table", files={"file": ("v.csv", b"\xff\xfe\x00", "text/csv")})
    assert "That file is no text in UTF-8" in binary.text
    looked = scene.client.post("/visits/table", files={"file": ("v.csv", (head + good).encode(), "text/csv")})
    assert (looked.status_code, kept()) == (200, 0)
    assert "Nothing is planned yet." in looked.text
    assert "No notice is written in" not in looked.text
    polish = good.replace("Officer 1\n", "Officer 1,pl\n")
    looked = scene.client.post("/visits/table", data={"table": head.replace("\n", ",language\n") + polish})
    assert "No notice is written in Polish: those visits are told of in English." in looked.text
    taken = scene.client.post(
        "/visits/table", data={"table": head + good, "take": "yes"}, follow_redirects=False
    )
    assert (taken.status_code, kept()) == (303, 3)
    assert taken.headers["location"] == f"/visits?day={day}"


def test_a_table_that_was_taken_before_plans_nothing_twice(scene: Scene) -> None:
    day = (scene.clock() + timedelta(days=4)).date()
    head = "tenancy,place,purpose,day,time,minutes,officer\n"
    lines = [f"T-{each},Flat {each},Gas check,{day},1{each}:00,30,Officer 1\n" for each in range(3)]

    def table(*those: str, take: str = "yes") -> tuple[int, str]:
        sent = {"table": head + "".join(those), "take": take}
        answer = scene.client.post("/visits/table", data=sent, follow_redirects=False)
        return answer.status_code, words(answer.text)

    def kept() -> list[str]:
        with scene.services.readers() as session:
            return sorted(session.scalars(select(TenancyVisit.tenancy)))

    assert table(*lines[:2])[0] == 303
    for take in ("", "yes"):
        status, page = table(*lines[:2], take=take)
        assert (status, kept()) == (200, ["T-0", "T-1"])
        assert "0 of 2 can be planned" in page
        assert "All of it is planned already, so there is nothing to plan." in page
        assert page.count("It is planned already, and not planned again.") == 2
        assert "Plan all" not in page
    page = table(*lines, take="")[1]
    assert "1 of 3 can be planned What is planned already is not planned again. Plan all 1" in page
    assert table(*lines)[0] == 303
    assert kept() == ["T-0", "T-1", "T-2"]
    others = [
        lines[0].replace("T-0", "T-5"),
        lines[0].replace("Flat 0", "Flat 8").replace("Gas check", "Repair"),
        lines[1].replace("Officer 1", "Officer 2"),
        lines[2].replace("12:00", "12:30"),
    ]
    assert table(*others)[0] == 303
    assert len(kept()) == 7, "another tenancy, place, officer or time is another visit"
    again = lines[0].replace("Gas check", "Something else").replace("Flat 0", "FLAT 0")
    assert table(again)[0] == 200, "for what and how long is no other visit"
    with scene.services.sessions.begin() as session:
        off = {"cancelled": scene.clock(), "cancelled_by": "Desk", "cancelled_reason": "Away"}
        session.execute(update(TenancyVisit).where(TenancyVisit.place == "Flat 0").values(off))
    assert table(lines[0])[0] == 303, "what was called off can be planned anew"
    assert len(kept()) == 8


def test_a_visit_at_a_time_that_the_clocks_never_show_is_refused_and_nothing_is_planned(scene: Scene) -> None:
    day = {each.year: each for each in (date(2026, 3, 29), date(2027, 3, 28))}
    never = next(each for each in day.values() if each > scene.clock().date())
    said = f"There is no 01:30 on {never}: the clocks are put forward over it. Write another time."
    refused = scene.client.post("/visits", data=fields(scene, planned=f"{never}T01:30"))
    assert (refused.status_code, said in refused.text) == (422, True)
    assert 'id="planned-fault"' in refused.text
    path = planned(scene)
    with scene.services.readers() as session:
        seen = draft_of(session.scalars(select(TenancyVisit)).one()).mark
    anew = scene.client.post(f"{path}/change", data={**fields(scene, planned=f"{never}T01:30"), "seen": seen})
    assert (anew.status_code, said in anew.text) == (422, True)
    with scene.services.readers() as session:
        assert [each.planned for each in session.scalars(select(TenancyVisit))] == [
            scene.clock().replace(second=0, microsecond=0) + timedelta(days=3)
        ]
    twice = planned(scene, planned="2026-10-25T01:30", tenancy="T-2")
    assert "01:30 BST" in words(scene.client.get(twice).text), "the first of the two, and its page says which"


def test_a_visit_that_is_near_without_a_notice_is_an_alert_until_it_is_noted(scene: Scene) -> None:
    here = planned(scene)
    assert alerts(scene) == []
    near = planned(scene, tenancy="T-2", planned=soon(scene, 120))
    assert alerts(scene) == [NO_NOTICE.id]
    assert "is near, and no notice of it is noted." in scene.client.get("/").text
    assert "No notice" in scene.client.get(near).text
    scene.client.post(
        f"{near}/notices", data={"way": "hand", "sent": typed(scene.clock() - timedelta(minutes=1))}
    )
    assert alerts(scene) == []
    assert "Notice sent late" in scene.client.get(near).text
    assert "Notice to send" in scene.client.get(here).text


def test_an_officer_sees_their_own_visits_and_nobody_elses(scene: Scene, phone: Browser) -> None:
    # proves F5
    mine, theirs = planned(scene, planned=soon(scene)), planned(scene, tenancy="T-2", officer="officer-2")
    listed = phone.get("/mine/visits")
    assert f"/mine{mine}" in listed
    assert f"/mine{theirs}" not in listed
    assert phone.client.get(f"/mine{theirs}").status_code == 404
    assert phone.client.get(mine).status_code == 403
    assert phone.client.get("/visits").status_code == 403
    phone.post(f"/mine{theirs}", f"/mine{mine}", kind="given")
    with scene.services.readers() as session:
        assert session.scalars(select(ConsentEntry)).all() == []


def test_an_officer_without_visits_is_told_so(scene: Scene, phone: Browser) -> None:
    planned(scene, officer="officer-2")
    planned(scene, planned=soon(scene, minutes=30 * 24 * 60))  # not of these days
    assert "No visits of yours are planned for these days" in phone.get("/mine/visits")
    planned(scene)
    assert "No visits of yours are planned" not in phone.get("/mine/visits")


def test_who_is_no_officer_has_no_visits(scene: Scene, phone: Browser) -> None:
    here = planned(scene)
    assert "not joined to an officer" not in phone.get("/mine/visits")
    with scene.services.sessions.begin() as session:
        session.get_one(User, "u1").officer_id = None
    page = phone.get("/mine/visits")
    assert "Your account is not joined to an officer yet" in page
    assert here not in page
    assert phone.client.get(f"/mine{here}").status_code == 403


def test_a_day_with_very_many_visits_says_how_many_are_not_shown(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (scene.clock() + timedelta(days=3)).date()
    for number in range(3):
        planned(scene, tenancy=f"T-{number}", planned=f"{day}T1{number}:00")
    assert "are not shown" not in scene.client.get(f"/visits?day={day}").text
    usual = visits_between
    monkeypatch.setattr(listed, "visits_between", partial(usual, limit=2))
    assert "1 more begin on this day and are not shown." in scene.client.get(f"/visits?day={day}").text


def test_what_is_said_at_the_door_is_kept_with_text_time_and_name(scene: Scene, phone: Browser) -> None:
    here = f"/mine{planned(scene, planned=soon(scene))}"
    page = phone.get(here)
    assert "May I record this visit?" in page
    assert "Nothing is written down of what was said." in page
    answer = phone.post(here, here, kind="given", wording="en 0")
    assert "Agreed to be recorded" in answer
    assert "the text that was shown to say was en 0" in answer
    phone.post(here, here, kind="withdrawn")
    phone.post(here, here, kind="asked for")
    desk = words(scene.client.get(here.removeprefix("/mine")).text)
    assert "No longer agrees" in desk
    assert "Asked that this be recorded too" in desk
    listed = words(phone.get("/mine/visits"))
    assert "No longer agrees" in listed, "the last word of consent counts"


@pytest.mark.parametrize(
    ("kind", "reason"), [("", ""), ("maybe", ""), ("not asked", " "), ("given", "x" * 501)]
)
def test_what_is_no_entry_is_refused_and_not_kept(
    scene: Scene, phone: Browser, kind: str, reason: str
) -> None:
    here = f"/mine{planned(scene, planned=soon(scene))}"
    phone.post(here, here, kind=kind, reason=reason)
    with scene.services.readers() as session:
        assert session.scalars(select(ConsentEntry)).all() == []


def test_what_waited_on_a_phone_is_kept_once_and_in_the_order_in_which_it_was_said(
    scene: Scene, phone: Browser
) -> None:
    here = f"/mine{planned(scene, planned=soon(scene))}"
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', phone.get(here))
    assert token is not None
    at = scene.clock().astimezone(UTC)
    said = [("aa", "given", at - timedelta(minutes=9)), ("bb", "withdrawn", at - timedelta(minutes=3))]
    for mark, kind, when in (*said[::-1], *said):
        sent = {"kind": kind, "mark": mark, "at": when.isoformat()}
        answer = phone.client.post(here, data=sent, headers={"X-CSRF-Token": token[1]})
        assert answer.json() == {"kept": mark}
    visit = here.rpartition("/")[2]
    with scene.services.readers() as session:
        kept = entries_of(session, [visit])[visit]
        assert [(each.kind, each.at) for each in kept] == [(kind, when) for _, kind, when in said]
    assert "The service heard of it" in scene.client.get(here.removeprefix("/mine")).text
    refused = phone.client.post(
        here,
        data={"kind": "not asked", "mark": "cc"},
        headers={"X-CSRF-Token": token[1], "Accept": "application/json"},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")


def test_what_waited_for_a_visit_that_was_given_to_somebody_else_reaches_a_person(
    scene: Scene, phone: Browser
) -> None:
    # proves F5, F8
    when = soon(scene)
    visit = planned(scene, planned=when)
    here = f"/mine{visit}"
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', phone.get(here))
    assert token is not None

    def sent(path: str, mark: str, **more: str) -> httpx.Response:
        said = {"kind": "refused", "mark": mark, "at": scene.clock().isoformat(), **more}
        headers = {"X-CSRF-Token": token[1], "Accept": "application/json"}
        answer: httpx.Response = phone.client.post(path, data=said, headers=headers)
        return answer

    def strays() -> list[AlertRow]:
        with scene.services.readers() as session:
            return list(session.scalars(select(AlertRow).where(AlertRow.kind == STRAY.id)))

    assert sent(here, "a1").json() == {"kept": "a1"}
    moved = {**fields(scene, officer="officer-2", planned=when)}
    assert scene.client.post(f"{visit}/change", data=moved, follow_redirects=False).status_code == 303
    assert phone.client.get(here).status_code == 404
    assert sent(here, "a1").json() == {"kept": "a1"}  # it was kept while the visit was theirs
    assert strays() == []
    refused = sent(here, "a2", reason="They shut the door")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_yours_now")
    assert "The safety team is told what you noted" in refused.json()["detail"]
    assert refused.json()["detail"].endswith(NOT_ASKED)
    assert sent(here, "a2").status_code == 409
    (alert,) = strays()
    assert alert.words.startswith("Officer one noted 12:00 what was said at a door: “Refused to be recorded”")
    assert "with Officer 2 by now, and this is not kept with it." in alert.words
    assert alert.link == f"{visit}#consent"
    scene.services.alerts.bring_up_to_date()
    assert [each.lasts for each in strays()] == [True]  # until a person has seen to it
    assert "Refused to be recorded" in scene.client.get("/alerts").text
    with scene.services.readers() as session:
        assert [each.mark for each in session.scalars(select(ConsentEntry))] == ["a1"]
    assert sent("/mine/visits/nobody", "a3").status_code == 404
    assert sent(here, "a-4").status_code == 404
    assert sent(here, "a5", kind="x").status_code == 404
    assert len(strays()) == 1
    with scene.services.readers() as session:
        noted = select(AuditEntry).where(AuditEntry.action == "visits:consent:stray")
        assert len(session.scalars(noted.where(AuditEntry.subject == visit.rpartition("/")[2])).all()) == 1
    typed = {"kind": "not asked", "why": "danger", "reason": "A\0 \N{HEBREW LETTER ALEF}\nx" + "y" * 900}
    assert sent(here, "a6", **typed).status_code == 409
    words = strays()[1].words
    assert ", because: \N{FIRST STRONG ISOLATE}It was dangerous to ask. A \N{HEBREW LETTER ALEF} xy" in words
    assert words.count("y" * 400) == 1
    assert "y" * 500 not in words
    assert (
        words.replace("\N{FIRST STRONG ISOLATE}", "").replace("\N{POP DIRECTIONAL ISOLATE}", "").isprintable()
    )


def test_what_reaches_no_person_stays_on_the_phone(
    scene: Scene, phone: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    here = f"/mine{planned(scene, planned=soon(scene), officer='officer-2')}"
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', phone.get("/mine/visits"))
    assert token is not None

    def sent(mark: str) -> httpx.Response:
        said = {"kind": "given", "mark": mark, "at": scene.clock().isoformat()}
        headers = {"X-CSRF-Token": token[1], "Accept": "application/json"}
        answer: httpx.Response = phone.client.post(here, data=said, headers=headers)
        return answer

    def kept() -> tuple[int, int]:
        with scene.services.readers() as session:
            noted = select(AuditEntry).where(AuditEntry.action == "visits:consent:stray")
            strays = select(AlertRow).where(AlertRow.kind.in_((STRAY.id, MORE.id)))  # a look may find others
            return len(session.scalars(strays).all()), len(session.scalars(noted).all())

    before = kept()
    monkeypatch.setattr(events, "MOST", 0)
    refused = sent("b0")
    assert (refused.status_code, refused.json()["code"]) == (503, "strays_full")
    assert kept() == before
    monkeypatch.undo()
    for number in range(MOST_OF_ONE):
        assert sent(f"b{number}").status_code == 409
    assert kept() == (before[0] + MOST_OF_ONE, before[1] + MOST_OF_ONE)
    refused = sent("c")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_strays")
    assert sent("b3").status_code == 409, "people are told of that one already"
    assert kept() == (before[0] + MOST_OF_ONE, before[1] + MOST_OF_ONE)
    with scene.services.sessions.begin() as session:
        session.scalars(select(AlertRow).where(AlertRow.kind == STRAY.id)).all()[0].state = "resolved"
    assert sent("c").status_code == 409


def test_entries_are_bounded_and_none_is_written_down_days_before(scene: Scene, phone: Browser) -> None:
    far = f"/mine{planned(scene)}"
    assert "more than 12 hours away" in phone.post(far, far, kind="given")
    near = planned(scene, planned=soon(scene))
    with scene.services.sessions.begin() as session:
        for number in range(MOST_ENTRIES):
            session.add(entry_of(scene, near, f"m{number}", number=number + 1))
    full = phone.post(f"/mine{near}", f"/mine{near}", kind="given")
    assert f"{MOST_ENTRIES} entries" in full
    assert NOT_ASKED not in full
    assert NOT_ASKED in phone.post(f"/mine{near}", f"/mine{near}", kind="refused")


NOT_ASKED = "Your camera was not asked: make it private by its own button."


def entry_of(scene: Scene, visit: str, mark: str, kind: str = "given", number: int = 1) -> ConsentEntry:
    return ConsentEntry(
        id=mark,
        visit_id=visit.rpartition("/")[2],
        kind=kind,
        number=number,
        at=scene.clock(),
        arrived=scene.clock(),
        way="page",
        said_by="Officer one",
        wording="",
        reason="",
        mark=mark,
    )


def test_a_recording_for_safety_without_a_reason_is_an_alert_after_a_day(
    scene: Scene, phone: Browser
) -> None:
    # proves F8
    here = planned(scene, planned=soon(scene))
    with scene.services.sessions.begin() as session:
        session.get_one(TenancyVisit, here.rpartition("/")[2]).planned = scene.clock() - 2 * REASON_WITHIN
        session.add(entry_of(scene, here, "new", "overridden"))
    assert alerts(scene) == []
    assert "The reason is to be said until" in scene.client.get(here).text
    with scene.services.sessions.begin() as session:
        session.get_one(ConsentEntry, "new").at = scene.clock() - REASON_WITHIN - timedelta(minutes=1)
    assert alerts(scene) == [NO_REASON.id]
    own = f"/mine{here}"
    assert "The reason is overdue" in phone.get(own)
    phone.post(f"{own}/consent/new", own, reason="He had a knife")
    assert "He had a knife" in scene.client.get(here).text
    assert alerts(scene) == []
    assert scene.client.post(f"{here}/consent/new", data={"reason": "Another"}).status_code == 409


def test_a_recording_is_linked_where_one_visit_is_meant_and_stays_linked(scene: Scene) -> None:
    here = planned(scene, planned=soon(scene, 10))
    scene.held(recording=RECORDING, officer_id="officer-1")
    scene.services.linker.link_all()
    assert "By officer and time" in scene.client.get(here).text
    of_it = scene.client.get(f"/recordings/{RECORDING}").text
    assert "It was made on a visit." in of_it
    assert f'href="{here}"' in of_it
    moved = fields(scene, planned=typed(scene.clock() + timedelta(days=9)))
    scene.client.post(f"{here}/change", data=moved)
    other = planned(scene, tenancy="T-2", planned=soon(scene, 10))
    scene.services.linker.link_all()
    assert RECORDING in scene.client.get(here).text, "a link that was made is not looked at again"
    assert RECORDING not in scene.client.get(other).text


def test_recordings_of_no_visit_keep_none_from_being_linked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "BLOCK", 2)
    for number in range(1, 5):
        long_ago = scene.clock() - timedelta(days=2)
        scene.held(number=number, recording=f"{number:032x}", officer_id="officer-1", pressed=long_ago)
    here = planned(scene, planned=soon(scene, 10))
    scene.held(recording=RECORDING, officer_id="officer-1")
    scene.services.linker.link_all()
    assert "By officer and time" in scene.client.get(here).text


def test_a_recording_that_may_be_of_two_visits_is_shown_at_both_and_linked_by_a_person(scene: Scene) -> None:
    one, two = planned(scene, planned=soon(scene, 10)), planned(scene, tenancy="T-2", planned=soon(scene, 20))
    scene.held(recording=RECORDING, officer_id="officer-1")
    scene.services.linker.link_all()
    for each in (one, two):
        assert "2 visits may be meant." in words(scene.client.get(each).text)
    assert "It may have been made on 2 visits." in scene.client.get(f"/recordings/{RECORDING}").text
    assert (
        scene.client.post(f"{two}/recordings", data={"recording": RECORDING, "reason": ""}).status_code == 422
    )
    scene.client.post(f"{two}/recordings", data={"recording": RECORDING, "reason": "The officer says so"})
    assert "Linked by desk: The officer says so" in words(scene.client.get(two).text)
    assert RECORDING not in scene.client.get(one).text
    scene.client.post(f"{two}/recordings", data={"recording": RECORDING, "of": "none", "reason": "Wrong"})
    assert "Somebody said that it is of no visit." in scene.client.get(f"/recordings/{RECORDING}").text
    scene.services.linker.link_all()
    assert RECORDING not in scene.client.get(two).text


@pytest.mark.parametrize(
    "made",
    [{"clock_synchronised": False}, {"untrusted": True}, {"officer_id": "officer-2"}, {"officer_id": None}],
)
def test_a_recording_of_which_officer_or_time_is_not_known_is_not_linked(
    scene: Scene, made: dict[str, object]
) -> None:
    here = planned(scene, planned=soon(scene, 10))
    scene.held(recording=RECORDING, **{"officer_id": "officer-1", **made})
    scene.services.linker.link_all()
    assert RECORDING not in scene.client.get(here).text


def test_programs_plan_list_and_call_off(scene: Scene) -> None:
    body = {
        **fields(scene),
        "planned": (scene.clock() + timedelta(days=3)).isoformat(),
        "minutes": 60,
    }
    made = scene.client.post("/api/v1/visits", json=body)
    assert (made.status_code, made.json()["notice"], made.json()["consent"]) == (201, "due", None)
    span = {"from": scene.clock().isoformat(), "to": (scene.clock() + timedelta(days=5)).isoformat()}
    assert [each["id"] for each in scene.client.get("/api/v1/visits", params=span).json()] == [
        made.json()["id"]
    ]
    long = {**span, "to": (scene.clock() + timedelta(days=50)).isoformat()}
    refused = scene.client.get("/api/v1/visits", params=long)
    assert (refused.status_code, "a span of at most 31 days" in refused.text) == (422, True)
    assert scene.client.post("/api/v1/visits", json={**body, "minutes": 1}).status_code == 422
    off = scene.client.post(f"/api/v1/visits/{made.json()['id']}/cancel", json={"reason": "Nobody is in"})
    assert off.json()["notice"] == "needless"


# proves F8
def test_a_visit_that_is_sent_twice_from_its_form_is_planned_once(scene: Scene) -> None:
    sent = fields(scene, tenancy="T-77")
    assert scene.client.post("/visits", data=sent, follow_redirects=False).status_code == 303
    again = scene.client.post("/visits", data=sent, follow_redirects=False)
    assert "That visit is planned already: this tenancy, place, officer and time." in words(again.text)
    with scene.services.readers() as session:
        assert len(session.scalars(select(TenancyVisit)).all()) == 1
