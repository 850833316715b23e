"""A trial of one input: what is filmed and how large, what a report says, and that there always is one."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from types import EllipsisType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from device.config.file import check_config
from simulator.cameras.spec import RealSources
from simulator.cli import app
from simulator.errors import FleetServiceError
from simulator.files import whole_file
from simulator.fleet.service import FleetService
from simulator.oracle.world import ExportFacts, FoundGap
from simulator.report.report import RecordingRecord
from simulator.trial.faults import FaultLog
from simulator.trial.plan import InputKind, InputShape, TrialPlan, choose_size, choose_sound, kind_of
from simulator.trial.report import as_json, in_words
from simulator.trial.result import SeenFault, SignedEvent, TrialRecording, TrialResult
from simulator.trial.trial import Trial
from tests.support.media.clips import write_clip

ADDRESS = "rtsp://admin:hunter2@10.0.0.7:554/live"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FACTS = ExportFacts(
    9.5, 0.0, 0.0, pictures=237, longest_still_s=0.04, brightness=126.2, sound_s=9.5, loudest=0.5
)
MADE = RecordingRecord(
    camera="cam-01",
    number=1,
    recording="ab" * 16,
    prerecord_s=1.0,
    duration_s=9.5,
    verdict="intact with gaps",
    sentence="Intact, with 1 gap",
    folder="/kept/00000001",
    export="/kept/cam-01-00000001.mp4",
    fleet_state="held",
    gaps=(FoundGap("video", 3.0, 1.5, "source absent"),),
    facts=FACTS,
)
RECORDING = TrialRecording(MADE, (SignedEvent("press", 1.0, {"trigger": "control"}),))
RESULT = TrialResult("http://h/…", 9, 320, 240, 30, (SeenFault("It stopped.", 1.0, 2.0),), (RECORDING,))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("0", InputKind.DEVICE),
        ("/dev/video2", InputKind.DEVICE),
        ("http://h/x.mp4", InputKind.ADDRESS),
        ("file:///x.mp4", InputKind.FILE),
        ("clips/x.mp4", InputKind.FILE),
        ("10.0.0.7", InputKind.FILE),
    ],
)
def test_a_source_is_what_the_camera_takes_it_for(source: str, kind: InputKind) -> None:
    assert kind_of(source) is kind


@pytest.mark.parametrize(
    ("source", "named", "sound", "expected"),
    [
        ("x.mp4", None, True, "x.mp4"),
        ("x.mp4", None, False, "none"),
        ("x.mp4", "y.flac", True, "y.flac"),
        (ADDRESS, None, None, ADDRESS),
        ("0", None, None, "none"),
        ("0", "default", None, "default"),
    ],
)
def test_sound_comes_with_the_picture_or_from_where_it_was_said(
    source: str, named: str | None, sound: bool | None, expected: str
) -> None:
    seen = None if sound is None else InputShape(320, 240, sound)
    assert choose_sound(source, named, seen) == expected


@pytest.mark.parametrize(
    ("seen", "size"),
    [
        ((320, 240), (320, 240)),
        ((1024, 576), (1024, 576)),
        ((3840, 2160), (1920, 1080)),
        ((240, 426), (240, 426)),
        ((2160, 3840), (1080, 1920)),
        ((641, 361), (640, 360)),
        ((32, 24), (160, 120)),
        ((0, 0), (1280, 720)),
    ],
)
def test_the_picture_is_as_large_as_its_source(seen: tuple[int, int], size: tuple[int, int]) -> None:
    assert choose_size(None, InputShape(*seen, sound=False)) == size
    assert choose_size((640, 480), InputShape(*seen, sound=False)) == (640, 480)
    assert choose_size(None, None) == (1280, 720)


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_every_size_is_one_that_a_camera_takes(width: int, height: int) -> None:
    made = choose_size(None, InputShape(width, height, sound=True))
    plan = TrialPlan(RealSources("x.mp4", "none"), 10, *made)
    video = check_config(plan.spec(Path("/x")).config()).video
    assert (video.width, video.height, video.source) == (*made, "x.mp4")


def test_what_is_filmed_is_shown_without_its_secrets() -> None:
    plan = TrialPlan(RealSources(ADDRESS, "none"), 10, 320, 240)
    assert plan.shown == "rtsp://10.0.0.7:554/… without sound"
    assert "hunter2" not in repr(plan)
    other = replace(plan, sources=RealSources("x.mp4", ADDRESS))
    assert other.shown == "x.mp4 with the sound of rtsp://10.0.0.7:554/…"


def test_a_fault_is_told_once_with_its_first_and_last_time() -> None:
    log = FaultLog()
    log.take(["A."], 1.0)
    log.take(["A.", "B."], 2.0)
    log.take([], 3.0)
    log.take(["A."], 4.0)
    assert log.faults == (SeenFault("A.", 1.0, 4.0), SeenFault("B.", 2.0, 2.0))


def test_the_report_has_what_became_of_the_input() -> None:
    report = as_json(RESULT)
    [made] = report["recordings"]
    assert report["passed"] is True
    assert (made["verdict"], made["export"], made["folder"]) == (MADE.verdict, MADE.export, MADE.folder)
    assert (made["duration_s"], made["pictures"], made["sound_s"]) == (9.5, 237, 9.5)
    assert made["gaps"] == [{"track": "video", "at_s": 3.0, "lasts_s": 1.5, "cause": "source absent"}]
    assert made["faults"] == [{"sentence": "It stopped.", "first_s": 1.0, "last_s": 2.0}]
    assert made["events"] == [{"kind": "press", "at_s": 1.0, "detail": {"trigger": "control"}}]
    assert json.loads(json.dumps(report)) == report
    words = "\n".join(in_words(RESULT))
    for said in (
        "237 pictures",
        "Gap of 1.50 s in video at 3.00 s: source absent.",
        "It stopped.",
        "Passed.",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "altered"}, "does not verify"),
        ({"verdict": "without an end"}, "does not verify"),
        ({"fleet_state": "failed"}, "does not hold"),
        ({"fleet_state": None}, "says nothing"),
        ({"facts": None}, "no export"),
        ({"facts": replace(FACTS, pictures=0)}, "no picture"),
        ({"facts": replace(FACTS, complaints=("h264: error",))}, "does not decode"),
    ],
)
def test_what_is_not_whole_does_not_pass(change: dict[str, Any], said: str) -> None:
    result = replace(RESULT, recordings=(TrialRecording(replace(MADE, **change)),))
    assert not result.passed
    assert said in " ".join(result.wrong)
    assert list(in_words(result))[-1] == "Failed."


def test_why_there_is_no_export_is_said() -> None:
    made = TrialRecording(replace(MADE, facts=None), trouble="The fleet refused POST: there is no footage.")
    assert replace(RESULT, recordings=(made,)).wrong == (
        "There is no export: The fleet refused POST: there is no footage.",
    )


def test_a_trial_that_was_stopped_or_recorded_nothing_does_not_pass() -> None:
    assert not replace(RESULT, trouble="It was stopped before its end.").passed
    assert replace(RESULT, recordings=()).wrong == ("Nothing was recorded.",)


def typed(*words: str | Path, given: str = "") -> Result:
    return CliRunner().invoke(app, ["try", *map(str, words)], input=given)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nowhere.mp4", None, "does not exist"),
        ("empty.mp4", b"", "empty.mp4"),
        ("text.mp4", b"hello\n", "text.mp4"),
        ("folder", ..., "is a folder"),
        ("picture.png", PNG, "a single picture"),
    ],
)
def test_bad_input_is_one_sentence_a_status_and_a_report(
    name: str, content: bytes | EllipsisType | None, said: str, tmp_path: Path
) -> None:
    path, report = tmp_path / name, tmp_path / "report.json"
    if content is ...:
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    done = typed(path, "--json", report, "--keep", tmp_path / "kept")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr
    written = json.loads(report.read_text())
    assert (written["passed"], written["recordings"]) == (False, [])
    assert said in written["trouble"]
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--size", "large"), "write it as 1280x720"),
        (("--size", "0x0"), "video.width"),
        (("--sound", "text.txt"), "text.txt"),
    ],
)
def test_bad_options_are_one_sentence(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("hello")
    clip = write_clip(tmp_path / "clip.mp4")
    words = tuple(str(tmp_path / word) if word.endswith(".txt") else word for word in words)
    done = typed(clip, *words)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_may_be_named_by_its_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clip, seen = write_clip(tmp_path / "a clip.mp4"), []

    def perform(self: Trial) -> TrialResult:
        seen.append(self.plan.sources.picture)
        return RESULT

    monkeypatch.setattr(Trial, "perform", perform)
    assert typed(clip.as_uri()).exit_code == 0
    assert seen == [str(clip)]
    missing = typed((tmp_path / "nowhere.mp4").as_uri())
    assert (missing.exit_code, "does not exist" in missing.stderr) == (2, True)


def test_an_address_comes_from_standard_input_where_arguments_can_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[TrialPlan] = []

    def perform(self: Trial) -> TrialResult:
        seen.append(self.plan)
        return RESULT

    monkeypatch.setattr(Trial, "perform", perform)
    monkeypatch.setattr("simulator.trial.command.look_at", lambda _: None)
    report = tmp_path / "report.json"
    done = typed("-", "--json", report, given=f"{ADDRESS}\n")
    assert done.exit_code == 0
    assert (seen[0].sources.picture, seen[0].sources.sound) == (ADDRESS, ADDRESS)
    assert (seen[0].width, seen[0].height) == (1280, 720)
    assert "hunter2" not in done.output + report.read_text()
    assert json.loads(report.read_text())["recordings"][0]["export"] is None  # nothing was to be kept
    assert typed("-", given="").exit_code == 2


@pytest.mark.parametrize("error", [FleetServiceError("The fleet did not start."), KeyboardInterrupt()])
def test_the_report_is_written_whatever_happens(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("simulator.trial.trial.bring_up", fail)
    report = tmp_path / "report.json"
    done = typed(write_clip(tmp_path / "clip.mp4"), "--json", report)
    assert done.exit_code == (130 if isinstance(error, KeyboardInterrupt) else 3)
    written = json.loads(report.read_text())
    assert (written["passed"], written["width"]) == (False, 160)
    assert written["trouble"] in ("The fleet did not start.", "It was stopped before its end.")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_fleet_that_is_too_slow_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def late(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("lapel-fleet", 60)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(FleetServiceError, match="made no token within"):
        FleetService(tmp_path / "fleet", tmp_path / "fleet.log").make_token("simulator")


def test_a_file_is_whole_or_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    def break_off() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert path.read_text() == "before"
    with whole_file(path) as file:
        file.write(b"after")
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]
    with whole_file(Path("/dev/null")) as file:
        file.write(b"x")
    assert Path("/dev/null").is_char_device()
