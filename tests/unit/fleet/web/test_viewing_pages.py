"""Who watched what: the odd ones first, asked about and explained, and never by whoever looked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, update

from fleet.audit.log import record, verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind, Role
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.people.models import User
from fleet.review.history import MOST_SHOWN, Act, of_viewing, write
from fleet.review.models import Review, ViewingReview
from fleet.server.compose import FleetServices
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.of_module import clock_of_module, scene_of_module, services_of_module, user_of_module
from tests.support.fleet.people import add_user, sign_in_as
from tests.support.pages.scene import Scene

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE = f"{1:032x}"
READERS = (Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER)
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
    whole.clock.now = MONDAY
    whole.camera()
    whole.held(number=1, recording=ONE, marks=["safety override"])
    whole.services.reviews.sorter.sort_all()
    return whole


@pytest.fixture(scope="module")
def opens(services: FleetServices, whole: Scene) -> Iterator[Opens]:
    with browsers(services) as another:
        yield lambda actor: sign_in_as(services, another(), actor)


def looked(scene: Scene, who: Actor, *, action: str = VIEWED, recording: str = ONE, times: int = 1) -> int:
    """Have somebody look at a recording, and return the number of the last entry."""
    with scene.services.sessions.begin() as session:
        numbers = [record(session, who, action, recording, "Checking it").number for _ in range(times)]
    scene.services.reviews.sorter.sort_all()
    return numbers[-1]


def text(browser: Browser, number: int) -> str:
    return browser.get(f"/viewings/{number}")


def test_the_odd_ones_come_first_with_what_is_odd(
    scene: Scene, opens: Opens, head: Actor, manager: Actor
) -> None:
    desk = opens(head)
    plain = looked(scene, manager)
    copy = looked(scene, manager, action=EXPORTED)
    scene.clock.now = MONDAY.replace(day=22)
    night = looked(scene, manager)
    desk = opens(head)
    page = desk.get("/viewings")
    assert "that are odd and not explained" in page
    listed = [int(each) for each in re.findall(r'id="viewing-(\d+)"', page)]
    assert listed.index(night) < listed.index(copy), "what weighs more comes first"
    assert plain not in listed
    assert "It was out of hours: Sunday at 12:00." in page
    assert "They asked for a copy." in page
    everything = desk.get("/viewings?state=all")
    assert f'id="viewing-{plain}"' in everything
    assert "Nothing odd" in everything
    assert "Checking it" in everything


def test_many_again_own_program_and_no_cause_are_odd(
    scene: Scene, opens: Opens, head: Actor, services: FleetServices
) -> None:
    officer = scene.officer("Officer 9")
    own = add_user(services, "Manager 9", Role.CCTV_MANAGER, officer=officer)
    scene.clock.move(days=1)
    desk = opens(head)
    scene.held(number=2, recording=f"{2:032x}", officer_id=officer, wearer_basis="signed")
    page = text(desk, looked(scene, own, recording=f"{2:032x}"))
    assert "It is their own recording, as its officer." in page
    assert "Nobody had said that it shows an incident, and it was not to be reviewed." in page
    page = text(desk, looked(scene, own, times=9))
    assert "They asked for footage 10 times within 60 minutes." in page
    assert "It was the 9th time within 7 days that they asked for it." in page
    program = Actor(ActorKind.TOKEN, "1", "export", frozenset())
    page = text(desk, looked(scene, program))
    assert "A program asked for it, and nobody who was signed in." in page
    assert "export (a program)" in page


def test_one_is_asked_about_and_explained_and_asked_about_again(
    scene: Scene, opens: Opens, head: Actor, manager: Actor, services: FleetServices
) -> None:
    desk = opens(head)
    number = looked(scene, manager, action=EXPORTED)
    page = f"/viewings/{number}"
    assert "Nothing yet." in desk.get(page)
    after = desk.post(f"{page}/ask", page, words="Manager 1: what is the copy for?")
    assert "Manager 1: what is the copy for?" in after
    assert "Nothing yet." not in after
    assert "It was asked about already" in desk.post(f"{page}/ask", page, words="Once more")
    after = desk.post(f"{page}/explain", page, words="For the police, reference 12")
    assert "For the police, reference 12" in after
    assert "Explained" in after
    assert f'id="viewing-{number}"' not in desk.get("/viewings")
    assert f'id="viewing-{number}"' in desk.get("/viewings?state=explained")
    assert "It is explained already" in desk.post(f"{page}/explain", page, words="Again")
    after = desk.post(f"{page}/ask", page, words="Which officer of the police?")
    assert "Which officer of the police?" in after
    assert f'id="viewing-{number}"' in desk.get("/viewings?state=asked")
    with services.readers() as session:
        assert verify_log(session) is None
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert list(actions[-3:]) == ["review:viewing:ask", "review:viewing:explain", "review:viewing:ask"]


def test_a_history_that_is_longer_than_the_page_says_so(scene: Scene, opens: Opens, head: Actor) -> None:
    # proves F8
    number = looked(scene, head)
    for count, more in ((MOST_SHOWN, False), (1, True)):
        with scene.services.sessions.begin() as session:
            for _ in range(count):
                write(session, of_viewing(number), Act.ASKED, "Asked.")
        page = opens(head).get(f"/viewings/{number}")
        assert page.count("Asked.") == MOST_SHOWN
        assert (f"These are the newest {MOST_SHOWN}." in page) is more


def test_a_list_that_the_rules_are_behind_with_says_so(scene: Scene, opens: Opens, head: Actor) -> None:
    # proves F8
    behind = "In the last minutes the rules were not through all viewings: what is new may be missing here."
    with scene.services.sessions.begin() as session:
        session.execute(update(ViewingReview).values(state="plain"))
    assert behind not in opens(head).get("/viewings")
    scene.clock.move(minutes=4)
    page = opens(head).get("/viewings")
    assert behind in page
    assert "Nothing is listed" in page
    assert "Nothing to ask about" not in page


def test_what_is_refused_is_said_beside_what_was_written(
    scene: Scene, opens: Opens, head: Actor, manager: Actor
) -> None:
    # proves F8
    desk = opens(head)
    page = f"/viewings/{looked(scene, manager, action=EXPORTED)}"
    long = "x" * 1001
    for step, other in (("ask", "explain"), ("explain", "ask")):
        answer = desk.post(f"{page}/{step}", page, words=long)
        own = answer.partition(f'id="{step}-words"')[2].partition("</div>")[0]
        assert long in own, "what was typed comes back where it was typed"
        assert "in 1 to 1000 characters." in own
        assert long not in answer.partition(f'id="{other}-words"')[2].partition("</div>")[0]
    desk.post(f"{page}/ask", page, words="What for?")
    answer = desk.post(f"{page}/ask", page, words="Once more, what for?")
    assert "It was asked about already" in answer
    assert "What you wrote was not kept:" in answer
    assert "Once more, what for?" in answer


def test_whoever_looked_asks_nothing_and_explains_nothing(
    scene: Scene, opens: Opens, head: Actor, manager: Actor
) -> None:
    # proves F5
    own, other = opens(manager), opens(head)
    number = looked(scene, manager, action=EXPORTED)
    page = f"/viewings/{number}"
    sentence = "That was you; somebody else asks about it, and writes down what you say."
    assert sentence in own.get(page)
    assert "It is explained" not in own.get(page)
    assert sentence not in other.get(page)
    for step in ("ask", "explain"):
        answer = own.post(f"{page}/{step}", "/account", words="It was nothing")
        assert sentence in answer
    assert "To ask about" in other.get(page)


@pytest.mark.parametrize("words", ["", "  ", "x" * 1001])
def test_words_that_cannot_be_kept_are_refused_where_they_were_typed(
    scene: Scene, opens: Opens, head: Actor, manager: Actor, words: str
) -> None:
    # proves F6
    desk = opens(head)
    number = looked(scene, manager)
    page = f"/viewings/{number}"
    assert "Say how it is explained, in 1 to 1000 characters." in desk.post(
        f"{page}/explain", page, words=words
    )
    assert "Say what you ask, in 1 to 1000 characters." in desk.post(f"{page}/ask", page, words=words)


def test_a_list_is_narrowed_and_taken_as_a_table(
    scene: Scene, opens: Opens, head: Actor, manager: Actor, services: FleetServices
) -> None:
    desk = opens(head)
    mine = looked(scene, head, action=EXPORTED)
    theirs = looked(scene, manager, action=EXPORTED)
    listed = desk.get("/viewings?kind=copy&who=user:Manager 1")
    assert f'id="viewing-{theirs}"' in listed
    assert f'id="viewing-{mine}"' not in listed
    assert "Nothing matches" in desk.get("/viewings?who=user:Nobody")
    assert f'id="viewing-{theirs}"' in desk.get("/viewings?state=all&skip=100000") or "found" in desk.get(
        "/viewings?state=all&skip=100000"
    )
    answer = desk.client.get("/viewings.csv?state=all")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    found = {row["Entry of the audit log"]: row for row in rows}
    assert found[str(theirs)]["What is odd"].endswith("They asked for a copy.")
    assert found[str(theirs)]["Who"] == "Manager 1"
    with services.readers() as session:
        last = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number.desc())).first()
    assert last == "review:viewings:csv"


def test_every_viewing_is_looked_at_once(scene: Scene, manager: Actor, services: FleetServices) -> None:
    looked(scene, manager, times=3)
    with services.readers() as session:
        entries = select(func.count()).where(AuditEntry.action.in_((VIEWED, EXPORTED)))
        kept = select(func.count()).select_from(ViewingReview)
        assert session.scalar(entries) == session.scalar(kept)


@pytest.mark.parametrize("role", Role)
def test_the_two_who_review_and_the_data_protection_officer_see_it(
    scene: Scene, opens: Opens, role: Role
) -> None:
    # proves F5
    desk = opens(add_user(scene.services, f"Person {role}", role))
    assert desk.client.get("/viewings").status_code == (200 if role in READERS else 403)
    assert desk.client.get("/viewings/999999").status_code == (404 if role in READERS else 403)
    assert ('href="/viewings"' in desk.get("/recordings")) == (role in READERS)


def test_where_nothing_is_odd_it_says_so(scene: Scene, opens: Opens, head: Actor, manager: Actor) -> None:
    # proves F8
    with scene.services.sessions.begin() as session:
        session.execute(update(ViewingReview).values(state="plain"))
    desk = opens(head)
    assert "Nothing to ask about" in desk.get("/viewings")
    assert "Viewings and copies, each with its reason." in desk.get("/viewings")
    number = looked(scene, manager)
    assert "No rule finds anything odd about it." in text(desk, number) or "time within" in text(desk, number)
