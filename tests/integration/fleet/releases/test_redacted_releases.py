"""Releases in which something is hidden: drafted, watched whole, approved, made, handed over, verified."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import update

from fleet.core.problems import ProblemError
from fleet.footage.errors import MediaError
from fleet.footage.media.fragment import read_part
from fleet.jobs.worker import JobWorker
from fleet.redaction.making.fill import BLACK, cut_out
from fleet.redaction.redactor import CopyRedactor
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.sighting import Sighting
from fleet.releases.finding import folders_of
from fleet.releases.models import FootageRelease, ReleaseFolder
from fleet.releases.packages.packing import PackedCopy, PackedFile, found_in_movie
from fleet.releases.packages.plans import plan_of
from fleet.releases.packages.redacted import MAKER
from fleet.releases.packages.searching import FaceSearching
from fleet.releases.packages.tidying import EVERY
from fleet.releases.redacting.models import ReleaseRedaction
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from fleet.releases.rules.states import ReleaseState
from fleet.releases.steps import get_release
from protocol.footage.format.model import Track
from protocol.footage.format.segment import read_segment
from protocol.footage.released.released_part import Treatment
from tests.integration.fleet.releases.redaction_desk import FACE, RedactionDesk, redaction_desk, signed_files
from tests.unit.fleet.redaction.copies import shown

SECOND = 10**9


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedactionDesk]:
    with redaction_desk(tmp_path_factory.mktemp("fleet")) as found:
        yield found


def made(desk: RedactionDesk) -> str:
    release = desk.masked()
    desk.watch(release, desk.dpo)
    assert desk.approve(release).status_code == 200
    desk.bench.round()
    assert desk.row(release).state == ReleaseState.MADE, desk.row(release).trouble
    return release


def test_a_masked_second_goes_out_without_the_original_its_ciphertext_or_its_key(
    desk: RedactionDesk, tmp_path: Path
) -> None:
    # proves F10, F8, E2
    release = made(desk)
    package = desk.package(release)
    status, report = desk.verified(package, tmp_path)
    assert (status, report["verdict"]) == (10, "released")
    sums = {
        track: {name: round(ns / SECOND) for name, ns in each.items()}
        for track, each in report["released_ns"].items()
    }
    assert sums["video"] == {"untouched": 3, "changed": 1, "withheld": 0}
    assert sums["audio"]["changed"] == 1
    assert sums["audio"]["untouched"] == 3
    with zipfile.ZipFile(io.BytesIO(package)) as read:
        files = {each.rpartition("/")[2]: read.read(each) for each in read.namelist()}
    whole = b"".join(files.values())
    take = desk.link.take
    sealed = {
        (chunk.header.seq, track): bytes(part)
        for data in take.segments.values()
        for chunk in read_segment(data).chunks
        for track, part in chunk.parts.items()
    }
    first = min(seq for seq, _ in sealed)
    for (seq, track), ciphertext in sealed.items():
        is_untouched = seq != first + 1
        plain = take.media[seq].parts[list(Track).index(track)].data  # type: ignore[attr-defined]  # a MediaTake
        assert (bytes(take.keys[seq, track]) in whole) == is_untouched
        assert ciphertext not in whole  # never, for the ledger carries its sealed key
        assert (plain in whole) == is_untouched
    page = files["README.txt"].decode()
    assert "Of the picture: 3.0 s here as the camera made them, 1.0 s made anew with something masked" in page
    assert "with something muted in them" in page
    pictures = shown(files["movie.mp4"])
    hidden = [cut_out(each, Area(62, 32, 88, 78)) for each in pictures[13:16]]
    assert all(
        np.abs(plane.astype(int) - black).max() < 30
        for each in hidden
        for plane, black in zip(each, BLACK, strict=True)
    )
    assert any(
        np.abs(plane.astype(int) - black).max() > 60
        for plane, black in zip(cut_out(pictures[5], Area(*FACE)), BLACK, strict=True)
    )
    with desk.bench.services.readers() as session:
        (folder,) = folders_of(session, release)
    assert folder.changed_ranges == [["video", first + 1, first + 1], ["audio", first + 1, first + 1]]
    assert (folder.changed["video"], folder.withheld["video"]) == (1000, 0)
    assert signed_files(desk.package(release)) == signed_files(
        package
    )  # the same bytes, each time that it goes out


def test_approval_waits_until_the_whole_copy_was_watched_as_it_is(desk: RedactionDesk) -> None:
    # proves F10
    release = desk.masked()
    assert "You have not watched the whole redacted copy" in desk.approve(release).json()["detail"]
    copy = desk.copy(release, desk.dpo)
    assert desk.play(copy, desk.dpo, (0, 4000)).status_code == 409  # nothing was sent
    sent = desk.fetched(copy, desk.dpo)
    assert len(sent) == 8
    assert desk.approve(release).status_code == 409  # sent is not played
    cheat = desk.play(copy, desk.dpo, (0, 4000), after_s=-60)
    desk.bench.clock.now += timedelta(seconds=60)
    assert cheat.status_code == 200  # four seconds may be said at once
    left = desk.api(desk.dpo, "GET", desk.path(release)).json()["watched"]
    assert [(each["name"], each["left"]) for each in left] == [("DPO 1", [])]
    again = desk.step(release, do="mute", at_ns=3 * SECOND, until_ns=3_500_000_000, reason="another name")
    assert again.status_code == 200
    assert desk.approve(release).status_code == 409  # it is another copy now
    assert desk.play(copy, desk.dpo, (0, 4000)).json()["code"] == "copy_changed"
    fresh = desk.copy(release, desk.dpo)
    desk.fetched(fresh, desk.dpo)
    part = desk.play(fresh, desk.dpo, (0, 1500), (2500, 9000)).json()
    assert part["left"] == [[1500, 2500]]
    assert desk.approve(release).status_code == 409
    assert not desk.play(fresh, desk.dpo, (1400, 2600)).json()["left"]
    assert desk.approve(release).json()["state"] == "approved"
    late = desk.step(release, do="mute", at_ns=0, until_ns=SECOND, reason="too late")
    assert late.status_code == 409
    assert "cannot be changed" in late.json()["detail"]


def test_more_than_can_be_played_in_the_time_does_not_count(
    desk: RedactionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10
    monkeypatch.setattr("fleet.releases.rules.watched.AHEAD_MS", 0)
    release = desk.masked()
    copy = desk.copy(release, desk.dpo)
    desk.fetched(copy, desk.dpo)
    said = desk.play(copy, desk.dpo, (0, 4000), after_s=1)
    assert (said.status_code, said.json()["code"]) == (409, "played_too_fast")
    assert desk.play(copy, desk.dpo, (0, 4000), after_s=1).json()["watched_ms"] == 4000  # two seconds in all
    monkeypatch.setattr("fleet.releases.redacting.watchings.MOST_SPANS", 1)
    other = desk.copy(release, desk.manager)
    desk.fetched(other, desk.manager)
    scattered = desk.play(other, desk.manager, (0, 1000), (2000, 3000))
    assert scattered.json()["code"] == "too_scattered"


def test_whoever_hides_something_never_approves_it(desk: RedactionDesk) -> None:
    # proves F5, F10
    release = desk.begun()
    body = {"version": 1, "step": {"do": "undo"}}
    assert desk.api(desk.dpo, "POST", f"{desk.path(release)}/steps", json=body).status_code == 403
    assert desk.api(desk.manager, "POST", f"/releases/{release}/approve").status_code == 403
    assert desk.row(release).authors == [desk.manager.id]


def test_of_two_who_change_one_version_the_second_is_refused_and_nothing_is_lost(desk: RedactionDesk) -> None:
    # proves F8
    release = desk.masked()
    seen = desk.redaction(release).version
    assert desk.step(release, version=seen, do="fill", fill="blur").status_code == 200
    second = desk.step(release, version=seen, do="mute", at_ns=0, until_ns=SECOND, reason="of another tab")
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")
    assert "nothing of yours was taken" in second.json()["detail"]
    state = desk.api(desk.manager, "GET", desk.path(release)).json()
    assert state["warning"].startswith("Blur and pixels can be undone")
    assert (state["can_undo"], state["can_redo"], state["version"]) == (True, False, seen + 1)
    before = state["plan"]
    undone = desk.step(release, do="undo").json()
    assert (undone["plan"]["fill"], undone["can_redo"]) == ("solid", True)
    assert desk.step(release, do="redo").json()["plan"] == before
    short = desk.step(release, do="draw", at_ns=0, area=[9, 9], reason="x").json()["detail"]
    assert short == "An area has a left, a top, a right and a bottom."
    wrong = desk.step(release, do="draw", at_ns=0, area=[9, 9, 9, 9], reason="x")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "redaction_unusable")
    assert (
        desk.step(release, do="draw", at_ns=0, area=FACE, reason=" ").json()["detail"].startswith("Say why")
    )
    assert desk.redaction(release).version == seen + 3


def test_what_is_not_what_was_approved_is_not_made_and_not_handed_over(desk: RedactionDesk) -> None:
    # proves F10, F8
    release, services = desk.masked(), desk.bench.services
    desk.watch(release, desk.dpo)
    assert desk.approve(release).status_code == 200
    with services.sessions.begin() as session:
        session.execute(
            update(ReleaseRedaction).where(ReleaseRedaction.release_id == release).values(digest="0" * 64)
        )
    desk.bench.round()
    failed = desk.row(release)
    assert (failed.state, "is not what was approved" in failed.trouble) == (ReleaseState.FAILED, True)


def kept(desk: RedactionDesk, release: str) -> list[str]:
    """The keys of the masked parts that a release keeps."""
    found = desk.bench.services.footage.store.list("recordings")
    return [each.key for each in found if f"/masked/{release}/" in each.key]


def of_another_encoder(desk: RedactionDesk, release: str) -> None:
    """Have a release made by an encoder that is not here any more."""
    with desk.bench.services.sessions.begin() as session:
        made_of = update(ReleaseFolder).where(ReleaseFolder.release_id == release)
        session.execute(made_of.values(maker="PyAV 1"))


def test_what_was_approved_goes_out_after_the_encoder_changed_and_is_made_no_second_time(
    desk: RedactionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10, F8
    release, store = made(desk), desk.bench.services.footage.store
    package = desk.package(release)
    of_another_encoder(desk, release)
    with monkeypatch.context() as patch:
        patch.setattr(CopyRedactor, "part", lambda *_: pytest.fail("It was made again."))
        assert signed_files(desk.package(release)) == signed_files(package)
    parts = kept(desk, release)
    assert len(parts) == 2, "a picture and a sound"
    with zipfile.ZipFile(io.BytesIO(package)) as read:
        whole = b"".join(map(read.read, read.namelist()))
    for each in parts:
        assert store.read(each)[12:44] not in whole, "it lies encrypted"
    store.remove(parts[0])
    with pytest.raises(ProblemError):
        desk.package(release)  # lost, and nobody here makes it as it was
    with desk.bench.services.readers() as session:
        assert get_release(session, release).handed == 2, "it went out twice, and not a third time"
    with desk.bench.services.sessions.begin() as session:
        made_of = update(ReleaseFolder).where(ReleaseFolder.release_id == release)
        session.execute(made_of.values(maker=MAKER))
    again = signed_files(desk.package(release))
    assert again == signed_files(package), "made again by the encoder that made it"


def test_a_part_that_was_kept_before_a_crash_is_the_one_that_goes_out(
    desk: RedactionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7, F10
    release = desk.masked()
    desk.watch(release, desk.dpo)
    assert desk.approve(release).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr("fleet.releases.packages.making.sign_release", _no_power)
        desk.bench.round()
    assert desk.row(release).state == ReleaseState.APPROVED
    before = {each: desk.bench.services.footage.store.read(each) for each in kept(desk, release)}
    assert len(before) == 2
    whole, again = CopyRedactor.part, []

    def part(self: CopyRedactor, data: bytes) -> bytes | None:
        made = whole(self, data)
        again.extend([made] if made is not None else [])
        return made

    monkeypatch.setattr(CopyRedactor, "part", part)
    desk.bench.clock.now += timedelta(minutes=10)
    desk.bench.round()
    assert desk.row(release).state == ReleaseState.MADE, desk.row(release).trouble
    assert again == [], "what was kept was not made again"
    assert {each: desk.bench.services.footage.store.read(each) for each in before} == before
    assert desk.package(release)


def _no_power(*_: object) -> None:
    raise OSError("The power went.")


def test_what_is_kept_is_of_one_release_and_goes_when_nothing_is_handed_over_any_more(
    desk: RedactionDesk,
) -> None:
    # proves F3, F10
    revoked, ends, stays = made(desk), made(desk), made(desk)
    services, store = desk.bench.services, desk.bench.services.footage.store
    for one, other in zip(kept(desk, revoked), kept(desk, ends), strict=True):
        store.remove(other)
        with services.footage.spool.receive(10**7) as incoming:
            incoming.write(store.read(one))
            store.put(other, incoming.finish())
    with pytest.raises(MediaError, match="damaged, or not what was kept"):
        desk.package(ends)
    answer = desk.api(desk.manager, "POST", f"/releases/{revoked}/revoke", json={"why": "Sent in error"})
    assert answer.status_code == 200, answer.text
    desk.bench.clock.now += EVERY
    services.releases.tidying()
    assert (kept(desk, revoked), len(kept(desk, ends)), len(kept(desk, stays))) == ([], 2, 2)
    assert not desk.row(revoked).masked_kept
    with services.sessions.begin() as session:
        last = update(FootageRelease).where(FootageRelease.id == ends).values(ends=services.clock())
        session.execute(last)
    services.releases.tidying()
    assert len(kept(desk, ends)) == 2, "it looked a moment ago"
    desk.bench.clock.now += EVERY
    services.releases.searcher.step()  # by itself, between two searches
    assert (kept(desk, ends), len(kept(desk, stays))) == ([], 2)
    assert desk.package(stays)


def test_a_movie_with_anything_beside_the_parts_of_the_copy_is_found(desk: RedactionDesk) -> None:
    # proves F8
    opener = desk.bench.services.footage.watching.opener
    opened = opener.open(desk.recording, actor=desk.manager, action="tests", purpose="To compare")
    copy = PackedCopy(opened, plan_of(opened, [ChosenSpan(0, None)]))
    seq, track = copy.plan.given()[0]
    other = PackedFile("movie.mp4", lambda: iter([opened.part(seq, track)]))
    found = found_in_movie(copy, other)
    assert found
    part = copy.part(seq, track)
    assert part.treatment is Treatment.UNTOUCHED
    changed = PackedCopy(opened, plan_of(opened, [ChosenSpan(0, None)], {(seq, track)}))
    with pytest.raises(Exception, match="Nothing is hidden in the video"):
        changed.part(seq, track)  # never the original in its place
    opened.close()


def test_a_copy_of_the_picture_alone_is_played_without_its_sound(desk: RedactionDesk) -> None:
    # proves F10
    release = desk.masked(ChosenSpan(1000, 3000, TrackChoice.PICTURE))
    copy = desk.copy(release, desk.dpo)
    sent = desk.fetched(copy, desk.dpo)
    assert {each.partition("/")[0] for each in sent} == {"video"}
    assert len(sent) == 2
    masked, untouched = (read_part(sent[each]) for each in sorted(sent))
    assert len(masked.samples) == len(untouched.samples) == 10
    playlist = desk.api(desk.dpo, "GET", f"{copy}/video.m3u8").text
    assert playlist.count("#EXT-X-GAP") == 2
    assert desk.play(copy, desk.dpo, (0, 4000)).json()["whole_ms"] == 2000
    empty = desk.masked(ChosenSpan(300, 900))
    answer = desk.api(desk.dpo, "GET", f"{desk.copy(empty, desk.dpo)}/main.m3u8")
    assert "lies wholly within what was chosen" in answer.json()["detail"]


class _TwoFaces:
    """Sees the same two faces in each picture, and dies after so many."""

    def __init__(self, lasts: int = 10**9) -> None:
        self.seen, self.lasts = 0, lasts

    def faces(self, _picture: NDArray[np.uint8]) -> list[Sighting]:
        self.seen += 1
        if self.seen > self.lasts:
            raise OSError("The power went.")
        return [Sighting(Area(*FACE), 0.9), Sighting(Area(120, 60, 150, 100), 0.8)]


def searcher(desk: RedactionDesk, detector: _TwoFaces) -> JobWorker:
    services = desk.bench.services
    searching = FaceSearching(services, services.footage, services.imports.opener, detector=lambda: detector)
    return JobWorker(services, {searching.kind: searching}, (), owner="tests")


def test_a_search_that_died_goes_on_where_it_was_and_its_faces_are_proposals(
    desk: RedactionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    monkeypatch.setattr("fleet.releases.packages.searching.KEPT_EVERY", 1)
    release = desk.begun()
    desk.step(release, do="mute", at_ns=0, until_ns=SECOND, reason="kept meanwhile")
    assert desk.api(desk.manager, "POST", f"{desk.path(release)}/search").json()["search"] == "asked"
    dies = _TwoFaces(lasts=12)
    searcher(desk, dies).step()
    kept = desk.redaction(release)
    assert (kept.search, kept.searched, kept.to_search) == ("asked", 2, 4)
    desk.bench.clock.now += timedelta(minutes=10)
    whole = _TwoFaces()
    searcher(desk, whole).step()
    assert whole.seen == 10  # five times a second, in the two seconds that were left
    state = desk.api(desk.manager, "GET", desk.path(release)).json()
    assert (state["search"], state["searched_s"], state["left_out"], state["undecided"]) == ("done", 4, 0, 2)
    first, second = (each["id"] for each in state["plan"]["masks"])
    assert all(each["by_machine"] and each["state"] == "proposed" for each in state["plan"]["masks"])
    assert len(state["plan"]["mutes"]) == 1
    again = desk.api(desk.manager, "POST", f"{desk.path(release)}/search")
    assert (again.status_code, again.json()["code"]) == (409, "searched_already")
    undecided = desk.api(desk.dpo, "GET", f"{desk.copy(release, desk.dpo)}/main.m3u8")
    assert "neither accepted nor refused" in undecided.json()["detail"]
    assert "somebody has to look at each" in desk.approve(release).json()["detail"]
    kept_one = desk.step(release, do="keep-only", number=second, reason="they asked for it").json()
    assert [each["state"] for each in kept_one["plan"]["masks"]] == ["accepted", "kept"]
    assert desk.step(release, do="refuse", number=first).json()["undecided"] == 0
    assert desk.step(release, do="undo").json()["plan"] == kept_one["plan"]


def test_a_search_that_cannot_be_says_why_and_can_be_asked_for_again(
    desk: RedactionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    release = desk.begun()
    desk.api(desk.manager, "POST", f"{desk.path(release)}/search")
    with monkeypatch.context() as patch:
        patch.setattr("importlib.util.find_spec", lambda *_: None)
        desk.bench.services.releases.searcher.step()
    state = desk.api(desk.manager, "GET", desk.path(release)).json()
    assert state["search"] == "failed"
    assert "Masks can be drawn by hand" in state["search_trouble"]
    assert desk.api(desk.manager, "POST", f"{desk.path(release)}/search").json()["search_trouble"] == ""
    gone = desk.api(desk.manager, "DELETE", desk.path(release), params={"version": 1})
    assert gone.status_code == 204
    searcher(desk, _TwoFaces()).step()  # nothing is wanted any more
    assert desk.api(desk.manager, "GET", desk.path(release)).status_code == 404
