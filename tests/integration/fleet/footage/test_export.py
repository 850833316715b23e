"""Exports: one MP4 without re-encoding, judged by ffprobe and ffmpeg."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.footage.recordings.lookup import get
from protocol.footage.format.model import PlainChunk, Track
from protocol.footage.verifying.report import WITHOUT_END
from protocol.messages.events import CameraEvent, NewsKind
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.media import MediaTake, Picture, make_media
from tests.support.media.recordings import UTC_US


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def upload(fleet: Fleet, media: list[PlainChunk], *, outside: int = 0, prerecord: int = 1) -> Link:
    link = Link(fleet, MediaTake(fleet.identity(), media=media).record(outside=outside, prerecord=prerecord))
    link.everything()
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    return link


def ask(fleet: Fleet, link: Link, role: Role = Role.CCTV_MANAGER) -> httpx.Response:
    headers = bearer(fleet, role, name=f"exporter {role} {link.take.number}")
    address = f"/api/v1/recordings/{link.take.recording.hex()}/exports"
    answer: httpx.Response = fleet.dashboard.post(
        address, json={"purpose": "Police request"}, headers=headers
    )
    return answer


def judge(data: bytes, path: Path) -> dict[str, Any]:
    """Return what ffprobe says; neither it nor a full decoding may have anything to remark."""
    path.write_bytes(data)
    decode: list[str | Path] = ["ffmpeg", "-nostdin", "-v", "warning", "-i", path, "-f", "null", "-"]
    assert subprocess.run(decode, capture_output=True, check=True).stderr == b""
    command: list[str | Path] = [
        "ffprobe",
        "-v",
        "warning",
        "-of",
        "json",
        "-show_streams",
        "-show_format",
        "-show_packets",
        path,
    ]
    result = subprocess.run(command, capture_output=True, check=True)
    assert result.stderr == b""
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def starts(document: dict[str, Any]) -> dict[str, float]:
    return {each["codec_type"]: float(each["start_time"]) for each in document["streams"]}


def test_an_export_is_the_recording(fleet: Fleet, tmp_path: Path) -> None:
    media = make_media(seconds=8)
    answer = ask(fleet, upload(fleet, media, outside=1, prerecord=3))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    disposition = answer.headers["content-disposition"]
    named = re.fullmatch(r'attachment; filename="cam-01_00000007_2026\d{4}T\d{6}Z\.mp4"', disposition)
    assert named is not None
    document = judge(answer.content, tmp_path / "x.mp4")
    assert float(document["format"]["duration"]) == pytest.approx(7.0, abs=0.1)
    begin = starts(document)
    assert abs(begin["video"] - begin["audio"]) <= 0.04
    assert document["format"]["tags"]["title"] == "cam-01 recording 7"
    pictures = [each for each in document["packets"] if each["codec_type"] == "video"]
    assert len(pictures) == 70
    assert answer.content.index(b"moov") < answer.content.index(b"mdat")  # it can be shown while it arrives


def test_the_same_recording_gives_the_same_file(fleet: Fleet) -> None:
    link = upload(fleet, make_media(seconds=3))
    assert ask(fleet, link).content == ask(fleet, link, Role.HEAD_OF_SAFETY).content


def without(chunk: PlainChunk, track: Track) -> PlainChunk:
    return replace(chunk, parts=tuple(part for part in chunk.parts if part.track is not track))


def test_gaps_keep_their_place(fleet: Fleet, tmp_path: Path) -> None:
    media = make_media(seconds=8)
    kept = [
        media[0],
        without(media[1], Track.AUDIO),
        media[2],
        media[5],
        without(media[6], Track.VIDEO),
        media[7],
    ]
    document = judge(ask(fleet, upload(fleet, kept)).content, tmp_path / "x.mp4")
    assert float(document["format"]["duration"]) == pytest.approx(8.0, abs=0.1)
    times = [float(each["pts_time"]) for each in document["packets"] if each["codec_type"] == "video"]
    assert len(times) == 50
    assert max(times) == pytest.approx(7.9)
    assert not any(3.0 <= at < 5.0 or 6.0 <= at < 7.0 for at in times)
    sound = [float(each["pts_time"]) for each in document["packets"] if each["codec_type"] == "audio"]
    assert not any(1.05 < at < 1.95 or 3.05 < at < 4.95 for at in sound)


@pytest.mark.parametrize(
    ("sound", "picture", "streams"),
    [(False, True, ["video"]), (True, False, ["audio"])],
    ids=["no microphone", "no camera"],
)
def test_one_track_alone(
    fleet: Fleet, tmp_path: Path, sound: bool, picture: bool, streams: list[str]
) -> None:
    media = make_media(seconds=3, sound=sound)
    if not picture:
        media = [without(each, Track.VIDEO) for each in media]
    document = judge(ask(fleet, upload(fleet, media)).content, tmp_path / "x.mp4")
    assert [each["codec_type"] for each in document["streams"]] == streams
    assert float(document["format"]["duration"]) == pytest.approx(3.0, abs=0.1)


def test_sound_that_begins_later_begins_later(fleet: Fleet, tmp_path: Path) -> None:
    media = make_media(seconds=5)
    media = [without(each, Track.AUDIO) for each in media[:2]] + media[2:]
    begin = starts(judge(ask(fleet, upload(fleet, media)).content, tmp_path / "x.mp4"))
    assert begin["video"] == 0.0
    assert begin["audio"] == pytest.approx(2.0, abs=0.03)


def test_a_change_of_the_picture_s_size_is_kept(fleet: Fleet, tmp_path: Path) -> None:
    small, large = make_media(seconds=6), make_media(seconds=6, picture=Picture(320, 240, 10, "high"))
    answer = ask(fleet, upload(fleet, small[:3] + large[3:]))
    judge(answer.content, tmp_path / "x.mp4")
    command: list[str | Path] = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v",
        "-show_entries",
        "frame=width",
        "-of",
        "json",
    ]
    result = subprocess.run([*command, tmp_path / "x.mp4"], capture_output=True, check=True)
    frames = json.loads(result.stdout)["frames"]
    assert [frame["width"] for frame in frames] == [160] * 30 + [320] * 30


def test_only_some_may_export(fleet: Fleet) -> None:  # proves F5
    link = upload(fleet, make_media(seconds=3))
    assert ask(fleet, link, Role.DATA_PROTECTION_OFFICER).status_code == 403
    assert ask(fleet, link, Role.HEAD_OF_SAFETY).status_code == 200


def test_an_export_is_written_down_first(fleet: Fleet) -> None:  # proves F1
    link = upload(fleet, make_media(seconds=2))
    ask(fleet, link)
    with fleet.services.readers() as session:
        entry = session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
        assert entry is not None
        assert (entry.action, entry.purpose) == ("footage:recording:export", "Police request")


def test_no_plaintext_rests_in_the_state_folder(fleet: Fleet) -> None:
    media = make_media(seconds=4)
    link = upload(fleet, media, prerecord=2)
    ask(fleet, link)
    headers = bearer(fleet, Role.CCTV_MANAGER, name="player")
    address = f"/api/v1/recordings/{link.take.recording.hex()}/viewings"
    opened = fleet.dashboard.post(address, json={"purpose": "test"}, headers=headers).json()
    for path in ("main.m3u8", "video/0.m4s", "audio/1.m4s"):
        fleet.dashboard.get(f"/api/v1/viewings/{opened['viewing']}/{path}", headers=headers)
    needles = [part.data[-200:-100] for chunk in media for part in chunk.parts]
    needles += [b"avcC", b"esds", b"moof"]
    for file in fleet.services.state.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not any(needle in data for needle in needles), file


def begun(fleet: Fleet, told_s: float | None = None) -> Link:
    """A recording of which the first three seconds of six have come, and not the end of its ledger."""
    take = MediaTake(fleet.identity(), media=make_media(seconds=6)).record(prerecord=1)
    link = Link(fleet, take, named=True)
    link.ledger(0, len(take.ledger) - 100)
    link.segment(min(take.segments))
    if told_s is not None:
        event = CameraEvent(
            id="e1",
            kind=NewsKind.RECORDING_CLOSED,
            camera=take.identity.camera,
            at_utc_us=UTC_US,
            number=take.number,
            recording=take.recording.hex(),
            duration_s=told_s,
            ended="closed",
        )
        for handler in fleet.services.cameras.news:
            handler([event], fleet.services.clock())
    return link


def tags(answer: httpx.Response, path: Path) -> dict[str, str]:
    return {name: str(text) for name, text in judge(answer.content, path)["format"]["tags"].items()}


@pytest.mark.parametrize(
    ("told_s", "words", "name"),
    [
        (205.0, "INCOMPLETE: 3 of 205 s", "_incomplete_3_of_205_s.mp4"),
        (None, "INCOMPLETE: 3 s of an unknown length", "_incomplete_3_s_of_an_unknown_length.mp4"),
        (3.0, "NOT SAID TO BE WHOLE: 3 s", "_not_said_to_be_whole_3_s.mp4"),
    ],
)
def test_a_part_is_taken_out_as_a_part(
    fleet: Fleet, tmp_path: Path, told_s: float | None, words: str, name: str
) -> None:
    # proves F8
    answer = ask(fleet, begun(fleet, told_s))
    assert answer.status_code == 200
    assert name in answer.headers["content-disposition"]
    found = tags(answer, tmp_path / "part.mp4")
    assert found["title"] == f"cam-01 recording 7, {words}"
    assert found["comment"].startswith(f"{words}, not verified. Recording ")
    assert float(judge(answer.content, tmp_path / "again.mp4")["format"]["duration"]) == pytest.approx(
        3, abs=0.1
    )


def test_a_part_that_somebody_ended_is_taken_out_as_a_part(fleet: Fleet, tmp_path: Path) -> None:
    # proves F8
    link = begun(fleet, 205.0)
    fleet.services.footage.receiving.stopping.stop(link.take.recording.hex(), OPERATOR, "It was destroyed")
    deadline, pause = time.monotonic() + 20, threading.Event()
    while summary(fleet, link)["verdict"] is None:
        assert time.monotonic() < deadline
        pause.wait(0.02)
    found = tags(ask(fleet, link), tmp_path / "part.mp4")
    assert found["comment"].startswith("INCOMPLETE: 3 of 205 s, checked as far as it goes. Recording ")


def summary(fleet: Fleet, link: Link) -> dict[str, Any]:
    with fleet.services.readers() as session:
        return {"verdict": get(session, link.take.recording.hex()).verdict}


def test_the_ledger_s_end_says_how_long_the_whole_is(fleet: Fleet) -> None:  # proves F8
    take = MediaTake(fleet.identity(), media=make_media(seconds=6)).record(prerecord=1)
    link = Link(fleet, take, named=True)
    link.ledger()
    link.segment(min(take.segments))
    assert "_incomplete_3_of_6_s.mp4" in ask(fleet, link).headers["content-disposition"]


def test_what_is_whole_is_not_called_a_part(fleet: Fleet, tmp_path: Path) -> None:  # proves F8
    answer = ask(fleet, upload(fleet, make_media(seconds=3)))
    assert "incomplete" not in answer.headers["content-disposition"]
    found = str(tags(answer, tmp_path / "whole.mp4"))
    assert "INCOMPLETE" not in found
    assert "Without an end" not in found


def test_what_has_no_end_says_what_that_looks_like(fleet: Fleet, tmp_path: Path) -> None:  # proves F8
    take = MediaTake(fleet.identity(), media=make_media(seconds=3)).record(prerecord=1, closed=False)
    link = Link(fleet, take)
    link.everything()
    link.complete("cut off")
    assert link.wait_for_receipt().status_code == 200
    answer = ask(fleet, link)
    assert "incomplete" not in answer.headers["content-disposition"]
    comment = tags(answer, tmp_path / "no-end.mp4")["comment"]
    assert comment.startswith(f"Without an end: {WITHOUT_END}. Recording ")


def test_what_was_found_altered_is_not_taken_out(fleet: Fleet) -> None:  # proves F8
    link = begun(fleet)
    with fleet.services.sessions.begin() as session:
        row = get(session, link.take.recording.hex())
        row.state, row.verdict = "stopped", "altered"
    assert (ask(fleet, link).status_code, ask(fleet, link, Role.HEAD_OF_SAFETY).json()["code"]) == (
        409,
        "not_held",
    )
