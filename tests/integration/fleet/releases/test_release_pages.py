"""The pages of releases, as two people and a stranger use them, without a browser."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest

from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import RecordingState
from fleet.releases.finding import ReleaseFilter, every_release
from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import ReleaseState
from fleet.releases.steps import get_release
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import BY_PASSWORD, dashboard_client, problem, token_for
from tests.support.fleet.linked import eventually
from tests.support.fleet.people import add_user, sign_in_as

LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})


class Office:
    """A manager, a data protection officer and a stranger, each in a browser of their own."""

    def __init__(
        self, bench: DeletingFleet, recording: str, people: tuple[Browser, Browser, Browser]
    ) -> None:
        self.bench = bench
        self.recording = recording
        self.manager, self.dpo, self.stranger = people

    def fields(self, **more: str | list[str]) -> dict[str, str | list[str]]:
        last = (self.bench.clock.now + timedelta(days=30)).date().isoformat()
        return {
            "recipient": "Alexandra Hill",
            "purpose": "Access request",
            "basis": "legal-obligation",
            "withheld": "The neighbour's words",
            "method": "link",
            "expires": last,
            "recording": [f"https://fleet/recordings/{self.recording}", ""],
            "start": ["0:00", ""],
            "end": ["", ""],
            "tracks": ["picture", "both"],
            **more,
        }

    def drafted(self, **more: str | list[str]) -> str:
        """Draft a release, and return the address of its page."""
        self.manager.post("/releases", "/releases/new", **self.fields(**more))
        with self.bench.services.readers() as session:
            *_, last = [each for block in every_release(session, ReleaseFilter(), block=50) for each in block]
            return f"/releases/{last.id}"

    def approve(self, path: str) -> None:
        """Approve a release, and wait until the service has made it."""
        self.dpo.post(f"{path}/approve", path)
        eventually(lambda: self.row(path).state == ReleaseState.MADE, "the release is made")

    def row(self, path: str) -> FootageRelease:
        with self.bench.services.readers() as session:
            return get_release(session, path.rpartition("/")[2])


def words(page: str) -> str:
    """What a page shows, as one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2] or page).split())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with deleting_fleet(tmp_path_factory.mktemp("fleet"), config=CONFIG) as bench:
        recording = bench.held().take.recording.hex()
        services = bench.services
        with browsers(services) as another:
            manager = add_user(services, "Manager 1", Role.CCTV_MANAGER)
            dpo = add_user(services, "DPO 1", Role.DATA_PROTECTION_OFFICER)
            people = (
                sign_in_as(services, another(), manager),
                sign_in_as(services, another(), dpo),
                another(),
            )
            yield Office(bench, recording, people)


def test_a_release_goes_its_whole_way_on_its_pages(office: Office) -> None:
    # proves F10, F8
    assert "No releases yet" in words(office.manager.get("/releases"))
    form = office.manager.get(f"/releases/new?recording={office.recording}")
    assert f'value="{office.recording}"' in form
    path = office.drafted()
    page = office.manager.get(path)
    for each in ("Waits for approval", "Alexandra Hill", "0:00 to its end, picture without sound"):
        assert each in words(page)
    assert "Approve the release" not in page  # never by whoever drafted it
    assert "Approve the release" in office.dpo.get(path)
    office.approve(path)
    shown = words(office.manager.get(path))
    assert re.search(r"picture [1-9][\d.]* s untouched, 0 s withheld; sound 0 s untouched", shown)
    assert "Approved by DPO 1" in shown
    issued = office.manager.post(f"{path}/link", path, days="7", times="1")
    url, code = re.findall(r"<dd><code[^>]*>([^<]+)</code>", issued)
    assert code not in office.manager.get(path)  # shown once
    assert "download begun 0 of 1 time, no wrong codes" in words(office.manager.get(path))
    collect = url.partition("8443")[2] or re.sub(r"https://[^/]+", "", url)
    asked = words(office.stranger.get(collect))
    assert "Type the code that you were told." in asked
    assert "Alexandra" not in asked
    wrong = office.stranger.client.post(collect, data={"code": "22222-22222"})
    assert (wrong.status_code, "That code is not right." in wrong.text) == (403, True)
    fetched = office.stranger.client.post(collect, data={"code": code})
    assert fetched.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as package:
        assert package.testzip() is None
    again = office.stranger.client.post(collect, data={"code": code})
    assert (again.status_code, "not good any more" in again.text) == (410, True)
    after = words(office.manager.get(path))
    assert "Download begun" in after
    said = (
        "Downloads by the link were begun as often as was allowed: download begun 1 of 1 time, 1 wrong code."
    )
    assert said in after
    today = office.bench.clock.now.date().isoformat()
    office.manager.post(f"{path}/receipt", path, on=today, receipt="She rang")
    assert "She rang" in words(office.manager.get(path))
    told = words(office.manager.get(f"/recordings/{office.recording}"))
    assert "Release to Alexandra Hill as exhibit M/" in told
    assert ": download begun " in told
    assert "A download with keys of parts of it was begun." in told
    office.dpo.post(f"{path}/revoke", path, why="Sent to the wrong flat")
    assert "Revoked: Sent to the wrong flat" in words(office.dpo.get(path))


def test_the_register_is_narrowed_and_taken_as_a_table(office: Office) -> None:
    # proves F10
    path = office.drafted(recipient="=HYPERLINK(1)", organisation="Hill & Co")
    assert "1 release " in words(office.dpo.get("/releases?q=Hill+%26+Co"))
    assert "No release fits all of what you chose." in words(office.dpo.get("/releases?state=making"))
    assert "Only those with: State “" in words(office.dpo.get("/releases?state=waiting"))
    odd = office.dpo.client.get("/releases?from=soon")
    assert (odd.status_code, 'id="from-fault"' in odd.text) == (422, True)
    table = office.dpo.client.get("/releases.csv?q=Hill").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    (row,) = [each for each in rows if each["Organisation"] == "Hill & Co"]
    assert row["Recipient"] == "'=HYPERLINK(1)"
    assert office.recording in row["Recordings, imports and spans"]
    assert row["Deleted since"] == ""
    office.manager.post(f"{path}/withdraw", path, why="Asked no more")
    ended = words(office.manager.get(path))
    assert "Withdrawn: Asked no more" in ended
    assert "Approve" not in words(office.dpo.get(path))


def test_what_happened_is_entered_corrected_beside_and_printed(office: Office) -> None:
    # proves F10, F8
    assert 'id="initials" name="initials" value="M"' in office.manager.get("/releases/new")
    path = office.drafted(method="medium", initials="PQR")
    assert "Each recording gets its exhibit number, PQR/…, once it is approved." in office.dpo.get(path)
    office.approve(path)
    page = words(office.manager.get(path))
    assert "PQR/1 : recording " in page
    assert "Exhibit PQR/1" in words(office.dpo.get("/releases?q=pqr%2F1"))
    form = f"{path}/continuity"
    typed = {"kind": "handed", "holder": "Manager 1", "taker": "<b>DC 12", "how": "In person", "seal": "A1"}
    at = local_minute(office)
    refused = office.manager.post(form, form, **{**typed, "at": at, "taker": ""})
    assert 'id="taker-fault"' in refused
    assert 'value="In person"' in refused  # nothing typed is lost
    assert 'id="at-fault"' in office.manager.post(form, form, **typed, at="2036-01-01T00:00")
    assert 'id="at-fault"' in office.manager.post(form, form, **typed, at="soon")
    office.manager.post(form, form, **typed, at=at, which_copy="master")
    correcting = office.manager.get(f"{form}?corrects=3")
    assert "This corrects entry 3: Handed to somebody; it was with Manager 1;" in words(correcting)
    none = words(office.manager.get(f"{form}?corrects=77"))
    assert "This corrects entry 77: there is none of this number" in none
    wrong = office.manager.post(form, form, kind="corrected", corrects="9999999", words="DC 13", at=at)
    assert "There is no such entry to be corrected." in wrong
    office.manager.post(form, form, kind="corrected", corrects="3", words="It was DC 13", at=at)
    shown = words(office.dpo.get(path))
    assert "DC 12 since; In person; seal or digest A1; master copy." in shown
    raw = office.dpo.client.get(path).text
    assert ("&lt;b&gt;DC 12" in raw, "<b>DC" in raw) == (True, False)
    assert "Corrected by entry 4." in shown
    assert "Correction of entry 3; It was DC 13." in shown
    assert "Correct it" not in shown  # the data protection officer hands nothing over
    text = office.dpo.client.get(f"{path}/continuity.txt")
    assert text.headers["content-type"].startswith("text/plain")
    token = {"csrf_token": token_in(office.manager.get(path))}
    sent = office.manager.client.post(f"{path}/package", data=token)
    with zipfile.ZipFile(io.BytesIO(sent.content)) as package:
        (name,) = (each for each in package.namelist() if each.endswith("/CONTINUITY.txt"))
        printed = package.read(name).decode()
    drawn = [each for each in printed.splitlines() if not each.startswith("As it was written down by ")]
    assert drawn == [each for each in text.text.splitlines() if not each.startswith("As it was written")]
    assert "4. " in printed
    assert office.dpo.client.get(form).status_code == 403
    entries = office.dpo.client.get(f"/api/v1{path}/continuity").json()
    assert [each["corrected_by"] for each in entries[:4]] == [[], [], [4], []]
    assert entries[-1]["kind"] == "medium"
    assert office.dpo.client.get(f"/api/v1{path}").json()["exhibits"][0]["exhibit"] == "PQR/1"
    assert office.manager.client.post("/releases/none/continuity", data=token).status_code == 404
    table = office.dpo.client.get("/releases.csv?q=PQR/1").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["Exhibits"].startswith("PQR/1 (Recording ")


def local_minute(office: Office) -> str:
    services = office.bench.services
    return f"{services.clock().astimezone(services.config.site.time_zone):%Y-%m-%dT%H:%M}"


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_what_cannot_be_drafted_is_said_beside_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    # proves F6, F8
    for field, wrong in (
        ("basis", {"basis": ""}),
        ("expires", {"expires": "soon"}),
        ("method", {"method": "pigeon"}),
        ("footage", {"start": ["later", ""]}),
        ("footage", {"recording": ["", ""]}),
        ("withheld", {"withheld": ""}),
        ("initials", {"initials": "A/1"}),
    ):
        page = office.manager.post("/releases", "/releases/new", **office.fields(**wrong))
        assert f'id="{field}-fault"' in page, field
        assert 'value="Alexandra Hill"' in page
    late = office.manager.post("/releases", "/releases/new", **office.fields(start=["later", ""]))
    assert "Type times as 1:05 or 65; leave the end empty for its end." in late
    gone = office.manager.post("/releases", "/releases/new", **office.fields(recording=["ff" * 16, ""]))
    assert "There is no such recording" in gone
    path = office.drafted()
    assert 'value="0:00"' in office.manager.get(f"{path}/change")
    office.manager.post(f"{path}/change", f"{path}/change", **office.fields(end=["0:02.5", ""]))
    assert "0:00 to 0:02.5, picture without sound" in words(office.manager.get(path))
    bad = office.manager.post(f"{path}/change", f"{path}/change", **office.fields(purpose=""))
    assert 'id="purpose-fault"' in bad
    office.dpo.post(f"{path}/decline", path, why="Too much")
    assert "Declined by DPO 1" in words(office.dpo.get(path))
    assert "cannot be changed" in office.manager.post(f"{path}/change", "/releases/new", **office.fields())


def test_a_release_of_footage_that_was_deleted_says_so(office: Office) -> None:
    # proves F3, F10
    path = office.drafted(method="medium")
    office.approve(path)
    page = office.manager.get(path)
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert token is not None
    sent = office.manager.client.post(f"{path}/package", data={"csrf_token": token[1]})
    assert sent.headers["content-type"] == "application/zip"
    services = office.bench.services
    try:
        with services.sessions.begin() as session:
            row = get(session, office.recording)
            row.state, row.deleted, row.deleted_why = (
                RecordingState.DELETED,
                row.changed,
                "Its period was over.",
            )
        assert "This recording was deleted" in words(office.dpo.get(path))
        told = words(office.dpo.get(f"/recordings/{office.recording}"))
        assert "What was received of them, no deletion takes back." in told
        table = office.dpo.client.get("/releases.csv?state=handed").content.decode("utf-8-sig")
        assert "Recording 7 of" in next(csv.DictReader(io.StringIO(table)))["Deleted since"]
        refused = office.manager.client.post(f"{path}/package", data={"csrf_token": token[1]})
        assert (refused.status_code, "was deleted" in refused.text) == (410, True)
    finally:
        with services.sessions.begin() as session:
            row = get(session, office.recording)
            row.state, row.deleted, row.deleted_why = RecordingState.HELD, None, None


def test_a_program_reads_the_register_and_neither_drafts_nor_approves(office: Office) -> None:
    # proves F5
    path = f"/api/v1{office.drafted()}"
    services = office.bench.services
    with dashboard_client(services, token=token_for(services)) as program:
        (found, *_) = program.get("/api/v1/releases", params={"state": "waiting"}).json()
        assert (found["recipient"], found["state"]) == ("Alexandra Hill", "draft")
        assert program.get(path).json()["footage"][0]["tracks"] == "picture"
        body = {
            "recipient": "A",
            "purpose": "B",
            "basis": "consent",
            "withheld": "Nothing",
            "method": "link",
            "expires": office.bench.clock.now.date().isoformat(),
            "footage": [{"recording": office.recording}],
        }
        for answer in (
            program.post("/api/v1/releases", json=body),
            program.put(path, json=body),
            program.post(f"{path}/approve"),
            program.post(f"{path}/decline", json={"why": "No"}),
            program.post(f"{path}/link", json={}),
            program.post(f"{path}/package"),
            program.post(f"{path}/continuity", json={"kind": "copied", "at": "2027-03-01T12:00:00Z"}),
        ):
            assert problem(answer) == (403, "not_this_step"), answer.text
        for wrong in ({"at": "2027-03-01T12:00:00"}, {"at": "soon"}, {}, {"kind": 1}, {"corrects": "1"}):
            whole = {"kind": "copied", "at": "2027-03-01T12:00:00Z", **wrong} if wrong else {}
            assert program.post(f"{path}/continuity", json=whole).status_code == 422
        assert program.post(f"{path}/withdraw", json={"why": "Not needed"}).json()["state"] == "withdrawn"
        assert problem(program.post(f"{path}/revoke", json={"why": "No"})) == (409, "not_this_step")
        assert problem(program.get("/api/v1/releases/none")) == (404, "not_found")
