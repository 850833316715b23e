"""Every page in every state of a camera and a recording: none fails, and none outlasts its state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest

from fleet.core.actor import Role
from fleet.footage.recordings.models import RecordingState
from fleet.footage.timeline.events import RecordingEvents
from protocol.mode import Mode
from protocol.units import utc_us
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services
from tests.support.pages.scene import ID, Scene
from tests.support.pages.template_text import is_said
from tests.support.pages.visible import visible

pytestmark = pytest.mark.slow

PAGE = f"/recordings/{ID}"
PATHS = (
    "/",
    "/hand-out",
    "/cameras",
    "/cameras/cam-01",
    "/officers",
    "/officers/officer-1",
    "/recordings",
    PAGE,
)
DATED: tuple[dict[str, object], ...] = (
    {},
    {"clock_synchronised": True},
    {"clock_synchronised": False},
    {"reckoned": True},
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


def making(scene: Scene, dated: dict[str, object], **row: object) -> None:
    """Have a recording that a camera makes, which a clock dates, or not, or another clock of its run."""
    now = scene.clock()
    clock = {"pressed": now, **dated} if dated else {}
    if clock.pop("reckoned", None):
        clock |= {"clock_synchronised": False, "reckoned": now, "reckoned_s": 9.0}
    scene.recording(**{**clock, **row})


# proves F8
@pytest.mark.parametrize(
    ("mode", "heard", "worn"), list(product((*Mode, None), (True, False), (True, False)))
)
def test_no_page_fails_whatever_a_camera_does(
    scene: Scene, mode: Mode | None, heard: bool, worn: bool
) -> None:
    for dated in DATED:
        scene.clear()
        officer = scene.officer()
        status = {
            "state": mode,
            "recording": 7,
            "prerecord_s": 90.0,
            "upload": {"current": 7, "recordings": 1},
        }
        camera = scene.camera(heard=heard, status=status)
        if worn:
            scene.assign(camera, officer)
        making(scene, dated)
        for path in PATHS:
            scene.page(path)  # fails by itself unless it comes


# proves F8
@pytest.mark.parametrize("state", list(RecordingState))
def test_no_page_fails_however_far_a_recording_has_come(scene: Scene, state: RecordingState) -> None:
    for dated, trigger, role in product(DATED, ("", "button", "roll over"), (None, Role.SAFETY_TEAM)):
        scene.clear()
        scene.camera()
        making(scene, dated, state=state, trigger=trigger, received_bytes=9, prerecord_s=3.0, duration_s=9.0)
        for path in ("/", "/recordings", PAGE):
            scene.page(path, *(() if role is None else (role,)))


def words(page: str) -> str:
    """What a page shows, as one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


# proves F8
def test_a_camera_s_page_says_since_when_it_records(scene: Scene) -> None:
    scene.camera(status={"state": "recording", "recording": 7})
    making(scene, {"clock_synchronised": True})
    assert "Recording 7 since 12:00" in words(scene.page("/cameras/cam-01"))
    scene.clear()
    scene.camera(status={"state": "recording", "recording": 7})
    making(scene, {"clock_synchronised": False})
    assert "Recording 7 first heard of 12:00" in words(scene.page("/cameras/cam-01"))


# proves F8
def test_who_has_a_camera_now_follows_the_stream(scene: Scene) -> None:
    scene.assign(scene.camera(), scene.officer())
    page = scene.page("/cameras/cam-01")
    assert re.search(
        r'id="camera-holder" data-live="assignment officer"[^>]*><strong>Officer 1 has it now', page
    )


# proves F8
def test_what_was_done_is_said_anew_while_the_page_is_open(scene: Scene) -> None:
    scene.assign(scene.camera(), scene.officer())
    page = scene.page("/hand-out?done=cam-01")
    assert re.search(r'id="hand-out-done"[^>]*hx-get="/hand-out\?done=cam-01"', page)
    assert is_said("cam-01 is with Officer 1 now.", page)
    assert not is_said("cam-01 is with Officer 1 now.", scene.page("/hand-out"))


# proves F8
def test_a_question_says_of_when_it_speaks(scene: Scene) -> None:
    scene.assign(scene.camera(status={"state": "recording"}), scene.officer())
    assert not is_said("As of {}.", scene.page("/hand-out").partition("</main>")[0])
    scene.page("/hand-out")
    headers = {"Authorization": f"Bearer {scene.tokens['all']}", "Accept": "text/html"}
    asked = scene.client.post("/hand-out/a-cam-01-officer-1/end", headers=headers).text
    assert is_said("It says that it is recording.", asked)
    assert is_said("As of 12:00:00.", asked.partition("</main>")[0])


# proves F8
def test_a_question_says_whose_the_recording_stays(scene: Scene) -> None:
    scene.assign(scene.camera(status={"state": "recording", "recording": 7}), scene.officer())
    scene.camera(2, status={"state": "recording", "recording": 7})
    making(scene, {"clock_synchronised": True}, officer_id="officer-1")
    making(scene, {}, officer_id="officer-1", camera_id="cam-02", recording="6f" * 16)
    scene.officer("Officer 2")
    scene.page("/hand-out")
    headers = {"Authorization": f"Bearer {scene.tokens['all']}", "Accept": "text/html"}
    said = "That goes on until it is stopped, and stays Officer 1's."
    back = scene.client.post("/hand-out/a-cam-01-officer-1/end", headers=headers).text
    assert is_said(said, back)
    wanted = {"camera": "cam-02", "officer": "officer-2"}
    assert is_said(said, scene.client.post("/hand-out", headers=headers, data=wanted).text)


# proves F8
def test_a_timeline_says_that_it_cannot_place_changes_of_hands(scene: Scene) -> None:
    now = scene.clock()
    timeline = RecordingEvents(utc_us(now - timedelta(seconds=30)), 200.0, 30.0).to_json()
    told = "No clock that is known to be set dates this recording, so changes of hands are not told here."
    for synchronised, reckoned in ((True, None), (False, None), (None, None), (False, now)):
        scene.clear()
        scene.assign(scene.camera(), scene.officer(), ended=True)
        scene.held(clock_synchronised=synchronised, reckoned=reckoned, reckoned_s=9.0, timeline=timeline)
        is_dated = bool(synchronised or reckoned)
        page = scene.page(PAGE)
        assert is_said(told, page) is not is_dated
        assert ("Taken back from Officer 1" in page) is is_dated


# proves F8
def test_a_page_that_is_open_loses_the_question_whether_the_rest_never_comes(scene: Scene) -> None:
    scene.camera()
    scene.recording(state=RecordingState.UPLOADING, received_bytes=9)
    assert is_said("Will the rest never come?", scene.page(PAGE))
    scene.clear()
    scene.camera()
    scene.held()
    page = scene.page(PAGE)  # the place is in it, or what stood there would stay
    assert re.search(r'<div id="no-more-open"[^>]*></div>', page)
    assert not is_said("Will the rest never come?", page)


TWO = "fe" * 16


# proves F8
def test_what_the_list_has_is_not_headed_as_what_a_camera_said(scene: Scene) -> None:
    scene.assign(scene.camera(heard=False), scene.officer())
    heading = re.search(r'<h2 id="now-title">(.*?)</h2>', scene.page("/cameras/cam-01"))
    assert heading is not None
    assert re.sub(r"<[^>]*>", "", heading[1]) == "What is known"


# proves F8
def test_a_length_that_is_not_known_is_said_beside_the_pre_record(scene: Scene) -> None:
    scene.camera()
    scene.recording(prerecord_s=9.0)
    cell = re.search(r'<td class="cell-length">(.*?)</td>', scene.page("/recordings"))
    assert cell is not None
    assert re.sub(r"<[^>]*>", " ", cell[1]).split() == [
        "not",
        "known",
        "yet",
        "0:09",
        "before",
        "the",
        "press",
    ]


# proves F8
def test_of_a_camera_whose_identity_two_devices_use_nobody_says_that_it_is_not_heard(scene: Scene) -> None:
    scene.camera(doubled_since=scene.clock(), doubled_last=scene.clock())
    scene.recording(state=RecordingState.UPLOADING, received_bytes=9)
    for path in ("/", "/recordings", PAGE):
        now = visible(scene.page(path))  # what it says once no message of either is new any more is hidden
        assert "Not finished" in now
        assert "Out of reach" not in now
        assert "The camera is not heard" not in now


# proves F8
def test_a_camera_out_of_service_is_not_waited_for(scene: Scene) -> None:
    scene.camera(revoked=scene.clock(), heard=False)
    scene.recording(
        state=RecordingState.UPLOADING, received_bytes=9, announced=scene.clock() - timedelta(hours=2)
    )
    assert is_said("The camera is out of service: what else it has does not come here.", scene.page(PAGE))
    assert "Enrol it again, or say on the page of the recording that no more will come." in scene.page("/")
    scene.clear()
    scene.camera(status={"recording": 7, "state": "recording"})
    scene.recording(announced=scene.clock() - timedelta(hours=2))
    assert "Its camera says that it is still making it. Dock it once that is over." in scene.page("/")


# proves F8
def test_looks_at_the_first_recording_of_a_number_are_not_told_of_another(scene: Scene) -> None:
    scene.camera()
    scene.held(number=70, recording="a7" * 16)
    scene.held(number=70, recording=TWO, apart=TWO)
    scene.looked("cam-01.00000070")  # before the first one's own id was known
    assert "Reviewing an incident</span>" in scene.page(f"/recordings/{'a7' * 16}")
    assert is_said("Nobody yet.", scene.page(f"/recordings/{TWO}"))


# proves F8
def test_a_beginning_that_nobody_knows_is_not_dated(scene: Scene) -> None:
    scene.camera()
    scene.recording(pressed=scene.clock(), clock_synchronised=True)
    assert re.search(r"<dt>Begins</dt><dd>not known yet</dd>", scene.page(PAGE))
    scene.clear()
    scene.camera()
    scene.recording(pressed=scene.clock(), clock_synchronised=True, prerecord_s=30.0)
    assert re.search(r"<dt>Begins</dt><dd><time", scene.page(PAGE))


# proves F8
def test_what_was_refused_is_not_said_to_become_known(scene: Scene) -> None:
    scene.camera()
    scene.recording(state=RecordingState.FAILED, sentence="Altered")
    assert "not known yet" not in scene.page(PAGE)
    scene.clear()
    scene.camera()
    scene.recording(
        state=RecordingState.STOPPED, stopped_by="Desk", stopped_at=scene.clock(), stopped_reason="x"
    )
    assert is_said("It is told once what is here is verified.", scene.page(PAGE))
    assert not is_said("It is told once all of it is here and verified.", scene.page(PAGE))


# proves F8
def test_what_is_said_of_a_tapped_camera_goes_with_its_message(scene: Scene) -> None:
    scene.camera(status={"upload": {"recordings": 0}})
    scene.camera(2, status={"state": "recording", "recording": 1})
    scene.officer()
    for camera in ("cam-01", "cam-02"):
        page = scene.page(f"/hand-out?camera={camera}")
        later = re.search(r'data-from="[^"]+" hidden>.*?It is not heard\.', page)
        assert later is not None, camera
    assert re.search(r'<p data-until="[^"]+">It says that it is recording\.</p>', page)


# proves F8
def test_a_clock_that_is_set_is_not_said_to_be_set_by_what_nobody_knows(scene: Scene) -> None:
    scene.camera()
    page = scene.page("/cameras/cam-01")
    assert re.search(r"<dt>Clock</dt><dd><span[^>]*>set</span>", page)
    assert "network" not in re.sub(r"<[^>]*>", " ", page)
