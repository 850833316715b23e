"""Releases of imports: whole, by seconds, with something hidden; approved, made, handed over, verified."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.footage.released.keys import IMPORT_HANDED_OVER
from fleet.footage.restricting.import_restrictions import restrict_import
from fleet.footage.restricting.models import Restriction
from fleet.footage.store import names
from fleet.imagery.import_keepings import held_import_bytes
from fleet.imagery.models import ImportRow, ImportSeconds
from fleet.imagery.rules.kinds import EXPORTED, SecondsState
from fleet.imagery.seconds import asking, cutting
from fleet.imagery.service import delete_now
from fleet.redaction.checking.still_check import held_findings
from fleet.redaction.making.still import decoded_still
from fleet.releases import forgetting
from fleet.releases.drafting import approve_release, change_release, draft_release, end_release
from fleet.releases.exhibits.continuity import statement_of
from fleet.releases.finding import ReleaseFilter, find_releases, import_folders_of
from fleet.releases.models import FootageRelease
from fleet.releases.packages import import_tidying, packing
from fleet.releases.packages.handing import take_for_medium
from fleet.releases.redacting.drafts import begin_redaction, change_redaction
from fleet.releases.redacting.editing_steps import EditKind, RedactionStep
from fleet.releases.redacting.models import ImportCopyWatched, ImportRedaction
from fleet.releases.rules.draft import ChosenFootage, ReleaseDraft, ReleaseMethod
from fleet.releases.rules.plan import ChosenSpan
from fleet.releases.rules.states import ReleaseState, ReleaseStep
from fleet.releases.steps import get_release
from fleet.server.compose import FleetServices
from fleet.web.views.releases.one import amounts, span_views
from fleet.web.views.releases.register import release_cells
from protocol.footage.deletion import read_deletion
from protocol.footage.released.release import read_release
from protocol.verify.cli import app
from tests.support.fleet.filling_in import Browser
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.fleet.people import add_user, sign_in_as
from tests.support.media.imported import DEVICE, PLACE, clip, photograph
from tests.unit.fleet.imagery.test_imports_api import BODY, PICTURE, imported

pytestmark = pytest.mark.slow

MANAGER = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))
DPO = Actor(ActorKind.USER, "dpo", "DPO 1", frozenset({Role.DATA_PROTECTION_OFFICER}))
ALL = ChosenSpan(0, None)
CLIP = clip(sound="aac", pictures=45, tone=True)
STILL = photograph(width=160, height=120)
SECOND = 1_000_000_000


@dataclass
class Desk:
    """What people do with releases of imports."""

    services: FleetServices
    api: TestClient
    clock: TestClock

    def clip(self, data: bytes = CLIP) -> str:
        return imported(self.api, data, **BODY)

    def photograph(self) -> str:
        return imported(self.api, STILL, **PICTURE)

    def draft(self, *footage: tuple[str, ChosenSpan], **more: Any) -> str:  # noqa: ANN401 - fields of a draft
        draft = ReleaseDraft(
            recipient="DC 12",
            organisation="The police",
            purpose="The door",
            basis="legal-obligation",
            condition="",
            withheld="Nothing",
            method=ReleaseMethod.MEDIUM,
            expires=self.clock.now.date() + timedelta(days=30),
            footage=tuple(ChosenFootage(name, span) for name, span in footage),
        )
        with self.services.sessions.begin() as session:
            return draft_release(session, self.services, replace(draft, **more), by=MANAGER).id

    def cut(self) -> None:
        self.services.releases.searcher.step()

    def hide(self, release: str, name: str, *steps: RedactionStep) -> None:
        with self.services.sessions.begin() as session:
            begin_redaction(session, release=release, recording=name, by=MANAGER)
        for version, step in enumerate(steps, start=1):
            with self.services.sessions.begin() as session:
                change_redaction(
                    session, release=release, recording=name, version=version, edit=step.applied, by=MANAGER
                )

    def approve(self, release: str, by: Actor = DPO) -> FootageRelease:
        with self.services.sessions.begin() as session:
            approve_release(session, release=release, by=by)
        self.services.jobs.step()
        return self.row(release)

    def reference(self, name: str) -> str:
        with self.services.readers() as session:
            return session.get_one(ImportRow, name).reference

    def row(self, release: str) -> FootageRelease:
        with self.services.readers() as session:
            return get_release(session, release)

    def made(self, *footage: tuple[str, ChosenSpan]) -> str:
        release = self.draft(*footage)
        self.cut()
        row = self.approve(release)
        assert row.state == ReleaseState.MADE, row.trouble
        return release

    def package(self, release: str, folder: Path) -> dict[str, Path]:
        """Take a package, and return the folder of each import by the name of its file."""
        packages = self.services.releases.packages
        package = take_for_medium(self.services, packages, release=release, by=MANAGER)
        data = b"".join(package.blocks)
        assert len(data) == package.length
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
        (folder / "authority.pem").write_text(self.services.authority.pem)
        return {each.name: each.parent for each in folder.rglob("*") if each.suffix in {".mp4", ".jpg"}}

    def watch(self, dpo: TestClient, release: str, name: str) -> Actor:
        """Watch a copy whole, as a browser does; return who did."""
        viewing = dpo.post(f"/api/v1/imports/{name}/viewings", json={"purpose": "To approve it"}).json()[
            "viewing"
        ]
        base = f"/api/v1/releases/{release}/copies/{name}/{viewing}"
        still = dpo.get(f"{base}/still.jpg")
        spans = [[0, 1000]]
        if still.status_code == 404:
            main = dpo.get(f"{base}/main.m3u8").raise_for_status().text
            tracks = [line for line in main.splitlines() if line.endswith(".m3u8")] + (
                ["audio.m3u8"] if "audio.m3u8" in main else []
            )
            for track in dict.fromkeys(tracks):
                for line in dpo.get(f"{base}/{track}").raise_for_status().text.splitlines():
                    if line.endswith(".m4s") and "gap" not in line:
                        dpo.get(f"{base}/{line}").raise_for_status()
            spans = [[0, 10_000]]
        self.clock.now += timedelta(seconds=10)
        told = dpo.post(f"{base}/played", json={"spans": spans}).raise_for_status().json()
        assert told["left"] == [], told
        with self.services.readers() as session:
            query = select(ImportCopyWatched).where(ImportCopyWatched.release_id == release)
            return replace(DPO, id=session.scalars(query).one().actor)


@pytest.fixture
def desk(api: TestClient, services: FleetServices, whole_clock: TestClock) -> Desk:
    return Desk(services, api, whole_clock)


@pytest.fixture(scope="module")
def dpo_token(whole: FleetServices) -> str:
    return token_for(whole, Role.DATA_PROTECTION_OFFICER, name="dpo")


@pytest.fixture
def dpo(services: FleetServices, dpo_token: str) -> Iterator[TestClient]:
    with dashboard_client(services, token=dpo_token, workers=False) as client:
        yield client


def refusal(code: str) -> pytest.RaisesExc[ProblemError]:
    return pytest.RaisesExc(ProblemError, check=lambda problem: problem.code == code)


def verified(folder: Path, authority: Path, *more: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(folder), "--authority", str(authority), *more])
    return found.exit_code, found.stdout


def draw(area: list[int], at_s: float = 0.0) -> RedactionStep:
    return RedactionStep(do=EditKind.DRAW, at_ns=round(at_s * SECOND), area=area, reason="A face")


def mute(start_s: float, end_s: float) -> RedactionStep:
    start, end = round(start_s * SECOND), round(end_s * SECOND)
    return RedactionStep(do=EditKind.MUTE, at_ns=start, until_ns=end, reason="A name")


def pictures(path: Path) -> list[tuple[float, Any]]:
    with av.open(str(path)) as moving:
        return [(float(each.time or 0), each.to_ndarray(format="rgb24")) for each in moving.decode(video=0)]


def loudness(path: Path) -> list[tuple[float, float]]:
    with av.open(str(path)) as moving:
        return [
            (float(each.time or 0), float(np.abs(each.to_ndarray()).max())) for each in moving.decode(audio=0)
        ]


def test_whole_imports_go_out_as_they_were_noted_and_are_never_called_verified(
    desk: Desk, tmp_path: Path
) -> None:
    # proves F10, F8, E2
    moving, still = desk.clip(), desk.photograph()
    release = desk.made((moving, ALL), (still, ALL))
    folders = desk.package(release, tmp_path)
    authority = tmp_path / "authority.pem"
    with desk.services.readers() as session:
        rows = {
            each.id: each
            for each in session.scalars(select(ImportRow).where(ImportRow.id.in_((moving, still))))
        }
        row = get_release(session, release)
        register, _ = find_releases(session, ReleaseFilter(text=row.import_exhibits[0].exhibit))
        made = amounts((), import_folders_of(session, release))
        continuity = statement_of(session, row, "").text()
    assert [each.id for each in register] == [release]
    for name, file in ((moving, "clip.mp4"), (still, "photograph.jpg")):
        folder, of = folders[file], rows[name]
        assert of.sha256 is not None
        assert of.copy_sha256 == hashlib.sha256((folder / file).read_bytes()).digest()
        status, words = verified(folder, authority)
        assert status == 11, words
        assert words.splitlines()[0] == (
            f"A release of import {of.reference}. Imported: digest as noted: the file is the one whose "
            "digest the fleet noted at its import. No camera signed it, and nothing shows how it was before "
            "it came."
        )
        said = read_release((folder / "release.json").read_bytes()).said
        assert (said["verified"], said["imported_from"]) == ("no: not signed by a camera", of.source)
        assert (said["imported_sha256"], said["released_to"]) == (of.sha256.hex(), "DC 12, The police")
        page = (folder / "README.txt").read_text()
        assert page.startswith(
            f"RELEASED TO: DC 12, The police\nRelease {row.reference} of import {of.reference}: "
        )
        for part in ("not signed by a camera", f"from: {of.source}", of.sha256.hex()):
            assert part in page, part
        for word in (words, page, json.dumps(said)):
            assert "untouched" not in word
            assert "exactly as" not in word
            assert "as the camera" not in word
    both, words = verified(tmp_path, authority)
    assert (both, words.splitlines()[0]) == (
        11,
        "2 imports: 2 imported: digest as noted; those that hold fit each other.",
    )
    exhibits = [each.exhibit for each in row.import_exhibits]
    assert exhibits == ["M1/1", "M1/2"] or len(set(exhibits)) == 2
    assert (
        f"- {exhibits[0]}: import {rows[moving].reference}, not signed by a camera ({moving})" in continuity
    )
    assert continuity.startswith((tmp_path / f"{row.reference}/CONTINUITY.txt").read_text()[:20])
    assert all(each.endswith("the copy whose digest was noted at the import, whole") for each in made)
    assert {each.words for each in span_views(row)} == {"all of it"}
    assert "not verified" in release_cells(row)[9]


def test_seconds_of_a_clip_go_out_with_what_is_hidden_gone(
    desk: Desk, dpo: TestClient, tmp_path: Path
) -> None:
    # proves F10
    moving = desk.clip()
    release = desk.draft((moving, ChosenSpan(1000, 4000)))
    desk.cut()
    desk.hide(release, moving, draw([8, 8, 24, 24], 2.2), mute(2.4, 2.6))
    with refusal("copy_not_watched"):
        desk.approve(release)
    row = desk.approve(release, desk.watch(dpo, release, moving))
    assert row.state == ReleaseState.MADE, row.trouble
    folder = desk.package(release, tmp_path)["clip.mp4"]
    status, words = verified(folder, tmp_path / "authority.pem")
    assert (status, "Imported: made anew by its fleet" in words) == (11, True), words
    said = read_release((folder / "release.json").read_bytes()).said
    assert said["noted_sha256"] is None
    assert (
        said["how_made"] == "encoded anew as a whole of the copy of the import, with something hidden in it"
    )
    assert said["released"] == ["0:01 to 0:04, picture and sound"]
    found = pictures(folder / "clip.mp4")
    assert len(found) == 30  # three seconds of ten
    for at, picture in found:
        inside, is_hidden = picture[10:22, 10:22], 1.0 <= at <= 1.4
        assert not is_hidden or inside.max() <= 40, at
    heard = loudness(folder / "clip.mp4")
    quiet = [level for at, level in heard if 1.40 <= at <= 1.57]
    assert quiet
    assert max(quiet) == 0
    assert max(level for _, level in heard) > 0.1
    data = (folder / "clip.mp4").read_bytes()
    assert PLACE not in data
    assert b"Released to DC 12, The police" in data
    with desk.services.readers() as session:
        (made,) = import_folders_of(session, release)
    assert made.changed_ms["video"] >= 1000
    assert (made.given_ms["video"], 1400 < made.withheld_ms["video"] < 1600) == (3000, True)


def test_a_photograph_goes_out_with_its_masks_and_nothing_beside_its_pixels(
    desk: Desk, dpo: TestClient, tmp_path: Path
) -> None:
    # proves F10
    still = desk.photograph()
    release = desk.draft((still, ALL))
    desk.hide(release, still, draw([10, 10, 60, 50]), draw([100, 20, 130, 60], 7.0))
    row = desk.approve(release, desk.watch(dpo, release, still))
    assert row.state == ReleaseState.MADE, row.trouble
    folder = desk.package(release, tmp_path)["photograph.jpg"]
    data = (folder / "photograph.jpg").read_bytes()
    assert list(held_findings(data)) == []
    assert DEVICE not in data
    picture = decoded_still(data)
    assert picture[10:50, 10:60].max() <= 32
    assert picture[20:60, 100:130].max() <= 32
    assert picture[100:, :40].min() > 200  # what is not hidden is seen as before
    status, words = verified(folder, tmp_path / "authority.pem")
    assert (status, "made anew of the copy of the import, with 2 masks over it" in words) == (11, True), words


def test_what_was_changed_is_found_and_nobody_can_call_it_another_thing(desk: Desk, tmp_path: Path) -> None:
    # proves F8
    folder = desk.package(desk.made((desk.photograph(), ALL)), tmp_path)["photograph.jpg"]
    authority = tmp_path / "authority.pem"
    assert CliRunner().invoke(app, [str(folder)]).exit_code == 4
    (folder / "note.txt").write_text("A note")
    assert verified(folder, authority)[0] == 6
    (folder / "note.txt").unlink()
    file = folder / "photograph.jpg"
    data = file.read_bytes()
    file.write_bytes(data[:-3] + b"x" + data[-2:])
    status, words = verified(folder, authority)
    assert (status, words.startswith("Altered: a release of import IMP-")) == (1, True), words
    file.unlink()
    assert "which is not here" in verified(folder, authority)[1]
    statement = folder / "release.json"
    statement.write_text(statement.read_text().replace("digest", "digits"))
    assert verified(folder, authority)[0] == 1


def test_restricted_or_deleted_nothing_more_goes_out_and_the_certificate_says_what_had(
    desk: Desk, tmp_path: Path
) -> None:
    # proves F3, F10
    moving = desk.clip()
    release, other = desk.made((moving, ALL)), desk.made((moving, ChosenSpan(0, 2000)))
    desk.package(release, tmp_path)
    with desk.services.readers() as session:
        assert forgetting._kept_by(session, get_release(session, release)) == "an import of it is here"
    with desk.services.sessions.begin() as session:
        restrict_import(session, desk.services.random, moving, request="5e" * 16, reference="REQ-1", by=DPO)
    with refusal("import_restricted"):
        desk.package(release, tmp_path)
    with refusal("import_restricted"):
        desk.draft((moving, ALL))
    with desk.services.sessions.begin() as session:
        for each in session.scalars(select(Restriction).where(Restriction.import_id == moving)):
            each.lifted = desk.clock.now
        delete_now(session, name=moving, why="A mistake", by=MANAGER)
    with pytest.raises(ProblemError, match="is to be deleted, as somebody decided"):
        desk.package(other, tmp_path)
    desk.services.jobs.step()
    with desk.services.readers() as session:
        row = session.get_one(ImportRow, moving)
        assert session.get(ImportSeconds, moving) is None
    assert row.certificate is not None
    certificate: dict[str, Any] = json.loads(row.certificate)["certificate"]
    assert certificate == json.loads(json.dumps(read_deletion(row.certificate.encode()).said))
    (given,) = certificate["released_before"]
    assert (given["release"], given["as_noted_at_the_import"]) == (desk.row(release).reference, True)
    assert any(each.startswith("clip.mp4, ") for each in given["files"])
    assert not desk.services.footage.store.list(f"{names.import_prefix(moving)}/")
    assert desk.row(release).state == ReleaseState.MADE
    with pytest.raises(ProblemError):
        desk.package(release, tmp_path)


def test_what_is_on_its_way_goes_no_further_once_it_is_restricted_revoked_or_sealed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10
    monkeypatch.setattr(packing, "LOOKED_EACH", 1)
    services, moving = desk.services, desk.clip()
    revoked, restricted = desk.made((moving, ALL)), desk.made((moving, ALL))
    cut = desk.made((moving, ChosenSpan(0, 2000)))  # which is read from what was made of the import

    def on_its_way(release: str) -> Iterator[bytes]:
        package = take_for_medium(services, services.releases.packages, release=release, by=MANAGER)
        assert next(package.blocks)
        return package.blocks

    def taken_out() -> Iterator[bytes]:
        return services.imports.opener.plain(moving, by=MANAGER, action=EXPORTED, purpose="To look").blocks()

    blocks = on_its_way(revoked)
    with services.sessions.begin() as session:
        end_release(session, ReleaseStep.REVOKE, release=revoked, why="The wrong person", by=MANAGER)
    with refusal("revoked"):
        list(blocks)
    alone, sealed, blocks, some = taken_out(), taken_out(), on_its_way(restricted), on_its_way(cut)
    services.vault.seal(OPERATOR)
    try:
        for each in (sealed, some):
            with refusal("vault_sealed"):
                list(each)
    finally:
        services.vault_services.unsealing.by_itself(OPERATOR)
    with services.sessions.begin() as session:
        restrict_import(session, services.random, moving, request="5e" * 16, reference="REQ-1", by=DPO)
    for each in (alone, blocks):
        with refusal("import_restricted"):
            list(each)


def test_what_cannot_be_hidden_in_or_chosen_is_refused_before_anything_is_begun(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F6
    moving, still = desk.clip(clip(pictures=12)), desk.photograph()
    with pytest.raises(ProblemError, match="is a photograph: it is released whole, once"):
        desk.draft((still, ChosenSpan(0, 1000)))
    release = desk.draft((moving, ALL), (still, ALL))
    with monkeypatch.context() as small:
        small.setattr(asking, "MOST_PIXELS", 64)
        small.setattr(asking, "LARGEST_SIDE", 64)
        for name in (moving, still):
            with pytest.raises(
                ProblemError, match=r"nothing is hidden in a picture|seconds are chosen and hidden"
            ):
                desk.hide(release, name)
        with refusal("too_large_to_hide_in"):
            desk.draft((moving, ChosenSpan(0, 1000)))
    with desk.services.readers() as session:
        assert session.get(ImportSeconds, moving) is None
    row = desk.approve(desk.draft((moving, ChosenSpan(500, 900))))
    assert (row.state, "being cut into seconds" in row.trouble) == (ReleaseState.APPROVED, True)
    desk.cut()
    desk.clock.now += timedelta(minutes=30)
    desk.services.jobs.step()
    row = desk.row(row.id)
    assert (row.state, "lies wholly within" in row.trouble) == (ReleaseState.FAILED, True), row.trouble
    with desk.services.sessions.begin() as session:
        end_release(session, ReleaseStep.WITHDRAW, release=row.id, why="For the test", by=MANAGER)


def test_what_was_made_and_cut_goes_when_nobody_needs_it(desk: Desk) -> None:
    # proves F9
    moving = desk.clip(clip(pictures=22))
    release = desk.made((moving, ChosenSpan(0, 1000)))
    store, prefix = desk.services.footage.store, f"{names.import_prefix(moving)}/"
    assert len({each.key.split("/")[2] for each in store.list(prefix)}) == 3  # as it came, cut, made
    tidying = import_tidying.ReleasedImportTidying(desk.services, desk.services.footage)
    desk.clock.now += timedelta(hours=2)
    tidying()
    assert len({each.key.split("/")[2] for each in store.list(prefix)}) == 2
    with desk.services.sessions.begin() as session:
        end_release(session, ReleaseStep.REVOKE, release=release, why="For the test", by=MANAGER)
    desk.clock.now += timedelta(hours=1)
    tidying()
    assert len({each.key.split("/")[2] for each in store.list(prefix)}) == 1


def test_seconds_cut_of_a_clip_count_against_what_may_be_held_and_more_are_not_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F9
    with desk.services.readers() as session:
        empty = held_import_bytes(session)
    moving = desk.clip(clip(pictures=22))
    desk.draft((moving, ChosenSpan(0, 1000)))
    with desk.services.readers() as session:
        before = held_import_bytes(session)
    assert before > empty
    monkeypatch.setattr(cutting, "GIB", 1)  # as many bytes as the setting says GiB
    desk.cut()
    with desk.services.readers() as session:
        row = session.get_one(ImportSeconds, moving)
        assert (row.state, row.size, row.trouble) == (
            SecondsState.ASKED,
            0,
            "All that may be held of imports is held, 1024 GiB: imports.gib sets this.",
        )
        assert held_import_bytes(session) == before
    monkeypatch.undo()
    desk.clock.now += timedelta(hours=1)
    desk.cut()
    with desk.services.readers() as session:
        size = session.get_one(ImportSeconds, moving).size
        assert size > 0
        assert held_import_bytes(session) == before + size


def test_where_nothing_is_hidden_a_second_person_approves_without_having_watched_it(desk: Desk) -> None:
    # proves F8: the same rule as of recordings, in one place (watchings.why_not_approved)
    still = desk.photograph()
    plain = desk.draft((still, ALL))
    second = add_user(desk.services, "DPO 7", Role.DATA_PROTECTION_OFFICER)
    browser = Browser(TestClient(desk.api.app, base_url="https://localhost:8443"))
    client = sign_in_as(desk.services, browser, second).client
    page = client.get(f"/releases/{plain}", headers={"Accept": "text/html"}).text
    assert "Where nothing is hidden, nobody is asked to have watched it." in page
    with desk.services.sessions.begin() as session, refusal("not_this_step"):
        approve_release(session, release=plain, by=MANAGER)  # who drafted it is no second person
    assert desk.approve(plain).state == ReleaseState.MADE
    hidden = desk.draft((still, ALL))
    desk.hide(hidden, still, draw([10, 10, 40, 40]))
    with desk.services.sessions.begin() as session, refusal("copy_not_watched"):
        approve_release(session, release=hidden, by=DPO)
    page = client.get(f"/releases/{hidden}", headers={"Accept": "text/html"}).text
    assert "Where nothing is hidden, nobody is asked to have watched it." not in page


def test_that_a_release_was_downloaded_is_among_who_watched_what(
    desk: Desk, dpo: TestClient, tmp_path: Path
) -> None:
    # proves F2, F8
    still = desk.photograph()
    desk.package(desk.made((still, ALL)), tmp_path)
    while desk.services.reviews.sorter.sort_looks_block():
        pass
    page = dpo.get("/viewings?state=all", headers={"Accept": "text/html"}).text
    row = next(each for each in page.split('<li id="viewing-')[1:] if f"/imports/{still}" in each)
    assert "Download of a release begun" in row
    assert "Manager 1" in row
    assert "They asked for a copy." not in row


def test_who_had_it_by_a_release_is_told_among_who_looked(
    desk: Desk, dpo: TestClient, tmp_path: Path
) -> None:
    # proves F8
    still = desk.photograph()
    release = desk.made((still, ALL))
    desk.package(release, tmp_path)
    with desk.services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.subject == still, AuditEntry.action == IMPORT_HANDED_OVER)
        assert len(session.scalars(query).all()) == 1
    page = dpo.get(f"/imports/{still}", headers={"Accept": "text/html"}).text
    assert "Download of a release begun" in page
    assert f'href="/releases/{release}"' in page
    told = desk.api.get(f"/api/v1/releases/{release}").raise_for_status().json()
    assert (told["footage"][0]["recording"], told["folders"][0]["is_as_noted"]) == (still, True)
    changed, other = desk.draft((still, ALL)), desk.photograph()
    with desk.services.sessions.begin() as session:
        draft = replace(_draft_of(session, changed), footage=(ChosenFootage(other, ALL),))
        change_release(session, desk.services, draft, release=changed, by=MANAGER)
    assert [each.import_id for each in desk.row(changed).import_spans] != [still]


def shown(client: TestClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_pages_show_a_clip_once_it_is_cut_and_a_photograph_without_time(desk: Desk, dpo: TestClient) -> None:
    # proves F8
    moving, still = desk.clip(), desk.photograph()
    page = shown(desk.api, f"/releases/new?import={still}")
    assert f'value="{still}"' in page
    assert f"Import {desk.reference(still)}" in page
    release = desk.draft((moving, ALL), (still, ALL))
    for name in (moving, still):
        desk.hide(release, name)
    why = {"purpose": "To hide a face"}
    manager = add_user(desk.services, "Manager 7", Role.CCTV_MANAGER)
    browser = Browser(TestClient(desk.api.app, base_url="https://localhost:8443"))
    client = sign_in_as(desk.services, browser, manager).client
    opener = desk.services.imports.opener
    open_ones = {each: opener.view(each, by=manager, purpose="To hide a face") for each in (moving, still)}
    hiding = {name: f"/releases/{release}/redact/{name}?viewing={one}" for name, one in open_ones.items()}
    early = shown(client, hiding[moving])
    assert "The clip is being cut into seconds, which takes about as long as it lasts." in early
    assert "main.m3u8" not in early
    own = dpo.post(f"/api/v1/imports/{moving}/viewings", json=why).json()["viewing"]
    copy = f"/releases/{release}/copy/{moving}?viewing={own}"
    assert "The clip is being cut into seconds" in shown(dpo, copy)
    assert dpo.get(f"/api/v1/import-viewings/{own}/main.m3u8").status_code == 503
    desk.cut()
    later, picture = shown(client, hiding[moving]), shown(client, hiding[still])
    playlist = f"/api/v1/import-viewings/{open_ones[moving]}/main.m3u8"
    assert playlist in later
    assert "#EXT-X-STREAM-INF" in client.get(playlist).raise_for_status().text
    assert (dpo.get(playlist).status_code, "main.m3u8" in shown(dpo, copy)) == (404, True)
    assert "Not to be shown yet" in early
    for timed in ("Muted sound", "Go on and put it there again", "s before and after"):
        assert (timed in later, timed in picture) == (True, False), timed
    assert f"/api/v1/import-viewings/{open_ones[still]}/media" in picture
    own = dpo.post(f"/api/v1/imports/{still}/viewings", json=why).json()["viewing"]
    page = shown(dpo, f"/releases/{release}/copy/{still}?viewing={own}")
    assert "was in sight on this page for a second" in page
    assert "still.jpg" in page
    assert "You have still to have it in sight for a second." not in page  # nothing was sent yet
    base = f"/api/v1/releases/{release}/copies/{still}/{own}"
    assert dpo.get(f"{base}/still.jpg").headers["content-type"] == "image/jpeg"
    page = shown(dpo, f"/releases/{release}/copy/{still}?viewing={own}")
    assert "You have still to have it in sight for a second." in page
    assert dpo.get(f"{base}/main.m3u8").status_code == 404
    said = dpo.get(f"/api/v1/releases/{release}/copies/{moving}/{own}/still.jpg").json()["detail"]
    assert said == "That is not a photograph: it is played."
    said = dpo.get(f"/api/v1/releases/{release}/redactions/{'5e' * 8}").json()["detail"]
    assert said == "There is no such recording or import in this release."
    assert dpo.get(f"/api/v1/releases/{release}/copies/{moving}/{own}/main.m3u8").status_code == 404
    assert (
        dpo.post(f"/api/v1/releases/{release}/copies/{moving}/{own}/played", json={"spans": []}).status_code
        == 404
    )
    ended = shown(client, f"/releases/{release}/redact/{still}?viewing=5e5e")
    assert "That viewing has ended." in ended
    release_page = shown(dpo, f"/releases/{release}")
    assert "Imported, not verified" in release_page
    assert "Nothing is hidden in it" not in release_page


def test_nobody_begins_to_hide_something_in_what_was_restricted_since(desk: Desk) -> None:
    # proves F8: the page says so before anybody asks for it in vain
    moving = desk.clip()
    release = desk.draft((moving, ALL))
    manager = add_user(desk.services, "Manager 8", Role.CCTV_MANAGER)
    browser = Browser(TestClient(desk.api.app, base_url="https://localhost:8443"))
    client = sign_in_as(desk.services, browser, manager).client
    path = f"/releases/{release}/redact/{moving}"
    opens = "Open it to hide something"
    assert opens in shown(client, path)
    with desk.services.sessions.begin() as session:
        restrict_import(session, desk.services.random, moving, request="5e" * 16, reference="REQ-1", by=DPO)
    page = shown(client, path)
    assert "It is restricted upon request REQ-1" in page
    assert opens not in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    typed = {"choice": "subject", "csrf_token": token[1]}
    refused = client.post(f"{path}/watch", data=typed, follow_redirects=False)
    assert "It is restricted upon request REQ-1" in refused.text
    with desk.services.readers() as session:
        assert session.get(ImportRedaction, (release, moving)) is None, "nothing was begun in it"


def _draft_of(session: Any, release: str) -> ReleaseDraft:  # noqa: ANN401 - a session
    row = get_release(session, release)
    fields = ("recipient", "organisation", "purpose", "basis", "condition", "withheld", "expires")
    own = {name: getattr(row, name) for name in fields}
    return ReleaseDraft(**own, method=ReleaseMethod(row.method), footage=())
