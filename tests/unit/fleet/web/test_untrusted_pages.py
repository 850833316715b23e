"""A recording that did not verify asserts nothing, whoever asks: it is told as its own word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import touch
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.recordings.untrusted import is_untrusted
from fleet.footage.timeline.arrived import NOT_ARRIVED
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap
from fleet.web.views.moments import full_moment, time_of_day
from fleet.web.views.recording.taking_out import incomplete_note, is_exportable, why_not_exportable
from fleet.web.views.recording.timeline import draw_timeline
from fleet.web.views.recording.untrusted import is_refused, refused_words, said_words
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services
from tests.support.pages.scene import ID, Scene

pytestmark = pytest.mark.slow

OFFICER = "Officer Seventeen"
PAGE = f"/recordings/{ID}"
ALTERED = {"state": RecordingState.FAILED, "verdict": "altered", "sentence": "Altered: one byte differs."}
NO_RECORDING = {
    "state": RecordingState.FAILED,
    "verdict": None,
    "sentence": "What arrived is not a recording.",
}
FOREIGN = {"state": RecordingState.FAILED, "verdict": "another authority", "sentence": "Another authority."}
A_PART = {
    "state": RecordingState.STOPPED,
    "verdict": "altered",
    "sentence": "Altered: one byte differs.",
    "stopped_by": "Safety desk",
    "stopped_reason": "It burnt",
}
UNTRUSTED = pytest.mark.parametrize(
    "row", [ALTERED, NO_RECORDING, FOREIGN, A_PART], ids=["altered", "no recording", "foreign", "a part"]
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services, workers=False) as client,
    ):
        yield Scene(services, clock, client)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    whole.clear()
    return whole


def pressed(scene: Scene) -> datetime:
    """What the upload says of when it was pressed: three days before it was heard of."""
    return scene.clock() - timedelta(days=3, minutes=7)


def have(scene: Scene, **row: Any) -> None:  # noqa: ANN401 - fields of a row
    """Have a recording that says that it is an officer's, of a minute three days ago."""
    scene.camera()
    officer = scene.officer(OFFICER)
    scene.assign("cam-01", officer)
    events = RecordingEvents(first_utc_us=0, duration_s=61.0, press_s=13.0)
    scene.held(
        **{
            "officer_id": officer,
            "assignment_id": f"a-cam-01-{officer}",
            "signed_assignment": f"a-cam-01-{officer}",
            "wearer_basis": "signed",
            "pressed": pressed(scene),
            "duration_s": 61.0,
            "prerecord_s": 13.0,
            "asked_s": 30.0,
            "trigger": "button",
            "marks": ["safety override"],
            "timeline": events.to_json(),
            "opening": None,
            "opening_at": None,
            **row,
        }
    )
    with scene.services.sessions.begin() as session:
        touch(session, session.query(Recording).one())


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


@UNTRUSTED
def test_nothing_that_did_not_verify_is_told_as_known(scene: Scene, row: dict[str, Any]) -> None:
    # proves F8
    have(scene, **row)
    page = scene.page(PAGE)
    said = re.search(r"It says of itself .*?did not verify\.", text_of(page))
    assert said is not None
    assert OFFICER in said[0]
    assert full_moment(pressed(scene)).text in said[0]
    rest = text_of(page).replace(said[0], "")
    assert rest.count(OFFICER) == 0
    assert time_of_day(pressed(scene), seconds=True) not in rest
    assert "Not known who had it" in rest
    assert f"first heard of {full_moment(scene.clock()).text}" in rest
    assert "13 s" not in rest
    assert "1 min 1 s" not in rest
    assert re.search("<title>cam-01 · 7, refused", page)
    assert "This did not verify." in rest
    assert "is not handed out" in rest
    assert "Press of the button" not in rest


@UNTRUSTED
def test_no_list_tells_it_either(scene: Scene, row: dict[str, Any]) -> None:
    # proves F8: the rows, their order, what is found by officer or by day, Today, and a camera's page
    have(scene, **row)
    old = pressed(scene)
    rows = [scene.page(path) for path in ("/recordings", "/cameras/cam-01", "/")]
    for each in rows:
        named = re.findall(rf'id="(?:row|new)-{ID}".*?</(?:tr|li)>', each, re.DOTALL)
        assert named
        assert all(OFFICER not in one and "Not known who had it" in one for one in named)
        assert all(time_of_day(old, seconds=True) not in one for one in named)
    day = f"{old:%Y-%m-%d}"
    assert ID not in scene.page(f"/recordings?from={day}&to={day}")
    assert ID in scene.page(f"/recordings?from={scene.clock():%Y-%m-%d}")
    assert ID not in scene.page("/recordings?officer=officer-seventeen")
    assert ID in scene.page("/recordings?camera=cam-01")


@UNTRUSTED
def test_no_program_is_told_it_as_known(scene: Scene, row: dict[str, Any]) -> None:
    # proves F8
    have(scene, **row)
    scene.page("/")
    headers = {"Authorization": f"Bearer {scene.tokens['all']}"}
    one = scene.client.get(f"/api/v1/recordings/{ID}", headers=headers).json()
    (listed,) = scene.client.get("/api/v1/recordings", headers=headers).json()
    assert one == listed
    said = one.pop("said")
    assert said["officer_name"] == OFFICER
    assert datetime.fromisoformat(said["pressed"]) == pressed(scene)
    assert OFFICER not in json.dumps(one)
    unknown = (
        "officer",
        "assignment",
        "signed_assignment",
        "pressed",
        "duration_s",
        "prerecord_s",
        "asked_s",
    )
    assert {name: one[name] for name in unknown} == dict.fromkeys(unknown)
    assert (one["wearer_basis"], one["wearer_doubt"], one["trigger"], one["marks"]) == (
        "unknown",
        "not verified",
        "",
        [],
    )


@pytest.mark.parametrize("verdict", ["keys missing", "stray file", "without an end", "cannot be opened"])
def test_what_was_refused_although_its_signatures_hold_is_told_as_signed(scene: Scene, verdict: str) -> None:
    # proves F8: that it was refused stands over it all the same
    have(scene, state=RecordingState.FAILED, verdict=verdict, sentence="It was refused.")
    page = text_of(scene.page(PAGE))
    assert OFFICER in page
    assert f"pressed {full_moment(pressed(scene)).text}" in page
    assert "Refused. " in page
    assert "did not verify" not in page


def test_what_goes_on_after_all_is_told_again(scene: Scene) -> None:
    # proves F8: nothing is lost by what is not told
    have(scene, **A_PART)
    with scene.services.sessions.begin() as session:
        row = session.query(Recording).one()
        row.verdict = None
        touch(session, row, RecordingState.UPLOADING)
    page = text_of(scene.page(PAGE))
    assert OFFICER in page
    assert "did not verify" not in page


@pytest.mark.parametrize(
    ("state", "verdict", "expected"),
    [
        *((state, "altered", True) for state in ("failed", "stopped")),
        *((state, "another authority", True) for state in ("failed", "stopped")),
        ("failed", None, True),
        ("failed", "intact", True),  # another's recording, sent as this one
        ("failed", "cannot be opened", False),
        ("stopped", "a part", False),
        ("stopped", None, False),
        ("held", "intact", False),
        ("uploading", None, False),
    ],
)
def test_what_is_trusted(state: str, verdict: str | None, expected: bool) -> None:
    assert is_untrusted(state, verdict) is expected


def summary(scene: Scene) -> RecordingSummary:
    with scene.services.readers() as session:
        return RecordingSummary.of(session.query(Recording).one())


@UNTRUSTED
def test_it_is_not_taken_out_and_says_why(scene: Scene, row: dict[str, Any]) -> None:
    have(scene, **row)
    found = summary(scene)
    assert is_refused(found)
    assert not is_exportable(found)
    assert "refused" in why_not_exportable(found)
    assert incomplete_note(found) == ""
    assert said_words(replace(found, said=None)) == ""
    assert refused_words(replace(found, state="held", verdict="intact"), "Why.") == ""


def test_the_line_of_its_player_has_footage_and_holes_and_nothing_that_it_says() -> None:
    # proves F8
    events = RecordingEvents(
        first_utc_us=0,
        duration_s=60.0,
        press_s=30.0,
        events=(TimelineEvent("bookmark", 40.0, 0, {}),),
        gaps=(TimelineGap("audio", 10.0, 2.0, "muted"), TimelineGap("video", 20.0, 2.0, NOT_ARRIVED)),
        close=TimelineEvent("close", 60.0, 0, {"reason": "stopped"}),
    )
    line = draw_timeline(events.bare(), is_pressed=False, dated=False)
    assert line is not None
    assert (line.duration_s, line.press_s, line.prerecord, line.bookmarks) == (60.0, 0.0, None, ())
    assert [each.label for each in line.gaps] == ["No sound for 2 s: what it says of that did not verify"]
    assert [each.start_s for each in line.absent] == [20.0]
    assert "press" not in line.words


# proves F8
def test_the_newest_recordings_are_no_calmer_than_their_pages(scene: Scene) -> None:
    scene.camera()
    scene.held(verdict="without an end", wearer_basis="signed", wearer_doubt="list has nobody")
    (line,) = re.findall(rf'<li id="new-{ID}".*?</li>', scene.page("/"), re.DOTALL)
    assert "disputed" in line
    assert ", no end" in line
    assert 'class="state tone-warn"' in line
    scene.clear()
    scene.camera()
    scene.held(wearer_basis="signed")
    (line,) = re.findall(rf'<li id="new-{ID}".*?</li>', scene.page("/"), re.DOTALL)
    assert not re.search("disputed|no end|intact|tone-warn", line)
