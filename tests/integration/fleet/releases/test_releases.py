"""Releases of footage that a camera really sent: approved by a second person, made, fetched, and verified."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.sections.landlord import LandlordSection
from fleet.footage.errors import StoreError
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import RecordingState
from fleet.footage.restricting.restrictions import lift, restrict
from fleet.releases.choosing import why_not_let_out
from fleet.releases.drafting import (
    approve_release,
    change_release,
    draft_release,
    end_release,
    make_again,
)
from fleet.releases.exhibits.continuity import entries_of
from fleet.releases.exhibits.receipts import note_receipt
from fleet.releases.finding import folders_of, last_link, releases_of_request
from fleet.releases.links import IssuedLink, end_links, issue_link
from fleet.releases.models import FootageRelease
from fleet.releases.packages.handing import ReleasePackage, take_for_medium
from fleet.releases.packages.plans import plan_of
from fleet.releases.rules.codes import MOST_WRONG
from fleet.releases.rules.continuity import KIND_WORDS, ContinuityKind
from fleet.releases.rules.continuity_statement import STATEMENT_NAME, utc_words
from fleet.releases.rules.draft import ChosenFootage, ReleaseDraft, ReleaseMethod
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from fleet.releases.rules.states import ReleaseState, ReleaseStep
from fleet.releases.steps import get_release, notes_on
from fleet.releases.subjects import recordings_of
from fleet.requests.cases import get_case, local_today, open_request, steps_of
from fleet.requests.footage import link_recording
from fleet.requests.rules.draft import RequestDraft
from fleet.requests.rules.kinds import RequestKind
from fleet.retention.models import Deletion, Erasure
from fleet.web.views.audit.actions import action_words
from fleet.web.views.releases.links import link_words
from fleet.web.views.releases.one import release_badge, released_views
from protocol.footage.deletion import read_deletion
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.fleet import BY_PASSWORD

MANAGER = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))
DPO = Actor(ActorKind.USER, "dpo", "DPO 1", frozenset({Role.DATA_PROTECTION_OFFICER}))
LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})
_WITHOUT_FLEET = (
    "import sys; sys.modules['fleet'] = None; sys.argv[0] = 'lapel-verify'; "
    "from protocol.verify.cli import main; main()"
)


@dataclass
class ReleaseDesk:
    """A fleet with two recordings, and what people do with releases of them."""

    bench: DeletingFleet
    recordings: tuple[str, str]

    def draft(self, *, spans: tuple[ChosenSpan, ...] = (ChosenSpan(0, None),), **more: object) -> str:
        footage = tuple(ChosenFootage(self.recordings[0], each) for each in spans)
        usual = ReleaseDraft(
            recipient="Alexandra Hill",
            organisation="",
            purpose="Access request",
            basis="legal-obligation",
            condition="",
            withheld="The neighbour's words: they have not agreed",
            method=ReleaseMethod.LINK,
            expires=self.bench.clock.now.date() + timedelta(days=30),
            footage=footage,
        )
        with self.bench.services.sessions.begin() as session:
            drafted = draft_release(session, self.bench.services, replace(usual, **more), by=MANAGER)  # type: ignore[arg-type]  # fields of a draft
            return drafted.id

    def approve(self, release: str) -> FootageRelease:
        with self.bench.services.sessions.begin() as session:
            approve_release(session, release=release, by=DPO)
        self.bench.round()
        return self.row(release)

    def made(self, **more: object) -> str:
        release = self.draft(**more)  # type: ignore[arg-type]  # fields of a draft
        assert self.approve(release).state == ReleaseState.MADE, self.row(release).trouble
        return release

    def row(self, release: str) -> FootageRelease:
        with self.bench.services.readers() as session:
            return get_release(session, release)

    def link(self, release: str, *, times: int = 1) -> IssuedLink:
        services = self.bench.services
        with services.sessions.begin() as session:
            return issue_link(session, services, release=release, days=7, times=times, by=MANAGER)

    def fetch(self, issued: IssuedLink, code: str | None = None, *, address: str = "192.0.2.1") -> bytes:
        secret = issued.url.rpartition("/")[2]
        collecting = self.bench.services.releases.collecting
        package = collecting.collect(secret, code or issued.code, address=address)
        data = b"".join(package.blocks)
        assert len(data) == package.length
        return data

    def end(self, step: ReleaseStep, release: str) -> None:
        with self.bench.services.sessions.begin() as session:
            end_release(session, step, release=release, why="For the test", by=MANAGER)

    def logged(self, action: str) -> int:
        with self.bench.services.readers() as session:
            return len(session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReleaseDesk]:
    with deleting_fleet(tmp_path_factory.mktemp("fleet"), config=CONFIG) as bench:
        links = (bench.held(1), bench.held(2, camera="two"))
        yield ReleaseDesk(bench, (links[0].take.recording.hex(), links[1].take.recording.hex()))


@pytest.fixture
def desk(whole: ReleaseDesk) -> ReleaseDesk:
    whole.bench.clock.now += timedelta(hours=1)  # attempts of another test do not count here
    return whole


def refusal(code: str) -> pytest.RaisesExc[ProblemError]:
    return pytest.RaisesExc(ProblemError, check=lambda problem: problem.code == code)


def unpacked(data: bytes, folder: Path) -> Path:
    """Unpack a package of one recording, and return that's folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        package.extractall(folder)
    (found,) = {each.parent for each in folder.rglob("release.json")}
    return found


def verified(desk: ReleaseDesk, folder: Path) -> tuple[int, dict[str, object]]:
    """Return what lapel-verify says of a folder, in a process in which there is no fleet."""
    authority = folder.parent / "authority.pem"
    authority.write_text(desk.bench.services.authority.pem)
    command = [sys.executable, "-c", _WITHOUT_FLEET, str(folder), "--authority", str(authority), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_package_is_fetched_by_link_and_code_and_verified_without_the_fleet(
    desk: ReleaseDesk, tmp_path: Path
) -> None:
    # proves F10, E2
    spans = (ChosenSpan(0, 2000, TrackChoice.PICTURE), ChosenSpan(3000, None))
    release = desk.made(spans=spans)
    issued = desk.link(release)
    folder = unpacked(desk.fetch(issued), tmp_path)
    status, report = verified(desk, folder)
    assert (status, report["verdict"]) == (10, "released")
    sums = report["released_ns"]
    with desk.bench.services.readers() as session:
        (made,) = folders_of(session, release)
    assert isinstance(sums, dict)
    for track in ("video", "audio"):
        assert round(sums[track]["untouched"] / 1e6) == made.untouched[track] > 0
        assert round(sums[track]["withheld"] / 1e6) == made.withheld[track] > 0
        assert sums[track]["changed"] == 0
    assert made.untouched["video"] == made.untouched["audio"] + 2000
    said = report["release"]
    assert isinstance(said, dict)
    assert (said["released_to"], said["withheld"]) == (
        "Alexandra Hill",
        "The neighbour's words: they have not agreed",
    )
    page = (folder / "README.txt").read_text()
    assert page.startswith("RELEASED TO: Alexandra Hill\n")
    assert "What is withheld and why: The neighbour's words: they have not agreed" in page
    given, kept = made.untouched["audio"] / 1000, made.withheld["audio"] / 1000
    assert f"Of the sound: {given:.1f} s here as the camera made them, {kept:.1f} s withheld" in page
    assert "Manager 1" not in page + json.dumps(said)
    movie = (folder / "movie.mp4").read_bytes()
    assert f"Released to Alexandra Hill ({desk.row(release).reference}). Of recording".encode() in movie
    row = desk.row(release)
    assert (row.handed, desk.logged("releases:link:fetch")) == (1, 1)
    with refusal("link_over"):
        desk.fetch(issued)  # it was good for one download


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {each: package.read(each) for each in package.namelist()}


def test_the_same_release_gives_the_same_bytes_every_time(desk: ReleaseDesk) -> None:
    # proves F8
    issued = desk.link(desk.made(), times=2)
    first, second = files_of(desk.fetch(issued)), files_of(desk.fetch(issued))
    (told,) = (each for each in first if each.endswith(f"/{STATEMENT_NAME}"))
    assert first.pop(told) != second.pop(told)  # that it was fetched is written down between the two
    assert first == second


def test_an_exhibit_has_one_number_everywhere_and_its_continuity_in_the_package(
    desk: ReleaseDesk, tmp_path: Path
) -> None:
    # proves F10
    both = tuple(ChosenFootage(each, ChosenSpan(0, None)) for each in desk.recordings)
    release = desk.made(footage=both, initials=" q. c. ")
    row = desk.row(release)
    assert [each.exhibit for each in row.exhibits] == ["QC/1", "QC/2"]
    another = desk.row(desk.made(initials="QC"))
    assert [each.exhibit for each in another.exhibits] == ["QC/3"]
    issued = desk.link(release, times=2)
    collecting, secret = desk.bench.services.releases.collecting, issued.url.rpartition("/")[2]
    for name in (secret, secret, "no such link"):
        collecting.open(name, address="192.0.2.1")
    desk.fetch(issued)
    with desk.bench.services.sessions.begin() as session:
        today = local_today(session, desk.bench.services.config.site.time_zone)
        zone = desk.bench.services.config.site.time_zone
        note_receipt(session, release=release, on=today, receipt="Signed\nfor", zone=zone, by=MANAGER)
    files = files_of(desk.fetch(issued))
    desk.end(ReleaseStep.REVOKE, release)
    collecting.open(secret, address="192.0.2.1")
    with desk.bench.services.readers() as session:
        entries = entries_of(session, release)
    assert [each.kind for each in entries] == [
        "approved", "made", "link-given", "link-opened", "link-fetched", "receipt", "link-fetched", "revoked",
    ]  # fmt: skip
    assert all(each.is_seen for each in entries)
    assert desk.logged("releases:link:open") == 1
    text = files.pop(f"{row.reference}/{STATEMENT_NAME}").decode()
    for number, each in enumerate(entries[:6], start=1):
        assert f"\n{number}. {utc_words(each.at)}: {KIND_WORDS[ContinuityKind(each.kind)]}" in text
    assert f"received on {today}: Signed for. (Written by the service.)\n" in text
    assert "\n7. " not in text  # this download is written down once it has begun
    assert "Manager 1" not in text
    assert "DPO 1" not in text
    with desk.bench.services.readers() as session:
        folders = {each.recording_id: each.name for each in folders_of(session, release)}
    for number, folder in enumerate((folders[each.recording_id] for each in row.exhibits), start=1):
        here = {name.rpartition("/")[2]: data for name, data in files.items() if f"/{folder}" in name}
        assert hashlib.sha256(here["release.json"]).hexdigest() in text
        assert json.loads(here["release.json"])["release"]["exhibit"] == f"QC/{number}"
        assert f"\nExhibit QC/{number}\n" in here["README.txt"].decode()


def test_initials_are_those_of_whoever_drafts_it_unless_others_are_named(desk: ReleaseDesk) -> None:
    # proves F10
    release = desk.draft()
    assert desk.row(release).initials == "M"
    with refusal("initials_unusable"):
        desk.draft(initials="A/1")
    services = desk.bench.services
    nameless = replace(MANAGER, name="7")
    with desk.bench.services.sessions.begin() as session:
        draft = draft_again(desk, release)
        change_release(session, services, replace(draft, initials="XY"), release=release, by=MANAGER)
        change_release(session, services, draft, release=release, by=nameless)
    assert desk.row(release).initials == "XY"
    with refusal("initials_unusable"), services.sessions.begin() as session:
        draft_release(session, services, draft, by=nameless)
    assert not desk.row(release).exhibits
    desk.end(ReleaseStep.WITHDRAW, release)
    assert not desk.row(release).exhibits  # what was never approved has none


def draft_again(desk: ReleaseDesk, release: str) -> ReleaseDraft:
    row = desk.row(release)
    return ReleaseDraft(
        recipient=row.recipient,
        organisation="",
        purpose=row.purpose,
        basis=row.basis,
        condition="",
        withheld=row.withheld,
        method=ReleaseMethod(row.method),
        expires=row.expires,
        footage=(ChosenFootage(desk.recordings[0], ChosenSpan(0, None)),),
    )


def test_a_download_of_which_not_one_byte_went_is_said_to_be_begun_and_no_more(desk: ReleaseDesk) -> None:
    # proves F8
    release = desk.made()
    issued = desk.link(release, times=2)
    secret = issued.url.rpartition("/")[2]
    collecting = desk.bench.services.releases.collecting
    collecting.collect(secret, issued.code, address="192.0.2.1").close()
    now = desk.bench.clock.now
    with desk.bench.services.readers() as session:
        row = get_release(session, release)
        said = [each.words for each in notes_on(session, row)]
        assert release_badge(row, now).word == "Download begun"
        assert "download begun 1 of 2 times" in link_words(row, last_link(session, release), now)
        (shown,) = released_views([row], now)
    assert said[-1] == "Download by the link begun, 1 of at most 2."
    assert re.match(r"Release to Alexandra Hill as exhibit M/\d+: download begun ", shown.words)
    assert action_words("releases:link:fetch", row.reference) == (
        f"began to download release {row.reference} by its link and code"
    )


def test_a_withheld_part_is_nowhere_in_the_package(desk: ReleaseDesk) -> None:
    # proves F10
    release = desk.made(spans=(ChosenSpan(0, None, TrackChoice.PICTURE),))
    with zipfile.ZipFile(io.BytesIO(desk.fetch(desk.link(release)))) as package:
        content = b"".join(package.read(each) for each in package.namelist())
    opener = desk.bench.services.footage.watching.opener
    opened = opener.open(desk.recordings[0], actor=MANAGER, action="tests", purpose="To compare")
    parts = {
        (seq, part.track): opened.part_with_key(seq, part.track)
        for seq, chunk in opened.arrived.timeline.chunks.items()
        for part in chunk.parts
    }
    plan = plan_of(opened, [ChosenSpan(0, None, TrackChoice.PICTURE)])
    opened.close()
    assert {track for track, _, _ in plan.ranges()} == {"video"}
    for (_, track), (plain, key) in parts.items():
        assert (plain in content) == (key in content) == (track == "video")


def said_of_link(desk: ReleaseDesk, release: str) -> tuple[str, str]:
    """Return what is said of a release's link on its page, and of it on the page of its recording."""
    with desk.bench.services.readers() as session:
        row, now = get_release(session, release), desk.bench.clock.now
        barred = why_not_let_out(session, recordings_of(row))
        (shown,) = released_views([row], now, why_not=lambda _: barred)
        return link_words(row, last_link(session, release), now, barred), shown.words


def test_nothing_can_be_had_with_wrong_codes(desk: ReleaseDesk) -> None:
    # proves F10, F6
    issued, release = None, desk.made()
    issued = desk.link(release)
    before = desk.logged("releases:link:wrong-code")
    for number in range(MOST_WRONG):
        with refusal("code_wrong"):
            desk.fetch(issued, "22222-22222", address=f"192.0.2.{number}")
    assert desk.logged("releases:link:wrong-code") == before + MOST_WRONG
    with refusal("too_many_attempts"):
        desk.fetch(issued)  # also with the right one, by anybody
    desk.bench.clock.now += timedelta(hours=1)
    with refusal("link_over"):
        desk.fetch(issued)  # and for good
    assert desk.row(release).handed == 0
    again = desk.link(release)
    stranger = replace(again, url="https://fleet/collect/guessed")
    with refusal("link_over"):
        desk.fetch(stranger)
    assert desk.fetch(again, f" {again.code.lower()} ")


def test_of_two_who_fetch_by_one_link_at_once_one_gets_it(
    desk: ReleaseDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10: both have shown the code before either download counts
    release = desk.made()
    issued, packages = desk.link(release), desk.bench.services.releases.packages
    opened, others = packages.open, []

    def open_after_another(name: str, *, by: Actor, purpose: str) -> ReleasePackage:
        monkeypatch.undo()
        others.append(desk.fetch(issued, address="192.0.2.2"))
        return opened(name, by=by, purpose=purpose)

    monkeypatch.setattr(packages, "open", open_after_another)
    with refusal("link_over"):
        desk.fetch(issued)
    assert len(others) == 1
    assert desk.row(release).handed == 1


def test_many_guesses_of_one_address_have_to_wait_whatever_the_link(desk: ReleaseDesk) -> None:
    # proves F6
    for number in range(10):
        guess = IssuedLink(f"https://fleet/collect/{number}", "")
        with refusal("link_over"):
            desk.fetch(guess, "22222-22222", address="203.0.113.9")
    with refusal("too_many_attempts"):
        desk.fetch(IssuedLink("https://fleet/collect/x", ""), "22222-22222", address="203.0.113.9")


def test_a_link_ends_when_it_expires_is_ended_or_another_is_given_out(desk: ReleaseDesk) -> None:
    # proves F10
    release = desk.made()
    first, second = desk.link(release), desk.link(release)
    with refusal("link_over"):
        desk.fetch(first)
    with desk.bench.services.sessions.begin() as session:
        end_links(session, release=release, by=MANAGER)
    with refusal("link_over"):
        desk.fetch(second)
    third = desk.link(release)
    desk.bench.clock.now += timedelta(days=8)
    with refusal("link_over"):
        desk.fetch(third)
    fourth = desk.link(release)
    desk.end(ReleaseStep.REVOKE, release)
    with refusal("link_over"):
        desk.fetch(fourth)
    with refusal("not_this_step"):
        desk.link(release)
    late = desk.made()
    desk.bench.clock.now += timedelta(days=31)
    with refusal("not_this_step") as over:
        desk.link(late)
    assert "its last day is over" in str(over.value)


def test_footage_that_was_restricted_since_is_not_handed_over(desk: ReleaseDesk) -> None:
    # proves F10
    services = desk.bench.services
    release = desk.made()
    issued = desk.link(release)
    with services.sessions.begin() as session:
        row = get(session, desk.recordings[0])
        restrict(session, services.random, row, request="r" * 16, reference="REQ-1", by=DPO)
    with refusal("link_over") as strange:
        desk.fetch(issued)
    assert "restricted" not in str(strange.value)
    link, of_recording = said_of_link(desk, release)
    assert link.startswith(
        "The link gives nothing now: download begun 0 of 1 time, no wrong codes. Recording "
    )
    assert "is restricted upon request REQ-1" in link
    assert of_recording.startswith("Meant for Alexandra Hill; nothing of it goes out now: Recording ")
    with refusal("recording_restricted"):
        desk.draft()
    with services.sessions.begin() as session:
        lift(session, get(session, desk.recordings[0]), request="r" * 16, by=DPO)
    link, of_recording = said_of_link(desk, release)
    assert link.startswith("The link is good until ")
    assert re.fullmatch(r"To be released to Alexandra Hill as exhibit M/\d+; no download begun", of_recording)
    assert desk.fetch(issued)  # nothing was used up


def test_what_cannot_be_made_says_why_and_can_be_made_later(desk: ReleaseDesk) -> None:
    # proves F7, F8
    services = desk.bench.services
    release = desk.draft()
    with services.sessions.begin() as session:
        approve_release(session, release=release, by=DPO)
        row = get(session, desk.recordings[0])
        restrict(session, services.random, row, request="r" * 16, reference="REQ-1", by=DPO)
    desk.bench.round()
    failed = desk.row(release)
    assert (failed.state, "is restricted upon request REQ-1" in failed.trouble) == ("failed", True)
    with services.sessions.begin() as session:
        lift(session, get(session, desk.recordings[0]), request="r" * 16, by=DPO)
        make_again(session, release=release, by=MANAGER)
    desk.bench.round()
    assert desk.row(release).state == ReleaseState.MADE
    empty = desk.draft(spans=(ChosenSpan(300, 900),))
    assert "Nothing of recording 7 of" in desk.approve(empty).trouble


def test_a_job_that_died_goes_on_with_the_recordings_that_are_not_done(
    desk: ReleaseDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    services = desk.bench.services
    footage = tuple(ChosenFootage(each, ChosenSpan(0, None)) for each in desk.recordings)
    release = desk.draft(footage=footage)
    with services.sessions.begin() as session:
        approve_release(session, release=release, by=DPO)
    store, second = services.footage.store, get_camera(desk, desk.recordings[1])
    read = type(store).read

    def fails(self: object, key: str) -> bytes:
        if second in key:
            raise StoreError("The store is away.")
        return read(self, key)  # type: ignore[arg-type]  # the store itself

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "read", fails)
        desk.bench.round()
    with services.readers() as session:
        (first,) = folders_of(session, release)
    assert desk.row(release).state == ReleaseState.APPROVED
    desk.bench.clock.now += timedelta(minutes=10)
    desk.bench.round()
    with services.readers() as session:
        both = folders_of(session, release)
    assert desk.row(release).state == ReleaseState.MADE
    assert first.statement in {each.statement for each in both}  # what was done was not done again
    assert len(both) == 2
    with zipfile.ZipFile(io.BytesIO(desk.fetch(desk.link(release)))) as package:
        assert sum(each.endswith("release.json") for each in package.namelist()) == 2


def get_camera(desk: ReleaseDesk, recording: str) -> str:
    with desk.bench.services.readers() as session:
        return get(session, recording).camera_id


def test_what_cannot_be_released_is_not_drafted(desk: ReleaseDesk) -> None:
    # proves F10, F3
    services = desk.bench.services
    zone = services.config.site.time_zone
    with services.sessions.begin() as session:
        draft = RequestDraft(
            RequestKind.ACCESS, local_today(session, zone), "letter", "A. Hill", "7 Elm Road", "All", "DPO 1"
        )
        case = open_request(session, services.random, draft, zone=zone, by=DPO).id
    with refusal("not_linked"):
        desk.draft(request=case)
    with services.sessions.begin() as session:
        link_recording(session, services.random, case=case, recording=desk.recordings[0], zone=zone, by=DPO)
    release = desk.made(request=case)
    with services.readers() as session:
        assert [each.id for each in releases_of_request(session, case)] == [release]
        steps = [each.words for each in steps_of(session, get_case(session, case))]
    assert f"{desk.row(release).reference} was approved: footage is released upon this request." in steps
    with services.sessions.begin() as session:
        row = get(session, desk.recordings[0])
        session.add(Erasure(recording_id=row.id, reference="REQ-9", decided=row.changed, decided_by="DPO 1"))
    with refusal("is_erased") as erased:
        desk.draft()
    assert "is to be erased upon a request" in str(erased.value)
    with services.sessions.begin() as session:
        row = get(session, desk.recordings[0])
        session.delete(session.get_one(Erasure, row.id))
        row.state = RecordingState.VERIFYING
    with refusal("not_held") as partial:
        desk.draft()
    assert "is not here and verified as a whole" in str(partial.value)
    with services.sessions.begin() as session:
        get(session, desk.recordings[0]).state = RecordingState.HELD


def test_a_second_person_approves_and_nobody_changes_what_was_approved(desk: ReleaseDesk) -> None:
    # proves F5, F10
    services = desk.bench.services
    release = desk.draft()
    both = replace(MANAGER, roles=frozenset({Role.CCTV_MANAGER, Role.DATA_PROTECTION_OFFICER}))
    with refusal("not_this_step") as own, services.sessions.begin() as session:
        approve_release(session, release=release, by=both)
    assert "you drafted or changed this release" in str(own.value)
    program = Actor(ActorKind.TOKEN, "t", "a program", frozenset({Role.DATA_PROTECTION_OFFICER}))
    with refusal("not_this_step"), services.sessions.begin() as session:
        approve_release(session, release=release, by=program)
    other = replace(MANAGER, id="other", roles=frozenset({Role.CCTV_MANAGER, Role.DATA_PROTECTION_OFFICER}))
    with services.sessions.begin() as session:
        draft = ReleaseDraft(
            recipient="A. Hill",
            organisation="Hill & Co",
            purpose="A claim",
            basis="consent",
            condition="",
            withheld="Nothing",
            method=ReleaseMethod.MEDIUM,
            expires=desk.bench.clock.now.date(),
            footage=(ChosenFootage(desk.recordings[0], ChosenSpan(0, 1000)),),
        )
        change_release(session, services, draft, release=release, by=other)
    with refusal("not_this_step"), services.sessions.begin() as session:
        approve_release(session, release=release, by=other)
    row = desk.approve(release)
    assert (row.state, row.decided_by, row.authors) == (ReleaseState.MADE, "DPO 1", ["manager", "other"])
    with refusal("not_this_step"), services.sessions.begin() as session:
        change_release(session, services, draft, release=release, by=MANAGER)
    with refusal("not_this_step"):
        desk.end(ReleaseStep.WITHDRAW, release)
    assert desk.logged("releases:release:approve") >= 1


def test_a_medium_is_downloaded_by_staff_against_a_receipt(desk: ReleaseDesk) -> None:
    # proves F10
    services = desk.bench.services
    release = desk.made(method=ReleaseMethod.MEDIUM)
    with refusal("on_medium"):
        desk.link(release)
    zone = services.config.site.time_zone
    today: date = desk.bench.clock.now.astimezone(zone).date()
    with refusal("not_handed"), services.sessions.begin() as session:
        note_receipt(session, release=release, on=today, receipt="Signed", zone=zone, by=MANAGER)
    package = take_for_medium(services, services.releases.packages, release=release, by=MANAGER)
    assert len(b"".join(package.blocks)) == package.length
    with services.sessions.begin() as session:
        note_receipt(session, release=release, on=today, receipt="Signed", zone=zone, by=MANAGER)
    assert desk.row(release).receipt == "Signed"
    with refusal("by_link"):
        take_for_medium(services, services.releases.packages, release=desk.made(), by=MANAGER)


def test_a_sealed_vault_uses_no_code_up(desk: ReleaseDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F8
    release = desk.made()
    issued = desk.link(release)

    def sealed(*_: object, **__: object) -> None:
        raise ProblemError(503, "vault_sealed", "The vault is sealed.")

    with monkeypatch.context() as patch:
        patch.setattr(type(desk.bench.services.footage.watching.opener), "open", sealed)
        with refusal("not_now"):
            desk.fetch(issued)
    with desk.bench.services.readers() as session:
        link = last_link(session, release)
    assert link is not None
    assert (link.fetched, link.wrong) == (0, 0)
    assert desk.fetch(issued)


def test_released_keys_outlive_the_deletion_and_its_certificate_lists_them(tmp_path: Path) -> None:
    # proves F3, F10
    with deleting_fleet(tmp_path, config=CONFIG) as bench:
        link = bench.held()
        desk = ReleaseDesk(bench, (link.take.recording.hex(), ""))
        bench.overdue()
        bench.clock.now -= timedelta(hours=36)
        kept, out = desk.made(), desk.made(spans=(ChosenSpan(0, None, TrackChoice.PICTURE),))
        issued, other = desk.link(out, times=2), desk.link(kept)
        desk.fetch(issued)
        bench.clock.now += timedelta(hours=36)
        bench.round()
        deletion: Deletion = bench.deletion(link)
        assert deletion.certificate is not None
        said = read_deletion(deletion.certificate.encode()).said
        (listed,) = json.loads(json.dumps(said["keys_released_before"]))
        assert listed["release"] == desk.row(out).reference
        assert [each[0] for each in listed["chunks"]] == ["video"]
        assert "Alexandra" not in deletion.certificate
        for each in (issued, other):
            with refusal("link_over"):
                desk.fetch(each)
        assert desk.row(out).handed == 1
