"""What is said at the door: what the camera does about it, and where it stands."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from device.consent.log import ConsentLog
from device.door.door import CLOSE_WAIT_S, ConsentButtons, said_of
from device.errors import ControlError
from device.recording.heart.outcome import Outcome
from device.recording.state import Event
from device.storage.durable import make_folder
from protocol.footage.consent import ConsentSaid, SaidOfConsent, read_consent
from protocol.footage.ledger.ledger import LEDGER_NAME, LedgerEvent, read_ledger
from protocol.footage.verifying.verify import Verdict
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import WatchedFilesystem, refuse


@dataclass
class AtDoor:
    """A camera that is ready, and what it keeps."""

    bench: Bench
    disk: WatchedFilesystem
    door: ConsentButtons
    log: ConsentLog

    def say(self, kind: str, why: str = "", wording: str = "") -> dict[str, object]:
        return dict(self.door.command({"do": "consent", "kind": kind, "why": why, "wording": wording}))

    @property
    def state(self) -> Mode:
        return self.bench.recorder.status().state

    def kept(self) -> list[tuple[str, str | None]]:
        """What was said, and during which recording."""
        found = [
            read_consent(self.log.read(each), self.bench.identity.authority).event
            for each in self.log.waiting()
        ]
        return [
            (str(each.said.kind), None if each.recording is None else each.recording.hex()) for each in found
        ]

    def told(self, number: int) -> list[tuple[str, dict[str, str | int]]]:
        """What the ledger of a recording tells of consent."""
        ledger = read_ledger(self.bench.files(number)[LEDGER_NAME])
        records = [each.record for each in ledger.entries if isinstance(each.record, LedgerEvent)]
        return [(str(each.kind), dict(each.detail)) for each in records if "consent" in each.detail]


def buttons_of(
    bench: Bench,
    log: ConsentLog,
    change: Callable[[Event], Outcome] | None = None,
    wait_until_closed: Callable[[float], bool] = lambda _: True,
) -> ConsentButtons:
    """The buttons of a bench, whose sensors are closed as soon as they should be."""
    return ConsentButtons(
        bench.recorder, log, change or bench.recorder.change, bench.clock, wait_until_closed
    )


@pytest.fixture
def door(tmp_path: Path) -> AtDoor:
    disk = WatchedFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(3)
    make_folder(disk, bench.folders.consent)
    log = ConsentLog(disk, bench.folders.consent, bench.credentials, bench.recorder.run)
    return AtDoor(bench, disk, buttons_of(bench, log), log)


def test_an_answer_has_the_number_that_was_kept_and_only_a_failure_has_an_error(door: AtDoor) -> None:
    kept = door.say("given")
    assert (kept["ok"], kept["consent"]) == (True, 1)
    assert "error" not in kept
    door.disk.before = refuse(errno.EIO, name="create", within="consent")
    lost = door.say("given")
    assert (lost["ok"], lost["error"]) == (False, lost["sentence"])
    assert "consent" not in lost


# proves C11
@pytest.mark.parametrize("kind", ["refused", "withdrawn"])
def test_refused_is_private_and_kept_although_nothing_is_recorded(kind: str, door: AtDoor) -> None:
    answer = door.say(kind, wording="en 2")
    assert answer["ok"]
    assert answer["sentence"] == "Kept as consent event 1. Camera and microphone are closed."
    assert door.state is Mode.PRIVATE
    assert door.bench.recorder.status().prerecord_s == 0
    assert door.kept() == [(kind, None)]
    assert door.say(kind)["ok"]  # said again: it is private already


# proves C6 and C11
@pytest.mark.parametrize("kind", ["refused", "withdrawn"])
def test_withdrawn_during_a_recording_stands_in_its_ledger_and_ends_it(kind: str, door: AtDoor) -> None:
    recording = door.bench.press().recording
    door.bench.second()
    answer = door.say(kind)
    assert answer["ok"]
    assert door.state is Mode.PRIVATE
    assert not door.bench.recorder.sensors
    assert door.told(1) == [("consent refused", {"consent": kind})]
    assert door.kept() == [(kind, recording)]
    assert door.bench.verify(1).verdict is Verdict.INTACT


# proves C11
def test_overridden_records_from_nothing_in_spite_of_a_refusal(door: AtDoor) -> None:
    door.say("refused")
    answer = door.say("overridden")
    assert answer["ok"]
    assert answer["sentence"] == "Kept as consent event 2. Recording 1 is running."
    door.bench.second()
    assert door.bench.stop().ok
    opening = read_ledger(door.bench.files(1)[LEDGER_NAME]).open
    assert "safety override" in opening.marks
    assert opening.trigger == "consent overridden"
    assert door.told(1) == [("consent overridden", {"consent": "overridden"})]
    assert door.kept() == [("refused", None), ("overridden", str(answer["recording"]))]


@pytest.mark.parametrize("event", [Event.DOCK, Event.LOCK])
def test_nothing_is_overridden_where_nothing_can_be_recorded(event: Event, door: AtDoor) -> None:
    door.bench.recorder.change(event)
    answer = door.say("overridden")
    assert not answer["ok"]
    assert "consent" not in answer
    assert door.kept() == []
    assert door.say("refused")["ok"]  # which is kept all the same: no sensor is open
    assert door.kept() == [("refused", None)]


def test_given_and_not_asked_change_nothing_and_are_kept(door: AtDoor) -> None:
    assert (
        door.say("given", wording="cy 3")["sentence"] == "Kept as consent event 1. Nothing is being recorded."
    )
    recording = door.bench.press().recording
    assert door.say("not asked", why="danger")["ok"]
    assert door.bench.recorder.recording
    assert door.kept() == [("given", None), ("not asked", recording)]
    door.bench.second()
    door.bench.stop()
    assert door.told(1) == [("bookmark", {"consent": "not asked", "why": "danger"})]


def test_given_opens_nothing_that_was_closed(door: AtDoor) -> None:
    door.say("refused")
    answer = door.say("given")
    assert door.state is Mode.PRIVATE
    assert answer["sentence"] == (
        "Kept as consent event 2. Nothing is being recorded, and camera and microphone are closed."
    )


# proves C11
def test_asked_for_records_where_the_camera_is_ready_and_opens_nothing_in_private(door: AtDoor) -> None:
    door.say("refused")
    assert door.say("asked for")["ok"]
    assert door.state is Mode.PRIVATE
    door.bench.recorder.change(Event.PRIVATE_OFF)
    answer = door.say("asked for")
    assert door.bench.recorder.recording
    assert door.kept()[1:] == [("asked for", None), ("asked for", str(answer["recording"]))]


# proves C3 and C11
def test_a_card_that_keeps_nothing_of_it_keeps_no_sensor_open_and_says_so(door: AtDoor) -> None:
    door.disk.before = refuse(errno.EIO, name="create", within="consent")
    answer = door.say("refused")
    assert not answer["ok"]
    assert str(answer["error"]).startswith("What was said is not kept: ")
    assert str(answer["error"]).endswith("Camera and microphone are closed.")
    assert door.state is Mode.PRIVATE
    assert door.kept() == []


# proves C3
def test_a_ledger_that_does_not_take_it_is_said_and_the_event_is_kept_all_the_same(door: AtDoor) -> None:
    recording = door.bench.press().recording
    door.bench.second()
    door.bench.recorder.settle()
    door.disk.before = refuse(errno.EIO, name="sync_data", within="recordings")
    answer = door.say("given")
    assert not answer["ok"]
    assert "What was said is not safe yet: " in str(answer["sentence"])
    assert door.kept() == [("given", recording)]


# proves C11
def test_sensors_that_stay_open_are_said_to_be(door: AtDoor) -> None:
    late = Outcome(ok=False, state=Mode.FAULT, sentence="It is noted.")
    buttons = buttons_of(door.bench, door.log, lambda _: late)
    answer = buttons.say(ConsentSaid(SaidOfConsent.REFUSED), "control")
    assert not answer.ok
    assert answer.sentence == ("Kept as consent event 1. Camera and microphone are still open. It is noted.")


# proves C11
@pytest.mark.parametrize("kept", [True, False])
def test_a_sensor_that_did_not_close_is_said_to_be_open_perhaps(
    kept: bool,
    door: AtDoor,
) -> None:
    def change(event: Event) -> Outcome:
        return replace(door.bench.recorder.change(event), sentence="Unplug it.", ok=False, open_still=True)

    if not kept:
        door.disk.before = refuse(errno.EIO, name="create", within="consent")
    buttons = buttons_of(door.bench, door.log, change)
    answer = buttons.say(ConsentSaid(SaidOfConsent.REFUSED), "control")
    assert not answer.ok
    assert "Camera or microphone may still be open." in answer.sentence
    assert answer.sentence.endswith("Unplug it.") == kept


# proves C11 and F8
@pytest.mark.parametrize("kind", ["refused", "withdrawn"])
def test_a_docked_camera_says_closed_only_of_sensors_that_are(kind: str, door: AtDoor) -> None:
    assert door.bench.recorder.change(Event.DOCK).ok
    waited: list[float] = []

    def never(seconds: float) -> bool:
        waited.append(seconds)
        return False

    buttons = buttons_of(door.bench, door.log, wait_until_closed=never)
    answer = buttons.say(ConsentSaid(SaidOfConsent(kind)), "control")
    assert not answer.ok
    assert answer.sentence == "Kept as consent event 1. Camera or microphone may still be open."
    assert waited == [CLOSE_WAIT_S], "one that closes at this moment is waited for"


# proves F8
def test_in_private_other_words_say_closed_only_of_sensors_that_are(door: AtDoor) -> None:
    assert door.bench.recorder.change(Event.PRIVATE_ON).ok
    waited: list[float] = []

    def never(seconds: float) -> bool:
        waited.append(seconds)
        return False

    answer = buttons_of(door.bench, door.log, wait_until_closed=never).say(
        ConsentSaid(SaidOfConsent.GIVEN), "control"
    )
    assert answer.ok, "it is kept, and asks for nothing more"
    assert answer.sentence == (
        "Kept as consent event 1. Nothing is being recorded. Camera or microphone may still be open."
    )
    assert waited == [0.0], "nobody waits for it"


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({}, "What was said is one of: given, refused, withdrawn, not asked, overridden, asked for."),
        ({"kind": ["given"]}, "What was said is one of"),
        ({"kind": "not asked"}, "Why nobody was asked is one of: nobody there, danger, "),
        ({"kind": "given", "why": "danger"}, "Only that nobody was asked has a reason on the camera."),
        ({"kind": "given", "wording": "2"}, "Which text was said to them is its language and version"),
        ({"kind": "given", "wording": 2}, "Which text was said to them is its language and version"),
    ],
)
def test_what_cannot_have_been_said_is_refused_in_a_sentence(
    request_: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ControlError) as caught:
        said_of(request_)
    assert str(caught.value).startswith(sentence)


def test_what_can_have_been_said_is_read() -> None:
    assert said_of({"kind": "refused", "wording": "en 2"}) == ConsentSaid(
        SaidOfConsent.REFUSED, wording="en 2"
    )


# proves C3 and C11
def test_a_refusal_that_too_many_words_wait_before_is_done_and_not_said_to_be_kept(
    door: AtDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.consent.log.MOST_WAITING", 0)
    answer = door.say("refused")
    says = "0 words wait for the card already: say it again once it answers."
    assert answer["error"] == f"What was said is not kept: {says} Camera and microphone are closed."
    assert door.state is Mode.PRIVATE
    assert door.kept() == []
