"""Watching a recording: playlists, initialisations and fragments as a player asks for them, and who may."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.core.database import Sessions
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import touch
from fleet.footage.timeline.holes import LONGEST_HOLE_NS
from fleet.footage.watching.received import Received, look_up
from protocol.footage.format.model import Gap, GapCause, PlainChunk, Track
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.media import MediaTake, Picture, make_media

API = "/api/v1"
RATES = {"video": 90_000, "audio": 48_000}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def upload(
    fleet: Fleet, media: list[PlainChunk], *, outside: int = 0, prerecord: int = 2, seed: int = 1
) -> Link:
    take = MediaTake(fleet.identity(), media=media, seed=seed)
    link = Link(fleet, take.record(outside=outside, prerecord=prerecord))
    link.everything()
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    return link


class Watcher:
    """Somebody with a program's token, watching one recording."""

    def __init__(self, fleet: Fleet, link: Link, role: Role = Role.CCTV_MANAGER) -> None:
        self.fleet = fleet
        self.headers = bearer(fleet, role, name=f"player {role}")
        self.recording = link.take.recording.hex()

    def open(self, purpose: str = "Reviewing an incident") -> httpx.Response:
        address = f"{API}/recordings/{self.recording}/viewings"
        answer: httpx.Response = self.fleet.dashboard.post(
            address, json={"purpose": purpose}, headers=self.headers
        )
        if answer.status_code == 201:
            self.base = f"{API}/viewings/{answer.json()['viewing']}"
        return answer

    def get(self, path: str) -> httpx.Response:
        answer: httpx.Response = self.fleet.dashboard.get(f"{self.base}/{path}", headers=self.headers)
        return answer

    def track(self, track: str) -> bytes:
        """Fetch all of a track as a player would, and join it into one file."""
        lines = self.get(f"{track}.m3u8").text.splitlines()
        files: list[bytes] = []
        gap = False
        for line in lines:
            if found := re.match(r'#EXT-X-MAP:URI="(.*)"', line):
                files.append(self.get(found[1]).content)
            gap = gap or line == "#EXT-X-GAP"
            if not line.startswith("#"):
                if not gap:
                    answer = self.get(line)
                    assert answer.status_code == 200, answer.text
                    files.append(answer.content)
                gap = False
        return b"".join(files)


def probe(data: bytes, path: Path) -> dict[str, Any]:
    """Decode a file in full and return what ffprobe says of its packets; no warning is accepted."""
    path.write_bytes(data)
    decoded = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "warning", "-i", path, "-f", "null", "-"],
        capture_output=True,
        check=True,
    )
    assert decoded.stderr == b""
    command: list[str | Path] = [
        "ffprobe",
        "-v",
        "warning",
        "-of",
        "json",
        "-show_packets",
        "-show_streams",
        "-show_format",
        path,
    ]
    result = subprocess.run(command, capture_output=True, check=True)
    assert result.stderr == b""
    document: dict[str, Any] = json.loads(result.stdout)
    return document


# proves F5
def test_what_comes_ahead_is_what_each_address_gives_and_nothing_of_others(
    fleet: Fleet,
) -> None:
    link = upload(fleet, make_media(seconds=4), outside=1, prerecord=2)
    watcher = Watcher(fleet, link)
    assert watcher.open().status_code == 201
    answer = watcher.get("ahead")
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert sorted(told["playlists"]) == ["audio.m3u8", "main.m3u8", "video.m3u8"]
    assert sorted(told["initialisations"]) == ["audio/init.mp4", "video/init.mp4"]
    for name, text_of in told["playlists"].items():
        assert watcher.get(name).text == text_of
    for name, data in told["initialisations"].items():
        assert watcher.get(name).content == b64decode(data)
    for role, status in ((Role.ADMINISTRATOR, 403), (Role.HEAD_OF_SAFETY, 404)):
        other = Watcher(fleet, link, role)
        other.base = watcher.base
        assert other.get("ahead").status_code == status, role


def test_a_recording_plays_from_its_first_picture(fleet: Fleet, tmp_path: Path) -> None:
    media = make_media(seconds=6)
    watcher = Watcher(fleet, upload(fleet, media, outside=1, prerecord=2))
    opened = watcher.open()
    assert opened.status_code == 201
    main = fleet.dashboard.get(opened.json()["playlist"], headers=watcher.headers)
    assert main.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert 'CODECS="avc1.42C00A,mp4a.40.2"' in main.text
    assert "RESOLUTION=160x120" in main.text
    assert 'URI="audio.m3u8"' in main.text
    playlist = watcher.get("video.m3u8").text
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in playlist
    assert playlist.count("#EXTINF:1.000000,") == 5
    assert playlist.rstrip().endswith("#EXT-X-ENDLIST")
    video = probe(watcher.track("video"), tmp_path / "v.mp4")
    audio = probe(watcher.track("audio"), tmp_path / "a.mp4")
    assert len(video["packets"]) == 50
    assert float(video["packets"][0]["pts_time"]) == 0.0
    assert 0 <= float(audio["packets"][0]["pts_time"]) < 0.022
    assert watcher.get("video/1.m4s").headers["cache-control"] == "no-store"


def test_the_time_line_knows_the_press(fleet: Fleet) -> None:
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=6), outside=1, prerecord=2))
    watcher.open()
    line = watcher.get("timeline").json()
    assert (line["duration_s"], line["press_s"], line["prerecord_s"], line["asked_s"]) == (5.0, 2.0, 2.0, 2.0)
    assert line["bookmarks"] == [5.0]
    assert line["tracks"] == ["video", "audio"]
    assert (line["gaps"], line["final"], line["verified"]) == ([], True, True)


# proves F8
def test_the_timeline_of_what_did_not_verify_tells_nothing_that_it_says(fleet: Fleet) -> None:
    take = MediaTake(fleet.identity(), media=make_media(seconds=6)).record(outside=1, prerecord=2)
    take.segments[max(take.segments)][-40] ^= 1
    link = Link(fleet, take)
    link.everything()
    link.complete()
    assert link.wait_for_receipt().status_code == 422
    watcher = Watcher(fleet, link)
    assert watcher.open().status_code == 201
    line = watcher.get("timeline").json()
    assert (line["duration_s"], line["verified"]) == (5.0, False)
    said = ("press_s", "prerecord_s", "first_utc_us", "asked_s", "close", "events", "conditions", "bookmarks")
    assert [line[name] for name in said] == [0.0, 0.0, 0, None, None, [], [], []]


# proves F8
def test_a_viewing_that_was_opened_before_it_did_not_verify_tells_nothing_any_more(fleet: Fleet) -> None:
    """Before the word that this is all, and after it while the verdict was another one."""
    take = MediaTake(fleet.identity(), media=make_media(seconds=6)).record(outside=1, prerecord=2)
    take.segments[max(take.segments)][-40] ^= 1
    link = Link(fleet, take)
    link.everything()
    watcher = Watcher(fleet, link)
    assert watcher.open().status_code == 201
    assert watcher.get("timeline").json()["press_s"] == 2.0
    link.complete()
    assert link.wait_for_receipt().status_code == 422
    line = watcher.get("timeline").json()
    assert (line["press_s"], line["events"], line["verified"], line["final"]) == (0.0, [], False, True)
    watcher.recording = upload(fleet, make_media(seconds=4), seed=2).take.recording.hex()
    assert watcher.open().status_code == 201
    assert watcher.get("timeline").json()["verified"] is True
    with fleet.services.sessions.begin() as session:
        row = session.query(Recording).filter(Recording.recording == watcher.recording).one()
        row.verdict = "altered"
        touch(session, row, RecordingState.FAILED)
    line = watcher.get("timeline").json()
    assert (line["press_s"], line["events"], line["verified"], line["final"]) == (0.0, [], False, True)


def test_one_can_begin_anywhere(fleet: Fleet, tmp_path: Path) -> None:
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=6)))
    watcher.open()
    part = watcher.get("video/init.mp4").content + watcher.get("video/4.m4s").content
    packets = probe(part, tmp_path / "part.mp4")["packets"]
    assert float(packets[0]["pts_time"]) == 4.0
    assert len(packets) == 10


def test_what_is_missing_is_a_gap_or_silence(fleet: Fleet, tmp_path: Path) -> None:
    media = make_media(seconds=9)
    gap = Gap(Track.VIDEO, media[3].start_ns, 2 * 10**9, GapCause.STALLED)
    media = [
        media[0],
        replace(media[1], parts=media[1].parts[:1]),
        media[2],
        replace(media[5], gaps=(gap,)),
        *media[6:],
    ]
    watcher = Watcher(fleet, upload(fleet, media))
    watcher.open()
    video, audio = watcher.get("video.m3u8").text, watcher.get("audio.m3u8").text
    assert video.count("#EXT-X-GAP") == audio.count("#EXT-X-GAP") == 1
    assert "#EXTINF:2.000000,\nvideo/gap.m4s" in video
    sound = probe(watcher.track("audio"), tmp_path / "a.mp4")["packets"]
    times = [float(packet["pts_time"]) for packet in sound]
    assert any(1.0 <= at < 1.1 for at in times)  # silence, where the picture goes on
    assert not any(3.1 < at < 4.9 for at in times)
    picture = probe(watcher.track("video"), tmp_path / "v.mp4")["packets"]
    assert max(float(packet["pts_time"]) for packet in picture) == pytest.approx(8.9)
    gaps = watcher.get("timeline").json()["gaps"]
    assert {"track": "video", "offset_s": 3.0, "duration_s": 2.0, "cause": "sensor stalled"} in gaps
    assert {"track": "audio", "offset_s": 1.0, "duration_s": 1.0, "cause": "unexplained"} in gaps


def test_a_hole_of_weeks_is_shown_shorter_and_what_follows_is_in_its_place(fleet: Fleet) -> None:
    """A camera's clock may say anything; the player waits two days for it at most (timeline.holes)."""
    before, weeks = make_media(seconds=3), 30 * 24 * 3600 * 10**9
    media = [*before, *make_media(seconds=2, start_ns=before[-1].start_ns + 10**9 + weeks)]
    watcher = Watcher(fleet, upload(fleet, media))
    watcher.open()
    document = watcher.get("timeline").json()
    shown_s = 3 + LONGEST_HOLE_NS / 10**9
    assert document["duration_s"] == pytest.approx(shown_s + 2)
    assert [event["offset_s"] for event in document["events"] if event["kind"] == "bookmark"] == [
        pytest.approx(shown_s + 2)
    ]
    for track in ("video", "audio"):
        last = [line for line in watcher.get(f"{track}.m3u8").text.splitlines() if not line.startswith("#")][
            -1
        ]
        data = watcher.get(last).content
        (ticks,) = struct.unpack_from(">Q", data, data.index(b"tfdt") + 8)
        assert ticks / RATES[track] == pytest.approx(shown_s + 1, abs=0.05)


def test_sound_without_a_picture_is_played_over_black(fleet: Fleet, tmp_path: Path) -> None:
    media = make_media(seconds=5)
    media[2] = replace(media[2], parts=media[2].parts[1:])
    watcher = Watcher(fleet, upload(fleet, media))
    watcher.open()
    assert "#EXT-X-GAP" not in watcher.get("video.m3u8").text
    black = watcher.get("video/2.m4s").content
    assert black[4:8] == b"ftyp"
    (packet,) = probe(black, tmp_path / "black.mp4")["packets"]
    assert (float(packet["pts_time"]), float(packet["duration_time"])) == (2.0, 1.0)
    assert watcher.get("video/3.m4s").content[4:8] == b"ftyp"  # the decoder must be told the picture again
    (gap,) = watcher.get("timeline").json()["gaps"]
    assert (gap["track"], gap["offset_s"], gap["duration_s"]) == ("video", 2.0, 1.0)


def test_a_change_of_the_picture_s_size_plays_on(fleet: Fleet) -> None:
    small, large = make_media(seconds=6), make_media(seconds=6, picture=Picture(320, 240, 10, "high"))
    watcher = Watcher(fleet, upload(fleet, small[:3] + large[3:]))
    watcher.open()
    playlist = watcher.get("video.m3u8").text
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 1
    assert watcher.get("audio.m3u8").text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert re.findall(r'#EXT-X-MAP:URI="(.*)"', playlist) == ["video/init.mp4", "video/init-1.mp4"]
    assert watcher.get("video/init.mp4").content != watcher.get("video/init-1.mp4").content


def test_parts_of_one_codec_but_another_size_carry_their_own_initialisation(
    fleet: Fleet, tmp_path: Path
) -> None:
    small, wide = make_media(seconds=4), make_media(seconds=4, picture=Picture(176, 120))
    watcher = Watcher(fleet, upload(fleet, [small[0], wide[1], small[2], small[3]]))
    watcher.open()
    assert "DISCONTINUITY" not in watcher.get("video.m3u8").text
    assert watcher.get("video/0.m4s").content[4:8] == b"moof"
    assert watcher.get("video/1.m4s").content[4:8] == b"ftyp"
    assert watcher.get("video/2.m4s").content[4:8] == b"ftyp"  # the decoder must be told again


def test_without_sound_there_is_no_sound(fleet: Fleet) -> None:
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=3, sound=False)))
    watcher.open()
    assert "audio" not in watcher.get("main.m3u8").text
    assert watcher.get("audio.m3u8").status_code == 404
    assert watcher.get("audio/0.m4s").status_code == 404


@pytest.mark.parametrize(
    "path", ["video/99.m4s", "video/gap.m4s", "video/init-7.mp4", "other.m3u8", "video/x.m4s"]
)
def test_what_is_not_there_is_answered(fleet: Fleet, path: str) -> None:
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=2), prerecord=1))
    watcher.open()
    assert watcher.get(path).status_code in {404, 422}


def test_what_has_arrived_can_be_watched_while_more_comes(fleet: Fleet) -> None:
    link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=9)).record())
    names = sorted(link.take.segments)
    watcher = Watcher(fleet, link)
    link.ledger()
    assert watcher.open().status_code == 409
    link.segment(names[0])
    assert watcher.open().status_code == 201
    playlist = watcher.get("video.m3u8").text
    assert ("EVENT" in playlist, "ENDLIST" in playlist, playlist.count("#EXTINF")) == (True, False, 3)
    for name in names[1:]:
        link.segment(name)
    assert watcher.get("video.m3u8").text.count("#EXTINF") == 9
    link.complete()
    link.wait_for_receipt()
    assert "ENDLIST" in watcher.get("video.m3u8").text


def test_many_requests_at_once_are_answered_as_one_after_the_other(fleet: Fleet) -> None:
    small, wide = make_media(seconds=4), make_media(seconds=4, picture=Picture(176, 120))
    link = upload(fleet, [small[0], small[1], wide[2], small[3]])
    one = Watcher(fleet, link)
    many = copy(one)
    paths = ["video/init.mp4", *(f"{track}/{seq}.m4s" for track in Track for seq in range(4))]
    assert one.open().status_code == many.open().status_code == 201
    apart = [one.get(path).content for path in paths]
    with ThreadPoolExecutor(8) as players:
        together = [answer.content for answer in players.map(many.get, paths)]
    head = apart[0]
    # A part met out of turn may come with its own initialisation; what follows that is the same.
    assert [data.removeprefix(head) for data in together] == [data.removeprefix(head) for data in apart]


def test_two_playlists_asked_for_at_once_take_their_turns(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An older look at the tables that ended later left a viewing without the keys of its last seconds.
    link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=9)).record())
    names = sorted(link.take.segments)
    watcher = Watcher(fleet, link)
    link.ledger()
    link.segment(names[0])
    assert watcher.open().status_code == 201
    first, second = threading.Event(), threading.Event()
    overtaken: list[bool] = []

    def look(readers: Sessions, public_id: str) -> Received:
        held = look_up(readers, public_id)
        if first.is_set():
            second.set()
        else:
            first.set()
            overtaken.append(second.wait(0.5))
        return held

    monkeypatch.setattr("fleet.footage.watching.opener.look_up", look)
    with ThreadPoolExecutor(2) as players:
        old = players.submit(watcher.get, "video.m3u8")
        assert first.wait(20)
        new = players.submit(watcher.get, "audio.m3u8")
        for name in names[1:]:
            link.segment(name)
        link.complete()
        link.wait_for_receipt()
        assert (old.result().status_code, new.result().status_code) == (200, 200)
    assert overtaken == [False]
    playlist = watcher.get("video.m3u8").text
    assert ("ENDLIST" in playlist, playlist.count("#EXTINF")) == (True, 9)
    assert watcher.track("video")


def test_who_and_why_is_written_down_before_anything_is_seen(fleet: Fleet) -> None:  # proves F1
    link = upload(fleet, make_media(seconds=2), prerecord=1)
    watcher = Watcher(fleet, link)
    watcher.open("Complaint: case 12")
    with fleet.services.readers() as session:
        entry = session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
        assert entry is not None
        assert (entry.action, entry.subject) == ("footage:recording:view", link.take.recording.hex())
        assert (entry.actor, entry.purpose) == ("token:player cctv-manager", "Complaint: case 12")


@pytest.mark.parametrize("purpose", ["", "   ", "x" * 501])
def test_without_a_purpose_nothing_is_seen(fleet: Fleet, purpose: str) -> None:  # proves F1
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=2), prerecord=1))
    assert watcher.open(purpose).status_code == 422


def test_when_the_log_cannot_be_written_nothing_is_seen(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F1
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=2), prerecord=1))
    with fleet.services.sessions.begin() as session:
        session.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    opened: list[object] = []
    monkeypatch.setattr("fleet.vault.opening.unseal_keys", lambda *args, **_: opened.append(args))
    assert watcher.open().status_code == 500
    address = f"{API}/recordings/{watcher.recording}/exports"
    answer = fleet.dashboard.post(address, json={"purpose": "Police request"}, headers=watcher.headers)
    assert answer.status_code == 500
    assert opened == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SAFETY_TEAM, Role.ADMINISTRATOR])
def test_only_those_who_may_watch_can(fleet: Fleet, role: Role) -> None:  # proves F5
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=2), prerecord=1), role)
    assert watcher.open().status_code == 403


def test_a_viewing_is_its_owner_s_alone(fleet: Fleet) -> None:  # proves F1
    link = upload(fleet, make_media(seconds=2), prerecord=1)
    watcher, other = Watcher(fleet, link), Watcher(fleet, link, Role.HEAD_OF_SAFETY)
    watcher.open()
    assert watcher.get("video/0.m4s").status_code == 200
    other.base = watcher.base
    assert other.get("video/0.m4s").status_code == 404
    assert other.get("main.m3u8").status_code == 404
    assert fleet.dashboard.get(f"{watcher.base}/main.m3u8").status_code == 401


def test_a_viewing_ends(fleet: Fleet) -> None:
    watcher = Watcher(fleet, upload(fleet, make_media(seconds=2), prerecord=1))
    watcher.open()
    assert fleet.dashboard.delete(watcher.base, headers=watcher.headers).status_code == 204
    answer = watcher.get("video/0.m4s")
    assert (answer.status_code, answer.json()["code"]) == (404, "viewing_ended")


# proves C6
def test_a_gap_is_told_with_the_verdicts_length_before_and_while_somebody_watches(fleet: Fleet) -> None:
    media = make_media(seconds=6)
    short = media[3]
    gap = Gap(Track.AUDIO, short.start_ns, 400_000_000, GapCause.NO_MICROPHONE)
    media[3] = replace(short, gaps=(gap,))
    watcher = Watcher(fleet, upload(fleet, media))
    page = f"/recordings/{watcher.recording}"
    viewing = watcher.open().json()["viewing"]
    for address in (page, f"{page}?viewing={viewing}"):
        shown = fleet.dashboard.get(address, headers={**watcher.headers, "Accept": "text/html"}).text
        assert "For 0.4 s of 6 s (6.7 %) picture or sound is missing." in shown
        assert "No sound for 0.4 s: no sound came from the microphone." in shown
