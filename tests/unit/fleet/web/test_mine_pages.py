"""What an officer sees on a phone: their own camera and recordings, and nothing of anybody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import HEARD_FOR
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.live import Hint
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.wearer import WearerDoubt
from fleet.incidents.models import Note, OwnWords
from fleet.incidents.own_words import MOST_WORDS
from fleet.people.models import Officer, User
from fleet.people.passwords import hash_password
from fleet.people.permissions import may
from fleet.retention.deletion.tombstone import bury
from fleet.retention.holds import HoldDraft, hold_recording
from fleet.review.models import Review
from fleet.review.rules.closing import ReviewState
from fleet.server.compose import FleetServices
from fleet.web.own import is_own
from fleet.web.stream import _TOPICS, OWN_TOPICS
from fleet.web.views.moments import iso
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "four random words here"
MINE, THEIRS = "aa" * 16, "bb" * 16
Opens = Callable[[], Browser]


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path, clock=clock) as found:
        yield found


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    # The workers would sort recordings into reviews, of which each has one: the tests write them.
    with browsers(services, workers=False) as another:
        yield another


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, open_browser: Opens) -> Scene:
    """Two officers with a camera and a recording each; the first has an account."""
    found = Scene(services, clock, open_browser().client)
    for number in (1, 2):
        found.camera(number, status={"state": "ready", "prerecord_s": 180.0})
        found.assign(f"cam-{number:02d}", found.officer(f"Officer {number}"))
    found.held(number=1, recording=MINE, camera_id="cam-01", officer_id="officer-1")
    found.held(number=2, recording=THEIRS, camera_id="cam-02", officer_id="officer-2")
    account(services, "u1", "Officer one", Role.OFFICER, officer="officer-1")
    return found


def account(services: FleetServices, key: str, name: str, *roles: Role, officer: str | None = None) -> None:
    with services.sessions.begin() as session:
        session.add(
            User(
                id=key,
                name=name,
                password=hash_password(PASSWORD),
                roles=frozenset(roles),
                created=services.clock(),
                officer_id=officer,
            )
        )


@pytest.fixture
def phone(scene: Scene, open_browser: Opens) -> Browser:
    del scene
    browser = open_browser()
    browser.sign_in("Officer one", PASSWORD)
    return browser


def review_of(
    row: Recording,
    name: str,
    services: FleetServices,
    state: ReviewState = ReviewState.OPEN,
    *,
    closed: bool = False,
) -> Review:
    """The review of a recording."""
    return Review(
        recording_id=row.id,
        name=name,
        camera_id=row.camera_id,
        number=row.number,
        state=state,
        kinds=" ",
        reasons=[],
        version=1,
        findings={"text": "A secret finding"},
        head_name="Head 1",
        closed=services.clock() if closed else None,
        seen_state="held",
        seen_opened=True,
        seen_changed=services.clock(),
        seen_links=0,
        seen_marked=False,
        seen_near=0,
    )


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


@pytest.mark.parametrize(
    ("topic", "mine", "theirs"),
    [
        ("camera", "cam-01", "cam-02"),
        ("presence", "cam-01", "cam-02"),
        ("assignment", "a-cam-01-officer-1", "a-cam-02-officer-2"),
        ("recording", MINE, THEIRS),
        ("recording", "", "cc" * 16),
        ("review", "review-1", "review-2"),
        ("officer", "officer-1", "officer-2"),
    ],
)
def test_the_stream_tells_an_officer_of_their_own_alone(
    scene: Scene, topic: str, mine: str, theirs: str
) -> None:
    # proves F5
    with scene.services.sessions.begin() as session:
        for number, recording in enumerate((MINE, THEIRS), start=1):
            row = session.scalars(select(Recording).where(Recording.recording == recording)).one()
            session.add(review_of(row, f"review-{number}", scene.services))
        assert topic in OWN_TOPICS
        session.flush()
        assert is_own(session, "u1", Hint(topic, mine))
        assert not is_own(session, "u1", Hint(topic, theirs))
        assert not is_own(session, "nobody", Hint(topic, mine))
        session.execute(update(User).values(officer_id=None))
        assert not is_own(session, "u1", Hint(topic, mine)), "who is no officer any more"


def test_an_officer_is_led_to_their_camera_and_their_recordings(phone: Browser) -> None:
    # proves F8
    page = phone.get("/")
    text = words_of(page)
    assert "As Officer 1" in text
    assert "cam-01" in text
    assert "Ready" in text
    assert f'href="/mine/{MINE}"' in page
    assert "1 recording, the newest first." in text
    own = words_of(phone.get(f"/mine/{MINE}"))
    assert "All that its camera sent is here, verified and opened, with a receipt." in own
    assert "Nobody has said yet whether it shows an incident." in own
    assert "Until 22 May 2027: 6 months without an incident" in own
    assert "Your role plays no footage." in own


def test_what_is_not_known_of_the_camera_is_not_told_as_so(
    scene: Scene, phone: Browser, clock: TestClock
) -> None:
    # proves F8
    del scene
    clock.move(minutes=10)
    text = words_of(phone.get("/mine"))
    assert "Ready" not in text
    assert "Heard 10 min ago" in text


def test_that_a_camera_records_is_told_until_its_last_message_is_too_old(
    services: FleetServices, scene: Scene, phone: Browser, clock: TestClock
) -> None:
    # proves F8
    del scene
    with services.sessions.begin() as session:
        session.execute(update(Recording).where(Recording.recording == MINE).values(state="announced"))
        row = session.get_one(CameraRow, "cam-01")
        row.status, row.seen = {**(row.status or {}), "state": "recording", "recording": 1}, clock()
    lasts = f'data-until="{iso(clock() + HEARD_FOR)}"'
    for page in ("/mine", f"/mine/{MINE}"):
        shown = phone.get(page)
        assert f'<span class="lasting" {lasts}><span class="state tone-live"' in shown
        assert "Out of reach" in shown
    with services.sessions.begin() as session:
        session.execute(update(CameraRow).values(doubled_since=clock()))
    assert "Not finished" in phone.get(f"/mine/{MINE}")
    assert lasts in phone.get(f"/mine/{MINE}")
    with services.sessions.begin() as session:
        session.execute(update(CameraRow).values(revoked=clock()))
    assert lasts not in phone.get(f"/mine/{MINE}"), "what is out of service is so whoever hears it"
    with services.sessions.begin() as session:
        session.execute(update(CameraRow).values(revoked=None, doubled_since=None))
    clock.move(minutes=2)
    later = phone.get(f"/mine/{MINE}")
    assert "Out of reach" in later
    assert "data-until" not in later


def test_nothing_of_other_officers_is_shown_by_any_way(
    services: FleetServices, scene: Scene, phone: Browser
) -> None:
    # proves F5
    strange, missing = phone.client.get(f"/mine/{THEIRS}"), phone.client.get(f"/mine/{'cc' * 16}")
    assert (strange.status_code, missing.status_code) == (404, 404)
    assert strange.text.replace(THEIRS, "") == missing.text.replace("cc" * 16, "")
    for path in (f"/mine/{THEIRS}/words", "/mine/cam-02-2/words"):
        assert "There is no such recording." in phone.post(path, "/mine", text="Mine, I say")
    with services.readers() as session:
        assert session.scalar(select(func.count()).select_from(OwnWords)) == 0
    for path in (
        "/recordings",
        f"/recordings/{THEIRS}",
        f"/recordings/{MINE}",
        "/recordings?officer=officer-1",
        "/recordings.csv",
        "/cameras/cam-01",
        "/officers/officer-2",
        "/incidents",
        "/api/v1/recordings",
        f"/api/v1/recordings/{MINE}",
        f"/api/v1/recordings/{THEIRS}",
        "/api/v1/officers",
        "/api/v1/assignments",
        "/api/v1/cameras",
    ):
        assert phone.client.get(path).status_code in {403, 404}, path
    for page in ("/mine", f"/mine/{MINE}"):
        assert set(re.findall('data-live="([^"]*)"', phone.get(page))) == {"mine"}
    told = {topic for topic, needed in _TOPICS.items() if may({Role.OFFICER}, needed)}
    assert told == {"resync"}, "the stream of what changes tells them of nobody"
    everything = phone.get("/mine") + phone.get("/mine?skip=25") + phone.get("/mine?officer=officer-2")
    for other in ("Officer 2", "cam-02", THEIRS, "officer-2"):
        assert other not in everything, other


def test_without_a_camera_and_a_recording_the_page_says_so(
    services: FleetServices, scene: Scene, open_browser: Opens
) -> None:
    # proves F8
    account(services, "u5", "Officer new", Role.OFFICER, officer=scene.officer("Officer 5"))
    browser = open_browser()
    browser.sign_in("Officer new", PASSWORD)
    page = browser.get("/mine")
    assert "You have no camera now" in page
    assert "By the hand-out list none is with you." in page
    assert "No recordings of yours are known" in page
    scene.camera(3)
    scene.assign("cam-03", "officer-5")
    scene.recording(camera_id="cam-03", number=1, recording="dd" * 16, officer_id="officer-5")
    after = browser.get("/mine")
    assert "You have no camera now" not in after
    assert "cam-03" in after
    assert f"/mine/{'dd' * 16}" in after


def test_a_camera_that_another_had_before_tells_nothing_of_their_recordings(
    services: FleetServices, scene: Scene, phone: Browser, clock: TestClock
) -> None:
    # proves F5
    with services.sessions.begin() as session:
        session.execute(
            update(Recording)
            .where(Recording.recording == THEIRS)
            .values(camera_id="cam-01", state="uploading")
        )
    scene_status = {
        "state": "recording",
        "recording": 2,
        "made": 2,
        "window_s": 180.0,
        "upload": {"recordings": 1, "current": 2, "bytes_left": 5},
    }
    with services.sessions.begin() as session:
        row = session.get_one(CameraRow, "cam-01")
        row.status = {**(row.status or {}), **scene_status}
        row.seen = clock()
    text = words_of(phone.get("/mine"))
    assert "Recording" in text, "what the camera does"
    assert "Officer 2" not in text
    camera = text.partition("Your camera")[2].partition("Your recordings")[0]
    assert "2" not in camera, "neither the number that it makes, nor that it sends"
    del scene


def test_what_did_not_verify_is_nobodys_and_a_list_that_says_otherwise_names_nobody(
    services: FleetServices, scene: Scene, phone: Browser
) -> None:
    # proves F8
    with services.sessions.begin() as session:
        session.execute(
            update(Recording)
            .where(Recording.recording == MINE)
            .values(wearer_doubt=WearerDoubt.LIST_HAS_ANOTHER, listed_assignment_id="a-cam-02-officer-2")
        )
    text = words_of(phone.get(f"/mine/{MINE}"))
    assert "The hand-out list does not say the same; the safety team sees both." in text
    assert "Officer 2" not in text
    with services.sessions.begin() as session:
        session.execute(update(Recording).where(Recording.recording == MINE).values(untrusted=True))
    assert phone.client.get(f"/mine/{MINE}").status_code == 404
    assert "No recordings of yours are known" in phone.get("/mine")
    del scene


def test_a_hold_and_what_others_wrote_stay_theirs(
    services: FleetServices, scene: Scene, phone: Browser
) -> None:
    # proves F5
    desk = Actor(ActorKind.USER, "d", "Head 1", frozenset({Role.HEAD_OF_SAFETY}))
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.recording == MINE)).one()
        session.add(
            Note(id="n", recording_id=row.id, author="Head 1", written=services.clock(), text="A secret note")
        )
        review = (services.clock() + timedelta(days=30)).date()
        draft = HoldDraft("investigation", "Head 1", "About this officer", review, ZoneInfo("Europe/London"))
        hold_recording(session, services.random, draft, recording=MINE, by=desk)
    text = words_of(phone.get(f"/mine/{MINE}")) + words_of(phone.get("/mine"))
    assert "It is on hold: nothing of it goes until that ends." in text
    for secret in ("A secret note", "Head 1", "About this officer", "nvestigation"):
        assert secret not in text, secret
    del scene


@pytest.mark.parametrize(
    ("state", "closed", "told"),
    [
        (None, False, ""),
        (ReviewState.CLEAR, False, ""),
        (ReviewState.OPEN, False, "Review It is to be reviewed; two people close that."),
        (ReviewState.FOUND, False, "Review It is to be reviewed; two people close that."),
        (
            ReviewState.CLOSED,
            True,
            "Review It was reviewed, and closed by two people Sunday 22 November 2026",
        ),
        (ReviewState.OPEN, True, "Review It is to be reviewed; two people close that."),
    ],
)
def test_how_far_the_review_is_is_told_and_nothing_of_what_was_found(
    services: FleetServices, phone: Browser, state: ReviewState | None, closed: bool, told: str
) -> None:
    # proves F8
    if state is not None:
        with services.sessions.begin() as session:
            row = session.scalars(select(Recording).where(Recording.recording == MINE)).one()
            session.add(review_of(row, MINE, services, state, closed=closed))
    text = words_of(phone.get(f"/mine/{MINE}"))
    assert (told in text) if told else (" Review " not in text)
    assert "secret" not in text
    assert "Head 1" not in text


def test_own_words_are_kept_for_a_day_with_author_and_time(
    services: FleetServices, scene: Scene, phone: Browser, clock: TestClock
) -> None:
    # proves F8
    page = f"/mine/{MINE}"
    assert "You can write until Monday 23 November 2026, 12:00:00 GMT" in words_of(phone.get(page))
    kept = words_of(phone.post(f"{page}/words", page, text="He raised a stick.\nI left."))
    assert "It is kept, with your name and the time." in kept
    assert "Officer one · Sunday 22 November 2026, 12:00:00 GMT He raised a stick. I left." in kept
    assert "Write something." in phone.post(f"{page}/words", page, text="  \n ")
    assert "characters" in phone.post(f"{page}/words", page, text="x" * 2001)
    clock.move(hours=23, minutes=59)
    phone.sign_in("Officer one", PASSWORD)
    assert "It is kept" in phone.post(f"{page}/words", page, text="One thing more.")
    clock.move(minutes=1)
    late = words_of(phone.post(f"{page}/words", page, text="Too late"))
    assert (
        "The day in which you could write about this recording is over; tell the safety team instead." in late
    )
    assert "What you wrote was not kept: Too late" in late
    after = words_of(phone.get(page))
    assert "a day after the service first heard of it. Tell the safety team what is missing." in after
    assert "Keep my words" not in after
    assert "Too late" not in after
    seen = words_of(scene.page(f"/recordings/{MINE}", Role.SAFETY_TEAM))
    assert "The officer's own words Officer one · Sunday 22 November 2026" in seen.replace("&#39;", "'")
    assert MINE in scene.page("/recordings?q=raised+a+stick", Role.SAFETY_TEAM)
    assert MINE not in scene.page("/recordings?q=Too+late", Role.SAFETY_TEAM)
    with services.readers() as session:
        assert verify_log(session) is None
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("incidents:recording:own-words") == 2


def test_what_is_being_deleted_is_said_to_be_and_what_was_is_nobodys(
    services: FleetServices, scene: Scene, phone: Browser
) -> None:
    # proves F8
    page = f"/mine/{MINE}"
    assert "It is kept" in phone.post(f"{page}/words", page, text="He raised a stick.")
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.recording == MINE)).one()
        row.state, row.deleted, row.deleted_why = "deleting", services.clock(), "Its last day is over."
    assert "It is being deleted." in words_of(phone.get(page))
    assert "Nothing can be written about what is deleted." in phone.get(page), "though its day lasts"
    assert "You could write until" not in phone.get(page)
    assert "This recording is being deleted" in phone.post(f"{page}/words", page, text="More")
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.recording == MINE)).one()
        bury(session, row)
        row.state = "deleted"
    assert phone.client.get(page).status_code == 404
    assert "No recordings of yours are known" in phone.get("/mine")
    with services.readers() as session:
        assert session.scalar(select(func.count()).select_from(OwnWords)) == 0
    del scene


def test_words_are_bounded(services: FleetServices, phone: Browser) -> None:
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.recording == MINE)).one()
        session.add_all(
            OwnWords(
                id=f"w{number}",
                recording_id=row.id,
                officer_id="officer-1",
                author="Officer one",
                written=services.clock(),
                text="Again",
            )
            for number in range(MOST_WORDS)
        )
    page = f"/mine/{MINE}"
    assert f"{MOST_WORDS} times; tell the safety team the rest." in phone.post(
        f"{page}/words", page, text="x"
    )


def test_an_account_is_joined_to_one_officer_by_an_administrator_and_it_counts_at_once(
    services: FleetServices, scene: Scene, phone: Browser, open_browser: Opens
) -> None:
    # proves F5
    account(services, "u2", "New one", Role.OFFICER)
    account(services, "u3", "Administrator 1", Role.ADMINISTRATOR)
    new, desk = open_browser(), open_browser()
    new.sign_in("New one", PASSWORD)
    desk.sign_in("Administrator 1", PASSWORD)
    assert "Your account is not joined to an officer yet" in new.get("/mine")
    assert new.client.get(f"/mine/{MINE}").status_code == 403
    link = "/users/u2/officer"
    assert "Officer one is Officer 1 already" in desk.post(link, link, officer="officer-1")
    assert "There is no officer nobody" in desk.post(link, link, officer="nobody")
    retired = scene.officer("Officer 3", retired=True)
    assert "Officer 3 is retired; bring them back first." in desk.post(link, link, officer=retired)
    assert "Is the officer Officer 2." in words_of(desk.post(link, link, officer="officer-2"))
    assert f"/mine/{THEIRS}" in new.get("/mine")
    assert new.client.get(f"/mine/{MINE}").status_code == 404
    assert phone.client.post(link, data={"officer": "officer-2"}).status_code == 403
    assert "Not joined to an officer." in words_of(desk.post(link, link, officer=""))
    assert new.client.get(f"/mine/{THEIRS}").status_code == 403
    desk.post("/users/u1/roles", "/users/u1", role=["data-protection-officer"])
    assert phone.client.get("/mine").status_code == 403


def test_an_officer_who_is_retired_stays_chosen_where_they_are_joined(
    services: FleetServices, scene: Scene, open_browser: Opens
) -> None:
    # proves F8
    account(services, "u2", "Old one", Role.OFFICER, officer=scene.officer("Officer 3"))
    account(services, "u3", "Administrator 1", Role.ADMINISTRATOR)
    with services.sessions.begin() as session:
        session.get_one(Officer, "officer-3").retired = services.clock()
    desk, link = open_browser(), "/users/u2/officer"
    desk.sign_in("Administrator 1", PASSWORD)
    assert "Is the officer Officer 3, who is retired." in desk.get("/users/u2")
    page = desk.get(link)
    assert '<option value="officer-3" selected>Officer 3 (retired)</option>' in page
    desk.post(link, link, officer="officer-3")
    with services.readers() as session:
        assert session.get_one(User, "u2").officer_id == "officer-3", "keeping what is shown changes nothing"
    assert "Officer 3 (retired)" not in desk.get("/users/u3/officer"), "nobody is joined to them anew"


def test_who_may_play_goes_on_to_the_footage(
    services: FleetServices, scene: Scene, open_browser: Opens
) -> None:
    del scene
    with services.sessions.begin() as session:
        session.get_one(User, "u1").officer_id = None
    account(services, "u4", "Manager 1", Role.OFFICER, Role.CCTV_MANAGER, officer="officer-1")
    browser = open_browser()
    browser.sign_in("Manager 1", PASSWORD)
    assert "All that is known of it, and what can be watched" in browser.get(f"/mine/{MINE}")
    assert "Your camera and recordings" in browser.get("/account"), "their way there, beside the desk's pages"


def test_many_recordings_come_page_by_page(services: FleetServices, scene: Scene, phone: Browser) -> None:
    for number in range(10, 40):
        scene.held(
            number=number,
            recording=f"{number:032x}",
            officer_id="officer-1",
            pressed=services.clock() - timedelta(hours=number),
            announced=services.clock() - timedelta(hours=number),
        )
    first, second = phone.get("/mine"), phone.get("/mine?skip=25")
    assert "31 recordings, the newest first." in first
    assert (first.count('class="mine-row"'), second.count('class="mine-row"')) == (25, 6)
    assert "Older" in first
    assert "Older" not in second
    assert phone.client.get("/mine?skip=-1").status_code == 422
    beyond = phone.get("/mine?skip=500")
    assert beyond.count('class="mine-row"') == 6, "further back than there is anything is the last page"
    assert "No recordings of yours are known" not in beyond
