"""A visit as the desk and an officer's phone see it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect
from pydantic import SecretStr
from typer.testing import CliRunner

from device.consent.log import ConsentLog, ToldInTime
from device.credentials import Credentials
from device.link.identity.enrol import enrol
from device.storage.durable import make_folder
from device.storage.filesystem import PosixFilesystem
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.footage.format.model import ClockLabel
from protocol.units import utc_us
from protocol.verify.cli import app as verify
from tests.support.fleet.desk import PASSWORD, Desk, fits, office, picture
from tests.support.fleet.linked import Camera, eventually
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

OFFICER = "Officer of visits"
TABLE, SIGNED = ("/visits/table", "visit-table"), ("/visits/signed", "visit-signed")
SITE = ZoneInfo("Europe/London")


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a phone and on a laptop would."""
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)


@pytest.fixture(scope="module")
def new_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A fleet of a landlord that says who it is, in which nobody has an account yet."""
    landlord = '[landlord]\nname = "Northgate Homes"\ncontact = "1 Gate Street"\n'
    with office(tmp_path_factory.mktemp("office"), config=landlord) as desk:
        yield desk


@pytest.fixture
def phone(desk: Desk) -> Iterator[Page]:
    """Somebody's phone, on which nobody is signed in yet."""
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        yield context.new_page()


def say(phone: Page, words: str) -> None:
    """Write down what somebody says."""
    phone.get_by_label(words).check()
    phone.get_by_role("button", name="Write it down").click()


def sign_in(phone: Page) -> None:
    """Sign in as the officer, once they have joined."""
    phone.goto("/sign-in")
    phone.get_by_label("Name").fill("Visiting officer")
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Sign in", exact=True).click()


def join(desk: Desk, phone: Page) -> None:
    """Make the account of the officer, on their phone."""
    desk.officer(OFFICER)
    page = desk.open("/users")
    page.get_by_label("Name, with which they sign in").fill("Visiting officer")
    page.locator("input[name=role][value=officer]").first.check()
    page.get_by_role("button", name="Make an invitation").click()
    phone.goto(page.locator("code.secret").inner_text())
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_label("Password again").fill(PASSWORD)
    phone.get_by_role("button", name="Make the account").click()
    page.goto("/users")
    page.get_by_role("link", name="Change Visiting officer").click()
    page.get_by_role("link", name="Change the officer").click()
    page.get_by_label("Officer").select_option(OFFICER)
    page.get_by_role("button", name="Keep it").click()
    page.close()


def test_a_visit_from_its_plan_to_what_was_said_without_a_network(desk: Desk, phone: Page) -> None:
    # proves F8
    join(desk, phone)
    page = desk.open("/visits/new")
    begins = datetime.now(UTC).astimezone(SITE) + timedelta(minutes=30)
    page.get_by_label("Reference of the tenancy").fill("T-4711")
    page.get_by_label("Where it is").fill("Flat 4, 112 to 118 Nether Wallop Gardens")
    page.get_by_label("What it is for").fill("Gas check")
    page.get_by_label("When it begins").fill(f"{begins:%Y-%m-%dT%H:%M}")
    page.get_by_label("Who goes there").select_option(OFFICER)
    looked_at(page, "visit-new")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="Visit to Flat 4")).to_be_visible()
    expect(page.get_by_text("No notice", exact=True)).to_be_visible()
    here = page.url
    page.get_by_label("How it was sent").select_option("by hand")
    page.get_by_role("button", name="Note that it was sent").click()
    expect(page.get_by_text("Notice sent late", exact=True)).to_be_visible()
    looked_at(page, "visit")
    page.goto(here + "/notice.html")
    expect(page.get_by_role("heading", name="A visit to your home")).to_be_visible()
    check_access(page)

    phone.goto("/mine/visits")
    looked_at(phone, "mine-visits")
    phone.get_by_role("link", name="Flat 4").click()
    looked_at(phone, "mine-visit")
    waits = phone.locator("[data-door-waiting]")
    expect(waits).to_be_hidden()
    phone.context.set_offline(True)
    say(phone, "Refused to be recorded")
    expect(waits).to_contain_text("1 entry waits")
    say(phone, "Agreed to be recorded")
    expect(waits).to_contain_text("2 entries wait")
    expect(phone.get_by_text("Nothing is written down of what was said.")).to_be_visible()
    picture(phone, "mine-visit-waits")
    phone.context.set_offline(False)
    said_in_order = phone.locator("#record-title ~ ul strong")
    expect(said_in_order).to_have_text(["Refused to be recorded", "Agreed to be recorded"])
    expect(waits).to_be_hidden()
    looked_at(phone, "mine-visit-said")

    # What the service refuses waits no more, and is said.
    page.goto(here)
    page.get_by_text("Call it off", exact=True).first.click()
    page.get_by_label("Why it does not take place").fill("Nobody is in")
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("Nobody is in")).to_be_visible()
    say(phone, "No longer agrees")
    refused = "What you wrote down was not kept. This visit was called off"
    expect(phone.get_by_role("alert")).to_contain_text(refused)
    expect(waits).to_be_hidden()
    for path, name in (("/visits", "visits"), ("/settings/visit-texts", "visit-texts"), TABLE, SIGNED):
        page.goto(path)
        looked_at(page, name)


def test_what_a_camera_signed_is_taken_as_files_and_verifies_without_the_service(
    desk: Desk, tmp_path: Path
) -> None:
    # proves L2 and F8
    with desk.fleet.api() as api:
        code = api.post("/api/v1/enrolment-codes", json={}).raise_for_status().json()["code"]
    camera = Camera(
        tmp_path / "camera", enrol(desk.fleet.dashboard_url, SecretStr(code), tmp_path / "camera")
    )
    make_folder(PosixFilesystem(), camera.folders.consent)
    identity = camera.identity
    who = Credentials(camera.id, identity.certificates, identity.recipients, identity.signer)
    log = ConsentLog(PosixFilesystem(), camera.folders.consent, who, bytes(range(16)))
    told = ToldInTime(1, ClockLabel(utc_us(datetime.now(UTC)), synchronised=True), "control", None, None)
    link = camera.link(consent=log)
    link.start()
    try:
        for kind in (SaidOfConsent.GIVEN, SaidOfConsent.WITHDRAWN):
            log.keep(ConsentSaid(kind, wording="en 2"), told)
        eventually(lambda: log.waiting() == (), "the fleet had both")
    finally:
        link.stop()
    page = desk.open("/visits/signed")
    expect(page.get_by_text("Camera " + camera.id).first).to_be_visible()
    looked_at(page, "visit-signed-files")
    folder = taken(page, tmp_path / "unplaced")
    assert len(list(folder.iterdir())) == 2
    authority = tmp_path / "authority.der"
    authority.write_bytes(identity.authority_der)
    judged = CliRunner().invoke(verify, [str(folder), "--authority", str(authority)])
    assert (judged.exit_code, judged.stdout.split(";")[0]) == (0, "2 consent events: 2 intact")

    with desk.fleet.api() as api:
        named = {"name": "Officer at the door"}
        officer = api.post("/api/v1/officers", json=named).raise_for_status().json()["id"]
        planned = {
            "tenancy": "T-9", "place": "Flat 9", "purpose": "Gas check", "minutes": 60,
            "planned": datetime.now(UTC).isoformat(), "officer": officer,
        }  # fmt: skip
        visit = api.post("/api/v1/visits", json=planned).raise_for_status().json()["id"]
        first = api.get("/api/v1/consents/unplaced").raise_for_status().json()["consents"][0]["digest"]
        body = {"visit": visit, "reason": "The officer said so"}
        api.post(f"/api/v1/consents/{first}/visit", json=body).raise_for_status()
    page.goto(f"/visits/{visit}")
    expect(page.get_by_text("Signed by a camera: 1 of 1.")).to_be_visible()
    looked_at(page, "visit-with-signed")
    [one] = taken(page, tmp_path / "visit").iterdir()
    assert one.name.startswith(f"{camera.id}-00000001-")
    page.goto("/audit")
    took = "took the files of what cameras signed of consent"
    expect(page.locator("main :not(option)").get_by_text(took).locator("visible=true").first).to_be_visible()


def taken(page: Page, to: Path) -> Path:
    """Take the files that a page gives, and return the folder in which they are."""
    with page.expect_download() as saved:
        page.get_by_role("button", name="Take what was signed (ZIP)").click()
    with ZipFile(saved.value.path()) as archive:
        archive.extractall(to)
    return to


def test_a_reference_is_shown_on_the_phone_scanned_and_typed_without_scripts(desk: Desk, phone: Page) -> None:
    # proves F10
    with desk.fleet.api() as api:
        approved = api.post("/settings/references", data={"language": "en", "version": "0"})
        assert approved.status_code == 303
    sign_in(phone)
    begins = datetime.now(UTC) + timedelta(hours=3)
    page = desk.open("/visits/new")
    visit = {"tenancy": "T-4712", "place": "Flat 9", "purpose": "Gas check", "minutes": 30}
    with desk.fleet.api() as api:
        officers = {each["name"]: each["id"] for each in api.get("/api/v1/officers").json()}
        planned = {**visit, "planned": begins.isoformat(), "officer": officers[OFFICER]}
        made = api.post("/api/v1/visits", json=planned).raise_for_status().json()["id"]
    phone.goto(f"/mine/visits/{made}")
    phone.get_by_role("link", name="A reference for them").click()
    phone.get_by_role("button", name="Make one and show it").click()
    code = phone.locator("code.secret").inner_text()
    looked_at(phone, "mine-reference")
    page.goto(f"/visits/{made}/references")
    expect(page.get_by_text("Reference 1", exact=True)).to_be_visible()
    looked_at(page, "visit-references")

    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        theirs = context.new_page()
        asked: list[str] = []
        theirs.on("request", lambda each: asked.append(f"{each.url} {each.headers.get('referer', '')}"))
        theirs.goto(f"/reference#{code.replace('-', '')}")
        expect(theirs.get_by_text("No recording of this visit is known yet.")).to_be_visible()
        assert theirs.url == f"{desk.fleet.dashboard_url}/reference"
        assert not [each for each in asked if code.replace("-", "") in each.partition("#")[0]]
        looked_at(theirs, "reference")
        theirs.go_back()
        assert code.replace("-", "") not in theirs.url
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE, scripts=False) as context:
        theirs = context.new_page()
        theirs.goto("/reference")
        typed = theirs.get_by_label("The reference on your slip")
        typed.fill(code[:-1] + ("A" if code[-1] != "A" else "B"))
        theirs.get_by_role("button", name="Show what is kept").click()
        expect(theirs.get_by_role("alert")).to_contain_text("That reference is mistyped")
        typed.fill(code.lower())
        theirs.get_by_role("button", name="Show what is kept").click()
        expect(theirs.get_by_text("No recording of this visit is known yet.")).to_be_visible()


def test_a_visit_of_which_no_more_is_taken_holds_back_no_other(desk: Desk, phone: Page) -> None:
    # proves F8
    sign_in(phone)
    begins = datetime.now(UTC) + timedelta(minutes=30)
    with desk.fleet.api() as api:
        officers = {each["name"]: each["id"] for each in api.get("/api/v1/officers").json()}
        visit = {"tenancy": "T-4713", "purpose": "Gas check", "minutes": 30, "officer": officers[OFFICER]}
        full, other = (
            api.post("/api/v1/visits", json={**visit, "place": place, "planned": begins.isoformat()})
            .raise_for_status()
            .json()["id"]
            for place in ("Flat 21", "Flat 22")
        )
    sent: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(str(route.request.post_data))
        problem = {"code": "too_many_strays", "detail": "Nobody has seen to 20 of yours yet."}
        route.fulfill(status=429, json=problem)

    phone.route(f"**/mine/visits/{full}", refuse)
    phone.goto(f"/mine/visits/{full}")
    waits = phone.locator("[data-door-waiting]")
    for words, number in (
        ("Refused to be recorded", "1 entry waits"),
        ("No longer agrees", "2 entries wait"),
    ):
        say(phone, words)
        expect(waits).to_contain_text(number)
    phone.goto(f"/mine/visits/{other}")
    say(phone, "Agreed to be recorded")
    expect(phone.locator("#record-title ~ ul strong")).to_have_text(["Agreed to be recorded"])
    expect(waits).to_contain_text("2 entries wait")
    assert sent, "it was tried"
    assert all("kind=refused" in each for each in sent), "and what came after it on that visit was not"
    phone.unroute(f"**/mine/visits/{full}")
    phone.goto(f"/mine/visits/{full}")
    expect(phone.locator("#record-title ~ ul strong")).to_have_text(
        ["Refused to be recorded", "No longer agrees"]
    )
    expect(waits).to_be_hidden()
